//! The lesson's own folder, deployed to the embedded cloud and run as it is, in three languages.

use std::process::Command;

use super::folders::{COMMON_JS, ES_MODULES, Folder, PYTHON};
use crate::support::{Ended, Home, epoch_ms, eventually};

#[test]
fn the_lessons_folder_runs_as_it_is() {
    runs(&ES_MODULES);
}

#[test]
fn its_twin_in_common_js_runs_as_it_is() {
    runs(&COMMON_JS);
}

#[test]
fn its_twin_in_python_runs_as_it_is() {
    runs(&PYTHON);
}

/// What the lesson's reader does, from `deploy` to `remove`.
fn runs(folder: &Folder) {
    let home = Home::new();
    folder.write(&home);
    folder.give_modules(&home);
    let deployed = home.ok(&["deploy", "--local"]);
    assert!(deployed.contains("region: us-west-2") && deployed.contains("myStateMachine"), "{deployed}");
    let info = home.ok(&["info", "--local"]);
    let url = info.lines().find_map(|line| line.strip_prefix("endpoint: POST - ")).expect("the endpoint");

    let tail = home.spawn(&["logs", "--local", "-f", "sendEmail", "-t"]);
    let at = epoch_ms(3_000);
    let answer = lessons_curl(&home, "tasktwo", at, url);
    assert!(answer.stdout.contains("Started the step function."), "{answer:#?}");
    let line = tail.line_with("send email triggered at");
    assert!(epoch_ms(0) >= at, "it fired early: {line}");
    assert!(line.contains("tasktwo"), "{line}");
    assert_eq!(tail.interrupt(), Some(0));

    eventually("tasktwo to end", || {
        let shown = home.json(&["show", "--local", "tasktwo", "--json"]);
        if shown["status"] == "SUCCEEDED" { Ok(()) } else { Err(shown["status"].to_string()) }
    });
    assert!(home.ok(&["list", "--local"]).contains("tasktwo"));
    // One function alone, from a change of its source to its live version.
    let alone = home.ok(&["deploy", "function", "-f", "sendEmail", "--local"]);
    assert!(alone.contains("has this code already"), "{alone}");
    let removed = home.ok(&["remove", "--local", "--yes"]);
    assert!(removed.contains("all are gone"), "{removed}");
}

/// The lesson's own command, word for word but for the task, the moment and the address.
pub fn lessons_curl(home: &Home, task: &str, at: i64, url: &str) -> Ended {
    let command = format!(
        r#"curl -vvv -X POST -d '{{"taskName": "{task}", "startAt": {at}}}' -H "Content-Type: application/json" {url}"#
    );
    let mut shell: Command = home.command("sh");
    Ended::of(shell.args(["-c", &command]).output().expect("sh"))
}

/// A machine without the interpreter is told before one function is deployed, as before all are.
#[test]
fn one_function_without_an_interpreter_is_not_deployed() {
    let home = Home::new();
    ES_MODULES.write(&home);
    ES_MODULES.give_modules(&home);
    home.ok(&["deploy", "--local"]);
    let empty = home.path("empty");
    std::fs::create_dir(&empty).expect("a folder");
    let mut command = home.workshop(&["deploy", "function", "-f", "sendEmail", "--local"]);
    let refused = Ended::of(command.env("PATH", empty).output().expect("workshop starts"));
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    assert!(refused.stderr.contains("This machine can't run the function `sendEmail`"), "{refused:#?}");
    assert!(refused.stderr.contains("has no working node on its PATH"), "{refused:#?}");
}

/// The oldest form of the lesson: a retired runtime and version 2 of the SDK.
#[test]
fn an_old_folder_is_told_what_lambda_no_longer_has() {
    let home = Home::new();
    let write = |name: &str, text: &str| std::fs::write(home.path("work").join(name), text).expect("a file");
    write(
        "serverless.yml",
        "service: old\nprovider: {name: aws, runtime: nodejs6.10}\nfunctions: {send: {handler: handler.send}}\n",
    );
    write(
        "handler.js",
        "const AWS = require('aws-sdk')\nmodule.exports.send = (event, context, callback) => callback(null, AWS.VERSION)\n",
    );
    let retired = home.run(&["deploy", "--local"]);
    assert_eq!(retired.code, Some(3), "{retired:#?}");
    assert!(retired.stderr.contains("deploy with `--runtime nodejs"), "{retired:#?}");
    let deploy = ["deploy", "--local", "--runtime", "nodejs20.x"];
    let told = home.run(&deploy);
    assert_eq!(told.code, Some(0), "{told:#?}");
    assert!(told.stderr.contains("note: serverless.yml:3: the code imports `aws-sdk`"), "{told:#?}");
    // What `npm install aws-sdk` leaves.
    std::fs::create_dir_all(home.path("work/node_modules/aws-sdk")).expect("a folder");
    write("node_modules/aws-sdk/package.json", "{\"name\": \"aws-sdk\", \"version\": \"2.0.0\"}");
    write("node_modules/aws-sdk/index.js", "exports.VERSION = '2.0.0'\n");
    let installed = home.run(&deploy);
    assert!(!installed.stderr.contains("aws-sdk"), "{installed:#?}");
    assert!(home.ok(&["invoke", "-f", "send", "--local"]).contains("2.0.0"));
}
