//! The client of `cargo xtask bench local`, and the server that it is held against: one that answers nothing.
//!
//! `load empty` serves empty answers and prints its port. `load http PORT CONNECTIONS for SECONDS FILE` sends the request
//! in a file again and again over so many connections, and prints one JSON object with what came of it;
//! `load http PORT CONNECTIONS count REQUESTS FILE` sends it so many times. Where a Runtime API is, it is a function.

mod client;
mod empty;
mod function;

use std::process::ExitCode;
use std::time::Duration;

use client::{Load, Until};

#[allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the bench")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let api = std::env::var("AWS_LAMBDA_RUNTIME_API").ok().filter(|_| arguments.is_empty());
    let done = match (arguments.as_slice(), api) {
        (_, Some(api)) => function::run(&api),
        (["empty"], None) => empty::serve(),
        (["http", port, connections, bound, amount, file], None) => {
            load(port, connections, bound, amount, file).map(|answer| println!("{answer}"))
        }
        _ => Err("load empty | load http PORT CONNECTIONS for|count AMOUNT FILE".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}

type Failure = Box<dyn std::error::Error>;

fn load(port: &str, connections: &str, bound: &str, amount: &str, file: &str) -> Result<serde_json::Value, Failure> {
    let until = match bound {
        "for" => Until::Elapsed(Duration::from_secs_f64(amount.parse()?)),
        _ => Until::Sent(amount.parse()?),
    };
    let load = Load { port: port.parse()?, connections: connections.parse()?, until, request: std::fs::read(file)? };
    Ok(load.run()?.to_json())
}
