//! `workshop start`: posts to the deployed endpoint, as the lesson's curl does.

mod early;

use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::follow::{self, Options};
use crate::cli::global::Global;
use crate::cli::log_events::timing;
use crate::cli::session::Session;
use crate::cli::time::moment;
use crate::cli::time::when::{self, When};
use crate::cli::ui::{Tone, Ui, toned, visible};
use aws::clock;
use aws::endpoint;
use aws::http::{self, Answer};
use early::{Next, Tries};
use model::names::Arn;
use model::service::StateMachineKind;

/// The route that starts an execution, as the lesson has it.
const ROUTE: (&str, &str) = ("POST", "/start");

/// The longest that a standard execution, and so a Wait state, may last (Step Functions' quotas).
const LONGEST_WAIT_DAYS: i64 = 365;

/// Options of `workshop start`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop start --task taskone --at +90s                  in a minute and a half
  workshop start --task taskone --at 'tomorrow 9am'        on your clock
  workshop start --task taskone --at 1510842801000         the lesson's own: milliseconds since 1970
  workshop start --task taskone --at +10s --follow         and watch it until it ends
  workshop start --task taskone --at +10s --print-curl     print the curl command instead

WHEN is a Unix timestamp in milliseconds or seconds, a date and time (`2026-11-22 09:00`, 2026-11-22T09:00:00Z),
a delay (+90s, +1h30m, `in 2 minutes`) or a time (now, 9am, `today 17:30`, `tomorrow 9am`, `friday 9am`).")]
pub(crate) struct StartArgs {
    /// The task's name, which becomes the execution's
    #[arg(long, value_name = "NAME")]
    task: String,
    /// When it is to fire
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    at: String,
    /// Print the curl command that does the same, and do nothing
    #[arg(long, conflicts_with = "follow")]
    print_curl: bool,
    /// Go on to show the execution and its functions' log lines until it ends
    #[arg(long)]
    follow: bool,
}

impl StartArgs {
    /// Whether it stays until the execution ends.
    pub(crate) fn is_followed(&self) -> bool {
        self.follow
    }
}

/// Runs `workshop start`.
pub(crate) async fn run(args: StartArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let zone = TimeZone::system();
    let now = clock::now();
    let when = when::parse(&args.at, &now.to_zoned(zone.clone()))
        .map_err(|error| CliError::new(ErrorKind::Usage, error.to_string()).try_this(when::ACCEPTED))?;
    let session = Session::open(global, ui).await?;
    let url = start_url(&session, global).await?;
    let body = body(&args.task, when.at);
    if args.print_curl {
        return ui.result(curl(&url, &body));
    }
    if !ui.is_json() {
        warnings(&when, now).iter().for_each(|warning| ui.note(toned(Tone::Warning, warning)));
    }
    let machines = &session.project.service.state_machines;
    let is_repeatable = machines.values().all(|machine| machine.kind == StateMachineKind::Standard);
    let answer = post(ui, &url, body, &args.task, Tries::new(is_repeatable), global).await?;
    print(ui, &args, &when, &url, &answer, &zone)?;
    if args.follow { follow_to_its_end(&session, ui, global, &args.task, &answer).await } else { Ok(()) }
}

/// The endpoint's URL, as the API returns it.
async fn start_url(session: &Session, global: &Global) -> Result<String, CliError> {
    let routes = &session.project.service.routes;
    let (method, path) = ROUTE;
    if !routes.iter().any(|route| route.path == path && (route.method == method || route.method == "ANY")) {
        let declared: Vec<String> = routes.iter().map(model::service::Route::key).collect();
        let hint =
            format!("Its routes are: {}.", if declared.is_empty() { "none".into() } else { declared.join(", ") });
        let message = format!("`start` posts to the route {method} {path}, and the service declares none.");
        return Err(CliError::new(ErrorKind::Project, message).try_this(hint));
    }
    match endpoint::stage_url(&session.aws, &session.stack).await? {
        Some(url) => Ok(format!("{url}{path}")),
        None => Err(session.not_deployed(global)),
    }
}

