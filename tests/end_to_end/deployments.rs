//! Deployments that follow each other while executions wait: listed, pruned, returned to, watched.

use std::fs;

use crate::support::{Ended, Home, Running, eventually};
use serde_json::Value;

const FUNCTION: &str = "function:step-functions-example-dev-sendEmail";

/// The lesson as a project folder of its own, with the zips that the binary carries.
struct Project {
    home: Home,
}

impl Project {
    fn new() -> Self {
        let project = Self { home: Home::new() };
        fs::create_dir(project.home.path("work/definitions")).expect("a folder");
        for file in ["service.toml", "wait-to-send.asl.json"] {
            let from = crate::support::project().join("definitions").join(file);
            fs::copy(from, project.path(&format!("definitions/{file}"))).expect("a file");
        }
        let mut package = project.home.workshop(&["package", "--out", "work/zips"]);
        let ended = Ended::of(package.current_dir(project.home.path("")).output().expect("workshop starts"));
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        project
    }

    fn path(&self, file: &str) -> std::path::PathBuf {
        self.home.path("work").join(file)
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(file)).expect("a file");
        assert!(text.contains(from), "{from} in {text}");
        fs::write(self.path(file), text.replacen(from, to, 1)).expect("a file");
    }

    /// Gives `sendEmail` another timeout, which makes it another version.
    fn timeout(&self, from_s: u32, to_s: u32) {
        self.edit("definitions/service.toml", &format!("timeout_s = {from_s}\n"), &format!("timeout_s = {to_s}\n"));
    }

    fn deploy(&self) -> Value {
        self.home.json(&["deploy", "--local", "--package", "zips", "--json"])
    }

    fn deployments(&self) -> Vec<Value> {
        let listed = self.home.json(&["deploy", "list", "--local", "--json"]);
        listed["deployments"].as_array().expect("deployments").clone()
    }

    /// The versions of `sendEmail`, and which is live.
    fn versions(&self) -> (Vec<u64>, u64) {
        let listed = self.home.json(&["deploy", "list", "functions", "--local", "--json"]);
        let functions = listed["functions"].as_array().expect("functions");
        let send = functions.iter().find(|it| it["key"] == "sendEmail").expect("sendEmail");
        let versions = send["versions"].as_array().expect("versions").iter();
        (versions.filter_map(|it| it["version"].as_u64()).collect(), send["live"].as_u64().expect("one is live"))
    }

    fn wait(&self, name: &str) {
        self.home.ok(&["start", "--local", "--task", name, "--at", "+1h"]);
    }
}

fn id(deployment: &Value) -> &str {
    deployment["id"].as_str().expect("an id")
}

#[test]
fn a_version_that_an_execution_waits_for_is_never_pruned() {
    let project = Project::new();
    project.deploy();
    project.wait("patient");
    for timeout_s in 6..9 {
        project.timeout(timeout_s, timeout_s + 1);
        assert_eq!(project.deploy()["changed"], true);
    }
    let deployments = project.deployments();
    assert_eq!(deployments.len(), 4);
    assert_eq!((&deployments[0]["current"], &deployments[3]["executions"]), (&true.into(), &1.into()));

    let planned = project.home.json(&["deploy", "prune", "--local", "-n", "1", "--dry-run", "--json"]);
    assert_eq!(project.versions(), (vec![1, 2, 3, 4], 4), "a dry run deletes nothing");
    let pruned = project.home.ok(&["deploy", "prune", "--local", "-n", "1"]);
    assert!(pruned.contains("executions that have not ended (patient): function sendEmail 1"), "{pruned}");
    // Whether the third stays depends on how long ago the fourth replaced it.
    let (versions, live) = project.versions();
    assert!(versions.contains(&1) && !versions.contains(&2) && live == 4, "{versions:?}\n{pruned}\n{planned:#}");

    project.home.ok(&["stop", "--local", "patient"]);
    project.home.ok(&["deploy", "prune", "--local", "-n", "1"]);
    let (versions, live) = project.versions();
    assert!(!versions.contains(&1) && live == 4, "{versions:?}");
    assert_eq!(project.deploy()["changed"], false, "what is deployed is as it was");
}

