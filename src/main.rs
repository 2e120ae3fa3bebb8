//! The `workshop` command: parse, run, exit code; nothing else.

mod cli;
mod local;

fn main() -> std::process::ExitCode {
    cli::main()
}
