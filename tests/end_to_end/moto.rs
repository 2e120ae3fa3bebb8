//! The deployer on moto's server, which is strict about the control plane: deploy, info, deploy again without a write,
//! repair, remove, nothing left.

use std::time::Duration;

use crate::support::emulator::{Emulator, STACK};

fn function(name: &str) -> String {
    format!("{STACK}-{name}")
}

#[test]
fn deploy_info_and_remove_leave_nothing() {
    let moto = Emulator::moto(Duration::ZERO);
    let nothing = moto.run(&["info"]);
    assert_eq!(nothing.code, Some(6), "{nothing:#?}");
    assert!(nothing.stderr.contains("workshop deploy"), "{}", nothing.stderr);

    let planned = moto.json(&["deploy", "--dry-run", "--json"]);
    assert_eq!(planned["steps"].as_array().map(Vec::len), Some(15), "{planned:#}");
    assert_eq!(moto.calls().writes(), [""; 0], "a dry run writes nothing");

    let first = moto.ok(&["deploy"]);
    assert!(first.stderr.contains(&format!("Service deployed to stack {STACK}")), "{first:#?}");
    assert!(first.stdout.contains("endpoint: POST - https://"), "{first:#?}");
    let info = moto.ok(&["info"]);
    assert_eq!(info.stdout, first.stdout, "deploy ends with what info prints");
    let told = moto.json(&["info", "--json"]);
    assert_eq!((&told["deployed"], &told["missing"]), (&"complete".into(), &serde_json::json!([])), "{told:#}");

    let removed = moto.ok(&["remove"]);
    assert!(removed.stdout.starts_with("Removed 9 resources and checked that all are gone."), "{removed:#?}");
    assert_eq!(moto.left_behind(), [""; 0]);
    let again = moto.run(&["remove"]);
    assert_eq!(again.code, Some(3), "without a project only a deployed lesson is removed: {again:#?}");
}

#[test]
fn an_unchanged_deployment_writes_nothing_in_three_round_trips() {
    // Longer than the delays of a busy machine, so that calls made at once overlap.
    let moto = Emulator::moto(Duration::from_millis(250));
    moto.ok(&["deploy"]);
    let fresh = moto.calls();
    assert_eq!((fresh.writes().len(), fresh.0.len()), (20, 72), "{:#?}", fresh.writes());

    let again = moto.ok(&["deploy"]);
    assert!(again.stderr.contains("Nothing to deploy: "), "{again:#?}");
    let calls = moto.calls();
    assert_eq!((calls.writes().len(), calls.0.len()), (0, 28), "{calls:#?}");
    assert!(calls.rounds() <= 3, "{} dependent round trips: {calls:#?}", calls.rounds());
}

#[test]
fn what_someone_changed_is_put_right_and_nothing_else_is_touched() {
    let moto = Emulator::moto(Duration::ZERO);
    moto.ok(&["deploy"]);
    let send = function("sendEmail");
    let start = function("startStateMachine");
    moto.aws(&["lambda", "update-function-configuration", "--function-name", &send, "--memory-size", "512"]);
    let group = format!("/aws/lambda/{start}");
    moto.aws(&["logs", "put-retention-policy", "--log-group-name", &group, "--retention-in-days", "1"]);
    let role = format!("{STACK}-us-east-1-myStateMachine");
    moto.aws(&["iam", "delete-role-policy", "--role-name", &role, "--policy-name", "workshop"]);
    let machine = moto.json(&["info", "--json"])["stateMachines"][0]["arn"].as_str().map(str::to_owned);
    moto.aws(&["stepfunctions", "delete-state-machine", "--state-machine-arn", &machine.expect("its ARN")]);
    let info = moto.json(&["info", "--json"]);
    assert_eq!(info["deployed"], "partly", "{info:#}");
    moto.calls();

    moto.ok(&["deploy"]);
    let calls = moto.calls();
    let writes = calls.writes();
    let function = "/2015-03-31/functions/step-functions-example-dev-sendEmail";
    let expected = [
        "CreateStateMachine".to_owned(),
        format!("POST {function}/versions"),
        format!("PUT {function}/aliases/live"),
        format!("PUT {function}/configuration"),
        "PutRetentionPolicy".to_owned(),
        "PutRolePolicy".to_owned(),
    ];
    assert_eq!(writes, expected);
    assert!(moto.ok(&["deploy"]).stderr.contains("Nothing to deploy"));
}

