//! The examples run, and the README shows the loop that they have.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

#[path = "../examples/check.rs"]
mod check;
#[path = "../examples/drive.rs"]
mod drive;
#[path = "../examples/resume.rs"]
mod resume;

#[test]
fn a_definition_is_checked() {
    check::main().unwrap();
}

#[test]
fn an_execution_is_driven_to_its_end() {
    drive::main().unwrap();
}

#[test]
fn an_execution_is_stored_and_resumed() {
    resume::main().unwrap();
}

#[test]
fn the_readme_shows_the_loop_of_the_example() {
    let (_, rest) = include_str!("../examples/drive.rs").split_once("/// Runs an execution").unwrap();
    let (text, _) = rest.split_once("\n}\n").unwrap();
    let shown = format!("/// Runs an execution{text}\n}}\n");
    assert!(include_str!("../README.md").contains(&shown), "put this into README.md:\n{shown}");
}
