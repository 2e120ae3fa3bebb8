//! What to package and for where, and what is reported meanwhile.

use std::path::{Path, PathBuf};

/// One function and the crate that holds its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionSource {
    /// The function's key in the service, e.g. `sendEmail`; the zip takes its name.
    pub name: String,
    /// The crate's folder: a member of the project's workspace with one executable, or one called `bootstrap`.
    pub crate_dir: PathBuf,
}

/// How to package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The folder of the workspace's `Cargo.toml`, which has the profile `lambda`.
    pub project_dir: PathBuf,
    /// The Rust target triple to build for; `None` builds for this machine.
    pub target: Option<String>,
    /// The architecture that the functions will be created with.
    pub architecture: Architecture,
    /// Where the zips go; [`functions_dir`] is the usual place. What is known about them goes to a folder beside it, so
    /// that whoever watches this one only sees zips that changed.
    pub output_dir: PathBuf,
}

impl Options {
    /// Where the records of what went into the zips lie: `functions.inputs` beside `functions`.
    pub(crate) fn records_dir(&self) -> PathBuf {
        records_dir(&self.output_dir)
    }
}

/// The processor that Lambda runs a function on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Architecture {
    /// Lambda's `x86_64`.
    X86_64,
    /// Lambda's `arm64`.
    Arm64,
}

impl Architecture {
    /// As Lambda's API spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }

    /// This machine's own, as far as Lambda has it.
    pub fn of_this_machine() -> Self {
        if cfg!(target_arch = "aarch64") { Self::Arm64 } else { Self::X86_64 }
    }

    /// The Rust target whose executables run on any Linux of this architecture.
    pub fn portable_target(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64-unknown-linux-musl",
            Self::Arm64 => "aarch64-unknown-linux-musl",
        }
    }
}

/// What happens while packaging, as facts; whoever shows them chooses the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The function's zip is up to date; nothing was done.
    Unchanged {
        /// The function's key.
        function: String,
    },
    /// Cargo starts, for all these functions together.
    Building {
        /// The functions' keys.
        functions: Vec<String>,
    },
    /// Cargo finished with one crate.
    Compiled {
        /// The crate's target, e.g. `serde_json`.
        target: String,
        /// Whether it was up to date already.
        fresh: bool,
    },
    /// Cargo waits for another cargo that uses the same folder.
    Waiting {
        /// Cargo's own words.
        reason: String,
    },
    /// The function's zip is written and checked.
    Packaged {
        /// The function's key.
        function: String,
        /// The zip's size.
        size_bytes: u64,
    },
}

/// The usual place for a project's zips: `functions` in cargo's target folder (`CARGO_TARGET_DIR`, else `target`).
pub fn functions_dir(project_dir: &Path) -> PathBuf {
    target_dir(project_dir).join("functions")
}

/// The files that went into a function's zip when it was packaged last, as the record beside `output_dir` says; none when
/// there is no record.
pub fn last_inputs(function: &str, output_dir: &Path) -> Vec<PathBuf> {
    let record = std::fs::read(records_dir(output_dir).join(format!("{function}.json")));
    let record: serde_json::Value =
        record.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    record["inputs"].as_object().into_iter().flatten().map(|(path, _)| PathBuf::from(path)).collect()
}

fn records_dir(output_dir: &Path) -> PathBuf {
    let mut path = output_dir.to_owned().into_os_string();
    path.push(".inputs");
    PathBuf::from(path)
}

pub(crate) fn target_dir(project_dir: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty()) {
        // Relative to where cargo runs, and that is the project's folder.
        Some(dir) => project_dir.join(dir),
        None => project_dir.join("target"),
    }
}
