//! Stays with an execution that was just started until it ends: shows what it does, or only waits for what comes out.

use std::time::Duration;

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::executions::explain::Refusal;
use crate::cli::follow::{self, Options};
use crate::cli::global::Global;
use crate::cli::log_events::timing;
use crate::cli::session::Session;
use crate::cli::time::moment;
use crate::cli::ui::{Ui, visible};
use aws::clock;
use aws::executions::{self, ExecutionDetail, Status};
use model::names::Arn;

/// The longest time between two questions whether it has ended.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Shows what it does until it ends.
///
/// # Errors
/// A call failed, or the execution did not succeed.
pub(super) async fn follow(
    session: &Session,
    ui: &Ui,
    global: &Global,
    name: &str,
    execution: Arn,
) -> Result<(), CliError> {
    if !ui.is_json() {
        ui.result("")?;
    }
    let options = Options {
        execution,
        interval: timing::interval(global, None),
        lag: timing::last_lines(global),
        until_end: true,
        filter: None,
    };
    let end = match follow::follow(&session.aws, ui, &options).await {
        Err(error) if error.kind == ErrorKind::NotFound => {
            return Err(error.try_this(format!("It was just started: try `{} {name}`.", global.command("show"))));
        }
        other => other?,
    };
    let Some(end) = end else { return Ok(()) };
    follow::failure(name, &end).map_or(Ok(()), |failure| Err(with_hint(session, failure, end.cause.as_deref())))
}

/// A failure that says which permission was missing, where one was.
pub(super) fn with_hint(session: &Session, failure: CliError, cause: Option<&str>) -> CliError {
    match Refusal::all(session, cause.map(|cause| (None, cause))).first() {
        Some(refusal) => failure.try_this(refusal.hint()),
        None => failure,
    }
}

/// Waits for the end of an execution that was just started.
///
/// # Errors
/// A call failed. An execution that does not succeed is no error.
pub(crate) async fn ended(
    session: &Session,
    ui: &Ui,
    global: &Global,
    execution: &Arn,
) -> Result<ExecutionDetail, CliError> {
    let progress = ui.progress();
    progress.set_message(format!("{} runs", visible(execution.last_part())));
    let since = clock::now();
    loop {
        let found = executions::describe(&session.aws, execution).await?;
        // Right after its start it may not be known everywhere.
        if let Some(found) = found.filter(|found| found.execution.status != Status::Running) {
            progress.finish_and_clear();
            return Ok(found);
        }
        let elapsed_ms = moment::ms_between(since, clock::now());
        clock::pause(pause(timing::interval(global, None), elapsed_ms)).await;
    }
}

/// The pause before the next question: a tenth of the time that it has taken so far, within bounds.
fn pause(interval: Duration, elapsed_ms: i64) -> Duration {
    let tenth = Duration::from_millis(u64::try_from(elapsed_ms / 10).unwrap_or(0));
    tenth.clamp(interval.min(LONGEST_PAUSE), LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_long_is_asked_for_less_often() {
        let interval = Duration::from_secs(1);
        let pauses = [-5, 0, 20_000, 36_000_000].map(|elapsed_ms| pause(interval, elapsed_ms).as_secs());
        assert_eq!(pauses, [1, 1, 2, 10]);
    }
}
