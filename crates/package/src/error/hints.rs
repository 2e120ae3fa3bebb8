//! What to try after each failure.

use super::{ExecutableProblem, PackageError};
use crate::options::Architecture;
use std::io;

impl PackageError {
    /// What to try, in a sentence, where there is something.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoCargo => Some(String::from(
                "Install Rust from https://rustup.rs, or run this outside a project folder: \
                 the lesson's own functions are carried inside the program.",
            )),
            Self::Executable { problem, .. } => Some(problem.hint()),
            Self::NoSource { .. } => Some(String::from("Correct the function's path in the service file.")),
            Self::NotInWorkspace { .. } => {
                Some(String::from("Add its folder to `members` in the workspace's Cargo.toml."))
            }
            Self::File { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                Some(String::from("The disk is full: free some space and run the same command again."))
            }
            Self::BuildFailed { errors } => build_hint(errors),
            Self::NoBootstrap { .. } => Some(String::from(
                "Name a crate's folder, an executable built for Linux, or a folder or zip with one called bootstrap at its top.",
            )),
            Self::NotZip { .. } => Some(String::from("Make the zip again, or name another file.")),
            Self::Pattern { .. } => Some(String::from("Correct the pattern in the service file.")),
            Self::HandlerMissing { .. } | Self::HandlerForm { .. } => Some(String::from(
                "Write the handler as a path from the function's folder, e.g. `src/send.handler`, and check that no pattern leaves its file out.",
            )),
            Self::TooLarge { .. } => Some(String::from(
                "Leave out what the function can do without: patterns such as `!assets/**`, or `devDependencies` for what only the build needs.",
            )),
            _ => self.hint_about_packages(),
        }
    }

    /// About what others install, and links to it.
    fn hint_about_packages(&self) -> Option<String> {
        match self {
            Self::LinkOutside { .. } | Self::BrokenLink { .. } => Some(String::from(
                "Put the file into the project, or leave the link out by a pattern that begins with `!`.",
            )),
            Self::MissingPackage { installer, .. } => Some(format!("Run `{installer}`.")),
            Self::NestedPackages { .. } => Some(String::from("Run `npm dedupe`, or bundle the function with esbuild.")),
            Self::PlatformPackage { architecture, .. } | Self::NativeModule { package: Some(_), architecture, .. } => {
                let cpu = if *architecture == Architecture::Arm64 { "arm64" } else { "x64" };
                Some(format!(
                    "Run `npm install --os=linux --cpu={cpu} --libc=glibc`, or build the package for that platform."
                ))
            }
            Self::NativeModule { package: None, architecture, .. } => {
                let processor = if *architecture == Architecture::Arm64 { "aarch64" } else { "x86_64" };
                Some(format!(
                    "List the package in requirements.txt, or install it with `pip install --platform manylinux2014_{processor} --only-binary=:all: --target .`."
                ))
            }
            Self::NoEsbuild { .. } => Some(String::from(
                "Run `npm install --save-dev esbuild`, or compile to JavaScript beside the source before.",
            )),
            Self::RequirementsForm { export, .. } => Some(format!("Run `{export}`.")),
            Self::NoPip { .. } => Some(String::from(
                "Install Python with pip (https://pip.pypa.io) or uv (https://docs.astral.sh/uv), or leave the file out with the pattern `!requirements.txt` and put the packages beside the sources.",
            )),
            Self::RequirementsFailed { errors, .. } => Some(requirements_hint(errors)),
            _ => None,
        }
    }
}

/// What pip and uv say without a network differs from what they say of a package without wheels.
fn requirements_hint(errors: &str) -> String {
    const OFFLINE: [&str; 5] = [
        "NewConnectionError",
        "Name or service not known",
        "name resolution",
        "error sending request",
        "ConnectTimeout",
    ];
    let is_offline = OFFLINE.iter().any(|words| errors.contains(words));
    String::from(match is_offline {
        true => "The package index can't be reached: connect to the network once; what is installed is kept.",
        false => {
            "Only wheels for Lambda's platform are installed: check the names, and choose versions that have such wheels."
        }
    })
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
    use crate::artefact::GlibcVersion;
    use std::path::PathBuf;

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
