//! `workshop invoke`: runs a function once and prints what it answers.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::executions::input::{self, Input};
use crate::cli::global::Global;
use crate::cli::history::failure::failure_text;
use crate::cli::session::Session;
use crate::cli::ui::{Tone, Ui, toned, visible};
use aws::invoke::{self, Invocation, InvocationMode};
use model::names::Key;
use model::stack::LIVE;

/// Options of `workshop invoke`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop invoke -f sendEmail                                      with the input {}
  workshop invoke -f sendEmail -d '{\"taskName\": \"taskone\"}' -l      and show the end of its log
  workshop invoke -f sendEmail -p event.json                        input from a file
  workshop invoke -f sendEmail -q 3                                 version 3 instead of the one that is live
  echo '{}' | workshop invoke -f sendEmail -t Event                 do not wait for its answer

The live version runs, which the endpoint calls too: what was deployed last, or what `rollback` returned to.")]
pub(crate) struct InvokeArgs {
    /// The function, by its name in the service file or its deployed name
    #[arg(short, long, value_name = "NAME")]
    function: String,
    /// The version or alias to run: a number, `$LATEST`, an alias of yours
    #[arg(short, long, value_name = "VERSION", default_value = LIVE)]
    qualifier: String,
    /// The input: JSON, @FILE, or - for stdin [default: what comes in on stdin, else {}]
    #[arg(short, long, value_name = "JSON", allow_hyphen_values = true)]
    data: Option<String>,
    /// A file with the input
    #[arg(short, long, value_name = "FILE", conflicts_with = "data")]
    path: Option<PathBuf>,
    /// Pass the input as a string, not as JSON
    #[arg(long)]
    raw: bool,
    /// How to invoke it
    #[arg(short = 't', long = "type", value_enum, ignore_case = true, default_value_t = Kind::RequestResponse, value_name = "TYPE")]
    kind: Kind,
    /// Print the end of its log (4 KB) on stdout, below the answer; without this it goes to stderr
    #[arg(short, long)]
    log: bool,
}

/// How to invoke, as Lambda names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Wait for the answer
    #[value(name = "RequestResponse")]
    RequestResponse,
    /// Hand the event over and do not wait
    #[value(name = "Event")]
    Event,
    /// Only check that it could be invoked
    #[value(name = "DryRun")]
    DryRun,
}

/// Runs `workshop invoke`.
pub(crate) async fn run(args: InvokeArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let payload = payload(&args).await?;
    let session = Session::open(global, ui).await?;
    let key = session.function(&args.function)?;
    let name = session.stack.function_name(key);
    let mode = match args.kind {
        Kind::RequestResponse => InvocationMode::RequestResponse,
        Kind::Event => InvocationMode::Event,
        Kind::DryRun => InvocationMode::DryRun,
    };
    let progress = ui.progress();
    progress.set_message(format!("{key} runs"));
    let tail = mode == InvocationMode::RequestResponse;
    let answer = invoke::invoke(&session.aws, &name, &args.qualifier, payload.into_bytes(), mode, tail).await;
    progress.finish_and_clear();
    let answer = match answer {
        Err(error) if error.is_not_found() && args.qualifier == LIVE => return Err(session.not_deployed(global)),
        Err(error) if error.is_not_found() => return Err(no_such_version(key, &args.qualifier, global)),
        other => other?,
    };
    if ui.is_json() {
        ui.json(&as_json(&answer))?;
    } else {
        match mode {
            InvocationMode::RequestResponse => {
                ui.result(pretty_payload(&answer))?;
                match log(&answer) {
                    Some(log) if args.log => ui.result(log)?,
                    log => log.iter().for_each(|log| ui.note(log)),
                }
            }
            InvocationMode::Event => ui.note(format!(
                "{key} has the event and works on it; `{} -f {key} -t` shows it.",
                global.command("logs")
            )),
            InvocationMode::DryRun => ui.note(format!("{key} is there and you may invoke it.")),
        }
    }
    failure(key.as_str(), &answer).map_or(Ok(()), Err)
}

fn no_such_version(key: &Key, qualifier: &str, global: &Global) -> CliError {
    let message = format!("{key} has no version or alias `{qualifier}`, or is not deployed.");
    let hint =
        format!("`{}` lists its versions; without -q the live one runs.", global.command("deploy list functions"));
    CliError::new(ErrorKind::NotFound, message).try_this(hint)
}

