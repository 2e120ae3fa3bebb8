//! Which project a command is about: found, named, refused, or said to be the lesson; never guessed.

use std::path::Path;

use crate::support::sandbox::Sandbox;
use crate::support::{Ended, Home};
use serde_json::Value;

const SERVERLESS: &str = "service: shop
plugins: [serverless-step-functions]
frameworkVersion: '3'
provider:
  name: aws
  runtime: nodejs24.x
  region: eu-west-1
  stage: ${opt:stage, 'test'}
  environment:
    GREETING: ${param:greeting, env:SHOP_GREETING, 'hello'}
functions:
  send:
    handler: handler.send
stepFunctions:
  stateMachines:
    flow:
      name: myFlow
      definition:
        StartAt: Rest
        States: {Rest: {Type: Wait, Seconds: 1, End: true}}
";

fn run(sandbox: &Sandbox, arguments: &str) -> Ended {
    Ended::of(sandbox.workshop(arguments).output().unwrap())
}

/// What a command that must fail says, with the folder's name taken out.
fn refused(sandbox: &Sandbox, arguments: &str) -> String {
    let ended = run(sandbox, arguments);
    assert_eq!(ended.code, Some(3), "{ended:#?}");
    assert_eq!(ended.stdout, "", "{arguments}");
    ended.stderr.replace(&sandbox.work().display().to_string(), "<work>")
}

fn json(sandbox: &Sandbox, arguments: &str) -> Value {
    let ended = run(sandbox, arguments);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    serde_json::from_str(&ended.stdout).unwrap()
}

fn with(files: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::new();
    files.iter().for_each(|(path, text)| sandbox.write(path, text));
    sandbox
}

#[test]
fn a_service_file_is_found_under_each_of_its_names_and_from_below() {
    let toml = "service = \"shop\"\n";
    for (path, text) in [
        ("definitions/service.toml", toml),
        ("service.toml", toml),
        ("serverless.yml", SERVERLESS),
        ("serverless.yaml", SERVERLESS),
    ] {
        let sandbox = with(&[(path, text), ("src/deep/x.js", "")]);
        for folder in [sandbox.work(), sandbox.work().join("src/deep")] {
            let output = sandbox.workshop("print --json").current_dir(folder).output().unwrap();
            let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(printed["service"], "shop", "{path}");
        }
    }
}

#[test]
fn paths_start_from_the_folder_of_the_service_file() {
    let service = "service = \"shop\"\n[state_machines.flow]\ndefinition = \"flow.asl.json\"\n";
    let flow = "{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Succeed\"}}}";
    let sandbox = with(&[("service.toml", service), ("flow.asl.json", flow)]);
    assert_eq!(json(&sandbox, "validate --json")["files"][0], "flow.asl.json");
    let elsewhere = with(&[("there/my.toml", service), ("there/flow.asl.json", flow)]);
    assert_eq!(json(&elsewhere, "validate --json -c there/my.toml")["errors"], 0);
}

