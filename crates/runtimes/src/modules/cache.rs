//! workshop's own folder of modules: `modules` in its cache, with one folder for each installation that never changes.

use std::path::PathBuf;

use crate::interpreter::Interpreter;
use crate::machine::{Machine, entries};
use crate::runtime::Language;

/// How the name of an installation ends that is not complete.
pub(super) const PARTIAL: &str = ".partial";

/// Where installations for this interpreter are. Python's depend on its minor version.
pub(super) fn root(interpreter: &Interpreter, machine: &Machine) -> Option<PathBuf> {
    let modules = machine.cache()?.join("modules");
    Some(match interpreter.declared.language() {
        Language::Nodejs => modules.join("node"),
        Language::Python | Language::Executable => {
            let minor: Vec<String> = interpreter.numbers().iter().take(2).map(u32::to_string).collect();
            modules.join(format!("python{}", minor.join(".")))
        }
    })
}

/// The folders of modules of every complete installation.
pub(super) fn folders(interpreter: &Interpreter, machine: &Machine) -> Vec<PathBuf> {
    let installations = root(interpreter, machine).map(|root| entries(&root)).unwrap_or_default();
    let complete = installations.into_iter().filter(|path| path.is_dir() && !is_partial(path));
    match interpreter.declared.language() {
        Language::Nodejs => complete.map(|path| path.join("node_modules")).collect(),
        Language::Python | Language::Executable => complete.collect(),
    }
}

fn is_partial(path: &std::path::Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(PARTIAL))
}
