//! Activities from end to end: deployed, worked for by clients that nobody here wrote, renamed, adopted, removed.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::emulator::Emulator;
use crate::support::{Ended, Home, credentials, eventually, python_tool};

const TOML: &str = r#"service = "shop"

[activities.approve]
tags = { team = "blue" }

[activities.sign]
name = "signatures"

[state_machines.flow]
definition = "flow.asl.json"
"#;

const FLOW: &str = r##"{"StartAt": "Approve", "States": {
  "Approve": {"Type": "Task", "Resource": "arn:aws:states:#{AWS::Region}:#{AWS::AccountId}:activity:#{AWS::StackName}-approve", "TimeoutSeconds": 60, "Next": "Sign"},
  "Sign": {"Type": "Task", "Resource": "arn:aws:states:#{AWS::Region}:#{AWS::AccountId}:activity:signatures", "TimeoutSeconds": 60, "End": true}}}"##;

const SERVERLESS: &str = "service: shop
provider: {name: aws, runtime: nodejs24.x}
plugins: [serverless-step-functions]
stepFunctions:
  activities:
    - approve
    - {name: '${self:service}-${sls:stage}-sign', tags: {team: blue}}
  stateMachines:
    flow:
      definition:
        StartAt: Approve
        States:
          Approve: {Type: Task, Resource: !Ref ApproveStepFunctionsActivity, TimeoutSeconds: 60, Next: Sign}
          Sign: {Type: Task, Resource: !Ref ShopDashdevDashsignStepFunctionsActivity, TimeoutSeconds: 60, End: true}
";

fn project(files: &[(&str, &str)]) -> Home {
    let home = Home::new();
    for (name, text) in files {
        std::fs::write(home.path("work").join(name), text).expect("a file");
    }
    home
}

/// What the aws CLI answers about the embedded cloud, as JSON.
fn aws(home: &Home, arguments: &[&str]) -> Value {
    let status = home.json(&["local", "status", "--json"]);
    let mut command = home.command(python_tool("aws"));
    command.args(arguments).envs(credentials(status["endpoint"].as_str().expect("an endpoint")));
    let ended = Ended::of(command.output().expect("the aws CLI starts"));
    assert_eq!(ended.code, Some(0), "aws {arguments:?}\n{ended:#?}");
    serde_json::from_str(&ended.stdout).unwrap_or_default()
}

/// A worker: takes one task of an activity and answers it.
fn work(home: &Home, activity: &str, output: &str) {
    let arn = format!("arn:aws:states:us-east-1:000000000000:activity:{activity}");
    let task = aws(home, &["stepfunctions", "get-activity-task", "--activity-arn", &arn, "--worker-name", "anna"]);
    let token = task["taskToken"].as_str().unwrap_or_else(|| panic!("no task of {activity}: {task}"));
    aws(home, &["stepfunctions", "send-task-success", "--task-token", token, "--task-output", output]);
}

fn activities(home: &Home) -> Value {
    aws(home, &["stepfunctions", "list-activities", "--query", "sort(activities[].name)"])
}

/// Starts an execution whose two tasks are done by workers, and waits for its end.
fn run_through(home: &Home, first: &str, second: &str) {
    let machine = "arn:aws:states:us-east-1:000000000000:stateMachine:shop-dev-flow";
    aws(home, &["stepfunctions", "start-execution", "--state-machine-arn", machine, "--name", "one"]);
    work(home, first, "{\"approved\": true}");
    work(home, second, "{\"signed\": true}");
    eventually("the execution to end", || {
        let shown = home.json(&["show", "--local", "one", "--json"]);
        if shown["status"] == "SUCCEEDED" { Ok(()) } else { Err(shown["status"].to_string()) }
    });
}

#[test]
fn workers_do_the_tasks_of_a_services_activities() {
    let home = project(&[("service.toml", TOML), ("flow.asl.json", FLOW)]);
    home.ok(&["deploy", "--local"]);
    assert_eq!(activities(&home), json!(["shop-dev-approve", "signatures"]));
    let info = home.json(&["info", "--local", "--json"]);
    assert_eq!(info["deployed"], "complete", "{info:#}");
    assert_eq!(
        info["activities"][0],
        json!({
            "key": "approve", "name": "shop-dev-approve",
            "arn": "arn:aws:states:us-east-1:000000000000:activity:shop-dev-approve",
        })
    );
    assert!(home.ok(&["info", "--local"]).contains("activities:\n  approve: shop-dev-approve\n  sign: signatures\n"));
    assert!(home.run(&["deploy", "--local"]).stderr.contains("Nothing to deploy"));
    run_through(&home, "shop-dev-approve", "signatures");

    let removed = home.ok(&["remove", "--local", "--yes"]);
    assert!(removed.contains("all are gone"), "{removed}");
    assert_eq!(activities(&home), json!([]));
}

