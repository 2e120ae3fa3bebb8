//! Roles that ask for the code of an MFA device: on a terminal, without one, and with a session that the aws CLI began.

use super::NONE;
use super::setting::{Desk, Setting};
use super::stand_in::{StandIn, WRONG_CODE};
use crate::support::python_tool;

const ROLE: &str = "[profile anna]\naws_access_key_id = AKIAANNA\naws_secret_access_key = s\n\
    [profile admin]\nregion = eu-west-1\nrole_arn = arn:aws:iam::000000000000:role/admin\nsource_profile = anna\n\
    mfa_serial = arn:aws:iam::000000000000:mfa/anna\nduration_seconds = 7200\n\
    [profile beyond]\nregion = eu-west-1\nrole_arn = arn:aws:iam::000000000000:role/beyond\nsource_profile = admin\n";

const ADMIN: Setting = Setting { config: ROLE, options: &["--profile", "admin"], ..NONE };

const QUESTION: &str = "Enter MFA code for arn:aws:iam::000000000000:mfa/anna: ";

const WORKSHOP: &str = env!("CARGO_BIN_EXE_workshop");

fn caller() -> Option<(String, String)> {
    Some(("ASIAROLEOFAKIAANNA".to_owned(), "eu-west-1".to_owned()))
}

#[test]
fn a_code_is_asked_for_and_its_session_is_the_aws_clis_too() {
    let stand_in = StandIn::start();
    let desk = Desk::new(ADMIN, &stand_in);
    let ended = desk.on_terminal(QUESTION, "123456", &[WORKSHOP, "info"]);
    assert!(ended.stdout.contains(QUESTION), "{ended:#?}");
    assert!(!ended.stdout.contains("123456"), "the code is not shown: {ended:#?}");
    let calls = stand_in.calls();
    let assumed = calls.iter().find(|call| call.parameters["Action"] == "AssumeRole").expect("a call of AssumeRole");
    assert_eq!(assumed.key, "AKIAANNA");
    assert_eq!(assumed.parameters["TokenCode"], "123456");
    assert_eq!(assumed.parameters["SerialNumber"], "arn:aws:iam::000000000000:mfa/anna");
    assert_eq!(assumed.parameters["DurationSeconds"], "7200");
    assert_eq!(calls.last().map(|call| call.key.as_str()), Some("ASIAROLEOFAKIAANNA"), "{ended:#?}");
    private(&desk);

    // Neither program asks again, with a terminal or without.
    let again = desk.run(&["info"]);
    assert_eq!(stand_in.caller(), caller(), "{again:#?}");
    let judge = desk.aws();
    assert_eq!(judge.code, Some(0), "{judge:#?}");
    assert_eq!(stand_in.caller(), caller(), "{judge:#?}");
}

/// Nobody else may read a session.
fn private(desk: &Desk) {
    use std::os::unix::fs::PermissionsExt;
    let folder = desk.home.path(".aws/cli/cache");
    let mode = |path: &std::path::Path| std::fs::metadata(path).expect("it exists").permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let files: Vec<_> =
        std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(mode(&files[0]), 0o600);
}

#[test]
fn a_session_of_the_aws_cli_is_used() {
    let stand_in = StandIn::start();
    let desk = Desk::new(ADMIN, &stand_in);
    let aws = python_tool("aws");
    let aws = aws.to_str().expect("a plain path");
    let judge = desk.on_terminal(QUESTION, "123456", &[aws, "sts", "get-caller-identity"]);
    assert_eq!(stand_in.caller(), caller(), "{judge:#?}");
    let ended = desk.run(&["info"]);
    assert_eq!(stand_in.caller(), caller(), "{ended:#?}");
}

/// The role is only the source of another one.
#[test]
fn a_code_is_asked_for_in_a_chain() {
    let stand_in = StandIn::start();
    let desk = Desk::new(Setting { options: &["--profile", "beyond"], ..ADMIN }, &stand_in);
    let ended = desk.on_terminal(QUESTION, "123456", &[WORKSHOP, "info"]);
    let caller = stand_in.caller().unwrap_or_else(|| panic!("{ended:#?}"));
    assert_eq!(caller.0, "ASIAROLEOFASIAROLEOFAKIAANNA");
}

#[test]
fn keys_of_the_environment_need_no_code() {
    let stand_in = StandIn::start();
    let variables = &[super::KEYS[0], super::KEYS[1], ("AWS_PROFILE", "admin")];
    let desk = Desk::new(Setting { variables, options: &[], ..ADMIN }, &stand_in);
    let ended = desk.run(&["info"]);
    assert_eq!(stand_in.caller().map(|(key, _)| key).as_deref(), Some("AKIAENVIRONMENT"), "{ended:#?}");
}

#[test]
fn without_a_terminal_it_is_said_what_to_do() {
    let stand_in = StandIn::start();
    let desk = Desk::new(ADMIN, &stand_in);
    let ended = desk.run(&["info"]);
    assert_eq!((ended.code, stand_in.calls()), (Some(4), Vec::new()), "{ended:#?}");
    insta::assert_snapshot!(ended.stderr, @r"
    No project here: using the lesson that workshop brings (step-functions-example).
    error: The profile `admin` needs a code of the MFA device arn:aws:iam::000000000000:mfa/anna, and there is no terminal to ask for it.
      try: Run any command with this profile once on a terminal, such as `workshop info`, or let the aws CLI ask for the code (`aws sts get-caller-identity`, with the same `--profile`): the session is kept in ~/.aws/cli/cache, and what runs without a terminal uses it until it ends. Where nobody is, set the keys of `aws sts get-session-token`.
    ");
}

#[test]
fn ctrl_c_leaves_the_terminal_as_it_was() {
    let stand_in = StandIn::start();
    let desk = Desk::new(ADMIN, &stand_in);
    let ended = desk.on_terminal(QUESTION, "^C", &[WORKSHOP, "info"]);
    assert_eq!((ended.code, stand_in.calls()), (Some(130), Vec::new()), "{ended:#?}");
}

#[test]
fn a_wrong_code_is_told() {
    let stand_in = StandIn::start();
    let desk = Desk::new(ADMIN, &stand_in);
    let ended = desk.on_terminal(QUESTION, WRONG_CODE, &[WORKSHOP, "info"]);
    assert_eq!(ended.code, Some(4), "{ended:#?}");
    let shown: Vec<&str> = ended.stdout.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    No project here: using the lesson that workshop brings (step-functions-example).
    Enter MFA code for arn:aws:iam::000000000000:mfa/anna:
    error: AWS does not take the code of the MFA device.
      cause: AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code.
      try: Each code works once: wait for the next one and run the command again. Check `mfa_serial` in the profile.
    ");
    assert!(!desk.home.path(".aws/cli").exists(), "nothing is kept");
}
