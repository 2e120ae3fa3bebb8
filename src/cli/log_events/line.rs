//! A log line as it is shown: Lambda's own lines shortened, the function's with their local time, once. Pure.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::cli::time::moment;
use crate::cli::ui::{Tone, toned, visible, wrapped};
use aws::log_events::LogEvent;

/// What Lambda says at the end of an invocation.
#[derive(Debug, PartialEq, Eq)]
struct Report<'a> {
    duration: &'a str,
    memory: &'a str,
    init: Option<&'a str>,
    /// `timeout` or `error`, with the error's type, when the invocation did not end well.
    status: Option<(&'a str, Option<&'a str>)>,
}

/// What Node.js and Python functions write before each of their lines, and the line itself.
#[derive(Debug, PartialEq, Eq)]
struct Prefixed<'a> {
    time: Timestamp,
    level: &'a str,
    text: &'a str,
}

/// How lines are shown.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    /// The zone of their times.
    pub(crate) zone: TimeZone,
    /// Whether each has its date, or its time of day alone.
    pub(crate) is_dated: bool,
    /// Every line as it is.
    pub(crate) all: bool,
    /// How many columns there are, where that is known.
    pub(crate) room: Option<usize>,
}

impl Look {
    fn time(&self, moment: Timestamp) -> String {
        if self.is_dated { moment::local_exact(moment, &self.zone) } else { moment::local_time(moment, &self.zone) }
    }

    /// How far the text of a line stands from the left: after a time and two spaces.
    fn indent(&self) -> usize {
        if self.is_dated { "2026-11-22 09:00:00.123  ".len() } else { "09:00:00.123  ".len() }
    }

    /// A text whose further lines stand under its first.
    fn indented(&self, text: &str) -> String {
        let indent = self.indent();
        let room = self.room.map(|room| room.saturating_sub(indent));
        wrapped(&visible(text), room).replace('\n', &format!("\n{:indent$}", ""))
    }
}

/// How far the time that a function writes itself may be from when the line came. One that is further off is of another
/// clock: that of an embedded cloud which was moved.
const SAME_CLOCK_MS: i64 = 60_000;

/// The text of a line; none for Lambda's lines that say nothing.
///
/// What is longer than the room goes on below its beginning, without a break inside a word.
pub(crate) fn render(event: &LogEvent, look: &Look) -> Option<String> {
    let message = event.message.trim_end();
    let written = moment::from_ms(event.timestamp);
    let timed = |time: Timestamp, text: &str| format!("{}  {text}", toned(Tone::Faint, look.time(time)));
    if look.all {
        return Some(timed(written, &look.indented(message)));
    }
    if message.starts_with("START RequestId: ") {
        return Some(timed(written, &toned(Tone::Faint, "START")));
    }
    if message.starts_with("END RequestId: ") || message.starts_with("INIT_START ") {
        return None;
    }
    if let Some(report) = report(message) {
        return Some(timed(written, &ending(&report, look)));
    }
    let told = |is_failure: bool, text: &str| {
        let text = look.indented(text);
        if is_failure { toned(Tone::Bad, text) } else { text }
    };
    // A second time would say the same; the request's id is for `--verbose`, which shows lines as they are.
    if let Some(Prefixed { time, level, text }) = prefixed(message) {
        let is_same_clock = moment::ms_between(written, time).abs() < SAME_CLOCK_MS;
        let time = if is_same_clock { time } else { written };
        return Some(timed(time, &told(is_failure_level(level), &format!("{level}  {text}"))));
    }
    let text = match serde_json::from_str::<Value>(message).ok().filter(Value::is_object) {
        Some(value) => {
            let is_failure = value.get("level").and_then(Value::as_str).is_some_and(is_failure_level);
            told(is_failure, serde_json::to_string_pretty(&value).as_deref().unwrap_or(message))
        }
        None => told(tells_of_failure(message), message),
    };
    Some(timed(written, &text))
}

/// Reads `TIME\tREQUEST\tLEVEL\tTEXT` (Node.js) or `[LEVEL]\tTIME\tREQUEST\tTEXT` (Python), Lambda's text formats.
fn prefixed(message: &str) -> Option<Prefixed<'_>> {
    const LEVELS: [&str; 8] = ["TRACE", "DEBUG", "INFO", "WARN", "WARNING", "ERROR", "FATAL", "CRITICAL"];
    let mut parts = message.splitn(4, '\t');
    let [first, second, third, text] = [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    let (time, request, level) = match first.strip_prefix('[').and_then(|level| level.strip_suffix(']')) {
        Some(level) => (second, third, level),
        None => (first, second, third),
    };
    // Outside of an invocation Node.js writes `undefined`, and Python nothing.
    let is_request = matches!(request, "" | "undefined")
        || request.len() == 36 && request.chars().all(|letter| letter.is_ascii_hexdigit() || letter == '-');
    let is_prefix = is_request && LEVELS.contains(&level) && time.ends_with('Z');
    Some(Prefixed { time: time.parse().ok().filter(|_| is_prefix)?, level, text })
}

