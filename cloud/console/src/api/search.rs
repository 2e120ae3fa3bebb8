//! Search: machines, executions, functions, log groups and log lines, by a part of their names or texts.

use cloud_core::{Location, Request, ServiceError};
use serde_json::{Value, json};

use super::listing;
use super::parameters::{asked_location, list, location_of};
use crate::cloud::Cloud;
use crate::long_text::cut;

/// How many of each kind are listed at most before they are compared.
const LISTED: usize = 1_000;
/// How many machines' executions are looked through.
const MACHINES: usize = 50;
/// How many of each kind are found.
const FOUND: usize = 8;
/// How many groups' lines are looked through.
const GROUPS: usize = 20;
/// The shortest text that lines are looked through for.
const SHORTEST: usize = 3;
/// How much of a line is shown, in bytes.
const SHOWN_LINE: usize = 300;

/// What there is whose name has `q` in it.
pub(super) async fn search(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let location = asked_location(request);
    let asked = request.query_value("q").unwrap_or_default();
    let asked = asked.trim();
    let text = asked.to_lowercase();
    let machines = listing::machines(cloud, &location, LISTED).await?.items;
    let functions = listing::functions(cloud, &location, LISTED).await?.items;
    let groups = listing::groups(cloud, &location, LISTED).await?.items;
    let groups: Vec<Value> = groups.into_iter().map(|mut group| group["logGroupName"].take()).collect();
    let mut found = Vec::new();
    let named = |value: &Value| value.as_str().is_some_and(|name| name.to_lowercase().contains(&text));
    for machine in machines.iter().filter(|machine| named(&machine["name"])).take(FOUND) {
        found.push(json!({ "kind": "machine", "name": machine["name"], "arn": machine["stateMachineArn"] }));
    }
    for function in functions.iter().filter(|function| named(&function["FunctionName"])).take(FOUND) {
        found.push(json!({ "kind": "function", "name": function["FunctionName"] }));
    }
    for group in groups.iter().filter(|group| named(group)).take(FOUND) {
        found.push(json!({ "kind": "log", "name": group }));
    }
    let standard: Vec<&Value> = machines.iter().filter(|machine| machine["type"] == "STANDARD").collect();
    let mut listed = executions(cloud, &location, standard.iter().take(MACHINES).copied(), named).await?;
    if listed.len() < FOUND {
        let exact = exactly_named(cloud, &standard, asked).await;
        listed.retain(|one| exact.iter().all(|other| other["arn"] != one["arn"]));
        found.extend(exact);
    }
    found.extend(listed);
    if text.len() >= SHORTEST {
        found.extend(lines(cloud, &location, &groups, &text).await?);
    }
    Ok(json!({ "found": found, "now": cloud.handles.clock.now() }))
}

async fn executions<'a>(
    cloud: &Cloud,
    location: &Location,
    machines: impl Iterator<Item = &'a Value>,
    named: impl Fn(&Value) -> bool,
) -> Result<Vec<Value>, ServiceError> {
    let mut found = Vec::new();
    for machine in machines {
        let newest = json!({ "stateMachineArn": machine["stateMachineArn"], "maxResults": LISTED });
        let listed = list(cloud.states(location, "ListExecutions", &newest).await?, "executions");
        let wanted = listed.iter().filter(|execution| named(&execution["name"])).take(FOUND - found.len());
        found.extend(wanted.map(shown_execution));
        if found.len() >= FOUND {
            break;
        }
    }
    Ok(found)
}

/// The executions of exactly this name, or this ARN, however many newer ones there are.
async fn exactly_named(cloud: &Cloud, machines: &[&Value], asked: &str) -> Vec<Value> {
    let arns: Vec<String> = if asked.contains(":execution:") {
        vec![asked.to_owned()]
    } else if asked.is_empty() || asked.contains([' ', ':', '/']) {
        Vec::new()
    } else {
        let machines = machines.iter().filter_map(|machine| machine["stateMachineArn"].as_str());
        machines.map(|arn| format!("{}:{asked}", arn.replacen(":stateMachine:", ":execution:", 1))).collect()
    };
    let mut found = Vec::new();
    for arn in arns {
        // Most machines have none of this name, and some texts are no name.
        let Ok(location) = location_of(&arn) else { continue };
        if let Ok(execution) = cloud.states(&location, "DescribeExecution", &json!({ "executionArn": arn })).await {
            found.push(shown_execution(&execution));
        }
        if found.len() >= FOUND {
            break;
        }
    }
    found
}

fn shown_execution(execution: &Value) -> Value {
    json!({
        "kind": "execution",
        "name": execution["name"],
        "arn": execution["executionArn"],
        "status": execution["status"],
    })
}

async fn lines(cloud: &Cloud, at: &Location, groups: &[Value], text: &str) -> Result<Vec<Value>, ServiceError> {
    let mut found = Vec::new();
    // The pattern finds a text between quotation marks as it is; case matters to it.
    let pattern = format!("\"{}\"", text.replace(['"', '\\'], ""));
    for group in groups.iter().take(GROUPS) {
        let input = json!({ "logGroupName": group, "filterPattern": pattern, "limit": FOUND, "startFromHead": false });
        for mut line in list(cloud.logs(at, "FilterLogEvents", &input).await?, "events") {
            cut(&mut line["message"], SHOWN_LINE);
            found.push(json!({ "kind": "line", "name": line["message"], "group": group, "at": line["timestamp"] }));
        }
        if found.len() >= FOUND {
            found.truncate(FOUND);
            break;
        }
    }
    Ok(found)
}
