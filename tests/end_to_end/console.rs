//! The embedded cloud's page in a real browser. Pictures of what was seen are in target/console-pictures.

use crate::support::{Ended, Home, curl, free_port, project, python_tool};

const SERVICE: &str = r#"
service = "shop"

[state_machines.check]
definition = "check.asl.json"

[state_machines.asks]
definition = "asks.asl.json"

[state_machines.retries]
definition = "retries.asl.json"

[state_machines.many]
definition = "many.asl.json"

[state_machines.spread]
definition = "spread.asl.json"

[state_machines.gather]
definition = "gather.asl.json"

[state_machines.slow]
definition = "slow.asl.json"

[state_machines.hostile]
definition = "hostile.asl.json"
"#;

const CHECK: &str = r#"{"StartAt": "Enough", "States": {
    "Enough": {"Type": "Choice", "Default": "TooFew",
        "Choices": [{"Variable": "$.count", "NumericGreaterThan": 0, "Next": "Fine"}]},
    "Fine": {"Type": "Pass", "Result": {"fine": true}, "End": true},
    "TooFew": {"Type": "Fail", "Error": "TooFew", "Cause": "{\"count\": 0, \"wanted\": 1}"}}}"#;

const ASKS: &str = r#"{"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "End": true,
    "Resource": "arn:aws:states:::states:startExecution.waitForTaskToken",
    "Parameters": {"StateMachineArn": "arn:aws:states:${AWS::Region}:${AWS::AccountId}:stateMachine:${AWS::StackName}-check",
        "Input": {"count": 1, "taskToken.$": "$$.Task.Token"}}}}}"#;

/// What it calls is never there: it is tried again an hour later, and then never.
const RETRIES: &str = r#"{"StartAt": "Look", "States": {
    "Look": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sfn:describeExecution", "Next": "Never",
        "Parameters": {"ExecutionArn": "arn:aws:states:${AWS::Region}:${AWS::AccountId}:execution:${AWS::StackName}-check:nobody"},
        "Retry": [{"ErrorEquals": ["Sfn.ExecutionDoesNotExistException"], "IntervalSeconds": 3600, "MaxAttempts": 1}],
        "Catch": [{"ErrorEquals": ["Other"], "Next": "Never"}]},
    "Never": {"Type": "Succeed"}}}"#;

const MANY: &str = r#"{"QueryLanguage": "JSONata", "StartAt": "Each", "States": {
    "Each": {"Type": "Map", "Items": "{% [1..1000] %}", "MaxConcurrency": 1, "End": true,
        "ItemProcessor": {"StartAt": "Each item", "States": {
            "Each item": {"Type": "Choice", "Default": "Good", "Choices": [{"Condition": "{% $states.input = 777 %}", "Next": "Bad"}]},
            "Bad": {"Type": "Fail", "Error": "TheOne"},
            "Good": {"Type": "Succeed"}}}}}}"#;

/// A Map Run with an iteration that fails, and a cause that AWS warns of.
const SPREAD: &str = r#"{"StartAt": "Static", "States": {
    "Static": {"Type": "Pass", "Result": [1, 2, 3], "ResultPath": "$.items", "Next": "Spread"},
    "Spread": {"Type": "Map", "ItemsPath": "$.items", "ToleratedFailureCount": 1, "End": true,
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Is it two", "States": {
            "Is it two": {"Type": "Choice", "Default": "Good", "Choices": [{"Variable": "$", "NumericEquals": 2, "Next": "Bad"}]},
            "Bad": {"Type": "Fail", "Error": "Two", "Cause": "$.cause"},
            "Good": {"Type": "Succeed"}}}}}}"#;

/// A Map and a Parallel state with each step of their data flows.
const GATHER: &str = r#"{"StartAt": "Each", "States": {
    "Each": {"Type": "Map", "ItemsPath": "$.items", "Next": "Both", "ResultPath": "$.each",
        "ItemSelector": {"value.$": "$$.Map.Item.Value", "factor.$": "$.factor"},
        "ItemProcessor": {"StartAt": "Add", "States": {
            "Add": {"Type": "Pass", "Parameters": {"sum.$": "States.MathAdd($.value, $.factor)"}, "End": true}}},
        "ResultSelector": {"sums.$": "$[*].sum"}},
    "Both": {"Type": "Parallel", "End": true, "ResultSelector": {"left.$": "$[0]", "right.$": "$[1]"}, "Branches": [
        {"StartAt": "Left", "States": {"Left": {"Type": "Pass", "Result": "to the left", "End": true}}},
        {"StartAt": "Right", "States": {"Right": {"Type": "Pass", "Result": "to the right", "End": true}}}]}}}"#;

/// A Map Run that is on for an hour at least.
const SLOW: &str = r#"{"QueryLanguage": "JSONata", "StartAt": "Run", "States": {
    "Run": {"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "An hour",
        "States": {"An hour": {"Type": "Wait", "Seconds": 3600, "End": true}}},
        "Items": "{% [1, 2, 3] %}", "MaxConcurrency": 1, "End": true}}}"#;

const HOSTILE: &str = r#"{"QueryLanguage": "JSONata", "StartAt": "<img src=x onerror='window.harmed=1'>", "States": {
    "<img src=x onerror='window.harmed=1'>": {"Type": "Choice", "Default": "Fail & \u202eend",
        "Choices": [{"Condition": "{% '</text><script>window.harmed=1</script>' = $states.input %}", "Next": "Fail & \u202eend"}]},
    "Fail & \u202eend": {"Type": "Fail", "Error": "{% $states.input.text %}", "Cause": "{% $states.input.text %}"}}}"#;

