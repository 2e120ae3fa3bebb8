//! Clouds whose files were damaged: each says so, or answers what it answered before; it never panics and never answers wrongly.

use std::path::{Path, PathBuf};
use std::process::Child;

use serde_json::{Value, json};

use crate::fault_matrix::{sample, tell};
use crate::kills::connection::Connection;
use crate::support::cloud::{Cloud, answers, copy, log, run, scratch};
use crate::support::{eventually, free_port};

/// How many stores are damaged.
const STORES: u64 = 60;
/// How many executions are in them.
const EXECUTIONS: usize = 40;
const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:m";

/// What a damaged cloud did.
#[derive(Debug, Default)]
struct Seen {
    refused: usize,
    answered: usize,
    errors: usize,
}

#[test]
fn a_damaged_store_is_told_or_answers_rightly() {
    let seed = sample::seed();
    println!("seed {seed}: WORKSHOP_SEED={seed} damages the same way");
    let cloud = Cloud::start(None, &[]);
    fill(&cloud);
    let mut connection = Connection::new(cloud.port);
    let questions = questions();
    let expected: Vec<_> = questions.iter().map(|(operation, input)| ask(&mut connection, operation, input)).collect();
    assert!(expected.iter().all(|(status, _)| *status == 200), "{expected:?}");
    let prepared = cloud.stopped();
    let mut seen = Seen::default();
    for number in 0..STORES {
        let folder = scratch();
        let data = folder.path().join("data");
        copy(&prepared.path(), &data);
        let damage = damage(&data, seed.wrapping_add(number));
        let told = |why: &str| format!("seed {}, {damage}: {why}\n{}", seed.wrapping_add(number), log(folder.path()));
        let port = free_port();
        let mut child = Ended(run(folder.path(), &data, port, &[]));
        if answers(&mut child.0, port, &data) {
            let mut found = Connection::new(port);
            for ((operation, input), (_, before)) in questions.iter().zip(&expected) {
                match ask(&mut found, operation, input) {
                    (200, now) => {
                        assert_eq!(&now, before, "{}", told(&format!("{operation} {input} answers something else")));
                        seen.answered += 1;
                    }
                    (_, error) => {
                        assert!(!error["message"].is_null(), "{}", told(&format!("{operation} says nothing: {error}")));
                        seen.errors += 1;
                    }
                }
            }
        } else {
            let status = child.0.wait().expect("a child");
            assert_eq!(status.code(), Some(1), "{}", told(&format!("it ended with {status}")));
            assert!(log(folder.path()).contains("store"), "{}", told("it does not name the store"));
            seen.refused += 1;
        }
        drop(child);
        assert!(!log(folder.path()).contains("panicked"), "{}", told("it panicked"));
    }
    tell(&format!("{STORES} damaged stores: {seen:?}"));
}

/// A child that ends with this value.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn ask(connection: &mut Connection, operation: &str, input: &Value) -> (u16, Value) {
    connection.states(operation, input).expect("it answers")
}

fn fill(cloud: &Cloud) {
    let definition = json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}).to_string();
    let machine = json!({"name": "m", "roleArn": "arn:aws:iam::000000000000:role/r", "definition": definition});
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"Service": "states.amazonaws.com"}}]});
    let trust: String =
        percent_encoding::utf8_percent_encode(&trust.to_string(), percent_encoding::NON_ALPHANUMERIC).collect();
    let form = format!("Action=CreateRole&Version=2010-05-08&RoleName=r&AssumeRolePolicyDocument={trust}");
    let (status, answer) = cloud.call("iam", "POST", "/", "", &form);
    assert_eq!(status, 200, "{answer}");
    let mut connection = Connection::new(cloud.port);
    let (status, answer) = ask(&mut connection, "CreateStateMachine", &machine);
    assert_eq!(status, 200, "{answer}");
    for number in 0..EXECUTIONS {
        let input = json!({"number": number, "text": format!("text {number} ").repeat(100)}).to_string();
        let start = json!({"stateMachineArn": MACHINE, "name": format!("e{number}"), "input": input});
        let (status, answer) = ask(&mut connection, "StartExecution", &start);
        assert_eq!(status, 200, "{answer}");
    }
    eventually("all executions to end", || {
        let input = json!({"stateMachineArn": MACHINE, "statusFilter": "RUNNING"});
        let (_, running) = ask(&mut connection, "ListExecutions", &input);
        if running["executions"] == json!([]) { Ok(()) } else { Err(running.to_string()) }
    });
}

fn questions() -> Vec<(&'static str, Value)> {
    let mut questions = vec![("DescribeStateMachine", json!({"stateMachineArn": MACHINE}))];
    for number in 0..EXECUTIONS {
        let execution = json!({"executionArn": format!("arn:aws:states:us-east-1:000000000000:execution:m:e{number}")});
        questions.push(("DescribeExecution", execution.clone()));
        questions.push(("GetExecutionHistory", execution));
    }
    questions
}

/// Damages one of the store's files; says how.
fn damage(data: &Path, seed: u64) -> String {
    let mut random = seed;
    let mut draw = |below: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(random >> 33).expect("a number") % below.max(1)
    };
    let entries = std::fs::read_dir(data.join("store")).expect("the store's folder");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    // The database last: it is damaged most often.
    files.sort_by_key(|path| (path.ends_with("store.redb"), path.clone()));
    files.retain(|path| path.metadata().is_ok_and(|file| file.len() > 0));
    let path = &files[if draw(4) == 0 { 0 } else { files.len() - 1 }];
    let mut bytes = std::fs::read(path).expect("the store");
    let place = draw(bytes.len());
    let how = match draw(5) {
        0 => {
            let end = (place + 1 + draw(8_192)).min(bytes.len());
            bytes[place..end].fill(0);
            "a range of zeros"
        }
        1 => {
            bytes.truncate(place);
            "cut"
        }
        2 if bytes.len() > 12_288 => {
            let pages = bytes.len() / 4_096;
            let one = draw(pages) * 4_096;
            let other = draw(pages) * 4_096;
            let page = bytes[one..one + 4_096].to_vec();
            bytes.copy_within(other..other + 4_096, one);
            bytes[other..other + 4_096].copy_from_slice(&page);
            "two pages swapped"
        }
        _ => {
            for _ in 0..=draw(20) {
                let place = draw(bytes.len());
                bytes[place] ^= 1 << draw(8);
            }
            "flipped bits"
        }
    };
    std::fs::write(path, bytes).expect("the store");
    format!("{} in {}", how, path.display())
}
