//! Which log lines belong to one execution: the functions that its history calls, and their invocations in the logs.
//!
//! A history does not name the invocations of its functions (only `lambda:invoke` answers with a request id). What it
//! tells is when a function was called and when it answered; the invocation that began in between is taken to be it.
//! One stream serves one invocation at a time, so that every line between its START and its REPORT belongs to it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cli::history::timeline::function_called;
use crate::cli::history::waiting::is_end;
use aws::history::HistoryEvent;
use aws::log_events::LogEvent;

/// How far the clocks of Step Functions and of a function's sandbox may lie apart, in milliseconds.
const SKEW_MS: i64 = 500;

/// How long before an invocation begins its sandbox may already have said something, in milliseconds.
const COLD_START_MS: i64 = 5_000;

/// A call of a function, as the history tells it.
#[derive(Debug)]
struct Call {
    function: String,
    from_ms: i64,
    to_ms: Option<i64>,
    /// When it was learnt that it has answered, on this machine's clock.
    answer_read_ms: i64,
    request_id: Option<String>,
    begun: bool,
    reported: bool,
}

/// One invocation in a stream, whoever it belongs to.
#[derive(Debug)]
struct Span {
    from_ms: i64,
    to_ms: Option<i64>,
    call: Option<usize>,
}

#[derive(Debug, Default)]
struct Stream {
    spans: Vec<Span>,
    /// Lines before any START: what a sandbox says while it begins.
    held: Vec<LogEvent>,
}

/// Tells which invocations, and so which log events, belong to one execution.
#[derive(Debug, Default)]
pub(crate) struct InvocationTracker {
    calls: Vec<Call>,
    call_of_event: BTreeMap<i64, usize>,
    streams: BTreeMap<(String, String), Stream>,
    /// This machine's time, in milliseconds since 1970: its owner sets it before it adds what it has read.
    pub(crate) now_ms: i64,
    /// The event that ended the execution.
    pub(crate) end: Option<HistoryEvent>,
}

impl InvocationTracker {
    /// Adds the next event of the history.
    pub(crate) fn add_event(&mut self, event: &HistoryEvent) {
        let ms = event.timestamp.as_millisecond();
        if let Some(function) = function_called(event) {
            self.call_of_event.insert(event.id, self.calls.len());
            let call = Call {
                function,
                from_ms: ms,
                to_ms: None,
                answer_read_ms: 0,
                request_id: None,
                begun: false,
                reported: false,
            };
            self.calls.push(call);
        } else if let Some(index) = self.call_of_event.get(&event.previous_event()).copied()
            && (event.kind.starts_with("LambdaFunction") || (event.kind.starts_with("Task") && event.state.is_none()))
        {
            self.call_of_event.insert(event.id, index);
            if let Some(call) = self.calls.get_mut(index)
                && !event.kind.ends_with("Started")
            {
                call.to_ms = Some(ms);
                call.answer_read_ms = self.now_ms;
                call.request_id = request_id(event);
            }
        }
        if is_end(&event.kind) {
            self.end = Some(event.clone());
        } else if event.kind == "ExecutionRedriven" {
            self.end = None;
        }
    }

    /// The functions called so far, each with the moment (milliseconds since 1970) from which its log matters.
    pub(crate) fn functions(&self) -> BTreeMap<String, i64> {
        let mut found = BTreeMap::new();
        for call in &self.calls {
            let from = found.entry(call.function.clone()).or_insert(i64::MAX);
            *from = (*from).min(call.from_ms - COLD_START_MS);
        }
        found
    }

    /// Adds new lines of a function's log, and gives those that belong to this execution.
    pub(crate) fn own_lines(&mut self, function: &str, mut lines: Vec<LogEvent>) -> Vec<LogEvent> {
        lines.sort_by_key(|line| line.timestamp);
        let claims = self.claim_all(function, &lines);
        lines.into_iter().flat_map(|line| self.own_lines_of(function, line, &claims)).collect()
    }

