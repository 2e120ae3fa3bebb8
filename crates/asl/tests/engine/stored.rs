//! Stored executions: fixtures of every version of the format, each in every state that an execution can wait in.
#![allow(clippy::disallowed_methods, reason = "fixtures are files")]

use std::fs;
use std::path::{Path, PathBuf};

use asl::{Execution, Input};
use serde_json::{Value, json};

use crate::drive::{Driver, LAMBDA, machine};

/// An execution at rest, for each thing that a branch can wait for.
fn scenarios() -> Vec<(&'static str, Driver)> {
    vec![
        ("waiting", waiting()),
        ("task", task()),
        ("backing-off", backing_off()),
        ("parallel", parallel()),
        ("map", map()),
        ("reading", reading(0)),
        ("map-run", reading(2)),
        ("writing", writing()),
        ("ended", ended()),
        ("redrivable", redrivable()),
    ]
}

/// The scenarios that a version has: the first ones kept nothing for a redrive.
fn has(version: u64, name: &str) -> bool {
    version > 0 || name != "redrivable"
}

fn waiting() -> Driver {
    let states =
        r#""A":{"Type":"Pass","Assign":{"x":{"y":[1,2.5]}},"Next":"W"},"W":{"Type":"Wait","Seconds":60,"End":true}"#;
    Driver::start(machine(states), r#"{"a": [1.0, null]}"#)
}

fn task_state() -> String {
    format!(
        r#""A":{{"Type":"Task","Resource":"{LAMBDA}","TimeoutSeconds":60,"HeartbeatSeconds":9,
            "Retry":[{{"ErrorEquals":["Oops"],"IntervalSeconds":3}}],"End":true}}"#
    )
}

fn task() -> Driver {
    let mut driver = Driver::start(machine(&task_state()), "{}");
    driver.begin(1.0);
    driver
}

fn backing_off() -> Driver {
    let mut driver = Driver::start(machine(&task_state()), "{}");
    driver.fail("Oops", 1.0);
    driver
}

fn parallel() -> Driver {
    let states = format!(
        r#""A":{{"Type":"Pass","Assign":{{"x":1}},"Next":"P"}},"P":{{"Type":"Parallel","End":true,"Branches":[
            {{"StartAt":"B","States":{{"B":{{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                "Parameters":{{"QueueUrl":"q","MessageBody.$":"$$.Task.Token"}},"End":true}}}}}},
            {{"StartAt":"C","States":{{"C":{{"Type":"Task","Resource":"{LAMBDA}","End":true}}}}}},
            {{"StartAt":"D","States":{{"D":{{"Type":"Pass","Assign":{{"y":2}},"End":true}}}}}}]}}"#
    );
    let mut driver = Driver::start(machine(&states), r#"{"a":1}"#);
    let task = driver.requests[0].task;
    driver.give(Input::TaskStarted { task, worker_name: None }, 1.0);
    driver.give(Input::TaskSubmitted { task, output: "{}".into() }, 1.0);
    driver
}

fn map() -> Driver {
    let states = format!(
        r#""A":{{"Type":"Map","MaxConcurrency":1,"ItemSelector":{{"v.$":"$$.Map.Item.Value"}},"ItemProcessor":{{
            "StartAt":"B","States":{{"B":{{"Type":"Task","Resource":"{LAMBDA}","End":true}}}}}},"End":true}}"#
    );
    let mut driver = Driver::start(machine(&states), "[1,2,3]");
    driver.succeed("1", 1.0);
    driver
}

fn map_run() -> Driver {
    let states = r#""A":{"Type":"Map","Label":"L","MaxConcurrency":2,"ToleratedFailureCount":1,
        "ItemReader":{"Resource":"arn:aws:states:::s3:listObjectsV2","Parameters":{"Bucket":"b","Prefix":"p"}},
        "ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},
            "StartAt":"B","States":{"B":{"Type":"Wait","Seconds":1,"End":true}}},
        "ResultWriter":{"Resource":"arn:aws:states:::s3:putObject","Parameters":{"Bucket":"b","Prefix":"out"}},"End":true}"#;
    Driver::start(machine(states), "{}")
}

/// A Map Run that has had so many answers to its item reader.
fn reading(answers: usize) -> Driver {
    let mut driver = map_run();
    let pages = [
        json!({"Contents": [{"Key": "a", "Size": 1}], "NextContinuationToken": "t"}),
        json!({"Contents": [{"Key": "b", "Size": 2}, {"Key": "c", "Size": 3}]}),
    ];
    for page in &pages[..answers] {
        driver.succeed(&page.to_string(), 1.0);
    }
    driver
}

