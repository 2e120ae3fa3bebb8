//! The program's commands against one stage, measured, and cut short by Ctrl-C; removing is not cut short.

use super::options::Options;
use crate::failure::Failure;
use crate::{process, say};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How long to wait for something to happen before looking whether Ctrl-C was pressed.
const TICK: Duration = Duration::from_millis(50);

/// The exit code of a command that asks for a stage of which nothing is there.
const NOTHING_DEPLOYED: i32 = 6;

/// The program, the stage that it works on, and the folder that it stands in.
pub(super) struct Program {
    binary: PathBuf,
    home: PathBuf,
    stage: String,
    local: bool,
    options: Vec<String>,
    interrupted: Arc<AtomicBool>,
}

/// A command that has ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
    pub(super) took: Duration,
}

impl Program {
    /// From here on Ctrl-C ends the program's commands rather than the check, which then removes what it made.
    pub(super) fn new(binary: PathBuf, home: PathBuf, stage: String, options: &Options) -> Result<Self, Failure> {
        let interrupted = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            flag::register(signal, Arc::clone(&interrupted))
                .map_err(|error| Failure::new(format!("Ctrl-C could not be watched for: {error}")))?;
        }
        let mut passed_on = options.passed_on.clone();
        passed_on.extend(options.local.then(|| "--local".to_owned()));
        Ok(Self { binary, home, stage, local: options.local, options: passed_on, interrupted })
    }

    pub(super) fn stage(&self) -> &str {
        &self.stage
    }

    /// Starts an embedded cloud of its own, as hesitant as AWS, if that is what is checked.
    pub(super) fn open_cloud(&self) -> Result<(), Failure> {
        if !self.local {
            return Ok(());
        }
        let port = crate::demo::free_port()?.to_string();
        process::run(self.bare(&["local", "start", "--like-aws", "--port", &port]).stdout(Stdio::null()))
    }

    /// Stops it. Nobody is told when it does not run: that is what was wanted.
    pub(super) fn close_cloud(&self) {
        if self.local {
            let _ = self.bare(&["local", "stop"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
        }
    }

    /// Runs a command that is to succeed.
    pub(super) fn ok(&self, arguments: &[&str]) -> Result<Ended, Failure> {
        let ended = self.run(arguments)?;
        match ended.code {
            Some(0) => Ok(ended),
            _ => Err(self.failed(arguments, &ended)),
        }
    }

    /// Runs a command to its end, or until Ctrl-C.
    pub(super) fn run(&self, arguments: &[&str]) -> Result<Ended, Failure> {
        say::progress(&format!("$ {}", self.typed(arguments)));
        let (mut child, since) = self.start(arguments)?;
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return self.read(status.code(), since.elapsed()),
                Ok(None) if self.interrupted.load(Ordering::Relaxed) => {
                    end(&mut child);
                    return Err(Failure::new("interrupted"));
                }
                Ok(None) => thread::park_timeout(TICK),
                Err(error) => return Err(Failure::new(format!("{}: {error}", self.typed(arguments)))),
            }
        }
    }

    /// Runs a command that does not end by itself until it has printed a text; gives how long that took.
    pub(super) fn until(&self, arguments: &[&str], wanted: &str, limit: Duration) -> Result<Duration, Failure> {
        say::progress(&format!("$ {}", self.typed(arguments)));
        let (mut child, since) = self.start(arguments)?;
        let seen = loop {
            let ended = matches!(child.try_wait(), Ok(Some(_)));
            let printed = std::fs::read_to_string(self.stdout()).unwrap_or_default();
            if printed.contains(wanted) {
                break Ok(since.elapsed());
            }
            if self.interrupted.load(Ordering::Relaxed) {
                break Err(Failure::new("interrupted"));
            }
            if ended {
                break Err(Failure::new(format!("{} ended before it showed \"{wanted}\"", self.typed(arguments))));
            }
            if since.elapsed() > limit {
                let command = self.typed(arguments);
                break Err(Failure::new(format!("{command} did not show \"{wanted}\" within {} s", limit.as_secs())));
            }
            thread::park_timeout(TICK);
        };
        end(&mut child);
        seen
    }

    /// Waits, unless Ctrl-C is pressed.
    pub(super) fn pause(&self, duration: Duration) -> Result<(), Failure> {
        let since = now();
        while since.elapsed() < duration {
            if self.interrupted.load(Ordering::Relaxed) {
                return Err(Failure::new("interrupted"));
            }
            thread::park_timeout(TICK);
        }
        Ok(())
    }

    /// Removes everything of the stage, whatever the keyboard says meanwhile.
    pub(super) fn remove(&self) -> Result<(), Failure> {
        let arguments = ["remove", "--yes"];
        let (mut child, since) = self.start(&arguments)?;
        let status = child.wait().map_err(|error| Failure::new(format!("remove: {error}")))?;
        let ended = self.read(status.code(), since.elapsed())?;
        say::line(ended.stdout.trim_end());
        if status.success() { Ok(()) } else { Err(self.failed(&arguments, &ended)) }
    }

    /// Fails unless nothing of the stage is there.
    pub(super) fn nothing_there(&self) -> Result<(), Failure> {
        let (mut child, since) = self.start(&["info"])?;
        let status = child.wait().map_err(|error| Failure::new(format!("info: {error}")))?;
        let ended = self.read(status.code(), since.elapsed())?;
        match ended.code {
            Some(NOTHING_DEPLOYED) => Ok(()),
            _ => Err(self.failed(&["info"], &ended)),
        }
    }

    /// A command as a person would type it.
    pub(super) fn typed(&self, arguments: &[&str]) -> String {
        let options = self.options.iter().map(String::as_str);
        let words = ["workshop"].into_iter().chain(arguments.iter().copied()).chain(["--stage", &self.stage]);
        words.chain(options).collect::<Vec<_>>().join(" ")
    }

    fn failed(&self, arguments: &[&str], ended: &Ended) -> Failure {
        let code = ended.code.map_or_else(|| "no exit code".to_owned(), |code| format!("exit code {code}"));
        Failure::new(format!("{} ended with {code}:\n{}{}", self.typed(arguments), ended.stdout, ended.stderr))
    }

    fn bare(&self, arguments: &[&str]) -> Command {
        let mut command = process::command(&self.binary);
        command.args(arguments).current_dir(&self.home);
        if self.local {
            command.env("WORKSHOP_HOME", &self.home);
            for variable in ["AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"] {
                command.env_remove(variable);
            }
        }
        command
    }

    /// Starts a command with its output in files, in a process group of its own: a terminal's Ctrl-C reaches the check
    /// alone, which knows what must not be cut short.
    fn start(&self, arguments: &[&str]) -> Result<(Child, Instant), Failure> {
        let file = |path: PathBuf| File::create(&path).map_err(|error| Failure::file(&path, &error));
        let mut command = self.bare(arguments);
        command.args(["--stage", &self.stage]).args(&self.options).process_group(0);
        command.stdout(file(self.stdout())?).stderr(file(self.stderr())?);
        let since = now();
        let child = command.spawn().map_err(|error| process::not_started(&command, &error))?;
        Ok((child, since))
    }

    fn read(&self, code: Option<i32>, took: Duration) -> Result<Ended, Failure> {
        let text = |path: &Path| std::fs::read_to_string(path).map_err(|error| Failure::file(path, &error));
        Ok(Ended { code, stdout: text(&self.stdout())?, stderr: text(&self.stderr())?, took })
    }

    fn stdout(&self) -> PathBuf {
        self.home.join("stdout")
    }

    fn stderr(&self) -> PathBuf {
        self.home.join("stderr")
    }
}

/// Ends a command that would go on. Deployments continue where they were cut off, and removing takes what is there.
fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

#[expect(clippy::disallowed_methods, reason = "it tells how long AWS takes")]
fn now() -> Instant {
    Instant::now()
}