#[test]
fn an_execution_ends_in_the_code_that_it_began_with() {
    let project = Project::new();
    project.deploy();
    project.home.ok(&["start", "--local", "--task", "old", "--at", "+5s"]);
    project.timeout(6, 7);
    project.deploy();
    project.home.ok(&["deploy", "prune", "--local", "-n", "1"]);
    eventually("the execution's end", || {
        let shown = project.home.json(&["show", "--local", "old", "--json"]);
        let shown = shown.to_string();
        if shown.contains("ExecutionSucceeded") { Ok(shown) } else { Err(shown) }
    });
    let shown = project.home.ok(&["show", "--local", "old", "--json"]);
    assert!(shown.contains(&format!("{FUNCTION}:1")), "{shown}");
}

#[test]
fn a_rollback_returns_to_functions_and_definitions() {
    let project = Project::new();
    project.deploy();
    project.timeout(6, 7);
    project.deploy();
    let without = project.home.run(&["rollback", "--local"]);
    assert_eq!(without.code, Some(2), "{without:#?}");
    assert!(without.stdout.contains("current") && without.stderr.contains("rollback --local -t 20"), "{without:#?}");

    let first = id(&project.deployments()[1]).to_owned();
    let rollback =
        |arguments: &[&str]| project.home.run(&[&["rollback", "--local", "-t", first.as_str()], arguments].concat());
    let planned = rollback(&["--dry-run"]);
    assert!(planned.stdout.contains("version (2 -> 1)"), "{planned:#?}");
    assert_eq!(project.versions().1, 2, "a dry run changes nothing");
    project.wait("newer");
    let runs = |options: &[&str]| {
        let invoke = ["invoke", "--local", "-f", "sendEmail", "-d", "{}", "--json"];
        project.home.json(&[&invoke[..], options].concat())["executedVersion"].clone()
    };
    assert_eq!((runs(&[]), runs(&["-q", "1"])), ("2".into(), "1".into()));
    let done = rollback(&[]);
    assert!(done.stdout.contains("Returned to the deployment"), "{done:#?}");
    assert!(done.stderr.contains("1 execution has not ended") && done.stderr.contains("Roles, routes"), "{done:#?}");
    assert_eq!(project.versions().1, 1);
    assert_eq!((runs(&[]), runs(&["-q", "$LATEST"])), ("1".into(), "$LATEST".into()), "what is live runs");
    assert_eq!(project.home.run(&["invoke", "--local", "-f", "sendEmail", "-d", "{}", "-q", "9"]).code, Some(6));
    let deployments = project.deployments();
    assert_eq!(deployments.iter().map(|it| it["current"] == true).collect::<Vec<_>>(), [false, true]);
    assert_eq!(deployments[0]["executions"], 1, "it goes on with what it began with");
    let again = rollback(&[]);
    assert!(again.stdout.contains("Nothing to do"), "{again:#?}");

    assert_eq!(project.home.run(&["rollback", "--local", "-t", "1999"]).code, Some(6));
    project.deploy();
    assert_eq!(project.versions().1, 2, "a deploy makes everything as the service file says");
}

#[test]
fn a_deployment_that_is_pruned_can_not_be_returned_to() {
    let project = Project::new();
    for timeout_s in 6..9 {
        project.deploy();
        project.timeout(timeout_s, timeout_s + 1);
    }
    let first = id(&project.deployments()[2]).to_owned();
    project.deploy();
    project.home.ok(&["deploy", "prune", "--local", "-n", "1"]);
    let refused = project.home.run(&["rollback", "--local", "-t", &first]);
    assert_eq!(refused.code, Some(6), "{refused:#?}");
    assert!(refused.stderr.contains("sendEmail") && refused.stderr.contains("Nothing was changed"), "{refused:#?}");
}

#[test]
fn many_versions_are_pruned_without_being_asked() {
    let project = Project::new();
    project.timeout(6, 20);
    for timeout_s in 20..31 {
        project.deploy();
        project.timeout(timeout_s, timeout_s + 1);
    }
    assert_eq!(project.versions().0.len(), 5, "the eleventh deployment leaves the newest five");
    let listed = project.home.ok(&["deploy", "list", "--local"]);
    assert_eq!(listed.lines().count(), 1 + 5, "{listed}");
}

