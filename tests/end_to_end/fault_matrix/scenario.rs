//! A command on a prepared account, what it ends in when nothing disturbs it, and the calls it makes on the way.

use std::path::{Path, PathBuf};

use super::command::{Done, Site};
use super::strangers;
use crate::support::Home;
use crate::support::cloud::{Cloud, Prepared};
use crate::support::snapshot::{Snapshot, Versions};
use workshop_proxy::{CallId, Names};

/// What everything is called.
pub const STACK: &str = "fault-dev";

/// A project folder: a service file, a definition and the functions' zips.
#[derive(Debug, Clone)]
pub struct Sources(pub PathBuf);

/// A command, where it starts and where it ends.
pub struct Scenario {
    pub name: &'static str,
    pub sources: Sources,
    pub arguments: &'static [&'static str],
    /// The account's folder before it: with strangers' things in it, and maybe with a stack.
    pub before: Prepared,
    /// What strangers have there.
    pub strangers: String,
    /// What ids in that account stand for.
    pub names: Names,
    /// What is there after an undisturbed run.
    pub after: Snapshot,
    /// The calls of that run.
    pub calls: Vec<CallId>,
}

pub const DEPLOY: &[&str] = &["deploy", "--package", "zips"];
pub const REMOVE: &[&str] = &["remove", "--yes"];

impl Scenario {
    /// A fresh deployment, an update of several kinds of resource, and a removal while an execution waits.
    pub fn all(home: &Home) -> Vec<Self> {
        let small = small(home);
        let first = first(home);
        let second = second(home);
        let beside = |sources: &Sources| deployed_beside(Some(&strangers::account()), sources, Waiting::One);
        vec![
            Self::of("fresh", small.clone(), DEPLOY, strangers::account()),
            Self::of("update", second, DEPLOY, beside(&first)),
            Self::of("remove", small.clone(), REMOVE, beside(&small)),
        ]
    }

    fn of(name: &'static str, sources: Sources, arguments: &'static [&'static str], before: Prepared) -> Self {
        let cloud = Cloud::start(Some(&before.path()), &[]);
        let snapshot = Snapshot::of(&cloud);
        let names = snapshot.names();
        let strangers = snapshot.strangers();
        let site = Site::new(&cloud, &sources);
        let mut done = site.run(arguments, names.clone(), None);
        assert_eq!(done.ended.code, Some(0), "{name}, undisturbed: {done:#?}");
        let after = Snapshot::of(&cloud);
        assert_eq!(after.strangers(), strangers, "{name}, undisturbed, touches what is not its own");
        let mut calls: Vec<CallId> = done.calls.0.drain(..).map(|call| call.id).collect();
        calls.sort();
        let again = site.run(arguments, names.clone(), None);
        unchanging(&again, arguments).unwrap_or_else(|why| panic!("{name}, undisturbed, run again: {why}"));
        Self { name, sources, arguments, before, strangers, names, after, calls }
    }

    /// How an account looks with nothing in it but what strangers have.
    pub fn nothing(&self) -> String {
        Snapshot::of(&Cloud::start(Some(&strangers::account().path()), &[])).text(Versions::Numbered)
    }

    pub fn start(&self) -> Cloud {
        Cloud::start(Some(&self.before.path()), &[])
    }
}

/// Whether a run found nothing to do, said so, and wrote nothing.
pub fn unchanging(done: &Done, arguments: &[&str]) -> Result<(), String> {
    let words = if arguments == REMOVE { "Nothing to remove" } else { "Nothing to deploy" };
    let said = format!("{}{}", done.ended.stdout, done.ended.stderr);
    let writes = writes(done);
    if done.ended.code == Some(0) && said.contains(words) && writes.is_empty() {
        return Ok(());
    }
    Err(format!("a run that should have changed nothing wrote {writes:#?}\n{:#?}", done.ended))
}

/// The calls that may have changed something.
pub fn writes(done: &Done) -> Vec<String> {
    done.calls.0.iter().filter(|call| call.is_write()).map(|call| call.id.to_string()).collect()
}

/// Executions that have not ended when a command begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    None,
    /// It waits for longer than any test takes.
    One,
}

/// An account with sources deployed.
pub fn deployed(sources: &Sources, waiting: Waiting) -> Prepared {
    deployed_beside(None, sources, waiting)
}

