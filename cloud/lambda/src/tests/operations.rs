//! Tests of the table: each operation through the router.

use cloud_core::Location;
use serde_json::{Value, json};

use super::{Fixture, answer, request};

#[tokio::test(start_paused = true)]
async fn what_tools_read_and_nothing_is_of_answers_as_for_a_plain_function() {
    let lambda = Fixture::new();
    lambda.create("f").await;
    let signing = lambda.ask("GET", "/2020-06-30/functions/f/code-signing-config", &Value::Null).await;
    assert_eq!(signing, json!({"FunctionName": "f"}));
    for path in ["/2021-10-31/functions/f/url", "/2019-09-25/functions/f/event-invoke-config"] {
        let refused = lambda.send("GET", path, &Value::Null).await.unwrap_err();
        assert_eq!((refused.status, refused.code.as_str()), (404, "ResourceNotFoundException"), "{path}");
    }
    let sources = lambda.ask("GET", "/2015-03-31/event-source-mappings?FunctionName=f", &Value::Null).await;
    assert_eq!(sources, json!({"EventSourceMappings": []}));
    assert_eq!(lambda.ask("GET", "/2018-10-31/layers", &Value::Null).await, json!({"Layers": []}));
    let account = lambda.ask("GET", "/2016-08-19/account-settings", &Value::Null).await;
    assert_eq!(account["AccountUsage"]["FunctionCount"], 1);
    assert!(account["AccountUsage"]["TotalCodeSize"].as_u64().unwrap() > 0, "{account}");
}

#[tokio::test(start_paused = true)]
async fn a_function_lives_and_ends() {
    let lambda = Fixture::new();
    let created = lambda.create("f").await;
    assert_eq!((&created["Version"], &created["State"]), (&json!("$LATEST"), &json!("Active")));
    let path = "/2015-03-31/functions/f";
    let updated = lambda.ask("PUT", &format!("{path}/configuration"), &json!({"Timeout": 9})).await;
    assert_eq!(updated["Timeout"], 9);
    let published = lambda.ask("POST", &format!("{path}/versions"), &json!({})).await;
    assert_eq!(published["Version"], "1");
    let alias = json!({"Name": "live", "FunctionVersion": "1"});
    assert_eq!(lambda.ask("POST", &format!("{path}/aliases"), &alias).await["FunctionVersion"], "1");
    let update = json!({"FunctionVersion": "$LATEST"});
    assert_eq!(lambda.ask("PUT", &format!("{path}/aliases/live"), &update).await["FunctionVersion"], "$LATEST");
    assert_eq!(lambda.ask("GET", &format!("{path}/aliases/live"), &Value::Null).await["Name"], "live");
    let aliases = lambda.ask("GET", &format!("{path}/aliases"), &Value::Null).await;
    assert_eq!(aliases["Aliases"].as_array().unwrap().len(), 1);
    let versions = lambda.ask("GET", &format!("{path}/versions"), &Value::Null).await;
    assert_eq!(versions["Versions"].as_array().unwrap().len(), 2);
    let code = json!({"ZipFile": super::zip("other"), "Publish": true});
    assert_eq!(lambda.ask("PUT", &format!("{path}/code"), &code).await["Version"], "2");
    lambda.ask("DELETE", &format!("{path}/aliases/live"), &Value::Null).await;
    lambda.ask("DELETE", &format!("{path}?Qualifier=1"), &Value::Null).await;
    let listed = lambda.ask("GET", "/2015-03-31/functions?FunctionVersion=ALL", &Value::Null).await;
    let listed: Vec<&Value> = listed["Functions"].as_array().unwrap().iter().map(|item| &item["Version"]).collect();
    assert_eq!(listed, ["$LATEST", "2"]);
    assert_eq!(std::fs::read_dir(lambda.folder.path()).unwrap().count(), 1, "one zip is in use");
    lambda.ask("DELETE", path, &Value::Null).await;
    assert_eq!(std::fs::read_dir(lambda.folder.path()).unwrap().count(), 0);
    assert_eq!(lambda.send("GET", path, &Value::Null).await.unwrap_err().code, "ResourceNotFoundException");
    let invoked = lambda.send("POST", &format!("{path}/invocations"), &json!({})).await.unwrap_err();
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST";
    assert_eq!(invoked.message, format!("Function not found: {arn}"));
}

