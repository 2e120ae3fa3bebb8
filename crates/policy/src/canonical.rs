//! Documents that AWS answers, as JSON: also what the model does not know is kept. AWS writes some lists of one as a plain
//! value and keeps no order in lists.

use serde_json::Value;

/// One form for all documents that say the same: members in the order of their names, every list sorted, without
/// repetitions, a list of one as its item.
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

/// The statements of a document, unread: a list, or one that stands alone. None when it has none.
pub fn statements(document: &Value) -> &[Value] {
    match document.get("Statement") {
        Some(Value::Array(statements)) => statements,
        Some(only) => std::slice::from_ref(only),
        None => &[],
    }
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

    #[test]
    fn statements_are_a_list_or_stand_alone() {
        let statement = json!({"Effect": "Allow", "Unheard": 1});
        assert_eq!(statements(&json!({"Statement": [statement, 1]})), [statement.clone(), json!(1)]);
        assert_eq!(statements(&json!({"Statement": statement})), [statement]);
        for document in [Value::Null, json!({}), json!([]), json!({"Statement": []})] {
            assert!(statements(&document).is_empty(), "{document}");
        }
    }
}
