//! Thirty people in one account: thirty stages are deployed, deployed again and removed at once, on an embedded cloud that
//! takes as many calls as AWS does.

use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

use jiff::Timestamp;
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
    fn new() -> Self {
        let home = Home::new();
        fs::create_dir(home.path("work/definitions")).expect("a folder");
        for file in ["service.toml", "wait-to-send.asl.json"] {
            let from = crate::support::project().join("definitions").join(file);
            fs::copy(from, home.path("work/definitions").join(file)).expect("a file");
        }
        let mut package = home.workshop(&["package", "--out", "work/zips"]);
        let ended = Ended::of(package.current_dir(home.path("")).output().expect("workshop starts"));
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        Self { home, cloud: Cloud::start(None, &["--like-aws"]).in_region(REGION) }
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

    /// Sets the cloud's delays and refusals off.
    fn calm(&self) {
        let url = format!("http://127.0.0.1:{}/_workshop/eventual", self.cloud.port);
        let mut curl = self.home.command("curl");
        curl.args(["-sSf", "-X", "PUT", "-H", "x-workshop: 1", "-d", "", &url]);
        let ended = Ended::of(curl.output().expect("curl is installed"));
        assert_eq!(ended.code, Some(0), "{ended:#?}");
    }
}

/// How many calls were refused, and of which operations.
fn refusals(requests: &[Request]) -> String {
    let refused = |request: &&Request| ["Throttling", "TooManyRequests"].iter().any(|code| request.code.contains(code));
    let mut by_operation: BTreeMap<&str, usize> = BTreeMap::new();
    for request in requests.iter().filter(refused) {
        *by_operation.entry(&request.operation).or_default() += 1;
    }
    let total: usize = by_operation.values().sum();
    let list: Vec<String> = by_operation.iter().map(|(operation, count)| format!("{operation} {count}")).collect();
    format!("  {total} of {} calls refused: {}", requests.len(), list.join(", "))
}

#[test]
fn thirty_stages_at_once_in_one_account() {
    let class = Class::new();
    for deployed in class.all("deploy", &["deploy", "--package", "zips"]) {
        assert_eq!(deployed["info"]["deployed"], "complete", "{deployed:#}");
    }
    for again in class.all("deploy again", &["deploy", "--package", "zips"]) {
        assert_eq!((&again["changed"], &again["info"]["deployed"]), (&false.into(), &"complete".into()), "{again:#}");
    }
    for removed in class.all("remove", &["remove", "--yes"]) {
        assert_eq!(removed["gone"], removed["lookedAgainFor"], "{removed:#}");
    }
    class.calm();
    let nothing = Snapshot::of(&Cloud::start(None, &[])).text(Versions::Numbered);
    assert_eq!(Snapshot::of(&class.cloud).text(Versions::Numbered), nothing, "something is left behind");
}