    /// The calls that invocations among these lines answer, by request id. One that began during the call comes before
    /// one that only clocks apart could explain: the invocation just before this execution's is somebody else's.
    fn claim_all(&mut self, function: &str, lines: &[LogEvent]) -> BTreeMap<String, usize> {
        let mut claims = BTreeMap::new();
        for skew_ms in [0, SKEW_MS] {
            for line in lines {
                if let Some(id) = invocation_started(line)
                    && !claims.contains_key(id)
                    && let Some(call) = self.claim(function, id, line.timestamp, skew_ms)
                {
                    claims.insert(id.to_owned(), call);
                }
            }
        }
        claims
    }

    fn own_lines_of(&mut self, function: &str, line: LogEvent, claims: &BTreeMap<String, usize>) -> Vec<LogEvent> {
        let started = invocation_started(&line);
        let call = started.and_then(|id| claims.get(id).copied());
        let key = (function.to_owned(), line.log_stream_name.clone());
        let stream = self.streams.entry(key).or_default();
        if started.is_some() {
            stream.spans.push(Span { from_ms: line.timestamp, to_ms: None, call });
            let held = std::mem::take(&mut stream.held);
            return if call.is_some() { held.into_iter().chain([line]).collect() } else { Vec::new() };
        }
        let within =
            |span: &&mut Span| span.from_ms <= line.timestamp && span.to_ms.is_none_or(|to| line.timestamp <= to);
        let Some(span) = stream.spans.iter_mut().rev().find(within) else {
            stream.held.push(line);
            return Vec::new();
        };
        if line.message.starts_with("REPORT RequestId: ") {
            span.to_ms = Some(line.timestamp);
            if let Some(call) = span.call.and_then(|call| self.calls.get_mut(call)) {
                call.reported = true;
            }
        }
        if span.call.is_some() { vec![line] } else { Vec::new() }
    }

    /// The call that an invocation answers: of that function, not yet begun, and going on at that moment.
    fn claim(&mut self, function: &str, id: &str, ms: i64, skew_ms: i64) -> Option<usize> {
        let fits = |call: &Call| {
            !call.begun
                && call.function == function
                && call.request_id.as_deref().is_none_or(|known| known == id)
                && (call.from_ms - skew_ms..=call.to_ms.map_or(i64::MAX, |to| to + skew_ms)).contains(&ms)
        };
        let found = self.calls.iter().position(fits)?;
        self.calls[found].begun = true;
        Some(found)
    }

    /// When the first of the calls began whose answer was read after `since_ms` and whose last line was not seen yet, if any
    /// was: lines from then on may still be on their way.
    pub(crate) fn unreported_from(&self, since_ms: i64) -> Option<i64> {
        let is_open = |call: &&Call| !call.reported && call.to_ms.is_some() && call.answer_read_ms > since_ms;
        self.calls.iter().filter(is_open).map(|call| call.from_ms).min()
    }

    /// Whether the execution has ended and every call's last line was seen.
    pub(crate) fn is_complete(&self) -> bool {
        self.end.is_some() && self.calls.iter().all(|call| call.reported)
    }
}

