//! Command lines of a page, as somebody types them in a shell.

use std::path::Path;
use std::process::Command;

use super::{Ended, Home, project, python_tool};

/// The lines after `$ ` in the blocks of a page, or of a section of it.
pub fn commands(page: &str, section: Option<&str>) -> Vec<String> {
    let text = std::fs::read_to_string(project().join(page)).expect("the page");
    let text = match section {
        Some(section) => {
            let (_, rest) = text.split_once(&format!("\n## {section}\n")).expect("the section");
            rest.split("\n## ").next().expect("its text").to_owned()
        }
        None => text,
    };
    let blocks = text.split("```console\n").skip(1).map(|rest| rest.split("```").next().expect("a block"));
    let lines = blocks.flat_map(str::lines).filter_map(|line| line.strip_prefix("$ "));
    lines.map(str::to_owned).collect()
}

/// A shell that has run the lines before, whose folder and variables the next one finds.
pub struct Shell<'h> {
    home: &'h Home,
    before: String,
}

impl<'h> Shell<'h> {
    pub fn new(home: &'h Home) -> Self {
        Self { home, before: String::new() }
    }

    /// A line as a process; `workshop` and the aws CLI are found.
    pub fn command(&self, line: &str) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_workshop")).parent().expect("a folder").to_path_buf();
        let client = python_tool("aws").parent().expect("a folder").to_path_buf();
        let usual = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths([program, client].into_iter().chain(std::env::split_paths(&usual)));
        let mut command = self.home.command("/bin/sh");
        command.args(["-c", &format!("{}exec {line}", self.before)]).env("PATH", path.expect("a PATH"));
        command
    }

    /// Runs a line to its end, or remembers what changes the shell itself.
    pub fn run(&mut self, line: &str) -> Option<Ended> {
        if ["cd ", "export ", "eval "].iter().any(|word| line.starts_with(word)) {
            self.before.push_str(&format!("{line}\n"));
            return None;
        }
        let ended = Ended::of(self.command(line).output().expect("a shell"));
        assert_eq!(ended.code, Some(0), "{line}\n{ended:#?}");
        Some(ended)
    }
}
