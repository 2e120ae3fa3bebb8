//! Where a state machine's executions are logged: its `loggingConfiguration`, at work.

use asl::HistoryEvent;
use cloud_core::{Clock, Location, LogWriter, Random};
use serde_json::{Map, Value, json};

use super::rows::machine::Logging;

/// What is written, and where to.
#[derive(Debug)]
pub(crate) struct LogDestination {
    level: Level,
    with_data: bool,
    location: Location,
    group: String,
    stream: String,
}

/// Which events are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    All,
    /// What failed, was aborted or timed out.
    Error,
    /// The execution's own end, if it is none of these.
    Fatal,
}

impl LogDestination {
    /// The destination of a configuration; none when nothing is to be written.
    pub(crate) fn of(clock: &Clock, random: &Random, logging: &Logging, machine_name: &str) -> Option<Self> {
        let level = match logging.level.as_str() {
            "ALL" => Level::All,
            "ERROR" => Level::Error,
            "FATAL" => Level::Fatal,
            _ => return None,
        };
        let (location, group) = logging.group()?;
        let compiled_at = clock.now().strftime("%Y-%m-%d-%H-%M");
        let id = random.uuid().simple().to_string();
        let stream = format!("states/{machine_name}/{compiled_at}/{}", id.get(..8).unwrap_or_default());
        Some(Self { level, with_data: logging.include_execution_data, location, group, stream })
    }

    /// Writes the events that the level asks for. It waits while too much is still to be written.
    /// `redrives` is how often the execution was redriven before them.
    pub(crate) async fn write(
        &self,
        logs: &dyn LogWriter,
        execution_arn: &str,
        redrives: u64,
        events: &[HistoryEvent],
    ) {
        let wanted = events.iter().filter(|event| self.level.takes(&event.type_name()));
        let line = |event| line(event, execution_arn, redrives, self.with_data).to_string();
        let lines: Vec<_> = wanted.map(|event| (event.timestamp, line(event))).collect();
        // A log group that was deleted since takes nothing, as on AWS.
        if lines.is_empty() || !logs.has_group(&self.location, &self.group) {
            return;
        }
        let written = logs.write(&self.location, &self.group, &self.stream, lines).await;
        if let Err(error) = written {
            tracing::warn!(error = %error, group = self.group, execution = execution_arn, "history events were not logged");
        }
    }
}

impl Level {
    /// Step Functions developer guide, "Log levels for Step Functions execution events".
    fn takes(self, event: &str) -> bool {
        let is_failure = ["Failed", "Aborted", "TimedOut"].iter().any(|end| event.ends_with(end));
        match self {
            Self::All => true,
            Self::Error => is_failure || event == "FailStateEntered",
            Self::Fatal => is_failure && event.starts_with("Execution"),
        }
    }
}

/// An event as AWS logs it: numbers as texts, payloads only when asked for.
fn line(event: &HistoryEvent, execution_arn: &str, redrives: u64, with_data: bool) -> Value {
    let mut details = match event.details.to_api() {
        Some((_, Value::Object(details))) => details,
        _ => Map::new(),
    };
    if !with_data {
        let data = ["input", "inputDetails", "output", "outputDetails", "parameters"];
        details.retain(|member, _| !data.contains(&member.as_str()));
    }
    json!({
        "id": event.id.to_string(),
        "type": event.type_name(),
        "details": details,
        "previous_event_id": event.previous_event_id.to_string(),
        "event_timestamp": event.timestamp.as_millisecond().to_string(),
        "execution_arn": execution_arn,
        "redrive_count": redrives.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_take_what_the_guide_says() {
        assert!(Level::Error.takes("FailStateEntered") && Level::Error.takes("TaskTimedOut"));
        assert!(!Level::Error.takes("TaskSucceeded"));
        assert!(Level::Fatal.takes("ExecutionAborted") && !Level::Fatal.takes("LambdaFunctionFailed"));
    }

    #[test]
    fn a_line_has_its_data_only_when_asked_for() {
        let event = HistoryEvent {
            id: 1,
            previous_event_id: 0,
            timestamp: jiff::Timestamp::UNIX_EPOCH,
            details: asl::EventDetails::ExecutionStarted { input: "{}".into(), role_arn: "r".into() },
        };
        insta::assert_snapshot!(line(&event, "arn", 0, true), @r#"{"id":"1","type":"ExecutionStarted","details":{"input":"{}","inputDetails":{"truncated":false},"roleArn":"r"},"previous_event_id":"0","event_timestamp":"0","execution_arn":"arn","redrive_count":"0"}"#);
        assert_eq!(line(&event, "arn", 2, false)["details"], json!({"roleArn": "r"}));
    }
}
