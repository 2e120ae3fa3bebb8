//! `workshop start --task --at`: posts to the deployed endpoint, as the lesson's curl does.

mod early;

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::executions::until_end;
use crate::cli::global::Global;
use crate::cli::session::{Session, addresses};
use crate::cli::time::moment;
use crate::cli::time::when::{self, When};
use crate::cli::ui::{Tone, Ui, toned, visible};
use aws::clock;
use aws::endpoint;
use aws::http::{self, Answer};
use early::{Next, Tries};
use model::names::{Arn, Key};
use model::service::{Route, Service, StateMachineKind};
use model::stack::Stack;

/// The route that starts an execution, as the lesson has it.
const ROUTE: (&str, &str) = ("POST", "/start");

/// The longest that a standard execution, and so a Wait state, may last (Step Functions' quotas).
const LONGEST_WAIT_DAYS: i64 = 365;

/// The environment variable that holds the key.
pub(super) const KEY_VARIABLE: &str = "WORKSHOP_START_KEY";

/// A key that the endpoint asks for. It is shown nowhere.
#[derive(Clone)]
pub(crate) struct StartKey(String);

impl fmt::Debug for StartKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StartKey")
    }
}

impl StartKey {
    /// A header holds visible ASCII; a key with anything else could not be sent.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            true => Ok(Self(text.to_owned())),
            false => Err("a key holds visible ASCII characters and no space".to_owned()),
        }
    }

    fn header(&self) -> String {
        format!("Bearer {}", self.0)
    }
}

/// What is posted: the lesson's task and its moment.
#[derive(Debug)]
pub(super) struct Task {
    /// The task's name, which becomes the execution's.
    pub(super) name: String,
    /// When it is to fire, as it was typed.
    pub(super) at: String,
    /// The key that the endpoint asks for.
    pub(super) key: Option<StartKey>,
    /// Whether the curl command is printed instead.
    pub(super) print_curl: bool,
    /// Whether it is followed until it ends.
    pub(super) follow: bool,
}

/// Posts a task to the lesson's route.
pub(super) async fn run(task: Task, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let zone = TimeZone::system();
    // Read before anything is asked, so that a typing error is told at once; then by the cloud's clock.
    moment_to_fire(&task.at, clock::now(), &zone)?;
    let session = Session::open(global, ui).await?;
    session.note_moved_clock(ui);
    let now = session.aws.now().await;
    let when = moment_to_fire(&task.at, now, &zone)?;
    check_ahead(when.at, now)?;
    let url = start_url(&session, global).await?;
    let body = body(&task.name, when.at);
    let notes = warnings(&when, now);
    // As JSON they are a part of the result.
    if !ui.is_json() || task.print_curl {
        notes.iter().for_each(|note| ui.note(toned(Tone::Warning, note)));
    }
    if task.print_curl {
        return ui.result(curl(&addresses::callable(&url, global).await, &body, task.key.is_some()));
    }
    let machines = &session.project.service.state_machines;
    let is_repeatable = machines.values().all(|machine| machine.kind == StateMachineKind::Standard);
    let answer =
        post(ui, &Post { url: &url, body, key: task.key.as_ref() }, &task.name, Tries::new(is_repeatable), global)
            .await?;
    let execution = execution_arn(&session.project.service, &session.stack, &task.name, &answer);
    let now = session.aws.now().await;
    let started = Started { when, notes, url, answer, execution, now };
    print(ui, task.follow, &started, &zone)?;
    if !task.follow {
        return Ok(());
    }
    let Some(execution) = started.execution else {
        let message = "The endpoint did not say which execution it started, so that it can't be followed.";
        return Err(CliError::new(ErrorKind::Failed, message));
    };
    until_end::follow(&session, ui, global, &task.name, execution).await
}

/// The moment that a text means, seen from `now`.
fn moment_to_fire(text: &str, now: Timestamp, zone: &TimeZone) -> Result<When, CliError> {
    when::parse(text, &now.to_zoned(zone.clone()))
        .map_err(|error| CliError::new(ErrorKind::Usage, error.to_string()).try_this(when::ACCEPTED))
}

