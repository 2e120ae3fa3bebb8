//! Every command that calls AWS, run through the recording proxy: fresh, unchanged, adopted, drifted, changed, pruned, rolled
//! back, removed. Whoever judges requests judges these.

mod outside;
mod project;

use std::sync::OnceLock;

use deploy::policy::CallerCommand;
use workshop_proxy::{Proxy, Recorded};

use super::cloud::Cloud;
use super::{Ended, eventually};
pub use project::Project;

/// A command that was run, and what it sent.
pub struct Step {
    pub command: CallerCommand,
    pub arguments: String,
    pub requests: Vec<Recorded>,
}

/// What every command sends. It is recorded once.
pub fn recorded() -> &'static [Step] {
    static STEPS: OnceLock<Vec<Step>> = OnceLock::new();
    STEPS.get_or_init(|| {
        let mut session = Session::new();
        session.first_deployments();
        session.executions();
        session.changes();
        session.versions();
        session.removal();
        session.steps
    })
}

/// A project, a cloud, and what was sent so far.
struct Session {
    project: Project,
    cloud: Cloud,
    steps: Vec<Step>,
}

impl Session {
    fn new() -> Self {
        Self { project: Project::new(), cloud: Cloud::start(None, &[]), steps: Vec::new() }
    }

    /// Runs a command, which must end with an exit code.
    fn run(&mut self, command: CallerCommand, arguments: &[&str], code: i32) -> Ended {
        let proxy = Proxy::recording(self.cloud.port).expect("a port");
        let words: Vec<&str> = command.as_str().split(' ').chain(arguments.iter().copied()).collect();
        let ended = self.project.run(&words, proxy.port);
        proxy.close();
        assert_eq!(ended.code, Some(code), "workshop {words:?}\n{ended:#?}");
        self.steps.push(Step { command, arguments: words.join(" "), requests: proxy.take_recorded() });
        ended
    }

    fn deploy(&mut self, more: &[&str]) {
        self.run(CallerCommand::Deploy, &[&["--package", "zips"], more].concat(), 0);
    }

    fn first_deployments(&mut self) {
        self.run(CallerCommand::Diff, &["--package", "zips"], 0);
        self.run(CallerCommand::Info, &[], 6);
        self.deploy(&["--dry-run"]);
        self.deploy(&[]);
        self.deploy(&[]);
        self.run(CallerCommand::Diff, &["--package", "zips"], 0);
        self.run(CallerCommand::Info, &[], 0);
        self.run(CallerCommand::Info, &["--json"], 0);
    }

    fn executions(&mut self) {
        self.run(CallerCommand::Start, &["--task", "waits", "--at", "+1h"], 0);
        self.run(CallerCommand::Start, &["--task", "fires", "--at", "now", "--follow"], 0);
        self.run(CallerCommand::Start, &["--task", "stops", "--at", "+1h"], 0);
        let machine = "myStateMachine";
        let soon = r#"{"trigger_date": "2020-01-01T00:00:00Z", "taskName": "t"}"#;
        self.run(CallerCommand::Start, &[machine, "-d", soon, "--name", "own"], 0);
        self.run(CallerCommand::Start, &["-d", soon, "--sync"], 0);
        self.run(CallerCommand::Start, &["-d", "{}", "--name", "fails", "--sync"], 8);
        self.run(CallerCommand::Show, &[], 0);
        self.run(CallerCommand::Show, &["own", "--follow"], 0);
        self.run(CallerCommand::Graph, &["own"], 0);
        self.run(CallerCommand::Explain, &["fails"], 6);
        self.run(CallerCommand::Explain, &[], 6);
        self.run(CallerCommand::Graph, &["nobody"], 6);
        self.run(CallerCommand::Fork, &["nobody"], 6);
        self.run(CallerCommand::Fork, &["own"], 6);
        self.run(CallerCommand::TestRecord, &["nobody"], 6);
        self.run(CallerCommand::TestRecord, &["own", "--out", "-"], 0);
        self.project.add_case();
        self.run(CallerCommand::Test, &["--on", "teststate"], 0);
        self.run(CallerCommand::Test, &["--on", "aws"], 0);
        self.run(CallerCommand::Open, &["own"], 0);
        self.run(CallerCommand::Open, &["nobody"], 6);
        self.run(CallerCommand::List, &[], 0);
        self.run(CallerCommand::List, &["--status", "running", "--json"], 0);
        self.run(CallerCommand::Show, &["waits"], 0);
        self.run(CallerCommand::Show, &["fires", "--json"], 0);
        self.run(CallerCommand::Show, &["nobody"], 6);
        self.run(CallerCommand::Stop, &["nobody"], 6);
        self.run(CallerCommand::Logs, &["--execution", "nobody"], 6);
        self.run(CallerCommand::Logs, &["-f", "sendEmail"], 0);
        self.run(CallerCommand::Logs, &["-f", "sendEmail", "--filter", "\"for task\"", "--startTime", "2h"], 0);
        self.run(CallerCommand::Logs, &["--execution", "fires"], 0);
        self.run(CallerCommand::Stop, &["stops", "--cause", "a test", "--error", "Stopped"], 0);
        self.run(CallerCommand::Stop, &["fires"], 0);
        self.run(CallerCommand::Redrive, &["nobody"], 6);
        self.run(CallerCommand::Redrive, &["fires"], 0);
        self.run(CallerCommand::Redrive, &["fails", "--follow"], 8);
        // Stopped long before it fires, and followed until its function has run.
        self.run(CallerCommand::Start, &["--task", "again", "--at", "+8s"], 0);
        self.run(CallerCommand::Stop, &["again"], 0);
        self.run(CallerCommand::Redrive, &["again", "--follow"], 0);
        for kind in ["RequestResponse", "Event", "DryRun"] {
            self.run(CallerCommand::Invoke, &["-f", "sendEmail", "-d", "{\"taskName\": \"t\"}", "-t", kind], 0);
        }
    }

