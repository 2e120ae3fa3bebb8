//! `workshop test` with other judges than the engine, with real code behind mocks, and what no case reached.

use serde_json::Value;

use crate::support::{Ended, Home};
use crate::workflow_cases::{CASES, ORDER, SERVICE, run, shop, unmeasured};

const BRANCHY: &str = r#"{
  "StartAt": "Price",
  "QueryLanguage": "JSONata",
  "States": {
    "Price": {
      "Type": "Pass",
      "Output": { "price": "{% $states.input.n > 5 ? 'high' : 'low' %}" },
      "Next": "Wait"
    },
    "Wait": { "Type": "Wait", "Seconds": 60, "Next": "Each" },
    "Each": {
      "Type": "Map",
      "Items": "{% [1, 2] %}",
      "ItemProcessor": { "StartAt": "Charge", "States": { "Charge": {
        "Type": "Task",
        "Resource": "arn:#{AWS::Partition}:lambda:#{AWS::Region}:#{AWS::AccountId}:function:charge",
        "Retry": [{ "ErrorEquals": ["Busy"], "IntervalSeconds": 30, "MaxAttempts": 2 }],
        "End": true
      } } },
      "End": true
    }
  }
}
"#;

const BRANCHY_CASES: &str = r#"[[cases]]
name = "one is busy"
input = { n = 7 }
[[cases.mocks.Charge]]
index = 1
attempt = 0
throw = "Busy"
[[cases.mocks.Charge]]
return = { paid = true }
times = 2
[cases.expect]
output = [{ paid = true }, { paid = true }]
output_matches = [{ Variable = "$[0].paid", BooleanEquals = true }]
duration = "90s"
calls.Charge = 3
"#;

