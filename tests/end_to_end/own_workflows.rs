//! Somebody's own state machines on the command line: started, listed, shown, stopped; several that have to be told apart.

use std::io::Write;
use std::process::Stdio;

use serde_json::Value;

use crate::support::{Ended, Home, credentials, eventually};

const SERVICE: &str = r#"
service = "shop"

[state_machines.order]
definition = "order.asl.json"

[state_machines.check]
definition = "check.asl.json"

[state_machines.quick]
definition = "quick.asl.json"
type = "EXPRESS"
"#;

const ORDER: &str = r#"{"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": true, "Branches": [
    {"StartAt": "Each", "States": {"Each": {"Type": "Map", "ItemsPath": "$.items", "End": true,
        "ItemProcessor": {"StartAt": "Pack", "States": {"Pack": {"Type": "Pass", "End": true}}}}}},
    {"StartAt": "Brief", "States": {"Brief": {"Type": "Wait", "SecondsPath": "$.seconds", "End": true}}}]}}}"#;

const CHECK: &str = r#"{"StartAt": "Enough", "States": {
    "Enough": {"Type": "Choice", "Default": "TooFew",
        "Choices": [{"Variable": "$.count", "NumericGreaterThan": 0, "Next": "Fine"}]},
    "Fine": {"Type": "Pass", "Result": {"fine": true}, "End": true},
    "TooFew": {"Type": "Fail", "Error": "OutOfStock", "Cause": "nothing is left of item 7"}}}"#;

const QUICK: &str = r#"{"StartAt": "Done", "States": {"Done": {"Type": "Pass", "Result": {"a": 1}, "End": true}}}"#;

/// A project with three state machines on an embedded cloud.
struct Shop {
    home: Home,
}

impl Shop {
    fn deployed() -> Self {
        let home = Home::new();
        for (file, text) in
            [("service.toml", SERVICE), ("order.asl.json", ORDER), ("check.asl.json", CHECK), ("quick.asl.json", QUICK)]
        {
            std::fs::write(home.path("work").join(file), text).expect("a file");
        }
        home.ok(&["deploy", "--local"]);
        Self { home }
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        self.home.run(&[arguments, &["--local"]].concat())
    }

    fn ok(&self, arguments: &[&str]) -> String {
        self.home.ok(&[arguments, &["--local"]].concat())
    }

    fn json(&self, arguments: &[&str]) -> Value {
        self.home.json(&[arguments, &["--local", "--json"]].concat())
    }

    fn refused(&self, arguments: &[&str], code: i32) -> String {
        let ended = self.run(arguments);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(code), ""), "{arguments:?}\n{ended:#?}");
        ended.stderr
    }

    /// Runs a command in a terminal of so many columns, as far as it knows.
    fn in_columns(&self, columns: &str, arguments: &[&str]) -> String {
        let mut command = self.home.workshop(&[arguments, &["--local"]].concat());
        let ended = Ended::of(command.env("COLUMNS", columns).output().expect("workshop starts"));
        assert_eq!(ended.code, Some(0), "{arguments:?}\n{ended:#?}");
        ended.stdout
    }
}

