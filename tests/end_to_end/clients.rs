//! Clients that nobody here wrote, against the embedded cloud: the aws CLI and boto3.

use runtimes::{Interpreter, Machine, Runtime, modules};

use crate::support::{Ended, Home, credentials, project, python_tool};

/// A deployed lesson and the cloud's address.
fn deployed() -> (Home, String) {
    let home = Home::new();
    home.ok(&["deploy", "--local"]);
    let status = home.json(&["local", "status", "--json"]);
    let endpoint = status["endpoint"].as_str().unwrap_or_else(|| panic!("no endpoint in {status:#}")).to_owned();
    (home, endpoint)
}

fn client(home: &Home, endpoint: &str, tool: &str, arguments: &[&str]) -> Ended {
    let mut command = home.command(python_tool(tool));
    command.args(arguments).envs(credentials(endpoint));
    Ended::of(command.output().expect("the client starts"))
}

#[test]
fn boto3_does_the_lesson() {
    let (home, endpoint) = deployed();
    let script = project().join("tests/clients/lesson.py");
    let ended = client(&home, &endpoint, "python", &[script.to_str().expect("a plain path")]);
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.stdout, ended.stderr);
}

#[test]
fn chalice_and_cargo_lambda_deploy() {
    let (home, endpoint) = deployed();
    let script = project().join("tests/clients/deploy_tools.py");
    let functions = home.json(&["info", "--local", "--json"]);
    let function = functions["functions"][0]["name"].as_str().unwrap_or_else(|| panic!("no function in {functions:#}"));
    let ended = client(&home, &endpoint, "python", &[script.to_str().expect("a plain path"), function]);
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.stdout, ended.stderr);
}

/// Runs a script against an empty cloud that was started with these variables, and gives what it prints.
fn against_an_empty_cloud(home: &Home, script: &str, variables: &[(&str, &str)], arguments: &[&str]) -> String {
    let mut start = home.workshop(&["local", "start"]);
    let started = Ended::of(start.envs(variables.iter().copied()).output().expect("workshop starts"));
    assert_eq!(started.code, Some(0), "{started:#?}");
    let status = home.json(&["local", "status", "--json"]);
    let endpoint = status["endpoint"].as_str().unwrap_or_else(|| panic!("no endpoint in {status:#}")).to_owned();
    let script = project().join("tests/clients").join(script);
    let script = script.to_str().expect("a plain path");
    let ended = client(home, &endpoint, "python", &[&[script], arguments].concat());
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.stdout, ended.stderr);
    ended.stdout
}

#[test]
fn a_map_of_two_hundred_tasks_has_each_event_once_for_every_client() {
    let home = Home::new();
    let printed = against_an_empty_cloud(&home, "long_history.py", &[], &[]);
    let arn = printed.trim();
    let every: Vec<u64> = (1..=1406).collect();
    let shown = home.json(&["show", arn, "--local", "--json"]);
    let events = shown["events"].as_array().expect("a list of events");
    assert_eq!(events.iter().filter_map(|event| event["id"].as_u64()).collect::<Vec<u64>>(), every);
    let logged = home.ok(&["logs", "--execution", arn, "--local", "--json"]);
    let lines = logged.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON lines"));
    let ids = lines.filter(|line| line["kind"] == "history").filter_map(|line| line["id"].as_u64());
    assert_eq!(ids.collect::<Vec<u64>>(), every);
}

#[test]
fn python_functions_run_as_on_aws() {
    against_an_empty_cloud(&Home::new(), "python_functions.py", &[], &[]);
}

#[test]
fn node_functions_run_as_on_aws() {
    against_an_empty_cloud(&Home::new(), "node_functions.py", &[], &[]);
}

#[test]
fn a_machine_without_node_says_so_when_the_function_is_invoked() {
    let variables = [("PATH", "/nowhere")];
    against_an_empty_cloud(&Home::new(), "node_functions.py", &variables, &["without-node"]);
}

/// Uses the network once: what npm installs stays in the target folder.
#[test]
fn node_functions_have_the_sdk_that_lambda_brings() {
    let cache = env!("CARGO_TARGET_TMPDIR");
    let machine = || {
        let path = std::env::var_os("PATH").expect("a PATH");
        Machine::with([("PATH", path), ("XDG_CACHE_HOME", cache.into())])
    };
    let declared = Runtime::Nodejs22.declared().expect("an interpreter runs it");
    let interpreter = Interpreter::find(&declared, &machine()).expect("this machine has Node.js");
    let needed = modules::Needed { names: [String::from("@aws-sdk/client-sfn")].into() };
    modules::install(&needed, &interpreter, &machine()).expect("npm installs the SDK");
    let variables = [("XDG_CACHE_HOME", cache)];
    against_an_empty_cloud(&Home::new(), "node_functions.py", &variables, &["with-modules"]);
}