fn writing() -> Driver {
    let mut driver = reading(2);
    while let Some(request) = driver.children.pop() {
        let outcome = match request.child.index {
            0 => asl::Outcome::TimedOut,
            _ => asl::Outcome::Succeeded { output: r#"{"k": 1}"#.into() },
        };
        driver.give(Input::ChildEnded { child: request.child, outcome }, 2.0);
    }
    driver
}

/// As programs that could not redrive have stored it: with nothing to go on with.
fn ended() -> Driver {
    let mut driver = task();
    driver.give(Input::Stop { error: Some("E".into()), cause: None }, 2.0);
    let mut written = stored(&driver.execution);
    written.as_object_mut().unwrap().remove("unfinished");
    driver.execution = serde_json::from_value(written).unwrap();
    driver
}

/// One that was stopped in all that can be under way.
fn redrivable() -> Driver {
    let flow =
        |name: &str, state: &str| format!(r#"{{"StartAt":"{name}","States":{{"{name}":{{{state},"End":true}}}}}}"#);
    let task = format!(r#""Type":"Task","Resource":"{LAMBDA}""#);
    let inline = format!(
        r#""Type":"Map","ItemsPath":"$$.Execution.Input","MaxConcurrency":1,"ItemProcessor":{}"#,
        flow("I", &task)
    );
    let processor = r#"{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},
        "StartAt":"C","States":{"C":{"Type":"Pass","End":true}}}"#;
    let run = format!(
        r#""Type":"Map","Label":"L","ItemsPath":"$$.Execution.Input","MaxConcurrency":1,"ItemProcessor":{processor}"#
    );
    let branches = [flow("M", &inline), flow("R", &run), flow("W", r#""Type":"Wait","Seconds":9"#)];
    let states = format!(
        r#""A":{{"Type":"Pass","Assign":{{"x":1}},"Next":"P"}},
        "P":{{"Type":"Parallel","End":true,"Branches":[{}]}}"#,
        branches.join(",")
    );
    let mut driver = Driver::start(machine(&states), "[1,2]");
    let child = driver.children[0].child;
    driver.give(Input::ChildEnded { child, outcome: asl::Outcome::Succeeded { output: "7".into() } }, 1.0);
    driver.succeed("1", 1.0);
    driver.give(Input::Stop { error: None, cause: None }, 2.0);
    driver.redrive(3.0);
    driver.give(Input::Stop { error: None, cause: None }, 4.0);
    driver
}

fn fixture(version: u64, name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/engine/stored/v{version}/{name}.json"))
}

fn stored(execution: &Execution) -> Value {
    serde_json::to_value(execution).unwrap()
}

/// New reader, old data: version 0 had no number.
#[test]
fn every_older_version_is_read() {
    for version in 0..=Execution::FORMAT {
        for (name, driver) in scenarios().into_iter().filter(|(name, _)| has(version, name)) {
            let text = fs::read_to_string(fixture(version, name)).unwrap();
            let read: Execution = serde_json::from_str(&text).unwrap();
            assert_eq!(read, driver.execution, "version {version}, {name}");
        }
    }
}

/// A change of what is written needs a new version: `UPDATE_FIXTURES=1` writes the fixtures of the newest one. A field that may
/// be absent needs none.
#[test]
fn the_newest_version_is_what_is_written() {
    for (name, driver) in scenarios() {
        let path = fixture(Execution::FORMAT, name);
        let written = stored(&driver.execution);
        if std::env::var_os("UPDATE_FIXTURES").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, serde_json::to_string_pretty(&written).unwrap() + "\n").unwrap();
        }
        let fixture: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        assert_eq!(written, fixture, "{name}");
        assert_eq!(
            written.as_object().unwrap().iter().next().unwrap(),
            (&"format".to_owned(), &json!(Execution::FORMAT))
        );
    }
}

#[test]
fn what_is_written_is_read_back() {
    for (name, driver) in scenarios() {
        let text = serde_json::to_string(&driver.execution).unwrap();
        let read: Execution = serde_json::from_str(&text).unwrap();
        assert_eq!(read, driver.execution, "{name}");
        assert_eq!(serde_json::to_string(&read).unwrap(), text, "{name}");
    }
}

/// Old reader, new data.
#[test]
fn a_newer_version_is_refused_with_its_number() {
    let mut newer = stored(&waiting().execution);
    newer["format"] = json!(Execution::FORMAT + 1);
    let error = serde_json::from_value::<Execution>(newer).unwrap_err();
    insta::assert_snapshot!(error, @"the execution is stored in format 2, and this program reads formats up to 1; open it with the program that stored it, or with a newer one");
    let mut damaged = stored(&waiting().execution);
    damaged["format"] = json!("one");
    assert!(serde_json::from_value::<Execution>(damaged).is_err());
}

/// The reader of version 0 needs a field that version 1 does not write: it refuses what it can't read.
#[test]
fn the_reader_of_version_0_refuses_version_1() {
    let old = fs::read_to_string(fixture(0, "waiting")).unwrap();
    let new = fs::read_to_string(fixture(1, "waiting")).unwrap();
    assert!(old.contains("\"about\"") && !new.contains("\"about\""));
}

#[test]
fn an_execution_goes_on_from_an_older_version() {
    let text = fs::read_to_string(fixture(0, "parallel")).unwrap();
    let mut driver = parallel();
    driver.execution = serde_json::from_str(&text).unwrap();
    let callback = driver.requests[0].task;
    let function = driver.requests[1].task;
    driver.give(Input::TaskSucceeded { task: callback, output: "1".into() }, 2.0);
    driver.give(Input::TaskStarted { task: function, worker_name: None }, 2.0);
    driver.give(Input::TaskSucceeded { task: function, output: "2".into() }, 2.0);
    assert_eq!(driver.outcome, Some(asl::Outcome::Succeeded { output: r#"[1,2,{"a":1}]"#.into() }));
}
