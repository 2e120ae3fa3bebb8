//! Follows one execution: its history and its functions' log lines in one stream, with a countdown while it waits.

mod invocations;
mod order;

use std::collections::BTreeMap;
use std::time::Duration;

use indicatif::ProgressBar;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::follow::invocations::InvocationTracker;
use crate::cli::follow::order::{Held, Item};
use crate::cli::history::failure::failure_text;
use crate::cli::history::timeline::Timeline;
use crate::cli::history::waiting::{Waiting, waiting};
use crate::cli::log_events::line::{self, Look};
use crate::cli::log_events::poll::{Place, poll};
use crate::cli::log_events::window::Window;
use crate::cli::time::backoff::{Backoff, Decision};
use crate::cli::time::moment;
use crate::cli::ui::{Tone, Ui, toned, visible};
use aws::clock;
use aws::executions::{self, ExecutionDetail, Status};
use aws::history::HistoryEvent;
use aws::log_events::{LogEvent, Query};
use aws::retry::Patience;
use aws::{Aws, AwsError};
use model::names::Arn;

/// How long the log of an execution that has ended is asked for beyond its last lines' time, where calls are refused.
const LAST_READ: SignedDuration = SignedDuration::from_secs(120);

/// How to follow.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// The execution.
    pub(crate) execution: Arn,
    /// How often to ask.
    pub(crate) interval: Duration,
    /// How long log lines may lag behind; also how long the last of them are waited for.
    pub(crate) lag: Duration,
    /// Whether to go on until the execution ends, or only to read what there is.
    pub(crate) until_end: bool,
    /// A filter pattern for the log lines.
    pub(crate) filter: Option<String>,
}

/// What is known while following.
struct Following<'a> {
    aws: Aws,
    ui: &'a Ui,
    options: &'a Options,
    bar: ProgressBar,
    zone: TimeZone,
    tracker: InvocationTracker,
    timeline: Timeline,
    events: Vec<HistoryEvent>,
    held: Held,
    windows: BTreeMap<String, (Window, Place)>,
    definition: Option<Value>,
    announced: Option<i64>,
}

/// Follows an execution and prints what it does.
///
/// # Errors
/// A call failed for good. An execution that fails is no error: the event that ended it is returned.
pub(crate) async fn follow(aws: &Aws, ui: &Ui, options: &Options) -> Result<Option<HistoryEvent>, CliError> {
    let zone = TimeZone::system();
    // What is refused is asked for again at a pace that all who follow in one account find together; once is asked once.
    let aws = if options.until_end { aws.with_patience(Patience::None) } else { aws.clone() };
    let mut backoff = Backoff::new(options.interval, &aws.random);
    let mut following = Following {
        aws,
        ui,
        options,
        bar: ui.countdown(),
        timeline: Timeline::new(zone.clone(), 16, ui.is_verbose(), ui.width()),
        zone,
        tracker: InvocationTracker::default(),
        events: Vec::new(),
        held: Held::default(),
        windows: BTreeMap::new(),
        definition: None,
        announced: None,
    };
    let mut give_up_at: Option<Timestamp> = None;
    loop {
        let failure = following.round().await;
        following.print_until(following.settled_until(clock::now()))?;
        let read_all = failure.is_none();
        match failure {
            None => backoff.succeeded(clock::now()).iter().for_each(|news| following.note(news)),
            Some(error) => match backoff.failed(&error, clock::now()) {
                Decision::Retry(news) if options.until_end => news.iter().for_each(|news| following.note(news)),
                Decision::Retry(_) | Decision::GiveUp => {
                    following.print_until(None)?;
                    return Err(error.into());
                }
            },
        }
        let now = clock::now();
        if following.tracker.end.is_some() && give_up_at.is_none() {
            give_up_at = now.checked_add(options.lag).ok();
        }
        // A log that could not be read may still have lines: whoever is refused is not done.
        let waited_enough = give_up_at.is_some_and(|moment| moment <= now);
        if following.tracker.is_complete() || (read_all && (waited_enough || !options.until_end)) {
            following.print_until(None)?;
            return Ok(following.tracker.end);
        }
        if give_up_at.is_some_and(|moment| now.duration_since(moment) > LAST_READ) {
            following.print_until(None)?;
            following.note("The last lines of its functions could not be read.");
            return Ok(following.tracker.end);
        }
        let left_ms = following.count_down(following.aws.now().await);
        clock::pause(pace(backoff.delay(), left_ms)).await;
    }
}

