//! What this machine runs a language's functions with: the version that is declared where it has it, else its own.

mod installed;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::command;
use crate::machine::Machine;
use crate::runtime::{Declared, Language};

/// How long an interpreter may take to say what it is.
const PROBE_LIMIT: Duration = Duration::from_secs(10);

/// What Node.js is asked: where it is, its version, and nothing of what a shim in front of it would say.
const NODE_PROBE: [&str; 2] = ["-p", "process.execPath + '\\n' + process.versions.node"];

/// What Python is asked: where it is, its version, where its standard library is, and where its packages are.
const PYTHON_PROBE: [&str; 2] = [
    "-c",
    "import site, sys; packages = site.getsitepackages() + ([site.getusersitepackages()] if site.ENABLE_USER_SITE else []); \
     print(sys.executable, '%d.%d.%d' % sys.version_info[:3], sys.base_prefix, *packages, sep='\\n')",
];

/// An interpreter of this machine, for a declared runtime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpreter {
    /// The interpreter itself, never a shim that starts one.
    pub path: PathBuf,
    /// Its whole version, such as `3.12.1`.
    pub version: String,
    /// The runtime that is declared.
    pub declared: Declared,
    /// The folders that it reads when it starts: what is above its `bin`, and for Python the base of a virtual environment.
    pub folders: Vec<PathBuf>,
    /// Where its packages are: `node_modules` of global installations, or `site-packages`.
    pub packages: Vec<PathBuf>,
}

/// Why a function of a runtime does not run on this machine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InterpreterError {
    /// There is no interpreter of this language.
    #[error(
        "The function's runtime is {declared}, and this machine has no working {command} on its PATH. Install {product} \
         {}, or start the embedded cloud with a PATH that has it.", declared.version()
    )]
    Missing {
        /// The runtime that is declared.
        declared: Declared,
        /// The command that was looked for last.
        command: &'static str,
        /// The interpreter's name.
        product: &'static str,
    },
}

impl Interpreter {
    /// The interpreter for a declared runtime: on the PATH or where version managers keep them, the version that is declared;
    /// else the one on the PATH, whichever version it is; else the newest one that a version manager has.
    ///
    /// It starts interpreters to ask for their versions, and may take some hundred milliseconds.
    ///
    /// # Errors
    /// [`InterpreterError::Missing`] when there is none at all.
    pub fn find(declared: &Declared, machine: &Machine) -> Result<Self, InterpreterError> {
        let (plain, product) = match declared.language() {
            Language::Nodejs => ("node", "Node.js"),
            Language::Python | Language::Executable => ("python3", "Python"),
        };
        let named = format!("{}{}", plain.trim_end_matches('3'), declared.version());
        let mut other = None;
        for command in [named.as_str(), plain] {
            let found = machine.command(command).and_then(|path| probe(&path, declared));
            match found {
                Some(found) if found.is_as_declared() => return Ok(found),
                found => other = found.or(other),
            }
        }
        let installed = installed::interpreters(declared.language(), machine);
        let exact = installed.iter().filter(|(version, _)| declared.is_version(version));
        if let Some(found) = exact.filter_map(|(_, path)| probe(path, declared)).find(Self::is_as_declared) {
            return Ok(found);
        }
        let newest = || installed.iter().find_map(|(_, path)| probe(path, declared));
        other.or_else(newest).ok_or(InterpreterError::Missing { declared: declared.clone(), command: plain, product })
    }

    /// Whether it has the version that is declared.
    #[must_use]
    pub fn is_as_declared(&self) -> bool {
        self.declared.is_version(&self.version)
    }

    /// What to tell a user where it has another version than the declared one.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        (!self.is_as_declared())
            .then(|| format!("{} is declared; this machine runs it with {}.", self.declared, self.version))
    }

    /// Its version as numbers, for comparisons.
    #[must_use]
    pub fn numbers(&self) -> Vec<u32> {
        numbers(&self.version)
    }
}

/// The numbers of a version.
fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map_while(|part| part.parse().ok()).collect()
}

/// Asks an interpreter what it is; none when it does not work.
fn probe(path: &Path, declared: &Declared) -> Option<Interpreter> {
    let question = match declared.language() {
        Language::Nodejs => NODE_PROBE,
        Language::Python | Language::Executable => PYTHON_PROBE,
    };
    let finished = command::run(path, question, Path::new("/"), PROBE_LIMIT).ok()?;
    let mut lines = finished.output.lines().map(str::to_owned);
    let path = PathBuf::from(lines.next().filter(|path| finished.status.success() && !path.is_empty())?);
    let version = lines.next()?;
    let mut rest = lines.map(PathBuf::from);
    let above_bin = path.parent().and_then(Path::parent).map(Path::to_owned);
    let folders: Vec<PathBuf> = above_bin.into_iter().chain(rest.next()).collect();
    let packages = match declared.language() {
        Language::Nodejs => installed::global_modules(&path),
        Language::Python | Language::Executable => rest.collect(),
    };
    Some(Interpreter { path, version, declared: declared.clone(), folders, packages })
}

#[cfg(test)]
mod tests;
