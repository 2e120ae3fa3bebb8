//! Logs: the newest lines of a group, and the lines that one invocation of a function wrote.

use cloud_core::{Location, Request, ServiceError};
use serde_json::{Value, json};

use super::functions::{log_group, path_of};
use super::parameters::{asked, asked_location, list, location_of};
use crate::cloud::Cloud;

/// How many lines an answer has.
const LINES: u64 = 500;
/// How many lines are looked through for an invocation, each time.
const LOOKED_AT: u64 = 10_000;
/// How often that is done.
const LOOKS: usize = 5;
/// How many invocations are shown, where it is not known which one is meant.
const INVOCATIONS: usize = 5;
/// By how many milliseconds lines may be beside what the history says.
const AROUND_MS: i64 = 50;

/// The newest lines of a group, oldest first: those that match `pattern`, after `from`; those before them with `next`.
pub(super) async fn lines(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let text = |name: &str| request.query_value(name).filter(|value| !value.is_empty());
    let mut input = json!({ "logGroupName": asked(request, "group")?, "limit": LINES, "startFromHead": false });
    for (parameter, member) in [("pattern", "filterPattern"), ("next", "nextToken")] {
        if let Some(value) = text(parameter) {
            input[member] = json!(value);
        }
    }
    if let Some(from) = text("from").and_then(|from| from.parse::<i64>().ok()) {
        input["startTime"] = json!(from);
    }
    let mut found = match cloud.logs(&asked_location(request), "FilterLogEvents", &input).await {
        // Nothing was written to it yet.
        Err(error) if error.code == "ResourceNotFoundException" => json!({}),
        found => found?,
    };
    let next = found["nextToken"].take();
    let mut lines: Vec<Value> = list(found, "events").into_iter().map(|line| shown(&line)).collect();
    // The log gives the newest page in either order.
    lines.sort_by(|one, other| one["id"].as_str().cmp(&other["id"].as_str()));
    Ok(json!({ "lines": lines, "next": next, "now": cloud.handles.clock.now() }))
}

fn shown(line: &Value) -> Value {
    json!({
        "id": line["eventId"],
        "at": line["timestamp"],
        "text": line["message"],
        "stream": line["logStreamName"],
    })
}

/// What a function wrote in an invocation: that of `requestId`, else those that began in the time from `from` to `to` (milliseconds).
pub(super) async fn invocation(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let location = location_of(&asked(request, "arn")?)?;
    let path = path_of(&asked(request, "function")?)?;
    let configuration = cloud.read(&location, "lambda", &format!("{path}/configuration")).await?;
    let moment = |name: &str| request.query_value(name).and_then(|moment| moment.parse::<i64>().ok());
    let from = moment("from").unwrap_or(0).saturating_sub(AROUND_MS);
    let to = moment("to").map(|to| to.saturating_add(AROUND_MS));
    let group = log_group(&configuration);
    let lines = lines_between(cloud, &location, &group, from, to).await?;
    let mut found = invocations(&lines, to.unwrap_or(i64::MAX));
    if let Some(id) = request.query_value("requestId").filter(|id| !id.is_empty()) {
        found.retain(|invocation| invocation.request_id == id);
    }
    let more = found.len().saturating_sub(INVOCATIONS);
    found.truncate(INVOCATIONS);
    let shown = found.iter().map(|found| json!({ "requestId": found.request_id, "lines": found.lines }));
    Ok(json!({ "group": group, "invocations": shown.collect::<Vec<_>>(), "more": more }))
}

async fn lines_between(
    cloud: &Cloud,
    location: &Location,
    group: &str,
    from: i64,
    to: Option<i64>,
) -> Result<Vec<Value>, ServiceError> {
    // What is written at the end of an invocation comes a little after its answer.
    let until = to.map(|to| to.saturating_add(1_000));
    let mut input = json!({ "logGroupName": group, "limit": LOOKED_AT, "startTime": from, "startFromHead": true });
    if let Some(until) = until {
        input["endTime"] = json!(until);
    }
    let mut lines = Vec::new();
    for _ in 0..LOOKS {
        let mut page = match cloud.logs(location, "FilterLogEvents", &input).await {
            Err(error) if error.code == "ResourceNotFoundException" => break,
            page => page?,
        };
        input["nextToken"] = page["nextToken"].take();
        lines.extend(list(page, "events").iter().map(shown));
        if input["nextToken"].is_null() {
            break;
        }
    }
    Ok(lines)
}

#[derive(Debug, Default)]
struct Invocation {
    request_id: String,
    stream: String,
    lines: Vec<Value>,
    has_ended: bool,
}

/// The invocations that begin in these lines until a moment: each sandbox has a stream, and works on one after the other.
fn invocations(lines: &[Value], until: i64) -> Vec<Invocation> {
    let mut found: Vec<Invocation> = Vec::new();
    for line in lines {
        let stream = line["stream"].as_str().unwrap_or_default();
        let text = line["text"].as_str().unwrap_or_default();
        let is_in_time = line["at"].as_i64().is_some_and(|at| at <= until);
        if let Some(request_id) = begun(text).filter(|_| is_in_time) {
            found.push(Invocation { request_id, stream: stream.to_owned(), ..Invocation::default() });
        }
        let current = found.iter_mut().rev().find(|invocation| invocation.stream == stream && !invocation.has_ended);
        if let Some(invocation) = current {
            invocation.lines.push(line.clone());
            invocation.has_ended =
                text.starts_with("REPORT ") || system_line(text).is_some_and(|it| it.0.ends_with("report"));
        }
    }
    found
}

/// The request id of the invocation that a line says to begin, in either format of logs.
fn begun(text: &str) -> Option<String> {
    if let Some(rest) = text.strip_prefix("START RequestId: ") {
        return rest.split_whitespace().next().map(str::to_owned);
    }
    let (kind, record) = system_line(text)?;
    (kind == "platform.start").then(|| record["requestId"].as_str().unwrap_or_default().to_owned())
}

/// The type and the record of a line that Lambda itself wrote in JSON.
fn system_line(text: &str) -> Option<(String, Value)> {
    if !text.contains("\"platform.") {
        return None;
    }
    let mut line: Value = serde_json::from_str(text).ok()?;
    Some((line["type"].as_str()?.to_owned(), line["record"].take()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(at: i64, stream: &str, text: &str) -> Value {
        json!({ "at": at, "stream": stream, "text": text })
    }

    #[test]
    fn lines_belong_to_the_invocation_that_their_sandbox_works_on() {
        let lines = [
            line(1, "a", "the end of one before\n"),
            line(2, "a", "START RequestId: one Version: $LATEST\n"),
            line(3, "b", r#"{"time":"t","type":"platform.start","record":{"requestId":"two","version":"1"}}"#),
            line(3, "b", "of two\n"),
            line(4, "a", "of one\n"),
            line(5, "a", "REPORT RequestId: one\tDuration: 1 ms\n"),
            line(5, "b", r#"{"time":"t","type":"platform.report","record":{"requestId":"two"}}"#),
            line(6, "a", "of nobody\n"),
            line(9, "a", "START RequestId: late Version: $LATEST\n"),
        ];
        let found: Vec<_> = invocations(&lines, 8).into_iter().map(|it| (it.request_id, it.lines.len())).collect();
        assert_eq!(found, [("one".to_owned(), 3), ("two".to_owned(), 3)]);
    }
}
