//! Requests of the services that the embedded cloud has.

use serde_json::{Value, json};

use super::{Input, refusal};

fn input(service: &str, action: &str) -> Input<'static> {
    crate::requests(service).unwrap().operation(action).unwrap().request().unwrap()
}

fn said_of(service: &str, action: &str, request: &Value) -> String {
    let input = input(service, action);
    let violations = input.violations(request.as_object().unwrap(), |_| true);
    if input.has_json_body() {
        let body = input.violations(request.as_object().unwrap(), |member| member.place() == crate::Place::Body);
        let wrong = input.wrong_type(request.as_object().unwrap());
        assert_eq!(input.fits(request.to_string().as_bytes()), body.is_empty() && wrong.is_none(), "{request}");
    }
    refusal(&violations, true).unwrap_or_default()
}

fn said(action: &str, request: &Value) -> String {
    said_of("sfn", action, request)
}

#[test]
fn constraints_are_told_in_awss_words() {
    assert_eq!(said("deleteActivity", &json!({"activityArn": "arn:x"})), "");
    insta::assert_snapshot!(said("deleteActivity", &json!({})), @"1 validation error detected: Value null at 'activityArn' failed to satisfy constraint: Member must not be null");
    insta::assert_snapshot!(said("listActivities", &json!({"maxResults": 1001, "nextToken": ""})), @"2 validation errors detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000; Value '' at 'nextToken' failed to satisfy constraint: Member must have length greater than or equal to 1");
    insta::assert_snapshot!(said("describeExecution", &json!({"executionArn": "a", "includedData": "SOME"})), @"1 validation error detected: Value 'SOME' at 'includedData' failed to satisfy constraint: Member must satisfy enum value set: [ALL_DATA, METADATA_ONLY]");
    let tags = json!({"resourceArn": "a", "tags": [{"key": "k"}, {"key": ""}]});
    insta::assert_snapshot!(said("tagResource", &tags), @"1 validation error detected: Value '' at 'tags.2.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1");
    insta::assert_snapshot!(said("untagResource", &json!({"resourceArn": "a", "tagKeys": ["b", ""]})), @"1 validation error detected: Value '[b, ]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must not be null]");
    insta::assert_snapshot!(said("redriveExecution", &json!({"executionArn": "a", "clientToken": "a b"})), @"1 validation error detected: Value 'a b' at 'clientToken' failed to satisfy constraint: Member must satisfy regular expression pattern: [!-~]+");
    let secret = json!({"taskToken": "t".repeat(2049), "output": "{}"});
    insta::assert_snapshot!(said("sendTaskSuccess", &secret), @"1 validation error detected: Value at 'taskToken' failed to satisfy constraint: Member must have length less than or equal to 2048");
}

#[test]
fn maps_lists_and_fractions_are_written_as_java_writes_them() {
    let alias = |weights: Value| {
        let request = json!({"FunctionName": "f", "Name": "a", "FunctionVersion": "1", "RoutingConfig": {"AdditionalVersionWeights": weights}});
        said_of("lambda", "createAlias", &request)
    };
    assert_eq!(alias(json!({"2": 0.5})), "");
    insta::assert_snapshot!(alias(json!({"2": 2})), @"1 validation error detected: Value '{2=2.0}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]");
    insta::assert_snapshot!(alias(json!({"$LATEST": 0.5})), @"1 validation error detected: Value '{$LATEST=0.5}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+, Member must not be null]");
    insta::assert_snapshot!(said_of("cloudwatchlogs", "filterLogEvents", &json!({"logStreamNames": []})), @"1 validation error detected: Value '[]' at 'logStreamNames' failed to satisfy constraint: Member must have length greater than or equal to 1");
    insta::assert_snapshot!(said_of("cloudwatchlogs", "describeLogGroups", &json!({"logGroupNamePrefix": ""})), @r"2 validation errors detected: Value '' at 'logGroupNamePrefix' failed to satisfy constraint: Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+; Value '' at 'logGroupNamePrefix' failed to satisfy constraint: Member must have length greater than or equal to 1");
    let tags = json!({"Resource": "arn:aws:lambda:us-east-1:000000000000:function:f", "Tags": {"a": "b*"}});
    insta::assert_snapshot!(said_of("lambda", "tagResource", &tags), @r"1 validation error detected: Value '{a=b*}' at 'tags' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 256, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: ([\p{L}\p{Z}\p{N}_.:/=+\-@]*), Member must not be null]");
    let secret = json!({"FunctionName": "f", "Environment": {"Variables": {"1": "x"}}});
    insta::assert_snapshot!(said_of("lambda", "updateFunctionConfiguration", &secret), @"1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+, Member must not be null]");
    insta::assert_snapshot!(said_of("lambda", "updateFunctionConfiguration", &json!({"FunctionName": "f", "KMSKeyArn": "x"})), @"1 validation error detected: Value 'x' at 'kMSKeyArn' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()");
}

#[test]
fn the_first_value_of_another_type_is_told() {
    let said = |action: &str, request: Value| {
        input("sfn", action).wrong_type(request.as_object().unwrap()).unwrap_or_default()
    };
    assert_eq!(said("deleteActivity", json!({"activityArn": 7})), "NUMBER_VALUE can not be converted to a String");
    assert_eq!(said("deleteActivity", json!({"activityArn": true})), "TRUE_VALUE can not be converted to a String");
    let structure = "Start of structure or map found where not expected.";
    assert_eq!(said("deleteActivity", json!({"activityArn": {}})), structure);
    assert_eq!(said("untagResource", json!({"tagKeys": "k"})), "Expected list or null");
    assert_eq!(said("tagResource", json!({"tags": ["k"]})), "Expected null");
    assert_eq!(said("listActivities", json!({"maxResults": "7"})), "STRING_VALUE can not be converted to an Integer");
    assert_eq!(said("listActivities", json!({"maxResults": 7, "nextToken": null, "more": {}})), "");
}

/// What only Java reads, as its assertion is repeated: an account's alias, of IAM.
const READ_BY_JAVA_ALONE: [&str; 1] = ["^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$"];

#[test]
fn every_pattern_of_a_request_is_read() {
    let mut unread = std::collections::BTreeSet::new();
    for name in ["apigatewayv2", "cloudwatchlogs", "iam", "lambda", "sfn", "sts"] {
        let service = crate::requests(name).unwrap();
        for operation in service.operations() {
            unread
                .extend(operation.input().map(|shape| patterns(&shape, &mut Default::default())).into_iter().flatten());
        }
    }
    unread.retain(|pattern| crate::pattern::Pattern::read(pattern).is_none());
    assert_eq!(unread.into_iter().collect::<Vec<_>>(), READ_BY_JAVA_ALONE);
}

/// The patterns of everything that a shape refers to.
fn patterns<'a>(shape: &crate::Shape<'a>, seen: &mut std::collections::BTreeSet<usize>) -> Vec<&'a str> {
    let inner: Vec<crate::Shape<'a>> = match &shape.kind {
        crate::Kind::List(inner) => vec![inner.shape()],
        crate::Kind::Map(inner) => shape.keys.iter().map(|keys| keys.shape()).chain([inner.shape()]).collect(),
        crate::Kind::Structure(structure) if seen.insert(structure.number) => {
            structure.members().map(|member| member.shape).collect()
        }
        _ => Vec::new(),
    };
    let inner = inner.iter().flat_map(|shape| patterns(shape, seen)).collect::<Vec<_>>();
    shape.pattern.into_iter().chain(inner).collect()
}
