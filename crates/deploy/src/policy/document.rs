//! The documents of roles as JSON: the ids of generated statements, and what an earlier deployment allowed.

use ::policy::{Version, canonical, same, statements};
use serde_json::{Value, json};

use crate::trace::TARGET;

/// What the ids of generated statements begin with. IAM accepts letters and digits.
const SID_START: &str = "workshop";

/// The document with these statements; none without a statement, for IAM accepts no such policy.
pub(super) fn of_statements(statements: Vec<Value>) -> Option<Value> {
    (!statements.is_empty()).then(|| json!({"Version": Version::V2012.as_str(), "Statement": statements}))
}

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
    let digest = sha2::Sha256::digest(canonical(statement).to_string());
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
    let mut kept = wanted.map(|wanted| statements(wanted).to_vec()).unwrap_or_default();
    for earlier in statements(&there).iter().filter(|earlier| is_generated(earlier)) {
        if !kept.iter().any(|statement| same(statement, earlier)) {
            kept.push(earlier.clone());
        }
    }
    of_statements(kept)
}

fn is_generated(statement: &Value) -> bool {
    let mut rest = statement.clone();
    let said = rest.as_object_mut().and_then(|members| members.remove("Sid"));
    said.as_ref().and_then(Value::as_str) == Some(&sid(&rest))
}

/// Whether a document that AWS returns says what is wanted; text that is no JSON says nothing.
pub(crate) fn is_equivalent(document: &str, wanted: &Value) -> bool {
    serde_json::from_str::<Value>(document).is_ok_and(|found| same(&found, wanted))
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
