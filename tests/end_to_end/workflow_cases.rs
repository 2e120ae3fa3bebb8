//! `workshop test` as a black box: what people, editors and CI see of cases that pass and fail.

use serde_json::Value;

use crate::support::sandbox::Sandbox;
use crate::support::{Ended, Home};

pub(crate) const SERVICE: &str = "service = \"shop\"\n[state_machines.order]\ndefinition = \"order.asl.json\"\n";

pub(crate) const ORDER: &str = r#"{
  "StartAt": "Charge",
  "States": {
    "Charge": {
      "Type": "Task",
      "Resource": "arn:#{AWS::Partition}:lambda:#{AWS::Region}:#{AWS::AccountId}:function:charge",
      "Catch": [{ "ErrorEquals": ["Declined"], "Next": "Refused" }],
      "End": true
    },
    "Refused": { "Type": "Fail", "Error": "Refused" }
  }
}
"#;

pub(crate) const CASES: &str = r#"[[cases]]
name = "paid"
input = { id = 7 }
mocks.Charge = { return = { paid = true, at = 1 }, after = "2h" }
expect = { output = { paid = true, at = 2 } }

[[cases]]
name = "declined"
mocks.Charge = { throw = "Declined" }
expect = { error = "Refused" }
"#;

pub(crate) fn run(sandbox: &Sandbox, arguments: &str) -> Ended {
    Ended::of(sandbox.workshop(arguments).output().unwrap())
}

pub(crate) fn shop(cases: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("service.toml", SERVICE);
    sandbox.write("order.asl.json", ORDER);
    sandbox.write("tests/order.test.toml", cases);
    sandbox
}

/// The output without what is measured: the numbers before `ms`.
pub(crate) fn unmeasured(text: &str) -> String {
    let line = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let is_ms = |at: usize| words.get(at + 1).is_some_and(|next| next.starts_with("ms"));
        let shown = words.iter().enumerate().map(|(at, word)| if is_ms(at) { "N" } else { word });
        shown.collect::<Vec<_>>().join(" ") + "\n"
    };
    text.lines().map(line).collect()
}

#[test]
fn a_failed_case_shows_what_differs_and_what_happened() {
    let ended = run(&shop(CASES), "test");
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), ""));
    insta::assert_snapshot!(unmeasured(&ended.stdout), @r#"
    tests/order.test.toml
      FAIL  paid  (2h in N ms)
      pass  declined  (0s in N ms)

    FAIL paid tests/order.test.toml:1
      output: The output is not as expected.
        $.at
          expected  2
          came      1
        +0s                   the execution starts  {"id":7}
        +0s           Charge  entered  {"id":7}
        +0s           Charge  calls the function charge (mock on line 4)  {"id":7}
        +2h           Charge  the task succeeds  {"paid":true,"at":1}
        +2h           Charge  left  {"paid":true,"at":1}
        +2h                   the execution succeeds  {"paid":true,"at":1}

    COVERAGE  STATES  TRANSITIONS  RULES  RETRIES  CATCHES  CONDITIONS
    order     2/2     -            -      -        1/1      -           100%

    1 failed, 1 passed: 2h of virtual time in N ms, 100% covered.
    "#);
}

