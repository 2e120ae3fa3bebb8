//! Tests that a write lands whole wherever its future is dropped: memory agrees with the store, and every function has its
//! zip.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;

use cloud_core::testing::{come_to_rest, drop_at_every_await, poll_times};
use serde_json::{Value, json};

use super::{Fixture, creation, zip};
use crate::TABLE;
use crate::model::Function;

/// A Lambda with a function that has a version, an alias, a tag and a permission.
async fn begin() -> Fixture {
    let lambda = Fixture::new();
    lambda.create("f").await;
    let path = "/2015-03-31/functions/f";
    lambda.ask("POST", &format!("{path}/versions"), &json!({})).await;
    lambda.ask("PUT", &format!("{path}/code"), &json!({"ZipFile": zip("newer")})).await;
    lambda.ask("POST", &format!("{path}/aliases"), &json!({"Name": "live", "FunctionVersion": "$LATEST"})).await;
    let permission =
        json!({"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"});
    lambda.ask("POST", &format!("{path}/policy"), &permission).await;
    lambda
}

fn rows(functions: &BTreeMap<String, Function>) -> Value {
    serde_json::to_value(functions).unwrap()
}

fn files(lambda: &Fixture) -> BTreeSet<String> {
    let entries = std::fs::read_dir(lambda.folder.path()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Memory agrees with the store, every function has its zip, and there is no other file.
async fn check(lambda: Fixture) {
    let shown = lambda.functions.table.read(rows);
    let stored: BTreeMap<String, Function> = lambda.store.load(TABLE).unwrap().into_iter().collect();
    assert_eq!(shown, rows(&stored));
    let zips = stored.values().flat_map(Function::versions).map(|version| format!("{}.zip", version.code.sha256));
    assert_eq!(files(&lambda), zips.collect());
    assert_eq!(lambda.reopened().table.read(rows), shown);
}

async fn drop_everywhere(method: &str, path: &str, body: Value) {
    let awaits = drop_at_every_await(
        begin,
        async |lambda: Fixture| {
            lambda.send(method, path, &body).await.unwrap();
        },
        check,
    );
    assert!(awaits.await > 1, "{method} {path} never waited");
}

const FUNCTION: &str = "/2015-03-31/functions/f";

#[tokio::test(start_paused = true)]
async fn functions_are_created_and_deleted_whole() {
    drop_everywhere("POST", "/2015-03-31/functions", creation("g", "other")).await;
    drop_everywhere("POST", "/2015-03-31/functions", creation("g", "newer")).await;
    drop_everywhere("DELETE", FUNCTION, Value::Null).await;
}

#[tokio::test(start_paused = true)]
async fn code_and_configuration_are_updated_whole() {
    drop_everywhere("PUT", &format!("{FUNCTION}/code"), json!({"ZipFile": zip("newest")})).await;
    drop_everywhere("PUT", &format!("{FUNCTION}/code"), json!({"ZipFile": zip("code"), "Publish": true})).await;
    drop_everywhere("PUT", &format!("{FUNCTION}/configuration"), json!({"Timeout": 9})).await;
}

#[tokio::test(start_paused = true)]
async fn versions_are_published_and_deleted_whole() {
    drop_everywhere("POST", &format!("{FUNCTION}/versions"), json!({})).await;
    drop_everywhere("DELETE", &format!("{FUNCTION}?Qualifier=1"), Value::Null).await;
}

#[tokio::test(start_paused = true)]
async fn aliases_are_written_whole() {
    drop_everywhere("POST", &format!("{FUNCTION}/aliases"), json!({"Name": "a", "FunctionVersion": "1"})).await;
    drop_everywhere("PUT", &format!("{FUNCTION}/aliases/live"), json!({"FunctionVersion": "1"})).await;
    drop_everywhere("DELETE", &format!("{FUNCTION}/aliases/live"), Value::Null).await;
}

#[tokio::test(start_paused = true)]
async fn permissions_and_tags_are_written_whole() {
    let permission = json!({"StatementId": "t", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"});
    drop_everywhere("POST", &format!("{FUNCTION}/policy"), permission).await;
    drop_everywhere("DELETE", &format!("{FUNCTION}/policy/s"), Value::Null).await;
    let tags = "/2017-03-31/tags/arn:aws:lambda:us-east-1:000000000000:function:f";
    drop_everywhere("POST", tags, json!({"Tags": {"a": "b"}})).await;
    drop_everywhere("DELETE", &format!("{tags}?tagKeys=a"), Value::Null).await;
}

#[tokio::test(start_paused = true)]
async fn two_functions_may_share_a_zip_while_one_is_deleted() {
    let lambda = begin().await;
    let deleting = lambda.send("DELETE", FUNCTION, &Value::Null);
    let body = creation("g", "newer");
    let creating = lambda.send("POST", "/2015-03-31/functions", &body);
    let (deleted, created) = tokio::join!(deleting, creating);
    deleted.unwrap();
    created.unwrap();
    check(lambda).await;
}

/// The zip that one function brings is that of another, which is deleted; whoever asked for the new one goes away.
#[tokio::test(start_paused = true)]
async fn a_dropped_creation_and_a_deletion_may_share_a_zip() {
    for deletion_polls in 0..6 {
        for creation_polls in 1..8 {
            let lambda = begin().await;
            let body = creation("g", "newer");
            let mut deleting = pin!(lambda.send("DELETE", FUNCTION, &Value::Null));
            let deleted = poll_times(deleting.as_mut(), deletion_polls).await.is_some();
            poll_times(lambda.send("POST", "/2015-03-31/functions", &body), creation_polls).await;
            if !deleted {
                deleting.await.unwrap();
            }
            come_to_rest().await;
            check(lambda.clone()).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_update_leaves_no_zip() {
    let lambda = begin().await;
    let before = files(&lambda);
    let stale = json!({"ZipFile": zip("refused"), "RevisionId": "another"});
    let refused = lambda.send("PUT", &format!("{FUNCTION}/code"), &stale).await.unwrap_err();
    assert_eq!(refused.code, "PreconditionFailedException");
    assert_eq!(files(&lambda), before);
}
