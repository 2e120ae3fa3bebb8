//! The conditions `?:` in the JSONata expressions of a definition, each of which can be true and false.

use std::collections::BTreeSet;
use std::sync::Arc;

use asl::ConditionTaken;
use jsonata::Expression;
use serde_json::Value;

/// Both outcomes of every condition, state by state. The same expression stands for itself wherever a state has it.
pub(crate) fn conditions(definition: &Value) -> Vec<ConditionTaken> {
    let mut found = Vec::new();
    let mut open = vec![definition];
    while let Some(flow) = open.pop() {
        for (name, state) in flow.get("States").and_then(Value::as_object).into_iter().flatten() {
            let state_name: Arc<str> = name.as_str().into();
            let mut expressions = BTreeSet::new();
            texts(state, &mut expressions, &mut open);
            for text in expressions {
                let parsed = Expression::parse(text).ok();
                let places = parsed.iter().flat_map(|parsed| parsed.conditions().to_vec());
                found.extend(places.flat_map(|at| {
                    [true, false].map(|is_true| ConditionTaken {
                        state: Arc::clone(&state_name),
                        expression: text.to_owned(),
                        at,
                        is_true,
                    })
                }));
            }
        }
    }
    found
}

/// The expressions of a state, without those of the states inside it, which are left in `open`.
fn texts<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>, open: &mut Vec<&'v Value>) {
    match value {
        Value::String(text) => {
            let inner = text.strip_prefix("{%").and_then(|rest| rest.strip_suffix("%}"));
            found.extend(inner.map(str::trim));
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, found, open)),
        Value::Object(members) if members.contains_key("States") => open.push(value),
        Value::Object(members) => members.values().for_each(|member| texts(member, found, open)),
        _ => {}
    }
}
