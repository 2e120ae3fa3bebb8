//! `cargo xtask link-order`: finds which functions the embedded cloud uses, and writes the script by which the linker puts them
//! together (`src/link-order.ld`, `build.rs`).

mod patterns;
mod symbols;

use super::cloud::{Client, Cloud};
use super::local::machines::{MACHINES, ROLE_NAME, create_machine, ten_passes, until_ended};
use crate::build::SHIPPED;
use crate::cargo::cargo;
use crate::failure::Failure;
use crate::{build, process, project, say};
use patterns::{Pattern, patterns};
use serde_json::json;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;
use symbols::Symbols;

/// How many bytes may stand with the functions that the start uses, for each byte of them: shorter patterns match more.
const START_SLACK: f64 = 1.5;
/// The same for what requests use.
const SERVED_SLACK: f64 = 2.0;
/// How long an idle cloud is looked at.
const IDLE: Duration = Duration::from_secs(3);
/// How many clients the looked-at cloud serves at once: alone, nobody waits for anybody else's commit.
const CLIENTS: usize = 16;
/// How many executions each of them starts: enough for the store to move from its journal to its file.
const EXECUTIONS: usize = 100;
/// Parts of the names of functions that a cloud calls, but not under valgrind, where it has no sandboxes to watch.
const UNSEEN: [&str; 3] = ["12cloud_lambda7runtime6memory", "12cloud_lambda12process_tree", "8landlock7ruleset"];

/// Builds the program with its symbols, looks at it with valgrind, and writes the script.
pub(crate) fn run() -> Result<(), Failure> {
    let folder = project::target_dir().join("link-order");
    fs::create_dir_all(&folder).map_err(|error| Failure::file(&folder, &error))?;
    let program = unstripped(&folder)?;
    let all = Symbols::of(&program)?;
    say::progress("an embedded cloud that starts");
    let start = all.only(&used(&folder, &program, rest)?);
    say::progress("an embedded cloud that works");
    let mut called = used(&folder, &program, work)?;
    called.extend(all.with_part(&UNSEEN));
    let served = all.only(&called).without(&start);
    let script = project::root().join("src/link-order.ld");
    let text = written(&patterns(&all, &start, START_SLACK), &patterns(&all, &served, SERVED_SLACK));
    fs::write(&script, text).map_err(|error| Failure::file(&script, &error))?;
    let kib = |symbols: &Symbols| symbols.bytes() / 1024;
    say::line(&format!(
        "{}: {} KiB of functions for the start, {} more for requests, of {} KiB",
        script.display(),
        kib(&start),
        kib(&served),
        kib(&all)
    ));
    Ok(())
}

/// The program as it is shipped, but with its symbols.
fn unstripped(folder: &Path) -> Result<PathBuf, Failure> {
    build::check_make()?;
    let mut build = cargo(&["rustc", "--release", "--package", "workshop", "--bin", "workshop", "--features", SHIPPED]);
    process::run(build.args(["--", "-C", "strip=none"]))?;
    let program = folder.join("workshop");
    let built = project::target_dir().join("release/workshop");
    fs::copy(built, &program).map_err(|error| Failure::file(&program, &error))?;
    Ok(program)
}

/// The functions that a cloud calls from its start to its end.
fn used(
    folder: &Path,
    program: &Path,
    meanwhile: impl FnOnce(&Cloud) -> Result<(), Failure>,
) -> Result<BTreeSet<String>, Failure> {
    let counted = folder.join("callgrind.out");
    let wrapper = folder.join("traced.sh");
    let script = format!(
        "#!/bin/sh\nexec valgrind --tool=callgrind --demangle=no --log-file={}/valgrind.log --callgrind-out-file={} {} \"$@\"\n",
        folder.display(),
        counted.display(),
        program.display()
    );
    fs::write(&wrapper, script).map_err(|error| Failure::file(&wrapper, &error))?;
    process::run(process::command("chmod").arg("+x").arg(&wrapper))?;
    let data = folder.join("data");
    if data.exists() {
        fs::remove_dir_all(&data).map_err(|error| Failure::file(&data, &error))?;
    }
    let cloud = Cloud::start(&wrapper, &data)?;
    meanwhile(&cloud)?;
    cloud.stop()?;
    let text = fs::read_to_string(&counted).map_err(|error| Failure::file(&counted, &error))?;
    Ok(symbols::called(&text))
}

