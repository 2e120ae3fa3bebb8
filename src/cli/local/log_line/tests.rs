//! Lines of the embedded cloud's log.

use serde_json::json;

use super::*;

fn shown(record: Value) -> String {
    let record: ActivityRecord = serde_json::from_value(record).unwrap();
    anstream::adapter::strip_str(&text(&record, &TimeZone::UTC)).to_string()
}

fn of_request(fields: Value) -> String {
    shown(json!({"time": "2026-11-22T08:00:00.123456Z", "level": "INFO", "target": REQUEST, "fields": fields}))
}

#[test]
fn a_request_has_its_operation_status_duration_and_id() {
    let answered =
        json!({"operation": "states:StartExecution", "status": 200, "duration_ms": 1.234, "request_id": "r-1"});
    insta::assert_snapshot!(of_request(answered), @"2026-11-22 08:00:00.123  states:StartExecution               200    1.234 ms  request r-1");
    let refused = json!({
        "operation": "lambda:GetFunction", "status": 404, "duration_ms": 0.2, "request_id": "r-2",
        "code": "ResourceNotFoundException", "cause": "Function not found: a",
    });
    insta::assert_snapshot!(of_request(refused), @"2026-11-22 08:00:00.123  lambda:GetFunction                  404      0.2 ms  request r-2  ResourceNotFoundException: Function not found: a");
}

#[test]
fn what_failed_has_its_cause() {
    let failed = json!({
        "time": "2026-11-22T08:00:00Z", "level": "WARN", "target": "cloud_lambda::code", "message": "old code stays behind",
        "fields": {"error": "Permission denied", "path": "/x"},
    });
    insta::assert_snapshot!(shown(failed), @"2026-11-22 08:00:00.000  lambda::code                        warn   old code stays behind (error Permission denied, path /x)");
    let step =
        json!({"time": "2026-11-22T08:00:00Z", "level": "INFO", "target": "cloud::lifecycle", "message": "ended"});
    insta::assert_snapshot!(shown(step), @"2026-11-22 08:00:00.000  lifecycle                           info   ended");
}

#[test]
fn control_characters_never_reach_the_terminal() {
    let evil = "\u{1b}[2J\n\r\u{202e}";
    let texts = [
        shown(json!({"time": evil, "level": evil, "target": evil, "message": evil, "fields": {evil: evil}})),
        of_request(json!({"operation": evil, "status": evil, "duration_ms": evil, "request_id": evil, "code": evil})),
    ];
    for text in texts {
        assert!(!text.chars().any(|c| c.is_control() || c == '\u{202e}'), "{text:?}");
    }
}