#[tokio::test(start_paused = true)]
async fn what_an_invocation_would_not_heed_is_refused_by_its_name() {
    let lambda = Fixture::new();
    lambda.create("f").await;
    let path = "/2015-03-31/functions/f/invocations";
    let sent = async |header: &str| {
        let request = request(&Location::default(), lambda.clock.now(), "POST", path, &json!({}));
        answer(&lambda.functions, &lambda.faults, request.with_header(header, "x")).await.unwrap_err()
    };
    for (header, member) in [("x-amz-durable-execution-name", "DurableExecutionName"), ("x-amz-tenant-id", "TenantId")]
    {
        let refused = sent(header).await;
        assert_eq!(refused.message, format!("The embedded cloud does not implement {member} of lambda:Invoke yet."));
    }
    assert!(sent("x-amz-log-type").await.message.contains("'logType'"));
}

#[tokio::test(start_paused = true)]
async fn tags_and_permissions_come_and_go() {
    let lambda = Fixture::new();
    let arn = lambda.create("f").await["FunctionArn"].as_str().unwrap().to_owned();
    let tags = format!("/2017-03-31/tags/{arn}");
    lambda.ask("POST", &tags, &json!({"Tags": {"a": "b", "c": "d"}})).await;
    for key in ["aws:x", "AWS:x"] {
        let refused = lambda.send("POST", &tags, &json!({"Tags": {key: "b"}})).await.unwrap_err();
        assert_eq!((refused.status, refused.code.as_str()), (400, "InvalidParameterValueException"), "{key}");
        let mut input = super::creation("g", "code");
        input["Tags"] = json!({key: "b"});
        let refused = lambda.send("POST", "/2015-03-31/functions", &input).await.unwrap_err();
        assert!(refused.message.ends_with(&format!("'{key}'.")), "{refused}");
    }
    lambda.ask("DELETE", &format!("{tags}?tagKeys=a"), &Value::Null).await;
    assert_eq!(lambda.ask("GET", &tags, &Value::Null).await, json!({"Tags": {"c": "d"}}));
    let policy = "/2015-03-31/functions/f/policy";
    let permission =
        json!({"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"});
    let added = lambda.ask("POST", policy, &permission).await;
    assert!(added["Statement"].as_str().unwrap().contains("\"Service\":\"events.amazonaws.com\""), "{added}");
    let twice = lambda.send("POST", policy, &permission).await.unwrap_err();
    assert_eq!((twice.status, twice.code.as_str()), (409, "ResourceConflictException"));
    let shown = lambda.ask("GET", policy, &Value::Null).await;
    insta::assert_snapshot!(shown["Policy"].as_str().unwrap(), @r#"{"Version":"2012-10-17","Id":"default","Statement":[{"Sid":"s","Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f"}]}"#);
    lambda.ask("DELETE", &format!("{policy}/s"), &Value::Null).await;
    assert_eq!(lambda.send("GET", policy, &Value::Null).await.unwrap_err().status, 404);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_listed_is_not_there() {
    let lambda = Fixture::new();
    for (method, path) in [("PATCH", "/2015-03-31/functions"), ("PUT", "/2017-03-31/tags/x"), ("GET", "/2018-01-01/x")]
    {
        let refused = lambda.send(method, path, &Value::Null).await.unwrap_err();
        assert_eq!((refused.status, refused.code.as_str()), (501, "NotImplemented"), "{method} {path}");
    }
}
