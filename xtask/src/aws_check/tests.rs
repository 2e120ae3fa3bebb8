//! A shell script in the program's place: whatever fails, what was made is removed.

use super::*;

/// A script that notes its commands, says that nothing is deployed once `remove` has run or before `deploy` has, and does
/// what `special` says for one command.
fn program(special: &str) -> (Program, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("workshop");
    let text = format!(
        "#!/bin/sh\necho \"$1\" >> commands\ncase \"$1\" in\n{special}\nesac\ncase \"$1\" in\n\
         deploy) touch there ;;\nremove) rm -f there ;;\ninfo) test -e there || exit 6 ;;\n\
         *) echo 'send email triggered at noon' ;;\nesac\n"
    );
    workshop_test_programs::write_script(&script, &text).unwrap();
    let program = Program::new(script, folder.path().to_path_buf(), "check-1".to_owned(), &Options::default()).unwrap();
    (program, folder)
}

fn commands(folder: &tempfile::TempDir) -> String {
    fs::read_to_string(folder.path().join("commands")).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn nothing_is_done_without_consent() {
    let refused = run(&["--region", "eu-west-1"]).unwrap_err();
    assert!(refused.to_string().contains("add --yes"), "{refused}");
    assert!(Options::parse(&["--yes", "--stage", "prod"]).is_err(), "the stage is never one that was named");
    let options = Options::parse(&["--local", "--profile", "class"]).unwrap();
    assert_eq!((options.agreed, options.passed_on.join(" ")), (true, "--profile class".to_owned()));
}

#[test]
fn all_of_it_is_checked_and_removed() {
    let (program, folder) = program("x) ;;");
    check(&program).unwrap();
    assert_eq!(commands(&folder), "info deploy start logs start list show deploy remove info");
}

#[test]
fn a_failure_removes_what_was_made() {
    let (program, folder) = program("show) echo broken >&2; exit 7 ;;");
    let failure = check(&program).unwrap_err().to_string();
    assert!(failure.contains("exit code 7:\nbroken"), "{failure}");
    assert!(failure.ends_with(&format!("Nothing is left of the stage {}.", program.stage())), "{failure}");
    assert!(commands(&folder).ends_with("remove info"), "{}", commands(&folder));
}

#[test]
fn a_tail_that_ends_early_is_no_success() {
    let (program, folder) = program("logs) exit 5 ;;");
    let failure = check(&program).unwrap_err().to_string();
    assert!(failure.contains("ended before it showed"), "{failure}");
    assert!(commands(&folder).ends_with("remove info"), "{}", commands(&folder));
}

#[test]
fn what_is_left_is_named_with_the_command_that_removes_it() {
    let (program, _folder) = program("remove) echo refused >&2; exit 7 ;;");
    let failure = check(&program).unwrap_err().to_string();
    let command = format!("Remove it: workshop remove --yes --stage {}", program.stage());
    assert!(failure.contains("refused") && failure.ends_with(&command), "{failure}");
}

#[test]
fn a_stage_that_is_taken_is_not_touched() {
    let (program, folder) = program("info) exit 0 ;;");
    check(&program).unwrap_err();
    assert_eq!(commands(&folder), "info");
}
