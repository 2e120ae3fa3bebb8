//! Settings of functions: stored, shown and followed, or refused by name.

use std::time::Duration;

use cloud_core::testing::{come_to_rest, run_for};
use cloud_core::{Location, Request};
use hyper::Method;
use serde_json::{Value, json};

use super::{ENDPOINT, Fixture, creation};
use crate::runtime::SimulatedRun;

const FUNCTIONS: &str = "/2015-03-31/functions";

fn with(name: &str, member: &str, value: Value) -> Value {
    let mut input = creation(name, "code");
    input["Runtime"] = json!("python3.12");
    input[member] = value;
    input
}

#[tokio::test(start_paused = true)]
async fn what_has_no_meaning_here_is_refused_by_its_name() {
    let lambda = Fixture::new();
    let given = [
        ("FileSystemConfigs", json!([{"Arn": "arn:x", "LocalMountPath": "/mnt/x"}])),
        ("CodeSigningConfigArn", json!("arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-0")),
        ("ImageConfig", json!({"Command": ["x"]})),
    ];
    for (member, value) in given {
        let refused = lambda.send("POST", FUNCTIONS, &with("f", member, value)).await.unwrap_err();
        let told = format!("The embedded cloud does not implement {member} of lambda:CreateFunction yet.");
        assert_eq!((refused.status, refused.message), (501, told));
    }
    // What tools send for what they do not use.
    lambda.ask("POST", FUNCTIONS, &with("f", "ImageConfig", json!({"Command": []}))).await;
    let update = json!({"FileSystemConfigs": [{"Arn": "arn:x", "LocalMountPath": "/mnt/x"}]});
    let refused = lambda.send("PUT", &format!("{FUNCTIONS}/f/configuration"), &update).await.unwrap_err();
    assert_eq!(refused.status, 501);
    assert_eq!(
        lambda.send("GET", &format!("{FUNCTIONS}?MasterRegion=ALL"), &Value::Null).await.unwrap_err().status,
        501
    );
}

