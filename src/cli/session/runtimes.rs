//! The runtimes of functions: which one a command names, and what this machine lacks to run them on the embedded cloud, which
//! is said before anything is deployed there.
//!
//! It looks for an interpreter of the language only. Which version that is, and which modules a function needs beside it, is
//! for the crate `runtimes` to say; its answer belongs into [`check`], as an error or as a note.

use std::ffi::OsStr;

use crate::cli::error::{CliError, ErrorKind};
use ::runtimes::{Language, Runtime};
use model::service::Service;

/// Reads the name of a runtime that functions can be deployed with.
pub(crate) fn parse(text: &str) -> Result<Runtime, String> {
    Runtime::parse(text).map_err(|error| {
        let known: Vec<&str> = Runtime::ALL.map(Runtime::as_str).to_vec();
        format!("{error} Known are {}.", known.join(", "))
    })
}

/// Refuses a service whose functions this machine has no interpreter for.
///
/// # Errors
/// The first such function, with what to install.
pub(crate) fn check(service: &Service) -> Result<(), CliError> {
    check_in(service, &std::env::var_os("PATH").unwrap_or_default())
}

fn check_in(service: &Service, path: &OsStr) -> Result<(), CliError> {
    for (key, function) in &service.functions {
        let names = programs(function.runtime);
        if names.is_empty() || names.iter().any(|name| is_in(path, name)) {
            continue;
        }
        let runtime = function.runtime;
        let at = &function.at;
        let message = format!("This machine has no {} for the function `{key}` ({runtime}, {at}).", names.join(" or "));
        return Err(CliError::new(ErrorKind::Failed, message)
            .because("The embedded cloud runs functions with the interpreters of this machine.")
            .try_this(format!("Install {}, or leave `--local` out to deploy to AWS.", product(runtime))));
    }
    Ok(())
}

/// The programs that run a function of a runtime; none where it is itself a program.
fn programs(runtime: Runtime) -> Vec<String> {
    match (runtime.language(), runtime.interpreter_version()) {
        (Language::Executable, _) | (_, None) => Vec::new(),
        (Language::Nodejs, Some(_)) => vec!["node".to_owned()],
        (Language::Python, Some(version)) => vec![format!("python{version}"), "python3".to_owned()],
    }
}

fn product(runtime: Runtime) -> String {
    let version = runtime.interpreter_version().unwrap_or_default();
    match runtime.language() {
        Language::Nodejs => format!("Node.js {version}"),
        Language::Python => format!("Python {version}"),
        Language::Executable => runtime.to_string(),
    }
}

fn is_in(path: &OsStr, name: &str) -> bool {
    std::env::split_paths(path).any(|folder| folder.join(name).is_file())
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
        let refused = check_in(&service, folder.path().as_os_str()).unwrap_err();
        insta::assert_snapshot!(refused.message, @"This machine has no python3.13 or python3 for the function `send` (python3.13, service.toml:2).");
        insta::assert_snapshot!(refused.hint.unwrap(), @"Install Python 3.13, or leave `--local` out to deploy to AWS.");
        std::fs::write(folder.path().join("python3"), "").unwrap();
        assert!(check_in(&service, folder.path().as_os_str()).is_ok());
    }
}
