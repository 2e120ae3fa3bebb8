//! A project in a temporary folder, and what its zips hold.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use workshop_package::{
    Architecture, Artefact, Event, FunctionSource, Language, Options, PackageError, Pattern, package,
};

pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder with these files: names and contents.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self::new();
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    pub(crate) fn path(&self) -> PathBuf {
        fs::canonicalize(self.0.path()).unwrap()
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }

    pub(crate) fn link(&self, name: &str, target: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(target, path).unwrap();
    }

    pub(crate) fn options(&self, architecture: Architecture) -> Options {
        let output_dir = self.path().join("target/functions");
        Options { project_dir: self.path(), target: None, architecture, output_dir }
    }

    pub(crate) fn package(&self, source: &FunctionSource) -> Result<Artefact, PackageError> {
        let options = self.options(Architecture::of_this_machine());
        package(std::slice::from_ref(source), &options, &mut |_| {}).map(|mut artefacts| artefacts.remove(0))
    }

    /// The events of packaging.
    pub(crate) fn events(&self, source: &FunctionSource) -> Vec<Event> {
        let mut events = Vec::new();
        let options = self.options(Architecture::of_this_machine());
        package(std::slice::from_ref(source), &options, &mut |event| events.push(event)).unwrap();
        events
    }

    /// A function of Node.js with the handler `index.handler` in a folder of the project.
    pub(crate) fn node(&self, path: &str) -> FunctionSource {
        let language = Language::NodeJs { version: String::from("22") };
        FunctionSource {
            language,
            handler: String::from("index.handler"),
            ..FunctionSource::executable("f", self.path().join(path))
        }
    }

    /// A function of Python with the handler `app.handler`.
    pub(crate) fn python(&self) -> FunctionSource {
        let language = Language::Python { version: String::from("3.12") };
        FunctionSource {
            language,
            handler: String::from("app.handler"),
            ..FunctionSource::executable("f", self.path())
        }
    }

    /// The names in the zip.
    #[track_caller]
    pub(crate) fn names(&self, source: &FunctionSource) -> Vec<String> {
        zipped(&self.package(source).unwrap().zip_path).into_keys().collect()
    }

    /// The names in the zip, below `node_modules`.
    #[track_caller]
    pub(crate) fn packages(&self, source: &FunctionSource) -> Vec<String> {
        self.names(source).iter().filter_map(|name| name.strip_prefix("node_modules/")).map(String::from).collect()
    }
}

pub(crate) fn patterns(globs: &[&str]) -> Vec<Pattern> {
    let pattern = |glob: &&str| Pattern { glob: glob.trim_start_matches('!').into(), excludes: glob.starts_with('!') };
    globs.iter().map(pattern).collect()
}

/// A file in a zip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Zipped {
    pub(crate) mode: u32,
    pub(crate) content: Vec<u8>,
}

pub(crate) fn zipped(path: &Path) -> BTreeMap<String, Zipped> {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        let mode = file.unix_mode().unwrap() & 0o777;
        let name = file.name().unwrap().to_string();
        assert!(files.insert(name, Zipped { mode, content }).is_none(), "no file twice");
    }
    files
}
