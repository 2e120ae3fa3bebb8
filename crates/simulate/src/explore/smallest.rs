//! The smallest input that still shows a finding: members and items are left out one after the other.

use serde_json::Value;

/// So many inputs are tried for one finding.
const MOST_TRIED: usize = 60;

/// An input with as little in it as `shows` allows.
pub(super) fn smallest(input: &Value, mut shows: impl FnMut(&Value) -> bool) -> Value {
    let mut smallest = input.clone();
    let mut tried = 0;
    loop {
        let smaller = without_one(&smallest).into_iter().find(|smaller| {
            tried += 1;
            tried <= MOST_TRIED && shows(smaller)
        });
        match smaller {
            Some(smaller) => smallest = smaller,
            None => return smallest,
        }
    }
}

/// Every value that has one member or item less, at any depth; those that lose most come first.
fn without_one(value: &Value) -> Vec<Value> {
    let mut smaller = Vec::new();
    match value {
        Value::Object(members) => {
            for name in members.keys() {
                let mut rest = members.clone();
                rest.shift_remove(name);
                smaller.push(Value::Object(rest));
            }
            for (name, inner) in members {
                smaller.extend(without_one(inner).into_iter().map(|inner| {
                    let mut changed = members.clone();
                    changed.insert(name.clone(), inner);
                    Value::Object(changed)
                }));
            }
        }
        Value::Array(items) => {
            for index in 0..items.len() {
                let rest = items.iter().enumerate().filter(|(at, _)| *at != index).map(|(_, item)| item.clone());
                smaller.push(rest.collect());
            }
        }
        _ => {}
    }
    smaller
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_needed_goes() {
        let input = json!({"a": 1, "b": {"c": [1, 2, 3], "d": 2}, "e": "x"});
        let found = smallest(&input, |value| value["b"]["c"].as_array().is_some_and(|items| items.contains(&json!(2))));
        assert_eq!(found, json!({"b": {"c": [2]}}));
        assert_eq!(smallest(&input, |_| false), input);
    }
}
