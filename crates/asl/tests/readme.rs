//! The README shows the loop of the example `drive`.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

#[test]
fn the_readme_shows_the_loop_of_the_example() {
    let (_, rest) = include_str!("../examples/drive.rs").split_once("/// Runs an execution").unwrap();
    let (text, _) = rest.split_once("\n}\n").unwrap();
    let shown = format!("/// Runs an execution{text}\n}}\n");
    assert!(include_str!("../README.md").contains(&shown), "put this into README.md:\n{shown}");
}
