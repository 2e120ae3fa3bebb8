//! `workshop local time`: what the embedded cloud's clock shows, and moving it ahead.

use std::time::Duration;

use clap::Args;
use cloud_server::lifecycle::{self, LifecycleError, Status};
use cloud_server::{Aim, DataDir, Ending, Moved, Ready, TimeReport};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::session::{cloud_time, embedded};
use crate::cli::time::{moment, when};
use crate::cli::ui::{Tone, Ui, toned};
use aws::clock;

/// How often the progress line looks where the clock is.
const LOOK_INTERVAL: Duration = Duration::from_millis(250);

/// Options of `workshop local time`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop local time                          what its clock shows
  workshop local time --advance 2h             two hours on
  workshop local time --to \"tomorrow 9am\"      to a moment, seen from its own time
  workshop local time --until-idle             until no execution waits for the time

Its clock goes from one moment at which something is due to the next, and waits at each for all that follows from it:
steps, functions, their log. So histories look as if so much time had gone by. It is never moved back; `workshop local
reset` makes a new cloud, with this machine's time. Functions run by this machine's clock.")]
pub(super) struct TimeArgs {
    /// Move it so far ahead: 90s, 2h, 30d
    #[arg(long, value_name = "DURATION", group = "aim")]
    advance: Option<String>,
    /// Move it to this moment: a date and time, `tomorrow 9am`, a Unix timestamp
    #[arg(long, value_name = "WHEN", group = "aim")]
    to: Option<String>,
    /// Move it until no execution waits for the time, a year at most
    #[arg(long, group = "aim")]
    until_idle: bool,
}

/// Runs `workshop local time`.
pub(super) async fn run(args: &TimeArgs, ui: &Ui) -> Result<(), CliError> {
    let data_dir = embedded::data_dir()?;
    let ready = running(&data_dir).await?;
    let report = lifecycle::time(&data_dir, &ready).await?;
    let Some(aim) = args.aim(report.now)? else {
        return show(&report, ui);
    };
    let moved = with_progress(ui, &data_dir, &ready, lifecycle::move_time(&data_dir, &ready, aim)).await?;
    let report = lifecycle::time(&data_dir, &ready).await?;
    if ui.is_json() {
        return ui.json(&json!({
            "from": moved.from, "to": moved.to, "moments": moved.moments, "ending": moved.ending, "time": report,
        }));
    }
    ui.told(told(&moved))
}

/// The cloud that runs; one that does not has no time to tell.
async fn running(data_dir: &DataDir) -> Result<Ready, CliError> {
    match lifecycle::status(data_dir).await? {
        Status::Running(ready) => Ok(ready),
        Status::Busy => Err(LifecycleError::NotAnswering { lock: data_dir.lock() }.into()),
        Status::Stale(ready) => Err(LifecycleError::Stale { pid: ready.pid, port: ready.port }.into()),
        Status::Stopped => Err(LifecycleError::NotRunning.into()),
    }
}

impl TimeArgs {
    fn aim(&self, now: Timestamp) -> Result<Option<Aim>, CliError> {
        let zoned = now.to_zoned(TimeZone::system());
        let usage = |message: String, hint: &str| CliError::new(ErrorKind::Usage, message).try_this(hint);
        if let Some(text) = &self.advance {
            let ahead = when::ahead(text, &zoned).filter(|moment| *moment > now);
            let ahead = ahead.ok_or_else(|| {
                usage(format!("`{text}` is no duration to move the time by."), "Write 90s, 2h, 30d or `1 year`.")
            })?;
            let by_ms = u64::try_from(moment::ms_between(now, ahead)).unwrap_or_default();
            return Ok(Some(Aim::AdvanceMs(by_ms)));
        }
        if let Some(text) = &self.to {
            let when = when::parse(text, &zoned).map_err(|error| usage(error.to_string(), when::ACCEPTED))?;
            return Ok(Some(Aim::To(when.at)));
        }
        Ok(self.until_idle.then_some(Aim::UntilIdle))
    }
}

fn show(report: &TimeReport, ui: &Ui) -> Result<(), CliError> {
    if ui.is_json() {
        return ui.json(report);
    }
    let text = format!("{} ({:.0})", moment::local(report.now, &TimeZone::system()), report.now);
    let how = cloud_time::sentence("Its clock", report);
    ui.told(format!("{text}\n{}", how.as_deref().unwrap_or("Its clock is this machine's.")))
}

/// Shows where the clock is while it moves.
async fn with_progress(
    ui: &Ui,
    data_dir: &DataDir,
    ready: &Ready,
    moving: impl Future<Output = Result<Moved, LifecycleError>>,
) -> Result<Moved, LifecycleError> {
    let bar = ui.progress();
    bar.set_message("moving the time");
    let zone = TimeZone::system();
    let watch = async {
        loop {
            clock::sleep(LOOK_INTERVAL).await;
            // One that does not tell is asked again.
            if let Ok(report) = lifecycle::time(data_dir, ready).await {
                bar.set_message(format!("it is {}", moment::local(report.now, &zone)));
            }
        }
    };
    let moved = tokio::select! {
        moved = moving => moved,
        () = watch => Err(LifecycleError::NotAnswering { lock: data_dir.lock() }),
    };
    bar.finish_and_clear();
    moved
}

/// What a move was, as people read it.
fn told(moved: &Moved) -> String {
    let Moved { from, to, moments, ending } = *moved;
    let went = moment::duration(moment::ms_between(from, to));
    let due = match moments {
        0 => "no execution was due on the way".to_owned(),
        1 => "executions were due at one moment".to_owned(),
        many => format!("executions were due at {many} moments"),
    };
    let headline = format!("It is {} now, {went} later; {due}.", moment::local(to, &TimeZone::system()));
    let rest = match ending {
        Ending::Arrived => return toned(Tone::Good, headline),
        Ending::Idle => "No execution waits for the time any more.",
        Ending::Limit => {
            "Executions go on waiting: it stops after a year or 100,000 moments. Run it again to go on, or `workshop stop` what never ends."
        }
        Ending::Interrupted => "The cloud or the command that moved its time ended before that time was reached.",
    };
    format!("{}\n{rest}", toned(Tone::Good, headline))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_is_told_with_what_it_met() {
        let from: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let to: Timestamp = "2026-01-03T04:00:00Z".parse().unwrap();
        let told = |moments, ending| {
            let text = told(&Moved { from, to, moments, ending });
            let text = anstream::adapter::strip_str(&text).to_string();
            text.split_once(" now, ").map(|(_, rest)| rest.to_owned()).unwrap_or_default()
        };
        let all =
            [told(0, Ending::Arrived), told(1, Ending::Idle), told(52, Ending::Limit), told(52, Ending::Interrupted)];
        insta::assert_snapshot!(all.join("\n"), @r"
        2 d 4 h later; no execution was due on the way.
        2 d 4 h later; executions were due at one moment.
        No execution waits for the time any more.
        2 d 4 h later; executions were due at 52 moments.
        Executions go on waiting: it stops after a year or 100,000 moments. Run it again to go on, or `workshop stop` what never ends.
        2 d 4 h later; executions were due at 52 moments.
        The cloud or the command that moved its time ended before that time was reached.
        ");
    }
}