/// An account with sources deployed beside what is in it already.
fn deployed_beside(before: Option<&Prepared>, sources: &Sources, waiting: Waiting) -> Prepared {
    let cloud = Cloud::start(before.map(Prepared::path).as_deref(), &[]);
    let done = Site::new(&cloud, sources).run(DEPLOY, Names::new(), None);
    assert_eq!(done.ended.code, Some(0), "{done:#?}");
    if waiting == Waiting::None {
        return cloud.stopped();
    }
    let machine = format!("arn:aws:states:us-east-1:000000000000:stateMachine:{STACK}-flow");
    let body = serde_json::json!({ "stateMachineArn": machine, "name": "waits", "input": "{}" });
    let answer = cloud.call("states", "POST", "/", "AWSStepFunctions.StartExecution", &body.to_string());
    assert_eq!(answer.0, 200, "{}", answer.1);
    cloud.stopped()
}

/// One of everything: each call of a deployment or removal, and none twice as often as it takes.
const SMALL: &str = r#"
service = "fault"
stage = "dev"

[functions.begin]
source = "begin"

[[routes]]
method = "POST"
path = "/begin"
function = "begin"
cors = true

[activities.approve]

[activities.sign]
name = "fault-sign"

[state_machines.flow]
definition = "flow.asl.json"
"#;

const FIRST: &str = r#"
service = "fault"
stage = "dev"

[functions.begin]
source = "begin"
log_retention_days = 14
environment = { GREETING = "hello" }

[[functions.begin.permissions]]
actions = ["states:StartExecution"]
resources = ["arn:aws:states:#{AWS::Region}:#{AWS::AccountId}:stateMachine:#{AWS::StackName}-flow"]

[functions.old]
source = "old"

[[routes]]
method = "POST"
path = "/begin"
function = "begin"
cors = true

[[routes]]
method = "GET"
path = "/old"
function = "old"

[activities.approve]
tags = { team = "red" }

[activities.past]
name = "fault-dev-long-past"

[state_machines.flow]
definition = "flow.asl.json"
"#;

const SECOND: &str = r#"
service = "fault"
stage = "dev"

[functions.begin]
source = "begin"
memory_mb = 256
log_retention_days = 30
environment = { GREETING = "good day" }

[[functions.begin.permissions]]
actions = ["states:StartExecution", "states:StopExecution"]
resources = ["arn:aws:states:#{AWS::Region}:#{AWS::AccountId}:stateMachine:#{AWS::StackName}-flow"]

[functions.new]
source = "new"

[[routes]]
method = "POST"
path = "/begin"
function = "begin"

[[routes]]
method = "GET"
path = "/new"
function = "new"
cors = true

[throttle]
rate_per_s = 5
burst = 7

[activities.approve]
tags = { team = "blue" }

[activities.sign]
name = "fault-sign"

[state_machines.flow]
definition = "flow.asl.json"
"#;

pub fn small(home: &Home) -> Sources {
    sources(home, "small", SMALL, "begin", &[("begin", "1")])
}

pub fn first(home: &Home) -> Sources {
    sources(home, "first", FIRST, "begin", &[("begin", "1"), ("old", "1")])
}

pub fn second(home: &Home) -> Sources {
    sources(home, "second", SECOND, "new", &[("begin", "2"), ("new", "1")])
}

fn sources(home: &Home, name: &str, service: &str, task: &str, functions: &[(&str, &str)]) -> Sources {
    let folder = home.path(name);
    let write = |path: &Path, bytes: &[u8]| {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    };
    write(&folder.join("definitions/service.toml"), service.as_bytes());
    let task = format!("arn:aws:lambda:#{{AWS::Region}}:#{{AWS::AccountId}}:function:#{{AWS::StackName}}-{task}");
    let definition = serde_json::json!({ "StartAt": "Hold", "States": {
        "Hold": { "Type": "Wait", "Seconds": 100_000, "Next": "Work" },
        "Work": { "Type": "Task", "Resource": task, "End": true },
    }});
    write(&folder.join("definitions/flow.asl.json"), definition.to_string().as_bytes());
    for (function, version) in functions {
        write(&folder.join(format!("zips/{function}.zip")), &zip_of(version));
    }
    Sources(folder)
}

/// A zip with one small program in it.
pub fn zip_of(version: &str) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("bootstrap", zip::write::SimpleFileOptions::default()).expect("an entry");
    write!(zip, "#!/bin/sh\n# {version}\n").expect("its bytes");
    zip.finish().expect("a zip").into_inner()
}
