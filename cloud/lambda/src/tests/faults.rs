//! Tests of what is shown of AWS's eventual consistency.

use std::time::Duration;

use serde_json::{Value, json};

use super::Fixture;

const FUNCTION: &str = "/2015-03-31/functions/f";

#[tokio::test(start_paused = true)]
async fn a_new_function_is_pending_for_a_while() {
    let lambda = Fixture::new();
    lambda.faults.set("function-pending=2s".parse().unwrap());
    lambda.control.advance(Duration::from_secs(10));
    let created = lambda.create("f").await;
    assert_eq!((&created["State"], &created["StateReasonCode"]), (&json!("Pending"), &json!("Creating")));
    let shown = lambda.ask("GET", FUNCTION, &Value::Null).await;
    assert_eq!(shown["Configuration"]["State"], "Pending");
    let invoked = lambda.send("POST", &format!("{FUNCTION}/invocations"), &json!({})).await.unwrap_err();
    assert_eq!((invoked.status, invoked.code.as_str()), (409, "ResourceConflictException"));
    for (method, path, body) in [
        ("PUT", format!("{FUNCTION}/configuration"), json!({"Timeout": 9})),
        ("PUT", format!("{FUNCTION}/code"), json!({"ZipFile": super::zip("x")})),
        ("POST", format!("{FUNCTION}/versions"), json!({})),
    ] {
        let refused = lambda.send(method, &path, &body).await.unwrap_err();
        assert!(refused.message.ends_with("in the following state: Pending"), "{}", refused.message);
    }
    lambda.control.advance(Duration::from_secs(3));
    let updated = lambda.ask("PUT", &format!("{FUNCTION}/configuration"), &json!({"Timeout": 9})).await;
    assert_eq!((&updated["State"], &updated["LastUpdateStatus"]), (&json!("Active"), &json!("InProgress")));
    assert_eq!(lambda.ask("POST", &format!("{FUNCTION}/invocations"), &json!({"a": 1})).await, json!({"a": 1}));
    lambda.control.advance(Duration::from_secs(3));
    let settled = lambda.ask("GET", &format!("{FUNCTION}/configuration"), &Value::Null).await;
    assert_eq!((&settled["State"], &settled["LastUpdateStatus"]), (&json!("Active"), &json!("Successful")));
}

#[tokio::test(start_paused = true)]
async fn permissions_are_written_one_at_a_time() {
    let lambda = Fixture::new();
    lambda.create("f").await;
    lambda.faults.set("update-conflicts=1s".parse().unwrap());
    let permission =
        |id: &str| json!({"StatementId": id, "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"});
    let path = format!("{FUNCTION}/policy");
    let first_body = permission("a");
    let second_body = permission("b");
    let first = lambda.send("POST", &path, &first_body);
    let second = async {
        let refused = lambda.send("POST", &path, &second_body).await.unwrap_err();
        lambda.control.advance(Duration::from_secs(1));
        refused
    };
    let (first, refused) = tokio::join!(biased; first, second);
    first.unwrap();
    assert_eq!((refused.status, refused.code.as_str()), (409, "ResourceConflictException"));
    assert!(refused.message.contains("concurrent update operation"), "{}", refused.message);
}

#[tokio::test(start_paused = true)]
async fn reads_lag_behind_writes() {
    let lambda = Fixture::new();
    lambda.faults.set("stale-reads=2s".parse().unwrap());
    lambda.control.advance(Duration::from_secs(10));
    lambda.create("f").await;
    assert_eq!(lambda.send("GET", FUNCTION, &Value::Null).await.unwrap_err().status, 404);
    lambda.control.advance(Duration::from_secs(3));
    lambda.ask("GET", FUNCTION, &Value::Null).await;
}
