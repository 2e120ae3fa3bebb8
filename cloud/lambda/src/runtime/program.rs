//! Which program runs a function's code: the `bootstrap` it brings, or this machine's Python with a runtime of ours.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use cloud_core::{Clock, Random};

use super::process;

/// The file in the unpacked zip that a `provided` runtime runs.
pub(crate) const BOOTSTRAP: &str = "bootstrap";

/// What asks for events and calls the handlers of Python functions.
const PYTHON_RUNTIME: &str = include_str!("python/runtime.py");

/// The minor versions of Python 3 that Lambda has or had not long ago.
const PYTHON_MINORS: std::ops::RangeInclusive<u32> = 8..=14;

/// A kind of runtime that the embedded cloud runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RuntimeKind {
    /// The function's own executable.
    Provided,
    /// The Python of this machine.
    Python,
}

impl RuntimeKind {
    /// The runtime with this name of Lambda's, such as `provided.al2023` or `python3.12`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        if let Some(minor) = name.strip_prefix("python3.") {
            return minor.parse().is_ok_and(|minor| PYTHON_MINORS.contains(&minor)).then_some(Self::Python);
        }
        matches!(name, "provided.al2023" | "provided.al2").then_some(Self::Provided)
    }
}

/// A program and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Program {
    /// The file that is run.
    pub(crate) path: PathBuf,
    /// Its arguments.
    pub(crate) arguments: Vec<OsString>,
}

/// Why there is no process.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The zip holds no `bootstrap`, or the system would not run it.
    #[error("{error}")]
    Bootstrap {
        /// What the system said.
        error: io::Error,
        /// Whether the file is there at all.
        exists: bool,
    },
    /// This machine has no Python.
    #[error(
        "There is no working python3 on this machine's PATH, and a function of runtime {runtime} runs on it. Install \
         Python 3, or start the embedded cloud with a PATH that has it."
    )]
    NoPython {
        /// The function's runtime.
        runtime: String,
    },
    /// Python could not be started, or its runtime's file not be written.
    #[error("{} could not be used: {error}", path.display())]
    Python {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The function could not be kept apart from the rest of the machine.
    #[error("The embedded cloud could not make a sandbox for the function. {reason}")]
    Sandbox {
        /// What failed, and why.
        reason: String,
    },
}

/// The programs of this machine.
#[derive(Debug)]
pub(crate) struct Programs {
    /// Where the Python runtime's file goes.
    python_runtime: PathBuf,
    /// The interpreters found so far, by the name of the Lambda runtime.
    interpreters: tokio::sync::Mutex<BTreeMap<String, PathBuf>>,
    clock: Clock,
    /// Names the file that is being written.
    random: Random,
}

impl Programs {
    /// Nothing is looked for or written yet.
    pub(crate) fn new(folder: &Path, clock: Clock, random: Random) -> Self {
        let python_runtime = folder.join("python-runtime.py");
        Self { python_runtime, interpreters: tokio::sync::Mutex::default(), clock, random }
    }

    /// The file of the Python runtime.
    pub(crate) fn python_runtime(&self) -> &Path {
        &self.python_runtime
    }

    /// The program for a function of this runtime, whose code is in `folder`.
    pub(crate) async fn find(&self, runtime: &str, folder: &Path) -> Result<Program, StartError> {
        match RuntimeKind::named(runtime) {
            Some(RuntimeKind::Python) => self.python(runtime).await,
            Some(RuntimeKind::Provided) | None => Ok(Program { path: folder.join(BOOTSTRAP), arguments: Vec::new() }),
        }
    }

    async fn python(&self, runtime: &str) -> Result<Program, StartError> {
        let path = self.interpreter(runtime).await?;
        let written = self.write_python_runtime().await;
        written.map_err(|error| StartError::Python { path: self.python_runtime.clone(), error })?;
        // Unbuffered, so that a line is in the log when it was printed; and UTF-8 whatever locales this machine has.
        let mut arguments: Vec<OsString> = ["-u", "-X", "utf8"].map(OsString::from).into();
        arguments.push(self.python_runtime.clone().into());
        Ok(Program { path, arguments })
    }

    /// The very version that the function asks for where this machine has it, else its `python3`.
    async fn interpreter(&self, runtime: &str) -> Result<PathBuf, StartError> {
        let mut interpreters = self.interpreters.lock().await;
        if let Some(known) = interpreters.get(runtime).filter(|path| path.exists()) {
            return Ok(known.clone());
        }
        for command in [runtime, "python3"] {
            if let Some(path) = process::python_interpreter(command, &self.clock).await {
                interpreters.insert(runtime.to_owned(), path.clone());
                return Ok(path);
            }
        }
        Err(StartError::NoPython { runtime: runtime.to_owned() })
    }

    /// Writes the runtime's file, unless it is there; another version of this program may have left another one.
    async fn write_python_runtime(&self) -> io::Result<()> {
        let path = &self.python_runtime;
        if tokio::fs::read(path).await.is_ok_and(|text| text == PYTHON_RUNTIME.as_bytes()) {
            return Ok(());
        }
        if let Some(folder) = path.parent() {
            crate::code::make_private(folder)?;
        }
        let partial = path.with_extension(format!("partial-{}", self.random.uuid().simple()));
        tokio::fs::write(&partial, PYTHON_RUNTIME).await?;
        tokio::fs::rename(&partial, path).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runtimes_are_known_by_lambdas_names() {
        assert_eq!(RuntimeKind::named("provided.al2023"), Some(RuntimeKind::Provided));
        assert_eq!(RuntimeKind::named("python3.12"), Some(RuntimeKind::Python));
        for unknown in ["python2.7", "python3.99", "python3.", "python3.x", "nodejs22.x", "provided", ""] {
            assert_eq!(RuntimeKind::named(unknown), None, "{unknown}");
        }
    }

    #[tokio::test]
    async fn the_runtimes_file_replaces_an_older_one() {
        let folder = tempfile::tempdir().unwrap();
        let programs = Programs::new(&folder.path().join("functions"), Clock::system(), Random::from_seed(1));
        programs.write_python_runtime().await.unwrap();
        tokio::fs::write(&programs.python_runtime, "old").await.unwrap();
        programs.write_python_runtime().await.unwrap();
        assert_eq!(tokio::fs::read_to_string(&programs.python_runtime).await.unwrap(), PYTHON_RUNTIME);
        assert_eq!(std::fs::read_dir(folder.path().join("functions")).unwrap().count(), 1);
    }
}