/// Opens the page of a cloud and does what a scenario says.
fn browse(home: &Home, scenario: &str) {
    let address = home.ok(&["open", "--local", "--print"]);
    let script = project().join("tests/clients/console.py");
    let pictures = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("console-pictures");
    let mut command = home.command(python_tool("python"));
    command.arg(script).arg(scenario).arg(address.trim()).arg(&pictures);
    command.arg(env!("CARGO_BIN_EXE_workshop"));
    // The page's files of a folder, tried without a build.
    if let Some(folder) = std::env::var_os("WORKSHOP_CONSOLE_ASSETS") {
        command.env("WORKSHOP_CONSOLE_ASSETS", folder);
    }
    let ended = Ended::of(command.output().expect("python starts"));
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    if std::env::var_os("WORKSHOP_UPDATE_DOCS").is_some() {
        draw_for_the_docs(&pictures);
    }
}

/// The pictures that the documentation shows are those of this test.
fn draw_for_the_docs(pictures: &std::path::Path) {
    for name in ["console-execution.png", "console-failure.png"] {
        let picture = pictures.join(name);
        if picture.exists() {
            std::fs::copy(&picture, project().join("docs/pictures").join(name)).expect("a picture of the docs");
        }
    }
}

/// A project of one's own, deployed.
fn shop() -> Home {
    let home = Home::new();
    let definitions = [
        ("check.asl.json", CHECK),
        ("asks.asl.json", ASKS),
        ("retries.asl.json", RETRIES),
        ("many.asl.json", MANY),
        ("spread.asl.json", SPREAD),
        ("gather.asl.json", GATHER),
        ("slow.asl.json", SLOW),
        ("hostile.asl.json", HOSTILE),
    ];
    for (file, text) in [("service.toml", SERVICE)].into_iter().chain(definitions) {
        std::fs::write(home.path("work").join(file), text).expect("a file");
    }
    // Away from the port that the next cloud to start takes: the page of one that is started again stays at its address.
    home.ok(&["local", "start", "--port", &free_port().to_string()]);
    home.ok(&["deploy", "--local"]);
    home
}

#[test]
fn a_browser_leads_from_the_form_to_the_line_of_the_mail() {
    let home = Home::new();
    home.ok(&["deploy", "--local"]);
    browse(&home, "lesson");
}

#[test]
fn a_browser_leads_from_the_input_to_the_cause_of_a_failure() {
    browse(&shop(), "failing");
}

#[test]
fn a_browser_answers_a_task_that_waits_for_somebody() {
    browse(&shop(), "asking");
}

#[test]
fn a_browser_counts_down_to_the_next_attempt() {
    browse(&shop(), "retrying");
}

#[test]
fn a_browser_finds_the_one_of_a_thousand_iterations_that_failed() {
    browse(&shop(), "many");
}

#[test]
fn a_browser_leads_from_a_map_run_to_the_child_that_failed() {
    browse(&shop(), "spreading");
}

#[test]
fn a_browser_shows_the_states_as_a_table_and_finds_events() {
    browse(&shop(), "table");
}

#[test]
fn a_browser_zooms_and_moves_the_graph() {
    browse(&shop(), "zooming");
}

#[test]
fn a_browser_forks_an_execution() {
    browse(&shop(), "forking");
}

#[test]
fn a_browser_names_the_version_of_an_execution() {
    browse(&shop(), "versioned");
}

#[test]
fn a_browser_shows_the_data_flow_of_what_holds_others() {
    browse(&shop(), "gathering");
}

#[test]
fn a_browser_changes_the_limits_of_a_map_run() {
    browse(&shop(), "limiting");
}

#[test]
fn a_browser_chooses_another_region() {
    browse(&shop(), "elsewhere");
}

#[test]
fn a_browser_shows_long_texts_whole_when_it_is_asked() {
    browse(&shop(), "lengthy");
}

#[test]
fn a_browser_finds_executions_among_hundreds() {
    browse(&shop(), "finding");
}

#[test]
fn a_browser_shows_json_as_it_is_written_and_test_cases_that_hold() {
    browse(&shop(), "exact");
}

#[test]
fn a_browser_shows_moments_in_its_zone_and_in_utc() {
    browse(&shop(), "moments");
}

#[test]
fn a_browser_goes_on_after_the_cloud_was_started_again() {
    browse(&shop(), "restarting");
}

#[test]
fn a_browser_is_told_of_changes_over_one_stream() {
    browse(&shop(), "streaming");
}

#[test]
fn a_browser_needs_no_mouse() {
    browse(&shop(), "keyboard");
}

#[test]
fn a_browser_shows_texts_as_texts_and_strangers_nothing() {
    browse(&shop(), "hostile");
}

#[test]
fn the_page_is_for_who_has_its_address() {
    let home = Home::new();
    home.ok(&["local", "start"]);
    let address = home.json(&["open", "--local", "--json"])["url"].as_str().expect("an address").to_owned();
    let (page, token) = address.split_once("?token=").expect("a token");
    assert!(page.starts_with("http://127.0.0.1:") && page.ends_with("/_workshop/console/"), "{page}");
    assert_eq!(
        token,
        &home.json(&["open", "--local", "--json"])["url"].as_str().expect("an address")[page.len() + 7..]
    );
    let mut ask = home.command("curl");
    let ended = Ended::of(ask.args(["-sS", "-w", "\n%{http_code}", page]).output().expect("curl is installed"));
    assert!(ended.stdout.ends_with("\n403"), "{ended:#?}");
    let (status, answer) = curl(&home, &format!("{page}api/start"), "{}");
    assert_eq!(status, 403, "{answer}");
}
