//! JSONata that stands where it is taken as plain text.

use serde_json::Value;

use crate::lint::finding::{Lint, Lints};
use crate::lint::location::Location;
use crate::lint::rules::LintRule;
use crate::lint::scan;
use crate::lint::view::MachineView;

/// Fields in which JSONata states have expressions.
const WITH_EXPRESSIONS: [&str; 7] = ["Arguments", "Output", "Assign", "Items", "ItemSelector", "Choices", "Catch"];

pub(crate) fn check(machine: &MachineView<'_>, lints: &mut Lints) {
    for state in machine.states().filter(|state| state.is_jsonata) {
        for name in WITH_EXPRESSIONS {
            if let Some(value) = state.fields.get(name) {
                Location::new(&state.location).member(name, |location| walk(value, location, lints));
            }
        }
    }
}

fn walk(value: &Value, location: &mut Location, lints: &mut Lints) {
    match value {
        Value::String(text) => lints.extend(outside(text, location.text())),
        Value::Array(items) => location.items(items, |location, item| walk(item, location, lints)),
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| location.member(name, |location| walk(value, location, lints)));
        }
        _ => {}
    }
}

/// An expression that its braces do not make one.
fn outside(text: &str, location: &str) -> Option<Lint> {
    let trimmed = text.trim();
    let has_blanks_around = trimmed.len() < text.len() && scan::expression(trimmed).is_some();
    let is_meant = has_blanks_around || text.starts_with("$states.");
    is_meant.then(|| Lint {
        rule: LintRule::ExpressionNotEvaluated,
        location: location.to_owned(),
        message: "This is taken as plain text: an expression begins with `{%` and ends with `%}`.".to_owned(),
        fix: format!("Write `\"{{% {} %}}\"`.", scan::expression(trimmed).unwrap_or(trimmed).trim()),
    })
}
