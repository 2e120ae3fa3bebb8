//! `Assign`: the variables that a definition assigns, and their names.

use super::fields::Fields;
use super::{LanguageTemplate, QueryLanguage};
use crate::finding::FindingKind;
use crate::quotas::MAX_VARIABLE_NAME_CHARS;

const RESERVED: &str = "states";

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
            let Self { location: place, parser, .. } = self;
            parser.assignments.add(place, name, &location);
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
