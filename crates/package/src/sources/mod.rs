//! Functions that are files: Node.js and Python sources, and what was built before. Their zips hold the files in the
//! order of their names, and are made again when one of them changed.

mod contents;
mod form;
mod parts;
mod record;

use crate::archive::{self, Archive, BOOTSTRAP};
use crate::artefact::{Artefact, GlibcVersion};
use crate::digest::Digest;
use crate::error::PackageError;
use crate::executable::{self, MAX_UNZIPPED_BYTES, MAX_ZIPPED_BYTES};
use crate::native::NativeModules;
use crate::options::{Event, FunctionSource, Language, Options};
use crate::{files, node, python};
use contents::Contents;
use form::Form;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::rc::Rc;

/// Zips made in this run by what they are made of: functions of one folder often have the same.
#[derive(Debug, Default)]
pub(crate) struct Made(BTreeMap<String, Rc<Zipped>>);

/// A function that is made of files.
pub(crate) struct Job<'a> {
    source: &'a FunctionSource,
    options: &'a Options,
    form: Form,
    zip_path: PathBuf,
    record_path: PathBuf,
}

/// A zip in memory.
#[derive(Debug)]
struct Zipped {
    bytes: Vec<u8>,
    unzipped_bytes: u64,
    newest_glibc: Option<GlibcVersion>,
    /// The digests of the files in it.
    digests: BTreeMap<PathBuf, Digest>,
}

impl<'a> Job<'a> {
    /// Looks at what the function's path is.
    pub(crate) fn new(source: &'a FunctionSource, options: &'a Options) -> Result<Self, PackageError> {
        Ok(Self {
            source,
            options,
            form: Form::of(source)?,
            zip_path: options.output_dir.join(format!("{}.zip", source.name)),
            record_path: options.records_dir().join(format!("{}.json", source.name)),
        })
    }

    /// Makes the zip unless it is there already.
    pub(crate) fn package(&self, made: &mut Made, progress: &mut dyn FnMut(Event)) -> Result<Artefact, PackageError> {
        files::create_folder(&self.options.output_dir)?;
        let started = files::mark(&self.options.records_dir())?;
        let contents = contents::collect(self.source, &self.form, self.options, progress)?;
        self.check_handler(&contents)?;
        self.check_size("files", contents.size_bytes(), MAX_UNZIPPED_BYTES, &contents)?;
        let settings = self.settings();
        if let Some(artefact) = self.unchanged(&settings, &contents) {
            progress(Event::Unchanged { function: artefact.name.clone() });
            return Ok(artefact);
        }
        progress(Event::Zipping { function: self.source.name.clone(), files: contents.entries.len() });
        let zipped = self.zip_once(&contents, made)?;
        let artefact = Artefact {
            name: self.source.name.clone(),
            zip_path: self.zip_path.clone(),
            sha256: Digest::of(&zipped.bytes),
            size_bytes: zipped.bytes.len() as u64,
            unzipped_bytes: zipped.unzipped_bytes,
            architecture: self.options.architecture,
            newest_glibc: zipped.newest_glibc,
        };
        self.check_size("zip", artefact.size_bytes, MAX_ZIPPED_BYTES, &contents)?;
        self.check_size("files", artefact.unzipped_bytes, MAX_UNZIPPED_BYTES, &contents)?;
        files::write(&self.zip_path, &zipped.bytes)?;
        let record = record::write(&artefact, &settings, &contents, &zipped.digests, started);
        files::write(&self.record_path, format!("{record:#}\n").as_bytes())?;
        progress(Event::Packaged { function: artefact.name.clone(), size_bytes: artefact.size_bytes });
        Ok(artefact)
    }

    fn unchanged(&self, settings: &Value, contents: &Contents) -> Option<Artefact> {
        let record = serde_json::from_slice(&fs::read(&self.record_path).ok()?).ok()?;
        record::read(&record, settings, contents, &self.zip_path, &self.source.name, self.options)
    }

    /// What the checks depend on beside the files.
    fn settings(&self) -> Value {
        let kind = match &self.source.language {
            Language::Executable => "executable",
            Language::NodeJs { .. } => "nodejs",
            Language::Python { .. } => "python",
        };
        json!({ "kind": kind, "form": format!("{:?}", self.form), "architecture": self.options.architecture.as_str() })
    }

