//! The modules that Lambda has beside the language itself, its SDKs above all: which of them a function needs and does not
//! bring, where this machine has them, and how they are installed.
//!
//! Node.js: `@aws-sdk/*` and `@smithy/*`. Python: boto3, botocore, s3transfer, jmespath, dateutil, urllib3 and six
//! (Lambda developer guide, "Runtime-included SDK versions").
//!
//! ```no_run
//! # use runtimes::{Declared, Interpreter, Machine, modules};
//! # fn example(declared: Declared, code: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
//! let machine = Machine::this();
//! let interpreter = Interpreter::find(&declared, &machine)?;
//! let needed = modules::needed(&declared, code);
//! if !modules::find(&needed, &interpreter, &machine).missing.is_empty() {
//!     // Uses the network, and takes some seconds.
//!     modules::install(&needed, &interpreter, &machine)?;
//! }
//! # Ok(()) }
//! ```

mod cache;
mod imports;
mod install;

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

pub use self::install::{InstallError, install};
use crate::interpreter::Interpreter;
use crate::machine::{Machine, entries};
use crate::runtime::{Declared, Language};

/// How much of one source file is read: imports stand at its top, and bundles are long.
const MAX_SOURCE_BYTES: u64 = 8 << 20;

/// How many files and folders of a function's code are looked at.
const MAX_ENTRIES: usize = 20_000;

/// Lambda's own modules that a function imports and does not bring.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needed {
    /// Their names: `@aws-sdk/client-sfn`, or `boto3`.
    pub names: BTreeSet<String>,
}

/// Where a function gets Lambda's own modules from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// It needs none, or there are none.
    Nowhere,
    /// A folder with them: `node_modules`, or what Python's path may have.
    Folder(PathBuf),
    /// The interpreter's own `site-packages`; Python only.
    Interpreter,
}

/// What this machine has of the modules that are needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where the function gets them from.
    pub place: Place,
    /// Those that are not there.
    pub missing: BTreeSet<String>,
}

/// Which of Lambda's own modules the code in a folder, a function's unpacked zip, imports and does not bring. The texts of its
/// imports are read, those in `node_modules` apart; what a program puts together as it runs is not seen. Files that can't be read
/// count as files without imports.
#[must_use]
pub fn needed(declared: &Declared, code: &Path) -> Needed {
    let mut needed = Needed::default();
    each_source(declared.language(), code, |text| needed.names.extend(imports::of(declared.language(), text)));
    needed.names.retain(|name| !brings(declared.language(), code, name));
    needed
}

/// Whether the code in a folder imports `aws-sdk`, version 2 of the SDK, and does not bring it: in its own `node_modules` or in one
/// above. Lambda has not got it beside Node.js 18 and later, which are all that can be declared.
#[must_use]
pub fn lacks_old_sdk(declared: &Declared, code: &Path) -> bool {
    let language = declared.language();
    let mut is_imported = false;
    if language == Language::Nodejs {
        each_source(language, code, |text| is_imported = is_imported || imports::has_old_sdk(text));
    }
    is_imported && !code.ancestors().any(|folder| brings(language, folder, imports::OLD_SDK))
}

/// Reads the sources of a folder of code, `node_modules` apart.
fn each_source(language: Language, code: &Path, mut read: impl FnMut(&str)) {
    let mut waiting = vec![code.to_owned()];
    let mut left = MAX_ENTRIES;
    while let Some(path) = waiting.pop() {
        left = left.saturating_sub(1);
        if left == 0 {
            tracing::debug!(code = %code.display(), "the code has more files than are looked through for imports");
            break;
        }
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        // A link could lead out of the code, or in a circle.
        if path != code && path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            if !matches!(name, "node_modules" | "__pycache__" | ".git") {
                waiting.extend(entries(&path));
            }
        } else if is_source(language, name) {
            read(&source(&path));
        }
    }
}

fn is_source(language: Language, name: &str) -> bool {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match language {
        Language::Nodejs => ["js", "mjs", "cjs"].contains(&extension),
        Language::Python => extension == "py",
        Language::Executable => false,
    }
}

fn source(path: &Path) -> String {
    let mut bytes = Vec::new();
    if let Err(error) = fs::File::open(path).and_then(|file| file.take(MAX_SOURCE_BYTES).read_to_end(&mut bytes)) {
        tracing::debug!(error = %error, path = %path.display(), "a source was not looked through for imports");
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether a function's own code has a module.
fn brings(language: Language, code: &Path, name: &str) -> bool {
    match language {
        Language::Nodejs => has(language, &code.join("node_modules"), name),
        Language::Python | Language::Executable => has(language, code, name),
    }
}

/// Whether a folder of modules has one of this name.
fn has(language: Language, folder: &Path, name: &str) -> bool {
    match language {
        Language::Nodejs => folder.join(name).join("package.json").is_file(),
        Language::Python | Language::Executable => {
            folder.join(name).is_dir() || folder.join(format!("{name}.py")).is_file()
        }
    }
}

/// Where this machine has what is needed: in workshop's cache, for all of Node.js' projects or in the interpreter's
/// `site-packages`. Nothing is started and nothing is changed. The folder with most of it is taken.
#[must_use]
pub fn find(needed: &Needed, interpreter: &Interpreter, machine: &Machine) -> Found {
    let language = interpreter.declared.language();
    let missing_in = |folders: &[PathBuf]| -> BTreeSet<String> {
        let has = |name: &&String| folders.iter().any(|folder| has(language, folder, name));
        needed.names.iter().filter(|name| !has(name)).cloned().collect()
    };
    let mut best = Found { place: Place::Nowhere, missing: needed.names.clone() };
    let mut consider = |place: Place, folders: &[PathBuf]| {
        let missing = missing_in(folders);
        if missing.len() < best.missing.len() {
            best = Found { place, missing };
        }
    };
    for folder in cache::folders(interpreter, machine) {
        consider(Place::Folder(folder.clone()), &[folder]);
    }
    if language == Language::Nodejs {
        for folder in machine.folders("NODE_PATH").chain(interpreter.packages.iter().cloned()) {
            consider(Place::Folder(folder.clone()), &[folder]);
        }
    } else {
        consider(Place::Interpreter, &interpreter.packages);
    }
    best
}

#[cfg(test)]
mod tests;
