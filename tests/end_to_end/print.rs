//! `workshop print` as a black box: without credentials, without a call.

use crate::support::sandbox::Sandbox;
use crate::support::{Ended, python_tool};
use model::names::Region;
use serde_json::Value;

const SERVICE: &str = r#"service = "shop"

[functions.send]
source = "../send"
environment = { TABLE_NAME = "${AWS::StackName}-orders" }

[[functions.send.permissions]]
actions = ["dynamodb:GetItem"]
resources = ["arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${AWS::StackName}-orders"]

[[routes]]
method = "POST"
path = "/send/{id}"
function = "send"

[state_machines.flow]
definition = "flow.asl.json"

[[state_machines.flow.permissions]]
actions = ["batch:SubmitJob"]
resources = ["*"]
"#;

const FLOW: &str = r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:#{AWS::Region}:#{AWS::AccountId}:function:#{AWS::StackName}-send",
      "Next": "Tell"
    },
    "Tell": {
      "Type": "Task",
      "Resource": "arn:aws:states:::sns:publish",
      "Parameters": { "TopicArn.$": "$.topic" },
      "End": true
    }
  }
}
"#;

fn shop() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("definitions/service.toml", SERVICE);
    sandbox.write("definitions/flow.asl.json", FLOW);
    sandbox
}

fn run(sandbox: &Sandbox, arguments: &str) -> Ended {
    let ended = Ended::of(sandbox.workshop(arguments).output().unwrap());
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    ended
}

fn json(sandbox: &Sandbox, arguments: &str) -> Value {
    serde_json::from_str(&run(sandbox, arguments).stdout).unwrap()
}

