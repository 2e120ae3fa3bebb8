//! The runtime clients: the files in `clients/`, and how they get into a folder of this machine.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::command;
use crate::interpreter::Interpreter;
use crate::runtime::Language;

/// How long Python may take to compile its client.
const COMPILE_LIMIT: Duration = Duration::from_secs(30);

/// The client for Node.js: paths in its folder, and texts.
#[rustfmt::skip]
const NODE: [(&str, &str); 16] = [
    ("api.mjs", include_str!("../clients/node/api.mjs")),
    ("errors.mjs", include_str!("../clients/node/errors.mjs")),
    ("handler-name.mjs", include_str!("../clients/node/handler-name.mjs")),
    ("invocation.mjs", include_str!("../clients/node/invocation.mjs")),
    ("invoke-store.mjs", include_str!("../clients/node/invoke-store.mjs")),
    ("last-post.mjs", include_str!("../clients/node/last-post.mjs")),
    ("log.mjs", include_str!("../clients/node/log.mjs")),
    ("modules.mjs", include_str!("../clients/node/modules.mjs")),
    ("resolve-hooks.mjs", include_str!("../clients/node/resolve-hooks.mjs")),
    ("runtime.mjs", include_str!("../clients/node/runtime.mjs")),
    ("stream.mjs", include_str!("../clients/node/stream.mjs")),
    ("v3-completion.mjs", include_str!("../clients/node/v3-completion.mjs")),
    ("v3-handler.mjs", include_str!("../clients/node/v3-handler.mjs")),
    ("v3-runtime.mjs", include_str!("../clients/node/v3-runtime.mjs")),
    ("v4-handler.mjs", include_str!("../clients/node/v4-handler.mjs")),
    ("v4-runtime.mjs", include_str!("../clients/node/v4-runtime.mjs")),
];

/// The client for Python.
#[rustfmt::skip]
const PYTHON: [(&str, &str); 12] = [
    ("bootstrap.py", include_str!("../clients/python/bootstrap.py")),
    ("workshop_runtime/__init__.py", include_str!("../clients/python/workshop_runtime/__init__.py")),
    ("workshop_runtime/context.py", include_str!("../clients/python/workshop_runtime/context.py")),
    ("workshop_runtime/errors.py", include_str!("../clients/python/workshop_runtime/errors.py")),
    ("workshop_runtime/handler.py", include_str!("../clients/python/workshop_runtime/handler.py")),
    ("workshop_runtime/json_errors.py", include_str!("../clients/python/workshop_runtime/json_errors.py")),
    ("workshop_runtime/logs.py", include_str!("../clients/python/workshop_runtime/logs.py")),
    ("workshop_runtime/main.py", include_str!("../clients/python/workshop_runtime/main.py")),
    ("workshop_runtime/marshal.py", include_str!("../clients/python/workshop_runtime/marshal.py")),
    ("workshop_runtime/modules.py", include_str!("../clients/python/workshop_runtime/modules.py")),
    ("workshop_runtime/records.py", include_str!("../clients/python/workshop_runtime/records.py")),
    ("workshop_runtime/runtime_api.py", include_str!("../clients/python/workshop_runtime/runtime_api.py")),
];

/// A client in a folder of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its folder; nothing else is in it.
    pub folder: PathBuf,
    /// The file that the interpreter runs.
    pub main: PathBuf,
}

/// Writes the interpreter's client below a folder, unless it is there. Its own folder is named by its content: another
/// version of this program has another one. Python's client is compiled for this interpreter, once: measured, that is a third
/// of the time until it asks for its first event.
///
/// # Errors
/// What the system says when a file can't be written.
pub fn write(interpreter: &Interpreter, below: &Path) -> io::Result<Client> {
    let language = interpreter.declared.language();
    let (files, main): (&[(&str, &str)], _) = match language {
        Language::Nodejs => (&NODE, "runtime.mjs"),
        Language::Python | Language::Executable => (&PYTHON, "bootstrap.py"),
    };
    let compiled = if language == Language::Python { format!("-{}", interpreter.version) } else { String::new() };
    let name = format!("{}{compiled}", name_of(files));
    let folder = below.join(&name);
    let client = Client { main: folder.join(main), folder };
    if client.folder.is_dir() {
        return Ok(client);
    }
    // Of two that write at once, both have the same files, and one of them stays.
    let partial = below.join(format!("{name}.partial-{}", std::process::id()));
    for (path, text) in files {
        let path = partial.join(path);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, text)?;
    }
    if language == Language::Python {
        compile(interpreter, &partial)?;
    }
    match fs::rename(&partial, &client.folder) {
        Err(_) if client.folder.is_dir() => fs::remove_dir_all(&partial)?,
        renamed => renamed?,
    }
    Ok(client)
}

/// The folder's name: the beginning of the files' SHA-256.
fn name_of(files: &[(&str, &str)]) -> String {
    let mut digest = Sha256::new();
    for (path, text) in files {
        digest.update(path);
        digest.update([0]);
        digest.update(text);
        digest.update([0]);
    }
    digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Has Python compile its client. The folder never changes, so Python need not compare times.
fn compile(interpreter: &Interpreter, folder: &Path) -> io::Result<()> {
    let arguments = ["-S", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "."];
    let compiled = command::run(&interpreter.path, arguments, folder, COMPILE_LIMIT)?;
    if compiled.status.success() {
        return Ok(());
    }
    Err(io::Error::other(format!("{} did not compile it: {}", interpreter.path.display(), compiled.errors.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Machine;
    use crate::runtime::Declared;

    /// The files of a client in this repository.
    fn in_repository(folder: &Path, below: &Path, names: &mut Vec<String>) {
        for path in crate::machine::entries(folder) {
            let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
            if path.is_dir() {
                in_repository(&path, below, names);
            } else if ["mjs", "py"].contains(&extension) {
                names.push(path.strip_prefix(below).unwrap().to_string_lossy().into_owned());
            }
        }
    }

    #[test]
    fn every_file_is_in_the_program() {
        for (folder, files) in [("clients/node", &NODE[..]), ("clients/python", &PYTHON[..])] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
            let mut names = Vec::new();
            in_repository(&folder, &folder, &mut names);
            names.sort();
            assert_eq!(files.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>(), names);
        }
    }

    #[test]
    fn a_client_is_written_once_and_python_compiles_it() {
        let below = tempfile::tempdir().unwrap();
        let interpreter = Interpreter::find(&Declared::named("python3.12").unwrap(), &Machine::this()).unwrap();
        let client = write(&interpreter, below.path()).unwrap();
        assert!(client.main.is_file() && client.folder.join("workshop_runtime/__pycache__").is_dir());
        fs::write(client.folder.join("mark"), "").unwrap();
        assert_eq!(write(&interpreter, below.path()).unwrap(), client);
        assert!(client.folder.join("mark").is_file());
        assert_eq!(crate::machine::entries(below.path()), [client.folder]);
    }
}
