//! A cloud under load is killed with `kill -9` again and again: what was answered is there afterwards, once.
//!
//! `WORKSHOP_KILLS` chooses how often, `WORKSHOP_SEED` when: after how many answers, and what clients ask.

mod check;
pub mod connection;
mod load;
mod process;
mod records;

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::fault_matrix::{sample, tell};
use crate::support::PATIENCE;
use connection::Connection;
use load::{ACTIVITY, Client};
use process::Process;
use records::Records;

/// How often it is killed.
const KILLS: u64 = 200;
/// How many clients ask at once, beside a worker.
const CLIENTS: usize = 4;
/// The most answers between two kills.
const MOST_ANSWERS: u64 = 60;
/// How long executions of `wait` wait, in seconds.
const WAIT_S: f64 = 1.0;
/// How long executions of `long` wait, in seconds: longer than the test.
const LONG_WAIT_S: f64 = 100_000.0;
const FUNCTION_GROUP: &str = "/aws/lambda/echo";

/// Asks for its next event, prints it and answers.
const BOOTSTRAP: &str = r#"#!/bin/sh
API="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
  HEADERS=$(mktemp)
  EVENT=$(curl -sS -D "$HEADERS" "$API/next") || exit 1
  ID=$(grep -i '^lambda-runtime-aws-request-id' "$HEADERS" | tr -d '\r' | cut -d' ' -f2)
  rm "$HEADERS"
  echo "ran $EVENT"
  curl -sS -X POST -d '{}' "$API/$ID/response" >/dev/null
done
"#;

#[test]
fn what_was_answered_is_there_once_after_hundreds_of_kills() {
    let seed = sample::seed();
    let kills = std::env::var("WORKSHOP_KILLS").map_or(KILLS, |kills| kills.parse().expect("a number"));
    println!("seed {seed}: WORKSHOP_SEED={seed} draws the same");
    let mut cloud = Process::start();
    let port = cloud.port;
    set_up(&mut Connection::new(port));
    let records = Records::default();
    std::thread::scope(|scope| {
        for number in 0..CLIENTS {
            let client = Client::new(number, seed, port, &records);
            scope.spawn(move || client.run());
        }
        scope.spawn(|| load::work(port, &records));
        let mut random = seed;
        records.set_up(true);
        for _ in 0..kills {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            wait_for_answers(&records, records.answered() + 1 + (random >> 33) % MOST_ANSWERS);
            records.set_up(false);
            cloud.kill_and_restart();
            records.set_up(true);
        }
        wait_for_answers(&records, records.answered() + MOST_ANSWERS);
        records.end();
    });
    // Tasks that a worker was given in the moment of a kill time out and are tried again: somebody has to take them.
    let worker = Records::default();
    worker.set_up(true);
    let checked = std::thread::scope(|scope| {
        scope.spawn(|| load::work(port, &worker));
        let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            check::check(&mut Connection::new(port), &records, usize::try_from(kills).expect("a number"))
        }));
        worker.end();
        // Ends the worker's long poll.
        cloud.kill_and_restart();
        checked
    });
    let checked = checked.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    cloud.assert_no_panic();
    tell(&format!("{kills} kills, {} answers; whole: {checked}", records.answered()));
}

fn wait_for_answers(records: &Records, count: u64) {
    let begun = Instant::now();
    while records.answered() < count {
        assert!(begun.elapsed() < PATIENCE, "nothing is answered: {:?}", records.told().broken);
        std::thread::park_timeout(Duration::from_micros(200));
    }
}

/// What clients need.
fn set_up(connection: &mut Connection) {
    let role = "arn:aws:iam::000000000000:role/all";
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"Service": ["states.amazonaws.com", "lambda.amazonaws.com"]}}]});
    let trust: String =
        percent_encoding::utf8_percent_encode(&trust.to_string(), percent_encoding::NON_ALPHANUMERIC).collect();
    let path = format!("/?Action=CreateRole&Version=2010-05-08&RoleName=all&AssumeRolePolicyDocument={trust}");
    let made = connection.post("iam", &path, &Value::Null).expect("it answers");
    assert_eq!(made.0, 200, "the role: {}", made.1);
    let may = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]});
    let may: String =
        percent_encoding::utf8_percent_encode(&may.to_string(), percent_encoding::NON_ALPHANUMERIC).collect();
    let path = format!("/?Action=PutRolePolicy&Version=2010-05-08&RoleName=all&PolicyName=logs&PolicyDocument={may}");
    let made = connection.post("iam", &path, &Value::Null).expect("it answers");
    assert_eq!(made.0, 200, "its policy: {}", made.1);
    let pass: serde_json::Map<String, Value> = (0..10)
        .map(|number| {
            let next = format!("P{}", number + 1);
            let state =
                if number == 9 { json!({"Type": "Pass", "End": true}) } else { json!({"Type": "Pass", "Next": next}) };
            (format!("P{number}"), state)
        })
        .collect();
    let task = json!({"Type": "Task", "Resource": ACTIVITY, "TimeoutSeconds": 4, "End": true,
        "Retry": [{"ErrorEquals": ["States.Timeout"], "IntervalSeconds": 1, "MaxAttempts": 99, "BackoffRate": 1.0}]});
    assert_eq!(connection.states("CreateActivity", &json!({"name": "work"})).expect("it answers").0, 200);
    for (name, definition) in [
        ("pass", json!({"StartAt": "P0", "States": pass})),
        ("wait", json!({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": WAIT_S as u64, "End": true}}})),
        (
            "long",
            json!({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": LONG_WAIT_S as u64, "End": true}}}),
        ),
        ("task", json!({"StartAt": "T", "States": {"T": task}})),
    ] {
        let machine = json!({"name": name, "roleArn": role, "definition": definition.to_string()});
        let (status, answer) = connection.states("CreateStateMachine", &machine).expect("it answers");
        assert_eq!(status, 200, "{answer}");
    }
    assert_eq!(connection.logs("CreateLogGroup", &json!({"logGroupName": "lines"})).expect("it answers").0, 200);
    let stream = json!({"logGroupName": "lines", "logStreamName": "one"});
    assert_eq!(connection.logs("CreateLogStream", &stream).expect("it answers").0, 200);
    let function = json!({"FunctionName": "echo", "Role": role, "Runtime": "provided.al2023", "Handler": "bootstrap",
        "Code": {"ZipFile": BASE64_STANDARD.encode(zip_of(BOOTSTRAP))}});
    let (status, answer) = connection.post("lambda", "/2015-03-31/functions", &function).expect("it answers");
    assert_eq!(status, 201, "{answer}");
}

fn zip_of(bootstrap: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().unix_permissions(0o755);
    zip.start_file("bootstrap", options).expect("a zip in memory");
    std::io::Write::write_all(&mut zip, bootstrap.as_bytes()).expect("a zip in memory");
    zip.finish().expect("a zip in memory").into_inner()
}