fn is_failure_level(level: &str) -> bool {
    ["ERROR", "FATAL", "CRITICAL"].iter().any(|name| level.eq_ignore_ascii_case(name))
}

/// Whether a line is one of those by which runtimes and Lambda itself say that an invocation failed.
fn tells_of_failure(message: &str) -> bool {
    let first = message.lines().next().unwrap_or_default();
    // Node.js: time, request id, level, text; Python: `[ERROR]`; Lambda: a request id, then what happened.
    let by_node = first.split('\t').nth(2).is_some_and(is_failure_level);
    let by_python = ["[ERROR]", "[CRITICAL]"].iter().any(|level| first.starts_with(level));
    let by_lambda = first.starts_with("RequestId: ") && first.contains(" Error: ");
    by_node || by_python || by_lambda || (first.contains(" Task timed out after ") && first.ends_with(" seconds"))
}

fn ending(report: &Report<'_>, look: &Look) -> String {
    let mut text = format!("END Duration: {} Memory Used: {}", shown_duration(report.duration), visible(report.memory));
    if let Some(init) = report.init {
        text.push_str(&format!(" (init: {})", shown_duration(init)));
    }
    let Some((status, error)) = report.status else { return toned(Tone::Faint, look.indented(&text)) };
    let error = error.map(|error| format!(" ({error})")).unwrap_or_default();
    let failed = toned(Tone::Bad, look.indented(&format!("FAILED {status}{error}")));
    format!("{failed} {}", toned(Tone::Faint, text))
}

/// Lambda's `241.32 ms` as every other duration is written, to a hundredth below a tenth of a second.
fn shown_duration(text: &str) -> String {
    let ms = text.strip_suffix(" ms").and_then(|ms| ms.parse::<f64>().ok()).filter(|ms| (100.0..1e12).contains(ms));
    ms.map_or_else(|| visible(text), |ms| moment::measured(ms.round() as i64))
}

