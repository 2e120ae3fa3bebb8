//! `cargo xtask aws-check`: what only AWS can prove, tried in a real account under a stage of its own, and removed again.

mod figures;
mod options;
mod program;
mod steps;

use crate::failure::Failure;
use crate::{build, say};
use options::Options;
use program::Program;
use std::fs;
use std::path::Path;

/// What is said before anything is done.
const INTENT: &str = "\
This deploys the lesson to the AWS account of your credentials, under a random stage of its own, and removes it again:
  made     2 functions, 1 state machine, 1 HTTP API with 1 public route, 3 roles, 3 log groups
  done     2 executions, a handful of invocations, a few hundred calls of AWS's APIs, in about five minutes
  costs    less than a cent: state transitions, requests and log lines, each counted in dozens
  removed  everything, also after a failure or Ctrl-C; what is left then is named, with the command that removes it";

/// Runs the check, if it was agreed to.
pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let options = Options::parse(arguments)?;
    if !options.local {
        say::line(INTENT);
    }
    if !options.agreed {
        return Err(Failure::new("nothing was done: add --yes to agree, or --local to try it on the embedded cloud"));
    }
    let binary = match &options.program {
        Some(named) => fs::canonicalize(named).map_err(|error| Failure::file(Path::new(named), &error))?,
        None => build::run()?,
    };
    // An empty folder outside of the repository: the program finds no project there, and deploys the lesson that it carries.
    let stage = options::random_stage()?;
    let home = std::env::temp_dir().join(format!("workshop-{stage}"));
    fs::create_dir_all(&home).map_err(|error| Failure::file(&home, &error))?;
    let program = Program::new(binary, home.clone(), stage, &options)?;
    let checked = program.open_cloud().and_then(|()| check(&program));
    program.close_cloud();
    fs::remove_dir_all(&home).map_err(|error| Failure::file(&home, &error))?;
    checked
}

/// Everything between the proof that the stage is free and the proof that nothing is left of it.
fn check(program: &Program) -> Result<(), Failure> {
    program.nothing_there().map_err(|failure| Failure::new(format!("the stage is not free: {failure}")))?;
    let checked = steps::all(program);
    say::headline("Remove it");
    let removed = program.remove().and_then(|()| program.nothing_there());
    match (checked, removed) {
        (Ok(report), Ok(())) => {
            say::line(&format!("\n{report}\n\nNothing is left of the stage {}.", program.stage()));
            Ok(())
        }
        (Err(failure), Ok(())) => {
            Err(Failure::new(format!("{failure}\nNothing is left of the stage {}.", program.stage())))
        }
        (checked, Err(left)) => {
            let before = checked.err().map(|failure| format!("{failure}\n")).unwrap_or_default();
            let command = program.typed(&["remove", "--yes"]);
            Err(Failure::new(format!("{before}Something is left: {left}\nRemove it: {command}")))
        }
    }
}

#[cfg(test)]
mod tests;
