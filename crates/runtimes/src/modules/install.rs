//! Installs Lambda's own modules into workshop's cache, with npm or pip.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::cache;
use super::{Needed, Place, find};
use crate::command::{self, Finished};
use crate::interpreter::Interpreter;
use crate::machine::{Machine, entries};
use crate::runtime::Language;

/// How long one installation may take.
const INSTALL_LIMIT: Duration = Duration::from_secs(240);

/// The packages of the AWS SDK for JavaScript are of this version, or the newest before it where one has not got it. It runs
/// on Node.js 18 and later.
const AWS_SDK_VERSION: &str = "3.940.0";

/// The requirements that bring every module of Lambda's Python; boto3 is the version that Lambda had when this was written.
const PYTHON_REQUIREMENTS: [&str; 2] = ["boto3==1.40.4", "botocore==1.40.4"];

/// How much of an installer's output an error shows.
const SHOWN_LINES: usize = 20;

/// Why modules were not installed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InstallError {
    /// Neither `XDG_CACHE_HOME` nor `HOME` names a folder.
    #[error("There is no folder for the modules: neither XDG_CACHE_HOME nor HOME is set.")]
    NoFolder,
    /// There is no npm.
    #[error("This machine has no npm, which installs {names}. Install npm, or add them to the project's own modules.")]
    NoNpm {
        /// What was to be installed.
        names: String,
    },
    /// A file could not be written, or the installer not be run.
    #[error("{} could not be used to install modules: {error}.", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The installer failed.
    #[error("{installer} did not install {names}:\n{output}")]
    Failed {
        /// `npm` or `pip`.
        installer: &'static str,
        /// What was to be installed.
        names: String,
        /// The end of what it wrote.
        output: String,
    },
}

/// Installs what is needed and missing on this machine into workshop's cache, and gives where the function gets all that it needs.
/// A second call, also one at the same time, finds it there. It uses the network.
///
/// # Errors
/// [`InstallError`]; nothing is changed then.
pub fn install(needed: &Needed, interpreter: &Interpreter, machine: &Machine) -> Result<Place, InstallError> {
    let root = cache::root(interpreter, machine).ok_or(InstallError::NoFolder)?;
    let io_error = |path: &Path, error| InstallError::Io { path: path.to_owned(), error };
    fs::create_dir_all(&root).map_err(|error| io_error(&root, error))?;
    let lock_path = root.join("lock");
    let lock = fs::File::create(&lock_path).map_err(|error| io_error(&lock_path, error))?;
    // Until this is dropped, or the process ends.
    lock.lock().map_err(|error| io_error(&lock_path, error))?;
    let found = find(needed, interpreter, machine);
    if found.missing.is_empty() {
        return Ok(found.place);
    }
    for partial in entries(&root).iter().filter(|path| path.to_string_lossy().ends_with(cache::PARTIAL)) {
        // Left by an installation that was killed.
        fs::remove_dir_all(partial).map_err(|error| io_error(partial, error))?;
    }
    let requirements = requirements(needed, interpreter, machine);
    let name = name_of(&requirements);
    let partial = root.join(format!("{name}{}", cache::PARTIAL));
    fs::create_dir_all(&partial).map_err(|error| io_error(&partial, error))?;
    let installed = run(interpreter, machine, &requirements, &partial);
    if installed.is_err() {
        // Else the next installation does.
        let _ = fs::remove_dir_all(&partial);
    }
    installed?;
    let complete = root.join(name);
    fs::rename(&partial, &complete).map_err(|error| io_error(&complete, error))?;
    let found = find(needed, interpreter, machine);
    match found.missing.is_empty() {
        true => Ok(found.place),
        false => Err(InstallError::Failed {
            installer: installer(interpreter),
            names: joined(&found.missing),
            output: "It reported success, and they are not there.".to_owned(),
        }),
    }
}

/// What is installed. A function has one folder of modules: what another installation of the cache has is in the new one, too.
fn requirements(needed: &Needed, interpreter: &Interpreter, machine: &Machine) -> BTreeSet<String> {
    if interpreter.declared.language() != Language::Nodejs {
        return PYTHON_REQUIREMENTS.map(str::to_owned).into();
    }
    let mut names = needed.names.clone();
    for folder in cache::folders(interpreter, machine) {
        let manifest = fs::read_to_string(folder.with_file_name("requirements")).unwrap_or_default();
        names.extend(manifest.lines().filter_map(|line| line.rsplit_once('@')).map(|(name, _)| name.to_owned()));
    }
    names.iter().map(|name| format!("{name}@{}", version_of(name))).collect()
}

/// The versions of `@smithy/*` are not those of the SDK.
fn version_of(name: &str) -> String {
    if name.starts_with("@aws-sdk/") { format!("<={AWS_SDK_VERSION}") } else { "*".to_owned() }
}

fn name_of(requirements: &BTreeSet<String>) -> String {
    let digest = Sha256::digest(joined(requirements));
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn joined(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn installer(interpreter: &Interpreter) -> &'static str {
    if interpreter.declared.language() == Language::Nodejs { "npm" } else { "pip" }
}

fn run(
    interpreter: &Interpreter,
    machine: &Machine,
    requirements: &BTreeSet<String>,
    folder: &Path,
) -> Result<(), InstallError> {
    let io_error = |error| InstallError::Io { path: folder.to_owned(), error };
    let arguments: Vec<String> = match interpreter.declared.language() {
        Language::Nodejs => {
            fs::write(folder.join("package.json"), "{\"private\": true}\n").map_err(io_error)?;
            let lines: String = requirements.iter().map(|line| format!("{line}\n")).collect();
            fs::write(folder.join("requirements"), lines).map_err(io_error)?;
            let npm = npm(interpreter, machine).ok_or_else(|| InstallError::NoNpm { names: joined(requirements) })?;
            let fixed = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--no-package-lock"];
            let npm = std::iter::once(npm.to_string_lossy().into_owned());
            npm.chain(fixed.map(str::to_owned)).collect()
        }
        Language::Python | Language::Executable => {
            let fixed =
                ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--target", "."];
            fixed.map(str::to_owned).into()
        }
    };
    let arguments = arguments.into_iter().chain(requirements.iter().cloned());
    match command::run(&interpreter.path, arguments, folder, INSTALL_LIMIT) {
        Ok(finished) if finished.status.success() => Ok(()),
        Ok(finished) => Err(InstallError::Failed {
            installer: installer(interpreter),
            names: joined(requirements),
            output: end_of(&finished),
        }),
        Err(error) => Err(InstallError::Io { path: interpreter.path.clone(), error }),
    }
}

/// npm's program: the one that came with this Node.js, else the one on the PATH. The command itself would start whichever `node` is
/// on the PATH.
fn npm(interpreter: &Interpreter, machine: &Machine) -> Option<PathBuf> {
    let beside = interpreter.path.with_file_name("npm");
    let command = if beside.exists() { beside } else { machine.command("npm")? };
    let program = fs::canonicalize(command).ok()?;
    program.extension().is_some_and(|extension| extension == "js").then_some(program)
}

fn end_of(finished: &Finished) -> String {
    let lines: Vec<&str> = finished.output.lines().chain(finished.errors.lines()).collect();
    let skipped = lines.len().saturating_sub(SHOWN_LINES);
    let shown = lines.iter().skip(skipped).map(|line| line.chars().filter(|letter| !letter.is_control()).collect());
    shown.collect::<Vec<String>>().join("\n")
}
