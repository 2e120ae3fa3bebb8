//! The README's commands, from its own text, as somebody types them in a shell.

use std::process::Command;

use crate::support::{Ended, Home, Running, project};

/// The lines after `$ ` in the blocks of a section.
fn commands(section: &str) -> Vec<String> {
    let text = std::fs::read_to_string(project().join("README.md")).expect("the README");
    let (_, rest) = text.split_once(&format!("\n## {section}\n")).expect("the section");
    let section = rest.split("\n## ").next().expect("its text");
    let blocks = section.split("```console\n").skip(1).map(|rest| rest.split("```").next().expect("a block"));
    let lines = blocks.flat_map(str::lines).filter_map(|line| line.strip_prefix("$ "));
    lines.map(str::to_owned).collect()
}

/// A shell that has run the lines before, whose folder and variables the next one finds.
struct Shell<'h> {
    home: &'h Home,
    before: String,
}

impl Shell<'_> {
    fn command(&self, line: &str) -> Command {
        let folder = std::path::Path::new(env!("CARGO_BIN_EXE_workshop")).parent().expect("a folder");
        let mut command = self.home.command("/bin/sh");
        let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
        command.args(["-c", &format!("{}exec {line}", self.before)]).env("PATH", path);
        command
    }

    /// Runs a line to its end, or remembers what changes the shell itself.
    fn run(&mut self, line: &str) -> Option<Ended> {
        if line.starts_with("cd ") || line.starts_with("export ") {
            self.before.push_str(&format!("{line}\n"));
            return None;
        }
        let ended = Ended::of(self.command(line).output().expect("a shell"));
        assert_eq!(ended.code, Some(0), "{line}\n{ended:#?}");
        Some(ended)
    }
}

#[test]
fn the_six_commands_run_as_they_are_written() {
    let home = Home::new();
    let mut shell = Shell { home: &home, before: String::new() };
    let lines = commands("Six commands");
    assert_eq!(lines.len(), 7, "{lines:#?}");
    for line in lines {
        if line.contains(" -t ") {
            let tail = Running::start(shell.command(&line));
            tail.line_with("send email triggered");
            assert_eq!(tail.interrupt(), Some(0));
            continue;
        }
        shell.run(&line);
    }
}

#[test]
fn a_workflow_of_ones_own_runs_as_it_is_written() {
    let home = Home::new();
    let mut shell = Shell { home: &home, before: String::new() };
    for line in commands("Your own workflow in five minutes") {
        let Some(ended) = shell.run(&line) else { continue };
        if line.contains("--follow") {
            assert!(ended.stdout.contains("Call Ada") && ended.stdout.contains("succeeded"), "{ended:#?}");
        }
        if line.contains(" list ") {
            assert!(ended.stdout.contains("SUCCEEDED"), "{ended:#?}");
        }
    }
}
