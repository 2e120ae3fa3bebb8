//! Finds the execution that a text means.

use aws::executions::{self, ExecutionDetail};
use model::names::{Arn, Key};
use model::nearest;

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::history::recent::recent;
use crate::cli::session::Session;
use crate::cli::session::at_once::at_once;
use crate::cli::ui::visible;

/// How many recent executions are looked through for a name like the one that was typed.
const RECENT: usize = 100;

/// The execution that a text means: its ARN, or its name at one state machine, or at any of the service.
///
/// # Errors
/// There is no such execution (the sentence names the nearest), several have the name, nothing is deployed, or a call failed.
pub(crate) async fn find(
    session: &Session,
    global: &Global,
    text: &str,
    machine: Option<&str>,
) -> Result<ExecutionDetail, CliError> {
    if text.starts_with("arn:") {
        let found = executions::describe(&session.aws, &Arn::new(text)).await?;
        return found.ok_or_else(|| not_there(text).try_this(format!("`{}` lists them.", global.command("list"))));
    }
    let keys = machines(session, global, machine)?;
    let candidates = keys.iter().map(|key| session.stack.execution_arn(key, text)).collect();
    let mut found = described(session, candidates).await?;
    match (found.pop(), found.as_slice()) {
        (Some(only), []) => Ok(only),
        (Some(last), others) => Err(several(session, text, others.iter().chain([&last]))),
        (None, _) => Err(nobody(session, global, text, &keys).await?),
    }
}

/// The execution that began last, at one state machine or at any of the service.
///
/// # Errors
/// None was started yet, nothing is deployed, or a call failed.
pub(crate) async fn newest(
    session: &Session,
    global: &Global,
    machine: Option<&str>,
) -> Result<ExecutionDetail, CliError> {
    let recent = recent(session, global, machines(session, global, machine)?, None, 1).await?.executions;
    let newest = recent.into_iter().map(|(_, execution)| execution).max_by_key(|execution| execution.start_date);
    let described = match &newest {
        Some(newest) => executions::describe(&session.aws, &newest.execution_arn).await?,
        None => None,
    };
    described.ok_or_else(|| {
        CliError::new(ErrorKind::NotFound, "No execution was started yet.")
            .try_this(format!("Start one: `{}`.", session.start_command(global)))
    })
}

/// The standard state machines that are meant: only they have executions that can be looked at.
///
/// # Errors
/// There is no such state machine, or it is an express one.
pub(crate) fn machines<'a>(
    session: &'a Session,
    global: &Global,
    machine: Option<&str>,
) -> Result<Vec<&'a Key>, CliError> {
    let Some(text) = machine else {
        let keys = session.project.service.state_machines.keys();
        let standard: Vec<&Key> = keys.filter(|key| session.is_standard(key)).collect();
        if standard.is_empty() {
            let message =
                "The service has no standard state machine: Step Functions keeps the executions of those alone.";
            return Err(CliError::new(ErrorKind::NotFound, message).try_this(format!(
                "`{} --sync` shows what comes out of an express one.",
                session.start_command(global)
            )));
        }
        return Ok(standard);
    };
    let key = session.machine(text)?;
    if session.is_standard(key) {
        return Ok(vec![key]);
    }
    let message = format!("{key} is an express state machine: Step Functions does not keep its executions.");
    Err(CliError::new(ErrorKind::Usage, message).try_this("Its log has them, where the service file asks for one."))
}

/// Those of some executions that exist.
async fn described(session: &Session, candidates: Vec<Arn>) -> Result<Vec<ExecutionDetail>, CliError> {
    let asking = candidates.into_iter().map(|arn| {
        let aws = session.aws.clone();
        async move { executions::describe(&aws, &arn).await }
    });
    let mut found = Vec::new();
    for answer in at_once(asking).await {
        found.extend(answer?);
    }
    Ok(found)
}

fn several<'a>(session: &Session, text: &str, found: impl Iterator<Item = &'a ExecutionDetail>) -> CliError {
    let mut machines: Vec<String> = found.map(|one| session.machine_shown(&one.execution.state_machine_arn)).collect();
    machines.sort();
    let message = format!("Several state machines have an execution `{}`.", visible(text));
    CliError::new(ErrorKind::Usage, message).try_this(format!("Say which with `--machine`: {}.", machines.join(", ")))
}

async fn nobody(session: &Session, global: &Global, text: &str, keys: &[&Key]) -> Result<CliError, CliError> {
    let recent = recent(session, global, keys.iter().copied(), None, RECENT).await?.executions;
    let known: Vec<&str> = recent.iter().map(|(_, execution)| execution.name.as_str()).collect();
    let hint = match nearest(text, &known) {
        Some(near) => format!("Did you mean `{near}`? `{}` lists them.", global.command("list")),
        None if known.is_empty() => format!("None was started yet: `{}`.", session.start_command(global)),
        None => format!("`{}` lists them.", global.command("list")),
    };
    Ok(not_there(text).try_this(hint))
}

fn not_there(text: &str) -> CliError {
    CliError::new(ErrorKind::NotFound, format!("There is no execution `{text}`."))
}