#[test]
fn what_no_case_reached_is_counted_and_drawn() {
    let sandbox = shop(BRANCHY_CASES);
    sandbox.write("order.asl.json", BRANCHY);
    let ended = run(&sandbox, "test --picture");
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    insta::assert_snapshot!(unmeasured(&ended.stdout), @r"
    tests/order.test.toml
      pass  one is busy  (1m 30s in N ms)

    COVERAGE  STATES  TRANSITIONS  RULES  RETRIES  CATCHES  CONDITIONS
    order     4/4     2/2          -      1/1      -        1/2         89%
      order: `Price`: a condition of {% $states.input.n > 5 ? 'high' : 'low' %} is never false

    1 passed: 1m 30s of virtual time in N ms, 89% covered.

    order
    ! Price      Pass                      partly covered
    ✓ Wait       Wait · 60 s               covered
    ✓ Each       Map · each of [1, 2] ■    covered
    └─ each item
       ✓ Charge  Task · function charge ■  covered, 2 times
    ");
    assert_eq!(run(&sandbox, "test --picture=out/cover.svg").code, Some(0));
    let svg = std::fs::read_to_string(sandbox.work().join("out/cover.svg")).unwrap();
    assert!(svg.contains("partly covered") && svg.contains("<title>Each, Map"), "{svg}");
}

#[test]
fn other_judges_see_the_same() {
    let home = Home::new();
    std::fs::create_dir_all(home.path("work/tests")).unwrap();
    let write = |path: &str, text: &str| std::fs::write(home.path("work").join(path), text).unwrap();
    write("service.toml", SERVICE);
    write("order.asl.json", BRANCHY);
    write("tests/order.test.toml", BRANCHY_CASES);
    home.ok(&["test", "--on", "local"]);
    home.ok(&["test", "--on", "teststate", "--local"]);
    let task = serde_json::json!({"StartAt": "Call", "States": {"Call": {"Type": "Task", "End": true,
        "Resource": "arn:aws:states:::lambda:invoke", "OutputPath": "$.Payload",
        "Parameters": {"FunctionName": "f", "Payload.$": "$"},
        "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 30}]}}});
    write("order.asl.json", &task.to_string());
    write(
        "tests/order.test.toml",
        "[[cases]]\nname = \"busy\"\nmocks.Call = [{ throw = \"Busy\" }, { payload = 7 }]\n\
         [cases.expect]\noutput = 7\nretries.Call = 1\n\
         calls.Call = [{ FunctionName = \"f\", Payload = {} }, { FunctionName = \"f\", Payload = {} }]\n",
    );
    home.ok(&["test", "--on", "local"]);
    home.ok(&["test", "--on", "teststate", "--local"]);
    let pass =
        serde_json::json!({"StartAt": "Find", "States": {"Find": {"Type": "Pass", "InputPath": "$.x", "End": true}}});
    write("order.asl.json", &pass.to_string());
    write(
        "tests/order.test.toml",
        "[[cases]]\nname = \"nothing there\"\n[cases.expect]\nerror = \"States.Runtime\"\n\
         cause = \"An error occurred while executing the state 'Find' (entered at the event id #2). \
         Invalid path '$.x' : No results for path: $['x']\"\n",
    );
    home.ok(&["test", "--on", "local"]);
    home.ok(&["test", "--on", "teststate", "--local"]);
    let missing = home.run(&["test", "--on", "aws", "--local"]);
    assert_eq!(missing.code, Some(1), "{missing:#?}");
    assert!(missing.stdout.contains("order is not deployed"), "{missing:#?}");
}

#[test]
fn where_another_judge_sees_something_else_it_is_told() {
    let home = Home::new();
    std::fs::create_dir_all(home.path("work/tests")).unwrap();
    let write = |path: &str, text: &str| std::fs::write(home.path("work").join(path), text).unwrap();
    write("service.toml", SERVICE);
    // The engine runs with a role of its own, which no cloud has.
    let definition = serde_json::json!({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true,
        "Parameters": {"role.$": "$$.Execution.RoleArn"}}}});
    write("order.asl.json", &definition.to_string());
    write("tests/order.test.toml", "[[cases]]\nname = \"a\"\n");
    let ended = home.run(&["test", "--on", "local", "--json"]);
    let json: Value = serde_json::from_str(&ended.stdout).unwrap();
    let failure = &json["cases"][0]["failures"][0];
    assert_eq!((ended.code, &failure["about"]), (Some(1), &"difference".into()), "{json:#}");
    assert_eq!(failure["differences"][0]["path"], "$.role", "{json:#}");
}

#[test]
fn mocks_run_functions_and_let_tasks_through() {
    let home = Home::new();
    std::fs::create_dir_all(home.path("work/tests")).unwrap();
    std::fs::create_dir_all(home.path("work/functions")).unwrap();
    let write = |path: &str, text: &str| std::fs::write(home.path("work").join(path), text).unwrap();
    write("service.toml", SERVICE);
    write("order.asl.json", ORDER);
    write("functions/charge.py", "def handler(event, context):\n    return {'charged': event['id'] * 2}\n");
    write(
        "tests/order.test.toml",
        "[[cases]]\nname = \"real\"\ninput = { id = 21 }\n\
        mocks.Charge = { function = \"functions/charge.py\", after = \"1h\" }\n\
        expect = { output = { charged = 42 }, duration = \"1h\" }\n",
    );
    home.ok(&["test"]);
    let through = "[[cases]]\nname = \"through\"\nmocks.Charge = { cloud = true }\n\
        expect = { error = \"Lambda.ResourceNotFoundException\" }\n";
    write("tests/order.test.toml", through);
    let denied = home.run(&["test"]);
    assert!(denied.stdout.contains("`workshop deploy --local` makes the role"), "{denied:#?}");
    home.ok(&["deploy", "--local"]);
    home.ok(&["test"]);
}

#[test]
fn a_test_case_of_step_functions_local_runs_in_the_embedded_cloud() {
    let sandbox = shop(CASES);
    let config = serde_json::json!({
        "StateMachines": {"shop-dev-order": {"TestCases": {"Paid": {"Charge": "Ok"}}}},
        "MockedResponses": {"Ok": {"0": {"Return": {"paid": true}}}},
    });
    sandbox.write("MockConfigFile.json", &config.to_string());
    let started = sandbox.workshop("local start").env("SFN_MOCK_CONFIG", "MockConfigFile.json").output().unwrap();
    assert_eq!(Ended::of(started).code, Some(0));
    assert_eq!(run(&sandbox, "deploy --local").code, Some(0));
    let machine = "arn:aws:states:us-east-1:000000000000:stateMachine:shop-dev-order#Paid";
    let answer = sandbox.aws(&format!("stepfunctions start-execution --state-machine-arn {machine}"));
    let started: Value = serde_json::from_str(&answer.stdout).unwrap_or_else(|_| panic!("{answer:#?}"));
    let arn = started["executionArn"].as_str().unwrap().to_owned();
    let ended = crate::support::eventually("the end", || {
        let shown = sandbox.aws(&format!("stepfunctions describe-execution --execution-arn {arn}")).stdout;
        if shown.contains("RUNNING") { Err(shown) } else { Ok(shown) }
    });
    assert!(ended.contains(r#""output": "{\"paid\":true}""#), "{ended}");
}
