//! Policy documents: who may do what, and whether two documents say the same.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::model::names::Arn;
use crate::model::service::Function;
use crate::model::stack::Stack;

/// Lets a service assume a role.
pub(crate) fn trust(service: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
    })
}

/// What a function may do: write its own log, and what the service file allows it. It may not make log groups: one that is
/// removed while the function still runs would come back.
pub(crate) fn of_function(function: &Function, log_group_arn: &str, stack: &Stack) -> Value {
    let mut statements = vec![json!({
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": [format!("{log_group_arn}:*")],
    })];
    for permission in &function.permissions {
        let resources: Vec<String> = permission.resources.iter().map(|resource| resource.resolve(stack)).collect();
        statements.push(json!({"Effect": "Allow", "Action": permission.actions, "Resource": resources}));
    }
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// What a state machine may do: invoke the functions that its definition names. Nothing when it names none.
pub(crate) fn of_state_machine(functions: &BTreeSet<Arn>) -> Option<Value> {
    let mut resources = Vec::new();
    for function in functions {
        resources.push(function.to_string());
        let qualified = function.as_str().split(':').count() > 7;
        if !qualified {
            resources.push(format!("{function}:*"));
        }
    }
    (!resources.is_empty()).then(|| {
        json!({
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": ["lambda:InvokeFunction"], "Resource": resources}],
        })
    })
}

/// Whether a document that AWS answers with says what is wanted. AWS writes some lists of one as a plain string and keeps no
/// order in lists; text that is no JSON says nothing.
pub(crate) fn says(document: &str, wanted: &Value) -> bool {
    serde_json::from_str::<Value>(document).is_ok_and(|found| normal(&found) == normal(wanted))
}

/// One form for all documents that say the same: every list sorted, a list of one as its item.
fn normal(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(normal).collect();
            items.sort_by_key(Value::to_string);
            items.dedup();
            match <[Value; 1]>::try_from(items) {
                Ok([only]) => only,
                Err(items) => Value::Array(items),
            }
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().map(|(key, value)| (key.clone(), normal(value))).collect();
            members.sort_by(|one, other| one.0.cmp(&other.0));
            Value::Object(members.into_iter().collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_that_say_the_same_are_the_same() {
        let wanted = trust("lambda.amazonaws.com");
        assert!(says(&wanted.to_string(), &wanted));
        assert!(says(
            r#"{"Statement":{"Action":["sts:AssumeRole"],"Principal":{"Service":["lambda.amazonaws.com"]},"Effect":"Allow"},
               "Version":"2012-10-17"}"#,
            &wanted
        ));
        let list = json!({"Statement": [{"Action": ["a", "b"]}]});
        assert!(says(r#"{"Statement":[{"Action":["b","a"]}]}"#, &list));
    }

    #[test]
    fn documents_that_say_something_else_are_not() {
        let wanted = trust("lambda.amazonaws.com");
        assert!(!says(&trust("states.amazonaws.com").to_string(), &wanted));
        assert!(!says("", &wanted));
        assert!(!says(r#"{"Statement":[]}"#, &wanted));
        let list = json!({"Statement": [{"Action": ["a", "b"]}]});
        assert!(!says(r#"{"Statement":[{"Action":["a"]}]}"#, &list));
        assert!(!says(r#"{"Statement":[{"Action":["a","b"]},{"Action":"c"}]}"#, &list));
    }

    #[test]
    fn a_state_machine_may_invoke_what_it_names_and_nothing_else() {
        let functions = ["arn:aws:lambda:us-east-1:1:function:a", "arn:aws:lambda:us-east-1:1:function:b:live"];
        let policy = of_state_machine(&functions.map(Arn::new).into()).unwrap();
        insta::assert_snapshot!(policy["Statement"][0]["Resource"], @r#"["arn:aws:lambda:us-east-1:1:function:a","arn:aws:lambda:us-east-1:1:function:a:*","arn:aws:lambda:us-east-1:1:function:b:live"]"#);
        assert_eq!(of_state_machine(&BTreeSet::new()), None);
    }
}