#[test]
fn activities_of_a_serverless_yml_have_the_names_that_it_gives() {
    let home = project(&[("serverless.yml", SERVERLESS)]);
    home.ok(&["deploy", "--local"]);
    assert_eq!(activities(&home), json!(["approve", "shop-dev-sign"]));
    run_through(&home, "approve", "shop-dev-sign");
    let shorter =
        SERVERLESS.replace("    - approve\n", "").replace("!Ref ApproveStepF", "!Ref ShopDashdevDashsignStepF");
    std::fs::write(home.path("work/serverless.yml"), shorter).expect("a file");
    let planned = home.ok(&["deploy", "--local", "--dry-run"]);
    assert!(planned.contains("delete  activity       approve\n"), "{planned}");
    home.ok(&["deploy", "--local"]);
    assert_eq!(activities(&home), json!(["shop-dev-sign"]), "a name of its own is found by the tag of the role");
    assert!(home.run(&["deploy", "--local"]).stderr.contains("Nothing to deploy"));
    home.ok(&["remove", "--local", "--yes"]);
    assert_eq!(activities(&home), json!([]));
}

#[test]
fn what_the_service_file_no_longer_says_goes_and_what_is_a_strangers_stays() {
    let home = project(&[("service.toml", TOML), ("flow.asl.json", FLOW)]);
    home.ok(&["deploy", "--local"]);
    let renamed = TOML.replace("name = \"signatures\"", "name = \"autographs\"").replace("blue", "red");
    std::fs::write(home.path("work/service.toml"), &renamed).expect("a file");
    insta::assert_snapshot!(home.ok(&["diff", "--local"]), @r"
    update  role           shop-dev-us-east-1-flow: tags (workshop:activities)
    update  activity       shop-dev-approve: tags (team)
    create  activity       autographs
    delete  activity       signatures
    1 to create, 2 to update, 1 to delete, 1 unchanged
    ");
    home.ok(&["deploy", "--local"]);
    assert_eq!(activities(&home), json!(["autographs", "shop-dev-approve"]));
    assert!(home.run(&["deploy", "--local"]).stderr.contains("Nothing to deploy"));

    aws(&home, &["stepfunctions", "create-activity", "--name", "shop-dev-theirs"]);
    aws(&home, &["stepfunctions", "create-activity", "--name", "theirs"]);
    let with_theirs = format!("{renamed}\n[activities.mine]\nname = \"theirs\"\n");
    std::fs::write(home.path("work/service.toml"), with_theirs).expect("a file");
    let refused = home.run(&["deploy", "--local"]);
    assert_eq!(refused.code, Some(7), "{refused:#?}");
    assert!(refused.stderr.contains("There is already an activity `theirs`"), "{refused:#?}");
    home.ok(&["deploy", "--local", "--adopt"]);
    // An earlier file, or none at all, finds everything by names and tags.
    std::fs::write(home.path("work/service.toml"), "service = \"shop\"\n").expect("a file");
    home.ok(&["remove", "--local", "--yes"]);
    assert_eq!(activities(&home), json!(["shop-dev-theirs"]));
}

#[test]
fn an_activity_stays_while_an_execution_waits_for_it() {
    let home = project(&[("service.toml", TOML), ("flow.asl.json", FLOW)]);
    home.ok(&["deploy", "--local"]);
    let machine = "arn:aws:states:us-east-1:000000000000:stateMachine:shop-dev-flow";
    aws(&home, &["stepfunctions", "start-execution", "--state-machine-arn", machine, "--name", "one"]);
    let without = "service = \"shop\"\n[state_machines.flow]\ndefinition = \"flow.asl.json\"\n";
    std::fs::write(home.path("work/service.toml"), without).expect("a file");
    let deployed = home.run(&["deploy", "--local"]);
    assert!(deployed.stderr.contains("activity approve, activity signatures"), "{deployed:#?}");
    assert_eq!(activities(&home), json!(["shop-dev-approve", "signatures"]));
    work(&home, "shop-dev-approve", "{}");
    work(&home, "signatures", "{}");
    eventually("the execution to end", || {
        let shown = home.json(&["show", "--local", "one", "--json"]);
        if shown["status"] == "SUCCEEDED" { Ok(()) } else { Err(shown["status"].to_string()) }
    });
    home.ok(&["deploy", "--local"]);
    assert_eq!(activities(&home), json!([]));
    assert!(home.run(&["deploy", "--local"]).stderr.contains("Nothing to deploy"));
}

#[test]
fn moto_has_them_too() {
    let moto = Emulator::moto(Duration::ZERO);
    let write = |name: &str, text: &str| std::fs::write(moto.home.path("work").join(name), text).expect("a file");
    write("service.toml", &TOML.replace("service = \"shop\"", "service = \"step-functions-example\""));
    write("flow.asl.json", FLOW);
    moto.ok(&["deploy"]);
    let names = |moto: &Emulator| moto.aws(&["stepfunctions", "list-activities", "--query", "sort(activities[].name)"]);
    assert_eq!(names(&moto), json!(["signatures", "step-functions-example-dev-approve"]));
    assert!(moto.ok(&["deploy"]).stderr.contains("Nothing to deploy"));
    write(
        "service.toml",
        "service = \"step-functions-example\"\n[state_machines.flow]\ndefinition = \"flow.asl.json\"\n",
    );
    moto.ok(&["deploy"]);
    assert_eq!(names(&moto), json!([]));
    moto.ok(&["remove", "--yes"]);
    assert_eq!(moto.left_behind(), [""; 0]);
}
