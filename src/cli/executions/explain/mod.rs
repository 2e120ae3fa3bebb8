//! `workshop explain`: which permission a failed execution or a refused request lacked, and where to give it.

mod refusal;

use clap::Args;
use serde_json::json;

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::history::failure::Failure;
use crate::cli::history::find::{find, newest};
use crate::cli::session::{Session, embedded};
use crate::cli::ui::{Ui, visible};
use aws::executions;
use aws::history::HistoryEvent;
use cloud_server::ActivityReader;
pub(crate) use refusal::Refusal;

/// Options of `workshop explain`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop explain                         the execution that began last
  workshop explain taskone                 the statement that it lacked, and the line to add it to
  workshop explain --local 0b1c...         the same of a request of the embedded cloud, by its id
  workshop explain taskone --json          for a program

It reads the refusals that the history tells of: of tasks, and of what a function's code was refused. `workshop local logs`
shows the ids of requests.")]
pub(crate) struct ExplainArgs {
    /// The execution's name or ARN, or the id of a request to the embedded cloud [default: the execution that began last]
    #[arg(value_name = "EXECUTION|REQUEST-ID")]
    what: Option<String>,
    /// The state machine, where several have an execution of that name; or the one whose newest is meant
    #[arg(short, long, value_name = "MACHINE")]
    machine: Option<String>,
}

/// Runs `workshop explain`.
pub(crate) async fn run(args: ExplainArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let session = Session::open(global, ui).await?;
    if let Some(text) = args.what.as_deref().filter(|_| global.local)
        && let Some(told) = request(text)?
    {
        let refusals = Refusal::all(&session, [(None, told.as_str())]);
        return show(ui, global, text, &refusals, Some(told.clone()));
    }
    let machine = args.machine.as_deref();
    let found = match &args.what {
        Some(text) => find(&session, global, text, machine).await?,
        None => newest(&session, global, machine).await?,
    };
    let events = executions::history_after(&session.aws, &found.execution.execution_arn, 0).await?;
    let refusals = Refusal::all(&session, causes(&events));
    let failure = Failure::of(&events).and_then(|failure| failure.line());
    show(ui, global, &found.execution.name, &refusals, failure)
}

/// Every cause that a history has, with the state that it belongs to.
fn causes(events: &[HistoryEvent]) -> impl Iterator<Item = (Option<&str>, &str)> {
    let mut state = None;
    events.iter().filter_map(move |event| {
        if event.kind.ends_with("StateEntered") {
            state = event.state.as_deref();
        }
        event.cause.as_deref().map(|cause| (state, cause))
    })
}

/// What the embedded cloud's log says of a request that failed; none when it knows no request of this id.
fn request(id: &str) -> Result<Option<String>, CliError> {
    let path = embedded::data_dir()?.activity();
    let unreadable = |error| CliError::io(&format!("{} can't be read", path.display()), &error);
    let records = ActivityReader::new(path.clone()).read_all().map_err(unreadable)?;
    let is_it =
        |fields: &serde_json::Map<String, serde_json::Value>| fields.get("request_id").is_some_and(|known| known == id);
    let found = records.into_iter().rev().filter(|record| is_it(&record.fields)).map(|record| {
        let cause = record.fields.get("cause").and_then(serde_json::Value::as_str);
        cause.unwrap_or_default().to_owned()
    });
    let causes: Vec<String> = found.collect();
    // An endpoint's answer does not say why; what it was refused for stands before it.
    let cause = causes.iter().find(|cause| !cause.is_empty()).cloned();
    Ok((!causes.is_empty()).then(|| cause.unwrap_or_else(|| "It was answered without an error.".to_owned())))
}

fn show(ui: &Ui, global: &Global, name: &str, refusals: &[Refusal], failure: Option<String>) -> Result<(), CliError> {
    if ui.is_json() {
        return ui.json(&json!({"name": name, "failure": failure, "refusals": refusals}));
    }
    if refusals.is_empty() {
        let why =
            failure.map_or_else(|| "It did not fail.".to_owned(), |failure| format!("It failed otherwise: {failure}"));
        return Err(CliError::new(ErrorKind::NotFound, format!("{} lacked no permission.", visible(name)))
            .because(visible(&why)));
    }
    let deploy = global.command("deploy");
    let texts: Vec<String> = refusals.iter().map(|refusal| refusal.text(&deploy)).collect();
    ui.result(texts.join("\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_come_with_their_states() {
        let event = |kind: &str, state: Option<&str>, cause: Option<&str>| HistoryEvent {
            kind: kind.to_owned(),
            state: state.map(str::to_owned),
            cause: cause.map(str::to_owned),
            ..HistoryEvent::default()
        };
        let events = [
            event("TaskStateEntered", Some("Send"), None),
            event("TaskFailed", None, Some("no")),
            event("ExecutionFailed", None, Some("no")),
        ];
        let found: Vec<_> = causes(&events).collect();
        assert_eq!(found, [(Some("Send"), "no"), (Some("Send"), "no")]);
    }
}
