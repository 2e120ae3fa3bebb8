//! `workshop fork NAME`: a new execution in the embedded cloud begins where another one was.

use std::path::{Path, PathBuf};

use clap::Args;
use cloud_server::ForkRequest;
use cloud_server::lifecycle;
use serde_json::{Value, json};

use super::start::invented;
use crate::cli::error::{CliError, ErrorKind};
use crate::cli::executions::{input, until_end};
use crate::cli::global::Global;
use crate::cli::history::find::find;
use crate::cli::session::project::{self, DefinitionContent};
use crate::cli::session::{Session, embedded};
use crate::cli::ui::{Tone, Ui, toned, visible};
use aws::executions;
use model::names::{Arn, Key};

/// Options of `workshop fork`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop fork order-4r7k --local                        again from where it failed, as a new execution
  workshop fork order-4r7k --local --at 12 -d '{\"id\": 7}'  from the state of event 12, with another input
  workshop fork order-4r7k --local --definition fixed.asl.json --follow
  workshop fork order-4r7k --at 12                        an execution on AWS: forked on this machine

The state that the event belongs to begins anew, and so does what had not ended beside it; the results of branches and
iterations that had ended stay, and variables are as they were. `show --json` has the numbers of the events. The new execution
always runs in the embedded cloud, where the service must be deployed; what it calls is called there.")]
pub(crate) struct ForkArgs {
    /// The execution's name or ARN
    #[arg(value_name = "NAME")]
    execution: String,
    /// The state machine, where several have an execution of that name
    #[arg(short, long, value_name = "MACHINE")]
    machine: Option<String>,
    /// The number of the event at which it begins [default: the last one]
    #[arg(long, value_name = "EVENT")]
    at: Option<u64>,
    /// Another input for the state that begins: JSON, @FILE or - for stdin
    #[arg(short = 'd', long, visible_alias = "data", value_name = "JSON")]
    input: Option<String>,
    /// Another definition, as the service file would name it
    #[arg(long, value_name = "FILE")]
    definition: Option<PathBuf>,
    /// The new execution's name [default: invented]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Stay until it ends: show what it and its functions do
    #[arg(long)]
    follow: bool,
}

impl ForkArgs {
    /// Whether it stays until the execution ends.
    pub(crate) fn is_followed(&self) -> bool {
        self.follow
    }
}

/// Runs `workshop fork`.
pub(crate) async fn run(args: &ForkArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let input = match &args.input {
        Some(data) => Some(input::of_data(data).await?.json()?),
        None => None,
    };
    let session = Session::open(global, ui).await?;
    let found = find(&session, global, &args.execution, args.machine.as_deref()).await?.execution;
    let name = args.name.clone().unwrap_or_else(|| invented(&format!("{}-fork", found.name), &session.aws.random));
    let mut request = ForkRequest {
        execution_arn: None,
        state_machine_arn: None,
        history: None,
        history_definition: None,
        at_event: args.at,
        input,
        definition: None,
        name: Some(name.clone()),
    };
    let here = Global { local: true, profile: None, ..global.clone() };
    let local = if global.local { session.clone() } else { Session::of(session.project.clone(), &here, ui).await? };
    if global.local {
        request.execution_arn = Some(found.execution_arn.as_str().to_owned());
    } else {
        let key = key_of(&session, &found.state_machine_arn)?;
        request.state_machine_arn = Some(local.stack.state_machine_arn(key).to_string());
        request.history = Some(executions::past_events(&session.aws, &found.execution_arn).await?);
        request.history_definition = Some(executions::definition(&session.aws, &found.execution_arn).await?);
    }
    if let Some(file) = &args.definition {
        request.definition = Some(definition(file, &local)?);
    }
    let data_dir = embedded::data_dir()?;
    let running = lifecycle::ensure_running(&data_dir).await?;
    let forked = lifecycle::fork(&data_dir, &running.ready, &request).await.map_err(|error| refused(error, &here))?;
    print(ui, args, &found.name, &name, &forked)?;
    if args.follow {
        let arn = Arn::new(forked["executionArn"].as_str().unwrap_or_default());
        return until_end::follow(&local, ui, &here, &name, arn).await;
    }
    if !ui.is_json() {
        ui.note(toned(Tone::Faint, format!("`{} {}` shows how it goes.", here.command("show"), visible(&name))));
    }
    Ok(())
}

/// The state machine of the service that an execution on AWS is of.
fn key_of<'a>(session: &'a Session, machine: &Arn) -> Result<&'a Key, CliError> {
    let keys = session.project.service.state_machines.keys();
    let mut own = keys.filter(|key| session.stack.state_machine_arn(key) == *machine);
    own.next().ok_or_else(|| {
        let message = format!("{} is no state machine of this project.", visible(machine.last_part()));
        CliError::new(ErrorKind::NotFound, message)
            .try_this("Run `fork` in that project's folder: its state machine runs the fork, in the embedded cloud.")
    })
}

