//! `workshop init`: for each template and language a project that validates, and that runs where no compiler is needed.

use serde_json::{Value, json};

use crate::support::sandbox::Sandbox;
use crate::support::{Ended, Home, credentials, eventually, project, python_tool};

const TEMPLATES: [&str; 5] = ["hello", "wait", "approval", "parallel", "map"];

fn run(sandbox: &Sandbox, arguments: &str) -> Ended {
    Ended::of(sandbox.workshop(arguments).output().unwrap())
}

#[test]
fn every_template_validates_in_every_language() {
    let sandbox = Sandbox::new();
    for template in TEMPLATES {
        for language in ["node", "python", "rust"] {
            let folder = format!("my-{template}-{language}");
            let made = run(&sandbox, &format!("init {folder} --template {template} --lang {language}"));
            assert_eq!(
                (made.code, made.stdout.as_str()),
                (Some(0), format!("cd {folder}\nworkshop deploy --local\n").as_str())
            );
            let output = sandbox.workshop("validate --strict").current_dir(sandbox.work().join(&folder)).output();
            let checked = Ended::of(output.unwrap());
            assert_eq!(checked.code, Some(0), "{folder} {checked:#?}");
            let output = sandbox.workshop("print --json").current_dir(sandbox.work().join(&folder)).output();
            let printed: Value = serde_json::from_slice(&output.unwrap().stdout).unwrap();
            assert_eq!(printed["service"], folder.as_str());
        }
    }
}

#[test]
fn a_pipe_gets_the_defaults_and_json_says_what_was_made() {
    let sandbox = Sandbox::new();
    let made = run(&sandbox, "init shop --json");
    insta::assert_snapshot!(made.stdout, @r#"
    {
      "folder": "shop",
      "service": "shop",
      "template": "hello",
      "language": "node",
      "files": [
        "service.toml",
        "workflow.asl.json",
        "tests/hello.test.toml",
        "functions/greet.mjs",
        "README.md",
        "service.schema.json",
        "test.schema.json",
        ".gitignore"
      ]
    }
    "#);
}

#[test]
fn nothing_is_overwritten() {
    let sandbox = Sandbox::new();
    sandbox.write("README.md", "mine");
    sandbox.write("serverless.yml", "service: mine");
    let refused = run(&sandbox, "init --yes");
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(3), ""));
    insta::assert_snapshot!(refused.stderr, @r"
    error: README.md, serverless.yml are in this folder already, and nothing is overwritten.
      try: Name a folder that is not there yet: `workshop init my-workflow`.
    ");
    assert_eq!(std::fs::read_to_string(sandbox.work().join("README.md")).unwrap(), "mine");
    assert!(!sandbox.work().join("service.toml").exists());
    let refused = run(&sandbox, "init README.md");
    assert!(refused.stderr.starts_with("error: README.md is there already, and is no folder."), "{}", refused.stderr);
    std::fs::remove_file(sandbox.work().join("README.md")).unwrap();
    std::fs::remove_file(sandbox.work().join("serverless.yml")).unwrap();
    sandbox.write("LICENSE", "theirs");
    assert_eq!(run(&sandbox, "init").code, Some(0), "other files do not matter");
}

/// A project of a template, deployed to an embedded cloud of its own.
struct Deployed {
    home: Home,
    endpoint: String,
    machine: String,
}

impl Deployed {
    fn new(template: &str, language: &str) -> Self {
        let home = Home::new();
        home.ok(&["init", "--template", template, "--lang", language, "--yes"]);
        let mut deploy = home.workshop(&["deploy", "--local", "--json"]);
        if language == "rust" {
            // The versions of this workspace, whose sources are on this machine.
            std::fs::copy(project().join("Cargo.lock"), home.path("work/Cargo.lock")).unwrap();
            deploy.env("CARGO_NET_OFFLINE", "true").env("CARGO_TARGET_DIR", project().join("target/new-project"));
            // What a build for Lambda does to make it small takes minutes, and is not what is looked at here.
            deploy.env("CARGO_PROFILE_LAMBDA_LTO", "off").env("CARGO_PROFILE_LAMBDA_OPT_LEVEL", "0");
        }
        let deployed = Ended::of(deploy.output().unwrap());
        assert_eq!(deployed.code, Some(0), "{template} {language} {deployed:#?}");
        let info: Value = serde_json::from_str(&deployed.stdout).unwrap();
        let machine = info["info"]["stateMachines"][0]["arn"].as_str().unwrap_or_else(|| panic!("{info:#}")).to_owned();
        let status = home.json(&["local", "status", "--json"]);
        let endpoint = status["endpoint"].as_str().unwrap().to_owned();
        Self { home, endpoint, machine }
    }

