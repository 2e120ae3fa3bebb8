//! The command line as a black box: help, advice and exit codes, without any cloud.

use std::io::{BufRead, BufReader};
use std::process::Output;

use crate::support::sandbox::Sandbox;
use crate::support::{aws_stub, interrupt};

fn run(sandbox: &Sandbox, arguments: &str) -> Output {
    sandbox.workshop(arguments).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The names of the commands in a help text.
fn commands(help: &str) -> Vec<String> {
    let listed = help.split("Commands:").nth(1).unwrap_or_default();
    let lines = listed.lines().skip(1).take_while(|line| line.starts_with("  "));
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next());
    names
        .filter(|name| *name != "help" && name.starts_with(|c: char| c.is_ascii_lowercase()))
        .map(str::to_owned)
        .collect()
}

/// The names of the commands on the screen that `workshop help` is.
fn overview(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| !line.starts_with("make ")).take_while(|line| !line.is_empty());
    let names = lines.flat_map(|line| line[14..28].split(',').map(|name| name.trim().to_owned()).collect::<Vec<_>>());
    names.filter(|name| name != "help").collect()
}

#[test]
fn every_command_has_help_with_an_example() {
    let sandbox = Sandbox::new();
    let screen = stdout(&run(&sandbox, "help"));
    for arguments in ["--help", "-h"] {
        assert_eq!(stdout(&run(&sandbox, arguments)), screen, "{arguments}");
    }
    let mut open: Vec<String> = overview(&screen).into_iter().map(|name| format!(" {name}")).collect();
    let mut seen = 0;
    while let Some(command) = open.pop() {
        let help = run(&sandbox, &format!("{command} --help"));
        assert!(help.status.success(), "{command}");
        assert_eq!(stdout(&run(&sandbox, &format!("help{command}"))), stdout(&help), "{command}");
        let text = stdout(&help);
        assert!(
            text.contains(&format!("  workshop{command}")),
            "no example in the help of `workshop{command}`:\n{text}"
        );
        seen += 1;
        open.extend(commands(&text).into_iter().map(|name| format!("{command} {name}")));
    }
    assert!(seen > 25, "only {seen} commands were found");
}

#[test]
fn what_users_of_other_tools_type_is_answered_in_one_line() {
    let sandbox = Sandbox::new();
    for (typed, command) in [
        ("destroy", "`workshop remove`"),
        ("--stage anna delete --yes", "`workshop remove`"),
        ("terminate taskone", "`workshop stop NAME`"),
        ("status", "`workshop local status`"),
        ("describe taskone", "`workshop show NAME`"),
        ("invoke local -f sendEmail", "`workshop invoke -f NAME --local`"),
        ("invoke stepf --name hello", "`workshop start`"),
        ("dev", "`workshop deploy --local --watch`"),
    ] {
        let output = run(&sandbox, typed);
        let said = stderr(&output);
        assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(2), ""), "{typed}: {said}");
        assert!(said.contains(command) && said.lines().count() == 1, "{typed}: {said}");
    }
    insta::assert_snapshot!(stderr(&run(&sandbox, "remov")), @r"
    error: unrecognized subcommand 'remov'

    Usage: workshop [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
    let wrong = run(&sandbox, "lst --limit 3 --json");
    insta::assert_snapshot!(stderr(&wrong), @r#"{"error":{"kind":"usage","message":"Unrecognized subcommand 'lst'.","cause":null,"hint":"some similar subcommands exist: 'test', 'list'; Usage: workshop [OPTIONS] <COMMAND>"}}"#);
    assert_eq!((wrong.status.code(), wrong.stdout.len()), (Some(2), 0));
}

#[test]
fn the_version_is_one_line() {
    let version = run(&Sandbox::new(), "--version");
    assert_eq!(stdout(&version), format!("workshop {}\n", env!("CARGO_PKG_VERSION")));
    assert!(version.status.success());
}

#[test]
fn the_version_knows_its_commit_and_asks_no_clock() {
    let sandbox = Sandbox::new();
    let git = std::process::Command::new("git")
        .args(["log", "-1", "--date=short-local", "--format=%H %cd"])
        .env("TZ", "UTC")
        .current_dir(crate::support::project())
        .output();
    // A copy of the sources without their history knows none.
    let known = git.ok().filter(|output| output.status.success()).map(|output| stdout(&output));
    let known = known.unwrap_or_else(|| "unknown unknown".to_owned());
    let (commit, date) = known.trim().split_once(' ').unwrap();
    let told = format!("workshop {}\ncommit {commit}\ndate {date}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(stdout(&run(&sandbox, "--version --verbose")), told);
    assert_eq!(stdout(&run(&sandbox, "-v version")), told);
    let json: serde_json::Value = serde_json::from_str(&stdout(&run(&sandbox, "--version --json"))).unwrap();
    assert_eq!(json["commit"].as_str().unwrap_or("unknown"), commit);
}

#[test]
fn without_credentials_it_names_the_way_that_needs_none() {
    let sandbox = Sandbox::new();
    let output = run(&sandbox, "list");
    assert_eq!(output.status.code(), Some(4));
    let said = stderr(&output);
    assert!(said.contains("No AWS credentials were found.") && said.contains("--local"), "{said}");
    assert!(!said.contains("Attempted"), "the list of providers is for --verbose: {said}");
    assert!(stderr(&run(&sandbox, "list --verbose")).contains("Environment"));
    assert!(stderr(&run(&sandbox, "list --profile anna")).contains("`anna`"));
}

#[test]
fn an_endpoint_where_nothing_answers_is_named() {
    let sandbox = Sandbox::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let output = sandbox.workshop_at(&endpoint, "list").output().unwrap();
    assert_eq!(output.status.code(), Some(5));
    assert!(stderr(&output).contains(&format!("Nothing answers at {endpoint}.")), "{}", stderr(&output));
    let json = sandbox.workshop_at(&endpoint, "list --json").output().unwrap();
    let told: serde_json::Value = serde_json::from_str(&stderr(&json)).unwrap();
    assert_eq!(told["error"]["kind"], "unreachable");
    assert!(json.stdout.is_empty(), "a failure leaves no half of a result");
}

#[test]
fn a_region_is_checked_before_anything_is_called() {
    let output = run(&Sandbox::new(), "list --region europe");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("a region looks like us-east-1"), "{}", stderr(&output));
}

#[test]
fn nothing_deployed_names_the_command_that_does() {
    let sandbox = Sandbox::new();
    let endpoint = aws_stub::serve();
    let run = |arguments: &str| sandbox.workshop_at(&endpoint, arguments).output().unwrap();
    for arguments in
        ["list", "show taskone", "stop taskone", "start --task t --at +1s", "invoke -f sendEmail", "logs -f sendEmail"]
    {
        let output = run(&format!("{arguments} --stage anna"));
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(6), "{arguments}: {said}");
        assert!(said.contains("Nothing is deployed as step-functions-example-anna"), "{arguments}: {said}");
        assert!(said.contains("`workshop deploy --stage anna`"), "{arguments}: {said}");
        assert!(output.stdout.is_empty(), "{arguments}");
    }
    let output = run("logs -f sendMail");
    assert_eq!(output.status.code(), Some(6));
    assert!(stderr(&output).contains("Did you mean `sendEmail`?"), "{}", stderr(&output));
}

#[test]
fn a_moment_that_can_t_be_read_says_what_can() {
    let sandbox = Sandbox::new();
    let output = sandbox.workshop("start --task t --at").arg("next blue moon").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(said.contains("`next blue moon`") && said.contains("tonight 8pm") && said.contains("+90s"), "{said}");
    let output = run(&sandbox, "logs -f sendEmail --startTime whenever");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("30m"), "{}", stderr(&output));
}

