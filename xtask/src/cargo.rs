//! The cargo that runs this task, for its other commands.

use crate::process;
use std::process::Command;

/// `cargo <arguments>` in the repository's root.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = process::command(program);
    command.args(arguments);
    command
}
