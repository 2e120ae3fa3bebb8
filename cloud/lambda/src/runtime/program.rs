//! Which program runs a function's code: the `bootstrap` it brings, or an interpreter of this machine with a client of ours.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use runtimes::clients::{self, Client};
use runtimes::modules::{self, Needed};
use runtimes::{Declared, Interpreter, InterpreterError, Machine};

use super::interpreted;
use crate::model::FunctionVersion;

/// The file in the unpacked zip that a `provided` runtime runs.
pub(crate) const BOOTSTRAP: &str = "bootstrap";

/// The folder of the runtime clients, beside the functions' zips.
const CLIENTS: &str = "clients";

/// Of how many zips it is known what they import. More than that begin anew.
const KNOWN_IMPORTS: usize = 256;

/// A program, its arguments and what it needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Program {
    /// The file that is run.
    pub(crate) path: PathBuf,
    /// Its arguments.
    pub(crate) arguments: Vec<OsString>,
    /// What it reads beside the function's code.
    pub(crate) readable: Vec<PathBuf>,
    /// Variables that the function's own may replace.
    pub(crate) defaults: Vec<(&'static str, String)>,
    /// Variables that they may not.
    pub(crate) fixed: Vec<(&'static str, String)>,
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
    /// This machine has no interpreter for the function.
    #[error(transparent)]
    NoInterpreter(#[from] InterpreterError),
    /// The interpreter could not be started, or its client not be written.
    #[error("{} could not be used: {error}", path.display())]
    Interpreter {
        /// The interpreter, or the clients' folder.
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

/// The programs of this machine; clones share what is known of them.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    /// Where the runtime clients are written.
    clients: PathBuf,
    machine: Machine,
    /// The interpreters found so far and their clients. It is held while one is looked for: the next one finds it.
    interpreters: Arc<Mutex<BTreeMap<Declared, (Interpreter, Client)>>>,
    /// What of Lambda's own modules a zip needs, by the runtime and the zip's hash.
    imports: Arc<Mutex<BTreeMap<(Declared, String), Needed>>>,
}

impl Programs {
    /// Nothing is looked for or written yet.
    pub(crate) fn new(folder: &Path, machine: Machine) -> Self {
        Self { clients: folder.join(CLIENTS), machine, interpreters: Arc::default(), imports: Arc::default() }
    }

    /// The program for a version whose code is in `folder`.
    pub(crate) async fn find(&self, version: &FunctionVersion, folder: &Path) -> Result<Program, StartError> {
        let Some(declared) = Declared::named(&version.runtime) else {
            return Ok(Program { path: folder.join(BOOTSTRAP), ..Program::default() });
        };
        let programs = self.clone();
        let version = version.clone();
        let folder = folder.to_owned();
        // Files are read, and interpreters asked what they are.
        let found = tokio::task::spawn_blocking(move || programs.interpreted(&declared, &version, &folder)).await;
        found.unwrap_or_else(|error| {
            Err(StartError::Interpreter { path: self.clients.clone(), error: io::Error::other(error) })
        })
    }

    /// Has what functions of this runtime begin with ready.
    pub(crate) async fn prepare(&self, runtime: &str) -> Result<(), StartError> {
        let Some(declared) = Declared::named(runtime) else { return Ok(()) };
        let programs = self.clone();
        let found = tokio::task::spawn_blocking(move || programs.interpreter(&declared).map(|_| ())).await;
        found.unwrap_or_else(|error| {
            Err(StartError::Interpreter { path: self.clients.clone(), error: io::Error::other(error) })
        })
    }

    fn interpreted(
        &self,
        declared: &Declared,
        version: &FunctionVersion,
        folder: &Path,
    ) -> Result<Program, StartError> {
        let (interpreter, client) = self.interpreter(declared)?;
        let needed = self.needed(declared, version, folder);
        let found = modules::find(&needed, &interpreter, &self.machine);
        if !found.missing.is_empty() {
            let missing = found.missing.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            tracing::warn!(
                function = %version.qualified_arn(), missing,
                "modules that Lambda has are not on this machine; `workshop deploy --local` installs them, or add them to the project"
            );
        }
        Ok(interpreted::program(version, &interpreter, &client, found.place))
    }

    /// The interpreter for a runtime, and its client's files.
    fn interpreter(&self, declared: &Declared) -> Result<(Interpreter, Client), StartError> {
        let mut interpreters = lock(&self.interpreters);
        let is_there = |known: &&(Interpreter, Client)| known.0.path.exists() && known.1.main.exists();
        if let Some(known) = interpreters.get(declared).filter(is_there) {
            return Ok(known.clone());
        }
        let interpreter = Interpreter::find(declared, &self.machine)?;
        if let Some(note) = interpreter.note() {
            tracing::info!(path = %interpreter.path.display(), "{note}");
        }
        let written =
            crate::code::make_private(&self.clients).and_then(|()| clients::write(&interpreter, &self.clients));
        let client = written.map_err(|error| StartError::Interpreter { path: self.clients.clone(), error })?;
        interpreters.insert(declared.clone(), (interpreter.clone(), client.clone()));
        Ok((interpreter, client))
    }

    fn needed(&self, declared: &Declared, version: &FunctionVersion, folder: &Path) -> Needed {
        let key = (declared.clone(), version.code.sha256.clone());
        if let Some(known) = lock(&self.imports).get(&key) {
            return known.clone();
        }
        let needed = modules::needed(declared, folder);
        let mut imports = lock(&self.imports);
        if imports.len() >= KNOWN_IMPORTS {
            imports.clear();
        }
        imports.insert(key, needed.clone());
        needed
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
