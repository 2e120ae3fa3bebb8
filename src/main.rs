//! The `workshop` command: parse, run, exit code; nothing else.

mod clock;
mod local;

use std::io::Write as _;
use std::process::ExitCode;

/// Only `local run [--data DIR] [--port P]`, until the command line proper takes this place.
#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |name: &str| {
        arguments
            .iter()
            .skip_while(|argument| *argument != name)
            .nth(1)
            .cloned()
    };
    let data_dir =
        local::data_dir::DataDir::new(value("--data").unwrap_or_else(|| ".workshop".to_owned()));
    let port = value("--port").and_then(|port| port.parse().ok());
    let say = |text: &str| drop(writeln!(std::io::stderr(), "{text}"));
    match local::run(local::RunOptions { data_dir, port }, |ready| {
        say(&ready.endpoint())
    })
    .await
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&error.to_string());
            ExitCode::FAILURE
        }
    }
}