    fn aws(&self, arguments: &[&str]) -> Value {
        let mut command = self.home.command(python_tool("aws"));
        command.arg("stepfunctions").args(arguments).args(["--output", "json"]).envs(credentials(&self.endpoint));
        let ended = Ended::of(command.output().unwrap());
        assert_eq!(ended.code, Some(0), "{arguments:?} {ended:#?}");
        serde_json::from_str(&ended.stdout).unwrap_or_default()
    }

    fn start(&self, input: &Value) -> String {
        let input = input.to_string();
        let started = self.aws(&["start-execution", "--state-machine-arn", &self.machine, "--input", &input]);
        started["executionArn"].as_str().unwrap().to_owned()
    }

    /// How an execution ends.
    fn output(&self, execution: &str) -> Value {
        eventually("the execution's end", || {
            let described = self.aws(&["describe-execution", "--execution-arn", execution]);
            match described["status"].as_str() {
                Some("RUNNING") => Err(described.to_string()),
                Some("SUCCEEDED") => Ok(serde_json::from_str(described["output"].as_str().unwrap()).unwrap()),
                _ => panic!("{described:#}"),
            }
        })
    }
}

fn runs(language: &str) {
    for (template, input, output) in [
        ("hello", json!({"name": "Ada"}), json!({"greeting": "Hello, Ada!"})),
        ("wait", json!({"seconds": 0, "text": "now"}), json!({"reminded": "now"})),
        ("parallel", json!({"item": "lamp"}), json!({"item": "lamp", "price": 12.5, "inStock": 3})),
        (
            "map",
            json!({"words": ["one", "three"]}),
            json!({"lengths": [{"word": "one", "length": 3}, {"word": "three", "length": 5}]}),
        ),
    ] {
        let deployed = Deployed::new(template, language);
        let execution = deployed.start(&input);
        assert_eq!(deployed.output(&execution), output, "{template} {language}");
    }
    let deployed = Deployed::new("approval", language);
    let execution = deployed.start(&json!({"what": "a trip"}));
    let token = eventually("the question in the log", || {
        let log = deployed.home.ok(&["logs", "--local", "-f", "ask"]);
        log.split("token: ").nth(1).and_then(|rest| rest.split_whitespace().next()).map(str::to_owned).ok_or(log)
    });
    deployed.aws(&["send-task-success", "--task-token", &token, "--task-output", r#"{"approved": true}"#]);
    assert_eq!(deployed.output(&execution), json!({"approved": true}), "approval {language}");
}

#[test]
fn every_template_runs_with_functions_in_javascript() {
    runs("node");
}

#[test]
fn every_template_runs_with_functions_in_python() {
    runs("python");
}

#[test]
fn a_project_in_rust_is_built_and_runs() {
    let deployed = Deployed::new("hello", "rust");
    let execution = deployed.start(&json!({"name": "Ada"}));
    assert_eq!(deployed.output(&execution), json!({"greeting": "Hello, Ada!"}));
}

/// Answers the question with a word in it on a terminal, and gives what that showed.
fn on_terminal(sandbox: &Sandbox, question: &str, answer: &str, arguments: &[&str]) -> Ended {
    let home = Home::new();
    let mut command = home.command(python_tool("python"));
    command.arg(project().join("tests/clients/terminal.py")).args([question, answer]);
    command.arg(env!("CARGO_BIN_EXE_workshop")).args(arguments).current_dir(sandbox.work());
    Ended::of(command.output().unwrap())
}

#[test]
fn a_terminal_is_asked_for_what_was_not_said() {
    let sandbox = Sandbox::new();
    let asked = on_terminal(&sandbox, "What do you begin with?", "map", &["init", "one", "--lang", "python"]);
    assert_eq!(asked.code, Some(0), "{asked:?}");
    assert!(asked.stdout.contains("approval") && asked.stdout.contains("[hello]"), "{asked:?}");
    assert!(sandbox.work().join("one/functions/measure.py").exists(), "{asked:?}");
    let asked = on_terminal(&sandbox, "written in?", "", &["init", "two", "--template", "wait"]);
    assert_eq!(asked.code, Some(0), "{asked:?}");
    assert!(sandbox.work().join("two/functions/remind.mjs").exists(), "{asked:?}");
    let unasked = on_terminal(&sandbox, "never", "", &["init", "three", "--yes"]);
    assert_eq!(unasked.code, Some(0), "{unasked:?}");
    assert!(!unasked.stdout.contains("What do you begin with?"), "{unasked:?}");
    let ended = on_terminal(&sandbox, "What do you begin with?", "^C", &["init", "four"]);
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert!(!sandbox.work().join("four").exists());
}