#[test]
fn policies_are_explained_line_by_line() {
    let ended = run(&shop(), "print --policies --region eu-west-1");
    insta::assert_snapshot!(ended.stdout, @r#"
    role shop-dev-eu-west-1-send
      of the function send (definitions/service.toml:3)
      assumed by lambda.amazonaws.com
      may logs:CreateLogStream, logs:PutLogEvents
        on arn:aws:logs:eu-west-1:<account>:log-group:/aws/lambda/shop-dev-send:*
        because definitions/service.toml:3: it writes its own log
      may dynamodb:GetItem
        on arn:aws:dynamodb:eu-west-1:<account>:table/shop-dev-orders
        because definitions/service.toml:7: its `permissions` say so

    role shop-dev-eu-west-1-flow
      of the state machine flow (definitions/service.toml:16)
      assumed by states.amazonaws.com
        if {"StringEquals":{"aws:SourceAccount":"<account>"},"ArnLike":{"aws:SourceArn":"arn:aws:states:eu-west-1:<account>:stateMachine:*"}}
      may lambda:InvokeFunction
        on arn:aws:lambda:eu-west-1:<account>:function:shop-dev-send
        on arn:aws:lambda:eu-west-1:<account>:function:shop-dev-send:*
        because definitions/flow.asl.json:6 state Send: it invokes the function; `:*` is any version, for an execution that waits keeps the version it began with
      may batch:SubmitJob
        on *
        because definitions/service.toml:19: its `permissions` say so
      note: definitions/flow.asl.json:11 state Tell: where it publishes to is known only when it runs, so nothing is allowed for it: add [[state_machines.flow.permissions]] with sns:Publish

    policy of function shop-dev-send
      apigateway.amazonaws.com may lambda:InvokeFunction
        for arn:aws:execute-api:eu-west-1:<account>:<api>/*/POST/send/*
        because definitions/service.toml:11: the route POST /send/{id} leads to it
    "#);
    assert_eq!(ended.stderr, "");
}

#[test]
fn policies_are_data_too() {
    let printed = json(&shop(), "print --policies --json --local --stage anna");
    insta::assert_snapshot!(serde_json::to_string_pretty(&printed["roles"][1]).unwrap(), @r#"
    {
      "role": "shop-anna-us-east-1-flow",
      "kind": "stateMachine",
      "key": "flow",
      "at": {
        "file": "definitions/service.toml",
        "line": 16
      },
      "assumedBy": "states.amazonaws.com",
      "assumedIf": {
        "StringEquals": {
          "aws:SourceAccount": "000000000000"
        },
        "ArnLike": {
          "aws:SourceArn": "arn:aws:states:us-east-1:000000000000:stateMachine:*"
        }
      },
      "statements": [
        {
          "effect": "Allow",
          "actions": [
            "lambda:InvokeFunction"
          ],
          "resources": [
            "arn:aws:lambda:us-east-1:000000000000:function:shop-anna-send",
            "arn:aws:lambda:us-east-1:000000000000:function:shop-anna-send:*"
          ],
          "condition": null,
          "reasons": [
            {
              "file": "definitions/flow.asl.json",
              "line": 6,
              "state": "Send",
              "why": "it invokes the function; `:*` is any version, for an execution that waits keeps the version it began with"
            }
          ]
        },
        {
          "effect": "Allow",
          "actions": [
            "batch:SubmitJob"
          ],
          "resources": [
            "*"
          ],
          "condition": null,
          "reasons": [
            {
              "file": "definitions/service.toml",
              "line": 19,
              "state": null,
              "why": "its `permissions` say so"
            }
          ]
        }
      ],
      "notes": [
        {
          "file": "definitions/flow.asl.json",
          "line": 11,
          "state": "Tell",
          "why": "where it publishes to is known only when it runs, so nothing is allowed for it: add [[state_machines.flow.permissions]] with sns:Publish"
        }
      ]
    }
    "#);
}

#[test]
fn who_may_invoke_a_function_is_data_too() {
    let printed = json(&shop(), "print --policies --json --local");
    assert_eq!((&printed["stack"], &printed["account"]), (&"shop-dev".into(), &"000000000000".into()));
    insta::assert_snapshot!(serde_json::to_string_pretty(&printed["invocations"]).unwrap(), @r#"
    [
      {
        "function": "shop-dev-send",
        "principal": "apigateway.amazonaws.com",
        "action": "lambda:InvokeFunction",
        "source": "arn:aws:execute-api:us-east-1:000000000000:<api>/*/POST/send/*",
        "reason": {
          "file": "definitions/service.toml",
          "line": 11,
          "state": null,
          "why": "the route POST /send/{id} leads to it"
        }
      }
    ]
    "#);
}

#[test]
fn the_service_is_printed_with_everything_filled_in() {
    let sandbox = shop();
    let printed = run(&sandbox, "print --region eu-west-1").stdout;
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    insta::assert_snapshot!(printed.replace(architecture, "[architecture]"), @r#"
    # Stack shop-dev in eu-west-1, account <account>.
    service = "shop"
    stage = "dev"

    [stack]
    role_path = "/"

    [functions.send] # shop-dev-send
    runtime = "provided.al2023"
    handler = "bootstrap"
    source = "../send"
    memory_mb = 128
    timeout_s = 6
    log_retention_days = 14
    architecture = "[architecture]"

    [functions.send.environment]
    TABLE_NAME = "shop-dev-orders"

    [[functions.send.permissions]]
    actions = ["dynamodb:GetItem"]
    resources = [
      "arn:aws:dynamodb:eu-west-1:<account>:table/shop-dev-orders",
    ]

    [[routes]]
    method = "POST"
    path = "/send/{id}"
    function = "send"
    payload_format = "2.0"
    cors = false

    [throttle]
    rate_per_s = 1
    burst = 5

    [state_machines.flow] # shop-dev-flow
    definition = "flow.asl.json"
    type = "STANDARD"

    [[state_machines.flow.permissions]]
    actions = ["batch:SubmitJob"]
    resources = [
      "*",
    ]
    "#);
    // What is printed is a service file itself.
    sandbox.write("definitions/service.toml", &printed);
    assert_eq!(run(&sandbox, "print --region eu-west-1").stdout, printed);
}

#[test]
fn json_has_names_and_definitions() {
    let printed = json(&shop(), "print --json --local");
    assert_eq!(printed["functions"]["send"]["environment"]["TABLE_NAME"], "shop-dev-orders");
    assert_eq!(printed["functions"]["send"]["at"]["line"], 3);
    assert_eq!(printed["routes"][0]["at"]["line"], 11);
    let flow = &printed["stateMachines"]["flow"];
    assert_eq!(flow["arn"], "arn:aws:states:us-east-1:000000000000:stateMachine:shop-dev-flow");
    assert_eq!(
        flow["definition"]["States"]["Send"]["Resource"],
        "arn:aws:lambda:us-east-1:000000000000:function:shop-dev-send"
    );
}

#[test]
fn the_region_is_the_environments_unless_one_is_named() {
    let sandbox = shop();
    let region = |arguments: &str| {
        let output = sandbox.workshop(arguments).env("AWS_REGION", "ap-south-1").output().unwrap();
        let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
        printed["region"].as_str().unwrap().to_owned()
    };
    assert_eq!(region("print --json"), "ap-south-1");
    assert_eq!(region("print --json --region eu-north-1"), "eu-north-1");
    assert_eq!(region("print --json --local"), "us-east-1");
    assert_eq!(json(&sandbox, "print --json")["region"], "us-east-1");
}

#[test]
fn what_aws_would_not_take_is_told() {
    let sandbox = shop();
    let long = format!("LONG = \"{}\", TABLE_NAME", "x".repeat(4096));
    sandbox.write("definitions/service.toml", &SERVICE.replace("TABLE_NAME", &long));
    let said = run(&sandbox, "print").stderr;
    assert!(
        said.starts_with("warning: definitions/service.toml:5: The environment variables of the function `send`"),
        "{said}"
    );
    assert!(said.contains("4,096") && said.contains("LONG"), "{said}");
}

#[test]
fn names_that_lambda_refuses_are_refused_where_they_stand() {
    let sandbox = shop();
    for (name, said) in [("AWS_REGION", "for itself"), ("X", "two or more letters")] {
        sandbox.write("definitions/service.toml", &SERVICE.replace("TABLE_NAME", name));
        let ended = Ended::of(sandbox.workshop("deploy --local").output().unwrap());
        assert_eq!(ended.code, Some(3), "{ended:#?}");
        assert!(ended.stderr.contains("definitions/service.toml:5:17: ") && ended.stderr.contains(said), "{ended:#?}");
    }
}

#[test]
fn the_policy_of_a_deployer_is_what_iam_takes() {
    let sandbox = shop();
    let ended = run(&sandbox, "print --policies --for deployer --region eu-west-1");
    let all = policy::Document::read(&ended.stdout.replace("<account>", "123456789012")).unwrap();
    all.check_identity().unwrap();
    assert!(ended.stdout.contains("arn:aws:lambda:eu-west-1:<account>:function:shop-dev-*"), "{}", ended.stdout);
    assert!(ended.stderr.contains("Put the account's id in the place of <account>"), "{}", ended.stderr);
    let some = json(&sandbox, "print --policies --for deployer --command show --command invoke --local");
    let actions: Vec<String> =
        some["Statement"].as_array().unwrap().iter().map(|it| it["Action"].to_string()).collect();
    insta::assert_snapshot!(actions.join("\n"), @r#"
    ["lambda:InvokeFunction"]
    ["states:ListExecutions"]
    ["states:DescribeExecution","states:DescribeStateMachineForExecution","states:GetExecutionHistory"]
    ["logs:FilterLogEvents"]
    "#);
}

#[test]
fn each_command_says_what_it_needs() {
    let sandbox = shop();
    let text = run(&sandbox, "print --policies --for deployer --explain --command invoke --region eu-west-1").stdout;
    insta::assert_snapshot!(text, @r"
    invoke
      lambda:InvokeFunction on arn:aws:lambda:eu-west-1:<account>:function:shop-dev-*
        for Lambda Invoke
    ");
    let told = json(&sandbox, "print --policies --for deployer --explain --json --command invoke --local");
    assert_eq!(told["commands"][0]["needs"][0]["calls"], serde_json::json!(["Lambda Invoke"]));
    assert_eq!(told["policy"]["Statement"][0]["Sid"], "Functions");
    let alone = Ended::of(sandbox.workshop("print --policies --explain").output().unwrap());
    assert_eq!(alone.code, Some(2), "{alone:#?}");
}

/// The table in `crates/model/src/partition.rs` against the one that the AWS SDKs share, as botocore brings it.
#[test]
fn regions_are_of_the_partitions_that_botocore_says() {
    let library = python_tool("python").parent().unwrap().parent().unwrap().join("lib");
    let versions = std::fs::read_dir(&library).unwrap().map(|entry| entry.unwrap().path());
    let file = versions.map(|it| it.join("site-packages/botocore/data/partitions.json")).find(|it| it.exists());
    let file = file.unwrap_or_else(|| panic!("no botocore in {}", library.display()));
    let known: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let mut partitions = 0;
    for partition in known["partitions"].as_array().unwrap() {
        let regions = partition["regions"].as_object().unwrap().keys().filter(|name| !name.ends_with("-global"));
        for name in regions {
            let region = Region::parse(name).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(region.partition(), partition["id"], "{name}");
            assert_eq!(region.url_suffix(), partition["outputs"]["dnsSuffix"], "{name}");
        }
        partitions += 1;
    }
    assert!(partitions >= 8, "{partitions}");
}

#[test]
fn a_partitions_arns_are_its_own() {
    let sandbox = Sandbox::new();
    for (region, partition) in
        [("eusc-de-east-1", "aws-eusc"), ("cn-north-1", "aws-cn"), ("us-isof-south-1", "aws-iso-f")]
    {
        for command in ["print --json", "print --policies --json"] {
            let printed = run(&sandbox, &format!("{command} --region {region}")).stdout;
            assert!(printed.contains(&format!("arn:{partition}:")), "{printed}");
            assert!(!printed.contains("arn:aws:"), "{region}: {printed}");
        }
    }
}
