//! The files that a function's zip is made of.

use super::form::Form;
use crate::archive::BOOTSTRAP;
use crate::error::PackageError;
use crate::folder::{Entries, Entry, Found, NodeModules, Patterns, Rules, walk};
use crate::options::{Bundling, Event, FunctionSource, Language, Options};
use crate::{files, node, python};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The files of a zip.
#[derive(Debug, Clone, Default)]
pub(super) struct Contents {
    /// By their names in the zip.
    pub(super) entries: Entries,
    /// Files that decide about the others, or that they are made from.
    sources: BTreeMap<PathBuf, Entry>,
}

impl Contents {
    /// All files that the zip depends on.
    pub(super) fn inputs(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values().chain(self.sources.values())
    }

    /// The size of all files together.
    pub(super) fn size_bytes(&self) -> u64 {
        self.entries.values().map(|entry| entry.stamp.size_bytes).sum()
    }

    fn add_source(&mut self, path: &Path) -> Result<(), PackageError> {
        if path.is_file() {
            self.sources.insert(path.to_owned(), Entry::of(path)?);
        }
        Ok(())
    }

    fn one_file(name: &str, path: &Path) -> Result<Self, PackageError> {
        let entries = Entries::from([(name.to_owned(), Entry::of(path)?)]);
        Ok(Self { entries, ..Self::default() })
    }
}

/// Chooses the files of a function. What has to be installed or bundled for that, is.
pub(super) fn collect(
    source: &FunctionSource,
    form: &Form,
    options: &Options,
    progress: &mut dyn FnMut(Event),
) -> Result<Contents, PackageError> {
    match form {
        Form::Zip(path) => Contents::one_file("", path),
        Form::Executable(path) => {
            let mut contents = Contents::one_file(BOOTSTRAP, path)?;
            contents.entries.values_mut().for_each(|entry| entry.is_executable = true);
            Ok(contents)
        }
        Form::File(path) => Contents::one_file(&path.file_name().unwrap_or_default().to_string_lossy(), path),
        Form::Folder(folder) => of_folder(source, folder, None, options, progress),
        Form::Bundled { folder, bundling } => of_folder(source, folder, Some(bundling), options, progress),
    }
}

fn of_folder(
    source: &FunctionSource,
    folder: &Path,
    bundling: Option<&Bundling>,
    options: &Options,
    progress: &mut dyn FnMut(Event),
) -> Result<Contents, PackageError> {
    let boundary = fs::canonicalize(&options.project_dir).ok().filter(|project| folder.starts_with(project));
    let boundary = boundary.unwrap_or_else(|| folder.to_owned());
    let left_out = generated(options);
    let node_modules = match &source.language {
        Language::Executable => NodeModules::Keep,
        Language::NodeJs { .. } if bundling.is_none() => NodeModules::Resolve,
        Language::NodeJs { .. } | Language::Python { .. } => NodeModules::LeaveOut,
    };
    let patterns = Patterns::new(&source.name, &source.patterns)?;
    let rules = Rules { patterns, boundary: &boundary, left_out: &left_out, node_modules };
    let mut found = Found::default();
    let mut contents = Contents::default();
    if bundling.is_none() || source.patterns.iter().any(|pattern| !pattern.excludes) {
        walk(folder, "", &rules, &mut found)?;
    }
    let site = node::Site { function: &source.name, folder, boundary: &boundary, architecture: options.architecture };
    match (&source.language, bundling) {
        (Language::Executable, _) => {}
        (Language::NodeJs { version }, Some(bundling)) => {
            found.entries.retain(|name, _| rules.patterns.includes(name));
            progress(Event::Bundling { function: source.name.clone() });
            let output_dir = options.bundles_dir().join(&source.name);
            let bundle = node::bundle(site, &source.handler, bundling, version, &output_dir)?;
            add_bundle(&bundle, &mut found, &mut contents)?;
            node::add_external(site, &bundling.external, &rules, &mut found)?;
        }
        (Language::NodeJs { .. }, None) => {
            node::add_packages(site, &rules, &mut found)?;
            if let Some(project) = site.project() {
                contents.add_source(&project.join("package.json"))?;
            }
        }
        (Language::Python { version }, _) => {
            let site = python::Site { function: &source.name, folder, version, options };
            python::add_packages(site, &rules, &mut found, progress)?;
        }
    }
    contents.entries = found.entries;
    Ok(contents)
}

/// The bundle's files are in the zip whatever the patterns say.
fn add_bundle(bundle: &node::Bundle, found: &mut Found, contents: &mut Contents) -> Result<(), PackageError> {
    let folder = fs::canonicalize(&bundle.folder).map_err(|source| files::failed("read", &bundle.folder, source))?;
    let patterns = Patterns::none();
    let rules = Rules { patterns, boundary: &folder, left_out: &[], node_modules: NodeModules::Keep };
    let mut output = Found::default();
    walk(&folder, "", &rules, &mut output)?;
    found.entries.extend(output.entries);
    bundle.inputs.iter().try_for_each(|path| contents.add_source(path))
}

/// The real folders that packaging itself writes.
fn generated(options: &Options) -> Vec<PathBuf> {
    let folders =
        [options.output_dir.clone(), options.records_dir(), options.python_packages_dir(), options.bundles_dir()];
    folders.iter().filter_map(|folder| fs::canonicalize(folder).ok()).collect()
}
