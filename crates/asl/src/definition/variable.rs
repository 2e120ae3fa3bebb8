//! The variables that a definition assigns: their names, and the flows that they belong to.

use std::collections::BTreeMap;

use super::fields::Fields;
use super::{FlowIndex, LanguageTemplate, QueryLanguage};
use crate::finding::{FindingKind, Findings};
use crate::quotas::MAX_VARIABLE_NAME_CHARS;

const RESERVED: &str = "states";

/// Where variables live: a flow sees those of the flows around it, but must not assign them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Inner,
    /// The children of a distributed Map state see no variables but their own.
    Separate,
}

/// The flows with what is assigned in each, by [`FlowIndex`].
#[derive(Debug, Default)]
pub(super) struct Scopes {
    flows: Vec<FlowScope>,
    current: Option<FlowIndex>,
}

#[derive(Debug)]
struct FlowScope {
    /// The flow whose variables can be read.
    outer: Option<FlowIndex>,
    /// Every variable with the place that assigns it first.
    assigned: BTreeMap<String, String>,
}

impl Scopes {
    /// Enters the next flow; returns the argument of [`Self::leave`].
    pub(super) fn enter(&mut self, flow: FlowIndex, scope: Scope) -> Option<FlowIndex> {
        let around = self.current.replace(flow);
        let outer = around.filter(|_| scope == Scope::Inner);
        self.flows.push(FlowScope { outer, assigned: BTreeMap::new() });
        around
    }

    pub(super) fn leave(&mut self, around: Option<FlowIndex>) {
        self.current = around;
    }

    fn of(&self, flow: Option<FlowIndex>) -> Option<&FlowScope> {
        self.flows.get(usize::try_from(flow?.0).ok()?)
    }

    fn assign(&mut self, name: &str, location: &str) {
        let current = self.current.and_then(|flow| usize::try_from(flow.0).ok());
        if let Some(scope) = current.and_then(|flow| self.flows.get_mut(flow)) {
            scope.assigned.entry(name.to_owned()).or_insert_with(|| location.to_owned());
        }
    }

    /// Reports variables that an outer flow assigns as well.
    pub(super) fn check(&self, findings: &mut Findings) {
        for scope in &self.flows {
            for (name, location) in &scope.assigned {
                let mut outer = self.of(scope.outer);
                while let Some(around) = outer {
                    if around.assigned.contains_key(name) {
                        let message = format!("The variable name '{name}' was already defined in a parent scope.");
                        findings.add(FindingKind::DuplicateVariableName, Some(location.clone()), message);
                        break;
                    }
                    outer = self.of(around.outer);
                }
            }
        }
    }
}

impl Fields<'_, '_> {
    /// `Assign` in the state's language, its names checked.
    pub(super) fn assign(&mut self) -> Option<LanguageTemplate> {
        const NAME: &str = "Assign";
        let value = self.get(NAME)?;
        if !value.is_object() {
            self.report(NAME, "Expected value of type [OBJECT]");
            return None;
        }
        let location = self.at(NAME);
        for field in value.as_object().into_iter().flat_map(|members| members.keys()) {
            let name = match self.language {
                QueryLanguage::JsonPath => field.strip_suffix(".$").unwrap_or(field),
                QueryLanguage::Jsonata => field,
            };
            self.check_name(name, format!("{location}/{field}"));
        }
        self.template(NAME)
    }

    fn check_name(&mut self, name: &str, location: String) {
        let findings = &mut self.parser.findings;
        if name == RESERVED {
            let message = format!("Cannot assign to reserved variable '${RESERVED}'.");
            findings.add(FindingKind::ReservedVariableName, Some(location), message);
        } else if name.chars().nth(MAX_VARIABLE_NAME_CHARS).is_some() {
            let message = format!(
                "Invalid variable name '{name}': the variable name exceeds the {MAX_VARIABLE_NAME_CHARS}-character limit allowed by the service."
            );
            findings.add(FindingKind::InvalidVariableName, Some(location), message);
        } else if !is_name(name) {
            let message = format!("Invalid variable name '{name}': the variable name contains invalid characters.");
            findings.add(FindingKind::InvalidVariableName, Some(location), message);
        } else {
            self.parser.scopes.assign(name, &location);
        }
    }
}

/// Whether a text is an identifier in the sense of Unicode; beyond ASCII, more is let through than Unicode names.
fn is_name(name: &str) -> bool {
    let mut characters = name.chars();
    let starts = |c: char| c.is_alphabetic() || (!c.is_ascii() && c.is_numeric());
    let goes_on = |c: char| {
        if c.is_ascii() { c.is_ascii_alphanumeric() || c == '_' } else { !c.is_whitespace() && !c.is_control() }
    };
    characters.next().is_some_and(starts) && characters.all(goes_on)
}
