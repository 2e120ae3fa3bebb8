//! `workshop validate` as a black box: what people, editors and CI see.

use crate::support::Ended;
use crate::support::sandbox::Sandbox;
use serde_json::Value;

fn run(sandbox: &Sandbox, arguments: &str) -> Ended {
    Ended::of(sandbox.workshop(arguments).output().unwrap())
}

fn json(sandbox: &Sandbox, arguments: &str) -> Value {
    serde_json::from_str(&run(sandbox, arguments).stdout).unwrap()
}

#[test]
fn findings_are_shown_in_their_place() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "flow.asl.json",
        r#"{
  "StartAt": "Ask",
  "States": {
    "Ask": {
      "Type": "Choice",
      "Choices": [{ "Variable": "$.go", "BooleanEquals": true, "Next": "Sned" }]
    },
    "Send": { "Type": "Pass", "End": true }
  }
}
"#,
    );
    let ended = run(&sandbox, "validate flow.asl.json");
    assert_eq!(ended.code, Some(3));
    insta::assert_snapshot!(ended.stdout, @r#"
    flow.asl.json:4:5: warning: "Ask" has no Default: when no rule matches, the execution fails with States.Runtime. [choice-without-default]
     4 |     "Ask": {
       |     ^^^^^
       fix: Add a Default; lead it to a Fail state if nothing else may happen here.

    flow.asl.json:6:72: error: Missing 'Next' target: Sned. [MISSING_TRANSITION_TARGET]
     6 |       "Choices": [{ "Variable": "$.go", "BooleanEquals": true, "Next": "Sned" }]
       |                                                                        ^^^^^^
       fix: Did you mean "Send"?

    flow.asl.json:8:5: error: State "Send" is not reachable. [MISSING_TRANSITION_TARGET]
     8 |     "Send": { "Type": "Pass", "End": true }
       |     ^^^^^^
       fix: Lead the Next, Default, Choices or Catch of another state to it, or delete it.
    "#);
    insta::assert_snapshot!(ended.stderr, @"error: 1 definition: 2 errors and 1 warning.");
}

#[test]
fn yaml_is_read_too_and_express_has_its_own_limits() {
    let sandbox = Sandbox::new();
    sandbox.write("flow.asl.yml", "StartAt: Rest\nStates:\n  Rest:\n    Type: Wait\n    Seconds: 600\n    End: true\n");
    let fine = run(&sandbox, "validate flow.asl.yml");
    assert_eq!((fine.code, fine.stdout.as_str()), (Some(0), "1 definition: no problems.\n"));
    let ended = run(&sandbox, "validate flow.asl.yml --type EXPRESS");
    assert_eq!(ended.code, Some(0));
    insta::assert_snapshot!(ended.stdout, @r#"
    flow.asl.yml:5:14: warning: "Rest" never comes to its end: an express execution is ended after five minutes. [wait-past-limit]
     5 |     Seconds: 600
       |              ^^^
       fix: Wait for a shorter time, or end this execution and start another one when the time has come.

    1 definition: no errors and 1 warning.
    "#);
    let strict = run(&sandbox, "validate flow.asl.yml --type express --deny-warnings");
    assert_eq!(strict.code, Some(3));
    insta::assert_snapshot!(strict.stderr, @"error: 1 definition: no errors and 1 warning. Warnings fail because of --strict.");
}

#[test]
fn without_files_it_is_the_service() {
    let sandbox = Sandbox::new();
    sandbox.write("definitions/service.toml", "service = \"shop\"\n[state_machines.one]\ndefinition = \"one.asl.yml\"\ntype = \"EXPRESS\"\n[state_machines.two]\ndefinition = \"two.asl.json\"\n");
    sandbox.write(
        "definitions/one.asl.yml",
        "StartAt: Rest\nStates:\n  Rest:\n    Type: Wait\n    Seconds: 600\n    End: true\n",
    );
    sandbox.write("definitions/two.asl.json", "{\"StartAt\": \"A\",}");
    let report = json(&sandbox, "validate --json");
    assert_eq!(report["files"], serde_json::json!(["definitions/one.asl.yml", "definitions/two.asl.json"]));
    let codes: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["wait-past-limit", "INVALID_JSON_DESCRIPTION"]);
    // The service file says which type a file is for, from wherever it is named.
    let report = json(&sandbox, "validate --format json ./definitions/one.asl.yml");
    assert_eq!(report["warnings"], 1);
}

#[test]
fn the_keys_of_its_json_stay() {
    let sandbox = Sandbox::new();
    sandbox.write("a.json", r#"{"StartAt": "é", "States": {"é": {"Type": "Succeed", "Comment": 1}}}"#);
    let ended = run(&sandbox, "validate a.json --json");
    insta::assert_snapshot!(ended.stdout, @r#"
    {
      "files": [
        "a.json"
      ],
      "errors": 1,
      "warnings": 0,
      "findings": [
        {
          "file": "a.json",
          "line": 1,
          "column": 65,
          "endLine": 1,
          "endColumn": 66,
          "severity": "error",
          "code": "SCHEMA_VALIDATION_FAILED",
          "location": "/States/é/Comment",
          "message": "Expected value of type [STRING].",
          "fix": "Write a value of the type that is named."
        }
      ],
      "notes": []
    }
    "#);
    insta::assert_snapshot!(ended.stderr, @r#"{"error":{"kind":"project","message":"1 definition: 1 error and no warnings.","cause":null,"hint":null}}"#);
}

#[test]
fn sarif_is_for_ci() {
    let sandbox = Sandbox::new();
    sandbox.write("a.json", r#"{"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 40000000, "End": true}}}"#);
    let ended = run(&sandbox, "validate a.json --format sarif");
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    let log: Value = serde_json::from_str(&ended.stdout).unwrap();
    let result = &log["runs"][0]["results"][0];
    assert_eq!((&log["version"], &result["ruleId"]), (&"2.1.0".into(), &"wait-past-limit".into()));
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startColumn"], 62);
}

/// A service whose only task is one that the embedded cloud does not serve, and whose only way out is a Catch.
fn with_a_queue() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("service.toml", "service = \"shop\"\n[state_machines.flow]\ndefinition = \"flow.asl.yml\"\n");
    sandbox.write(
        "flow.asl.yml",
        "StartAt: Send\nStates:\n  Send:\n    Type: Task\n    Resource: arn:aws:states:::sqs:sendMessage\n    Parameters: \
         {QueueUrl: u, MessageBody: b}\n    Catch: [{ErrorEquals: [States.ALL], Next: Done}]\n    Next: Done\n  Done:\n    \
         Type: Succeed\n",
    );
    sandbox
}

#[test]
fn what_the_embedded_cloud_does_not_serve_is_a_note() {
    let sandbox = with_a_queue();
    let ended = run(&sandbox, "validate --strict");
    assert_eq!(ended.code, Some(0));
    insta::assert_snapshot!(ended.stdout, @r#"
    flow.asl.yml:5:15: note: "Send" calls arn:aws:states:::sqs:sendMessage, which the embedded cloud does not serve: there the execution ends with States.Runtime, which no Catch takes. [not-on-embedded-cloud]
     5 |     Resource: arn:aws:states:::sqs:sendMessage
       |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       fix: Nothing is wrong with it on AWS. With --local, let a function do this task.

    1 definition: no problems.
    "#);
    assert_eq!(json(&sandbox, "validate --json")["findings"][0]["severity"], "note");
}

#[test]
fn deploy_local_warns_of_what_it_does_not_serve() {
    let sandbox = with_a_queue();
    let ended = run(&sandbox, "diff --local");
    let _ = run(&sandbox, "local stop");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let warning = ended.stdout.lines().find(|line| line.starts_with("warning:")).unwrap_or_default();
    insta::assert_snapshot!(warning, @"warning: flow.asl.yml:5: the state `Send` uses arn:aws:states:::sqs:sendMessage, which the embedded cloud does not serve: an execution that comes to it fails with States.Runtime, which no Catch takes. On AWS it works.");
}

#[test]
fn everything_wrong_with_a_service_file_is_shown_in_its_place() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "service.toml",
        "service = \"shop\"\n[functions.send]\nsource = \".\"\nmemroy_mb = 128\n[[routes]]\nmethod = \"post\"\npath = \
         \"/x\"\nfunction = \"send\"\n[state_machines.flow]\ntype = \"express\"\n",
    );
    let ended = run(&sandbox, "validate");
    assert_eq!(ended.code, Some(3));
    insta::assert_snapshot!(ended.stderr, @r#"
    error: service.toml:4:1: There is no key `memroy_mb` in [functions.send].
     4 | memroy_mb = 128
       | ^^^^^^^^^
      try: Did you mean `memory_mb`? Known here are source, patterns, name, description, runtime, handler, bundle, memory_mb, timeout_s, log_retention_days, architecture, environment, role, permissions, tags.
    error: service.toml:6:10: `method` can't be `post`; it is one of ANY, DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT.
     6 | method = "post"
       |          ^^^^^^
      try: Did you mean `POST`?
    error: service.toml:9:1: `state_machines.flow.definition` is missing.
     9 | [state_machines.flow]
       | ^^^^^^^^^^^^^^^^^^^^^
    error: service.toml:10:8: `type` can't be `express`; it is one of STANDARD, EXPRESS.
     10 | type = "express"
        |        ^^^^^^^^^
      try: Did you mean `EXPRESS`?
    "#);
}

#[test]
fn stdin_is_read_where_a_dash_stands() {
    let sandbox = Sandbox::new();
    let given = |text: &str| Ended::of(sandbox.workshop("validate -").write_stdin(text).output().unwrap());
    assert_eq!(given("StartAt: A\nStates: {A: {Type: Succeed}}\n").code, Some(0));
    let broken = given("{\"StartAt\": A}");
    assert_eq!(broken.code, Some(3));
    insta::assert_snapshot!(broken.stdout, @r#"
    stdin.asl.json:1:13: error: The definition is not valid JSON: expected a value, and `A` is none. [INVALID_JSON_DESCRIPTION]
     1 | {"StartAt": A}
       |             ^
       fix: Put texts into double quotes; the words without them are true, false and null.
    "#);
}

#[test]
fn nothing_in_a_definition_steers_the_terminal() {
    let sandbox = Sandbox::new();
    let long = "x".repeat(5_000);
    sandbox.write("a.yml", &format!("StartAt: \"{long}\"  # \u{1b}[31m\u{202e}\nStates: {{}}\n\u{7}"));
    let ended = run(&sandbox, "validate a.yml");
    let shown = format!("{}{}", ended.stdout, ended.stderr);
    assert!(!shown.contains(|c: char| c == '\u{202e}' || (c.is_control() && c != '\n')), "{shown:?}");
    sandbox.write(
        "b.json",
        &format!(r#"{{"StartAt": "A", "Comment": "{long}", "States": {{"A": {{"Type": "\u001b"}}}}}}"#),
    );
    let ended = run(&sandbox, "validate b.json");
    assert!(
        ended.stdout.lines().filter(|line| line.contains(" | ")).all(|line| line.chars().count() < 130),
        "{}",
        ended.stdout
    );
    assert!(run(&sandbox, "validate b.json --color always").stdout.contains('\u{1b}'));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let ended = run(&Sandbox::new(), "validate nowhere.asl.json");
    assert_eq!(ended.code, Some(3));
    assert!(ended.stderr.contains("nowhere.asl.json can't be read"), "{}", ended.stderr);
}

#[test]
fn a_megabyte_with_thousands_of_findings_is_read() {
    let sandbox = Sandbox::new();
    let state = |i: usize| {
        format!(
            r#""S{i}": {{"Type": "Pass", "Assign": {{"v{i}.$": "$v{i}"}}, "Parameters": {{"a.$": "$.b"}}, "Next": "S{}"}}"#,
            i + 1
        )
    };
    let states: Vec<String> = (0..9_000).map(state).collect();
    sandbox.write(
        "big.json",
        &format!(r#"{{"StartAt": "S0", "States": {{{}, "S9000": {{"Type": "Succeed"}}}}}}"#, states.join(",")),
    );
    let report = json(&sandbox, "validate big.json --json");
    assert!(report["warnings"].as_u64().unwrap() >= 1_000);
}
