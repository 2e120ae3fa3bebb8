//! A command on a prepared account with strangers in it: what an undisturbed run ends in, and which permissions it uses.

use std::collections::BTreeSet;

use super::printed::{self, ACCOUNT, actions, caller, with_actions};
use super::strangers;
use crate::fault_matrix::command::{Done, Site};
use crate::fault_matrix::scenario::{DEPLOY, REMOVE, STACK, Sources, first, second, small};
use crate::support::cloud::{Cloud, Prepared};
use crate::support::snapshot::{Snapshot, Versions};
use crate::support::{Home, eventually};
use deploy::policy::CallerCommand;
use policy::Document;
use workshop_proxy::{Caller, Need};

/// A command in a situation.
pub struct Situation {
    pub name: &'static str,
    pub command: CallerCommand,
    pub sources: Sources,
    arguments: Vec<String>,
    pub before: Prepared,
    /// What is there after an undisturbed run.
    pub after: String,
    /// What the program says that the command needs.
    pub policy: Document,
    /// What the undisturbed run needed.
    needs: BTreeSet<Need>,
}

/// Where situations begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Account {
    /// Only strangers are there.
    Empty,
    /// And a stack.
    Deployed,
    /// And an execution that waits.
    Waiting,
    /// And an earlier deployment.
    Twice,
}

impl Situation {
    /// Every command that calls AWS, those that change most of all.
    pub fn all(home: &Home) -> Vec<Self> {
        use Account::{Deployed, Empty, Twice, Waiting};
        use CallerCommand as C;
        let small = &small(home);
        let first = &first(home);
        let second = &second(home);
        let startable = &startable(home);
        let start = &["start", "--task", "t", "--at", "+1h", "--print-curl"];
        let function = &["deploy", "-f", "begin", "--package", "zips"];
        vec![
            Self::of("fresh", C::Deploy, Empty.prepare(small, small), small, DEPLOY),
            Self::of("update", C::Deploy, Waiting.prepare(first, second), second, DEPLOY),
            Self::of("leftovers", C::Deploy, Deployed.prepare(first, second), second, DEPLOY),
            Self::of("remove", C::Remove, Waiting.prepare(small, small), small, REMOVE),
            Self::of("function", C::DeployFunction, Deployed.prepare(first, second), second, function),
            Self::of("diff", C::Diff, Waiting.prepare(first, second), second, &["diff", "--package", "zips"]),
            Self::of("info", C::Info, Deployed.prepare(small, small), small, &["info"]),
            Self::of("versions", C::DeployList, Waiting.prepare(small, small), small, &["deploy", "list"]),
            Self::of("prune", C::DeployPrune, Twice.prepare(first, second), second, &["deploy", "prune", "-n", "1"]),
            Self::of("rollback", C::Rollback, Twice.prepare(first, second), second, &["rollback", "-t"]),
            Self::of("start", C::Start, Deployed.prepare(startable, startable), startable, start),
            Self::of("list", C::List, Waiting.prepare(small, small), small, &["list"]),
            Self::of("show", C::Show, Waiting.prepare(small, small), small, &["show", "waits"]),
            Self::of("logs", C::Logs, Waiting.prepare(small, small), small, &["logs", "-f", "begin"]),
            Self::of("logs-of-one", C::Logs, Waiting.prepare(small, small), small, &["logs", "--execution", "waits"]),
            Self::of("stop", C::Stop, Waiting.prepare(small, small), small, &["stop", "waits"]),
            Self::of(
                "invoke",
                C::Invoke,
                Deployed.prepare(small, small),
                small,
                &["invoke", "-f", "begin", "-t", "DryRun"],
            ),
        ]
    }

    fn of(name: &'static str, command: CallerCommand, before: Prepared, sources: &Sources, arguments: &[&str]) -> Self {
        let cloud = Cloud::start(Some(&before.path()), &[]);
        let site = Site::new(&cloud, sources);
        let policy = printed::read(&site.run_as(&printed::arguments(&[command]), None).ended);
        let mut arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        if command == CallerCommand::Rollback {
            arguments.push(earlier_deployment(&site));
        }
        let done = run(&site, &arguments, Some(caller(policy.clone())));
        assert_eq!(done.ended.code, Some(0), "{name}, undisturbed: {:#?}", done.ended);
        assert_eq!(done.refused, [], "{name}, undisturbed");
        let after = Snapshot::of(&cloud).text(Versions::Numbered);
        let needs = done.recorded.iter().flat_map(|request| request.needs(ACCOUNT)).collect();
        let sources = sources.clone();
        Self { name, command, sources, arguments, before, after, policy, needs }
    }

