//! Functions' sources to reproducible zips that AWS Lambda runs: one cargo build for all crates of a workspace, the files of
//! Node.js and Python functions, executables and zips that are there already; the checks that Lambda would otherwise make
//! at the first call; and nothing at all when nothing changed.
//!
//! The same sources give the same bytes, wherever they lie: names in order, fixed times, mode 0755 for executables and
//! 0644 for the rest. Give [`package`] all functions of a service at once: cargo settles the features of shared
//! dependencies over everything it builds together, so a function built alone may come out with other bytes.
//!
//! # What a function's path may be
//! | runtime | path | zip |
//! | --- | --- | --- |
//! | executable | folder with `Cargo.toml` | the crate's executable, built in its own workspace: profile `lambda` if that has it, else `release` |
//! | executable | other folder | its files, with an executable or script called `bootstrap` |
//! | executable | file | the file as `bootstrap` |
//! | Node.js, Python | folder | its files, with the packages that it needs |
//! | Node.js, Python | file | the file |
//! | any | `.zip` | as it is |
//!
//! # Which files of a folder
//! All but what follows. Then the patterns decide: in order, the last that a file matches. A pattern brings back what a
//! default leaves out only if it names it, by the folder (a package, by its own name) or by more of the file's name than
//! wildcards.
//! - what the Serverless Framework leaves out: `.git`, `.gitignore`, `.DS_Store`, `npm-debug.log`, `yarn-*.log`,
//!   `.serverless`, `.serverless_plugins`, `serverless.*`, `.env*`;
//! - `service.toml` with its folder `definitions`, `target`, `.workshop`, where the zips go;
//! - `.npmrc` and `.yarnrc.yml` (tokens), `.svn`, `.hg`, `.idea`, `.vscode`, `.#*`, `*.pyc`, `__pycache__`, virtual
//!   environments (`.venv`, or any folder with `pyvenv.cfg`), caches (folders with `CACHEDIR.TAG`);
//! - `node_modules` but for the packages that `dependencies` of the `package.json` beside it lead to; without one there,
//!   all of it stays. Packages are found as Node.js finds them, also in folders above up to the project's. Optional
//!   packages for another platform stay out. In a Python function all of `node_modules` is left out.
//!
//! Symbolic links are followed inside the project; one that leads outside is an error.
//!
//! What this crate must not know: what a service is, AWS's APIs, the command line, and every other crate of the
//! workspace. It is told what to package and for which processor, and reports what it does as [`Event`]s.

mod archive;
mod artefact;
mod digest;
mod error;
mod executable;
mod files;
mod folder;
mod native;
mod node;
mod options;
mod python;
mod rust;
mod sources;

pub use artefact::{Artefact, GlibcVersion};
pub use digest::Digest;
pub use error::{ExecutableProblem, PackageError};
pub use executable::needed_glibc;
pub use folder::may_be_packaged;
pub use options::{
    Architecture, Bundling, Event, FunctionSource, Language, Options, Pattern, functions_dir, last_inputs,
};

use std::collections::BTreeMap;

/// Packages the functions: `<output_dir>/<name>.zip` each, in the order given.
///
/// A zip is made only when it is missing or anything that went into it changed; of a crate a source file, a manifest, the
/// lock file, the target, the compiler or its flags.
///
/// # Errors
/// [`PackageError`] says which function or file, why, and what to do about it.
pub fn package(
    sources: &[FunctionSource],
    options: &Options,
    progress: &mut dyn FnMut(Event),
) -> Result<Vec<Artefact>, PackageError> {
    let (crates, others): (Vec<_>, Vec<_>) = sources.iter().partition(|source| is_crate(source));
    let crates = crates.into_iter().map(|source| rust::Job::new(source, options)).collect::<Result<Vec<_>, _>>()?;
    let others = others.into_iter().map(|source| sources::Job::new(source, options)).collect::<Result<Vec<_>, _>>()?;
    let mut artefacts = rust::package(&crates, progress)?;
    let mut made = sources::Made::default();
    for job in &others {
        artefacts.push(job.package(&mut made, progress)?);
    }
    let mut artefacts: BTreeMap<String, Artefact> =
        artefacts.into_iter().map(|artefact| (artefact.name.clone(), artefact)).collect();
    Ok(sources.iter().filter_map(|source| artefacts.remove(&source.name)).collect())
}

fn is_crate(source: &FunctionSource) -> bool {
    source.language == Language::Executable && source.path.join("Cargo.toml").is_file()
}