/// A definition with the values of the local stack.
fn definition(file: &Path, local: &Session) -> Result<String, CliError> {
    let shown = file.display().to_string();
    let content = DefinitionContent::File { source: project::read(file, &shown)?, path: Some(file.to_owned()) };
    Ok(content.definition()?.resolve(&local.stack).json)
}

fn refused(error: lifecycle::LifecycleError, here: &Global) -> CliError {
    let missing = matches!(&error, lifecycle::LifecycleError::Refused { message }
        if message.starts_with("State Machine Does Not Exist"));
    if missing {
        return CliError::new(ErrorKind::NotFound, error.to_string())
            .try_this(format!("A fork runs in the embedded cloud: `{}` first.", here.command("deploy")));
    }
    error.into()
}

fn print(ui: &Ui, args: &ForkArgs, of: &str, name: &str, forked: &Value) -> Result<(), CliError> {
    if ui.is_json() {
        let value = json!({
            "kind": "forked",
            "name": name,
            "executionArn": forked["executionArn"],
            "startDate": moment(&forked["startDate"]),
            "forkOf": of,
            "takenOver": forked["takenOver"],
        });
        return if args.follow { ui.json_line(&value) } else { ui.json(&value) };
    }
    ui.result(told(of, name, args.definition.as_deref(), args.input.is_some(), &forked["takenOver"]))
}

/// A moment as all commands print it, from seconds since 1970.
fn moment(seconds: &Value) -> Option<String> {
    let milliseconds = seconds.as_f64()? * 1000.0;
    jiff::Timestamp::from_millisecond(milliseconds.round() as i64).ok().map(|moment| moment.to_string())
}

/// What was forked, and what it took over.
fn told(of: &str, name: &str, definition: Option<&Path>, has_input: bool, taken_over: &Value) -> String {
    let mut lines = vec![toned(Tone::Good, format!("Forked {} as {}.", visible(of), visible(name)))];
    let mut say = |name: &str, value: String| {
        lines.push(format!("  {}  {value}", toned(Tone::Faint, format!("{name:<10}"))));
    };
    let list = |member: &str| taken_over[member].as_array().cloned().unwrap_or_default();
    for begins in list("begins") {
        say("begins", begun(&begins, has_input));
    }
    for kept in list("results") {
        let count = kept["count"].as_u64().unwrap_or_default();
        let results = if count == 1 { "result" } else { "results" };
        say("keeps", format!("{count} {results} of {}", visible(kept["state"].as_str().unwrap_or_default())));
    }
    let variables: Vec<String> = list("variables").iter().filter_map(|it| it.as_str().map(visible)).collect();
    if !variables.is_empty() {
        say("variables", variables.join(", "));
    }
    if let Some(file) = definition {
        say("definition", visible(&file.display().to_string()));
    }
    lines.join("\n")
}

fn begun(begins: &Value, has_input: bool) -> String {
    let state = visible(begins["state"].as_str().unwrap_or_default());
    let around = begins["inside"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let around: Vec<String> = around.map(visible).collect();
    let inside = if around.is_empty() { String::new() } else { format!(" in {}", around.join(", ")) };
    let event = begins["enteredEventId"].as_u64().unwrap_or_default();
    let input = if has_input { "the input that you give".to_owned() } else { format!("its input of event {event}") };
    let mut text = format!("{state}{inside}, with {input}");
    if begins["runsChildrenAgain"] == true {
        text.push_str("; all its items are processed again");
    } else if begins["wasOpen"] == true {
        text.push_str("; it had not ended, and what it calls is called again");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_over_is_told() {
        let taken_over = json!({
            "begins": [
                {"state": "Charge", "inside": ["Each[2]"], "enteredEventId": 12, "wasOpen": true, "runsChildrenAgain": false},
                {"state": "Send\u{1b}", "inside": [], "enteredEventId": 4, "wasOpen": false, "runsChildrenAgain": false},
            ],
            "results": [{"state": "Each", "count": 2}],
            "variables": ["total"],
        });
        let told = told("order-1", "order-1-fork", Some(Path::new("fixed.asl.json")), false, &taken_over);
        insta::assert_snapshot!(anstream::adapter::strip_str(&told), @r"
        Forked order-1 as order-1-fork.
          begins      Charge in Each[2], with its input of event 12; it had not ended, and what it calls is called again
          begins      Send\u{1b}, with its input of event 4
          keeps       2 results of Each
          variables   total
          definition  fixed.asl.json
        ");
    }
}