/// How long to wait before asking again: less often while a Wait state has long to go.
fn pace(interval: Duration, left_ms: Option<i64>) -> Duration {
    let left = Duration::from_millis(left_ms.and_then(|left| u64::try_from(left).ok()).unwrap_or(0));
    if left > interval * 20 { interval * 8 } else { interval }
}

impl Following<'_> {
    /// Asks once for everything that is new. What was read before a call failed is kept too: it is not read again.
    async fn round(&mut self) -> Option<AwsError> {
        let new = match self.new_events().await {
            Ok(new) => new,
            Err(error) => return Some(error),
        };
        let mut all = Vec::new();
        let mut failure = None;
        for (function, from_ms) in self.tracker.functions() {
            let (lines, failed) = self.new_lines(&function, from_ms).await;
            all.extend(lines.into_iter().map(|line| (function.clone(), line)));
            failure = failure.or(failed);
        }
        self.held.add(new, all);
        failure
    }

    /// Until when (milliseconds since 1970) everything is known: a call that has ended may have lines that the log does not
    /// show yet. They are waited for as long as lines may lag behind.
    fn settled_until(&self, now: Timestamp) -> Option<i64> {
        let lag_ms = i64::try_from(self.options.lag.as_millis()).unwrap_or(i64::MAX);
        self.tracker.unreported_from(now.as_millisecond().saturating_sub(lag_ms))
    }

    async fn new_events(&mut self) -> Result<Vec<HistoryEvent>, AwsError> {
        let known = self.events.last().map_or(0, |event| event.id);
        let new = executions::history_after(&self.aws, &self.options.execution, known).await?;
        if self.definition.is_none() {
            let text = executions::definition(&self.aws, &self.options.execution).await?;
            self.definition = serde_json::from_str(&text).ok();
        }
        self.tracker.now_ms = clock::now().as_millisecond();
        new.iter().for_each(|event| self.tracker.add_event(event));
        self.events.extend(new.iter().cloned());
        Ok(new)
    }

    async fn new_lines(&mut self, function: &str, from_ms: i64) -> (Vec<LogEvent>, Option<AwsError>) {
        let overlap_ms = i64::try_from(self.options.lag.as_millis()).unwrap_or(i64::MAX);
        let begin = || (Window::new(from_ms, overlap_ms), Place::default());
        let (window, place) = self.windows.entry(function.to_owned()).or_insert_with(begin);
        let group = format!("/aws/lambda/{function}");
        // A filter would hide the START and REPORT lines that tell whose lines they are; it is applied afterwards.
        let query = Query { group: &group, start_ms: window.start_ms(), end_ms: None, pattern: None };
        let mut new = Vec::new();
        let polled = poll(&self.aws, &query, window, place, |lines| {
            new.extend(lines);
            Ok::<(), AwsError>(())
        });
        let failure = polled.await.err();
        let mut own = self.tracker.own_lines(function, new);
        if let Some(filter) = &self.options.filter {
            own.retain(|line| line.message.contains(filter.trim_matches('"')));
        }
        (own, failure)
    }

    fn print_until(&mut self, until_ms: Option<i64>) -> Result<(), CliError> {
        for item in self.held.take_until(until_ms) {
            let ui = self.ui;
            let bar = &self.bar;
            match item {
                Item::Event(event) if ui.is_json() => ui.json_line(&tagged("history", None, &event))?,
                Item::Line(function, line) if ui.is_json() => {
                    ui.json_line(&tagged("log", Some(&function), &line))?;
                }
                Item::Event(event) => ui.result_beside(bar, self.timeline.render(&event))?,
                Item::Line(_, event) => {
                    let is_dated = self.timeline.is_dated();
                    let look = Look { zone: self.zone.clone(), is_dated, all: ui.is_verbose(), room: ui.width() };
                    if let Some(text) = line::render(&event, &look) {
                        ui.result_beside(bar, text)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn note(&self, text: &str) {
        self.bar.suspend(|| self.ui.note(toned(Tone::Warning, text)));
    }

    /// Shows what the execution waits for; answers the milliseconds that are left, where that is known.
    fn count_down(&mut self, now: Timestamp) -> Option<i64> {
        let Some(Waiting { state, until }) = waiting(&self.events, self.definition.as_ref()) else {
            self.bar.set_message("running");
            return None;
        };
        let state = visible(&state);
        let Some(until) = until else {
            self.bar.set_message(format!("{state} waits"));
            return None;
        };
        self.bar.set_message(format!("{state}: fires {}", moment::relative(until, now)));
        let entered = self.events.last().map(|event| event.id);
        if self.bar.is_hidden() && !self.ui.is_json() && self.announced != entered {
            self.announced = entered;
            let local = moment::local(until, &self.zone);
            let relative = moment::relative(until, now);
            self.ui.note(format!("{state} fires {relative}, on {local}."));
        }
        Some(moment::ms_between(now, until))
    }
}

/// An object of a stream of JSON lines that says which kind it is.
fn tagged(kind: &str, function: Option<&str>, value: &impl serde::Serialize) -> Value {
    let mut object = json!({ "kind": kind });
    if let Some(function) = function {
        object["function"] = json!(function);
    }
    if let (Some(object), Value::Object(members)) = (object.as_object_mut(), json!(value)) {
        object.extend(members);
    }
    object
}

/// The failure of a command whose execution did not succeed; none for one that did.
pub(crate) fn failure(name: &str, end: &HistoryEvent) -> Option<CliError> {
    let how = match end.kind.as_str() {
        "ExecutionSucceeded" => return None,
        "ExecutionAborted" => "was stopped",
        "ExecutionTimedOut" => "took longer than it may",
        _ => "failed",
    };
    Some(failed(name, how, end.error.as_deref(), end.cause.as_deref()))
}

/// The same of an execution as it is described after its end.
pub(crate) fn detail_failure(ended: &ExecutionDetail) -> Option<CliError> {
    let how = match ended.execution.status {
        Status::Succeeded => return None,
        Status::Aborted => "was stopped",
        Status::TimedOut => "took longer than it may",
        _ => "failed",
    };
    Some(failed(&ended.execution.name, how, ended.error.as_deref(), ended.cause.as_deref()))
}

fn failed(name: &str, how: &str, error: Option<&str>, cause: Option<&str>) -> CliError {
    let failure = CliError::new(ErrorKind::Workflow, format!("The execution {} {how}.", visible(name)));
    match failure_text(error, cause) {
        Some(reason) => failure.because(reason),
        None => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_asks_less_often_while_there_is_time() {
        let interval = Duration::from_millis(1000);
        assert_eq!(pace(interval, None), interval);
        assert_eq!(pace(interval, Some(-5)), interval);
        assert_eq!(pace(interval, Some(15_000)), interval);
        assert_eq!(pace(interval, Some(60_000)), Duration::from_secs(8));
    }

    #[test]
    fn json_lines_say_their_kind() {
        let value = tagged("log", Some("send"), &json!({"message": "hi"}));
        assert_eq!(value.to_string(), r#"{"kind":"log","function":"send","message":"hi"}"#);
    }
}