#[test]
fn one_function_is_deployed_without_the_rest() {
    let project = Project::new();
    project.deploy();
    let function = |arguments: &[&str]| {
        let command = [&["deploy", "function", "-f", "sendEmail", "--local", "--package", "zips"], arguments].concat();
        project.home.ok(&command)
    };
    assert!(function(&[]).contains("Nothing to deploy"));
    project.timeout(6, 7);
    assert!(function(&[]).contains("Nothing to deploy"), "code only");
    project.edit("definitions/service.toml", "rate_per_s = 1\n", "rate_per_s = 2\n");
    let done = function(&["--update-config"]);
    assert!(done.contains("version 2 is live") && done.contains("myStateMachine leads to it"), "{done}");
    assert_eq!(project.versions(), (vec![1, 2], 2));
    assert_eq!(project.deployments().len(), 2);
    let left = project.home.ok(&["deploy", "--dry-run", "--local", "--package", "zips"]);
    let changes: Vec<&str> = left.lines().filter(|line| line.starts_with("update")).collect();
    assert_eq!(changes.len(), 1, "only what it was told to leave: {left}");
    let unknown = project.home.run(&["deploy", "--function", "sendMail", "--local"]);
    assert!(unknown.code == Some(6) && unknown.stderr.contains("Did you mean `sendEmail`?"), "{unknown:#?}");
}

#[test]
fn a_watched_project_is_deployed_again_when_it_changes() {
    let project = Project::new();
    let watch: Running = project.home.spawn(&["deploy", "--watch", "--local", "--package", "zips"]);
    watch.line_with("Watching");
    let definition = "definitions/wait-to-send.asl.json";
    project.edit(definition, "A Task Timer", "An edited Task Timer");
    let line = watch.line_with("redeployed state machine myStateMachine");
    assert!(line.contains(definition), "{line}");

    project.edit(definition, "\"StartAt\"", "\"StartAt\" oops");
    let failed = watch.line_with("could not be deployed");
    assert!(failed.contains(definition), "{failed}");
    project.edit(definition, "\"StartAt\" oops", "\"StartAt\"");
    watch.line_with("nothing to deploy");

    project.timeout(6, 7);
    watch.line_with("redeployed function sendEmail, state machine myStateMachine");
    assert_eq!(project.versions().1, 2);
    let rounds = watch.output().lines().filter(|line| line.contains(" changed")).count();
    assert_eq!(rounds, 4, "one line for each change:\n{}", watch.output());
    assert_eq!(watch.interrupt(), Some(0));
}

#[test]
fn of_a_watched_serverless_folder_only_what_is_deployed_counts() {
    let home = Home::new();
    let write = |path: &str, text: &str| {
        let path = home.path("work").join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    };
    write("src/send.js", "exports.handler = async () => 1;\n");
    write("config.yml", "greeting: hello\n");
    write(
        "serverless.yml",
        "service: shop\nprovider: {name: aws, runtime: nodejs20.x, stage: \"${opt:stage, 'dev'}\"}\npackage: {patterns: ['!**', 'src/**']}\n\
         functions: {send: {handler: src/send.handler, environment: {GREETING: '${file(config.yml):greeting}-${sls:stage}'}}}\n",
    );
    let watch = home.spawn(&["deploy", "--watch", "--local", "--stage", "test"]);
    watch.line_with("Watching 3 files");
    write("README.md", "nothing of it is deployed\n");
    write("config.yml", "greeting: salut\n");
    let line = watch.line_with("config.yml changed: redeployed function send");
    assert!(!line.contains("README.md"), "{line}");
    write("src/send.js", "exports.handler = async () => 2;\n");
    watch.line_with("src/send.js changed: redeployed function send");
    let rounds = watch.output().lines().filter(|line| line.contains(" changed: ")).count();
    assert_eq!(rounds, 2, "{}", watch.output());
    assert_eq!(watch.interrupt(), Some(0));
}

#[test]
fn there_is_nothing_to_watch_outside_a_project() {
    let ended = Home::new().run(&["deploy", "--watch", "--local"]);
    assert_eq!(ended.code, Some(3), "{ended:#?}");
    assert!(ended.stderr.contains("nothing to watch"), "{ended:#?}");
}
