//! The `workshop` command: parse, run, exit code; nothing else. The embedded cloud starts it again beside each function.

mod allocator;
mod cli;

fn main() -> std::process::ExitCode {
    let supervised = cloud_server::supervise(std::env::args_os().nth(1).as_deref());
    supervised.unwrap_or_else(cli::main)
}