/// The request's body, spaced as in the lesson.
fn body(task: &str, at: Timestamp) -> String {
    format!(r#"{{"taskName": {}, "startAt": {}}}"#, json!(task), at.as_millisecond())
}

/// The lesson's curl command.
fn curl(url: &str, body: &str) -> String {
    let body = shell_quoted(body);
    let url = shell_quoted(url);
    format!(r#"curl -vvv -X POST -d {body} -H "Content-Type: application/json" {url}"#)
}

/// A text as one word of a POSIX shell.
fn shell_quoted(text: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(safe) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// What is to be said about a moment before it is used.
fn warnings(when: &When, now: Timestamp) -> Vec<String> {
    let mut said: Vec<String> = when.note.iter().cloned().collect();
    let ahead_ms = moment::ms_between(now, when.at);
    if ahead_ms < 0 && when.read_as != "now" {
        said.push(format!(
            "{} lies in the past ({}): the wait passes at once.",
            moment::utc(when.at),
            moment::relative(when.at, now)
        ));
    }
    if ahead_ms > LONGEST_WAIT_DAYS * 86_400_000 {
        said.push(format!(
            "{} is more than a year ahead, the longest that Step Functions waits: the execution will time out first.",
            moment::utc(when.at)
        ));
    }
    said
}

/// Posts, and posts again while API Gateway does not know the new endpoint.
async fn post(
    ui: &Ui,
    url: &str,
    body: String,
    task: &str,
    mut tries: Tries,
    global: &Global,
) -> Result<Value, CliError> {
    let progress = ui.progress();
    progress.set_message(format!("POST {url}"));
    let since = clock::now();
    let answer = loop {
        let answer = http::post_json(url, body.clone()).await.map_err(|error| {
            CliError::new(ErrorKind::Unreachable, format!("The endpoint {url} can't be reached."))
                .because(aws::error::error_chain(&error))
                .try_this(format!("Check that it is deployed: `{}`.", global.command("info")))
        })?;
        let elapsed = Duration::try_from(clock::now().duration_since(since)).unwrap_or_default();
        match tries.next(&answer, elapsed) {
            Next::Take => break answer,
            Next::TryAgain(news, pause) => {
                if let Some(news) = news.filter(|_| !ui.is_json()) {
                    progress.suspend(|| ui.note(toned(Tone::Warning, news)));
                }
                clock::pause(pause).await;
            }
        }
    };
    progress.finish_and_clear();
    match serde_json::from_str(&answer.body) {
        Ok(body) if answer.status == 200 => Ok(body),
        body => {
            let failure = refused(url, &answer, body.ok().as_ref(), global);
            Err(match tries.may_have_started() {
                Some(status) if answer.status == 409 => taken_by_us(failure, status, task, global),
                _ => failure,
            })
        }
    }
}

/// The name is taken, perhaps by an earlier try of this very command.
fn taken_by_us(failure: CliError, status: u16, task: &str, global: &Global) -> CliError {
    let show = global.command("show");
    failure
        .because(format!("An earlier try of this command was answered {status} and may have started it all the same."))
        .try_this(format!("Look at it: `{show} {task}`. If it is not yours, take another `--task` name."))
}

/// What an answer other than 200 means.
fn refused(url: &str, answer: &Answer, body: Option<&Value>, global: &Global) -> CliError {
    let text = |key: &str| body.and_then(|body| body.get(key)?.as_str());
    let its_log = format!("`{} -f startStateMachine`", global.command("logs"));
    let message = text("message").unwrap_or_else(|| answer.body.trim());
    let coded = text("error").is_some();
    match answer.status {
        status if coded => {
            let sentence = if message.ends_with('.') { message.to_owned() } else { format!("{message}.") };
            let failure = CliError::new(ErrorKind::Refused, sentence);
            match status {
                409 => failure.try_this(format!(
                    "Take another `--task` name, or look at the one that has it: `{}`.",
                    global.command("list")
                )),
                500.. => failure.try_this(format!("Its log says more: {its_log}.")),
                _ => failure,
            }
        }
        403 | 404 => {
            CliError::new(ErrorKind::NotFound, format!("The endpoint {url} answers {}: {message}.", answer.status))
                .try_this(format!("The stage or the route is missing. Run `{}` again.", global.command("deploy")))
        }
        429 => CliError::new(ErrorKind::Refused, "The endpoint has had too many requests.")
            .try_this("Wait a second and run it again; the limit is `throttle` in definitions/service.toml."),
        200 => {
            CliError::new(ErrorKind::Workflow, format!("The endpoint {url} did not answer with JSON.")).because(message)
        }
        status => {
            let kind = if status >= 500 { ErrorKind::Workflow } else { ErrorKind::Refused };
            CliError::new(kind, format!("The endpoint {url} failed with status {status}."))
                .because(message)
                .try_this(format!("The function's log says why: {its_log}."))
        }
    }
}

/// Prints the answer.
fn print(ui: &Ui, args: &StartArgs, when: &When, url: &str, answer: &Value, zone: &TimeZone) -> Result<(), CliError> {
    if ui.is_json() {
        let started = json!({"kind": "started", "url": url, "startAt": when.at.as_millisecond(), "answer": answer});
        return if args.follow { ui.json_line(&started) } else { ui.json(&started) };
    }
    ui.result(started(when, answer, clock::now(), zone))
}

/// The endpoint's answer as people read it.
fn started(when: &When, answer: &Value, now: Timestamp, zone: &TimeZone) -> String {
    let text = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str).map(visible);
    let mut lines = vec![toned(Tone::Good, text("/message").unwrap_or_else(|| "Started.".to_owned()))];
    let mut say = |name: &str, value: String| {
        lines.push(format!("  {}  {value}", toned(Tone::Faint, format!("{name:<9}"))));
    };
    say("fires", format!("{}, {}", moment::local(when.at, zone), moment::relative(when.at, now)));
    say("in UTC", moment::utc(when.at));
    say("read as", when.read_as.clone());
    for (name, pointer) in
        [("name", "/params/name"), ("machine", "/params/stateMachineArn"), ("input", "/params/input")]
    {
        if let Some(value) = text(pointer) {
            say(name, value);
        }
    }
    if let Some(arn) = text("/executionArn") {
        say("execution", arn);
    }
    lines.join("\n")
}

async fn follow_to_its_end(
    session: &Session,
    ui: &Ui,
    global: &Global,
    task: &str,
    answer: &Value,
) -> Result<(), CliError> {
    let Some(arn) = answer.get("executionArn").and_then(Value::as_str) else {
        let message = "The endpoint did not say which execution it started, so that it can't be followed.";
        return Err(CliError::new(ErrorKind::Failed, message));
    };
    if !ui.is_json() {
        ui.result("")?;
    }
    let options = Options {
        execution: Arn::new(arn),
        interval: timing::interval(global, None),
        lag: timing::last_lines(global),
        until_end: true,
        filter: None,
    };
    let end = match follow::follow(&session.aws, ui, &options).await {
        Err(error) if error.kind == ErrorKind::NotFound => {
            return Err(error.try_this(format!("It was just started: try `{} {task}`.", global.command("show"))));
        }
        other => other?,
    };
    end.and_then(|end| follow::failure(task, &end)).map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests;
