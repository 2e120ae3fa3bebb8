//! `cargo xtask demo`: the lesson from deploy to the email, on this machine alone, with the program's own commands.

pub(crate) mod recording;
mod session;

use crate::failure::Failure;
use crate::{build, project, say};
use session::Session;
use std::fs;
use std::path::Path;

/// What `sendEmail` logs when its moment has come.
const EMAIL_LINE: &str = "send email triggered at";

const NEXT: &str = "\
That was the whole lesson, in an AWS of your own. What to try next:

  cargo xtask install                               have `workshop` at hand
  workshop deploy --local                           deploy it for yourself
  workshop start --local --task two --at 'in 1 minute' --follow
                                                    watch an execution wait, run and end
  workshop list --local                             executions, and when they fire
  workshop info --local                             the endpoint, to use with curl
  workshop help                                     everything else

Without --local the same commands use your AWS account; `workshop remove` leaves nothing behind.";

/// Runs the demo and stops what it started, also when it fails or is interrupted.
pub(crate) fn run() -> Result<(), Failure> {
    let quick = build::quick::run()?;
    let home = project::target_dir().join("demo");
    let session = Session::new(quick.program, home.clone())?;
    if home.exists() {
        // A demo that was killed outright may have left its cloud running.
        session.stop_cloud();
        fs::remove_dir_all(&home).map_err(|error| Failure::file(&home, &error))?;
    }
    fs::create_dir_all(&home).map_err(|error| Failure::file(&home, &error))?;
    let shown = show(&session, &quick.functions_dir);
    session.stop_cloud();
    shown?;
    say::line(&format!("\n{NEXT}"));
    Ok(())
}

fn show(session: &Session, functions_dir: &Path) -> Result<(), Failure> {
    let functions = functions_dir.strip_prefix(project::root()).unwrap_or(functions_dir).display().to_string();
    let port = free_port()?.to_string();
    session.step("Start an embedded AWS", &["local", "start", "--port", &port])?;
    session.step(
        "Deploy the lesson: functions, state machine and HTTP endpoint",
        &["deploy", "--local", "--package", &functions],
    )?;
    session.step(
        "Ask the endpoint to send an email in five seconds",
        &["start", "--local", "--task", "taskone", "--at", "+5s"],
    )?;
    session.follow(
        "Tail the function's log until the email goes out",
        &["logs", "--local", "-f", "sendEmail", "-t"],
        EMAIL_LINE,
    )
}

/// A port that nobody uses at this moment, so that the demo never meets a cloud that somebody works with.
pub(crate) fn free_port() -> Result<u16, Failure> {
    std::net::TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| Failure::new(format!("no port is free on 127.0.0.1: {error}")))
}
