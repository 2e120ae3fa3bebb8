//! The deployed state machine runs the case's input: what it calls is called, whatever the mocks say.

use aws::start::{self, Names};

use super::judged::{Judged, Seen, unique};
use super::watched::observed;
use crate::cli::error::CliError;
use crate::cli::executions::until_end;
use crate::cli::global::Global;
use crate::cli::session::Session;
use crate::cli::ui::Ui;

/// Runs the case.
///
/// # Errors
/// A call failed, for another reason than the case's own.
pub(in crate::cli::make) async fn see(
    judged: &Judged<'_>,
    session: &Session,
    global: &Global,
    ui: &Ui,
) -> Result<Seen, CliError> {
    let mut keys = session.project.service.state_machines.keys();
    let Some(key) = keys.find(|key| key.as_str() == judged.machine.name) else {
        return Ok(Err("its definition is in a file of its own and is not deployed".to_owned()));
    };
    if judged.machine.subject.is_express {
        return Ok(Err("an express execution has no history".to_owned()));
    }
    let machine = session.stack.state_machine_arn(key);
    let name = unique(&session.aws);
    let input = judged.case.input.to_string();
    let started = match start::start(&session.aws, &machine, &name, &input, Names::Unique).await {
        Ok(started) => started,
        Err(error) if error.is_not_found() => return Ok(Err(format!("{} is not deployed", machine.last_part()))),
        Err(error) => return Err(error.into()),
    };
    let detail = until_end::ended(session, ui, global, &started.execution_arn).await?;
    Ok(Ok(observed(&session.aws, &detail).await?.run()))
}
