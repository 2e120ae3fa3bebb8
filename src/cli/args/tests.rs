//! What can be typed by habit or by mistake, and what is said of it.

use std::collections::BTreeSet;
use std::ffi::OsString;

use clap::Parser;
use clap::error::ErrorKind as Complaint;

use super::habits::{HABITS, Meaning};
use super::{Cli, overview, suggestions};
use crate::cli::ui::Answer;

fn read(line: &str) -> Result<Cli, Answer> {
    Cli::read(line.split(' ').map(OsString::from).collect())
}

/// What is said of a line that runs no command, and whether it is a complaint.
fn said(line: &str) -> String {
    match read(line).unwrap_err() {
        Answer::Parser(error) => error.render().to_string(),
        Answer::Text(text) => text,
        Answer::Json(value) => value.to_string(),
        Answer::Failure { error, .. } => match error.hint {
            Some(hint) => format!("{} | {hint}", error.message),
            None => error.message,
        },
    }
}

/// What a command line runs, with all its options.
fn runs(line: &str) -> String {
    format!("{:?}", read(line).unwrap_or_else(|answer| panic!("{line}: {answer:?}")))
}

#[test]
fn habits_that_do_no_harm_run_the_command_they_mean() {
    for (typed, meant) in [
        ("tail -f sendEmail", "logs --tail -f sendEmail"),
        ("tail sendEmail --since 1h", "logs --tail -f sendEmail --startTime 1h"),
        ("--stage anna logs tail sendEmail --follow", "--stage anna logs --tail -f sendEmail"),
        ("logs -f sendEmail --follow --since 30m", "logs -f sendEmail -t --startTime 30m"),
        ("executions --status running", "list --status running"),
        ("history taskone --local", "show taskone --local"),
        ("server start-dev --port 5000", "local run --port 5000"),
        ("deployments list --json", "deploy list --json"),
        ("deployments", "deploy list"),
        ("build", "package"),
        ("plan -v", "diff --verbose"),
        ("list --output json", "list --json"),
        ("list --output text", "list"),
    ] {
        assert_eq!(runs(&format!("workshop {typed}")), runs(&format!("workshop {meant}")), "{typed}");
    }
    assert_eq!(said("workshop -v"), said("workshop --version"));
    assert_eq!(said("workshop version"), said("workshop --version"));
    assert_eq!(said("workshop help tail"), said("workshop help logs"));
}

#[test]
fn other_habits_are_answered_in_one_line() {
    insta::assert_snapshot!(said("workshop --stage anna destroy --yes"), @"There is no `workshop destroy`: `workshop remove` deletes everything of a stack.");
    insta::assert_snapshot!(said("workshop invoke local -f sendEmail"), @"There is no `workshop invoke local`: `workshop invoke -f NAME --local` runs a function that `workshop deploy --local` has put there.");
    insta::assert_snapshot!(said("workshop invoke stepf -n hello"), @"There is no `workshop invoke stepf`: `workshop start` starts an execution; with `--follow` it stays until the end.");
    insta::assert_snapshot!(said("workshop help terminate"), @"There is no `workshop terminate`: `workshop stop NAME` ends an execution.");
    for (habit, meaning) in HABITS {
        if let Meaning::Advice(_) = meaning {
            let line = said(&format!("workshop {habit}"));
            assert!(line.starts_with(&format!("There is no `workshop {habit}`: ")), "{line}");
            assert!(!line.contains('\n'), "{line}");
        }
    }
}

/// The commands that a text names between backticks.
fn named(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).filter_map(|code| code.strip_prefix("workshop ")).collect()
}