#[test]
fn node_functions_without_the_sdk_say_what_to_do() {
    against_an_empty_cloud(&Home::new(), "node_functions.py", &[], &["without-modules"]);
}

#[test]
fn functions_act_as_their_roles_and_their_code_can_be_fetched() {
    against_an_empty_cloud(&Home::new(), "identity.py", &[], &[]);
}

#[test]
fn function_urls_subscriptions_and_live_tails_are_as_clients_know_them() {
    against_an_empty_cloud(&Home::new(), "function_urls.py", &[], &[]);
}

/// Uses the network once: the modules stay in the target folder.
#[test]
fn ansibles_modules_make_change_read_and_remove() {
    let cache = concat!(env!("CARGO_TARGET_TMPDIR"), "/ansible");
    against_an_empty_cloud(&Home::new(), "ansible_modules.py", &[], &[cache]);
}

#[test]
fn aliases_and_versions_lead_and_are_guarded_as_on_aws() {
    against_an_empty_cloud(&Home::new(), "aliases.py", &[], &[]);
}

#[test]
fn a_machine_without_python_says_so_when_the_function_is_invoked() {
    let variables = [("PATH", "/nowhere")];
    against_an_empty_cloud(&Home::new(), "python_functions.py", &variables, &["without-python"]);
}

#[test]
fn the_aws_cli_sees_what_was_deployed() {
    let (home, endpoint) = deployed();
    let aws = |arguments: &[&str]| {
        let ended = client(&home, &endpoint, "aws", arguments);
        assert_eq!(ended.code, Some(0), "aws {arguments:?}\n{ended:#?}");
        ended.stdout.trim().to_owned()
    };
    let text = |query: &str, arguments: &[&str]| aws(&[arguments, &["--query", query, "--output", "text"]].concat());
    assert_eq!(text("Account", &["sts", "get-caller-identity"]), "000000000000");
    let machine = text("stateMachines[0].stateMachineArn", &["stepfunctions", "list-state-machines"]);
    assert_eq!(machine, "arn:aws:states:us-east-1:000000000000:stateMachine:step-functions-example-dev-myStateMachine");
    let names = text("Functions[].FunctionName", &["lambda", "list-functions"]);
    assert!(names.contains("step-functions-example-dev-sendEmail"), "{names}");
    let role = "step-functions-example-dev-us-east-1-startStateMachine";
    let policy = text("PolicyNames", &["iam", "list-role-policies", "--role-name", role]);
    assert!(!policy.is_empty());
    assert!(text("Items[0].ApiEndpoint", &["apigatewayv2", "get-apis"]).starts_with("http://"));
    let groups = text("logGroups[].logGroupName", &["logs", "describe-log-groups"]);
    assert!(groups.contains("/aws/lambda/step-functions-example-dev-sendEmail"), "{groups}");

    let input = r#"{"trigger_date": "2017-11-16T14:33:21.000Z", "taskName": "cli"}"#;
    let start =
        ["stepfunctions", "start-execution", "--name", "cli", "--state-machine-arn", &machine, "--input", input];
    let execution = text("executionArn", &start);
    crate::support::eventually("the execution to succeed", || {
        match text("status", &["stepfunctions", "describe-execution", "--execution-arn", &execution]) {
            status if status == "SUCCEEDED" => Ok(()),
            status => Err(status),
        }
    });
    let types = text("events[].type", &["stepfunctions", "get-execution-history", "--execution-arn", &execution]);
    assert!(types.starts_with("ExecutionStarted") && types.ends_with("ExecutionSucceeded"), "{types}");
    let group = "/aws/lambda/step-functions-example-dev-sendEmail";
    let lines = text("events[].message", &["logs", "filter-log-events", "--log-group-name", group]);
    assert!(lines.contains("send email triggered at"), "{lines}");
}

/// The page that lists what is served.
fn operations_page() -> String {
    project().join("docs/embedded-cloud.md").to_str().expect("a plain path").to_owned()
}

#[test]
fn no_member_of_any_input_is_left_out_in_silence() {
    against_an_empty_cloud(&Home::new(), "members.py", &[], &[&operations_page()]);
}

#[test]
fn every_operation_of_the_models_is_listed_or_refused_by_its_name() {
    against_an_empty_cloud(&Home::new(), "absent_operations.py", &[], &[&operations_page()]);
}

#[test]
fn an_operation_that_is_not_there_names_itself() {
    let (home, endpoint) = deployed();
    let ended = client(&home, &endpoint, "aws", &["iam", "create-user", "--user-name", "x"]);
    assert_ne!(ended.code, Some(0));
    assert!(ended.stderr.contains("CreateUser"), "{ended:#?}");
}