#[test]
fn a_broken_service_file_is_shown_with_its_place() {
    let sandbox = Sandbox::new();
    sandbox.write("definitions/service.toml", "service = \"shop\"\nstaeg = \"dev\"\n");
    let output = run(&sandbox, "list");
    assert_eq!(output.status.code(), Some(3));
    let said = stderr(&output);
    assert!(said.contains("definitions/service.toml:2:1:") && said.contains("Did you mean `stage`?"), "{said}");
    sandbox.write("below/note.txt", "");
    let output = sandbox.workshop("list").current_dir(sandbox.work().join("below")).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "the project is found from a folder below it");
}

#[test]
fn input_that_is_no_json_is_refused_before_anything_is_called() {
    let sandbox = Sandbox::new();
    let output = sandbox.workshop("invoke -f sendEmail").write_stdin("{taskName: 1}").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("--raw"), "{}", stderr(&output));
}

#[test]
fn colour_is_only_for_those_who_want_it() {
    let sandbox = Sandbox::new();
    let escapes = |arguments: &str, no_color: bool| {
        let mut command = sandbox.workshop(arguments);
        if no_color {
            command.env("NO_COLOR", "1");
        }
        stderr(&command.output().unwrap()).contains('\u{1b}')
    };
    assert!(!escapes("list", false), "stderr is no terminal here");
    assert!(!escapes("list", true));
    assert!(escapes("list --color always", false));
    assert!(!escapes("list --color never", true));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let sandbox = Sandbox::new();
    let mut child = sandbox.spawn("http://127.0.0.1:9", "--help");
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(stderr(&output), "");
}

#[test]
fn ctrl_c_ends_a_tail_well_and_anything_else_with_130() {
    let sandbox = Sandbox::new();
    let endpoint = aws_stub::serve();
    let mut tail = sandbox.spawn(&endpoint, "logs -f sendEmail -t");
    let mut lines = BufReader::new(tail.stderr.take().unwrap()).lines().map(Result::unwrap);
    let said = lines.next().unwrap_or_default();
    assert!(said.starts_with("No project here: using the lesson"), "{said}");
    let said = lines.next().unwrap_or_default();
    assert!(said.starts_with("Waiting: sendEmail has no log yet"), "{said}");
    assert!(interrupt(&tail));
    let output = tail.wait_with_output().unwrap();
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), ""));

    // These wait for an answer that never comes.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    for (arguments, advice) in [("list", ""), ("remove", "run the same command again")] {
        let waiting = sandbox.spawn(&endpoint, arguments);
        let _connection = silent.accept().unwrap();
        assert!(interrupt(&waiting));
        let output = waiting.wait_with_output().unwrap();
        assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(130), ""), "{arguments}");
        let said = stderr(&output);
        let after_interrupt = said.lines().skip(1).collect::<String>();
        assert!(
            after_interrupt.contains(advice) && after_interrupt.is_empty() == advice.is_empty(),
            "{arguments}: {said}"
        );
    }
}

#[test]
fn where_there_never_was_a_cloud_there_is_nothing_to_stop() {
    let sandbox = Sandbox::new();
    let stopped = run(&sandbox, "local stop");
    assert_eq!(stopped.status.code(), Some(0), "{stopped:?}");
    insta::assert_snapshot!(stdout(&stopped), @"The embedded cloud is not running; there is nothing to stop.");
    assert_eq!(run(&sandbox, "local status").status.code(), Some(5));
}