/// Reads a REPORT line, whose parts are `Name: value` with tabs between them.
fn report(message: &str) -> Option<Report<'_>> {
    let rest = message.strip_prefix("REPORT RequestId: ")?;
    let part = |name: &str| {
        let found = rest.split(['\t', '\n']).find_map(|part| part.trim().strip_prefix(name)?.strip_prefix(": "));
        found.map(str::trim)
    };
    Some(Report {
        duration: part("Duration")?,
        memory: part("Max Memory Used").unwrap_or("unknown"),
        init: part("Init Duration"),
        status: part("Status").map(|status| (status, part("Error Type"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(is_dated: bool, all: bool) -> Look {
        Look { zone: TimeZone::UTC, is_dated, all, room: None }
    }

    fn shown(message: &str, all: bool) -> Option<String> {
        shown_as(message, &look(true, all))
    }

    fn shown_as(message: &str, look: &Look) -> Option<String> {
        let event = LogEvent {
            timestamp: 1_510_842_801_123,
            ingestion_time: 0,
            log_stream_name: String::new(),
            event_id: String::new(),
            message: message.to_owned(),
        };
        render(&event, look).map(|text| anstream::adapter::strip_str(&text).to_string())
    }

    #[test]
    fn lambdas_own_lines_are_short() {
        let start = "START RequestId: 0f3c7a5e-0000-4000-8000-000000000000 Version: $LATEST\n";
        assert_eq!(shown(start, false).as_deref(), Some("2017-11-16 14:33:21.123  START"));
        assert_eq!(shown("END RequestId: 0f3c7a5e-0000-4000-8000-000000000000\n", false), None);
        assert_eq!(shown("INIT_START Runtime Version: provided:al2023.v1\n", false), None);
        let warm = "REPORT RequestId: 0f3c\tDuration: 241.32 ms\tBilled Duration: 242 ms\tMemory Size: 128 MB\tMax Memory Used: 83 MB\t\n";
        insta::assert_snapshot!(shown(warm, false).unwrap(), @"2017-11-16 14:33:21.123  END Duration: 241 ms Memory Used: 83 MB");
        let cold = "REPORT RequestId: 0f3c\tDuration: 3.10 ms\tBilled Duration: 24 ms\tMemory Size: 128 MB\tMax Memory Used: 18 MB\tInit Duration: 20.41 ms\t\n";
        insta::assert_snapshot!(shown(cold, false).unwrap(), @"2017-11-16 14:33:21.123  END Duration: 3.10 ms Memory Used: 18 MB (init: 20.41 ms)");
        let late = "REPORT RequestId: 0f3c\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 18 MB\tStatus: error\tError Type: Runtime.ExitError\n";
        insta::assert_snapshot!(shown(late, false).unwrap(), @"2017-11-16 14:33:21.123  FAILED error (Runtime.ExitError) END Duration: 3.000 s Memory Used: 18 MB");
        assert!(shown(start, true).unwrap().contains("0f3c7a5e"));
    }

    #[test]
    fn the_functions_own_lines_have_their_time() {
        insta::assert_snapshot!(shown("send email triggered at noon\n", false).unwrap(), @"2017-11-16 14:33:21.123  send email triggered at noon");
        insta::assert_snapshot!(shown("two\nlines\n", false).unwrap(), @r"
        2017-11-16 14:33:21.123  two
                                 lines
        ");
        insta::assert_snapshot!(shown(r#"{"level":"INFO","message":"sent"}"#, false).unwrap(), @r#"
        2017-11-16 14:33:21.123  {
                                   "level": "INFO",
                                   "message": "sent"
                                 }
        "#);
    }

    #[test]
    fn beside_a_history_without_dates_lines_have_none() {
        insta::assert_snapshot!(shown_as("two\nlines\n", &look(false, false)).unwrap(), @r"
        14:33:21.123  two
                      lines
        ");
    }

    #[test]
    fn a_line_that_has_its_own_time_shows_it_alone() {
        let request = "0f3c7a5e-0000-4000-8000-000000000000";
        let node = format!("2017-11-16T14:33:21.100Z\t{request}\tINFO\tsend email\ttriggered\n");
        insta::assert_snapshot!(shown(&node, false).unwrap(), @"2017-11-16 14:33:21.100  INFO  send email	triggered");
        assert!(shown(&node, true).unwrap().contains(request));
        let error = format!("2017-11-16T14:33:21.100Z\t{request}\tERROR\tInvoke Error \t{{\"errorType\":\"Error\"}}\n");
        insta::assert_snapshot!(shown(&error, false).unwrap(), @r#"2017-11-16 14:33:21.100  ERROR  Invoke Error 	{"errorType":"Error"}"#);
        let python = format!("[WARNING]\t2017-11-16T14:33:21.100Z\t{request}\ttwo\nlines\n");
        insta::assert_snapshot!(shown(&python, false).unwrap(), @r"
        2017-11-16 14:33:21.100  WARNING  two
                                 lines
        ");
        insta::assert_snapshot!(shown("2017-11-16T14:33:21.100Z\tundefined\tINFO\tat init\n", false).unwrap(), @"2017-11-16 14:33:21.100  INFO  at init");
        let other_clock = format!("2026-11-22T08:00:00.000Z\t{request}\tINFO\tsent\n");
        insta::assert_snapshot!(shown(&other_clock, false).unwrap(), @"2017-11-16 14:33:21.123  INFO  sent");
        let own = "2017-11-16T14:33:21.100Z\tmine\tINFO\tx";
        assert!(shown(own, false).unwrap().ends_with(own), "a line that only looks like one stays");
    }

    #[test]
    fn failed_calls_look_like_failures() {
        for failed in [
            "2026-11-22T08:00:00.000Z\t0f3c7a5e\tERROR\tInvoke Error \t{\"errorType\":\"Error\"}",
            "[ERROR] KeyError: 'id'\nTraceback (most recent call last):",
            "RequestId: 0f3c Error: Runtime exited with error: exit status 1",
            "2026-11-22T08:00:00.000Z 0f3c Task timed out after 3.00 seconds",
            r#"{"level":"error","message":"no"}"#,
        ] {
            let event = LogEvent {
                timestamp: 0,
                ingestion_time: 0,
                log_stream_name: String::new(),
                event_id: String::new(),
                message: failed.to_owned(),
            };
            let text = render(&event, &look(true, false)).unwrap();
            assert!(text.contains("\u{1b}[31m"), "{text:?}");
        }
        for fine in ["an ERROR that I tell", "a\tb\tINFO\tERROR", r#"{"level":"INFO"}"#, "RequestId: 1 done"] {
            assert!(!tells_of_failure(fine), "{fine}");
        }
    }

    #[test]
    fn control_characters_never_reach_the_terminal() {
        let shown = shown("\u{1b}]0;evil\u{7}REPORT \r\u{1b}[2J", false).unwrap();
        assert!(!shown.chars().any(char::is_control), "{shown:?}");
        assert!(super::report("REPORT RequestId: x").is_none());
    }
}
