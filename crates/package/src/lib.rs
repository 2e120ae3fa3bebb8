//! Functions' sources to reproducible zips that AWS Lambda's `provided.al2023` runs: one cargo build for all of them, the
//! checks that Lambda would otherwise make at the first call, and nothing at all when nothing changed.
//!
//! The same sources give the same bytes, wherever they lie. Give [`package`] all functions of a service at once: cargo
//! settles the features of shared dependencies over everything it builds together, so a function built alone may come
//! out with other bytes.
//!
//! What this crate must not know: what a service is, AWS's APIs, the command line, and every other crate of the
//! workspace. It is told which crates to build and for which processor, and reports what it does as [`Event`]s.

mod archive;
mod artefact;
mod cargo;
mod digest;
mod error;
mod executable;
mod files;
mod job;
mod options;
mod record;

pub use artefact::{Artefact, GlibcVersion};
pub use digest::Digest;
pub use error::{ExecutableProblem, PackageError};
pub use options::{Architecture, Event, FunctionSource, Options, functions_dir, last_inputs};

use job::Job;

/// Packages the functions: `<output_dir>/<name>.zip` each, in the order given.
///
/// Cargo is started only when a zip is missing or anything that went into it changed: a source file, a manifest, the
/// lock file, the target, the compiler or its flags.
///
/// # Errors
/// [`PackageError`] says which function or file, why, and what to do about it.
pub fn package(
    sources: &[FunctionSource],
    options: &Options,
    progress: &mut dyn FnMut(Event),
) -> Result<Vec<Artefact>, PackageError> {
    let jobs = sources.iter().map(|source| Job::new(source, options)).collect::<Result<Vec<_>, _>>()?;
    if let Some(unchanged) = jobs.iter().map(Job::unchanged).collect::<Option<Vec<_>>>() {
        for artefact in &unchanged {
            progress(Event::Unchanged { function: artefact.name.clone() });
        }
        return Ok(unchanged);
    }
    build(&jobs, options, progress)
}

fn build(jobs: &[Job], options: &Options, progress: &mut dyn FnMut(Event)) -> Result<Vec<Artefact>, PackageError> {
    progress(Event::Building { functions: jobs.iter().map(|job| job.name.clone()).collect() });
    files::create_folder(&options.output_dir)?;
    let started = files::mark(&options.records_dir())?;
    let manifests: Vec<_> = jobs.iter().map(|job| job.manifest.as_path()).collect();
    let executables = cargo::build(&manifests, options, progress)?;
    let mut artefacts = Vec::with_capacity(jobs.len());
    for job in jobs {
        let artefact = job.pack(&executables, started)?;
        progress(Event::Packaged { function: job.name.clone(), size_bytes: artefact.size_bytes });
        artefacts.push(artefact);
    }
    Ok(artefacts)
}
