//! Executions of state machines that are not this stack's: a name does not mean them.

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::session::Session;
use aws::sfn;
use deploy::Ownership;
use model::names::Arn;

/// A name means an execution of this stack's own state machines; one of somebody else's is named by its ARN only.
///
/// # Errors
/// It is somebody else's, or may be; the sentence begins with what was not done. Or the call failed.
pub(super) async fn refuse(session: &Session, text: &str, machine: &Arn, nothing: &str) -> Result<(), CliError> {
    if text.starts_with("arn:") {
        return Ok(());
    }
    let tags = sfn::tags(&session.aws.sfn, machine.as_str()).await?;
    let ownership = tags.map(|tags| Ownership::of(&tags, &session.stack.name()));
    let why = match ownership {
        None | Some(Ownership::Ours) => return Ok(()),
        Some(Ownership::Foreign(owner)) => format!("does not belong to this stack: {owner}"),
        Some(Ownership::Unknown(denied)) => {
            format!("may be somebody else's: its tags can't be read ({})", denied.action)
        }
    };
    let name = machine.last_part();
    Err(CliError::new(ErrorKind::Refused, format!("{nothing} The state machine {name} {why}."))
        .try_this("If it is what you mean all the same, name the execution by its ARN."))
}
