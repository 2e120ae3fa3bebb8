//! The corpus's Lambda functions, answered without Python.

use serde_json::Value;

/// What a function did.
pub(crate) struct Answer {
    pub(crate) payload: String,
    pub(crate) is_error: bool,
    /// How long it took, in seconds of the virtual clock.
    pub(crate) duration_s: u64,
}

/// Runs a function, known by its source, on an event.
pub(crate) fn call(source: &str, event: &Value, request_id: &str, timeout_s: u64) -> Option<Answer> {
    let source = source.trim();
    let answer = |payload: String| Some(Answer { payload, is_error: false, duration_s: 0 });
    if source.ends_with("return event") && source.contains("time.sleep(60)") {
        return Some(if timeout_s < 60 {
            let payload = format!(
                r#"{{"errorType": "Sandbox.Timedout", "errorMessage": "RequestId: {request_id} Error: Task timed out after {timeout_s}.00 seconds"}}"#
            );
            Answer { payload, is_error: true, duration_s: timeout_s }
        } else {
            Answer { payload: python_json(event), is_error: false, duration_s: 60 }
        });
    }
    if source.ends_with("return event") {
        return answer(python_json(event));
    }
    if source.ends_with(r#"return b'"HelloWorld!"'"#) {
        return answer(r#""HelloWorld!""#.to_owned());
    }
    if source.contains("size_in_bytes = 257 * 1024") {
        return answer("a".repeat(257 * 1024));
    }
    if source.ends_with(r#"return {"Return": "HelloWorld"}"#) {
        return answer(r#"{"Return": "HelloWorld"}"#.to_owned());
    }
    if source.ends_with(r#"raise Exception("Some exception was raised.")"#) {
        return Some(raised(
            "Some exception was raised.",
            "Exception",
            2,
            r#"raise Exception("Some exception was raised.")"#,
            request_id,
        ));
    }
    if source.ends_with("raise CustomException()") {
        return Some(raised("", "CustomException", 9, "raise CustomException()", request_id));
    }
    if source.contains("input-event-{event}") {
        return answer(Value::from(format!("input-event-{}", python_repr(event))).to_string());
    }
    None
}

fn raised(message: &str, name: &str, line: usize, code: &str, request_id: &str) -> Answer {
    let trace = format!("  File \"/var/task/handler.py\", line {line}, in handler\n    {code}\n");
    let payload = serde_json::json!({
        "errorMessage": message,
        "errorType": name,
        "requestId": request_id,
        "stackTrace": [trace],
    });
    Answer { payload: python_json(&payload), is_error: true, duration_s: 0 }
}

/// JSON with blanks after commas and colons, as Python's `json.dumps` writes it.
fn python_json(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(python_json).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members =
                members.iter().map(|(name, value)| format!("{}: {}", Value::from(name.as_str()), python_json(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        scalar => scalar.to_string(),
    }
}

/// A value as Python shows it.
fn python_repr(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::String(text) => format!("'{text}'"),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => format!("[{}]", items.iter().map(python_repr).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("'{name}': {}", python_repr(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
    }
}
