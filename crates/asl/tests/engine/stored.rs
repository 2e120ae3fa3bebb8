//! Stored executions: fixtures of every version of the format, each in every state that an execution can wait in.

use std::fs;
use std::path::{Path, PathBuf};

use asl::{Execution, Input};
use serde_json::json;

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
    ]
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

fn ended() -> Driver {
    let mut driver = task();
    driver.give(Input::Stop { error: Some("E".into()), cause: None }, 2.0);
    driver
}

fn fixture(version: u32, name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/engine/stored/v{version}/{name}.json"))
}

#[test]
fn executions_stored_before_the_format_had_a_version_are_read() {
    for (name, driver) in scenarios() {
        let stored = fs::read_to_string(fixture(0, name)).unwrap();
        let read: Execution = serde_json::from_str(&stored).unwrap();
        assert_eq!(read, driver.execution, "{name}");
    }
}
