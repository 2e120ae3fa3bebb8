//! `workshop local logs`: what the embedded cloud answered and did, and what failed in it.

use std::time::Duration;

use clap::Args;
use jiff::tz::TimeZone;

use cloud_server::lifecycle::{self, Status};
use cloud_server::{ActivityReader, ActivityRecord, DataDir};

use crate::cli::error::CliError;
use crate::cli::session::embedded;
use crate::cli::ui::{Tone, Ui, toned};
use aws::clock;

/// How often the log is looked at for new lines.
const INTERVAL: Duration = Duration::from_millis(30);

/// Options of `workshop local logs`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop local logs                the newest lines
  workshop local logs -t             and those that come, until Ctrl-C
  workshop local logs -n 1000        further back
  workshop local logs --json         one record a line: time, level, target, message, fields

A request has its operation, status, duration and request id; what failed has its cause. The log is kept in the
cloud's folder, in two files of 2 MiB at most, and can be read when the cloud does not run.")]
pub(super) struct LogsArgs {
    /// Go on showing lines as they are written
    #[arg(short, long)]
    pub(super) tail: bool,
    /// How many of the newest lines to show
    #[arg(short = 'n', long, default_value_t = 100, value_name = "N")]
    lines: usize,
}

/// Runs `workshop local logs`.
pub(super) async fn run(args: &LogsArgs, ui: &Ui) -> Result<(), CliError> {
    let data_dir = embedded::data_dir()?;
    let path = data_dir.activity();
    let unreadable = |error| CliError::io(&format!("{} can't be read", path.display()), &error);
    let mut reader = ActivityReader::new(path.clone());
    let records = reader.read_all().map_err(unreadable)?;
    let newest = records.len().saturating_sub(args.lines);
    if let Some(note) = note(&data_dir, records.is_empty(), args.tail).await? {
        ui.note(toned(Tone::Faint, note));
    }
    let zone = TimeZone::system();
    print(&records[newest..], &zone, ui)?;
    if !args.tail {
        return Ok(());
    }
    loop {
        clock::pause(INTERVAL).await;
        print(&reader.read_new().map_err(unreadable)?, &zone, ui)?;
    }
}

/// What to say beside the lines: that the cloud does not run, and what an empty log will show.
async fn note(data_dir: &DataDir, is_empty: bool, tail: bool) -> Result<Option<String>, CliError> {
    let runs = matches!(lifecycle::status(data_dir).await?, Status::Running(_) | Status::Busy);
    let mut sentences = Vec::new();
    if !runs {
        sentences.push("The embedded cloud is not running.");
    }
    if is_empty {
        sentences.push(
            "Its log is empty: each request will be a line here, with operation, status, duration and request id, and \
             so will what fails.",
        );
        if tail {
            sentences.push("Waiting for the first line; Ctrl-C ends it.");
        }
    }
    Ok((!sentences.is_empty()).then(|| sentences.join(" ")))
}

fn print(records: &[ActivityRecord], zone: &TimeZone, ui: &Ui) -> Result<(), CliError> {
    records.iter().try_for_each(|record| {
        if ui.is_json() { ui.json_line(record) } else { ui.result(super::log_line::text(record, zone)) }
    })
}