fn rest(_: &Cloud) -> Result<(), Failure> {
    thread::park_timeout(IDLE);
    Ok(())
}

/// Requests as a learner's day has them.
fn work(cloud: &Cloud) -> Result<(), Failure> {
    let mut client = Client::of(cloud)?;
    client.create_role(ROLE_NAME)?;
    create_machine(&mut client, "ten", &ten_passes())?;
    let wait = json!({ "StartAt": "W", "States": { "W": { "Type": "Wait", "Seconds": 1, "End": true } } });
    create_machine(&mut client, "wait", &wait)?;
    let lasts = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(|| starts(cloud))).collect();
        clients
            .into_iter()
            .map(|client| client.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect::<Result<Vec<_>, _>>()
    })?;
    let last = json!({ "executionArn": lasts.first() });
    for machine in ["ten", "wait"] {
        until_ended(&mut client, machine)?;
        client.call("AWSStepFunctions.DescribeStateMachine", &machine_arn(machine))?;
        client.call("AWSStepFunctions.ListExecutions", &machine_arn(machine))?;
    }
    client.call("AWSStepFunctions.DescribeExecution", &last)?;
    client.call("AWSStepFunctions.GetExecutionHistory", &last)?;
    client.call("AWSStepFunctions.ListStateMachines", &json!({}))?;
    client.call("Logs_20140328.DescribeLogGroups", &json!({})).map(|_| ())
}

/// Starts executions, and gives the last one's ARN.
fn starts(cloud: &Cloud) -> Result<serde_json::Value, Failure> {
    let mut client = Client::of(cloud)?;
    let mut last = json!({});
    for number in 0..EXECUTIONS {
        let machine = if number % 8 == 0 { "wait" } else { "ten" };
        let start = json!({ "stateMachineArn": format!("{MACHINES}:{machine}"), "input": "{\"n\": 1}" });
        last = client.call("AWSStepFunctions.StartExecution", &start)?;
    }
    Ok(last["executionArn"].take())
}

fn machine_arn(name: &str) -> serde_json::Value {
    json!({ "stateMachineArn": format!("{MACHINES}:{name}") })
}

/// The linker script.
fn written(start: &[Pattern], served: &[Pattern]) -> String {
    let mut text = String::from(
        "/* Which functions stand first in the program. Written by `cargo xtask link-order`. */\nSECTIONS\n{\n",
    );
    for (section, patterns) in [("start", start), ("served", served)] {
        // A string takes whatever is written to it.
        let _ = writeln!(text, "  .text.{section} :\n  {{");
        for pattern in patterns {
            let (name, rest) = match pattern {
                Pattern::Beginning(name) => (name, "*"),
                Pattern::Whole(name) => (name, ""),
            };
            // What the compiler takes for seldom called has a section of another name.
            let _ = writeln!(text, "    *(.text.{name}{rest} .text.unlikely.{name}{rest})");
        }
        text.push_str("  }\n");
    }
    text.push_str("}\nINSERT BEFORE .text;\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_has_a_section_for_each() {
        let text = written(&[Pattern::Beginning("_ZN4main".to_owned())], &[Pattern::Whole("start".to_owned())]);
        assert!(
            text.contains("  .text.start :\n  {\n    *(.text._ZN4main* .text.unlikely._ZN4main*)\n  }\n"),
            "{text}"
        );
        assert!(
            text.ends_with(
                "  .text.served :\n  {\n    *(.text.start .text.unlikely.start)\n  }\n}\nINSERT BEFORE .text;\n"
            ),
            "{text}"
        );
    }
}