#[test]
fn what_belongs_to_someone_else_is_never_touched() {
    let moto = Emulator::moto(Duration::ZERO);
    let role = format!("{STACK}-us-east-1-sendEmail");
    let trust = r#"{"Version":"2012-10-17","Statement":[]}"#;
    moto.aws(&["iam", "create-role", "--role-name", &role, "--assume-role-policy-document", trust]);
    let refused = moto.run(&["deploy"]);
    assert_eq!(refused.code, Some(7), "{refused:#?}");
    assert!(refused.stderr.contains(&format!("a role `{role}`")), "{}", refused.stderr);
    assert!(refused.stderr.contains("deploy --adopt"), "{}", refused.stderr);
    let lesson = crate::support::project().join("definitions/service.toml");
    let left_alone = moto.ok(&["remove", "--yes", "--config", lesson.to_str().expect("a plain path")]);
    assert!(left_alone.stderr.contains(&format!("The role {role} is left alone")), "{left_alone:#?}");
    assert_eq!(moto.run(&["info"]).code, Some(6));
    assert_eq!(moto.calls().writes(), [""; 0]);
    assert_eq!(moto.left_behind(), std::slice::from_ref(&role));

    let planned = moto.ok(&["deploy", "--adopt", "--dry-run"]).stdout;
    assert!(planned.contains(&format!("adopt   role           {role}: trust policy, permissions, tags")), "{planned}");
    moto.ok(&["deploy", "--adopt"]);
    assert!(moto.ok(&["deploy"]).stderr.contains("Nothing to deploy"));
    moto.ok(&["remove"]);
    assert_eq!(moto.left_behind(), [""; 0]);
}

#[test]
fn what_is_no_longer_declared_goes_with_the_next_deployment() {
    let moto = Emulator::moto(Duration::ZERO);
    moto.ok(&["deploy"]);
    let work = moto.home.path("work");
    let lesson = crate::support::project().join("definitions");
    std::fs::create_dir(work.join("definitions")).expect("a project folder");
    let service = std::fs::read_to_string(lesson.join("service.toml")).expect("the lesson");
    let begin = service.find("[[routes]]").expect("routes");
    let service = service[..begin].replace("functions.startStateMachine", "functions.begin")
        + "[state_machines.myStateMachine]\ndefinition = \"wait-to-send.asl.json\"\n";
    std::fs::write(work.join("definitions/service.toml"), service).expect("a service file");
    std::fs::copy(lesson.join("wait-to-send.asl.json"), work.join("definitions/wait-to-send.asl.json"))
        .expect("a copy");
    for name in ["begin", "sendEmail"] {
        std::fs::write(work.join(format!("{name}.zip")), zip_of("bootstrap")).expect("a zip");
    }
    moto.ok(&["deploy", "--package", "."]);
    let mut left = moto.left_behind();
    left.sort();
    let expected = [
        format!("/aws/lambda/{STACK}-begin"),
        format!("/aws/lambda/{STACK}-sendEmail"),
        function("begin"),
        function("myStateMachine"),
        function("sendEmail"),
        format!("{STACK}-us-east-1-begin"),
        format!("{STACK}-us-east-1-myStateMachine"),
        format!("{STACK}-us-east-1-sendEmail"),
    ];
    assert_eq!(left, expected);
    std::fs::remove_dir_all(work.join("definitions")).expect("back to the carried lesson");
    moto.ok(&["remove"]);
    assert_eq!(moto.left_behind(), [""; 0], "leftovers of other declarations are found by their names and tags");
}

/// Such tags are CloudFormation's alone: the embedded cloud, as AWS, takes them from nobody.
#[test]
fn what_a_cloudformation_stack_owns_is_refused_by_its_name() {
    let moto = Emulator::moto(Duration::ZERO);
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let made = moto.aws(&["iam", "create-role", "--role-name", "stranger", "--assume-role-policy-document", trust]);
    let role = made["Role"]["Arn"].as_str().expect("a role").to_owned();
    let zip = moto.home.path("stranger.zip");
    std::fs::write(&zip, zip_of("bootstrap")).expect("a zip");
    let zip = format!("fileb://{}", zip.display());
    let name = function("sendEmail");
    let create = ["lambda", "create-function", "--function-name", &name, "--role", &role, "--zip-file", &zip];
    let settings = ["--runtime", "provided.al2023", "--handler", "bootstrap"];
    let tags = ["--tags", "aws:cloudformation:stack-name=mailer-prod,STAGE=prod"];
    moto.aws(&[&create[..], &settings, &tags].concat());
    moto.calls();
    for (arguments, code) in [(&["deploy"][..], 7), (&["deploy", "--adopt"], 7), (&["remove"], 3)] {
        let refused = moto.run(arguments);
        assert_eq!(refused.code, Some(code), "{arguments:?} {refused:#?}");
        assert!(refused.stderr.contains("the CloudFormation stack `mailer-prod` owns it"), "{refused:#?}");
        assert!(!refused.stderr.contains("--adopt"), "{refused:#?}");
    }
    assert_eq!(moto.calls().writes(), [""; 0]);
}

/// A zip with one small file.
fn zip_of(name: &str) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("an entry");
    zip.write_all(b"#!/bin/sh\n").expect("its bytes");
    zip.finish().expect("a zip").into_inner()
}
