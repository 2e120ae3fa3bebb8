//! The commands of README.md and of docs/, from the pages' own text.

use crate::support::shell::{Shell, commands};
use crate::support::{Home, Running, eventually};

#[test]
fn the_six_commands_run_as_they_are_written() {
    let home = Home::new();
    let mut shell = Shell::new(&home);
    let lines = commands("README.md", Some("Six commands"));
    assert_eq!(lines.len(), 7, "{lines:#?}");
    for line in lines {
        if line.contains(" -t ") {
            let tail = Running::start(shell.command(&line));
            tail.line_with("send email triggered");
            assert_eq!(tail.interrupt(), Some(0));
            continue;
        }
        shell.run(&line);
    }
}

#[test]
fn a_workflow_of_ones_own_runs_as_it_is_written() {
    let home = Home::new();
    let mut shell = Shell::new(&home);
    for line in commands("README.md", Some("Your own workflow in five minutes")) {
        let Some(ended) = shell.run(&line) else { continue };
        if line.contains("--follow") {
            assert!(ended.stdout.contains("Call Ada") && ended.stdout.contains("succeeded"), "{ended:#?}");
        }
        if line.contains(" list ") {
            assert!(ended.stdout.contains("SUCCEEDED"), "{ended:#?}");
        }
    }
}

#[test]
fn the_lesson_runs_as_it_is_written() {
    let home = Home::new();
    let mut shell = Shell::new(&home);
    let lines = commands("docs/lesson.md", None);
    assert!(lines.len() >= 8, "{lines:#?}");
    for line in lines {
        if line.contains(" -t ") {
            home.ok(&["skip", "taskone", "--local"]);
            let tail = Running::start(shell.command(&line));
            tail.line_with("send email triggered");
            assert_eq!(tail.interrupt(), Some(0));
            continue;
        }
        shell.run(&line);
    }
}

#[test]
fn the_page_of_the_embedded_cloud_runs_as_it_is_written() {
    let home = Home::new();
    home.ok(&["deploy", "--local"]);
    home.ok(&["start", "--local", "--task", "taskone", "--at", "+1h"]);
    let endpoint = home.json(&["local", "status", "--json"])["endpoint"].as_str().expect("an endpoint").to_owned();
    let mut shell = Shell::new(&home);
    let lines = commands("docs/embedded-cloud.md", None);
    assert!(lines.len() >= 20, "{lines:#?}");
    for line in lines {
        // The port that the page shows is the first that a cloud of this machine takes.
        let line = line.replace("http://127.0.0.1:4566", &endpoint);
        if line.starts_with("workshop local run") {
            let other = Home::new();
            let running = Running::start(Shell::new(&other).command(&line));
            running.line_with("Ctrl-C stops it");
            assert_eq!(running.interrupt(), Some(0), "{line}");
            continue;
        }
        if line.contains(" -t ") {
            // A shell without what the lines before have set: nothing else may print before it listens for Ctrl-C.
            let tail = Running::start(Shell::new(&home).command(&line));
            eventually("a record", || if tail.output().is_empty() { Err(String::new()) } else { Ok(()) });
            assert_eq!(tail.interrupt(), Some(0), "{line}");
            continue;
        }
        if line.starts_with("workshop local restore") {
            home.ok(&["local", "stop"]);
            home.ok(&["local", "reset", "--yes"]);
        }
        shell.run(&line);
    }
}

#[test]
fn the_page_of_the_commands_runs_as_it_is_written() {
    let home = Home::new();
    home.ok(&["init", "--yes"]);
    let flow = "StartAt: A\nStates:\n  A:\n    Type: Succeed\n";
    std::fs::write(home.path("work/flow.asl.yml"), flow).expect("a file");
    home.ok(&["deploy", "--local"]);
    let deployed = home.json(&["deploy", "list", "--local", "--json"]);
    let first = deployed["deployments"][0]["id"].as_str().expect("a deployment").to_owned();
    let function = home.path("work/functions/greet.mjs");
    let text = std::fs::read_to_string(&function).expect("a file");
    std::fs::write(&function, format!("{text}\n// Changed.\n")).expect("a file");
    home.ok(&["deploy", "--local"]);
    let mut shell = Shell::new(&home);
    shell.run("export WORKSHOP_LOCAL=1");
    for page in ["docs/commands.md", "docs/aws.md"] {
        let lines = commands(page, None);
        let lines: Vec<&String> = lines.iter().filter(|line| line.starts_with("workshop ")).collect();
        assert!(lines.len() >= 3, "{page}: {lines:#?}");
        for line in lines {
            shell.run(&line.replace("2026-11-22T20:10", &first));
        }
    }
}

#[test]
fn the_tests_print_what_is_shown() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).expect("the page");
    let shown =
        page.split("$ workshop test\n").nth(1).and_then(|rest| rest.split("```").next()).expect("what it prints");
    let home = Home::new();
    home.ok(&["init", "--template", "wait", "--yes"]);
    let printed = home.ok(&["test"]);
    assert_eq!(unmeasured(&printed), unmeasured(shown));
}

/// A text without the numbers before `ms`, which are measured.
fn unmeasured(text: &str) -> String {
    let mut plain = String::new();
    for part in text.trim().split_inclusive(" ms") {
        let end = part.strip_suffix(" ms").unwrap_or(part);
        let kept =
            if end.len() == part.len() { end } else { end.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.') };
        plain.push_str(kept);
    }
    plain
}
