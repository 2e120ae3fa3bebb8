//! Choice states without a matching rule and without `Default`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::lint::finding::{Lint, Lints};
use crate::lint::rules::LintRule;
use crate::lint::view::{MachineView, StateView};

pub(crate) fn check(machine: &MachineView<'_>, lints: &mut Lints) {
    for state in machine.states().filter(|state| state.kind == "Choice") {
        let has_rules = state.list("Choices").next().is_some();
        if has_rules && !state.fields.contains_key("Default") && !is_exhaustive(state) {
            lints.add(Lint {
                rule: LintRule::ChoiceWithoutDefault,
                location: state.location.clone(),
                message: format!(
                    "\"{}\" has no Default: when no rule matches, the execution fails with States.Runtime.",
                    state.name
                ),
                fix: "Add a Default; lead it to a Fail state if nothing else may happen here.".to_owned(),
            });
        }
    }
}

/// Whether one of the rules always matches: a fixed truth, or a test beside its opposite.
fn is_exhaustive(state: &StateView<'_>) -> bool {
    let tests: BTreeSet<String> = state.list("Choices").map(|rule| text(&test(rule))).collect();
    state
        .list("Choices")
        .map(test)
        .any(|rule| is_always(&rule) || opposite(&rule).is_some_and(|opposite| tests.contains(&text(&opposite))))
}

/// A text by which equal tests are equal, however their members are ordered.
fn text(test: &Map<String, Value>) -> String {
    let sorted: BTreeMap<&String, &Value> = test.iter().collect();
    serde_json::to_string(&sorted).unwrap_or_default()
}

/// A rule without what it leads to.
fn test(rule: &Map<String, Value>) -> Map<String, Value> {
    let is_test = |name: &str| !matches!(name, "Next" | "Comment" | "Assign" | "Output");
    rule.iter().filter(|(name, _)| is_test(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn is_always(rule: &Map<String, Value>) -> bool {
    match rule.get("Condition") {
        Some(Value::Bool(value)) => *value,
        Some(Value::String(text)) => {
            let inside = text.strip_prefix("{%").and_then(|text| text.strip_suffix("%}"));
            inside.is_some_and(|expression| expression.trim() == "true")
        }
        _ => false,
    }
}

/// The test that matches exactly when this one does not, where it can be written down. Comparisons fail on a missing
/// value or another type, so only tests for presence and type have one.
fn opposite(rule: &Map<String, Value>) -> Option<Map<String, Value>> {
    if let Some(Value::Object(inner)) = rule.get("Not") {
        return Some(inner.clone());
    }
    let (name, value) = rule.iter().find(|(name, _)| name.starts_with("Is"))?;
    let mut opposite = rule.clone();
    opposite.insert(name.clone(), Value::Bool(!value.as_bool()?));
    Some(opposite)
}
