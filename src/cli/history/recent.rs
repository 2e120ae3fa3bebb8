//! The newest executions of some state machines.

use aws::executions::{self, Execution, Status};
use model::names::Key;

use crate::cli::error::CliError;
use crate::cli::global::Global;
use crate::cli::session::Session;
use crate::cli::session::at_once::at_once;

/// The newest executions, each with its state machine, those of one machine newest first.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    pub(crate) executions: Vec<(Key, Execution)>,
    /// Whether a state machine has more of them.
    pub(crate) any_more: bool,
}

/// Lists at most `limit` executions of each state machine. One that is declared and not deployed yet has none.
///
/// # Errors
/// None of them is deployed, or a call failed.
pub(crate) async fn recent(
    session: &Session,
    global: &Global,
    keys: impl IntoIterator<Item = &Key>,
    status: Option<Status>,
    limit: usize,
) -> Result<Recent, CliError> {
    let asking = keys.into_iter().map(|key| {
        let aws = session.aws.clone();
        let machine = session.stack.state_machine_arn(key);
        let key = key.clone();
        async move { (executions::list(&aws, &machine, status, limit).await, key) }
    });
    let mut recent = Recent::default();
    let mut any_deployed = false;
    for (answer, key) in at_once(asking).await {
        match answer {
            Ok((found, more)) => {
                any_deployed = true;
                recent.any_more |= more;
                recent.executions.extend(found.into_iter().map(|execution| (key.clone(), execution)));
            }
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error.into()),
        }
    }
    if any_deployed { Ok(recent) } else { Err(session.not_deployed(global)) }
}
