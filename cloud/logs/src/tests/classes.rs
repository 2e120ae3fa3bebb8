//! What groups of another class than the standard one are not served with, and which names and tags nobody is given.

use serde_json::{Value, json};

use super::Fixture;

const STANDARD_ONLY: &str = "ValidationException: This operation is only supported on the Standard log class.";

#[tokio::test]
async fn a_group_for_infrequent_access_is_queried_and_nothing_else() {
    let fixture = Fixture::new();
    fixture.ok("CreateLogGroup", json!({ "logGroupName": "cold", "logGroupClass": "INFREQUENT_ACCESS" })).await;
    fixture.ok("CreateLogStream", json!({ "logGroupName": "cold", "logStreamName": "s" })).await;
    fixture.put("cold", "s", &[(0, "kept")]).await;
    let refusal = async |operation: &str, input: Value| fixture.call(operation, input).await.unwrap_err().to_string();
    let group = json!({ "logGroupName": "cold" });
    let filter = json!({ "logGroupName": "cold", "filterName": "f" });
    let new_filter = json!({
        "logGroupName": "cold", "filterName": "f", "filterPattern": "",
        "destinationArn": "arn:aws:lambda:us-east-1:000000000000:function:f",
    });
    for (operation, input) in [
        ("PutSubscriptionFilter", &new_filter),
        ("DescribeSubscriptionFilters", &group),
        ("DeleteSubscriptionFilter", &filter),
        ("DescribeMetricFilters", &group),
    ] {
        assert_eq!(refusal(operation, input.clone()).await, STANDARD_ONLY, "{operation}");
    }
    let arn = "arn:aws:logs:us-east-1:000000000000:log-group:cold";
    for (operation, input) in [
        ("FilterLogEvents", group),
        ("GetLogEvents", json!({ "logGroupName": "cold", "logStreamName": "s" })),
        ("StartLiveTail", json!({ "logGroupIdentifiers": [arn] })),
    ] {
        let expected = format!(
            "InvalidOperationException: The log group cold is of log-group-class INFREQUENT_ACCESS. {operation} is not \
             supported for this log class."
        );
        assert_eq!(refusal(operation, input).await, expected);
    }
    let from = fixture.now_ms() / 1000 - 60;
    let query = json!({
        "logGroupName": "cold", "startTime": from, "endTime": from + 120, "queryString": "fields @message",
    });
    let id = fixture.ok("StartQuery", query).await["queryId"].clone();
    let found = fixture.ok("GetQueryResults", json!({ "queryId": id })).await;
    assert_eq!(found["results"][0][0]["value"], "kept");
    fixture.ok("DescribeMetricFilters", json!({})).await;
}

#[tokio::test]
async fn a_filter_that_an_earlier_program_took_can_go() {
    let fixture = Fixture::new();
    fixture.ok("CreateLogGroup", json!({ "logGroupName": "cold", "logGroupClass": "INFREQUENT_ACCESS" })).await;
    let key = fixture.location.key("cold");
    let edited = fixture.logs.edit_group(&key, |facts| {
        let filter =
            json!({ "pattern": "", "destination_arn": "a", "distribution": "ByLogStream", "created_at_ms": 1 });
        facts.subscriptions.insert("f".to_owned(), serde_json::from_value(filter).unwrap());
        Ok(())
    });
    edited.await.unwrap();
    let filter = json!({ "logGroupName": "cold", "filterName": "f" });
    fixture.ok("DeleteSubscriptionFilter", filter.clone()).await;
    let again = fixture.call("DeleteSubscriptionFilter", filter).await.unwrap_err();
    assert_eq!(again.to_string(), STANDARD_ONLY);
}

#[tokio::test]
async fn names_and_tag_keys_that_aws_keeps_for_itself_are_refused() {
    let fixture = Fixture::new();
    for name in ["aws/x", "AWS/x", "Aws/"] {
        let refused = fixture.call("CreateLogGroup", json!({ "logGroupName": name })).await.unwrap_err();
        let text = "InvalidParameterException: Log groups starting with AWS/ are reserved for AWS.";
        assert_eq!(refused.to_string(), text, "{name}");
    }
    for name in ["/aws/x", "aws", "awsx/y"] {
        fixture.ok("CreateLogGroup", json!({ "logGroupName": name })).await;
    }
    let arn = "arn:aws:logs:us-east-1:000000000000:log-group:aws";
    for (operation, input) in [
        ("CreateLogGroup", json!({ "logGroupName": "g", "tags": { "aws:x": "1" } })),
        ("TagLogGroup", json!({ "logGroupName": "aws", "tags": { "AWS:x": "1" } })),
        ("TagResource", json!({ "resourceArn": arn, "tags": { "aws:x": "1", "b": "2" } })),
    ] {
        let refused = fixture.call(operation, input).await.unwrap_err();
        assert_eq!(refused.code, "InvalidParameterException", "{operation}");
        assert!(refused.message.contains("reserved for AWS"), "{refused}");
    }
    assert_eq!(fixture.ok("ListTagsLogGroup", json!({ "logGroupName": "aws" })).await, json!({ "tags": {} }));
}
