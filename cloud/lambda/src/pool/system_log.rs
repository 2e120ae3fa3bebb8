//! The lines that Lambda itself writes into a function's log, in the form that the function has: text, or events in JSON
//! (Lambda developer guide, "Lambda system log level event mapping").

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::report::{self, InitPhase, InvocationStatus, Usage};
use crate::model::{FunctionVersion, LogLevel};

/// What writes them.
#[derive(Debug, Clone)]
pub(super) struct SystemLog {
    /// The least level that is written, in JSON; none in text.
    level: Option<LogLevel>,
    function: String,
    version: String,
}

impl SystemLog {
    /// As a version's settings say.
    pub(super) fn new(version: &FunctionVersion) -> Self {
        Self { level: version.logging.system_level(), function: version.name.clone(), version: version.version.clone() }
    }

    /// The beginning of a runtime.
    pub(super) fn init_start(&self, at: Timestamp, phase: InitPhase) -> Option<String> {
        let record = json!({
            "initializationType": "on-demand",
            "phase": phase.name(),
            "functionName": self.function,
            "functionVersion": self.version,
        });
        self.event(at, LogLevel::Info, "platform.initStart", record)
    }

    /// The end of a start of the runtime; in text it is told of only when it failed, or took too long.
    pub(super) fn init_end(
        &self,
        at: Timestamp,
        took: Duration,
        phase: InitPhase,
        status: &InvocationStatus,
    ) -> Vec<String> {
        if self.level.is_none() {
            return match status {
                InvocationStatus::Answered => Vec::new(),
                InvocationStatus::Failed(_) | InvocationStatus::TimedOut => {
                    vec![report::init_report(took, phase, status)]
                }
            };
        }
        let level = if *status == InvocationStatus::Answered { LogLevel::Debug } else { LogLevel::Warn };
        let mut done = json!({"initializationType": "on-demand", "phase": phase.name()});
        tell(&mut done, status);
        let mut init_report = done.clone();
        init_report["metrics"] = json!({"durationMs": rounded_ms(took)});
        let events = [("platform.initRuntimeDone", done), ("platform.initReport", init_report)];
        events.into_iter().filter_map(|(kind, record)| self.event(at, level, kind, record)).collect()
    }

    /// The beginning of an invocation.
    pub(super) fn start(&self, at: Timestamp, request_id: &str) -> Option<String> {
        if self.level.is_none() {
            return Some(report::start(request_id, &self.version));
        }
        self.event(at, LogLevel::Info, "platform.start", json!({"requestId": request_id, "version": self.version}))
    }

    /// The end of an invocation: what went wrong, as text tells it, then its end and what it took.
    pub(super) fn end(&self, at: Timestamp, request_id: &str, failure: Vec<String>, usage: &Usage) -> Vec<String> {
        if self.level.is_none() {
            let end = [report::end(request_id), report::report(request_id, usage)];
            return failure.into_iter().chain(end).collect();
        }
        let has_ended_well = usage.status == InvocationStatus::Answered;
        let (done_level, report_level) =
            if has_ended_well { (LogLevel::Debug, LogLevel::Info) } else { (LogLevel::Warn, LogLevel::Warn) };
        let mut metrics = json!({
            "durationMs": rounded_ms(usage.duration),
            "billedDurationMs": usage.billed_ms(),
            "memorySizeMB": usage.memory_size_mb,
        });
        if let Some(used) = usage.memory_used_mb {
            metrics["maxMemoryUsedMB"] = json!(used);
        }
        if let Some(init) = usage.init {
            metrics["initDurationMs"] = json!(rounded_ms(init));
        }
        let mut done = json!({"requestId": request_id, "metrics": {"durationMs": rounded_ms(usage.duration)}});
        let mut report = json!({"requestId": request_id, "metrics": metrics});
        tell(&mut done, &usage.status);
        tell(&mut report, &usage.status);
        let events = [
            self.event(at, done_level, "platform.runtimeDone", done),
            self.event(at, report_level, "platform.report", report),
        ];
        events.into_iter().flatten().collect()
    }

    /// An event, unless its level is below the function's, or its lines are text.
    fn event(&self, at: Timestamp, level: LogLevel, kind: &str, record: Value) -> Option<String> {
        let is_wanted = self.level.is_some_and(|least| level >= least);
        is_wanted.then(|| format!("{}\n", json!({"time": format!("{at:.3}"), "type": kind, "record": record})))
    }
}

/// Adds how something ended to its record.
fn tell(record: &mut Value, status: &InvocationStatus) {
    match status {
        InvocationStatus::Answered => record["status"] = json!("success"),
        InvocationStatus::TimedOut => record["status"] = json!("timeout"),
        InvocationStatus::Failed(error_type) => {
            record["status"] = json!("error");
            record["errorType"] = json!(error_type);
        }
    }
}

