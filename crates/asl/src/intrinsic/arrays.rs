//! Functions on arrays. `None` stands for arguments that AWS refuses.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::java;

/// The longest array that `States.ArrayRange` makes.
const MAX_RANGE: usize = 1000;

pub(super) fn partition(items: &[Value], size: i64) -> Option<Value> {
    let size = usize::try_from(size).ok().filter(|size| *size > 0)?;
    Some(items.chunks(size).map(|chunk| Value::from(chunk.to_vec())).collect())
}

/// Of no items every index gives null (observed on AWS).
pub(super) fn get(items: &[Value], index: i64) -> Option<Value> {
    if items.is_empty() {
        return Some(Value::Null);
    }
    items.get(usize::try_from(index).ok()?).cloned()
}

/// AWS compares the texts of values: true is in `["true"]`, and an object is not equal to one in another order.
pub(super) fn contains(items: &[Value], wanted: &Value) -> bool {
    let wanted = java::text(wanted);
    items.iter().any(|item| java::text(item) == wanted)
}

/// Both ends belong to the range.
pub(super) fn range(from: i64, to: i64, step: i64) -> Option<Value> {
    if step == 0 {
        return None;
    }
    let mut items = Vec::new();
    let mut next = Some(from);
    while let Some(number) = next.filter(|number| if step > 0 { *number <= to } else { *number >= to }) {
        if items.len() == MAX_RANGE {
            return None;
        }
        items.push(Value::from(number));
        next = number.checked_add(step);
    }
    Some(Value::Array(items))
}

/// The first of every group of equal items, in the order of a Java set (observed on AWS).
pub(super) fn unique(items: &[Value]) -> Value {
    let mut seen = BTreeSet::new();
    let mut different: Vec<_> = items.iter().filter(|item| seen.insert(canonical(item))).collect();
    java::order_as_set(&mut different, items.len());
    different.into_iter().cloned().collect()
}

/// A text that is the same for equal values: the order of an object's members does not matter, and 1 is not 1.0.
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

    fn unique_of(items: Value) -> Value {
        unique(items.as_array().unwrap())
    }

    #[test]
    fn equal_items_are_kept_once_in_the_order_that_aws_gave() {
        for (items, kept) in [
            (json!([1, 2, 3, 3, 3, 4]), json!([1, 2, 3, 4])),
            (json!(["a", "b", "a", "c", "b"]), json!(["a", "b", "c"])),
            (json!([true, false, true, false]), json!([false, true])),
            (json!([null, null, 1, null]), json!([null, 1])),
            (json!([1, "1", 1, "01"]), json!([1, "1", "01"])),
            (json!([[1, 2], [1, 2], [2, 1]]), json!([[2, 1], [1, 2]])),
            (json!([{"a": 1, "b": 2}, {"b": 2, "a": 1}]), json!([{"a": 1, "b": 2}])),
        ] {
            assert_eq!(unique_of(items), kept);
        }
        assert_eq!(unique_of(json!([1, 1.0])).as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn finds_items_by_their_texts() {
        assert!(contains(&[json!("true")], &json!(true)));
        assert!(contains(&[json!("9007199254740991")], &json!(9_007_199_254_740_991_i64)));
        assert!(contains(&[json!([0, 1, false])], &json!([0, 1, false])));
        assert!(!contains(&[json!({"a": 1, "b": 2})], &json!({"b": 2, "a": 1})));
        assert!(!contains(&[json!(0), json!(1)], &json!(false)));
    }

    #[test]
    fn ranges_have_both_ends() {
        assert_eq!(range(1, 9, 2), Some(json!([1, 3, 5, 7, 9])));
        assert_eq!(range(3, 1, -1), Some(json!([3, 2, 1])));
        assert_eq!(range(3, 3, -1), Some(json!([3])));
        assert_eq!(range(5, 1, 1), Some(json!([])));
        assert_eq!(range(i64::MAX - 1, i64::MAX, 1), Some(json!([i64::MAX - 1, i64::MAX])));
        assert!(range(1, 1000, 1).is_some());
        assert!(range(1, 2, 0).is_none() && range(1, 1001, 1).is_none());
    }

    #[test]
    fn gets_items() {
        assert_eq!(get(&[json!(1)], 0), Some(json!(1)));
        assert_eq!(get(&[json!(1)], 1), None);
        assert_eq!(get(&[json!(1)], -1), None);
        assert_eq!(get(&[], 999), Some(json!(null)));
    }
}
