//! The published API models judge every request of every command: required, unknown, pattern, enum, lengths, ranges, paths
//! and encodings.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::Command;

use aws::permissions::OPERATIONS;

use crate::support::every_command::recorded;
use crate::support::{Ended, inherited, project, python_tool};

fn python(arguments: &[&std::ffi::OsStr]) -> Ended {
    let mut command = Command::new(python_tool("python"));
    command.env_clear().envs(inherited()).env("PYTHONDONTWRITEBYTECODE", "1").args(arguments);
    Ended::of(command.output().expect("Python starts"))
}

#[test]
fn every_request_holds_against_its_model() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    for step in recorded() {
        for request in &step.requests {
            let mut told = request.as_json();
            told["step"] = step.arguments.as_str().into();
            writeln!(file, "{told}").expect("a line");
        }
    }
    let judge = project().join("tests/models/judge.py");
    let judged = python(&[judge.as_os_str(), file.path().as_os_str()]);
    assert_eq!(judged.code, Some(0), "{}\n{}", judged.stdout, judged.stderr);
    let _ = writeln!(std::io::stderr(), "{}", judged.stdout.trim_end());
}

/// Operations that no recording has, and why.
const UNRECORDED: [(&str, &str); 5] = [
    ("AssumeRole", "a profile makes it, before any command's own call"),
    ("GetTags", "it is asked where GetApis says nothing of tags, which the embedded cloud always does"),
    ("StartLiveTail", "`logs --live` speaks to AWS alone; the embedded cloud is asked for its lines"),
    ("UpdateIntegration", "the embedded cloud knows no other format of events that it could be led back from"),
    ("ListFunctions", "`local status` alone counts functions, in an embedded cloud"),
];

#[test]
fn every_operation_is_judged() {
    let seen: BTreeSet<&str> =
        recorded().iter().flat_map(|step| &step.requests).map(|request| request.id.operation.as_str()).collect();
    let missing = OPERATIONS.iter().map(|row| row.name).filter(|name| !seen.contains(name));
    let missing: BTreeSet<&str> = missing.collect();
    let excused: BTreeSet<&str> = UNRECORDED.iter().map(|(name, _)| *name).collect();
    assert_eq!(missing, excused, "record a command that calls it, in support/every_command");
}

#[test]
fn the_judge_catches_what_is_wrong() {
    let tests = project().join("tests/models/test_judge.py");
    let ended = python(&[tests.as_os_str()]);
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.stdout, ended.stderr);
}
