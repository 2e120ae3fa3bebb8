//! Tests that accounts see nothing of each other by name. By ARN it is for IAM to decide.

use std::collections::BTreeSet;

use cloud_core::{Account, Location};
use serde_json::{Value, json};

use super::{Fixture, creation, value};

fn other_account() -> Location {
    Location::new(Account::parse("000000000002").unwrap(), "us-east-1")
}

/// A function of the default account with a version, an alias, a tag and a permission; and its ARN.
async fn lambda_with_function() -> (Fixture, String) {
    let lambda = Fixture::new();
    let arn = lambda.create("f").await["FunctionArn"].as_str().unwrap().to_owned();
    let path = "/2015-03-31/functions/f";
    lambda.ask("POST", &format!("{path}/versions"), &json!({})).await;
    lambda.ask("POST", &format!("{path}/aliases"), &json!({"Name": "live", "FunctionVersion": "1"})).await;
    lambda.ask("POST", &format!("/2017-03-31/tags/{arn}"), &json!({"Tags": {"a": "b"}})).await;
    let permission =
        json!({"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"});
    lambda.ask("POST", &format!("{path}/policy"), &permission).await;
    (lambda, arn)
}

/// Every operation with this text for the function: method, path and body.
fn requests(function: &str) -> Vec<(&'static str, String, Value)> {
    let path = format!("/2015-03-31/functions/{function}");
    let permission = json!({"StatementId": "t", "Action": "lambda:*", "Principal": "000000000002"});
    vec![
        ("GET", path.clone(), Value::Null),
        ("DELETE", path.clone(), Value::Null),
        ("GET", format!("{path}/configuration"), Value::Null),
        ("PUT", format!("{path}/configuration"), json!({"Timeout": 9})),
        ("PUT", format!("{path}/code"), json!({"ZipFile": super::zip("theirs")})),
        ("POST", format!("{path}/invocations"), json!({})),
        ("POST", format!("{path}/versions"), json!({})),
        ("GET", format!("{path}/versions"), Value::Null),
        ("POST", format!("{path}/policy"), permission),
        ("GET", format!("{path}/policy"), Value::Null),
        ("DELETE", format!("{path}/policy/s"), Value::Null),
        ("POST", format!("{path}/aliases"), json!({"Name": "a", "FunctionVersion": "1"})),
        ("GET", format!("{path}/aliases"), Value::Null),
        ("GET", format!("{path}/aliases/live"), Value::Null),
        ("PUT", format!("{path}/aliases/live"), json!({"Description": "theirs"})),
        ("DELETE", format!("{path}/aliases/live"), Value::Null),
        ("GET", format!("/2019-09-30/functions/{function}/concurrency"), Value::Null),
        ("DELETE", format!("/2017-10-31/functions/{function}/concurrency"), Value::Null),
        ("GET", format!("/2020-06-30/functions/{function}/code-signing-config"), Value::Null),
        ("GET", format!("/2021-10-31/functions/{function}/url"), Value::Null),
        ("GET", format!("/2019-09-25/functions/{function}/event-invoke-config"), Value::Null),
        ("PUT", format!("/2019-09-25/functions/{function}/event-invoke-config"), json!({"MaximumRetryAttempts": 0})),
        ("POST", format!("/2019-09-25/functions/{function}/event-invoke-config"), json!({"MaximumRetryAttempts": 0})),
        ("DELETE", format!("/2019-09-25/functions/{function}/event-invoke-config"), Value::Null),
        ("GET", format!("/2019-09-25/functions/{function}/event-invoke-config/list"), Value::Null),
        ("PUT", format!("/2017-10-31/functions/{function}/concurrency"), json!({"ReservedConcurrentExecutions": 1})),
    ]
}

#[tokio::test(start_paused = true)]
async fn another_account_has_functions_of_the_same_name() {
    let (lambda, _) = lambda_with_function().await;
    for (method, path, body) in requests("f") {
        if path.ends_with("aliases/live") && method == "DELETE" {
            continue;
        }
        let refused = lambda.send_as(&other_account(), method, &path, &body).await.unwrap_err();
        assert_eq!(refused.code, "ResourceNotFoundException", "{method} {path}");
    }
    let none = lambda.send_as(&other_account(), "GET", "/2015-03-31/functions", &Value::Null).await.unwrap();
    assert_eq!(value(&none), json!({"Functions": []}));
    let created = lambda.send_as(&other_account(), "POST", "/2015-03-31/functions", &creation("f", "theirs")).await;
    assert_eq!(value(&created.unwrap())["FunctionArn"], "arn:aws:lambda:us-east-1:000000000002:function:f");
    let mut seen = BTreeSet::new();
    for location in [Location::default(), other_account()] {
        let listed = lambda.send_as(&location, "GET", "/2015-03-31/functions", &Value::Null).await.unwrap();
        let listed = value(&listed);
        assert_eq!(listed["Functions"].as_array().unwrap().len(), 1);
        seen.insert(listed["Functions"][0]["FunctionArn"].as_str().unwrap().to_owned());
    }
    assert_eq!(seen.len(), 2);
    lambda.send_as(&other_account(), "DELETE", "/2015-03-31/functions/f", &Value::Null).await.unwrap();
    assert_eq!(lambda.ask("GET", "/2015-03-31/functions/f", &Value::Null).await["Tags"], json!({"a": "b"}));
}
