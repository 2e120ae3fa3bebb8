//! The one file that starts other programs.

use crate::failure::Failure;
use crate::project;
use std::ffi::OsStr;
use std::io;
use std::process::{Command, ExitStatus, Stdio};

/// A command in the repository's root.
#[expect(clippy::disallowed_methods, reason = "this file owns child processes")]
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(project::root()).stdin(Stdio::null());
    command
}

/// Runs a command to its end; its output goes where ours goes.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command.status().map_err(|error| not_started(command, &error))?;
    ended(command, status)
}

/// Runs a command to its end and gives its standard output.
pub(crate) fn output(command: &mut Command) -> Result<String, Failure> {
    command.stderr(Stdio::inherit());
    let output = command.output().map_err(|error| not_started(command, &error))?;
    ended(command, output.status)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The failure of a command that could not be started.
pub(crate) fn not_started(command: &Command, error: &io::Error) -> Failure {
    let program = command.get_program().display();
    match error.kind() {
        io::ErrorKind::NotFound => Failure::new(format!("{program} is not on this machine")),
        _ => Failure::new(format!("{program} could not be started: {error}")),
    }
}

fn ended(command: &Command, status: ExitStatus) -> Result<(), Failure> {
    match status.success() {
        true => Ok(()),
        false => Err(Failure::new(format!("{} failed ({status})", written(command)))),
    }
}

/// The command as a person would type it.
fn written(command: &Command) -> String {
    let program = command.get_program();
    let name = std::path::Path::new(program).file_name().unwrap_or(program);
    let words = std::iter::once(name).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_command_is_named_as_typed() {
        let failure = run(command("/bin/sh").args(["-c", "exit 3"])).unwrap_err();
        assert_eq!(failure.to_string(), "sh -c exit 3 failed (exit status: 3)");
    }

    #[test]
    fn a_missing_program_is_named() {
        let failure = run(&mut command("no-such-program")).unwrap_err();
        assert_eq!(failure.to_string(), "no-such-program is not on this machine");
    }

    #[test]
    fn output_is_what_the_command_printed() {
        let text = output(command("/bin/sh").args(["-c", "echo one; echo two"])).unwrap();
        assert_eq!(text, "one\ntwo\n");
    }
}
