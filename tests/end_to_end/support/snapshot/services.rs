//! Reads what each service holds.

use serde_json::{Value, json};

use crate::support::cloud::Cloud;
use workshop_proxy::Names;

pub fn roles(cloud: &Cloud) -> Vec<Value> {
    let ask = |action: &str, more: &str| {
        let body = format!("Action={action}&Version=2010-05-08{more}");
        let (status, text) = cloud.call("iam", "POST", "/", "", &body);
        assert_eq!(status, 200, "{action}: {text}");
        text
    };
    let mut names = elements(&ask("ListRoles", ""), "RoleName");
    names.sort();
    let role = |name: &String| {
        let about = format!("&RoleName={name}");
        let text = ask("GetRole", &about);
        let trust = elements(&text, "AssumeRolePolicyDocument");
        let policies: Vec<Value> = elements(&ask("ListRolePolicies", &about), "member")
            .iter()
            .map(|policy| {
                let text = ask("GetRolePolicy", &format!("{about}&PolicyName={policy}"));
                json!({ "name": policy, "document": document(&elements(&text, "PolicyDocument")[0]) })
            })
            .collect();
        let attached = elements(&ask("ListAttachedRolePolicies", &about), "PolicyArn");
        let tags = elements(&text, "Key").into_iter().zip(elements(&text, "Value"));
        let tags: Vec<String> = tags.map(|(key, value)| format!("{key}={value}")).collect();
        json!({
            "name": name, "trust": document(&trust[0]), "policies": policies, "attached": attached, "tags": tags,
        })
    };
    names.iter().map(role).collect()
}

/// The texts of every element of a name that holds no other element.
fn elements(xml: &str, name: &str) -> Vec<String> {
    let open = format!("<{name}>");
    let close = format!("</{name}>");
    xml.split(&open).skip(1).filter_map(|rest| Some(rest.split_once(&close)?.0.to_owned())).collect()
}

fn document(encoded: &str) -> Value {
    let plain = percent_encoding::percent_decode_str(encoded).decode_utf8_lossy().into_owned();
    serde_json::from_str(&plain).unwrap_or(Value::String(plain))
}

/// Reads a REST resource; nothing when it is not there.
fn get(cloud: &Cloud, service: &str, path: &str) -> Option<Value> {
    let (status, text) = cloud.call(service, "GET", path, "", "");
    assert!([200, 404].contains(&status), "GET {path}: {status} {text}");
    (status == 200).then(|| serde_json::from_str(&text).unwrap_or_else(|error| panic!("GET {path}: {error}: {text}")))
}

