//! Finds the execution that a text means.

use aws::executions::{self, ExecutionDetail};
use model::names::Arn;
use model::nearest;

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::session::Session;

/// How many recent executions are looked through for a name like the one that was typed.
const RECENT: usize = 100;

/// The execution that a text means: its ARN, or its name at any state machine of the service.
///
/// # Errors
/// There is no such execution (the sentence names the nearest), nothing is deployed, or a call failed.
pub(crate) async fn find(session: &Session, global: &Global, text: &str) -> Result<ExecutionDetail, CliError> {
    let candidates: Vec<Arn> = if text.starts_with("arn:") {
        vec![Arn::new(text)]
    } else {
        session.project.service.state_machines.keys().map(|key| session.stack.execution_arn(key, text)).collect()
    };
    for arn in candidates {
        if let Some(found) = executions::describe(&session.aws, &arn).await? {
            return Ok(found);
        }
    }
    let names = recent_names(session, global).await?;
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let hint = match nearest(text.rsplit(':').next().unwrap_or(text), &known) {
        Some(near) => format!("Did you mean `{near}`? `{}` lists them.", global.command("list")),
        None if names.is_empty() => {
            format!("None was started yet: `{} --task taskone --at +10s`.", global.command("start"))
        }
        None => format!("`{}` lists them.", global.command("list")),
    };
    Err(CliError::new(ErrorKind::NotFound, format!("There is no execution `{text}`.")).try_this(hint))
}

async fn recent_names(session: &Session, global: &Global) -> Result<Vec<String>, CliError> {
    let mut names = Vec::new();
    for key in session.project.service.state_machines.keys() {
        let machine = session.stack.state_machine_arn(key);
        match executions::list(&session.aws, &machine, None, RECENT).await {
            Ok((found, _)) => names.extend(found.into_iter().map(|execution| execution.name)),
            Err(error) if error.is_not_found() => return Err(session.not_deployed(global)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(names)
}
