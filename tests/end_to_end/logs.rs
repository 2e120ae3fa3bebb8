//! `workshop logs` against a CloudWatch Logs that does everything a tail must live with.

use std::io::{BufRead, BufReader};

use crate::support::sandbox::Sandbox;
use crate::support::{aws_stub, interrupt};
use serde_json::{Value, json};

/// A moment a little back, so that lines a minute apart lie within what is read.
const NOON_MS: i64 = 1_795_345_200_000;

fn line(id: &str, offset_ms: i64) -> Value {
    json!({
        "eventId": id, "logStreamName": "s", "timestamp": NOON_MS + offset_ms, "ingestionTime": NOON_MS + offset_ms,
        "message": format!("line {id}\n"),
    })
}

fn page(lines: &[Value], token: Option<&str>) -> (&'static str, String) {
    ("200 OK", json!({"events": lines, "nextToken": token}).to_string())
}

fn refusal(code: &str) -> (&'static str, String) {
    ("400 Bad Request", json!({"__type": code, "message": "not now"}).to_string())
}

#[test]
fn a_tail_lives_through_everything_and_shows_each_line_once() {
    let throttled = || refusal("ThrottlingException");
    let (endpoint, script) = aws_stub::serve_logs([
        // The group is not there yet, then empty.
        refusal("ResourceNotFoundException"),
        page(&[], None),
        // An empty page with a token is not the end.
        page(&[], Some("more")),
        page(&[line("a", 0)], Some("still more")),
        page(&[line("b", 10)], None),
        // More refusals than the SDK itself tries again.
        throttled(),
        throttled(),
        throttled(),
        // What was seen, and one that arrives late.
        page(&[line("late", -30_000), line("a", 0), line("b", 10), line("c", 20)], None),
        page(&[line("b", 10), line("c", 20), line("end", 30)], None),
    ]);
    let sandbox = Sandbox::new();
    let arguments = format!("logs -f sendEmail -t -i 5 --json --startTime {}", NOON_MS - 60_000);
    let mut tail = sandbox.spawn(&endpoint, &arguments);
    let shown = BufReader::new(tail.stdout.take().unwrap()).lines().map(|line| {
        let event: Value = serde_json::from_str(&line.unwrap()).unwrap();
        event["eventId"].as_str().unwrap().to_owned()
    });
    let mut ids = Vec::new();
    for id in shown {
        ids.push(id);
        if ids.last().is_some_and(|id| id == "end") {
            assert!(interrupt(&tail));
        }
    }
    assert_eq!(ids, ["a", "b", "late", "c", "end"]);
    let output = tail.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(script.lock().unwrap().is_empty());
    assert!(said.contains("Waiting: sendEmail has no log yet"), "{said}");
    assert!(said.contains("asks to slow down"), "{said}");
}

#[test]
fn a_look_back_reads_every_page_and_ends() {
    let (endpoint, _) =
        aws_stub::serve_logs([page(&[], Some("more")), page(&[line("a", 0)], Some("more")), page(&[], None)]);
    let output = Sandbox::new().workshop_at(&endpoint, "logs -f sendEmail --startTime 2026-11-22").output().unwrap();
    assert!(output.status.success());
    let shown = String::from_utf8(output.stdout).unwrap();
    assert_eq!(shown.lines().collect::<Vec<_>>(), ["2026-11-22 12:00:00.000  line a"], "on the local clock");
}

/// What Step Functions answers of an execution that has called sendEmail and ended.
fn ended_execution() -> Vec<(&'static str, String)> {
    let function = "arn:aws:lambda:us-east-1:000000000000:function:step-functions-example-dev-sendEmail";
    let seconds = |ms: i64| (NOON_MS + ms) / 1000;
    let event = |id: i64, kind: &str, details: Value| {
        let mut event = json!({"id": id, "previousEventId": id - 1, "type": kind, "timestamp": seconds(id * 1000)});
        event.as_object_mut().unwrap().extend(details.as_object().unwrap().clone());
        event
    };
    let mut events = vec![
        event(1, "ExecutionStarted", json!({"executionStartedEventDetails": {"input": "{}"}})),
        event(2, "LambdaFunctionScheduled", json!({"lambdaFunctionScheduledEventDetails": {"resource": function}})),
        event(3, "LambdaFunctionStarted", json!({})),
        event(4, "LambdaFunctionSucceeded", json!({"lambdaFunctionSucceededEventDetails": {"output": "{}"}})),
        event(5, "ExecutionSucceeded", json!({"executionSucceededEventDetails": {"output": "{}"}})),
    ];
    events.reverse();
    let name = "step-functions-example-dev-myStateMachine";
    let machine = format!("arn:aws:states:us-east-1:000000000000:stateMachine:{name}");
    let execution = json!({
        "executionArn": format!("arn:aws:states:us-east-1:000000000000:execution:{name}:taskone"), "name": "taskone",
        "stateMachineArn": machine, "status": "SUCCEEDED", "startDate": seconds(0), "stopDate": seconds(5000),
    });
    let definition = json!({
        "stateMachineArn": machine, "name": name, "definition": "{}", "roleArn": "arn:aws:iam::000000000000:role/r",
        "updateDate": seconds(0),
    });
    vec![
        ("describeexecution", execution.to_string()),
        ("describestatemachineforexecution", definition.to_string()),
        ("getexecutionhistory", json!({ "events": events }).to_string()),
    ]
}

#[test]
fn what_one_execution_logged_is_whole_though_a_page_was_refused() {
    let said = |id: &str, offset_ms: i64, message: &str| {
        let mut line = line(id, offset_ms);
        line["message"] = message.into();
        line
    };
    let start = said("s", 2100, "START RequestId: r\n");
    let report = said("r", 3000, "REPORT RequestId: r\n");
    let throttled = || refusal("ThrottlingException");
    let (endpoint, script) = aws_stub::serve_execution(
        ended_execution(),
        [
            page(&[start, line("a", 2200)], Some("more")),
            // More refusals than the SDK itself tries again.
            throttled(),
            throttled(),
            throttled(),
            page(&[line("b", 2300), report], None),
        ],
    );
    let output = Sandbox::new().workshop_at(&endpoint, "logs --execution taskone --json").output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    let lines = shown.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let ids: Vec<String> =
        lines.filter(|line| line["kind"] == "log").map(|line| line["eventId"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, ["s", "a", "b", "r"], "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && script.lock().unwrap().is_empty());
}

#[test]
fn nothing_to_show_is_said() {
    let (endpoint, _) = aws_stub::serve_logs([]);
    let output = Sandbox::new().workshop_at(&endpoint, "logs -f sendEmail").output().unwrap();
    assert!(output.status.success() && output.stdout.is_empty());
    assert!(String::from_utf8(output.stderr).unwrap().contains("No line of sendEmail since"));
}

#[test]
fn a_tail_that_may_not_read_says_so() {
    let (endpoint, _) = aws_stub::serve_logs([refusal("AccessDeniedException")]);
    let output = Sandbox::new().workshop_at(&endpoint, "logs -f sendEmail -t").output().unwrap();
    assert_eq!(output.status.code(), Some(7));
}