#[test]
fn any_state_machine_is_started_and_waited_for() {
    let shop = Shop::deployed();
    let output = shop.ok(&["start", "check", "-d", r#"{"count": 3}"#, "--sync"]);
    insta::assert_snapshot!(output, @r#"
    {
      "fine": true
    }
    "#);
    let failed = shop.run(&["start", "check", "-d", r#"{"count": 0}"#, "--name", "empty", "--sync"]);
    assert_eq!((failed.code, failed.stdout.as_str()), (Some(8), ""), "{failed:#?}");
    insta::assert_snapshot!(failed.stderr, @r"
    Started empty.
    error: The execution empty failed.
      cause: OutOfStock: nothing is left of item 7
    ");
    let express = shop.json(&["start", "shop-dev-quick", "--sync"]);
    assert_eq!((&express["status"], &express["output"]), (&"SUCCEEDED".into(), &r#"{"a":1}"#.into()), "{express:#}");
}

#[test]
fn inputs_come_from_files_and_stdin_and_are_checked_first() {
    let shop = Shop::deployed();
    std::fs::write(shop.home.path("work/count.json"), "{\n  \"count\": 1,\n}\n").expect("a file");
    insta::assert_snapshot!(shop.refused(&["start", "check", "-d", "@count.json"], 2), @r"
    error: count.json is not valid JSON: line 3, column 1.
      cause: key must be a string at line 3 column 1
    ");
    std::fs::write(shop.home.path("work/count.json"), "{\n  \"count\": 1\n}\n").expect("a file");
    let started = shop.json(&["start", "check", "-d", "@count.json", "--name", "file"]);
    assert_eq!((&started["kind"], &started["name"]), (&"started".into(), &"file".into()), "{started:#}");
    assert_eq!(started["input"], "{\n  \"count\": 1\n}\n", "it is sent as it is written");
    let mut command = shop.home.workshop(&["start", "check", "-d", "-", "--sync", "--local", "--json"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("workshop starts");
    child.stdin.take().expect("a pipe").write_all(br#"{"count": 2}"#).expect("it reads");
    let ended = Ended::of(child.wait_with_output().expect("it ends"));
    assert!(ended.code == Some(0) && ended.stdout.contains(r#""input": "{\"count\": 2}""#), "{ended:#?}");
    insta::assert_snapshot!(shop.refused(&["start", "check", "-d", "@nowhere.json"], 1), @r"
    error: nowhere.json can't be read.
      cause: No such file or directory (os error 2)
    ");
}

#[test]
fn what_is_not_one_thing_is_refused_with_the_names() {
    let shop = Shop::deployed();
    insta::assert_snapshot!(shop.refused(&["start"], 2), @r"
    error: The service has several state machines: name the one you mean.
      try: The state machines are check, order, quick.
    ");
    insta::assert_snapshot!(shop.refused(&["start", "chek"], 6), @r"
    error: The service has no state machine `chek`.
      try: Did you mean `check`? The state machines are check, order, quick.
    ");
    insta::assert_snapshot!(shop.refused(&["start", "quick", "--follow"], 2), @r"
    error: quick is an express state machine: its executions can't be followed.
      try: `workshop start --local quick --sync` waits for its output and prints that.
    ");
    insta::assert_snapshot!(shop.refused(&["show"], 6), @r"
    error: No execution was started yet.
      try: Start one: `workshop start --local check`.
    ");
    for machine in ["order", "check"] {
        shop.ok(&["start", machine, "--name", "same", "-d", r#"{"items": [], "seconds": 3000, "count": 1}"#]);
    }
    insta::assert_snapshot!(shop.refused(&["start", "check", "--name", "same"], 7), @r"
    error: check has an execution `same` already.
      try: Take another `--name`, or none: one is invented. `workshop show --local same` shows the one that has it.
    ");
    for command in ["show", "stop", "skip", "logs --execution"] {
        let words: Vec<&str> = command.split(' ').chain(["same"]).collect();
        let said = shop.refused(&words, 2);
        assert!(said.contains("--machine") && said.contains("check, order"), "{command}: {said}");
    }
    insta::assert_snapshot!(shop.refused(&["stop", "same"], 2), @r"
    error: Several state machines have an execution `same`.
      try: Say which with `--machine`: check, order.
    ");
    insta::assert_snapshot!(shop.refused(&["list", "-m", "quick"], 2), @r"
    error: quick is an express state machine: Step Functions does not keep its executions.
      try: Its log has them, where the service file asks for one.
    ");
    assert!(shop.ok(&["stop", "same", "-m", "order"]).starts_with("Stopped same after"));
    assert_eq!(shop.json(&["show", "same", "--machine", "order"])["status"], "ABORTED");
    assert_eq!(shop.json(&["show", "same", "--machine", "check"])["status"], "SUCCEEDED");
}

/// Every line fits, and none ends inside of a word: what is cut ends in an ellipsis.
fn fits(text: &str, columns: usize) {
    assert!(text.lines().all(|line| line.chars().count() <= columns), "{columns}:\n{text}");
}

#[test]
fn failures_and_parts_are_seen_at_a_glance() {
    let shop = Shop::deployed();
    shop.run(&["start", "check", "-d", r#"{"count": 0}"#, "--name", "empty", "--sync"]);
    shop.ok(&["start", "order", "-d", r#"{"items": [1, 2], "seconds": 0}"#, "--name", "parts", "--sync"]);
    let listed = shop.json(&["list"]);
    let machines: Vec<&str> =
        listed["executions"].as_array().expect("a list").iter().filter_map(|one| one["machine"].as_str()).collect();
    assert_eq!(machines, ["order", "check"], "the newest comes first");
    let failure = &listed["executions"][1]["failure"];
    assert_eq!(failure["state"], "TooFew");
    assert_eq!(failure["error"], "OutOfStock");
    assert_eq!(shop.json(&["list", "-m", "check"])["executions"].as_array().map(Vec::len), Some(1));
    assert_eq!(shop.json(&["show", "empty"])["failedIn"], "TooFew");
    assert_eq!(shop.json(&["show"])["name"], "parts", "without a name the newest is shown");
    assert_eq!(shop.json(&["show", "-m", "check"])["name"], "empty");
    for (columns, width) in [("60", 60), ("80", 80), ("120", 120)] {
        fits(&shop.in_columns(columns, &["list"]), width);
        fits(&shop.in_columns(columns, &["show", "empty"]), width);
        fits(&shop.in_columns(columns, &["show", "parts"]), width);
    }
    let list = shop.in_columns("60", &["list"]);
    assert!(list.contains("TooFew: OutOfStock"), "{list}");
    let tree = shop.in_columns("80", &["show", "parts"]);
    for line in ["Both", "├ 1 Each", "│   ├ #0 Pack", "│   └ #1 Pack", "└ 2 Brief"] {
        assert!(tree.lines().any(|shown| shown.starts_with(line)), "{line}:\n{tree}");
    }
}

#[test]
fn a_list_and_an_execution_are_watched() {
    let shop = Shop::deployed();
    let watch = shop.home.spawn(&["list", "--watch", "--local"]);
    shop.ok(&["start", "order", "-d", r#"{"items": [], "seconds": 3000}"#, "--name", "long"]);
    watch.line_with("RUNNING");
    let followed = shop.home.spawn(&["show", "long", "--follow", "--local"]);
    followed.line_with("Brief");
    eventually("the wait to be skipped", || {
        let ended = shop.run(&["skip", "long"]);
        if ended.stdout.contains("goes on") { Ok(()) } else { Err(format!("{ended:#?}")) }
    });
    followed.line_with("succeeded");
    watch.line_with("SUCCEEDED");
    assert_eq!(watch.interrupt(), Some(0), "a list that is watched ends well on Ctrl-C");
    let failed = shop.run(&["start", "check", "-d", r#"{"count": 0}"#, "--follow"]);
    assert_eq!(failed.code, Some(8), "{failed:#?}");
}

/// Kills the embedded cloud as nobody can forbid; the next command starts it again.
fn kill(shop: &Shop) {
    let id = shop.home.json(&["local", "status", "--json"])["pid"].as_i64().expect("a process");
    let id = rustix::process::Pid::from_raw(i32::try_from(id).expect("an id")).expect("an id");
    rustix::process::kill_process(id, rustix::process::Signal::KILL).expect("it runs");
}

#[test]
fn a_redrive_goes_on_where_it_had_not_finished_also_after_a_kill() {
    let shop = Shop::deployed();
    shop.ok(&["start", "order", "-d", r#"{"items": [1, 2], "seconds": 3000}"#, "--name", "long"]);
    assert!(shop.ok(&["redrive", "long"]).contains("long has not ended; there is nothing to redrive."));
    shop.ok(&["stop", "long"]);
    kill(&shop);
    insta::assert_snapshot!(shop.ok(&["redrive", "long"]), @"long goes on where it had not finished; it was ABORTED.");
    kill(&shop);
    let listed = shop.json(&["list"]);
    let first = &listed["executions"][0];
    assert_eq!((&first["status"], &first["redriveCount"]), (&"RUNNING".into(), &1.into()));
    assert_eq!(first["waitsIn"], "Brief", "{first:#}");
    assert!(shop.ok(&["skip", "long"]).contains("goes on"));
    let ended = eventually("the end", || {
        let shown = shop.json(&["show", "long"]);
        if shown["status"] == "SUCCEEDED" { Ok(shown) } else { Err(format!("{shown:#}")) }
    });
    let types: Vec<&str> =
        ended["events"].as_array().expect("a list").iter().filter_map(|event| event["type"].as_str()).collect();
    let count = |kind: &str| types.iter().filter(|it| **it == kind).count();
    assert_eq!(
        (count("ExecutionRedriven"), count("MapStateStarted"), count("WaitStateExited")),
        (1, 1, 1),
        "{types:?}"
    );
    assert!(shop.ok(&["redrive", "long"]).contains("long has succeeded; there is nothing to redrive."));
    assert!(shop.ok(&["show", "long"]).contains("redrive"));
    shop.run(&["start", "check", "-d", r#"{"count": 0}"#, "--name", "empty", "--sync"]);
    let failed = shop.run(&["redrive", "empty", "--follow"]);
    assert_eq!(failed.code, Some(8), "{failed:#?}");
    assert_eq!(failed.stdout.matches("goes on after its failure").count(), 1, "{failed:#?}");
    let redriven = shop.json(&["redrive", "empty"]);
    assert!(redriven["redriven"] == true && redriven["redriveDate"].is_string(), "{redriven:#}");
    shop.refused(&["redrive", "nobody"], 6);
}

#[test]
fn a_fork_begins_where_an_execution_was_also_after_a_kill() {
    let shop = Shop::deployed();
    shop.ok(&["start", "order", "-d", r#"{"items": [1, 2], "seconds": 3000}"#, "--name", "long"]);
    let events = shop.json(&["show", "long"])["events"].clone();
    let brief = events.as_array().expect("events").iter().find(|event| event["state"] == "Brief").expect("Brief");
    let at = brief["id"].to_string();
    let forked = shop.ok(&["fork", "long", "--at", &at, "-d", r#"{"seconds": 2000}"#, "--name", "again"]);
    insta::assert_snapshot!(forked, @r"
    Forked long as again.
      begins      Brief in Both[1], with the input that you give; it had not ended, and what it calls is called again
      keeps       1 result of Both
    ");
    kill(&shop);
    assert_eq!(shop.json(&["show", "again"])["status"], "RUNNING");
    assert!(shop.ok(&["skip", "again"]).contains("goes on"));
    eventually("the end", || {
        let shown = shop.json(&["show", "again"]);
        if shown["status"] == "SUCCEEDED" { Ok(()) } else { Err(format!("{shown:#}")) }
    });
    assert_eq!(shop.json(&["show", "long"])["status"], "RUNNING", "the other one goes on");
    shop.run(&["start", "check", "-d", r#"{"count": 0}"#, "--name", "empty", "--sync"]);
    let fixed = CHECK.replace(
        r#""Type": "Fail", "Error": "OutOfStock", "Cause": "nothing is left of item 7""#,
        r#""Type": "Pass", "End": true"#,
    );
    std::fs::write(shop.home.path("work/fixed.asl.json"), fixed).expect("a file");
    shop.ok(&["fork", "empty", "--definition", "fixed.asl.json", "--name", "mended", "--follow"]);
    assert_eq!(shop.json(&["show", "mended"])["output"], r#"{"count": 0}"#);
    // The embedded cloud stands in for AWS: its execution is read there, and forked here.
    let endpoint = shop.home.json(&["local", "status", "--json"])["endpoint"].as_str().expect("an endpoint").to_owned();
    let mut there = shop.home.workshop(&["fork", "empty", "--name", "from-aws", "--json"]);
    let forked = Ended::of(there.envs(credentials(&endpoint)).output().expect("workshop starts"));
    assert_eq!(forked.code, Some(0), "{forked:#?}");
    assert_eq!(shop.json(&["show", "from-aws"])["error"], "OutOfStock", "with the definition that is deployed here");
    let refused = shop.refused(&["fork", "empty", "--at", "99"], 1);
    insta::assert_snapshot!(refused, @"error: The history has no event 99: its last one is 5.");
    shop.refused(&["fork", "nobody"], 6);
}

#[test]
fn the_address_of_a_page_leads_to_what_is_meant() {
    let shop = Shop::deployed();
    let address = |arguments: &[&str]| {
        let shown = shop.json(&[&["open"], arguments].concat());
        shown["url"].as_str().and_then(|url| url.split_once('#')).map(|(_, view)| view.to_owned())
    };
    assert_eq!(address(&[]).as_deref(), Some("/"));
    let machine = "/machine/arn:aws:states:us-east-1:000000000000:stateMachine:shop-dev-order";
    assert_eq!(address(&["-m", "order"]).as_deref(), Some(machine));
    shop.ok(&["start", "check", "-d", r#"{"count": 1}"#, "--name", "one"]);
    let execution = "/execution/arn:aws:states:us-east-1:000000000000:execution:shop-dev-check:one";
    assert_eq!(address(&["one"]).as_deref(), Some(execution));
}

#[test]
fn a_diff_with_nothing_to_do_is_one_line_and_its_exit_code_tells() {
    let shop = Shop::deployed();
    insta::assert_snapshot!(shop.ok(&["diff", "--exit-code"]), @"Nothing to deploy: all 6 resources are as the service file says.");
    std::fs::write(shop.home.path("work/quick.asl.json"), QUICK.replace('1', "2")).expect("a file");
    assert!(shop.ok(&["diff"]).contains("update"));
    let ended = shop.run(&["diff", "--exit-code"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), ""), "{ended:#?}");
}
