//! The files of a project that a deployment is made of.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use workshop_package as packager;

use crate::cli::global::Global;
use crate::cli::session::artefacts::packaged_as;
use crate::cli::session::project::service_file::ServiceFile;
use crate::cli::session::project::{Declared, RuntimeChoice};
use crate::cli::watch::Snapshot;
use model::names::Key;
use model::service::{CodeSource, DefinitionSource, Service};
use runtimes::Runtime;

/// Folders that no function's sources are in: what builds and tools write.
const NO_SOURCES: [&str; 4] = ["target", "node_modules", "__pycache__", "venv"];

/// Where a project's files are.
#[derive(Debug, Clone)]
pub(super) struct ProjectFiles {
    service_file: ServiceFile,
    /// What the command names, for which the service file is read.
    global: Global,
    runtime: Option<Runtime>,
    /// The zips' folder, when they are not built from sources.
    zips: Option<PathBuf>,
    /// What the service file declared when it could be read last.
    service: Option<Service>,
    /// The files that it asked for then, and since.
    asked: BTreeSet<PathBuf>,
}

impl ProjectFiles {
    /// The files of the project that has this service file, for what a command names.
    pub(super) fn new(
        service_file: ServiceFile,
        global: &Global,
        runtime: Option<Runtime>,
        zips: Option<&Path>,
    ) -> Self {
        Self {
            service_file,
            global: global.clone(),
            runtime,
            zips: zips.map(Path::to_owned),
            service: None,
            asked: BTreeSet::new(),
        }
    }

    /// Reads every file. What the service file names is followed as it changes.
    pub(super) fn snapshot(&mut self) -> Snapshot {
        let mut folders = BTreeSet::new();
        let declared = Declared::of(&self.service_file, &self.global, RuntimeChoice::Deployable(self.runtime));
        if declared.service.is_some() {
            self.service = declared.service;
            self.asked.clear();
        }
        self.asked.extend(declared.files);
        let mut files = self.asked.clone();
        files.insert(self.service_file.path.clone());
        for machine in self.service.iter().flat_map(|service| service.state_machines.values()) {
            if let DefinitionSource::File(file) = &machine.definition {
                files.insert(self.service_file.base_dir().join(file));
            }
        }
        for (key, function) in self.service.iter().flat_map(|service| &service.functions) {
            match &self.zips {
                Some(zips) => drop(files.insert(zips.join(format!("{key}.zip")))),
                None => self.add_code(key, &function.code, &mut files, &mut folders),
            }
        }
        Snapshot::of(&files, &folders)
    }

    /// Adds what a function's package is made of.
    fn add_code(&self, key: &Key, code: &CodeSource, files: &mut BTreeSet<PathBuf>, folders: &mut BTreeSet<PathBuf>) {
        let ServiceFile { project_dir, .. } = &self.service_file;
        let path = self.service_file.base_dir().join(&code.path);
        if path.is_file() {
            files.insert(path);
        } else {
            let mut found = BTreeSet::new();
            walk(&path, &mut found, folders);
            // All of a crate's folder may be compiled.
            let is_crate = path.join("Cargo.toml").is_file();
            let patterns: Vec<_> = code.patterns.iter().map(packaged_as).collect();
            let is_packaged = |file: &PathBuf| {
                let name = file.strip_prefix(&path).unwrap_or(file).to_string_lossy();
                is_crate || packager::may_be_packaged(&name, &patterns)
            };
            files.extend(found.into_iter().filter(is_packaged));
        }
        // Crates of the project that it uses, what is bundled into it, and what it includes from elsewhere.
        let inputs = packager::last_inputs(key.as_str(), &packager::functions_dir(project_dir));
        files.extend(inputs.into_iter().filter(|path| path.starts_with(project_dir)));
    }

    /// A file's path from the project's folder.
    pub(super) fn display(&self, file: &Path) -> String {
        file.strip_prefix(&self.service_file.project_dir).unwrap_or(file).display().to_string()
    }
}

