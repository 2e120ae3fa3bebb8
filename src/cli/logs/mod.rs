//! `workshop logs`: a function's log as it is written, or everything that one execution did.

mod live;
mod tail;

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::follow::{self, Options};
use crate::cli::global::Global;
use crate::cli::history::find::find;
use crate::cli::log_events::timing;
use crate::cli::session::Session;
use crate::cli::time::since;
use crate::cli::ui::Ui;
use aws::clock;

/// Options of `workshop logs`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop logs -f sendEmail -t                     show lines as they are written, until Ctrl-C
  workshop logs -f sendEmail --startTime 2h         the last two hours
  workshop logs -f sendEmail --filter '\"for task taskone\"'
  workshop logs --execution taskone -t              what one execution and its functions do, until it ends
  workshop logs -f sendEmail -t --live              lines as they arrive, for a price

The filter is a filter pattern of CloudWatch Logs; quote a phrase. A tail works before the function's first run.")]
pub(crate) struct LogsArgs {
    /// The function, by its name in the service file or its deployed name
    #[arg(short, long, value_name = "NAME", required_unless_present = "execution")]
    function: Option<String>,
    /// Show the lines that this execution caused, together with its history
    #[arg(long, value_name = "NAME", conflicts_with = "function")]
    execution: Option<String>,
    /// The state machine, where several have an execution of that name
    #[arg(short, long, value_name = "MACHINE", requires = "execution")]
    machine: Option<String>,
    /// Go on showing lines as they are written
    #[arg(short, long, alias = "follow", overrides_with = "tail")]
    pub(super) tail: bool,
    /// Have AWS send new lines instead of asking for them: faster, and it costs (about 0.01 US dollars a minute after 1,800
    /// free minutes a month); at most 15 at a time in an account and region
    #[arg(long, requires = "tail", conflicts_with_all = ["execution", "start_time", "interval"])]
    live: bool,
    /// From when on: 30m, 2h, 3d, a date and time, or a Unix timestamp [default: 10 minutes back]
    #[arg(
        long = "startTime",
        visible_alias = "start-time",
        alias = "since",
        value_name = "WHEN",
        conflicts_with = "execution"
    )]
    start_time: Option<String>,
    /// Only lines that match
    #[arg(long, value_name = "PATTERN")]
    filter: Option<String>,
    /// How often to ask for new lines, in milliseconds [default: 1000; 30 with --local]
    #[arg(short, long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=3_600_000))]
    interval: Option<u64>,
}

/// Runs `workshop logs`.
pub(crate) async fn run(args: LogsArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    // Read before anything is asked, so that a typing error is told at once; then by the cloud's clock.
    start(args.start_time.as_deref(), clock::now())?;
    let session = Session::open(global, ui).await?;
    let start = start(args.start_time.as_deref(), session.aws.now().await)?;
    let interval = timing::interval(global, args.interval);
    if let Some(name) = &args.execution {
        let found = find(&session, global, name, args.machine.as_deref()).await?;
        let options = Options {
            execution: found.execution.execution_arn,
            interval,
            lag: timing::last_lines(global),
            until_end: args.tail,
            filter: args.filter,
        };
        return follow::follow(&session.aws, ui, &options).await.map(drop);
    }
    let function = session.function(args.function.as_deref().unwrap_or_default())?;
    let tail = tail::Tail {
        group: session.stack.log_group(function),
        function: function.as_str(),
        start,
        lag: timing::lag(global),
        filter: args.filter.as_deref(),
        zone: TimeZone::system(),
    };
    match (args.tail, args.live) {
        (false, _) => tail.once(&session, global, ui).await,
        (true, true) if !global.local => tail.live(&session, ui, interval).await,
        (true, live) => {
            if live {
                ui.note(format!(
                    "The embedded cloud needs no live tail: it is asked every {} ms.",
                    interval.as_millis()
                ));
            }
            tail.forever(&session.aws, ui, interval).await
        }
    }
}

fn start(text: Option<&str>, now: Timestamp) -> Result<Timestamp, CliError> {
    let now = now.to_zoned(TimeZone::system());
    let text = text.unwrap_or("10m");
    since::parse(text, &now).ok_or_else(|| {
        CliError::new(ErrorKind::Usage, format!("`{text}` can't be read as a start time.")).try_this(since::ACCEPTED)
    })
}
