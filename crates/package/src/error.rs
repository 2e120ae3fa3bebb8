//! What can go wrong, for people: what happened, why, and what to try.

use crate::artefact::GlibcVersion;
use crate::options::Architecture;
use std::io;
use std::path::PathBuf;

/// Why the functions could not be packaged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackageError {
    /// There is no cargo on this machine.
    #[error("the functions must be built from their sources, and there is no cargo on this machine")]
    NoCargo,
    /// Cargo is there but could not be started.
    #[error("cargo could not be started: {0}")]
    CargoNotStarted(#[source] io::Error),
    /// The build failed; `errors` is what cargo and the compiler said.
    #[error("the functions could not be built:\n{errors}")]
    BuildFailed {
        /// The compiler's errors as it renders them, or cargo's own words.
        errors: String,
    },
    /// The function's folder holds no crate.
    #[error("function {function}: there is no {}", manifest.display())]
    NoCrate {
        /// The function's key.
        function: String,
        /// The manifest that was looked for.
        manifest: PathBuf,
    },
    /// The function's crate lies outside the project's workspace.
    #[error("{} is not a member of the workspace in {}", manifest.display(), project_dir.display())]
    NotInWorkspace {
        /// The crate's manifest.
        manifest: PathBuf,
        /// The project's folder.
        project_dir: PathBuf,
    },
    /// The crate builds no executable, or several with none of them called `bootstrap`.
    #[error(
        "function {function}: its crate must build one executable, or one called bootstrap; it builds {}",
        if found.is_empty() { String::from("none") } else { found.join(", ") }
    )]
    Executables {
        /// The function's key.
        function: String,
        /// The executables that were built.
        found: Vec<String>,
    },
    /// The executable would not run on Lambda.
    #[error("function {function}: {problem}")]
    Executable {
        /// The function's key.
        function: String,
        /// What is wrong with it.
        problem: ExecutableProblem,
    },
    /// A file could not be read or written.
    #[error("{} could not be {action}: {source}", path.display())]
    File {
        /// `read` or `written`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The zip library refused; with one entry of known size this means that memory ran out.
    #[error("function {function}: its zip could not be made: {source}")]
    Zip {
        /// The function's key.
        function: String,
        /// The library's reason.
        source: zip::result::ZipError,
    },
}

/// Why an executable would not run on Lambda.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExecutableProblem {
    /// Not an executable for Linux at all.
    #[error("what was built is {found}, not an executable for Linux (ELF)")]
    NotElf {
        /// What it is instead.
        found: String,
        /// What the function is meant to run on.
        wanted: Architecture,
    },
    /// Built for another processor.
    #[error("the executable is for {found}, the function for {}", wanted.as_str())]
    Architecture {
        /// The executable's processor.
        found: String,
        /// The function's.
        wanted: Architecture,
    },
    /// Linked against a newer C library than the runtime has.
    #[error("the executable needs GLIBC_{needed} and provided.al2023 has {}", GlibcVersion::OF_AL2023)]
    Glibc {
        /// The newest version that it needs.
        needed: GlibcVersion,
        /// What the function is meant to run on.
        wanted: Architecture,
    },
    /// Above one of Lambda's limits.
    #[error("the {what} has {size_bytes} bytes and Lambda takes at most {limit_bytes}")]
    TooLarge {
        /// `zip` or `executable`.
        what: &'static str,
        /// Its size.
        size_bytes: u64,
        /// Lambda's limit.
        limit_bytes: u64,
    },
}

impl PackageError {
    /// What to try, in a sentence, where there is something.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoCargo => Some(String::from(
                "Install Rust from https://rustup.rs, or run this outside a project folder: \
                 the lesson's own functions are carried inside the program.",
            )),
            Self::Executable { problem, .. } => Some(problem.hint()),
            Self::NoCrate { .. } => Some(String::from("Check the function's path in definitions/service.toml.")),
            Self::NotInWorkspace { .. } => Some(String::from(
                "Add its folder to `members` in the project's Cargo.toml: its functions are built together.",
            )),
            Self::File { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                Some(String::from("The disk is full: free some space and run the same command again."))
            }
            Self::BuildFailed { errors } => build_hint(errors),
            _ => None,
        }
    }
}

fn build_hint(errors: &str) -> Option<String> {
    if errors.contains("No space left on device") {
        return Some(String::from("The disk is full: free some space and run the same command again."));
    }
    let missing = errors.split_once("the `").and_then(|(_, rest)| rest.split_once("` target may not be installed"));
    missing.map(|(target, _)| format!("Run `rustup target add {target}` and try again."))
}

impl ExecutableProblem {
    fn hint(&self) -> String {
        match self {
            Self::NotElf { wanted, .. } | Self::Architecture { wanted, .. } | Self::Glibc { wanted, .. } => {
                let target = wanted.portable_target();
                format!(
                    "Run `rustup target add {target}`, then build for that target: set \
                     WORKSHOP_LAMBDA_TARGET={target} or pass --target {target}."
                )
            }
            Self::TooLarge { .. } => String::from(
                "Leave out dependencies or data that the function can do without, or load the data at run time.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_target_names_the_command_that_adds_it() {
        let error = PackageError::BuildFailed {
            errors: String::from(
                "error[E0463]: can't find crate for `core`\n  = note: the `x86_64-unknown-linux-musl` target may not be installed",
            ),
        };
        assert_eq!(error.hint().unwrap(), "Run `rustup target add x86_64-unknown-linux-musl` and try again.");
    }

    #[test]
    fn a_full_disk_says_so_whoever_met_it() {
        let ours = PackageError::File {
            action: "written",
            path: PathBuf::from("sendEmail.zip"),
            source: io::ErrorKind::StorageFull.into(),
        };
        let cargos = PackageError::BuildFailed { errors: String::from("error: No space left on device (os error 28)") };
        for error in [ours, cargos] {
            assert!(error.hint().unwrap().contains("disk is full"));
        }
    }

    #[test]
    fn a_newer_glibc_names_the_way_out() {
        let problem = ExecutableProblem::Glibc { needed: GlibcVersion::new(2, 39), wanted: Architecture::X86_64 };
        let error = PackageError::Executable { function: String::from("sendEmail"), problem };
        assert_eq!(
            error.to_string(),
            "function sendEmail: the executable needs GLIBC_2.39 and provided.al2023 has 2.34"
        );
        let hint = error.hint().unwrap();
        assert!(hint.contains("rustup target add x86_64-unknown-linux-musl"), "{hint}");
        assert!(hint.contains("WORKSHOP_LAMBDA_TARGET"), "{hint}");
    }
}
