//! The table of operations, and answers that need no events.

use std::collections::BTreeSet;
use std::time::Duration;

use cloud_core::{Location, ReadView, Request};
use serde_json::json;

use super::{Fixture, start};
use crate::{OPERATIONS, TABLES};

#[test]
fn the_table_names_each_operation_once() {
    let names: BTreeSet<&str> = OPERATIONS.iter().map(|operation| operation.info.name).collect();
    assert_eq!((names.len(), OPERATIONS.len()), (29, 29));
    for operation in OPERATIONS {
        assert_eq!(operation.info.action, format!("logs:{}", operation.info.name));
    }
    let tables: BTreeSet<_> = TABLES.into_iter().collect();
    assert_eq!(tables.len(), TABLES.len());
}

#[test]
fn resources_are_groups_and_streams() {
    let arn = |name: &str, body: &str| {
        let request = Request::internal("id".to_owned(), start(), &Location::default(), "logs");
        let request = request.with_target("Logs_20140328", name, body.to_owned());
        let operation = OPERATIONS.iter().find(|operation| operation.info.name == name).unwrap();
        operation.info.resource_arn(&request)
    };
    let group = "arn:aws:logs:us-east-1:000000000000:log-group:/a";
    let streams = format!("{group}:log-stream:");
    assert_eq!(arn("CreateLogGroup", r#"{"logGroupName":"/a"}"#), streams);
    assert_eq!(arn("FilterLogEvents", &format!(r#"{{"logGroupIdentifier":"{group}:*"}}"#)), streams);
    assert_eq!(arn("TagResource", &format!(r#"{{"resourceArn":"{group}"}}"#)), group);
    let events = r#"{"logGroupName":"/a","logStreamName":"s"}"#;
    assert_eq!(arn("PutLogEvents", events), format!("{group}:log-stream:s"));
    assert_eq!(arn("DescribeLogGroups", "{}"), "arn:aws:logs:us-east-1:000000000000:log-group::log-stream:");
}

#[tokio::test]
async fn missing_and_doubled_names_have_awss_texts() {
    let fixture = Fixture::new().with_stream("g", "s").await;
    let refusal = async |operation: &str, input| fixture.call(operation, input).await.unwrap_err().to_string();
    let group = json!({ "logGroupName": "g" });
    let other = json!({ "logGroupName": "other" });
    let stream = json!({ "logGroupName": "g", "logStreamName": "s" });
    let other_stream = json!({ "logGroupName": "g", "logStreamName": "other" });
    let no_group = "ResourceNotFoundException: The specified log group does not exist.";
    let no_stream = "ResourceNotFoundException: The specified log stream does not exist.";
    assert_eq!(
        refusal("CreateLogGroup", group).await,
        "ResourceAlreadyExistsException: The specified log group already exists"
    );
    assert_eq!(
        refusal("CreateLogStream", stream).await,
        "ResourceAlreadyExistsException: The specified log stream already exists"
    );
    for operation in ["DeleteLogGroup", "DescribeLogStreams", "FilterLogEvents", "DeleteRetentionPolicy"] {
        assert_eq!(refusal(operation, other.clone()).await, no_group, "{operation}");
    }
    for operation in ["DeleteLogStream", "GetLogEvents"] {
        assert_eq!(refusal(operation, other_stream.clone()).await, no_stream, "{operation}");
    }
    let names = json!({ "logGroupName": "g", "logStreamNames": ["s", "other"] });
    assert_eq!(refusal("FilterLogEvents", names).await, no_stream);
    for elsewhere in ["eu-west-1:000000000000", "us-east-1:111111111111"] {
        let arn = format!("arn:aws:logs:{elsewhere}:log-group:g");
        for operation in ["FilterLogEvents", "DescribeLogStreams"] {
            assert_eq!(refusal(operation, json!({ "logGroupIdentifier": arn })).await, no_group, "{operation} {arn}");
        }
    }
    assert_eq!(
        refusal("DescribeLogStreams", json!({ "logGroupName": "g", "logGroupIdentifier": "g" })).await,
        "ValidationException: LogGroup name and LogGroup ARN are mutually exclusive parameters."
    );
    assert_eq!(
        refusal("DescribeLogStreams", json!({ "logGroupName": "g", "orderBy": "sth" })).await,
        "InvalidParameterException: 1 validation error detected: Value 'sth' at 'orderBy' failed to satisfy constraint: \
         Member must satisfy enum value set: [LogStreamName, LastEventTime]"
    );
    assert_eq!(
        refusal("CreateLogGroup", json!({ "logGroupName": "a".repeat(513) })).await,
        "InvalidParameterException: Invalid LogGroup or LogStream, both must have length less than or equal to 512."
    );
    let events = json!([{ "timestamp": fixture.now_ms(), "message": "x" }]);
    let put = |stream| json!({ "logGroupName": "g", "logStreamName": stream, "logEvents": events });
    assert_eq!(refusal("PutLogEvents", put("other")).await, no_stream);
}

#[tokio::test]
async fn a_key_is_named_and_taken_away_and_there_are_no_filters() {
    let fixture = Fixture::new().with_stream("g", "s").await;
    let key = "arn:aws:kms:us-east-1:000000000000:key/k";
    let shown = async || fixture.ok("DescribeLogGroups", json!({})).await["logGroups"][0]["kmsKeyId"].clone();
    fixture.ok("AssociateKmsKey", json!({ "logGroupName": "g", "kmsKeyId": key })).await;
    assert_eq!(shown().await, key);
    let arn = "arn:aws:logs:us-east-1:000000000000:log-group:g";
    fixture.ok("DisassociateKmsKey", json!({ "resourceIdentifier": arn })).await;
    assert!(shown().await.is_null());
    assert_eq!(fixture.ok("DescribeMetricFilters", json!({})).await, json!({ "metricFilters": [] }));
    let filters = fixture.ok("DescribeSubscriptionFilters", json!({ "logGroupName": "g" })).await;
    assert_eq!(filters, json!({ "subscriptionFilters": [] }));
    let none = fixture.call("DescribeSubscriptionFilters", json!({ "logGroupName": "x" })).await.unwrap_err();
    assert_eq!(none.code, "ResourceNotFoundException");
}

#[tokio::test]
async fn what_would_be_left_out_is_refused_by_its_name() {
    let fixture = Fixture::new().with_stream("g", "s").await;
    let events = json!([{ "timestamp": fixture.now_ms(), "message": "x" }]);
    let entity = json!({ "keyAttributes": { "Type": "Service" } });
    let put = json!({ "logGroupName": "g", "logStreamName": "s", "logEvents": events, "entity": entity });
    for (operation, input, member) in [
        ("PutLogEvents", put, "entity"),
        ("DescribeLogGroups", json!({ "includeLinkedAccounts": true }), "includeLinkedAccounts"),
    ] {
        let refused = fixture.call(operation, input).await.unwrap_err();
        assert_eq!(refused.message, format!("The embedded cloud does not implement {member} of logs:{operation} yet."));
    }
    let class = json!({ "logGroupName": "h", "logGroupClass": "COLD" });
    assert!(fixture.call("CreateLogGroup", class).await.unwrap_err().message.contains("'logGroupClass'"));
}

#[tokio::test]
async fn the_tags_of_a_group_of_elsewhere_are_not_those_of_one_here() {
    let fixture = Fixture::new().with_stream("g", "s").await;
    for elsewhere in ["eu-west-1:000000000000", "us-east-1:111111111111"] {
        let arn = format!("arn:aws:logs:{elsewhere}:log-group:g");
        let refused = fixture.call("ListTagsForResource", json!({ "resourceArn": arn })).await.unwrap_err();
        assert_eq!(refused.code, "ResourceNotFoundException", "{arn}");
        let tag = json!({ "resourceArn": arn, "tags": { "a": "b" } });
        assert_eq!(fixture.call("TagResource", tag).await.unwrap_err().code, "ResourceNotFoundException");
    }
}

#[tokio::test]
async fn a_protected_group_stays_until_its_protection_ends() {
    let fixture = Fixture::new();
    let key = "arn:aws:kms:us-east-1:000000000000:key/k";
    let named = json!({ "logGroupName": "g" });
    let create = json!({ "logGroupName": "g", "kmsKeyId": key, "deletionProtectionEnabled": true });
    fixture.ok("CreateLogGroup", create).await;
    let shown = fixture.ok("DescribeLogGroups", json!({})).await;
    let shown = &shown["logGroups"][0];
    assert_eq!((&shown["kmsKeyId"], &shown["deletionProtectionEnabled"]), (&json!(key), &json!(true)));
    let refused = fixture.call("DeleteLogGroup", named.clone()).await.unwrap_err();
    assert_eq!(refused.code, "ValidationException");
    let end = json!({ "logGroupIdentifier": "g", "deletionProtectionEnabled": false });
    fixture.ok("PutLogGroupDeletionProtection", end).await;
    let shown = fixture.ok("DescribeLogGroups", json!({})).await;
    assert_eq!(shown["logGroups"][0]["deletionProtectionEnabled"], false);
    fixture.ok("DeleteLogGroup", named).await;
}

#[tokio::test]
async fn groups_and_streams_are_listed_in_pages() {
    let fixture = Fixture::new();
    for name in ["a", "b", "c"] {
        fixture.ok("CreateLogGroup", json!({ "logGroupName": name })).await;
        fixture.write("a", name, &["x"]).await;
    }
    let names = |answer: &serde_json::Value, list: &str, member: &str| -> Vec<String> {
        let items = answer[list].as_array().unwrap();
        items.iter().map(|item| item[member].as_str().unwrap().to_owned()).collect()
    };
    let first = fixture.ok("DescribeLogGroups", json!({ "limit": 2 })).await;
    assert_eq!(names(&first, "logGroups", "logGroupName"), ["a", "b"]);
    let rest = fixture.ok("DescribeLogGroups", json!({ "limit": 2, "nextToken": first["nextToken"] })).await;
    assert_eq!(names(&rest, "logGroups", "logGroupName"), ["c"]);
    assert_eq!(rest.get("nextToken"), None);
    let first = fixture.ok("DescribeLogStreams", json!({ "logGroupName": "a", "limit": 2 })).await;
    assert_eq!(names(&first, "logStreams", "logStreamName"), ["a", "b"]);
    let next = json!({ "logGroupName": "a", "limit": 2, "nextToken": first["nextToken"] });
    let rest = fixture.ok("DescribeLogStreams", next).await;
    assert_eq!(names(&rest, "logStreams", "logStreamName"), ["c"]);
}

#[tokio::test]
async fn tags_and_retention_are_kept() {
    let fixture = Fixture::new();
    fixture.ok("CreateLogGroup", json!({ "logGroupName": "g", "tags": { "a": "1", "b": "2" } })).await;
    fixture.ok("TagLogGroup", json!({ "logGroupName": "g", "tags": { "c": "3" } })).await;
    fixture.ok("UntagLogGroup", json!({ "logGroupName": "g", "tags": ["a"] })).await;
    fixture.ok("PutRetentionPolicy", json!({ "logGroupName": "g", "retentionInDays": 7 })).await;
    for fixture in [fixture.clone(), fixture.restarted()] {
        let tags = fixture.ok("ListTagsLogGroup", json!({ "logGroupName": "g" })).await;
        assert_eq!(tags, json!({ "tags": { "b": "2", "c": "3" } }));
        let groups = fixture.ok("DescribeLogGroups", json!({})).await;
        assert_eq!(groups["logGroups"][0]["retentionInDays"], 7);
    }
    fixture.ok("DeleteRetentionPolicy", json!({ "logGroupName": "g" })).await;
    let groups = fixture.ok("DescribeLogGroups", json!({})).await;
    assert_eq!(groups["logGroups"][0].get("retentionInDays"), None);
}

#[tokio::test]
async fn a_reader_that_lags_behind_sees_what_was_there() {
    let fixture = Fixture::new();
    let keep = Duration::from_secs(60);
    let writing = ReadView { keep, as_of: None };
    writing.during(fixture.ok("CreateLogGroup", json!({ "logGroupName": "old", "tags": { "a": "1" } }))).await;
    fixture.write("old", "s", &["first"]).await;
    fixture.clock.advance(Duration::from_secs(10));
    let reading = ReadView { keep, as_of: Some(fixture.clock.now()) };
    fixture.clock.advance(Duration::from_secs(10));
    writing.during(fixture.ok("CreateLogGroup", json!({ "logGroupName": "new" }))).await;
    writing.during(fixture.ok("UntagLogGroup", json!({ "logGroupName": "old", "tags": ["a"] }))).await;
    fixture.write("old", "s", &["second"]).await;
    fixture.write("old", "later", &["third"]).await;
    let groups = json!({});
    let of_old = json!({ "logGroupName": "old" });
    let seen = async || {
        let groups = fixture.ok("DescribeLogGroups", groups.clone()).await["logGroups"].as_array().unwrap().len();
        let streams = fixture.ok("DescribeLogStreams", of_old.clone()).await["logStreams"].as_array().unwrap().len();
        let tags = fixture.ok("ListTagsLogGroup", of_old.clone()).await;
        (groups, streams, tags["tags"].as_object().unwrap().len(), fixture.filtered("old").await.len())
    };
    assert_eq!(seen().await, (2, 2, 0, 3));
    assert_eq!(reading.during(seen()).await, (1, 1, 1, 1));
}
