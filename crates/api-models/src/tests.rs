//! The archive that the program carries.

use serde_json::{Map, Value, json};

use super::*;

fn operation(service: &str, action: &str) -> Operation<'static> {
    super::service(service).unwrap().operation(action).unwrap()
}

fn problems(service: &str, action: &str, parameters: Value) -> Vec<ParameterProblem> {
    let Value::Object(parameters) = parameters else {
        return Vec::new();
    };
    operation(service, action).check_parameters(&parameters, Spelling::Sdk, true)
}

/// Walks everything that a shape refers to, each structure once.
fn walk(shape: &Shape<'_>, seen: &mut std::collections::BTreeSet<usize>) -> usize {
    match &shape.kind {
        Kind::List(inner) | Kind::Map(inner) => walk(&inner.shape(), seen),
        Kind::Structure(structure) => {
            if !seen.insert(structure.number) {
                return 0;
            }
            // A member that could not be read would be left out.
            let read: Vec<Member<'_>> = structure.members().collect();
            let written = structure.line.split(' ').filter(|word| !word.is_empty()).count();
            assert_eq!(read.len(), written, "{}", structure.line);
            read.len() + read.iter().map(|member| walk(&member.shape, seen)).sum::<usize>()
        }
        _ => 0,
    }
}

#[test]
fn all_of_it_can_be_read() {
    let mut operations = 0;
    let mut members = 0;
    for name in models().services() {
        let service = super::service(name).unwrap_or_else(|| panic!("{name}"));
        assert!(!service.id().is_empty(), "{name}");
        let mut seen = std::collections::BTreeSet::new();
        for operation in service.operations() {
            operations += 1;
            assert_eq!(service.operation(operation.action()).unwrap().action(), operation.action());
            members +=
                [operation.input(), operation.output()].iter().flatten().map(|it| walk(it, &mut seen)).sum::<usize>();
        }
    }
    assert!(operations > 15_000 && members > 150_000, "{operations} operations, {members} members");
    assert!(models().source().starts_with("botocore 1."));
}

#[test]
fn services_have_the_names_of_step_functions() {
    for name in [
        "sfn",
        "cloudwatchlogs",
        "costexplorer",
        "databasemigration",
        "resourcegroupstaggingapi",
        "elasticloadbalancingv2",
        "s3vectors",
        "iotdataplane",
        "marketplaceentitlement",
    ] {
        assert!(super::service(name).is_some(), "{name}");
    }
    for name in ["stepfunctions", "logs", "SFN", "nosuch", "apigatewaymanagementapi", ""] {
        assert!(super::service(name).is_none(), "{name}");
    }
    assert!(super::service("rds").unwrap().operation("describeDBInstances").is_some());
    assert!(super::service("s3").unwrap().operation("GetObject").is_none());
    // It answers a stream of events.
    assert!(super::service("kinesis").unwrap().operation("subscribeToShard").is_none());
}

#[test]
fn parameters_are_known_at_any_depth_and_required_at_the_top() {
    let unknown = |name: &str| ParameterProblem::Unknown(name.to_owned());
    let missing = |name: &str| ParameterProblem::Missing(name.to_owned());
    assert_eq!(problems("s3", "getObject", json!({"Bucket": "b", "Key.$": "$.key"})), []);
    assert_eq!(problems("s3", "getObject", json!({"bucket": "b", "Key": "k"})), [missing("Bucket"), unknown("bucket")]);
    assert_eq!(problems("rds", "stopDBInstance", json!({"DbInstanceIdentifier": "d"})), []);
    let tags = json!({"Name": "n", "Tags": [{"Key": "k", "value": "v"}]});
    assert_eq!(problems("sfn", "createActivity", tags), [unknown("value")]);
    let item = json!({"TableName": "t", "Item": {"anything": {"S": "text", "SS": ["a"], "NULL": true}}});
    assert_eq!(problems("dynamodb", "putItem", item), []);
    let static_policy = json!({"PolicyStoreId": "p", "Definition": {"Static": {"Statement": "permit"}}});
    assert_eq!(problems("verifiedpermissions", "createPolicy", static_policy), [unknown("Static")]);
    // What the SDK makes up is not asked for.
    assert_eq!(
        problems("ssmsap", "registerApplication", json!({}))
            .iter()
            .filter(|it| format!("{it:?}").contains("Token"))
            .count(),
        0
    );
    let expression = operation("s3", "getObject");
    let given = Map::from_iter([("Bucket".to_owned(), json!("{% $b %}")), ("Key.$".to_owned(), json!("k"))]);
    let found = expression.check_parameters(&given, Spelling::Sdk, false);
    assert_eq!(found, [missing("Key"), unknown("Key.$")]);
}
