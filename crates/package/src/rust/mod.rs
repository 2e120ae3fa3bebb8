//! Rust functions: one cargo build for all that share a workspace, and each function's way from its executable to its zip.

mod cargo;
mod profile;
mod record;
mod workspace;

use crate::artefact::Artefact;
use crate::digest::Digest;
use crate::error::{ExecutableProblem, PackageError};
use crate::options::{Event, FunctionSource, Options};
use crate::{archive, executable, files};
use cargo::Executable;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;
use workspace::Workspace;

/// Packages the functions of these crates. Cargo is started only when something changed in one of them.
pub(crate) fn package(jobs: &[Job], progress: &mut dyn FnMut(Event)) -> Result<Vec<Artefact>, PackageError> {
    if let Some(unchanged) = jobs.iter().map(Job::unchanged).collect::<Option<Vec<_>>>() {
        for artefact in &unchanged {
            progress(Event::Unchanged { function: artefact.name.clone() });
        }
        return Ok(unchanged);
    }
    let mut by_workspace: BTreeMap<PathBuf, (Workspace, Vec<&Job>)> = BTreeMap::new();
    for job in jobs {
        let workspace = Workspace::of(&job.manifest)?;
        by_workspace.entry(workspace.root.clone()).or_insert_with(|| (workspace, Vec::new())).1.push(job);
    }
    let mut artefacts = Vec::with_capacity(jobs.len());
    for (workspace, jobs) in by_workspace.values() {
        artefacts.extend(build(workspace, jobs, progress)?);
    }
    Ok(artefacts)
}

fn build(workspace: &Workspace, jobs: &[&Job], progress: &mut dyn FnMut(Event)) -> Result<Vec<Artefact>, PackageError> {
    let Some(options) = jobs.first().map(|job| job.options) else { return Ok(Vec::new()) };
    progress(Event::Building { functions: jobs.iter().map(|job| job.name.clone()).collect() });
    files::create_folder(&options.output_dir)?;
    let started = files::mark(&options.records_dir())?;
    let manifests: Vec<_> = jobs.iter().map(|job| job.manifest.as_path()).collect();
    let executables = cargo::build(workspace, &manifests, options.target.as_deref(), progress)?;
    let mut artefacts = Vec::with_capacity(jobs.len());
    for job in jobs {
        let artefact = job.pack(&executables, workspace, started)?;
        progress(Event::Packaged { function: job.name.clone(), size_bytes: artefact.size_bytes });
        artefacts.push(artefact);
    }
    Ok(artefacts)
}

/// A function to package, with its places worked out.
pub(crate) struct Job<'a> {
    name: String,
    /// Its crate's manifest, absolute and without symbolic links, as cargo names it.
    manifest: PathBuf,
    zip_path: PathBuf,
    record_path: PathBuf,
    settings: Value,
    options: &'a Options,
}

impl<'a> Job<'a> {
    pub(crate) fn new(source: &FunctionSource, options: &'a Options) -> Result<Self, PackageError> {
        let manifest = source.path.join("Cargo.toml");
        let manifest = fs::canonicalize(&manifest)
            .map_err(|_| PackageError::NoSource { function: source.name.clone(), path: manifest })?;
        Ok(Self {
            name: source.name.clone(),
            zip_path: options.output_dir.join(format!("{}.zip", source.name)),
            record_path: options.records_dir().join(format!("{}.json", source.name)),
            settings: record::settings(options, &manifest),
            manifest,
            options,
        })
    }

    /// The artefact from an earlier run, if nothing that went into it has changed.
    fn unchanged(&self) -> Option<Artefact> {
        let text = fs::read(&self.record_path).ok()?;
        let record = serde_json::from_slice(&text).ok()?;
        record::read(&record, &self.settings, &self.name, &self.zip_path, self.options)
    }

    /// Checks and zips this function's executable, and writes down what went into it.
    fn pack(&self, built: &[Executable], workspace: &Workspace, started: SystemTime) -> Result<Artefact, PackageError> {
        let built = self.choose(built)?;
        let bytes = files::read(&built.path)?;
        let unfit = |problem: ExecutableProblem| PackageError::Executable { function: self.name.clone(), problem };
        let newest_glibc = executable::check(&bytes, self.options.architecture).map_err(unfit)?;
        let zip =
            archive::executable(&bytes).map_err(|source| PackageError::Zip { function: self.name.clone(), source })?;
        let artefact = Artefact {
            name: self.name.clone(),
            zip_path: self.zip_path.clone(),
            sha256: Digest::of(&zip),
            size_bytes: zip.len() as u64,
            unzipped_bytes: bytes.len() as u64,
            architecture: self.options.architecture,
            newest_glibc,
        };
        executable::check_sizes(artefact.size_bytes, artefact.unzipped_bytes).map_err(unfit)?;
        files::write(&self.zip_path, &zip)?;
        self.write_record(&artefact, built, workspace, started)?;
        Ok(artefact)
    }

    fn choose<'b>(&self, built: &'b [Executable]) -> Result<&'b Executable, PackageError> {
        let mine: Vec<_> = built.iter().filter(|executable| executable.manifest == self.manifest).collect();
        let bootstrap = mine.iter().find(|executable| executable.name == "bootstrap");
        match (bootstrap, mine.as_slice()) {
            (Some(executable), _) | (None, [executable]) => Ok(executable),
            (None, _) => Err(PackageError::Executables {
                function: self.name.clone(),
                found: mine.iter().map(|executable| executable.name.clone()).collect(),
            }),
        }
    }

    /// Without cargo's list of sources, or with sources that changed meanwhile, there is no record, and the next run
    /// builds again.
    fn write_record(
        &self,
        artefact: &Artefact,
        built: &Executable,
        workspace: &Workspace,
        started: SystemTime,
    ) -> Result<(), PackageError> {
        let dep_info = built.path.with_file_name(format!("{}.d", built.name));
        let record = fs::read_to_string(dep_info).ok().and_then(|dep_info| {
            let inputs = record::inputs(&dep_info, &self.manifest, &workspace.root);
            record::write(artefact, self.settings.clone(), &inputs, started)
        });
        let text = record.map(|record| format!("{record:#}\n")).unwrap_or_default();
        files::write(&self.record_path, text.as_bytes())
    }
}