/// The payload, from wherever the input comes: JSON as it is, a raw text as a JSON string, nothing as `{}`.
async fn payload(args: &InvokeArgs) -> Result<String, CliError> {
    let input = match (&args.data, &args.path) {
        (Some(text), _) if args.raw => Input { text: text.clone(), from: "The input".to_owned() },
        (Some(data), _) => input::of_data(data).await?,
        (None, Some(path)) => input::of_file(path)?,
        (None, None) if std::io::stdin().is_terminal() => return Ok("{}".to_owned()),
        (None, None) => input::stdin().await?,
    };
    if args.raw {
        return Ok(json!(input.text).to_string());
    }
    input.json().map_err(|error| match error.kind {
        ErrorKind::Usage => error
            .try_this("Quote it for your shell (-d '{\"taskName\": \"taskone\"}'), or pass it as a string with --raw."),
        _ => error,
    })
}

fn as_json(answer: &Invocation) -> Value {
    let text = String::from_utf8_lossy(&answer.payload);
    json!({
        "statusCode": answer.status,
        "functionError": answer.function_error,
        "executedVersion": answer.executed_version,
        "payload": serde_json::from_str(&text).unwrap_or(Value::String(text.into_owned())),
        "logTail": answer.log_tail,
    })
}

/// The answer as indented JSON.
fn pretty_payload(answer: &Invocation) -> String {
    let payload = String::from_utf8_lossy(&answer.payload);
    let parsed = serde_json::from_str::<Value>(&payload).and_then(|value| serde_json::to_string_pretty(&value));
    visible(&parsed.unwrap_or_else(|_| payload.into_owned()))
}

/// The end of the log under a rule.
fn log(answer: &Invocation) -> Option<String> {
    let log = answer.log_tail.as_ref()?;
    let rule = toned(Tone::Faint, "-".repeat(68));
    Some(format!("{rule}\n{}", visible(&log.replace("\r\n", "\n")).trim_end()))
}

/// The failure of a function that ended in an error.
fn failure(key: &str, answer: &Invocation) -> Option<CliError> {
    answer.function_error.as_ref()?;
    let payload: Value = serde_json::from_slice(&answer.payload).unwrap_or_default();
    let part = |name: &str| payload.get(name).and_then(Value::as_str);
    let failure = CliError::new(ErrorKind::Workflow, format!("The function {key} ended in an error."));
    Some(match failure_text(part("errorType"), part("errorMessage")) {
        Some(reason) => failure.because(reason),
        None => failure,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(payload: &str, function_error: Option<&str>, log: Option<&str>) -> Invocation {
        Invocation {
            status: 200,
            function_error: function_error.map(str::to_owned),
            executed_version: None,
            payload: payload.as_bytes().to_vec(),
            log_tail: log.map(str::to_owned),
        }
    }

    #[test]
    fn answers_are_shown_as_json_with_the_log_under_a_rule() {
        let answered = answer(r#"{"statusCode":200}"#, None, Some("START RequestId: 1\nhi\u{1b}[2J\n"));
        let text = format!("{}\n{}", pretty_payload(&answered), log(&answered).unwrap());
        insta::assert_snapshot!(anstream::adapter::strip_str(&text), @r#"
        {
          "statusCode": 200
        }
        --------------------------------------------------------------------
        START RequestId: 1
        hi\u{1b}[2J
        "#);
        let bare = answer("no json\u{7}", None, None);
        assert_eq!((pretty_payload(&bare), log(&bare)), ("no json\\u{7}".to_owned(), None));
    }

    #[test]
    fn a_functions_error_is_a_failure() {
        assert!(failure("f", &answer("{}", None, None)).is_none());
        let payload = r#"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: 1 Error: exit status 1"}"#;
        let failed = failure("f", &answer(payload, Some("Unhandled"), None)).unwrap();
        assert_eq!(failed.kind, ErrorKind::Workflow);
        assert_eq!(failed.cause.as_deref(), Some("Runtime.ExitError: RequestId: 1 Error: exit status 1"));
        assert!(failure("f", &answer("no json", Some("Unhandled"), None)).unwrap().cause.is_none());
    }
}
