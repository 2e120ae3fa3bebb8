//! The program's commands, run against a cloud with a state folder of its own, and cut short by Ctrl-C.

use crate::failure::Failure;
use crate::{process, say};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// How long to wait for something to happen before looking whether Ctrl-C was pressed.
const TICK: Duration = Duration::from_millis(50);
/// How many ticks may pass without a line before the demo gives up: a minute, for a wait of five seconds.
const MAX_IDLE_TICKS: usize = 1200;

/// The program and the state folder of its cloud.
pub(crate) struct Session {
    program: PathBuf,
    home: PathBuf,
    interrupted: Arc<AtomicBool>,
    max_idle_ticks: usize,
}

impl Session {
    /// From here on Ctrl-C ends the demo's steps rather than the demo, which then stops its cloud.
    pub(crate) fn new(program: PathBuf, home: PathBuf) -> Result<Self, Failure> {
        let interrupted = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            flag::register(signal, Arc::clone(&interrupted))
                .map_err(|error| Failure::new(format!("Ctrl-C could not be watched for: {error}")))?;
        }
        Ok(Self { program, home, interrupted, max_idle_ticks: MAX_IDLE_TICKS })
    }

    /// Runs one command to its end. Its output is the demo.
    pub(crate) fn step(&self, title: &str, arguments: &[&str]) -> Result<(), Failure> {
        announce(title, arguments);
        let mut command = self.command(arguments);
        let mut child = command.spawn().map_err(|error| process::not_started(&command, &error))?;
        let status = self.wait(&mut child, arguments)?;
        match status.success() {
            true => Ok(()),
            false => Err(failed(arguments, &status.to_string())),
        }
    }

    /// Runs a command that does not end by itself, until it prints a line with `wanted` in it.
    pub(crate) fn follow(&self, title: &str, arguments: &[&str], wanted: &str) -> Result<(), Failure> {
        announce(title, arguments);
        let mut command = self.command(arguments);
        command.stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| process::not_started(&command, &error))?;
        let seen = self.watch(lines(child.stdout.take()), arguments, wanted);
        end(&mut child);
        seen
    }

    /// Stops the cloud, if it runs. Nobody is told when it does not: that is what was wanted.
    pub(crate) fn stop_cloud(&self) {
        let mut command = self.command(&["local", "stop"]);
        let _ = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = process::command(&self.program);
        command.args(arguments).env("WORKSHOP_HOME", &self.home);
        // The demo is about --local, whatever the shell is set up for.
        for variable in ["AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"] {
            command.env_remove(variable);
        }
        command
    }

    fn wait(&self, child: &mut Child, arguments: &[&str]) -> Result<ExitStatus, Failure> {
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return Ok(status),
                Ok(None) if self.interrupted() => {
                    end(child);
                    return Err(interrupted());
                }
                Ok(None) => thread::park_timeout(TICK),
                Err(error) => return Err(failed(arguments, &error.to_string())),
            }
        }
    }

    fn watch(&self, lines: Receiver<String>, arguments: &[&str], wanted: &str) -> Result<(), Failure> {
        let mut idle_ticks = 0;
        while idle_ticks < self.max_idle_ticks && !self.interrupted() {
            match lines.recv_timeout(TICK) {
                Ok(line) => {
                    say::line(&line);
                    idle_ticks = 0;
                    if line.contains(wanted) {
                        return Ok(());
                    }
                }
                Err(RecvTimeoutError::Timeout) => idle_ticks += 1,
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(failed(arguments, "it ended before the line appeared"));
                }
            }
        }
        match self.interrupted() {
            true => Err(interrupted()),
            false => Err(failed(arguments, &format!("\"{wanted}\" did not appear in time"))),
        }
    }

    fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }
}

fn announce(title: &str, arguments: &[&str]) {
    say::headline(title);
    say::progress(&format!("$ workshop {}", arguments.join(" ")));
}

fn failed(arguments: &[&str], reason: &str) -> Failure {
    Failure::new(format!("the demo ended at `workshop {}`: {reason}", arguments.join(" ")))
}

fn interrupted() -> Failure {
    Failure::new("interrupted; the demo's cloud is stopped")
}

/// Ends a child that would go on. It is one that only reads, so nothing is lost; the cloud is stopped by its own command.
fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

fn lines(pipe: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let Some(pipe) = pipe else { return };
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A shell in the program's place: `-c` and a script as the command's arguments.
    fn shell() -> (Session, tempfile::TempDir) {
        let home = tempfile::tempdir().unwrap();
        let session = Session {
            program: PathBuf::from("/bin/sh"),
            home: home.path().to_path_buf(),
            interrupted: Arc::new(AtomicBool::new(false)),
            max_idle_ticks: 4,
        };
        (session, home)
    }

    #[test]
    fn a_step_sees_the_demos_state_folder() {
        let (session, home) = shell();
        session.step("note", &["-c", "echo done > $WORKSHOP_HOME/note"]).unwrap();
        assert_eq!(std::fs::read_to_string(home.path().join("note")).unwrap(), "done\n");
    }

    #[test]
    fn a_failing_step_is_named() {
        let (session, _home) = shell();
        let failure = session.step("fail", &["-c", "exit 4"]).unwrap_err();
        assert_eq!(failure.to_string(), "the demo ended at `workshop -c exit 4`: exit status: 4");
    }

    #[test]
    fn a_tail_ends_when_its_line_appears() {
        let (session, _home) = shell();
        session.follow("tail", &["-c", "echo one; echo send email; exec cat /dev/zero"], "send email").unwrap();
    }

    #[test]
    fn a_tail_without_its_line_is_a_failure() {
        let (session, _home) = shell();
        let ended = session.follow("tail", &["-c", "echo one"], "send email").unwrap_err();
        assert!(ended.to_string().ends_with("it ended before the line appeared"), "{ended}");
        let silent = session.follow("tail", &["-c", "exec tail -f /dev/null"], "send email").unwrap_err();
        assert!(silent.to_string().ends_with("did not appear in time"), "{silent}");
    }

    #[test]
    fn an_interrupt_ends_a_step_that_would_go_on() {
        let (session, _home) = shell();
        session.interrupted.store(true, Ordering::Relaxed);
        let failure = session.step("wait", &["-c", "exec tail -f /dev/null"]).unwrap_err();
        assert_eq!(failure, interrupted());
        let failure = session.follow("tail", &["-c", "exec tail -f /dev/null"], "x").unwrap_err();
        assert_eq!(failure, interrupted());
    }
}
