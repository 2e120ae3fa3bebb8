//! The cargo that runs this task, for its other commands.

use crate::failure::Failure;
use crate::process;
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

/// An executable that cargo built.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Executable {
    /// Its package's `Cargo.toml`.
    pub(crate) manifest: PathBuf,
    /// The target's name: `send-email`, `end_to_end`.
    pub(crate) name: String,
    /// What the target is: `bin`, `lib`, `test`, `bench`.
    pub(crate) kind: String,
    /// Whether it is the target's tests rather than the target.
    pub(crate) is_test: bool,
    /// Where it lies.
    pub(crate) path: PathBuf,
}

/// `cargo <arguments>` in the repository's root.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = process::command(program);
    command.args(arguments);
    // Cargo tells a program that it runs about that program's package. Build scripts that look at the same variables would
    // run again, and everything above them would be compiled again, whenever somebody else asks.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_of_this_package) {
            command.env_remove(name);
        }
    }
    command
}

fn is_of_this_package(variable: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"]
        .iter()
        .any(|start| variable.starts_with(start))
}

/// Builds, and gives the executables; cargo tells its progress itself.
pub(crate) fn executables(arguments: &[&str]) -> Result<Vec<Executable>, Failure> {
    let mut command = cargo(arguments);
    let messages = process::output(command.args(["--message-format", "json-render-diagnostics"]))?;
    Ok(messages.lines().filter_map(executable).collect())
}

/// One message of cargo's; its forms are in the Cargo Book under "External tools".
fn executable(message: &str) -> Option<Executable> {
    let message: Value = serde_json::from_str(message).ok()?;
    Some(Executable {
        path: PathBuf::from(message["executable"].as_str()?),
        manifest: PathBuf::from(message["manifest_path"].as_str()?),
        name: String::from(message["target"]["name"].as_str()?),
        kind: String::from(message["target"]["kind"][0].as_str()?),
        is_test: message["profile"]["test"].as_bool()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn other_builds_are_not_told_about_this_package() {
        assert!(is_of_this_package("CARGO_MANIFEST_DIR") && is_of_this_package("CARGO_PKG_NAME"));
        assert!(!is_of_this_package("CARGO_HOME") && !is_of_this_package("CARGO_TARGET_DIR"));
    }

    #[test]
    fn executables_come_from_cargos_messages() {
        let message = json!({"reason": "compiler-artifact", "executable": "/p/target/debug/deps/end_to_end-1",
            "manifest_path": "/p/Cargo.toml", "target": {"name": "end_to_end", "kind": ["test"]},
            "profile": {"test": true}});
        let wanted = Executable {
            manifest: PathBuf::from("/p/Cargo.toml"),
            name: String::from("end_to_end"),
            kind: String::from("test"),
            is_test: true,
            path: PathBuf::from("/p/target/debug/deps/end_to_end-1"),
        };
        assert_eq!(executable(&message.to_string()), Some(wanted));
        assert_eq!(executable("{\"reason\":\"build-finished\",\"success\":true}"), None);
    }
}
