//! The runtimes of functions: which one a command names, and what this machine lacks to run them on the embedded cloud, which
//! is said before anything is deployed there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::session::project::{Origin, Project};
use crate::cli::ui::{Ui, visible};
use ::runtimes::modules::{self, Needed};
use ::runtimes::{Interpreter, Machine, Runtime};
use model::names::Key;
use model::service::{Function, Service};

/// Reads the name of a runtime that functions can be deployed with.
pub(crate) fn parse(text: &str) -> Result<Runtime, String> {
    Runtime::parse(text).map_err(|error| {
        let known: Vec<&str> = Runtime::ALL.map(Runtime::as_str).to_vec();
        format!("{error} Known are {}.", known.join(", "))
    })
}

/// Gets this machine ready for the functions of a project that a command deploys to the embedded cloud: refuses a function for
/// which it has no interpreter, says where it has another version than the declared one, and installs what Lambda itself has
/// and the functions import. Of zips that are there already (`package`) nothing is read, and nothing installed.
///
/// # Errors
/// A missing interpreter, with the first function that needs it.
pub(crate) async fn prepare(
    project: &Project,
    scope: Functions<'_>,
    package: Option<&Path>,
    ui: &Ui,
) -> Result<(), CliError> {
    let base_dir = match (package, &project.origin) {
        (None, Origin::File(file)) => Some(file.base_dir()),
        _ => None,
    };
    let machine = Machine::this();
    for (interpreter, functions) in interpreters(&project.service, scope, &machine)? {
        if let Some(note) = interpreter.note() {
            ui.note(visible(&note));
        }
        let Some(base_dir) = base_dir else { continue };
        let folders = functions.iter().map(|function| base_dir.join(&function.code.path));
        let names = folders.flat_map(|folder| modules::needed(&interpreter.declared, &folder).names);
        install(&Needed { names: names.collect() }, &interpreter, &machine, ui).await;
    }
    Ok(())
}

/// Says what functions import that Lambda no longer has, here or on AWS: version 2 of the SDK, which older lessons use. Of zips
/// that are there already (`package`) nothing is read.
pub(crate) fn note_old_sdk(project: &Project, scope: Functions<'_>, package: Option<&Path>, ui: &Ui) {
    let (None, Origin::File(file)) = (package, &project.origin) else { return };
    let mut looked_at = BTreeSet::new();
    for (_, function) in project.service.functions.iter().filter(|(key, _)| scope.has(key)) {
        let Some(declared) = function.runtime.declared() else { continue };
        let code = file.base_dir().join(&function.code.path);
        if looked_at.insert(code.clone()) && modules::lacks_old_sdk(&declared, &code) && !ui.is_json() {
            let note = format!(
                "note: {}: the code imports `aws-sdk`, which {declared} has not got: functions that need it fail. Install it in \
                 the project (`npm install aws-sdk`), or import `@aws-sdk/client-...`, which Lambda has.",
                function.at
            );
            ui.note(visible(&note));
        }
    }
}

/// Which functions of a service a command deploys.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Functions<'a> {
    /// All of them.
    All,
    /// This one.
    One(&'a Key),
}

impl Functions<'_> {
    fn has(self, key: &Key) -> bool {
        match self {
            Self::All => true,
            Self::One(only) => key == only,
        }
    }
}

/// The interpreter of each runtime, and the functions that it runs.
fn interpreters<'a>(
    service: &'a Service,
    scope: Functions<'_>,
    machine: &Machine,
) -> Result<Vec<(Interpreter, Vec<&'a Function>)>, CliError> {
    let mut found: BTreeMap<Runtime, (Interpreter, Vec<&Function>)> = BTreeMap::new();
    for (key, function) in service.functions.iter().filter(|(key, _)| scope.has(key)) {
        let Some(declared) = function.runtime.declared() else { continue };
        if let Some((_, functions)) = found.get_mut(&function.runtime) {
            functions.push(function);
            continue;
        }
        let interpreter = Interpreter::find(&declared, machine).map_err(|missing| {
            let message = format!("This machine can't run the function `{key}` ({}).", function.at);
            CliError::new(ErrorKind::Failed, message)
                .because(missing.to_string())
                .try_this("Install it, or leave `--local` out to deploy to AWS, which has it.")
        })?;
        found.insert(function.runtime, (interpreter, vec![function]));
    }
    Ok(found.into_values().collect())
}

/// Installs what is missing, once for all projects. Without it the functions can be deployed, and those that need it fail: that
/// is said, and keeps nobody from the others.
async fn install(needed: &Needed, interpreter: &Interpreter, machine: &Machine, ui: &Ui) {
    let missing = modules::find(needed, interpreter, machine).missing;
    if missing.is_empty() {
        return;
    }
    let names = missing.into_iter().collect::<Vec<_>>().join(", ");
    ui.note(format!("Lambda has {}, and this machine has not: installing it once, for all projects.", visible(&names)));
    let asked = (needed.clone(), interpreter.clone(), machine.clone());
    let installed = tokio::task::spawn_blocking(move || modules::install(&asked.0, &asked.1, &asked.2)).await;
    let failure = match installed {
        Ok(Ok(_)) => return,
        Ok(Err(failure)) => failure.to_string(),
        Err(panicked) => panicked.to_string(),
    };
    ui.note(format!("{} Functions that import it fail on this machine until it is installed.", visible(&failure)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::source::Source;

    #[test]
    fn a_missing_interpreter_is_named() {
        let text = "service = \"shop\"\n[functions.send]\nsource = \".\"\nruntime = \"python3.13\"\nhandler = \"send.start\"\n\
            [functions.other]\nsource = \".\"\n";
        let service = Service::parse(&Source::new("service.toml", text)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let empty = Machine::with([("PATH", folder.path().as_os_str().to_owned())]);
        let refused = interpreters(&service, Functions::All, &empty).unwrap_err();
        insta::assert_snapshot!(refused.message, @"This machine can't run the function `send` (service.toml:2).");
        insta::assert_snapshot!(refused.cause.unwrap(), @"The function's runtime is python3.13, and this machine has no working python3 on its PATH. Install Python 3.13, or start the embedded cloud with a PATH that has it.");
        let other = Key::parse("other").unwrap();
        assert!(interpreters(&service, Functions::One(&other), &empty).unwrap().is_empty());
        let rust = Service::parse(&Source::new("service.toml", "service = \"shop\"\n[functions.f]\nsource = \".\"\n"));
        assert!(interpreters(&rust.unwrap(), Functions::All, &empty).unwrap().is_empty());
    }
}
