//! The embedded cloud alone, without the command line around it: `serve --port PORT --data FOLDER`. It is what a profiler looks at, and
//! builds without the AWS SDK.

use std::process::ExitCode;

use cloud_server::{ConsistencySettings, DataDir, RunOptions, run};

fn main() -> ExitCode {
    // Started again beside a function, as `workshop` is.
    let supervised = cloud_server::supervise(std::env::args_os().nth(1).as_deref());
    supervised.unwrap_or_else(serve)
}

#[allow(clippy::print_stderr, reason = "a program for the bench")]
#[tokio::main]
async fn serve() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments == ["--version"] {
        return ExitCode::SUCCESS;
    }
    // As `workshop local run` is called, so that `cargo xtask bench local` takes this program too.
    let after = |name: &str| arguments.iter().position(|word| word == name).and_then(|at| arguments.get(at + 1));
    let (Some(port), Some(folder)) = (after("--port").and_then(|port| port.parse().ok()), after("--data")) else {
        eprintln!("serve --port PORT --data FOLDER");
        return ExitCode::FAILURE;
    };
    let data_dir = DataDir::new(folder);
    let options = RunOptions {
        data_dir,
        port: Some(port),
        consistency: ConsistencySettings::default(),
        virtual_time: false,
        enforces_iam: true,
        virtual_from: None,
        without: Vec::new(),
    };
    match run(options, |ready, _| eprintln!("ready on port {}", ready.port)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
