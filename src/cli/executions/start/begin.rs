//! Starts any state machine of the service through Step Functions, and perhaps waits for what comes out.

use serde_json::{Value, json};

use super::name::invented;
use crate::cli::error::{CliError, ErrorKind};
use crate::cli::executions::input;
use crate::cli::executions::until_end;
use crate::cli::follow;
use crate::cli::global::Global;
use crate::cli::history::timeline::abbreviated;
use crate::cli::session::Session;
use crate::cli::ui::{Tone, Ui, toned, visible};
use aws::AwsError;
use aws::executions::ExecutionDetail;
use aws::start::{self, Names, Started};
use model::names::{Arn, Key};

/// What is to be started.
#[derive(Debug)]
pub(super) struct Begin {
    pub(super) machine: Option<String>,
    pub(super) data: Option<String>,
    pub(super) name: Option<String>,
    pub(super) sync: bool,
    pub(super) follow: bool,
}

/// The state machine, name and input of an execution.
struct Request<'a> {
    key: &'a Key,
    machine: Arn,
    name: String,
    input: String,
}

/// Starts an execution.
pub(super) async fn run(begin: Begin, global: &Global, ui: &Ui) -> Result<(), CliError> {
    // Read before anything is asked, so that a typing error is told at once.
    let input = match &begin.data {
        Some(data) => input::of_data(data).await?.json()?,
        None => "{}".to_owned(),
    };
    let session = Session::open(global, ui).await?;
    session.note_moved_clock(ui);
    let key = session.machine_or_only(begin.machine.as_deref())?;
    let name = begin.name.unwrap_or_else(|| invented(key.as_str(), &session.aws.random));
    let request = Request { key, machine: session.stack.state_machine_arn(key), name, input };
    match (session.is_standard(key), begin.sync) {
        (false, true) => return at_once(&session, global, ui, &request).await,
        (false, false) if begin.follow => return Err(express_has_no_history(key, global)),
        _ => {}
    }
    let names = if session.is_standard(key) { Names::Unique } else { Names::Shared };
    let started = start::start(&session.aws, &request.machine, &request.name, &request.input, names).await;
    let started = started.map_err(|error| refused(error, &session, global, &request))?;
    if begin.sync {
        if !ui.is_json() {
            ui.note(toned(Tone::Faint, format!("Started {}.", visible(&request.name))));
        }
        let ended = until_end::ended(&session, ui, global, &started.execution_arn).await?;
        return print_output(&session, ui, &ended);
    }
    print(ui, begin.follow, &request, &started)?;
    if begin.follow {
        return until_end::follow(&session, ui, global, &request.name, started.execution_arn).await;
    }
    if !ui.is_json() {
        ui.note(toned(Tone::Faint, what_next(&session, global, &request)));
    }
    Ok(())
}

/// An express execution whose end the same call waits for.
async fn at_once(session: &Session, global: &Global, ui: &Ui, request: &Request<'_>) -> Result<(), CliError> {
    let progress = ui.progress();
    progress.set_message(format!("{} runs", visible(&request.name)));
    let ended = start::start_sync(&session.aws, &request.machine, &request.name, &request.input).await;
    progress.finish_and_clear();
    print_output(session, ui, &ended.map_err(|error| refused(error, session, global, request))?)
}

/// What a refusal means.
fn refused(error: AwsError, session: &Session, global: &Global, request: &Request<'_>) -> CliError {
    if error.is_not_found() {
        return session.not_deployed(global);
    }
    if !error.is("ExecutionAlreadyExists") {
        return error.into();
    }
    let name = visible(&request.name);
    CliError::new(ErrorKind::Refused, format!("{} has an execution `{name}` already.", request.key)).try_this(format!(
        "Take another `--name`, or none: one is invented. `{} {name}` shows the one that has it.",
        global.command("show")
    ))
}

fn express_has_no_history(key: &Key, global: &Global) -> CliError {
    let message = format!("{key} is an express state machine: its executions can't be followed.");
    let hint = format!("`{} {key} --sync` waits for its output and prints that.", global.command("start"));
    CliError::new(ErrorKind::Usage, message).try_this(hint)
}

/// How to go on from here.
fn what_next(session: &Session, global: &Global, request: &Request<'_>) -> String {
    if session.is_standard(request.key) {
        format!("`{} {}` shows how it goes.", global.command("show"), request.name)
    } else {
        format!(
            "It is an express execution: only its log shows how it goes. `{} {} --sync` waits for its output.",
            global.command("start"),
            request.key
        )
    }
}

/// Says what was started.
fn print(ui: &Ui, follow: bool, request: &Request<'_>, started: &Started) -> Result<(), CliError> {
    if ui.is_json() {
        let value = json!({
            "kind": "started",
            "name": request.name,
            "stateMachineArn": request.machine.as_str(),
            "executionArn": started.execution_arn.as_str(),
            "startDate": started.start_date,
            "input": request.input,
        });
        return if follow { ui.json_line(&value) } else { ui.json(&value) };
    }
    ui.result(told(request, started))
}

fn told(request: &Request<'_>, started: &Started) -> String {
    let mut lines = vec![toned(Tone::Good, format!("Started {}.", visible(&request.name)))];
    let mut say = |name: &str, value: String| {
        lines.push(format!("  {}  {value}", toned(Tone::Faint, format!("{name:<9}"))));
    };
    say("machine", visible(request.machine.last_part()));
    say("input", abbreviated(&request.input));
    say("execution", visible(started.execution_arn.as_str()));
    lines.join("\n")
}

/// Prints what came out of an execution that has ended; one that did not succeed is a failure.
fn print_output(session: &Session, ui: &Ui, ended: &ExecutionDetail) -> Result<(), CliError> {
    if ui.is_json() {
        ui.json(&json!(ended))?;
    } else if let Some(output) = &ended.output {
        let pretty = serde_json::from_str::<Value>(output).and_then(|value| serde_json::to_string_pretty(&value));
        ui.result(visible(&pretty.unwrap_or_else(|_| output.clone())))?;
    }
    let with_hint = |failure| until_end::with_hint(session, failure, ended.cause.as_deref());
    follow::detail_failure(ended).map_or(Ok(()), |failure| Err(with_hint(failure)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_started_is_told() {
        let key = Key::parse("order").unwrap();
        let machine = Arn::new("arn:aws:states:eu-west-1:1:stateMachine:shop-dev-order");
        let request =
            Request { key: &key, machine, name: "order-1\u{1b}".to_owned(), input: "{ \"id\": 7 }".to_owned() };
        let execution_arn = Arn::new("arn:aws:states:eu-west-1:1:execution:shop-dev-order:order-1");
        let started = Started { execution_arn, start_date: "2026-11-22T08:00:00Z".parse().unwrap() };
        insta::assert_snapshot!(anstream::adapter::strip_str(&told(&request, &started)), @r#"
        Started order-1\u{1b}.
          machine    shop-dev-order
          input      {"id":7}
          execution  arn:aws:states:eu-west-1:1:execution:shop-dev-order:order-1
        "#);
    }
}
