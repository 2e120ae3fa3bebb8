//! Policy documents as IAM has them: whether two say the same, and what an earlier deployment allowed.

use serde_json::{Value, json};

use crate::trace::TARGET;

/// What the ids of generated statements begin with. IAM accepts letters and digits.
const SID_START: &str = "workshop";

/// A statement with its id, which follows from what it says: one that somebody changed or added by hand differs from one
/// that a deployment generated.
pub(super) fn with_sid(statement: Value) -> Value {
    let sid = sid(&statement);
    let mut marked = json!({ "Sid": sid });
    if let (Some(marked), Value::Object(members)) = (marked.as_object_mut(), statement) {
        marked.extend(members);
    }
    marked
}

fn sid(statement: &Value) -> String {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(normalized(statement).to_string());
    let hash: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{SID_START}{hash}")
}

/// A policy that also allows what generated statements of the one that exists allow. Executions that began with an earlier
/// definition may still need it.
pub(crate) fn with_earlier_statements(wanted: Option<&Value>, there: &str) -> Option<Value> {
    let there: Value = serde_json::from_str(there).unwrap_or_else(|error| {
        tracing::warn!(target: TARGET, %error, "the role's policy is no JSON; nothing of it is kept");
        Value::Null
    });
    let mut statements = wanted.map(statements).unwrap_or_default();
    for earlier in self::statements(&there).into_iter().filter(is_generated) {
        if !statements.iter().any(|wanted| normalized(wanted) == normalized(&earlier)) {
            statements.push(earlier);
        }
    }
    (!statements.is_empty()).then(|| json!({"Version": "2012-10-17", "Statement": statements}))
}

fn statements(document: &Value) -> Vec<Value> {
    match document.get("Statement") {
        Some(Value::Array(statements)) => statements.clone(),
        Some(only) => vec![only.clone()],
        None => Vec::new(),
    }
}

fn is_generated(statement: &Value) -> bool {
    let mut rest = statement.clone();
    let said = rest.as_object_mut().and_then(|members| members.remove("Sid"));
    said.as_ref().and_then(Value::as_str) == Some(&sid(&rest))
}

/// Whether a document that AWS returns says what is wanted. AWS writes some lists of one as a plain string and keeps no
/// order in lists; text that is no JSON says nothing.
pub(crate) fn is_equivalent(document: &str, wanted: &Value) -> bool {
    serde_json::from_str::<Value>(document).is_ok_and(|found| normalized(&found) == normalized(wanted))
}

/// One form for all documents that say the same: every list sorted, a list of one as its item.
fn normalized(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(normalized).collect();
            items.sort_by_key(Value::to_string);
            items.dedup();
            match <[Value; 1]>::try_from(items) {
                Ok([only]) => only,
                Err(items) => Value::Array(items),
            }
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().map(|(key, value)| (key.clone(), normalized(value))).collect();
            members.sort_by(|one, other| one.0.cmp(&other.0));
            Value::Object(members.into_iter().collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(statements: &[Value]) -> Value {
        json!({"Version": "2012-10-17", "Statement": statements})
    }

    #[test]
    fn documents_that_say_the_same_are_the_same() {
        let wanted = json!({"Statement": [{"Action": "sts:AssumeRole", "Principal": {"Service": "s"}}]});
        assert!(is_equivalent(&wanted.to_string(), &wanted));
        let other = r#"{"Statement":{"Principal":{"Service":["s"]},"Action":["sts:AssumeRole"]}}"#;
        assert!(is_equivalent(other, &wanted));
        let list = json!({"Statement": [{"Action": ["a", "b"]}]});
        assert!(is_equivalent(r#"{"Statement":[{"Action":["b","a"]}]}"#, &list));
    }

    #[test]
    fn documents_that_say_something_else_are_not() {
        let list = json!({"Statement": [{"Action": ["a", "b"]}]});
        for other in ["", r#"{"Statement":[]}"#, r#"{"Statement":[{"Action":["a"]}]}"#] {
            assert!(!is_equivalent(other, &list), "{other}");
        }
        assert!(!is_equivalent(r#"{"Statement":[{"Action":["a","b"]},{"Action":"c"}]}"#, &list));
    }

    #[test]
    fn what_an_earlier_deployment_allowed_is_kept_and_what_a_hand_added_is_not() {
        let one = with_sid(json!({"Effect": "Allow", "Action": ["a"], "Resource": ["x"]}));
        let two = with_sid(json!({"Effect": "Allow", "Action": ["b"], "Resource": ["y"]}));
        let by_hand = json!({"Sid": "mine", "Effect": "Allow", "Action": "*", "Resource": "*"});
        let mut widened = two.clone();
        widened["Resource"] = json!("*");
        let there = policy(&[one.clone(), by_hand.clone(), widened.clone()]).to_string();
        let wanted = policy(std::slice::from_ref(&two));
        assert_eq!(with_earlier_statements(Some(&wanted), &there), Some(policy(&[two.clone(), one.clone()])));
        let again = with_earlier_statements(Some(&wanted), &policy(&[two.clone(), one.clone()]).to_string());
        assert_eq!(again, Some(policy(&[two, one.clone()])), "once is enough");
        assert_eq!(with_earlier_statements(None, &policy(&[by_hand, widened]).to_string()), None);
        let as_iam_writes = r#"{"Statement":{"Sid":"SID","Effect":"Allow","Action":"a","Resource":"x"}}"#;
        let as_iam_writes = as_iam_writes.replace("SID", one["Sid"].as_str().unwrap());
        assert!(with_earlier_statements(None, &as_iam_writes).is_some(), "a list of one may be a plain string");
    }
}