/// The endpoint's URL, as the API returns it.
async fn start_url(session: &Session, global: &Global) -> Result<String, CliError> {
    let routes = &session.project.service.routes;
    let (method, path) = ROUTE;
    if !routes.iter().any(|route| route.path == path && (route.method == method || route.method == "ANY")) {
        let declared: Vec<String> = routes.iter().map(model::service::Route::key).collect();
        let hint =
            format!("Its routes are: {}.", if declared.is_empty() { "none".into() } else { declared.join(", ") });
        let message =
            format!("`start --task --at` posts to the route {method} {path}, which the service does not declare.");
        let other = format!("`{} MACHINE -d JSON` starts any state machine without one.", global.command("start"));
        return Err(CliError::new(ErrorKind::Project, message).try_this(format!("{hint} {other}")));
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

/// The lesson's curl command. A key is not written down: the shell takes it from its variable.
fn curl(url: &str, body: &str, has_key: bool) -> String {
    let body = shell_quoted(body);
    let url = shell_quoted(url);
    let key = if has_key { format!(r#" -H "Authorization: Bearer ${KEY_VARIABLE}""#) } else { String::new() };
    format!(r#"curl -vvv -X POST -d {body} -H "Content-Type: application/json"{key} {url}"#)
}

/// Refuses a moment that no execution lives to see, as the lesson's function does.
fn check_ahead(at: Timestamp, now: Timestamp) -> Result<(), CliError> {
    if moment::ms_between(now, at) <= LONGEST_WAIT_DAYS * 86_400_000 {
        return Ok(());
    }
    let message = format!(
        "{} is more than {LONGEST_WAIT_DAYS} days ahead, the longest that Step Functions waits.",
        moment::utc(at)
    );
    Err(CliError::new(ErrorKind::Usage, message).try_this("Take an earlier moment."))
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
    said
}

/// What is posted where.
struct Post<'a> {
    url: &'a str,
    body: String,
    key: Option<&'a StartKey>,
}

/// Posts, and posts again while API Gateway does not know the new endpoint.
async fn post(ui: &Ui, sent: &Post<'_>, task: &str, mut tries: Tries, global: &Global) -> Result<Value, CliError> {
    let url = sent.url;
    let progress = ui.progress();
    progress.set_message(format!("POST {}", visible(url)));
    let authorization = sent.key.map(StartKey::header);
    let since = clock::now();
    let answer = loop {
        let answer = http::post_json(url, sent.body.clone(), authorization.as_deref()).await.map_err(|error| {
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
                401 | 403 => failure.try_this(format!(
                    "The key is START_KEY of the function's environment in the service file: give it in \
                     {KEY_VARIABLE} or with `--key`."
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
            .try_this("Wait a second and run it again; the limit is `throttle` in the service file."),
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

/// An execution that the endpoint has started.
struct Started {
    when: When,
    /// What there is to know about that moment.
    notes: Vec<String>,
    url: String,
    answer: Value,
    /// Its ARN, as far as it is known.
    execution: Option<Arn>,
    /// The cloud's time, by which the wait is counted.
    now: Timestamp,
}

/// The ARN of the execution that was started: the endpoint's word for it, or else what follows from the state machine that
/// the environment of the route's function names.
fn execution_arn(service: &Service, stack: &Stack, task: &str, answer: &Value) -> Option<Arn> {
    if let Some(arn) = answer.get("executionArn").and_then(Value::as_str) {
        return Some(Arn::new(arn));
    }
    let (method, path) = ROUTE;
    let leads_here = |route: &&Route| route.path == path && (route.method == method || route.method == "ANY");
    let function = service.functions.get(&service.routes.iter().find(leads_here)?.function)?;
    let named: Vec<String> = function.environment.values().map(|value| value.resolve(stack)).collect();
    let is_named = |key: &&Key| named.iter().any(|value| value == stack.state_machine_arn(key).as_str());
    Some(stack.execution_arn(service.state_machines.keys().find(is_named)?, task))
}

/// Prints the answer.
fn print(ui: &Ui, follow: bool, started: &Started, zone: &TimeZone) -> Result<(), CliError> {
    if ui.is_json() {
        let started = json!({
            "kind": "started",
            "url": started.url,
            "startAt": started.when.at.as_millisecond(),
            "executionArn": started.execution.as_ref().map(Arn::as_str),
            "notes": started.notes,
            "answer": started.answer,
        });
        return if follow { ui.json_line(&started) } else { ui.json(&started) };
    }
    ui.result(told(started, started.now, zone))
}

/// The endpoint's answer as people read it.
fn told(started: &Started, now: Timestamp, zone: &TimeZone) -> String {
    let Started { when, answer, .. } = started;
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
    if let Some(arn) = &started.execution {
        say("execution", visible(arn.as_str()));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests;
