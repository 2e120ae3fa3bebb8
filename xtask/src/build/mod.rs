//! `cargo xtask build`: the functions first, then the program that carries their zips.

pub(crate) mod dist;
pub(crate) mod install;
pub(crate) mod models;
pub(crate) mod quick;
pub(crate) mod shell_files;

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::{process, project, say};
use std::fs;
use std::path::{Path, PathBuf};
use workshop_package::{Architecture, Event, FunctionSource, Options};

/// The features of what is shipped.
pub(crate) const SHIPPED: &str = "jemalloc";

/// Builds everything and gives the program's path.
pub(crate) fn run() -> Result<PathBuf, Failure> {
    check_make()?;
    functions()?;
    say::progress("building the program");
    process::run(&mut cargo(&["build", "--release", "--package", "workshop", "--features", SHIPPED]))?;
    let program = project::target_dir().join("release/workshop");
    say::line(&program.display().to_string());
    Ok(program)
}

/// Tells that `make` is missing before minutes of building end with it. Only where there is glibc the allocator is built.
pub(crate) fn check_make() -> Result<(), Failure> {
    if !cfg!(all(target_os = "linux", target_env = "gnu")) {
        return Ok(());
    }
    let mut make = process::command("make");
    make.arg("--version");
    process::output(&mut make).map(|_| ()).map_err(|failure| {
        Failure::new(format!(
            "{failure}\nThe shipped program's allocator is built with make; on Debian: apt-get install make"
        ))
    })
}

/// Packages every function under `lambdas/`, as far as anything changed.
pub(crate) fn functions() -> Result<(), Failure> {
    let sources = sources(&project::root().join("lambdas"))?;
    let options = Options {
        project_dir: project::root().to_path_buf(),
        target: std::env::var("WORKSHOP_LAMBDA_TARGET").ok().filter(|target| !target.is_empty()),
        architecture: Architecture::of_this_machine(),
        output_dir: project::functions_dir(),
    };
    workshop_package::package(&sources, &options, &mut |event| show(&event)).map(|_| ()).map_err(|error| {
        match error.hint() {
            Some(hint) => Failure::new(format!("{error}\n{hint}")),
            None => Failure::new(error.to_string()),
        }
    })
}

fn show(event: &Event) {
    match event {
        Event::Unchanged { function } => say::progress(&format!("{function}: unchanged")),
        Event::Building { functions } => {
            say::progress(&format!("building {}", functions.join(" and ")));
        }
        Event::Packaged { function, size_bytes } => {
            say::progress(&format!("{function}: packaged, {} KiB", size_bytes.div_ceil(1024)));
        }
        Event::Waiting { reason } => say::progress(reason),
        Event::InstallingRequirements { .. }
        | Event::Bundling { .. }
        | Event::Zipping { .. }
        | Event::Compiled { .. } => {}
    }
}

/// One function per folder. A folder's name is the function's key with hyphens: `send-email` holds `sendEmail`.
fn sources(lambdas: &Path) -> Result<Vec<FunctionSource>, Failure> {
    let failed = |error: std::io::Error| Failure::file(lambdas, &error);
    let mut sources = Vec::new();
    for entry in fs::read_dir(lambdas).map_err(failed)? {
        let crate_dir = entry.map_err(failed)?.path();
        if crate_dir.join("Cargo.toml").is_file() {
            let folder = crate_dir.file_name().unwrap_or_default().to_string_lossy();
            sources.push(FunctionSource::executable(camel_case(&folder), crate_dir.clone()));
        }
    }
    sources.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(sources)
}

fn camel_case(hyphenated: &str) -> String {
    let mut words = hyphenated.split('-');
    let first = words.next().unwrap_or_default();
    let rest = words.map(|word| {
        let mut characters = word.chars();
        let initial = characters.next().map(|character| character.to_ascii_uppercase());
        initial.into_iter().chain(characters).collect::<String>()
    });
    std::iter::once(String::from(first)).chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lessons_functions_are_found() {
        let sources = sources(&project::root().join("lambdas")).unwrap();
        let names: Vec<_> = sources.iter().map(|source| source.name.as_str()).collect();
        assert_eq!(names, ["sendEmail", "startStateMachine"]);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let failure = sources(Path::new("/nowhere")).unwrap_err();
        assert!(failure.to_string().starts_with("/nowhere: "), "{failure}");
    }
}