#[test]
fn words_choose_cases_and_what_passes_is_0() {
    let sandbox = shop(CASES);
    let json: Value = serde_json::from_str(&run(&sandbox, "test decl --json").stdout).unwrap();
    assert_eq!(
        (&json["passed"], &json["failed"], &json["cases"][0]["name"]),
        (&1.into(), &0.into(), &"declined".into())
    );
    assert_eq!(json["coverage"]["machines"][0]["parts"]["catches"]["taken"], 1);
    let ended = run(&sandbox, "test nothing-like-it");
    assert_eq!(ended.code, Some(6));
    insta::assert_snapshot!(ended.stderr, @r"
    error: No case has nothing-like-it in its file, machine or name.
      try: `workshop test` runs and lists all.
    ");
}

#[test]
fn coverage_can_be_too_low_and_is_written_for_other_tools() {
    let sandbox = shop(CASES);
    let ended = run(&sandbox, "test declined --min-coverage 90 --junit out/junit.xml --lcov out/lcov.info");
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let cases = CASES.split("[[cases]]\n").nth(1).unwrap().replace("at = 2", "at = 1");
    sandbox.write("tests/order.test.toml", &format!("[[cases]]\n{cases}"));
    let ended = run(&sandbox, "test --min-coverage 90 --junit out/junit.xml --lcov out/lcov.info");
    assert_eq!(ended.code, Some(1));
    insta::assert_snapshot!(ended.stderr, @r"
    error: The cases cover 33.3% of the machines that they run, less than 90%.
      try: The table says what no case took; `--verbose` lists all of it.
    ");
    let read = |path: &str| std::fs::read_to_string(sandbox.work().join(path)).unwrap();
    assert!(read("out/junit.xml").contains("<testcase name=\"paid\" classname=\"order\""));
    assert!(read("out/lcov.info").contains("SF:order.asl.json\nBRDA:7,0,0,0\n"));
}

#[test]
fn update_writes_the_output_that_came() {
    let sandbox = shop(CASES);
    let updated = run(&sandbox, "test --update");
    assert_eq!(updated.code, Some(0), "{updated:#?}");
    insta::assert_snapshot!(updated.stderr, @r"
    tests/order.test.toml: wrote the output of `paid`.
    Review what was written before you keep it.
    ");
    assert!(
        updated.stdout.contains("new   paid") && updated.stdout.contains("of which 1 has a new output"),
        "{updated:#?}"
    );
    let written = std::fs::read_to_string(sandbox.work().join("tests/order.test.toml")).unwrap();
    assert!(written.contains("expect = { output = { paid = true, at = 1 } }"), "{written}");
    assert_eq!(run(&sandbox, "test").code, Some(0));
}

#[test]
fn mistakes_in_a_test_file_are_told_with_their_places() {
    let sandbox = shop("[[cases]]\nname = \"a\"\nmocks.Chrage = { return = 1 }\n[cases.expect]\npath = [\"Charge\"]\n");
    let ended = run(&sandbox, "test");
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(3), ""));
    insta::assert_snapshot!(ended.stderr, @r"
    error: tests/order.test.toml:3:7: The machine has no state `Chrage`.
     3 | mocks.Chrage = { return = 1 }
       |       ^^^^^^
      try: Did you mean `Charge`?
    ");
    sandbox.write("tests/order.test.toml", "machine = \"ordr\"\n[[cases]]\nnmae = \"a\"\n");
    insta::assert_snapshot!(run(&sandbox, "test").stderr, @r#"
    error: tests/order.test.toml:2:1: The case has no `name`.
     2 | [[cases]]
       | ^^^^^^^^
      try: Say in a sentence what holds.
    error: tests/order.test.toml:3:1: There is no key `nmae` in `cases`.
     3 | nmae = "a"
       | ^^^^
      try: Did you mean `name`? Known here are name, machine, definition, type, input, start, seed, stop, mocks, expect, rows.
    "#);
}

#[test]
fn without_a_project_the_lessons_own_tests_run() {
    let sandbox = Sandbox::new();
    let ended = run(&sandbox, "test");
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let json: Value = serde_json::from_str(&run(&sandbox, "test --json").stdout).unwrap();
    assert_eq!(json["coverage"]["total"]["percent"], 100.0, "{json:#}");
}

#[test]
fn every_template_has_tests_that_pass_and_cover_it() {
    let sandbox = Sandbox::new();
    for template in ["hello", "wait", "approval", "parallel", "map"] {
        assert_eq!(run(&sandbox, &format!("init {template} --template {template} --yes")).code, Some(0));
        let output = sandbox.workshop("test --min-coverage 100").current_dir(sandbox.work().join(template)).output();
        let ended = Ended::of(output.unwrap());
        assert_eq!(ended.code, Some(0), "{template} {ended:#?}");
    }
}

#[test]
fn an_execution_of_the_embedded_cloud_becomes_a_case_that_passes() {
    let home = Home::new();
    home.ok(&["init", "--template", "hello", "--yes"]);
    home.ok(&["deploy", "--local"]);
    let input = r#"{"name": "Ada", "password": "hunter2"}"#;
    home.ok(&["start", "--local", "-d", input, "--name", "first", "--follow"]);
    let recorded = home.run(&["test", "record", "first", "--local"]);
    assert_eq!((recorded.code, recorded.stdout.trim()), (Some(0), "tests/hello-first.test.toml"), "{recorded:#?}");
    let text = std::fs::read_to_string(home.path("work/tests/hello-first.test.toml")).unwrap();
    assert!(text.contains("return = { greeting = \"Hello, Ada!\" }"), "{text}");
    assert!(text.contains("password = \"masked-1\"") && !text.contains("hunter2"), "{text}");
    home.ok(&["test", "first"]);
    let again = home.run(&["test", "record", "first", "--local"]);
    assert_eq!(again.code, Some(3), "{again:#?}");
}

#[test]
fn exploring_finds_what_nothing_catches() {
    let sandbox = shop(CASES);
    let ended = run(&sandbox, "test explore --strict");
    assert_eq!(ended.code, Some(1));
    insta::assert_snapshot!(ended.stdout, @r"
    uncaught   `Lambda.ServiceException`, `SomeError` of `Charge` end the execution: nothing catches them.
    9 runs, 100% covered. `--verbose` shows a case for each, `--out FILE` keeps them.
    ");
    let json: Value = serde_json::from_str(&run(&sandbox, "test explore order --json").stdout).unwrap();
    let case = json["findings"][0]["case"].as_str().unwrap();
    sandbox.write("tests/order.test.toml", case);
    assert_eq!(run(&sandbox, "test").code, Some(0), "the case that is printed can be kept");
}

#[test]
fn a_mock_configuration_of_step_functions_local_runs_as_it_is() {
    let sandbox = shop(CASES);
    let config = serde_json::json!({
        "StateMachines": {"order": {"TestCases": {"Paid": {"Charge": "Ok"}, "Declined": {"Charge": "No"}, "Hybrid": {}}}},
        "MockedResponses": {
            "Ok": {"0": {"Return": {"paid": true}}},
            "No": {"0": {"Throw": {"Error": "Declined", "Cause": "no money"}}},
        }
    });
    sandbox.write("MockConfigFile.json", &config.to_string());
    let ended = run(&sandbox, "test --mock-config MockConfigFile.json order#Paid -d {\"id\":7} --json");
    let json: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((ended.code, &json["cases"][0]["ended"]), (Some(0), &"SUCCEEDED {\"paid\":true}".into()), "{json:#}");
    let ended = run(&sandbox, "test --mock-config MockConfigFile.json");
    assert_eq!(ended.code, Some(1), "a state without a mock is not called");
    assert!(ended.stdout.contains("FAILED Refused") && ended.stdout.contains("no mock answers it"), "{}", ended.stdout);
}

#[test]
fn watching_runs_the_cases_again_when_a_file_changes() {
    let home = Home::new();
    let write = |path: &str, text: &str| std::fs::write(home.path("work").join(path), text).unwrap();
    std::fs::create_dir_all(home.path("work/tests")).unwrap();
    write("service.toml", SERVICE);
    write("order.asl.json", ORDER);
    write("tests/order.test.toml", CASES);
    let watching = home.spawn(&["test", "--watch"]);
    watching.line_with("1 failed, 1 passed");
    watching.line_with("Watching");
    write("tests/order.test.toml", &CASES.replace("at = 2", "at = 1"));
    watching.line_with("2 passed");
    write("tests/other.test.toml", "[[cases]]\nname = \"alone\"\nmocks.Charge = { return = 1 }\n");
    // Only what a change touches runs again.
    watching.line_with("1 passed");
    write("order.asl.json", &ORDER.replace("\"Declined\"", "\"Other\""));
    watching.line_with("The error should be `Refused`");
    assert_eq!(watching.interrupt(), Some(0));
}