#[test]
fn a_habit_is_no_command_and_leads_to_one() {
    let all = <Cli as clap::CommandFactory>::command();
    let leads_somewhere = |words: &[&str]| all.find_subcommand(words[0]).is_some() || words[0].starts_with("--");
    for (habit, meaning) in HABITS {
        let words: Vec<OsString> = format!("workshop {habit}").split(' ').map(OsString::from).collect();
        let complaint = Cli::try_parse_from(&words).unwrap_err();
        assert!(
            matches!(complaint.kind(), Complaint::InvalidSubcommand | Complaint::UnknownArgument),
            "{habit} is understood without its row: take it out ({:?})",
            complaint.kind()
        );
        match meaning {
            Meaning::Runs { words, .. } => {
                assert!(leads_somewhere(words), "{habit}");
                assert!(!words.iter().any(|word| suggestions::DESTRUCTIVE.contains(word)), "{habit} would do harm");
            }
            Meaning::Advice(advice) => {
                let commands = named(advice);
                assert!(!commands.is_empty(), "{habit}");
                for command in commands {
                    assert!(leads_somewhere(&command.split(' ').collect::<Vec<_>>()), "{habit}: {command}");
                }
            }
        }
    }
}

#[test]
fn the_documentation_has_every_habit() {
    let text = include_str!("../../../docs/commands.md");
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| `")).collect();
    for (habit, meaning) in HABITS {
        let row =
            rows.iter().find(|row| row.split('|').nth(1).is_some_and(|typed| typed.contains(&format!("`{habit}`"))));
        let row = row.unwrap_or_else(|| panic!("docs/commands.md has no row for `{habit}`"));
        let commands: Vec<String> = match meaning {
            Meaning::Runs { words, .. } => vec![words.join(" ")],
            Meaning::Advice(advice) => named(advice).into_iter().map(str::to_owned).collect(),
        };
        for command in commands {
            assert!(row.contains(&format!("`{command}`")), "the row of `{habit}` does not name `{command}`: {row}");
        }
    }
}

#[test]
fn no_suggestion_leads_to_harm() {
    for typed in [
        "remov",
        "stp",
        "delet",
        "sto",
        "rollbak",
        "skp",
        "--ye",
        "deploy prun",
        "deploy pru",
        "local rese",
        "local restor",
        "local repai",
        "local reset --ye",
        "local restore x --replac",
        "deploy --adop",
        "list --yes",
    ] {
        let text = said(&format!("workshop {typed}"));
        let tips: Vec<&str> = text.lines().filter(|line| line.contains("tip:")).collect();
        let harmful = |tip: &&&str| {
            let mut words = tip.split(|character: char| !character.is_ascii_alphanumeric());
            words.any(|word| suggestions::DESTRUCTIVE.contains(&word))
        };
        assert_eq!(tips.iter().find(harmful), None, "{typed}");
    }
    assert!(said("workshop valdate").contains("'validate'"), "what does no harm is suggested");
    assert!(said("workshop list --limt 5").contains("'--limit'"));
}

#[test]
fn complaints_are_json_where_that_is_wanted_wherever_it_stands() {
    insta::assert_snapshot!(said("workshop --json remov"), @"Unrecognized subcommand 'remov'. | Usage: workshop [OPTIONS] <COMMAND>");
    insta::assert_snapshot!(said("workshop lst --json"), @"Unrecognized subcommand 'lst'. | some similar subcommands exist: 'test', 'list'; Usage: workshop [OPTIONS] <COMMAND>");
    insta::assert_snapshot!(said("workshop list --region europe --json"), @"Invalid value 'europe' for '--region <REGION>': `europe` can't be a region: a region looks like us-east-1.");
    insta::assert_snapshot!(said("workshop list --limit x --output json"), @"Invalid value 'x' for '--limit <N>': invalid digit found in string.");
    insta::assert_snapshot!(said("workshop stop --output=json"), @"The following required arguments were not provided: <NAME>. | Usage: workshop stop <NAME>");
    insta::assert_snapshot!(said("workshop logs -f a --execution b --json"), @"The argument '--function <NAME>' cannot be used with '--execution <NAME>'. | Usage: workshop logs --function <NAME> --json");
    insta::assert_snapshot!(said("workshop --json"), @"A command is missing after `workshop`. | `workshop --help` lists the commands.");
    insta::assert_snapshot!(said("workshop local --json"), @"A command is missing after `workshop local`. | `workshop local --help` lists the commands.");
    // After `--` it is a value.
    assert!(said("workshop lst -- --json").starts_with("error:"));
}

#[test]
fn the_overview_is_one_screen_with_every_command_once() {
    let screen = anstream::adapter::strip_str(&overview::screen(None)).to_string();
    assert!(screen.lines().count() <= 24, "{screen}");
    assert_eq!(screen.lines().find(|line| line.chars().count() > 80), None);
    let narrow = anstream::adapter::strip_str(&overview::screen(Some(60))).to_string();
    assert_eq!(narrow.lines().find(|line| line.chars().count() > 60), None);
    let shown: Vec<&str> =
        overview::GROUPS.iter().flat_map(|(_, lines)| *lines).flat_map(|(names, _)| *names).copied().collect();
    let distinct: BTreeSet<&str> = shown.iter().copied().collect();
    assert_eq!(distinct.len(), shown.len(), "{shown:?}");
    let command = <Cli as clap::CommandFactory>::command();
    let mut all: BTreeSet<&str> =
        command.get_subcommands().filter(|it| !it.is_hide_set()).map(|it| it.get_name()).collect();
    all.insert("help");
    assert_eq!(distinct, all, "src/cli/args/overview.rs has each command in one group");
    insta::assert_snapshot!(screen, @r"
    From an Amazon States Language file to a running workflow, here or on AWS.

    Usage: workshop COMMAND [OPTIONS]

    make          init, package make a project of your own; zip its functions
                  validate      say what is wrong with definitions, without a cloud
                  test, graph   test workflows in virtual time; draw them
                  print         show the service with everything filled in
    deploy        deploy        make the cloud match the service
                  diff, info    what `deploy` would change; what is deployed
                  rollback      return to an earlier deployment
                  remove        delete everything of a stack
    run and watch start, skip   start an execution; end the wait that it is in
                  list, show    executions, with countdowns; one's timeline
                  explain       which permission one lacked, and where to add it
                  logs, open    all that a function or an execution did; its page
                  stop, redrive end an execution; go on where one had not finished
                  fork, invoke  begin where one was; invoke a function
    this machine  local         the embedded cloud: run, start, stop, look, empty
                  completions   complete words in bash, zsh, fish or PowerShell
                  help          `help COMMAND`: what it takes, with examples

    options       --local (no account needed), --stage NAME, --region REGION,
                  --json, --verbose; `workshop help deploy` shows them all
    ");
}

#[test]
fn the_page_of_the_commands_has_every_command_and_option() {
    fn check(command: &clap::Command, path: &str, page: &str) {
        for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
            let path = format!("{path}{}", below.get_name());
            assert!(page.contains(&format!("`{path}")), "docs/commands.md has no `{path}`");
            let options = below.get_arguments().filter(|option| !option.is_hide_set() && !option.is_global_set());
            for long in options.filter_map(|option| option.get_long()).filter(|long| *long != "help") {
                assert!(page.contains(&format!("--{long}")), "docs/commands.md does not explain --{long} of {path}");
            }
            check(below, &format!("{path} "), page);
        }
    }
    let page = include_str!("../../../docs/commands.md");
    check(&<Cli as clap::CommandFactory>::command(), "", page);
}

#[test]
fn help_is_there_for_every_command() {
    fn all(command: &clap::Command, path: &str, found: &mut Vec<String>) {
        for below in command.get_subcommands() {
            let path = format!("{path} {}", below.get_name());
            all(below, &path, found);
            found.push(path);
        }
    }
    let mut found = Vec::new();
    all(&<Cli as clap::CommandFactory>::command(), "", &mut found);
    assert!(found.len() > 25, "{found:?}");
    for path in found {
        match read(&format!("workshop help{path}")).unwrap_err() {
            Answer::Parser(error) if error.kind() == Complaint::DisplayHelp => {}
            other => panic!("help{path}: {other:?}"),
        }
    }
}
