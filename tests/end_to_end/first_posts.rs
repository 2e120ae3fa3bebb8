//! The first seconds of an endpoint: API Gateway does not know a new route, or a new permission, everywhere yet.

use std::process::Command;

use serde_json::Value;
use workshop_proxy::{Early, Proxy};

use crate::support::cloud::Cloud;
use crate::support::{Ended, Home, Running, credentials, eventually};

/// The lesson on a cloud, whose endpoint is called through a proxy.
struct Lesson {
    home: Home,
    proxy: Proxy,
    _cloud: Cloud,
}

impl Lesson {
    /// Nothing is deployed yet, and the first calls of the endpoint get these answers.
    fn new(early: impl IntoIterator<Item = Early>) -> Self {
        let cloud = Cloud::start(None, &[]);
        let proxy = Proxy::with_endpoints(cloud.port, early).expect("a port");
        Self { home: Home::new(), proxy, _cloud: cloud }
    }

    /// It is deployed, and the next calls of the endpoint get these answers.
    fn deployed(early: impl IntoIterator<Item = Early>) -> Self {
        let lesson = Self::new([]);
        lesson.json(&["deploy"]);
        lesson.proxy.take();
        lesson.proxy.answer_early(early);
        lesson
    }

    /// A command whose waits are as long as they are for everybody.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.home.workshop(arguments);
        command.envs(credentials(&format!("http://127.0.0.1:{}", self.proxy.port)));
        command
    }

    /// Runs a command whose waits are a hundredth of what they are.
    fn run(&self, arguments: &[&str]) -> Ended {
        let output = self.command(arguments).env("WORKSHOP_TIME_SCALE", "0.01").output();
        Ended::of(output.expect("workshop starts"))
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let ended = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(ended.code, Some(0), "{arguments:?}: {ended:#?}");
        serde_json::from_str(&ended.stdout).expect("JSON")
    }

    /// The calls of the endpoint since the last time this was asked, as method and path.
    fn posts(&self) -> Vec<String> {
        let calls = self.proxy.take().0.into_iter().map(|call| call.request);
        calls.filter(|request| request.ends_with(" /dev/start")).collect()
    }

    fn executions(&self) -> Vec<(String, String)> {
        let listed = self.json(&["list"]);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let listed = listed["executions"].as_array().expect("executions").iter();
        listed.map(|it| (text(&it["name"]), text(&it["status"]))).collect()
    }
}

fn waiting(name: &str) -> Vec<(String, String)> {
    vec![(name.to_owned(), "RUNNING".to_owned())]
}

#[test]
fn deploy_asks_a_new_endpoint_until_it_answers_and_runs_nothing() {
    let lesson = Lesson::new([Early::NotFound, Early::NotFound, Early::NotAllowed]);
    let ended = lesson.run(&["deploy", "--json", "--verbose"]);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let deployed: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    assert_eq!(deployed["endpoint"], "answers");
    assert!(ended.stderr.contains("HTTP API waits for its new endpoint to answer"), "{}", ended.stderr);
    assert_eq!(lesson.posts(), ["OPTIONS /dev/start"; 4]);
    assert_eq!(lesson.json(&["deploy"])["endpoint"], "unchanged");
    assert_eq!(lesson.posts(), [""; 0], "nothing of the API changed");
}

#[test]
fn a_deployment_succeeds_although_its_endpoint_stays_silent() {
    let lesson = Lesson::new(std::iter::repeat_n(Early::NotFound, 10_000));
    let ended = lesson.run(&["deploy"]);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert!(ended.stderr.contains("The endpoint does not answer yet"), "{}", ended.stderr);
    assert!(ended.stdout.contains("/dev/start"), "{}", ended.stdout);
}

#[test]
fn start_tries_again_while_the_route_is_not_known() {
    let lesson = Lesson::deployed([Early::NotFound, Early::NotFound]);
    let ended = lesson.run(&["start", "--task", "one", "--at", "+1h"]);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert_eq!(ended.stderr.matches("Trying again").count(), 1, "{}", ended.stderr);
    assert_eq!(lesson.posts(), ["POST /dev/start"; 3]);
    assert_eq!(lesson.executions(), waiting("one"));
}

#[test]
fn start_tries_again_while_the_permission_is_not_known_and_starts_one_execution() {
    let lesson = Lesson::deployed([Early::NotAllowed, Early::Lost, Early::NotAllowed]);
    let ended = lesson.run(&["start", "--task", "one", "--at", "+1h"]);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert!(ended.stderr.contains("The endpoint answers 500"), "{}", ended.stderr);
    assert_eq!(lesson.posts(), ["POST /dev/start"; 4]);
    assert_eq!(lesson.executions(), waiting("one"));
}

#[test]
fn a_name_that_an_own_earlier_try_took_is_told_as_that() {
    let unknown = std::iter::repeat_n(Early::NotFound, 10_000);
    let lesson = Lesson::deployed(std::iter::once(Early::Lost).chain(unknown));
    let start = Running::start(lesson.command(&["start", "--task", "one", "--at", "now"]));
    eventually("the execution to end", || match lesson.executions().as_slice() {
        [(_, status)] if status == "SUCCEEDED" => Ok(()),
        other => Err(format!("{other:?}")),
    });
    lesson.proxy.answer_early([]);
    start.line_with("An earlier try of this command was answered 500 and may have started it all the same");
    start.line_with("workshop show one");
    assert_eq!(lesson.executions().len(), 1);
}

#[test]
fn a_route_that_stays_unknown_is_told_as_before() {
    let lesson = Lesson::deployed(std::iter::repeat_n(Early::NotFound, 10_000));
    let ended = lesson.run(&["start", "--task", "one", "--at", "+1h"]);
    assert_eq!(ended.code, Some(6), "{ended:#?}");
    assert!(ended.stderr.contains("answers 404: Not Found"), "{}", ended.stderr);
    assert!(ended.stderr.contains("Run `workshop deploy` again"), "{}", ended.stderr);
    assert_eq!(lesson.executions(), []);
}