/// In ms, with the three decimals that AWS gives.
fn rounded_ms(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LogFormat, LoggingConfig, example};

    fn log(level: LogLevel) -> SystemLog {
        let logging = LoggingConfig { format: LogFormat::Json, system_level: Some(level), ..LoggingConfig::default() };
        SystemLog::new(&FunctionVersion { logging, ..example() })
    }

    fn lines(log: &SystemLog, status: InvocationStatus) -> String {
        let at = "2026-01-02T03:04:05.678Z".parse().unwrap();
        let init = Duration::from_micros(20_500);
        let usage = Usage {
            duration: Duration::from_micros(1_230),
            init: Some(init),
            memory_size_mb: 128,
            memory_used_mb: Some(31),
            status: status.clone(),
        };
        let mut lines: Vec<String> = log.init_start(at, InitPhase::Init).into_iter().collect();
        lines.extend(log.init_end(at, init, InitPhase::Init, &status));
        lines.extend(log.start(at, "id-1"));
        lines.extend(log.end(at, "id-1", vec!["text\n".to_owned()], &usage));
        lines.concat()
    }

    #[test]
    fn a_level_decides_what_is_written() {
        let kinds = |level, status| -> Vec<String> {
            let text = lines(&log(level), status);
            let kind = |line: &str| serde_json::from_str::<Value>(line).unwrap()["type"].as_str().unwrap().to_owned();
            text.lines().map(kind).map(|kind| kind.replace("platform.", "")).collect()
        };
        let failed = || InvocationStatus::Failed("Runtime.ExitError".to_owned());
        let all = ["initStart", "initRuntimeDone", "initReport", "start", "runtimeDone", "report"];
        assert_eq!(kinds(LogLevel::Debug, InvocationStatus::Answered), all);
        assert_eq!(kinds(LogLevel::Info, InvocationStatus::Answered), ["initStart", "start", "report"]);
        assert_eq!(kinds(LogLevel::Warn, InvocationStatus::Answered), Vec::<String>::new());
        assert_eq!(kinds(LogLevel::Warn, failed()), ["initRuntimeDone", "initReport", "runtimeDone", "report"]);
    }

    #[test]
    fn a_start_that_takes_too_long_names_its_phase() {
        let at = "2026-01-02T03:04:05.678Z".parse().unwrap();
        let log = log(LogLevel::Info);
        let timed_out = |phase| log.init_end(at, Duration::from_secs(10), phase, &InvocationStatus::TimedOut).concat();
        insta::assert_snapshot!(timed_out(InitPhase::Init), @r#"
        {"time":"2026-01-02T03:04:05.678Z","type":"platform.initRuntimeDone","record":{"initializationType":"on-demand","phase":"init","status":"timeout"}}
        {"time":"2026-01-02T03:04:05.678Z","type":"platform.initReport","record":{"initializationType":"on-demand","phase":"init","status":"timeout","metrics":{"durationMs":10000.0}}}
        "#);
        assert!(timed_out(InitPhase::Invoke).contains(r#""phase":"invoke","status":"timeout""#));
        assert!(log.init_start(at, InitPhase::Invoke).unwrap().contains(r#""phase":"invoke""#));
    }

    #[test]
    fn events_are_as_aws_writes_them() {
        insta::assert_snapshot!(lines(&log(LogLevel::Info), InvocationStatus::Answered), @r#"
        {"time":"2026-01-02T03:04:05.678Z","type":"platform.initStart","record":{"initializationType":"on-demand","phase":"init","functionName":"stack-sendEmail","functionVersion":"$LATEST"}}
        {"time":"2026-01-02T03:04:05.678Z","type":"platform.start","record":{"requestId":"id-1","version":"$LATEST"}}
        {"time":"2026-01-02T03:04:05.678Z","type":"platform.report","record":{"requestId":"id-1","metrics":{"durationMs":1.23,"billedDurationMs":22,"memorySizeMB":128,"maxMemoryUsedMB":31,"initDurationMs":20.5},"status":"success"}}
        "#);
        insta::assert_snapshot!(lines(&log(LogLevel::Warn), InvocationStatus::TimedOut).lines().last().unwrap(), @r#"{"time":"2026-01-02T03:04:05.678Z","type":"platform.report","record":{"requestId":"id-1","metrics":{"durationMs":1.23,"billedDurationMs":22,"memorySizeMB":128,"maxMemoryUsedMB":31,"initDurationMs":20.5},"status":"timeout"}}"#);
    }
}
