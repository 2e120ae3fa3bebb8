//! The repository's own tasks: `cargo xtask <task>`. This file only dispatches.

mod aws_check;
mod bench;
mod build;
mod cargo;
mod conformance;
mod demo;
mod failure;
mod fuzz;
mod matrix;
mod process;
mod project;
mod python;
mod say;
mod suite;
mod tidy;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        ["aws-check", arguments @ ..] => aws_check::run(arguments),
        ["bench", arguments @ ..] => bench::dispatch(arguments),
        ["build"] => build::run().map(|_| ()),
        ["conformance", arguments @ ..] => conformance::run(arguments),
        ["demo"] => demo::run(),
        ["dist", arguments @ ..] => build::dist::run(arguments),
        ["fuzz"] => fuzz::run(None, None),
        ["fuzz", target] => fuzz::run(Some(target), None),
        ["fuzz", target, seconds] => fuzz::run(Some(target), Some(seconds)),
        ["install"] => build::install::run(),
        ["link-order"] => bench::link_order::run(),
        ["matrix", arguments @ ..] => matrix::run(arguments),
        ["policies", arguments @ ..] => matrix::policies::run(arguments),
        ["models"] => build::models::run(),
        ["recording"] => demo::recording::run(None),
        ["recording", program] => demo::recording::run(Some(program)),
        ["simulate", arguments @ ..] => matrix::simulate::run(arguments),
        ["test", arguments @ ..] => suite::run(arguments),
        ["tidy"] => tidy::run(None),
        ["tidy", rule] => tidy::run(Some(rule)),
        ["help" | "--help" | "-h"] => {
            say::line(say::USAGE);
            Ok(())
        }
        _ => Err(failure::Failure::new(say::USAGE)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say::error(&failure);
            ExitCode::FAILURE
        }
    }
}