/// The request id in a START line.
fn invocation_started(line: &LogEvent) -> Option<&str> {
    line.message.strip_prefix("START RequestId: ").map(first_word)
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

/// The request id that `lambda:invoke` answers with.
fn request_id(event: &HistoryEvent) -> Option<String> {
    let output: Value = serde_json::from_str(event.output.as_deref()?).ok()?;
    output.get("SdkResponseMetadata")?.get("RequestId")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::time::moment;

    fn event(id: i64, ms: i64, kind: &str, resource: Option<&str>) -> HistoryEvent {
        HistoryEvent {
            id,
            previous_event_id: id - 1,
            timestamp: moment::from_ms(ms),
            kind: kind.to_owned(),
            resource: resource.map(str::to_owned),
            ..HistoryEvent::default()
        }
    }

    fn line(ms: i64, stream: &str, message: &str) -> LogEvent {
        LogEvent {
            timestamp: ms,
            ingestion_time: ms,
            log_stream_name: stream.to_owned(),
            event_id: format!("{stream}{ms}{message}"),
            message: message.to_owned(),
        }
    }

    const FUNCTION: &str = "arn:aws:lambda:eu-west-1:1:function:send";

    fn tracker() -> InvocationTracker {
        let mut tracker = InvocationTracker::default();
        tracker.add_event(&event(1, 10_000, "LambdaFunctionScheduled", Some(FUNCTION)));
        tracker.add_event(&event(2, 10_001, "LambdaFunctionStarted", None));
        tracker
    }

    fn messages(lines: Vec<LogEvent>) -> Vec<String> {
        lines.into_iter().map(|line| line.message).collect()
    }

    #[test]
    fn the_lines_of_its_own_invocation_are_picked_out() {
        let mut tracker = tracker();
        assert_eq!(tracker.functions(), BTreeMap::from([("send".to_owned(), 5_000)]));
        let lines = vec![
            line(9_000, "a", "START RequestId: earlier Version: 1"),
            line(9_001, "a", "an earlier line"),
            line(9_002, "a", "REPORT RequestId: earlier\tDuration: 1 ms"),
            line(9_990, "b", "said while it begins"),
            line(10_005, "b", "START RequestId: mine Version: 1"),
            line(10_006, "b", "my line"),
        ];
        let taken = messages(tracker.own_lines("send", lines));
        assert_eq!(taken, ["said while it begins", "START RequestId: mine Version: 1", "my line"]);
        tracker.now_ms = 20_000;
        tracker.add_event(&event(3, 10_020, "LambdaFunctionSucceeded", None));
        tracker.add_event(&event(4, 10_021, "ExecutionSucceeded", None));
        assert!(!tracker.is_complete(), "the REPORT line is still to come");
        assert_eq!(tracker.unreported_from(19_999), Some(10_000));
        assert_eq!(tracker.unreported_from(20_000), None, "they were waited for long enough");
        let late = vec![
            line(10_019, "b", "my last line"),
            line(10_020, "b", "REPORT RequestId: mine\tDuration: 15 ms"),
            line(10_050, "b", "START RequestId: next Version: 1"),
            line(10_051, "b", "a line of the next"),
        ];
        assert_eq!(messages(tracker.own_lines("send", late)).len(), 2);
        assert!(tracker.is_complete());
        assert_eq!(tracker.unreported_from(19_999), None);
        assert_eq!(messages(tracker.own_lines("send", vec![line(10_010, "b", "a late line of mine")])).len(), 1);
    }

    #[test]
    fn a_known_request_id_decides() {
        let mut tracker = tracker();
        let output = r#"{"SdkResponseMetadata":{"RequestId":"mine"}}"#.to_owned();
        let answered = HistoryEvent { output: Some(output), ..event(3, 10_020, "LambdaFunctionSucceeded", None) };
        tracker.add_event(&answered);
        assert!(tracker.own_lines("send", vec![line(10_001, "a", "START RequestId: other Version: 1")]).is_empty());
        assert_eq!(tracker.own_lines("send", vec![line(10_002, "b", "START RequestId: mine Version: 1")]).len(), 1);
    }

    #[test]
    fn an_invocation_just_before_is_somebody_else_s() {
        let mut tracker = tracker();
        tracker.add_event(&event(3, 10_006, "LambdaFunctionSucceeded", None));
        let lines = vec![
            line(9_730, "a", "START RequestId: theirs Version: 1"),
            line(9_732, "a", "REPORT RequestId: theirs\tDuration: 2 ms"),
            line(10_001, "a", "START RequestId: mine Version: 1"),
            line(10_003, "a", "REPORT RequestId: mine\tDuration: 2 ms"),
        ];
        let taken = messages(tracker.own_lines("send", lines));
        assert_eq!(taken, ["START RequestId: mine Version: 1", "REPORT RequestId: mine\tDuration: 2 ms"]);
    }

    #[test]
    fn each_attempt_of_a_retry_is_a_call_of_its_own() {
        let mut tracker = tracker();
        tracker.add_event(&event(3, 10_020, "LambdaFunctionFailed", None));
        tracker.add_event(&event(4, 20_000, "LambdaFunctionScheduled", Some(FUNCTION)));
        let lines = vec![
            line(10_002, "a", "START RequestId: one Version: 1"),
            line(10_020, "a", "REPORT RequestId: one\tDuration: 1 ms"),
            line(15_000, "a", "START RequestId: somebody else's Version: 1"),
            line(15_001, "a", "REPORT RequestId: somebody else's\tDuration: 1 ms"),
            line(20_002, "a", "START RequestId: two Version: 1"),
        ];
        assert_eq!(tracker.own_lines("send", lines).len(), 3);
    }
}