/// Collects the files and folders below a folder, without those that are hidden, that editors leave, or that builds write.
fn walk(folder: &Path, files: &mut BTreeSet<PathBuf>, folders: &mut BTreeSet<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    folders.insert(folder.to_owned());
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(kind) = entry.file_type() else { continue };
        if name.starts_with('.') || name.ends_with('~') || name.ends_with(".swp") {
            continue;
        }
        if kind.is_dir() && !NO_SOURCES.contains(&name.as_str()) {
            walk(&entry.path(), files, folders);
        } else if kind.is_file() {
            files.insert(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::session::project::service_file::{SERVICE_FILE, ServiceLanguage};
    use clap::Parser;

    const SERVICE: &str = "service = \"shop\"\n[functions.send]\nsource = \"../lambdas/send\"\n[state_machines.flow]\n\
        definition = \"flow.asl.json\"\n";

    const SERVERLESS: &str = "service: shop\nprovider: {name: aws, runtime: nodejs22.x}\npackage: {patterns: ['!**', 'src/**']}\n\
        functions:\n  send:\n    handler: src/send.handler\n    description: ${file(config/${sls:stage}.yml):name}\n\
        stepFunctions: {stateMachines: {flow: {definition: '${file(flow.json)}'}}}\n";
    const FLOW: &str = "{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Succeed\"}}}";

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn new() -> Self {
            let folder = Self(tempfile::tempdir().unwrap());
            folder.write(SERVICE_FILE, SERVICE);
            folder.write("definitions/flow.asl.json", "{}");
            folder.write("lambdas/send/src/main.rs", "fn main() {}");
            folder
        }

        /// A folder of the Serverless Framework.
        fn serverless() -> Self {
            let folder = Self(tempfile::tempdir().unwrap());
            folder.write("serverless.yml", SERVERLESS);
            folder.write("flow.json", FLOW);
            folder.write("config/dev.yml", "name: a\n");
            folder.write("src/send.js", "exports.handler = async () => {};\n");
            folder
        }

        fn project(&self, zips: Option<&Path>) -> ProjectFiles {
            let project_dir = self.0.path().to_owned();
            let (name, language) = match project_dir.join(SERVICE_FILE).is_file() {
                true => (SERVICE_FILE, ServiceLanguage::Workshop),
                false => ("serverless.yml", ServiceLanguage::Serverless),
            };
            let service_file = ServiceFile { path: project_dir.join(name), project_dir, language };
            let global = crate::cli::args::Cli::parse_from(["workshop", "info"]).global;
            ProjectFiles::new(service_file, &global, None, zips)
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.0.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
    }

    /// What counts as changed after something is done.
    fn changed(folder: &Folder, zips: Option<&Path>, change: impl FnOnce(&Folder)) -> Vec<String> {
        let mut project = folder.project(zips);
        let before = project.snapshot();
        change(folder);
        project.snapshot().changed_since(&before).iter().map(|file| project.display(file)).collect()
    }

    #[test]
    fn what_a_deployment_is_made_of_is_watched() {
        let folder = Folder::new();
        for path in [SERVICE_FILE, "definitions/flow.asl.json", "lambdas/send/src/main.rs", "lambdas/send/src/new.rs"] {
            assert_eq!(changed(&folder, None, |it| it.write(path, "# other")), [path]);
            folder.write(SERVICE_FILE, SERVICE);
        }
    }

    #[test]
    fn what_builds_and_editors_write_is_not() {
        let folder = Folder::new();
        let written = ["target/x", "lambdas/send/target/debug/x", "lambdas/send/.git/x", "lambdas/send/src/main.rs~"];
        for path in written.into_iter().chain(["definitions/notes.txt", "README.md"]) {
            assert_eq!(changed(&folder, None, |it| it.write(path, "x")), [""; 0], "{path}");
        }
        let same = |it: &Folder| it.write("definitions/flow.asl.json", "{}");
        assert_eq!(changed(&folder, None, same), [""; 0], "saved as it was");
    }

    #[test]
    fn zips_are_watched_in_place_of_sources() {
        let folder = Folder::new();
        let zips = folder.0.path().join("zips");
        assert_eq!(changed(&folder, Some(&zips), |it| it.write("lambdas/send/src/main.rs", "x")), [""; 0]);
        assert_eq!(changed(&folder, Some(&zips), |it| it.write("zips/send.zip", "x")), ["zips/send.zip"]);
    }

    #[test]
    fn a_service_file_that_is_broken_for_a_while_does_not_lose_the_rest() {
        let folder = Folder::new();
        let mut project = folder.project(None);
        let whole = project.snapshot();
        folder.write(SERVICE_FILE, "service = ");
        let broken = project.snapshot();
        assert_eq!(broken.count(), whole.count());
        folder.write("definitions/flow.asl.json", "{ }");
        assert_eq!(project.snapshot().changed_since(&broken).len(), 1);
    }

    #[test]
    fn of_a_serverless_folder_what_was_read_and_what_is_packaged_is_watched() {
        let folder = Folder::serverless();
        for path in ["serverless.yml", "flow.json", "config/dev.yml", "src/send.js", "src/deep/new.js"] {
            assert_eq!(changed(&folder, None, |it| it.write(path, "service: other\n")), [path]);
            folder.write("serverless.yml", SERVERLESS);
            folder.write("flow.json", FLOW);
            folder.write("config/dev.yml", "name: a\n");
        }
        for path in ["README.md", "test/send.js", "config/prod.yml", "other.json", "node_modules/x/index.js"] {
            assert_eq!(changed(&folder, None, |it| it.write(path, "x")), [""; 0], "{path}");
        }
    }

    #[test]
    fn a_file_that_a_variable_asks_for_is_awaited() {
        let folder = Folder::serverless();
        std::fs::remove_file(folder.0.path().join("flow.json")).unwrap();
        assert_eq!(changed(&folder, None, |it| it.write("flow.json", FLOW)), ["flow.json", "src/send.js"]);
    }
}