fn list(answer: Option<Value>, key: &str, sort_by: &str) -> Vec<Value> {
    let answer = answer.unwrap_or_default();
    assert!(answer.get("NextMarker").or(answer.get("nextToken")).is_none_or(Value::is_null), "one page: {answer}");
    let mut items = answer[key].as_array().cloned().unwrap_or_default();
    items.sort_by_key(|item| text(item, sort_by));
    items
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

pub fn functions(cloud: &Cloud, ids: &mut Names) -> Vec<Value> {
    let all = list(get(cloud, "lambda", "/2015-03-31/functions"), "Functions", "FunctionName");
    let mut found = Vec::new();
    for name in all.iter().map(|function| text(function, "FunctionName")) {
        let path = format!("/2015-03-31/functions/{name}");
        let aliases = list(get(cloud, "lambda", &format!("{path}/aliases")), "Aliases", "Name");
        let versions = list(get(cloud, "lambda", &format!("{path}/versions")), "Versions", "Version");
        let qualifiers = aliases.iter().map(|alias| text(alias, "Name"));
        let qualifiers = qualifiers.chain(versions.iter().map(|version| text(version, "Version")));
        let mut policies = serde_json::Map::new();
        for qualifier in qualifiers {
            let query = if qualifier == "$LATEST" { String::new() } else { format!("?Qualifier={qualifier}") };
            let Some(answer) = get(cloud, "lambda", &format!("{path}/policy{query}")) else { continue };
            let policy: Value = serde_json::from_str(&text(&answer, "Policy")).expect("a policy");
            let mut statements = policy["Statement"].as_array().cloned().unwrap_or_default();
            statements.sort_by_key(|statement| statement["Condition"].to_string());
            for statement in &statements {
                let source = statement["Condition"].to_string();
                let source = source.split_once("/*/").map_or("", |(_, route)| route);
                ids.insert(text(statement, "Sid"), format!("sid of {}", source.trim_end_matches(['"', '}'])));
            }
            policies.insert(qualifier, Value::Array(statements));
        }
        let function = get(cloud, "lambda", &path).expect("a function that was listed");
        found.push(json!({
            "name": name, "configuration": function["Configuration"], "tags": function["Tags"], "aliases": aliases,
            "versions": versions, "policies": policies,
        }));
    }
    found
}

fn json_call(cloud: &Cloud, service: &str, target: &str, body: &Value) -> Value {
    let (status, text) = cloud.call(service, "POST", "/", target, &body.to_string());
    assert_eq!(status, 200, "{target} {body}: {text}");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{target}: {error}: {text}"))
}

pub fn log_groups(cloud: &Cloud) -> Vec<Value> {
    let ask = |operation: &str, body: &Value| json_call(cloud, "logs", &format!("Logs_20140328.{operation}"), body);
    let all = list(Some(ask("DescribeLogGroups", &json!({}))), "logGroups", "logGroupName");
    let group = |group: &Value| {
        let arn = text(group, "arn").trim_end_matches(":*").to_owned();
        let tags = ask("ListTagsForResource", &json!({ "resourceArn": arn }));
        json!({ "name": group["logGroupName"], "retentionInDays": group["retentionInDays"], "tags": tags["tags"] })
    };
    all.iter().map(group).collect()
}

pub fn state_machines(cloud: &Cloud) -> Vec<Value> {
    let ask =
        |operation: &str, body: &Value| json_call(cloud, "states", &format!("AWSStepFunctions.{operation}"), body);
    let all = list(Some(ask("ListStateMachines", &json!({}))), "stateMachines", "name");
    let machine = |machine: &Value| {
        let about = json!({ "stateMachineArn": machine["stateMachineArn"] });
        let versions = ask("ListStateMachineVersions", &about);
        let versions = list(Some(versions), "stateMachineVersions", "stateMachineVersionArn");
        let versions: Vec<Value> = versions
            .iter()
            .map(|version| {
                ask("DescribeStateMachine", &json!({ "stateMachineArn": version["stateMachineVersionArn"] }))
            })
            .collect();
        let executions = list(Some(ask("ListExecutions", &about)), "executions", "name");
        let executions: Vec<String> =
            executions.iter().map(|it| format!("{} {}", text(it, "name"), text(it, "status"))).collect();
        json!({
            "machine": ask("DescribeStateMachine", &about), "versions": versions, "executions": executions,
            "aliases": ask("ListStateMachineAliases", &about)["stateMachineAliases"],
            "tags": ask("ListTagsForResource", &json!({ "resourceArn": machine["stateMachineArn"] }))["tags"],
        })
    };
    all.iter().map(machine).collect()
}

pub fn activities(cloud: &Cloud) -> Vec<Value> {
    let ask =
        |operation: &str, body: &Value| json_call(cloud, "states", &format!("AWSStepFunctions.{operation}"), body);
    let all = list(Some(ask("ListActivities", &json!({}))), "activities", "name");
    let activity = |activity: &Value| {
        let tags = ask("ListTagsForResource", &json!({ "resourceArn": activity["activityArn"] }));
        json!({ "name": activity["name"], "tags": tags["tags"] })
    };
    all.iter().map(activity).collect()
}

/// The ids in an API are called by what they stand for.
pub fn apis(cloud: &Cloud, ids: &mut Names) -> Vec<Value> {
    let mut found = Vec::new();
    for api in list(get(cloud, "apigateway", "/v2/apis"), "items", "name") {
        let id = text(&api, "apiId");
        let called = if text(&api, "name").contains("stranger") { "stranger's API" } else { "api" };
        ids.insert(id.clone(), called.to_owned());
        let part = |things: &str, sort_by: &str| {
            list(get(cloud, "apigateway", &format!("/v2/apis/{id}/{things}")), "items", sort_by)
        };
        let integrations = part("integrations", "integrationUri");
        let routes = part("routes", "routeKey");
        for integration in &integrations {
            let uri = text(integration, "integrationUri");
            let function = uri.rsplit_once(":function:").map_or(uri.as_str(), |(_, function)| function);
            ids.insert(text(integration, "integrationId"), format!("integration of {function}"));
        }
        for route in &routes {
            ids.insert(text(route, "routeId"), format!("route {}", text(route, "routeKey")));
        }
        found.push(json!({
            "api": api, "integrations": integrations, "routes": routes, "stages": part("stages", "stageName"),
        }));
    }
    found
}