    fn changes(&mut self) {
        self.project.add_extra();
        self.deploy(&[]);
        self.run(CallerCommand::Start, &["quickFlow", "--sync"], 0);
        self.run(CallerCommand::Start, &["quickFlow"], 0);
        outside::start_extra(&self.cloud);
        outside::drift(&self.cloud);
        self.run(CallerCommand::Diff, &["--package", "zips"], 0);
        self.deploy(&[]);
        outside::untag_everything(&self.cloud);
        self.run(CallerCommand::Deploy, &["--package", "zips"], 7);
        self.deploy(&["--adopt"]);
        self.project.change_settings();
        self.run(CallerCommand::Diff, &["--package", "zips"], 0);
        self.deploy(&[]);
        self.project.join_an_organisation();
        self.deploy(&[]);
        self.project.drop_the_boundary();
        self.deploy(&[]);
        outside::attach_a_policy(&self.cloud);
        self.project.remove_extra();
        // Nothing is deleted while an execution waits.
        self.deploy(&[]);
        outside::stop_extra(&self.cloud);
        self.run(CallerCommand::Stop, &["waits"], 0);
        self.deploy(&[]);
        self.run(CallerCommand::Start, &["--task", "later", "--at", "+1h"], 0);
        outside::delete_alias(&self.cloud);
        self.project.change_code();
        self.run(CallerCommand::DeployFunction, &["-f", "sendEmail", "--package", "zips"], 0);
        self.project.change_code();
        self.deploy(&[]);
        self.project.timeout(20);
        self.run(CallerCommand::DeployFunction, &["-f", "sendEmail", "-u", "--package", "zips"], 0);
    }

    fn versions(&mut self) {
        let first = self.run(CallerCommand::DeployList, &["--json"], 0);
        self.run(CallerCommand::DeployList, &["functions"], 0);
        self.run(CallerCommand::Rollback, &[], 2);
        let listed: serde_json::Value = serde_json::from_str(&first.stdout).expect("JSON");
        let whole = listed["deployments"].as_array().expect("deployments").iter().filter(|it| it["whole"] == true);
        let earlier = whole.filter(|it| it["current"] == false).filter_map(|it| it["id"].as_str()).next();
        let earlier = earlier.expect("an earlier deployment");
        self.run(CallerCommand::Rollback, &["-t", earlier, "--dry-run"], 0);
        self.run(CallerCommand::Rollback, &["-t", earlier], 0);
        for timeout_s in 30..37 {
            self.project.timeout(timeout_s);
            self.deploy(&[]);
        }
        self.run(CallerCommand::DeployPrune, &["--dry-run"], 0);
        self.run(CallerCommand::Stop, &["later"], 0);
        let mut prune = || self.run(CallerCommand::DeployPrune, &["-n", "1"], 0).stdout;
        eventually("versions to be pruned", || {
            let said = prune();
            if said.contains("state machine") && said.starts_with("Deleted") { Ok(()) } else { Err(said) }
        });
    }

    fn removal(&mut self) {
        self.run(CallerCommand::Start, &["--task", "last", "--at", "+1h"], 0);
        self.run(CallerCommand::Remove, &[], 2);
        outside::attach_a_policy(&self.cloud);
        self.run(CallerCommand::Remove, &["--yes"], 0);
        self.run(CallerCommand::Remove, &["--yes"], 0);
    }
}
