//! Thirty people in one account: thirty stages are deployed, deployed again and removed at once, on an embedded cloud that
//! takes as many calls as AWS does.

use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::fault_matrix::tell;
use crate::support::cloud::{Cloud, Request};
use crate::support::snapshot::{Snapshot, Versions};
use crate::support::{Ended, Home, credentials};

/// A class with its teacher.
const STAGES: usize = 30;

/// A region with Step Functions' smaller buckets.
const REGION: &str = "eu-central-1";

/// The lesson as a project folder, its zips beside it, and the cloud that all stages are deployed to.
struct Class {
    home: Home,
    cloud: Cloud,
}

impl Class {
    /// On a cloud with these options.
    fn new(options: &[&str]) -> Self {
        let home = Home::new();
        fs::create_dir(home.path("work/definitions")).expect("a folder");
        for file in ["service.toml", "wait-to-send.asl.json"] {
            let from = crate::support::project().join("definitions").join(file);
            fs::copy(from, home.path("work/definitions").join(file)).expect("a file");
        }
        let mut package = home.workshop(&["package", "--out", "work/zips"]);
        let ended = Ended::of(package.current_dir(home.path("")).output().expect("workshop starts"));
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        Self { home, cloud: Cloud::start(None, options).in_region(REGION) }
    }

    /// Runs a command for one stage.
    fn run(&self, stage: usize, arguments: &[&str]) -> Ended {
        let mut command = self.home.workshop(arguments);
        command.envs(credentials(&format!("http://127.0.0.1:{}", self.cloud.port)));
        command.env("AWS_REGION", REGION).env("AWS_DEFAULT_REGION", REGION);
        command.args(["--json", "--stage", &format!("s{stage}")]);
        Ended::of(command.output().expect("workshop starts"))
    }

    /// Runs a command for every stage at once; all must succeed. Tells how long it took and what was refused.
    fn all(&self, phase: &str, arguments: &[&str]) -> Vec<Value> {
        let since = Timestamp::now();
        let begun = Instant::now();
        let ended: Vec<Ended> = std::thread::scope(|scope| {
            let runs: Vec<_> = (1..=STAGES).map(|stage| scope.spawn(move || self.run(stage, arguments))).collect();
            runs.into_iter().map(|run| run.join().expect("the run does not panic")).collect()
        });
        let took_s = begun.elapsed().as_secs_f64();
        let failed: Vec<_> = ended.iter().filter(|ended| ended.code != Some(0)).collect();
        tell(&format!("{phase}: {} of {STAGES} succeed in {took_s:.1} s", STAGES - failed.len()));
        tell(&refusals(&self.cloud.requests(since)));
        assert!(failed.is_empty(), "{phase}: {} of {STAGES} fail, the first with\n{:#?}", failed.len(), failed[0]);
        let read = |ended: &Ended| serde_json::from_str(&ended.stdout).expect("a command with --json prints JSON");
        ended.iter().map(read).collect()
    }

    /// Shows these of AWS's delays and refusals, and no others.
    fn show(&self, settings: &str) {
        let url = format!("http://127.0.0.1:{}/_workshop/eventual", self.cloud.port);
        let mut curl = self.home.command("curl");
        curl.args(["-sSf", "-X", "PUT", "-H", "x-workshop: 1", "-d", settings, &url]);
        let ended = Ended::of(curl.output().expect("curl is installed"));
        assert_eq!(ended.code, Some(0), "{ended:#?}");
    }
}

/// Whether AWS's limits refused it.
fn is_refused(request: &Request) -> bool {
    ["Throttling", "TooManyRequests"].iter().any(|code| request.code.contains(code))
}

/// How many calls were refused, and of which operations.
fn refusals(requests: &[Request]) -> String {
    let mut by_operation: BTreeMap<&str, usize> = BTreeMap::new();
    for request in requests.iter().filter(|request| is_refused(request)) {
        *by_operation.entry(&request.operation).or_default() += 1;
    }
    let total: usize = by_operation.values().sum();
    let list: Vec<String> = by_operation.iter().map(|(operation, count)| format!("{operation} {count}")).collect();
    format!("  {total} of {} calls refused: {}", requests.len(), list.join(", "))
}

#[test]
fn thirty_stages_at_once_in_one_account() {
    let class = Class::new(&["--like-aws"]);
    for deployed in class.all("deploy", &["deploy", "--package", "zips"]) {
        assert_eq!(deployed["info"]["deployed"], "complete", "{deployed:#}");
    }
    for again in class.all("deploy again", &["deploy", "--package", "zips"]) {
        assert_eq!((&again["changed"], &again["info"]["deployed"]), (&false.into(), &"complete".into()), "{again:#}");
    }
    for removed in class.all("remove", &["remove", "--yes"]) {
        assert_eq!(removed["gone"], removed["lookedAgainFor"], "{removed:#}");
    }
    class.show("");
    let nothing = Snapshot::of(&Cloud::start(None, &[])).text(Versions::Numbered);
    assert_eq!(Snapshot::of(&class.cloud).text(Versions::Numbered), nothing, "something is left behind");
}

/// Many more than the cloud of that test takes calls in a second.
const EXECUTIONS: usize = 300;

#[test]
fn remove_stops_many_executions_at_the_pace_of_the_service() {
    let class = Class::new(&[]);
    let deployed = class.run(1, &["deploy", "--package", "zips"]);
    assert_eq!(deployed.code, Some(0), "{deployed:#?}");
    let machine = format!("arn:aws:states:{REGION}:000000000000:stateMachine:step-functions-example-s1-myStateMachine");
    let later = Timestamp::now() + SignedDuration::from_hours(1);
    let input = format!(r#"{{"trigger_date": "{later:.3}"}}"#);
    for number in 0..EXECUTIONS {
        let body = serde_json::json!({"stateMachineArn": machine, "name": format!("e{number}"), "input": input});
        let started = class.cloud.call("states", "POST", "/", "AWSStepFunctions.StartExecution", &body.to_string());
        assert_eq!(started.0, 200, "{}", started.1);
    }
    class.show("throttling=20");
    let since = Timestamp::now();
    let begun = Instant::now();
    let removed = class.run(1, &["remove", "--yes"]);
    assert_eq!(removed.code, Some(0), "{removed:#?}");
    let requests = class.cloud.requests(since);
    let stops: Vec<_> = requests.iter().filter(|request| request.operation == "states:StopExecution").collect();
    let refused = stops.iter().filter(|request| is_refused(request)).count();
    let took_s = begun.elapsed().as_secs_f64();
    tell(&format!("{EXECUTIONS} executions stopped with {} calls, {refused} refused, {took_s:.1} s", stops.len()));
    assert!(refused * 4 < stops.len(), "{refused} of {} calls refused", stops.len());
}
