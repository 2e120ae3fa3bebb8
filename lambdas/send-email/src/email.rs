//! What `sendEmail` says and answers, apart from the clock and the log.

use jiff::Timestamp;
use serde_json::{Value, json};

/// One email that is due: for which task, and when it was triggered.
#[derive(Debug, PartialEq)]
pub(crate) struct Email {
    task_name: Option<String>,
    triggered_at: Timestamp,
}

impl Email {
    /// Reads the state's input. `taskName` is what `startStateMachine` passes on; a run by hand may come without it, so
    /// any input is accepted.
    pub(crate) fn triggered(input: &Value, triggered_at: Timestamp) -> Self {
        let task_name = input.get("taskName").and_then(Value::as_str).map(String::from);
        Self { task_name, triggered_at }
    }

    /// The line for the log group. A name from outside is escaped, so that it cannot forge a second line.
    pub(crate) fn log_line(&self) -> String {
        let at = self.moment();
        match &self.task_name {
            Some(name) => format!("send email triggered at {at} for task {}", name.escape_debug()),
            None => format!("send email triggered at {at}"),
        }
    }

    /// The task's result, in the form of an HTTP answer as the lesson has it: `body` is JSON in a string.
    pub(crate) fn answer(&self) -> Value {
        let message = match &self.task_name {
            Some(name) => format!("The email for {name} is on its way."),
            None => String::from("The email is on its way."),
        };
        let body = json!({ "message": message, "triggeredAt": self.moment() });
        json!({ "statusCode": 200, "body": body.to_string() })
    }

    /// RFC 3339 in UTC with milliseconds, as Step Functions writes its own timestamps.
    fn moment(&self) -> String {
        format!("{:.3}", self.triggered_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(input: Value) -> Email {
        let at = "2017-11-16T14:33:21Z".parse().unwrap();
        Email::triggered(&input, at)
    }

    #[test]
    fn the_log_line_names_the_moment_and_the_task() {
        let input = json!({ "trigger_date": "2017-11-16T14:33:21.000Z", "taskName": "taskone" });
        assert_eq!(email(input).log_line(), "send email triggered at 2017-11-16T14:33:21.000Z for task taskone");
    }

    #[test]
    fn any_input_is_accepted() {
        for input in [json!({}), json!(null), json!([1]), json!({ "taskName": 7 })] {
            let line = email(input).log_line();
            assert_eq!(line, "send email triggered at 2017-11-16T14:33:21.000Z");
        }
    }

    #[test]
    fn a_name_with_a_line_break_stays_on_its_line() {
        let line = email(json!({ "taskName": "one\nREPORT RequestId: forged" })).log_line();
        assert!(!line.contains('\n'), "{line}");
        assert!(line.ends_with("for task one\\nREPORT RequestId: forged"));
    }

    #[test]
    fn the_answer_is_an_http_answer_with_json_in_its_body() {
        let answer = email(json!({ "taskName": "taskone" })).answer();
        assert_eq!(answer["statusCode"], 200);
        let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        assert_eq!(body["message"], "The email for taskone is on its way.");
        assert_eq!(body["triggeredAt"], "2017-11-16T14:33:21.000Z");
    }
}
