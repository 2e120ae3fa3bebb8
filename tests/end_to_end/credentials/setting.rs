//! What somebody has set: files, variables and options, for the aws CLI and for `workshop` alike.

use std::process::Command;

use super::stand_in::StandIn;
use crate::support::{Ended, Home, python_tool};

/// Files below the home, variables and options. `{URL}` is the stand-in, `{HOME}` the home.
#[derive(Clone, Copy, Default)]
pub struct Setting {
    pub config: &'static str,
    pub credentials: &'static str,
    pub files: &'static [(&'static str, &'static str)],
    pub variables: &'static [(&'static str, &'static str)],
    pub options: &'static [&'static str],
}

/// A home with a setting in it.
pub struct Desk<'a> {
    pub home: Home,
    setting: Setting,
    stand_in: &'a StandIn,
}

impl<'a> Desk<'a> {
    pub fn new(setting: Setting, stand_in: &'a StandIn) -> Self {
        let desk = Self { home: Home::new(), setting, stand_in };
        desk.write(".aws/config", setting.config);
        desk.write(".aws/credentials", setting.credentials);
        for (path, text) in setting.files {
            desk.write(path, text);
        }
        desk
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.home.path(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, self.filled(text)).expect("a file");
    }

    fn filled(&self, text: &str) -> String {
        let home = self.home.path("").display().to_string();
        text.replace("{URL}", &self.stand_in.url)
            .replace("{HOME}", home.trim_end_matches('/'))
            .replace("{UNTIL}", &super::stand_in::until())
    }

    fn set(&self, mut command: Command) -> Command {
        command.env("AWS_ENDPOINT_URL", &self.stand_in.url).env("AWS_PAGER", "");
        for (name, value) in self.setting.variables {
            command.env(name, self.filled(value));
        }
        command
    }

    /// `workshop` with arguments and the options of the setting.
    pub fn workshop(&self, arguments: &[&str]) -> Command {
        self.set(self.home.workshop(&[arguments, self.setting.options].concat()))
    }

    /// Runs it.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.workshop(arguments).output().expect("workshop starts"))
    }

    /// The aws CLI asks who it is.
    pub fn aws(&self) -> Ended {
        let mut command = self.set(self.home.command(python_tool("aws")));
        command.args(["sts", "get-caller-identity"]).args(self.setting.options);
        Ended::of(command.output().expect("the aws CLI starts"))
    }

    /// Runs a program on a terminal of its own, whose question is answered.
    pub fn on_terminal(&self, question: &str, answer: &str, command: &[&str]) -> Ended {
        let script = crate::support::project().join("tests/clients/terminal.py");
        let mut terminal = self.set(self.home.command(python_tool("python")));
        terminal.arg(script).args([question, answer]).args(command).args(self.setting.options);
        Ended::of(terminal.output().expect("python starts"))
    }
}