    pub fn start(&self) -> Cloud {
        Cloud::start(Some(&self.before.path()), &[])
    }

    /// Runs the command as somebody; with everything allowed when nobody is named.
    pub fn run(&self, cloud: &Cloud, caller: Option<Caller>) -> Done {
        run(&Site::new(cloud, &self.sources), &self.arguments, caller)
    }

    /// The permissions that it uses: the statement's id, the action, and the policy without it.
    pub fn permissions(&self) -> Vec<(String, String, Document)> {
        let statements: Vec<_> = self.policy.statements.iter().cloned().collect();
        let mut found = Vec::new();
        for (place, statement) in statements.iter().enumerate() {
            for action in actions(statement) {
                let alone = caller(Document::new(vec![with_actions(statement, vec![action.clone()])]));
                if !self.needs.iter().any(|need| alone.may(need)) {
                    continue;
                }
                let mut rest = statements.clone();
                let others: Vec<String> = actions(statement).into_iter().filter(|it| *it != action).collect();
                if others.is_empty() {
                    rest.remove(place);
                } else {
                    rest[place] = with_actions(statement, others);
                }
                let sid = statement.sid.clone().unwrap_or_default();
                found.push((sid, action, Document::new(rest)));
            }
        }
        found
    }
}

fn run(site: &Site<'_>, arguments: &[String], caller: Option<Caller>) -> Done {
    site.run_as(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), caller)
}

/// The id of the deployment before the newest.
fn earlier_deployment(site: &Site<'_>) -> String {
    let listed = site.run_as(&["deploy", "list", "--json"], None).ended.stdout;
    let listed: serde_json::Value = serde_json::from_str(&listed).expect("JSON");
    listed["deployments"][1]["id"].as_str().expect("an earlier deployment").to_owned()
}

impl Account {
    fn prepare(self, deployed: &Sources, project: &Sources) -> Prepared {
        let cloud = Cloud::start(None, &[]);
        strangers::settle(&cloud);
        let run = |sources: &Sources, arguments: &[&str]| {
            let done: Done = Site::new(&cloud, sources).run_as(arguments, None);
            assert_eq!(done.ended.code, Some(0), "{:#?}", done.ended);
        };
        if self != Self::Empty {
            run(deployed, DEPLOY);
        }
        if self == Self::Twice {
            run(project, DEPLOY);
            let site = Site::new(&cloud, project);
            eventually("the earlier deployment to be prunable", || {
                let said = site.run_as(&["deploy", "prune", "-n", "1", "--dry-run"], None).ended.stdout;
                if said.contains("replaced a moment ago") { Err(said) } else { Ok(()) }
            });
        }
        if self == Self::Waiting {
            let machine = format!("arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:{STACK}-flow");
            let body = serde_json::json!({ "stateMachineArn": machine, "name": "waits", "input": "{}" });
            let answer = cloud.call("states", "POST", "/", "AWSStepFunctions.StartExecution", &body.to_string());
            assert_eq!(answer.0, 200, "{}", answer.1);
        }
        cloud.stopped()
    }
}

/// The small service with the route that `start` posts to.
fn startable(home: &Home) -> Sources {
    let small = small(home);
    let folder = home.path("startable");
    for inner in ["definitions", "zips"] {
        std::fs::create_dir_all(folder.join(inner)).expect("a folder");
        for entry in std::fs::read_dir(small.0.join(inner)).expect("a folder").map(|entry| entry.expect("an entry")) {
            std::fs::copy(entry.path(), folder.join(inner).join(entry.file_name())).expect("a file");
        }
    }
    let file = folder.join("definitions/service.toml");
    let text = std::fs::read_to_string(&file).expect("a file").replace("/begin", "/start");
    std::fs::write(file, text).expect("a file");
    Sources(folder)
}