#[tokio::test(start_paused = true)]
async fn a_key_and_snapshots_are_shown_and_taken_away_again() {
    let lambda = Fixture::new();
    let key = "arn:aws:kms:us-east-1:000000000000:key/k";
    let mut input = with("f", "KMSKeyArn", json!(key));
    input["SnapStart"] = json!({"ApplyOn": "PublishedVersions"});
    let created = lambda.ask("POST", FUNCTIONS, &input).await;
    assert_eq!(created["KMSKeyArn"], key);
    assert_eq!(created["SnapStart"], json!({"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"}));
    let published = lambda.ask("POST", &format!("{FUNCTIONS}/f/versions"), &json!({})).await;
    assert_eq!(published["SnapStart"]["OptimizationStatus"], "On");
    let update = json!({"KMSKeyArn": "", "SnapStart": {"ApplyOn": "None"}});
    let updated = lambda.ask("PUT", &format!("{FUNCTIONS}/f/configuration"), &update).await;
    assert_eq!((updated.get("KMSKeyArn"), &updated["SnapStart"]["ApplyOn"]), (None, &json!("None")));
    let mut old = with("g", "SnapStart", json!({"ApplyOn": "PublishedVersions"}));
    old["Runtime"] = json!("nodejs22.x");
    let refused = lambda.send("POST", FUNCTIONS, &old).await.unwrap_err();
    assert_eq!(refused.message, "nodejs22.x is not supported for SnapStart enabled functions.");
    let refused = lambda.send("POST", FUNCTIONS, &with("g", "TracingConfig", json!({"Mode": "On"}))).await.unwrap_err();
    assert!(refused.message.contains("'tracingConfig.mode'"), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn what_snapshots_do_not_go_with_is_refused() {
    let lambda = Fixture::new();
    let mut large = with("f", "SnapStart", json!({"ApplyOn": "PublishedVersions"}));
    large["EphemeralStorage"] = json!({"Size": 513});
    let refused = lambda.send("POST", FUNCTIONS, &large).await.unwrap_err();
    assert_eq!(refused.code, "InvalidParameterValueException");
    assert!(refused.message.ends_with("more than 512 MB; the function has 513 MB."), "{refused}");
    large["EphemeralStorage"] = json!({"Size": 512});
    lambda.ask("POST", FUNCTIONS, &large).await;
    for (update, told) in [
        (json!({"EphemeralStorage": {"Size": 1024}}), "more than 512 MB; the function has 1024 MB."),
        (json!({"Runtime": "python3.11"}), "python3.11 is not supported for SnapStart enabled functions."),
    ] {
        let refused = lambda.send("PUT", &format!("{FUNCTIONS}/f/configuration"), &update).await.unwrap_err();
        assert!(refused.message.ends_with(told), "{refused}");
    }
    lambda.ask("POST", &format!("{FUNCTIONS}/f/versions"), &json!({})).await;
    lambda.ask("POST", &format!("{FUNCTIONS}/f/aliases"), &json!({"Name": "live", "FunctionVersion": "1"})).await;
    for qualifier in ["1", "live"] {
        let path = format!("/2019-09-30/functions/f/provisioned-concurrency?Qualifier={qualifier}");
        let refused = lambda.send("PUT", &path, &json!({"ProvisionedConcurrentExecutions": 1})).await.unwrap_err();
        assert_eq!((refused.status, refused.code.as_str()), (400, "InvalidParameterValueException"), "{qualifier}");
        assert!(refused.message.contains("SnapStart"), "{refused}");
    }
    let both = json!({"SnapStart": {"ApplyOn": "None"}, "EphemeralStorage": {"Size": 1024}});
    lambda.ask("PUT", &format!("{FUNCTIONS}/f/configuration"), &both).await;
    lambda.ask("POST", &format!("{FUNCTIONS}/f/versions"), &json!({})).await;
    let path = "/2019-09-30/functions/f/provisioned-concurrency?Qualifier=2";
    lambda.ask("PUT", path, &json!({"ProvisionedConcurrentExecutions": 1})).await;
}

#[tokio::test(start_paused = true)]
async fn a_function_that_became_active_is_another_revision_and_has_a_version_of_its_runtime() {
    let lambda = Fixture::new();
    let created = lambda.create("f").await;
    let shown = lambda.ask("GET", &format!("{FUNCTIONS}/f/configuration"), &Value::Null).await;
    assert_ne!(created["RevisionId"], shown["RevisionId"]);
    let arn = shown["RuntimeVersionConfig"]["RuntimeVersionArn"].as_str().unwrap();
    assert!(arn.starts_with("arn:aws:lambda:us-east-1::runtime:") && arn.len() == 34 + 64, "{arn}");
    let listed = lambda.ask("GET", FUNCTIONS, &Value::Null).await;
    assert_eq!(listed["Functions"][0].get("RuntimeVersionConfig"), None);
}

/// What the cloud answers to whoever follows a link.
async fn followed(lambda: &Fixture, link: &str) -> (u16, Vec<u8>) {
    let rest = link.strip_prefix(ENDPOINT).unwrap();
    let (path, query) = rest.split_once('?').unwrap();
    let request = Request::internal("id".to_owned(), lambda.clock.now(), &Location::default(), "s3");
    let response = lambda.functions.fetch_code(&request.with_path(Method::GET, path, query, "")).await;
    (response.status, response.body.to_vec())
}

#[tokio::test(start_paused = true)]
async fn the_code_of_a_function_can_be_fetched_by_its_link_alone_for_ten_minutes() {
    let lambda = Fixture::new();
    lambda.create("f").await;
    let shown = lambda.ask("GET", &format!("{FUNCTIONS}/f"), &Value::Null).await;
    assert_eq!(shown["Code"]["RepositoryType"], "S3");
    let link = shown["Code"]["Location"].as_str().unwrap().to_owned();
    let (status, zip) = followed(&lambda, &link).await;
    assert_eq!((status, super::zip("code")), (200, base64::Engine::encode(&base64::prelude::BASE64_STANDARD, zip)));
    let (status, body) = followed(&lambda, &link.replace("X-Amz-Date=2026", "X-Amz-Date=2027")).await;
    assert_eq!(status, 403);
    assert!(String::from_utf8(body).unwrap().contains("<Code>AccessDenied</Code>"));
    let other = link.replace(&link[link.len() - 4..], "0000");
    assert_eq!(followed(&lambda, &other).await.0, 403);
    assert_eq!(followed(&lambda, &link.replace("X-Amz-Signature", "Signature")).await.0, 403);
    lambda.control.advance(Duration::from_secs(601));
    let (status, body) = followed(&lambda, &link).await;
    assert_eq!((status, String::from_utf8(body).unwrap().contains("Request has expired")), (403, true));
    let again = lambda.ask("GET", &format!("{FUNCTIONS}/f"), &Value::Null).await;
    lambda.ask("DELETE", &format!("{FUNCTIONS}/f"), &Value::Null).await;
    assert_eq!(followed(&lambda, again["Code"]["Location"].as_str().unwrap()).await.0, 404);
}

#[tokio::test(start_paused = true)]
async fn no_more_events_of_a_function_run_at_once_than_are_reserved_for_it() {
    let lambda = Fixture::with(|_, _| SimulatedRun::hangs());
    lambda.create("f").await;
    let path = "/2017-10-31/functions/f/concurrency";
    let put = async |count: i64| lambda.send("PUT", path, &json!({"ReservedConcurrentExecutions": count})).await;
    assert!(put(-1).await.unwrap_err().message.contains("greater than or equal to 0"));
    let all = put(901).await.unwrap_err();
    assert!(all.message.ends_with("UnreservedConcurrentExecution below its minimum value of [100]."), "{all}");
    put(1).await.unwrap();
    let read = "/2019-09-30/functions/f/concurrency";
    assert_eq!(lambda.ask("GET", read, &Value::Null).await, json!({"ReservedConcurrentExecutions": 1}));
    let shown = lambda.ask("GET", &format!("{FUNCTIONS}/f"), &Value::Null).await;
    assert_eq!(shown["Concurrency"], json!({"ReservedConcurrentExecutions": 1}));
    let account = lambda.ask("GET", "/2016-08-19/account-settings", &Value::Null).await;
    assert_eq!(account["AccountLimit"]["UnreservedConcurrentExecutions"], 999);
    let first = lambda.clone();
    let invoke = format!("{FUNCTIONS}/f/invocations");
    let running =
        tokio::spawn(async move { first.send("POST", &format!("{FUNCTIONS}/f/invocations"), &json!({})).await });
    come_to_rest().await;
    let throttled = lambda.send("POST", &invoke, &json!({})).await.unwrap_err();
    assert_eq!((throttled.status, throttled.code.as_str()), (429, "TooManyRequestsException"));
    assert_eq!(throttled.extra[0].1, "ReservedFunctionConcurrentInvocationLimitExceeded");
    // The first one runs into its timeout, and makes room.
    run_for(&lambda.control, Duration::from_secs(4)).await;
    assert_eq!(running.await.unwrap().unwrap().status, 200);
    lambda.ask("DELETE", path, &Value::Null).await;
    assert_eq!(lambda.ask("GET", read, &Value::Null).await, json!({}));
    let invoked = lambda.send("GET", &format!("{read}?Qualifier=1"), &Value::Null).await.unwrap_err();
    assert_eq!(invoked.code, "InvalidParameterValueException");
}