    fn zip_once(&self, contents: &Contents, made: &mut Made) -> Result<Rc<Zipped>, PackageError> {
        let files = contents.entries.iter().map(|(name, entry)| format!("{name}\n{}\n", entry.path.display()));
        let key = format!("{}\n{}", self.settings(), files.collect::<String>());
        if let Some(zipped) = made.0.get(&key) {
            return Ok(Rc::clone(zipped));
        }
        let zipped = Rc::new(match &self.form {
            Form::Zip(path) => self.ready_zip(path.clone())?,
            Form::Executable(_) | Form::File(_) | Form::Folder(_) | Form::Bundled { .. } => self.zip(contents)?,
        });
        made.0.insert(key, Rc::clone(&zipped));
        Ok(zipped)
    }

    fn zip(&self, contents: &Contents) -> Result<Zipped, PackageError> {
        let failed = |source| PackageError::Zip { function: self.source.name.clone(), source };
        let mut archive = Archive::new();
        let mut native = NativeModules::default();
        let mut zipped = Zipped { bytes: Vec::new(), unzipped_bytes: 0, newest_glibc: None, digests: BTreeMap::new() };
        for (name, entry) in &contents.entries {
            let bytes = files::read(&entry.path)?;
            let is_bootstrap = self.source.language == Language::Executable && name == BOOTSTRAP;
            if is_bootstrap {
                zipped.newest_glibc = self.check_bootstrap(&bytes)?;
            }
            native.look_at(name, &bytes, self.options.architecture);
            archive.add(name, &bytes, entry.is_executable || is_bootstrap).map_err(failed)?;
            zipped.unzipped_bytes += bytes.len() as u64;
            zipped.digests.insert(entry.path.clone(), Digest::of(&bytes));
        }
        native.check(&self.source.name, self.options.architecture)?;
        for entry in contents.inputs().filter(|entry| !zipped.digests.contains_key(&entry.path)).collect::<Vec<_>>() {
            zipped.digests.insert(entry.path.clone(), Digest::of(&files::read(&entry.path)?));
        }
        zipped.bytes = archive.finish().map_err(failed)?;
        Ok(zipped)
    }

    fn ready_zip(&self, path: PathBuf) -> Result<Zipped, PackageError> {
        let failed = |source| PackageError::NotZip { function: self.source.name.clone(), path: path.clone(), source };
        let bytes = files::read(&path)?;
        let unzipped_bytes = archive::unzipped_bytes(&bytes).map_err(failed)?;
        let mut newest_glibc = None;
        if self.source.language == Language::Executable {
            let bootstrap = archive::file(&bytes, BOOTSTRAP, MAX_UNZIPPED_BYTES).map_err(failed)?;
            let missing = || PackageError::NoBootstrap { function: self.source.name.clone(), path: path.clone() };
            newest_glibc = self.check_bootstrap(&bootstrap.ok_or_else(missing)?)?;
        }
        let digests = BTreeMap::from([(path.clone(), Digest::of(&bytes))]);
        Ok(Zipped { bytes, unzipped_bytes, newest_glibc, digests })
    }

    /// A script is as good as an executable for Linux.
    fn check_bootstrap(&self, bytes: &[u8]) -> Result<Option<GlibcVersion>, PackageError> {
        if bytes.starts_with(b"#!") {
            return Ok(None);
        }
        executable::check(bytes, self.options.architecture)
            .map_err(|problem| PackageError::Executable { function: self.source.name.clone(), problem })
    }

    /// Whether what the runtime calls is in the zip. A handler under `/opt` is in a layer.
    fn check_handler(&self, contents: &Contents) -> Result<(), PackageError> {
        let function = || self.source.name.clone();
        let handler = &self.source.handler;
        let files = match &self.source.language {
            _ if matches!(self.form, Form::Zip(_)) || handler.starts_with("/opt/") => return Ok(()),
            Language::Executable if contents.entries.contains_key(BOOTSTRAP) => return Ok(()),
            Language::Executable => {
                return Err(PackageError::NoBootstrap { function: function(), path: self.source.path.clone() });
            }
            Language::NodeJs { .. } => node::handler_files(handler),
            Language::Python { .. } => python::handler_files(handler),
        };
        let files =
            files.ok_or_else(|| PackageError::HandlerForm { function: function(), handler: handler.clone() })?;
        match files.iter().any(|file| contents.entries.contains_key(file)) {
            true => Ok(()),
            false => Err(PackageError::HandlerMissing { function: function(), handler: handler.clone(), files }),
        }
    }

    fn check_size(
        &self,
        what: &'static str,
        size_bytes: u64,
        limit_bytes: u64,
        contents: &Contents,
    ) -> Result<(), PackageError> {
        if size_bytes <= limit_bytes {
            return Ok(());
        }
        let biggest = parts::biggest(&contents.entries);
        Err(PackageError::TooLarge { function: self.source.name.clone(), what, size_bytes, limit_bytes, biggest })
    }
}
