//! A function's log: once, or as it is written until Ctrl-C.

use std::time::Duration;

use indicatif::ProgressBar;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::cli::error::CliError;
use crate::cli::global::Global;
use crate::cli::log_events::line::{self, Look};
use crate::cli::log_events::poll::{Place, poll};
use crate::cli::log_events::window::Window;
use crate::cli::session::Session;
use crate::cli::time::backoff::{Backoff, Decision};
use crate::cli::time::moment;
use crate::cli::ui::{Tone, Ui, toned};
use aws::Aws;
use aws::AwsError;
use aws::clock;
use aws::log_events::{LogEvent, Query};
use aws::retry::Patience;

/// Which log to show, and from when on.
#[derive(Debug)]
pub(super) struct Tail<'a> {
    pub(super) group: String,
    /// How messages name the function.
    pub(super) function: &'a str,
    pub(super) start: Timestamp,
    /// How much later than newer ones a line may arrive.
    pub(super) lag: Duration,
    pub(super) filter: Option<&'a str>,
    pub(super) zone: TimeZone,
}

/// Why a poll ended early.
enum Ended {
    Call(AwsError),
    Output(CliError),
}

impl From<AwsError> for Ended {
    fn from(error: AwsError) -> Self {
        Self::Call(error)
    }
}

/// What is reported while nothing is there to be shown; reported once each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WaitingFor {
    ForTheGroup,
    ForALine,
    NoMore,
}

impl Tail<'_> {
    /// Shows what there is.
    pub(super) async fn once(&self, session: &Session, global: &Global, ui: &Ui) -> Result<(), CliError> {
        let mut window = self.window();
        let mut any = false;
        let progress = ui.progress();
        progress.set_message("reading the log");
        let there = self
            .poll(&session.aws, &mut window, &mut Place::default(), |lines| {
                any = true;
                self.print(ui, &progress, &lines)
            })
            .await;
        progress.finish_and_clear();
        match there {
            Ok(false) => return Err(session.not_deployed(global)),
            Ok(true) => {}
            Err(Ended::Call(error)) => return Err(error.into()),
            Err(Ended::Output(error)) => return Err(error),
        }
        if !any {
            let since = moment::local(self.start, &self.zone);
            ui.note(format!(
                "No line of {} since {since}. Look further back with `--startTime 1d`, or wait for one with `-t`.",
                self.function
            ));
        }
        Ok(())
    }

    /// Shows lines as they are written. It never ends by itself.
    pub(super) async fn forever(&self, aws: &Aws, ui: &Ui, interval: Duration) -> Result<(), CliError> {
        // What is refused is asked for again at a pace that all tails of an account find together.
        let aws = aws.with_patience(Patience::None);
        let mut window = self.window();
        let mut place = Place::default();
        let mut backoff = Backoff::new(interval, &aws.random);
        let mut reported = None;
        let bar = ui.countdown();
        loop {
            let mut any = false;
            let polled = self
                .poll(&aws, &mut window, &mut place, |lines| {
                    any = true;
                    bar.set_message("");
                    self.print(ui, &bar, &lines)
                })
                .await;
            match polled {
                Ok(there) => {
                    if let Some(news) = backoff.succeeded(clock::now()) {
                        notify(ui, &bar, &news);
                    }
                    self.report_waiting(ui, &bar, &mut reported, there, any);
                }
                Err(Ended::Output(error)) => return Err(error),
                Err(Ended::Call(error)) => match backoff.failed(&error, clock::now()) {
                    Decision::Retry(news) => news.iter().for_each(|news| notify(ui, &bar, news)),
                    Decision::GiveUp => return Err(error.into()),
                },
            }
            clock::pause(backoff.delay()).await;
        }
    }

    fn window(&self) -> Window {
        Window::new(self.start.as_millisecond(), i64::try_from(self.lag.as_millis()).unwrap_or(i64::MAX))
    }

    async fn poll(
        &self,
        aws: &Aws,
        window: &mut Window,
        place: &mut Place,
        mut print: impl FnMut(Vec<LogEvent>) -> Result<(), CliError>,
    ) -> Result<bool, Ended> {
        let query = Query { group: &self.group, start_ms: window.start_ms(), end_ms: None, pattern: self.filter };
        poll(aws, &query, window, place, |lines| print(lines).map_err(Ended::Output)).await
    }

    pub(super) fn print(&self, ui: &Ui, bar: &ProgressBar, lines: &[LogEvent]) -> Result<(), CliError> {
        if ui.is_json() {
            return lines.iter().try_for_each(|line| ui.json_line(line));
        }
        let look = Look { zone: self.zone.clone(), is_dated: true, all: ui.is_verbose(), room: ui.width() };
        let shown: Vec<String> = lines.iter().filter_map(|event| line::render(event, &look)).collect();
        if shown.is_empty() { Ok(()) } else { ui.result_beside(bar, shown.join("\n")) }
    }

    fn report_waiting(&self, ui: &Ui, bar: &ProgressBar, reported: &mut Option<WaitingFor>, there: bool, any: bool) {
        let function = self.function;
        let waits = match (there, any) {
            _ if *reported == Some(WaitingFor::NoMore) => return,
            (_, true) => WaitingFor::NoMore,
            (false, false) => WaitingFor::ForTheGroup,
            (true, false) => WaitingFor::ForALine,
        };
        if *reported == Some(waits) {
            return;
        }
        *reported = Some(waits);
        let text = match waits {
            WaitingFor::ForTheGroup => {
                format!("Waiting: {function} has no log yet, it was never deployed or never run.")
            }
            WaitingFor::ForALine => format!("Waiting for lines of {function}; Ctrl-C ends."),
            WaitingFor::NoMore => return bar.finish_and_clear(),
        };
        if bar.is_hidden() { ui.note(text) } else { bar.set_message(text) }
    }
}

pub(super) fn notify(ui: &Ui, bar: &ProgressBar, news: &str) {
    bar.suspend(|| ui.note(toned(Tone::Warning, news)));
}
