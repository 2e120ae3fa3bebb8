//! The `workshop` command: parse, run, exit code; nothing else.

mod aws;
mod cli;
mod clock;
mod deploy;
mod local;
mod model;
mod validate;

fn main() -> std::process::ExitCode {
    cli::main()
}
