//! Functions on arrays.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::call::Problem;

/// The longest array that `States.ArrayRange` makes.
const MAX_RANGE: usize = 1000;

pub(super) fn partition(items: &[Value], size: i64) -> Result<Value, Problem> {
    match usize::try_from(size) {
        Ok(size) if size > 0 => Ok(items.chunks(size).map(|chunk| Value::from(chunk.to_vec())).collect()),
        _ => Err(format!("The chunk size must be a positive number, but was {size}")),
    }
}

pub(super) fn get(items: &[Value], index: i64) -> Result<Value, Problem> {
    let item = usize::try_from(index).ok().and_then(|index| items.get(index));
    item.cloned().ok_or_else(|| format!("Index {index} is out of bounds for length {}", items.len()))
}

/// Both ends belong to the range.
pub(super) fn range(from: i64, to: i64, step: i64) -> Result<Value, Problem> {
    if step == 0 {
        return Err("The step must not be 0.".to_owned());
    }
    let mut items = Vec::new();
    let mut next = Some(from);
    while let Some(number) = next.filter(|number| if step > 0 { *number <= to } else { *number >= to }) {
        if items.len() == MAX_RANGE {
            return Err(format!("A range has at most {MAX_RANGE} items."));
        }
        items.push(Value::from(number));
        next = number.checked_add(step);
    }
    Ok(Value::Array(items))
}

/// The first of every group of equal items, in their order.
pub(super) fn unique(items: &[Value]) -> Value {
    let mut seen = BTreeSet::new();
    items.iter().filter(|item| seen.insert(canonical(item))).cloned().collect()
}

/// A text that is the same for equal values: the order of an object's members does not matter.
fn canonical(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Object(members) => {
            let sorted: BTreeMap<_, _> = members.iter().map(|(name, value)| (name, canonical(value))).collect();
            let members = sorted.into_iter().map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        scalar => scalar.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn equal_items_are_kept_once() {
        let items =
            [json!({"a": 1, "b": 2}), json!({"b": 2, "a": 1}), json!([null]), json!("1"), json!(1), json!([null])];
        assert_eq!(unique(&items), json!([{"a": 1, "b": 2}, [null], "1", 1]));
    }

    #[test]
    fn ranges_have_both_ends() {
        assert_eq!(range(1, 9, 2), Ok(json!([1, 3, 5, 7, 9])));
        assert_eq!(range(3, 1, -1), Ok(json!([3, 2, 1])));
        assert_eq!(range(i64::MAX - 1, i64::MAX, 1), Ok(json!([i64::MAX - 1, i64::MAX])));
        assert!(range(1, 2, 0).is_err() && range(0, 5000, 1).is_err());
    }
}
