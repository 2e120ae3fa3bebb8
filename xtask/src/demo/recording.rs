//! `cargo xtask recording`: a terminal session with the built program, drawn as the picture that the README shows.

use crate::failure::Failure;
use crate::{process, project, say};
use anstyle_svg::Term;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the picture is.
const PICTURE: &str = "docs/pictures/session.svg";

/// How wide the terminal is.
const COLUMNS: &str = "100";

/// What is typed, and what `workshop` is given.
const TYPED: [&[&str]; 4] = [
    &["deploy", "--local"],
    &["start", "--local", "--task", "taskone", "--at", "in 2 seconds", "--follow"],
    &["list", "--local"],
    &["remove", "--local"],
];

/// Runs the session with a program, or with the one that `cargo xtask build` makes, and writes the picture.
pub(crate) fn run(program: Option<&str>) -> Result<(), Failure> {
    let program = match program {
        Some(program) => PathBuf::from(program),
        None => crate::build::run()?,
    };
    let program = fs::canonicalize(&program).map_err(|error| Failure::file(&program, &error))?;
    // Outside the project, so that the lesson that the program carries is deployed and cargo is never asked.
    let home = std::env::temp_dir().join(format!("workshop-recording-{}", std::process::id()));
    fs::create_dir_all(&home).map_err(|error| Failure::file(&home, &error))?;
    let session = session(&program, &home);
    stop(&program, &home);
    fs::remove_dir_all(&home).map_err(|error| Failure::file(&home, &error))?;
    let picture = project::root().join(PICTURE);
    if let Some(folder) = picture.parent() {
        fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
    }
    fs::write(&picture, Term::new().render_svg(&session?)).map_err(|error| Failure::file(&picture, &error))?;
    say::line(&format!("{PICTURE} shows the session"));
    Ok(())
}

/// What is on the terminal in the end, with its colours.
fn session(program: &Path, home: &Path) -> Result<String, Failure> {
    let mut shown = String::new();
    for arguments in TYPED {
        shown.push_str(&format!("\u{1b}[1m$ workshop {}\u{1b}[0m\n", typed(arguments)));
        let mut command = command(program, home);
        command.args(["--color", "always"]).args(arguments);
        shown.push_str(&said(&mut command)?);
        shown.push('\n');
    }
    Ok(shown.trim_end().to_owned())
}

/// The arguments as a person types them.
fn typed(arguments: &[&str]) -> String {
    let quoted = |argument: &&str| match argument.contains(' ') {
        true => format!("\"{argument}\""),
        false => String::from(*argument),
    };
    arguments.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// What a command writes to its terminal: both streams in their order.
fn said(command: &mut Command) -> Result<String, Failure> {
    let pipe = |error| Failure::new(format!("no pipe could be had: {error}"));
    let (mut output, input) = std::io::pipe().map_err(pipe)?;
    command.stdout(input.try_clone().map_err(pipe)?).stderr(input);
    let mut child = command.spawn().map_err(|error| process::not_started(command, &error))?;
    // Only the child writes to it from here on.
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut text = String::new();
    output.read_to_string(&mut text).map_err(|error| Failure::new(format!("the output could not be read: {error}")))?;
    match child.wait() {
        Ok(status) if status.success() => Ok(text),
        Ok(status) => Err(Failure::new(format!("a command of the session failed ({status}):\n{text}"))),
        Err(error) => Err(Failure::new(format!("a command of the session was lost: {error}"))),
    }
}

fn stop(program: &Path, home: &Path) {
    let mut command = command(program, home);
    // It may not run; that is what is wanted.
    let _ = said(command.args(["local", "stop"]));
}

/// The program with a home of its own, in a folder without a project.
fn command(program: &Path, home: &Path) -> Command {
    let mut command = process::command(program);
    command.env_clear().env("HOME", home).env("COLUMNS", COLUMNS).env("TZ", "UTC").current_dir(home);
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_shown_as_they_are_typed() {
        assert_eq!(typed(&["start", "--at", "in 2 seconds"]), "start --at \"in 2 seconds\"");
    }

    #[test]
    fn both_streams_are_shown_in_their_order() {
        let mut shell = process::command("/bin/sh");
        assert_eq!(said(shell.args(["-c", "echo one; echo two >&2; echo three"])).unwrap(), "one\ntwo\nthree\n");
        let mut fails = process::command("/bin/sh");
        assert!(said(fails.args(["-c", "echo why; exit 3"])).unwrap_err().to_string().contains("why"));
    }

    #[test]
    fn the_readme_shows_the_picture() {
        let readme = fs::read_to_string(project::root().join("README.md")).unwrap();
        assert!(readme.contains(PICTURE) && project::root().join(PICTURE).exists());
    }
}