#[test]
fn of_two_service_files_one_must_be_named() {
    let sandbox = with(&[("service.toml", "service = \"mine\"\n"), ("serverless.yml", SERVERLESS)]);
    insta::assert_snapshot!(refused(&sandbox, "deploy --local"), @r"
    error: There are two service files in one folder: service.toml and serverless.yml.
      try: Name the one you mean with `--config service.toml`, or move the other one away.
    ");
    assert_eq!(json(&sandbox, "print --json --config service.toml")["service"], "mine");
    assert_eq!(json(&sandbox, "print --json -c serverless.yml")["service"], "shop");
    insta::assert_snapshot!(refused(&sandbox, "print -c other.yml"), @r"
    error: There is no service file other.yml, which `--config` names.
      try: Name a service.toml or a serverless.yml.
    ");
}

#[test]
fn what_can_t_be_read_says_the_way_out() {
    insta::assert_snapshot!(refused(&with(&[("serverless.ts", "export default {}")]), "info --local"), @r"
    error: serverless.ts is a program, and reading a service file runs none.
      try: Write what it exports as serverless.yml; `npx serverless print > serverless.yml` does so with the Serverless Framework.
    ");
    insta::assert_snapshot!(refused(&with(&[("serverless.json", "{}")]), "deploy"), @r"
    error: serverless.json is JSON.
      try: Rename it to serverless.yml: JSON is YAML too.
    ");
    insta::assert_snapshot!(refused(&with(&[("template.yaml", "Resources: {}")]), "deploy --local"), @r"
    error: This folder has template.yaml, a template of SAM or CloudFormation, which workshop does not deploy.
      try: Declare its functions and state machines in a service.toml, or use `sam deploy`.
    ");
    insta::assert_snapshot!(refused(&with(&[("cdk.json", "{}")]), "list --local"), @r"
    error: This folder has cdk.json, an app of the AWS CDK, which workshop does not deploy.
      try: Declare its functions and state machines in a service.toml, or use `cdk deploy`.
    ");
    insta::assert_snapshot!(refused(&with(&[("flow.asl.json", "{}")]), "print"), @r"
    error: This folder has the definition flow.asl.json and no service file that says what to deploy with it.
      try: Check it with `workshop validate flow.asl.json`; declare it in a service.toml to deploy it.
    ");
}

#[test]
fn without_a_project_the_lesson_is_said_first() {
    let sandbox = Sandbox::new();
    for command in ["print", "validate", "print --policies"] {
        let ended = run(&sandbox, command);
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        let first = ended.stderr.lines().next().unwrap_or_default();
        assert_eq!(first, "No project here: using the lesson that workshop brings (step-functions-example).");
        assert_eq!(run(&sandbox, &format!("{command} --json")).stderr, "", "stderr of --json is for failures");
    }
    insta::assert_snapshot!(refused(&sandbox, "package"), @r"
    error: There is no project here, and so nothing to package.
      try: Run the command in the project's folder, or name its service file with `--config FILE`.
    ");
    insta::assert_snapshot!(refused(&sandbox, "deploy --watch"), @r"
    error: There is no project here, and so nothing to watch.
      try: Run the command in the project's folder, or name its service file with `--config FILE`.
    ");
}

#[test]
fn without_a_project_only_a_deployed_lesson_is_changed() {
    let home = Home::new();
    for command in [&["remove"][..], &["rollback"], &["deploy", "prune"]] {
        let ended = home.run(&[command, &["--local"]].concat());
        assert_eq!(ended.code, Some(3), "{ended:#?}");
        let why = "error: There is no project here, and the lesson that workshop brings is not deployed \
                   (step-functions-example-dev in us-east-1).";
        assert!(ended.stderr.contains(why), "{ended:#?}");
    }
    home.ok(&["deploy", "--local"]);
    let removed = home.run(&["remove", "--local"]);
    assert_eq!(removed.code, Some(0), "{removed:#?}");
    let line = "Removing the stack step-functions-example-dev of the account 000000000000 in us-east-1, on the embedded cloud.";
    assert!(removed.stderr.lines().any(|it| it == line), "{removed:#?}");
    let json = home.run(&["remove", "--local", "--json"]);
    assert_eq!(json.code, Some(3), "{json:#?}");
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let service = "service: shop\nprovider:\n  name: aws\n  runtime: nodejs24.x\nfunctions:\n  a:\n    handler: ${env:NOT_SET_A}\n  b:\n    \
        handler: ${env:NOT_SET_B}\n";
    let sandbox = with(&[("serverless.yml", service)]);
    insta::assert_snapshot!(refused(&sandbox, "validate"), @r"
    error: serverless.yml:7:14: `${env:NOT_SET_A}` has no value.
     7 |     handler: ${env:NOT_SET_A}
       |              ^^^^^^^^^^^^^^^^
      try: Set the environment variable `NOT_SET_A`, or add a fallback: `${env:NOT_SET_A, 'value'}`.
    error: serverless.yml:9:14: `${env:NOT_SET_B}` has no value.
     9 |     handler: ${env:NOT_SET_B}
       |              ^^^^^^^^^^^^^^^^
      try: Set the environment variable `NOT_SET_B`, or add a fallback: `${env:NOT_SET_B, 'value'}`.
    ");
    let failure: Value = serde_json::from_str(&run(&sandbox, "print --json").stderr).unwrap();
    assert_eq!(failure["error"]["others"].as_array().map(Vec::len), Some(1), "{failure:#}");
}

#[test]
fn variables_have_the_values_that_the_command_gives() {
    let sandbox = with(&[("serverless.yml", SERVERLESS)]);
    let greeting = |arguments: &str| {
        let printed = json(&sandbox, &format!("print --json {arguments}"));
        (printed["stack"].as_str().unwrap().to_owned(), printed["functions"]["send"]["environment"]["GREETING"].clone())
    };
    assert_eq!(greeting(""), ("shop-test".to_owned(), "hello".into()));
    assert_eq!(greeting("--stage prod --param greeting=ciao"), ("shop-prod".to_owned(), "ciao".into()));
    sandbox.write("serverless.yml", &format!("useDotenv: true\n{SERVERLESS}"));
    sandbox.write(".env", "SHOP_GREETING=salut\n");
    assert_eq!(greeting("").1, "salut");
    sandbox.write(".env.prod", "SHOP_GREETING=moin\n");
    assert_eq!(greeting("-s prod").1, "moin");
    let wrong = run(&sandbox, "print --param greeting");
    assert_eq!(wrong.code, Some(2), "{wrong:#?}");
}

#[test]
fn the_region_is_the_commands_else_the_service_files_else_the_environments() {
    let sandbox = with(&[("serverless.yml", SERVERLESS)]);
    let region = |arguments: &str| {
        let output = sandbox.workshop(arguments).env("AWS_REGION", "ap-south-1").output().unwrap();
        let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
        printed["region"].as_str().unwrap().to_owned()
    };
    assert_eq!(region("print --json"), "eu-west-1");
    assert_eq!(region("print --json --local"), "eu-west-1");
    assert_eq!(region("print --json --region us-west-2"), "us-west-2");
    sandbox.write("serverless.yml", &SERVERLESS.replace("  region: eu-west-1\n", ""));
    assert_eq!(region("print --json"), "ap-south-1");
}

#[test]
fn what_has_no_effect_is_noted_where_the_service_is_read_for_itself() {
    let sandbox = with(&[("serverless.yml", SERVERLESS)]);
    let note = "note: serverless.yml:3: `frameworkVersion` has no effect: no version of the Serverless Framework runs.";
    for command in ["print", "validate"] {
        let said = run(&sandbox, command).stderr;
        assert_eq!(said.lines().filter(|line| *line == note).count(), 1, "{command}: {said}");
    }
    let report = json(&sandbox, "validate --json");
    assert_eq!(report["notes"][0]["line"], 3, "{report:#}");
    let sarif = json(&sandbox, "validate --format sarif");
    assert_eq!(sarif["runs"][0]["results"][0]["level"], "note", "{sarif:#}");
    assert!(!run(&sandbox, "list").stderr.contains("frameworkVersion"));
}

#[test]
fn a_definition_in_the_service_file_is_checked_at_its_place() {
    let broken = SERVERLESS.replace("Seconds: 1, End: true", "Seconds: 1, Next: Nowhere");
    let report = run(&with(&[("serverless.yml", &broken)]), "validate --json");
    let report: Value = serde_json::from_str(&report.stdout).unwrap();
    let finding = &report["findings"][0];
    assert_eq!((&finding["file"], &finding["line"]), (&"serverless.yml".into(), &20.into()), "{report:#}");
}

#[test]
fn a_retired_runtime_stops_a_deployment_and_nothing_else() {
    let sandbox = with(&[("serverless.yml", &SERVERLESS.replace("nodejs24.x", "nodejs6.10"))]);
    assert_eq!(json(&sandbox, "print --json")["functions"]["send"]["runtime"], "nodejs24.x");
    let refusal = refused(&sandbox, "validate");
    assert!(refusal.contains("deploy with `--runtime nodejs24.x`"), "{refusal}");
    assert_eq!(json(&sandbox, "validate --json --runtime nodejs22.x")["errors"], 0);
    let unknown = run(&sandbox, "validate --runtime nodejs6.10");
    assert_eq!(unknown.code, Some(2), "{unknown:#?}");
}

#[test]
fn what_is_printed_says_where_an_inline_definition_is() {
    let sandbox = with(&[("serverless.yml", SERVERLESS)]);
    let printed = run(&sandbox, "print --local").stdout;
    for line in [
        "definition = \"(in serverless.yml)\"",
        "name = \"myFlow\"",
        "runtime = \"nodejs24.x\"",
        "handler = \"handler.send\"",
    ] {
        assert!(printed.lines().any(|it| it == line), "{line}\n{printed}");
    }
    assert_eq!(json(&sandbox, "print --json --local")["stateMachines"]["flow"]["name"], "myFlow");
}

/// Only root can make a file another user's.
#[test]
fn a_file_outside_the_folder_that_is_another_users_is_not_read() {
    let is_root = std::process::Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    let service = SERVERLESS.replace("'hello'", "file(../greeting.txt)");
    let sandbox = with(&[("project/serverless.yml", &service), ("greeting.txt", "outside")]);
    let folder = sandbox.work();
    let print = |sandbox: &Sandbox| {
        Ended::of(sandbox.workshop("print --json").current_dir(folder.join("project")).output().unwrap())
    };
    let printed = print(&sandbox);
    assert!(printed.stdout.contains("outside"), "a file of one's own is read: {printed:#?}");
    if !is_root {
        return;
    }
    let refused = as_nobody(&folder, "1234");
    assert_eq!(refused.code, Some(3), "{refused:#?}");
    assert!(refused.stderr.contains("belongs to another user (uid 1234)"), "{refused:#?}");
}

/// Prints the project as a user who owns it, while the file beside its folder is `owner`'s.
fn as_nobody(work: &Path, owner: &str) -> Ended {
    use std::os::unix::fs::PermissionsExt;

    let place = tempfile::Builder::new().permissions(PermissionsExt::from_mode(0o755)).tempdir().unwrap();
    let program = place.path().join("workshop");
    workshop_test_programs::copy(env!("CARGO_BIN_EXE_workshop"), &program).unwrap();
    let project = place.path().join("project");
    std::fs::create_dir(&project).unwrap();
    std::fs::copy(work.join("project/serverless.yml"), project.join("serverless.yml")).unwrap();
    let outside = place.path().join("greeting.txt");
    std::fs::copy(work.join("greeting.txt"), &outside).unwrap();
    let chown = |owner: &str, path: &Path| {
        assert!(std::process::Command::new("chown").args(["-R", owner]).arg(path).status().unwrap().success());
    };
    chown("65534", &project);
    chown(owner, &outside);
    let mut command = std::process::Command::new("setpriv");
    command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]).arg(&program).arg("print");
    Ended::of(command.current_dir(&project).env("HOME", place.path()).output().unwrap())
}
