//! The `workshop` command: parse, run, exit code; nothing else.

mod clock;
mod local;

use std::io::Write as _;
use std::process::ExitCode;

use local::data_dir::DataDir;
use local::lifecycle::{self, StartOptions};

/// Only `local run|start|stop|status|reset [--data DIR] [--port P]`, until the command line proper takes this place.
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
    let data_dir = DataDir::new(value("--data").unwrap_or_else(|| ".workshop".to_owned()));
    let port = value("--port").and_then(|port| port.parse().ok());
    let say = |text: &str| drop(writeln!(std::io::stderr(), "{text}"));
    let result = match arguments.get(2).map(String::as_str) {
        Some("start") => lifecycle::start(&StartOptions { data_dir, port })
            .await
            .map(|running| format!("{running:?}"))
            .map_err(|error| error.to_string()),
        Some("ensure") => lifecycle::ensure_running(&data_dir)
            .await
            .map(|running| format!("{running:?}"))
            .map_err(|error| error.to_string()),
        Some("stop") => lifecycle::stop(&data_dir)
            .await
            .map(|ready| format!("{ready:?}"))
            .map_err(|error| error.to_string()),
        Some("status") => lifecycle::status(&data_dir)
            .await
            .map(|status| format!("{status:?}"))
            .map_err(|error| error.to_string()),
        Some("reset") => lifecycle::reset(&data_dir)
            .await
            .map(|()| "reset".to_owned())
            .map_err(|error| error.to_string()),
        _ if arguments.iter().any(|argument| argument == "--background") => {
            local::lifecycle::run_in_background(local::RunOptions { data_dir, port })
                .await
                .map(|()| String::new())
                .map_err(|error| error.to_string())
        }
        _ => local::run(local::RunOptions { data_dir, port }, |ready| {
            say(&ready.endpoint())
        })
        .await
        .map(|()| String::new())
        .map_err(|error| error.to_string()),
    };
    match result {
        Ok(text) => {
            say(&text);
            ExitCode::SUCCESS
        }
        Err(text) => {
            say(&text);
            ExitCode::FAILURE
        }
    }
}
