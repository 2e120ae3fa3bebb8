//! One function's way from its executable to its zip.

use crate::artefact::Artefact;
use crate::cargo::Executable;
use crate::digest::Digest;
use crate::error::{ExecutableProblem, PackageError};
use crate::options::{FunctionSource, Options};
use crate::{archive, executable, files, record};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

/// A function to package, with its places worked out.
pub(crate) struct Job<'a> {
    /// The function's key.
    pub(crate) name: String,
    /// Its crate's manifest, absolute and without symbolic links, as cargo names it.
    pub(crate) manifest: PathBuf,
    zip_path: PathBuf,
    record_path: PathBuf,
    settings: Value,
    options: &'a Options,
}

impl<'a> Job<'a> {
    pub(crate) fn new(source: &FunctionSource, options: &'a Options) -> Result<Self, PackageError> {
        let manifest = source.crate_dir.join("Cargo.toml");
        let manifest = fs::canonicalize(&manifest)
            .map_err(|_| PackageError::NoCrate { function: source.name.clone(), manifest })?;
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
    pub(crate) fn unchanged(&self) -> Option<Artefact> {
        let text = fs::read(&self.record_path).ok()?;
        let record = serde_json::from_slice(&text).ok()?;
        record::read(&record, &self.settings, &self.name, &self.zip_path, self.options)
    }

    /// Checks and zips this function's executable, and writes down what went into it.
    pub(crate) fn pack(&self, built: &[Executable], started: SystemTime) -> Result<Artefact, PackageError> {
        let built = self.choose(built)?;
        let bytes = files::read(&built.path)?;
        let unfit = |problem: ExecutableProblem| PackageError::Executable { function: self.name.clone(), problem };
        let newest_glibc = executable::check(&bytes, self.options.architecture).map_err(unfit)?;
        let zip = archive::zip(&bytes).map_err(|source| PackageError::Zip { function: self.name.clone(), source })?;
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
        self.write_record(&artefact, built, started)?;
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
    fn write_record(&self, artefact: &Artefact, built: &Executable, started: SystemTime) -> Result<(), PackageError> {
        let dep_info = built.path.with_file_name(format!("{}.d", built.name));
        let record = fs::read_to_string(dep_info).ok().and_then(|dep_info| {
            let inputs = record::inputs(&dep_info, &self.manifest, &self.options.project_dir);
            record::write(artefact, self.settings.clone(), &inputs, started)
        });
        let text = record.map(|record| format!("{record:#}\n")).unwrap_or_default();
        files::write(&self.record_path, text.as_bytes())
    }
}
