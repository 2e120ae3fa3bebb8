//! Runs a `workshop` command through a proxy of its own, and kills it when it shall be killed.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::scenario::Sources;
use crate::support::cloud::Cloud;
use crate::support::{Ended, credentials, inherited};
use workshop_proxy::{Caller, Calls, Fault, Injection, Names, Need, Proxy, Recorded};

/// No command may take longer: it would never have ended.
const LIMIT: Duration = Duration::from_secs(120);

/// Where commands run: a cloud, and a project folder.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    pub port: u16,
    pub sources: &'a Sources,
    pub pace: Pace,
}

/// How long commands wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Every wait is a hundredth of what it is; a call without an answer is given up soon, yet later than a busy machine
    /// answers.
    Short,
    /// Every wait is a hundredth, and no call is given up: one is held.
    Held,
    /// As it is.
    True,
}

impl Pace {
    fn environment(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Short => &[("WORKSHOP_TIME_SCALE", "0.01"), ("WORKSHOP_CALL_TIMEOUT_MS", "3000")],
            Self::Held => &[("WORKSHOP_TIME_SCALE", "0.01"), ("WORKSHOP_CALL_TIMEOUT_MS", "120000")],
            Self::True => &[],
        }
    }
}

/// A command that has ended.
#[derive(Debug)]
pub struct Done {
    pub ended: Ended,
    pub calls: Calls,
    /// Whether the call that harm was to be done to came at all.
    pub struck: bool,
    /// What the caller was refused, where not everything was allowed.
    pub refused: Vec<Need>,
    /// The whole requests, where they were kept.
    pub recorded: Vec<Recorded>,
}

/// A command that runs.
pub struct Started {
    child: Child,
    pub proxy: Proxy,
    since: Instant,
}

impl<'a> Site<'a> {
    /// With short waits.
    pub fn new(cloud: &Cloud, sources: &'a Sources) -> Self {
        Self { port: cloud.port, sources, pace: Pace::Short }
    }

    /// For a command that is held at a call.
    pub fn held(cloud: &Cloud, sources: &'a Sources) -> Self {
        Self { pace: Pace::Held, ..Self::new(cloud, sources) }
    }

    /// Runs a command to its end. One that is held at a call is killed there.
    pub fn run(&self, arguments: &[&str], names: Names, injection: Option<Injection>) -> Done {
        let kill = injection.as_ref().is_some_and(|it| matches!(it.fault, Fault::HoldBefore | Fault::HoldAfter));
        let mut started = self.start(arguments, names, injection);
        if kill && started.reaches_call() {
            started.child.kill().expect("it runs");
        }
        started.end()
    }

    pub fn start(&self, arguments: &[&str], names: Names, injection: Option<Injection>) -> Started {
        self.start_through(arguments, Proxy::injecting(self.port, names, injection).expect("a port"))
    }

    /// Runs a command to its end as somebody who may not do everything; with everything allowed when nobody is named.
    pub fn run_as(&self, arguments: &[&str], caller: Option<Caller>) -> Done {
        let proxy = match caller {
            Some(caller) => Proxy::enforcing(self.port, caller),
            None => Proxy::recording(self.port),
        };
        self.start_through(arguments, proxy.expect("a port")).end()
    }

    fn start_through(&self, arguments: &[&str], proxy: Proxy) -> Started {
        let mut command = Command::new(env!("CARGO_BIN_EXE_workshop"));
        command.env_clear().envs(inherited());
        command.envs(credentials(&format!("http://127.0.0.1:{}", proxy.port)));
        command.env("HOME", &self.sources.0).env("AWS_EC2_METADATA_DISABLED", "true").env("TZ", "UTC");
        command.envs(self.pace.environment().iter().copied());
        command.args(arguments).current_dir(&self.sources.0);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().expect("workshop starts");
        Started { child, proxy, since: Instant::now() }
    }
}

impl Started {
    /// Waits until the command is held at its call; false when it ended without making it.
    pub fn reaches_call(&mut self) -> bool {
        self.until(|started| started.proxy.struck())
    }

    /// Whether something came before the command's end.
    fn until(&mut self, came: impl Fn(&Self) -> bool) -> bool {
        loop {
            if came(self) {
                return true;
            }
            if self.child.try_wait().expect("a child").is_some() {
                return false;
            }
            if self.since.elapsed() > LIMIT {
                let _ = self.child.kill();
                return false;
            }
            std::thread::park_timeout(Duration::from_millis(2));
        }
    }

    /// Waits for the command's end, and until the cloud has done what it was asked.
    pub fn end(mut self) -> Done {
        self.until(|_| false);
        let ended = Ended::of(self.child.wait_with_output().expect("it ends"));
        self.proxy.close();
        let proxy = &self.proxy;
        let refused = proxy.take_refused();
        let recorded = proxy.take_recorded();
        Done { ended, calls: proxy.take(), struck: proxy.struck(), refused, recorded }
    }
}
