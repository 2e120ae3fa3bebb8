//! One form for all documents that say the same. AWS writes some lists of one as a plain value and keeps no order in lists.

use serde_json::Value;

/// The form: members in the order of their names, every list sorted, without repetitions, a list of one as its item. It
/// takes any JSON, also a document that AWS answers and the model does not know.
pub fn canonical(document: &Value) -> Value {
    match document {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(canonical).collect();
            items.sort_by_key(Value::to_string);
            items.dedup();
            match <[Value; 1]>::try_from(items) {
                Ok([only]) => only,
                Err(items) => Value::Array(items),
            }
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().map(|(key, value)| (key.clone(), canonical(value))).collect();
            members.sort_by(|one, other| one.0.cmp(&other.0));
            Value::Object(members.into_iter().collect())
        }
        other => other.clone(),
    }
}

/// Whether two documents say the same.
pub fn same(one: &Value, other: &Value) -> bool {
    canonical(one) == canonical(other)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn order_repetition_and_lists_of_one_say_nothing() {
        let one = json!({"Statement": [{"Action": ["b", "a", "b"], "Principal": {"Service": "s"}}]});
        assert!(same(&one, &json!({"Statement": {"Principal": {"Service": ["s"]}, "Action": ["a", "b"]}})));
        assert!(!same(&one, &json!({"Statement": {"Principal": {"Service": ["s"]}, "Action": ["a"]}})));
        assert_eq!(canonical(&canonical(&one)), canonical(&one));
        assert_eq!(canonical(&one).to_string(), r#"{"Statement":{"Action":["a","b"],"Principal":{"Service":"s"}}}"#);
    }
}
