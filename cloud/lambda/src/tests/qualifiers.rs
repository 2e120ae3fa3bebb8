//! What operations on the latest version make of a version or an alias.

use serde_json::{Value, json};

use super::{Fixture, zip};

const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

#[tokio::test(start_paused = true)]
async fn only_the_latest_version_is_updated_and_published() {
    let lambda = Fixture::new();
    lambda.create("f").await;
    lambda.ask("POST", "/2015-03-31/functions/f/versions", &json!({})).await;
    let alias = json!({"Name": "live", "FunctionVersion": "1"});
    lambda.ask("POST", "/2015-03-31/functions/f/aliases", &alias).await;
    let get = "/2015-03-31/functions/f/configuration";
    let before = lambda.ask("GET", get, &Value::Null).await;
    let code = json!({"ZipFile": zip("other")});
    let dry_run = json!({"ZipFile": zip("other"), "DryRun": true});
    let timeout = json!({"Timeout": 9});
    let sent = [
        ("PUT", "code", &code),
        ("PUT", "code", &dry_run),
        ("PUT", "configuration", &timeout),
        ("POST", "versions", &json!({})),
    ];
    for name in ["f:1", "f:live", "f:99", &format!("{ARN}:live"), &format!("{ARN}:1")] {
        for (method, what, input) in sent {
            let refused =
                lambda.send(method, &format!("/2015-03-31/functions/{name}/{what}"), input).await.unwrap_err();
            assert_eq!(
                (refused.status, refused.code.as_str()),
                (400, "InvalidParameterValueException"),
                "{name} {what}"
            );
            assert_eq!(
                refused.message,
                "Current operation does not support versions other than $LATEST. Please set the version to $LATEST or do \
                 not set a version in your request."
            );
        }
    }
    assert_eq!(lambda.ask("GET", get, &Value::Null).await, before);
    for (method, what, input) in sent {
        lambda.ask(method, &format!("/2015-03-31/functions/f:$LATEST/{what}"), input).await;
    }
    assert_eq!(lambda.ask("GET", get, &Value::Null).await["Timeout"], 9);
}

#[tokio::test(start_paused = true)]
async fn what_is_of_a_whole_function_is_not_set_for_a_version() {
    let lambda = Fixture::new();
    lambda.create("f").await;
    lambda.ask("POST", "/2015-03-31/functions/f/versions", &json!({})).await;
    let reserve = json!({"ReservedConcurrentExecutions": 4});
    for (method, path, input) in [
        ("PUT", "/2017-10-31/functions/f:1/concurrency".to_owned(), &reserve),
        ("DELETE", "/2017-10-31/functions/f:1/concurrency".to_owned(), &Value::Null),
        ("PUT", "/2024-08-31/functions/f:1/recursion-config".to_owned(), &json!({"RecursiveLoop": "Allow"})),
        ("POST", format!("/2017-03-31/tags/{ARN}:1"), &json!({"Tags": {"a": "b"}})),
    ] {
        let refused = lambda.send(method, &path, input).await.unwrap_err();
        assert_eq!(refused.status, 400, "{method} {path}: {refused}");
    }
}
