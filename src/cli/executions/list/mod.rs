//! `workshop list`: executions with status, a countdown for those that wait and the reason of those that failed.

mod entries;
mod table;
mod watch;

use clap::{Args, ValueEnum};
use jiff::tz::TimeZone;

use crate::cli::error::CliError;
use crate::cli::global::Global;
use crate::cli::history::find::machines;
use crate::cli::session::Session;
use crate::cli::ui::{Tone, Ui, toned};
use aws::executions::Status;
use entries::Listing;

pub(super) use table::tone;

/// Options of `workshop list`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop list                        the newest executions, with a countdown for those that wait
  workshop list --status running       only those that run or wait
  workshop list -m order --watch       those of one state machine, until Ctrl-C
  workshop list --json --limit 500     for a program")]
pub(crate) struct ListArgs {
    /// Only executions of this state machine
    #[arg(short, long, value_name = "MACHINE")]
    machine: Option<String>,
    /// Only executions of this status
    #[arg(long, value_enum, ignore_case = true, value_name = "STATUS")]
    status: Option<StatusFilter>,
    /// How many to show of each state machine, newest first
    #[arg(short = 'n', long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    /// Keep the list up to date until Ctrl-C; where it goes to no terminal, a line for each change
    #[arg(short, long)]
    watch: bool,
}

/// The statuses that a list can be cut down to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum StatusFilter {
    Running,
    Succeeded,
    Failed,
    #[value(alias = "TIMED_OUT")]
    TimedOut,
    Aborted,
}

impl From<StatusFilter> for Status {
    fn from(filter: StatusFilter) -> Self {
        match filter {
            StatusFilter::Running => Self::Running,
            StatusFilter::Succeeded => Self::Succeeded,
            StatusFilter::Failed => Self::Failed,
            StatusFilter::TimedOut => Self::TimedOut,
            StatusFilter::Aborted => Self::Aborted,
        }
    }
}

impl ListArgs {
    /// Whether it goes on until Ctrl-C.
    pub(crate) fn is_watch(&self) -> bool {
        self.watch
    }
}

/// Runs `workshop list`.
pub(crate) async fn run(args: ListArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let session = Session::open(global, ui).await?;
    session.note_moved_clock(ui);
    let keys = machines(&session, global, args.machine.as_deref())?.into_iter().cloned().collect();
    let mut listing = Listing::new(&session, global, keys, args.status.map(Status::from), args.limit);
    if args.watch {
        return watch::run(&mut listing, global, ui).await;
    }
    let (entries, more) = listing.read().await?;
    listing.notes().iter().for_each(|note| ui.note(toned(Tone::Warning, note)));
    if ui.is_json() {
        return ui.json(&serde_json::json!({"executions": entries, "more": more}));
    }
    if entries.is_empty() {
        let which = if args.status.is_some() { " of that status" } else { "" };
        ui.note(format!("No execution{which} yet: `{}`.", session.start_command(global)));
        return Ok(());
    }
    let table = listing.table(&TimeZone::system());
    ui.result(table.render(&entries, session.aws.now().await, ui.width()))?;
    if more {
        ui.note(toned(Tone::Faint, format!("There are more; `--limit {}` shows more of them.", args.limit * 10)));
    }
    Ok(())
}
