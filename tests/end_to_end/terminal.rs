//! Whatever is not ours and reaches a terminal is visible or harmless, and the wrong folder is refused.

use std::os::unix::fs::symlink;
use std::process::Command;

use crate::support::sandbox::Sandbox;
use crate::support::{Ended, Home};

/// Controls of all kinds, what turns the direction of writing, and what is not seen.
const DECEPTIVE: &str =
    "\u{1b}[2J\u{7f}\u{9b}2J\u{202e}\u{2066}\u{200b}\u{200e}\u{200f}\u{61c}\u{2028}\u{2029}\u{feff}";

/// Whether a text has none of them, whatever it has of its own.
fn is_harmless(text: &str) -> bool {
    let is_harmful = |character: char| {
        (character.is_control() && character != '\n') || (!character.is_ascii() && DECEPTIVE.contains(character))
    };
    !text.chars().any(is_harmful)
}

fn run(home: &Home, arguments: &[&str]) -> Ended {
    let ended = home.run(arguments);
    assert!(is_harmless(&ended.stdout) && is_harmless(&ended.stderr), "{arguments:?} {ended:?}");
    ended
}

#[test]
fn arguments_come_back_harmless_from_the_parser_and_from_every_command() {
    let home = Home::new();
    let odd = format!("a{DECEPTIVE}b");
    let option = format!("--{odd}");
    for arguments in [
        vec![odd.as_str()],
        vec![option.as_str()],
        vec!["help", odd.as_str()],
        vec!["deploy", "--stage", odd.as_str()],
        vec!["--color", odd.as_str(), "list"],
        vec!["list", "--limit", odd.as_str()],
        vec!["validate", odd.as_str()],
        vec!["validate", "--json", odd.as_str()],
        vec!["logs", "--local", "-f", "x", "--startTime", odd.as_str()],
        vec!["local", "restore", odd.as_str()],
        vec!["local", "restore", "--json", odd.as_str()],
    ] {
        let ended = run(&home, &arguments);
        assert_ne!(ended.code, Some(0), "{arguments:?}");
        assert!(!ended.stderr.is_empty());
    }
    let mut help = home.workshop(&["list", "--help"]);
    let ended = Ended::of(help.env("WORKSHOP_STAGE", &odd).output().unwrap());
    assert!(is_harmless(&ended.stdout) && is_harmless(&ended.stderr), "{ended:?}");
}

#[test]
fn json_is_the_same_value_with_escapes_also_in_a_pipe() {
    let sandbox = Sandbox::new();
    let definition = serde_json::json!({"Comment": "x", "StartAt": format!("S{DECEPTIVE}"), "States": {}});
    sandbox.write("odd.json", &definition.to_string());
    let output = sandbox.workshop("validate odd.json --json").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(is_harmless(&text), "{text:?}");
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_ne!(value["errors"], 0, "{text}");
}

/// What is said of a service file that is none, with the folder's name taken out.
fn refused(sandbox: &Sandbox, arguments: &str) -> String {
    let output = sandbox.workshop(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    String::from_utf8(output.stderr).unwrap().replace(&sandbox.work().display().to_string(), "<work>")
}

#[test]
fn what_only_looks_like_a_service_file_is_named_and_nothing_takes_its_place() {
    let definitions = |sandbox: &Sandbox| {
        let folder = sandbox.work().join("definitions");
        std::fs::create_dir(&folder).unwrap();
        folder
    };
    let dangling = Sandbox::new();
    symlink("/nowhere/service.toml", definitions(&dangling).join("service.toml")).unwrap();
    insta::assert_snapshot!(refused(&dangling, "print"), @r"
    error: definitions/service.toml is a link to /nowhere/service.toml, which is not there.
      try: Correct or remove it: no other project is taken in its place.
    ");
    let looping = Sandbox::new();
    symlink("service.toml", definitions(&looping).join("service.toml")).unwrap();
    insta::assert_snapshot!(refused(&looping, "print"), @r"
    error: definitions/service.toml can't be looked at: Too many levels of symbolic links (os error 40).
      try: Correct or remove it: no other project is taken in its place.
    ");
    let folder = Sandbox::new();
    std::fs::create_dir(definitions(&folder).join("service.toml")).unwrap();
    insta::assert_snapshot!(refused(&folder, "validate"), @r"
    error: definitions/service.toml is a folder, not a file.
      try: Correct or remove it: no other project is taken in its place.
    ");
    let pipe = Sandbox::new();
    let made = Command::new("mkfifo").arg(definitions(&pipe).join("service.toml")).status().unwrap();
    assert!(made.success());
    insta::assert_snapshot!(refused(&pipe, "package"), @r"
    error: definitions/service.toml is a pipe, not a file.
      try: Correct or remove it: no other project is taken in its place.
    ");
    let dangling_folder = Sandbox::new();
    symlink("/nowhere", dangling_folder.work().join("definitions")).unwrap();
    insta::assert_snapshot!(refused(&dangling_folder, "deploy --watch"), @r"
    error: definitions is a link to /nowhere, which is not there.
      try: Correct or remove it: no other project is taken in its place.
    ");
}

/// Only root can make a file another user's, and run a command as somebody who is not root.
#[test]
fn a_project_above_that_is_another_users_is_refused() {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if !is_root {
        return;
    }
    let folder =
        tempfile::Builder::new().permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755)).tempdir().unwrap();
    let root = folder.path();
    let program = root.join("workshop");
    workshop_test_programs::copy(env!("CARGO_BIN_EXE_workshop"), &program).unwrap();
    std::fs::create_dir_all(root.join("project/definitions")).unwrap();
    std::fs::create_dir_all(root.join("project/below")).unwrap();
    std::fs::write(root.join("project/definitions/service.toml"), "service = \"theirs\"\n").unwrap();
    let chown = |owner: &str| {
        let status = Command::new("chown").args(["-R", owner]).arg(root.join("project")).status().unwrap();
        assert!(status.success());
    };
    let run = |below: &str| {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]).arg(&program).arg("print");
        Ended::of(command.current_dir(root.join(below)).env("HOME", root).output().unwrap())
    };
    chown("1234");
    let refused = run("project/below");
    assert_eq!(refused.code, Some(3), "{refused:#?}");
    insta::assert_snapshot!(refused.stderr.replace(&root.display().to_string(), "<folder>"), @r"
    error: The project in <folder>/project, above the current folder, belongs to another user (uid 1234; you are 65534).
      try: If you trust it and mean it, run the command in that folder: cd <folder>/project
    ");
    // Who stands in the folder itself means it; one's own and root's are trusted.
    for (owner, below) in [("1234", "project"), ("65534", "project/below"), ("0", "project/below")] {
        chown(owner);
        let taken = run(below);
        assert!(!taken.stderr.contains("belongs to another user"), "{owner} {below} {taken:#?}");
    }
}
