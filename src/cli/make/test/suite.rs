//! The test files of a project, read and held against the machines that they run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::machines::{Machine, Machines};
use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::session::project::service_file::shown_from;
use crate::cli::session::project::{DefinitionContent, Origin, ProjectText, RuntimeChoice, lesson, read};
use crate::cli::ui::Ui;
use model::nearest;
use model::source::{ModelError, Source};
use simulate::{Case, MachineChoice, TestFile};

/// Where test files lie, from a definition, a service file or a project.
pub(in crate::cli::make) const FOLDER: &str = "tests";

/// How the names of test files end.
pub(in crate::cli::make) const ENDINGS: [&str; 4] = [".test.toml", ".test.yml", ".test.yaml", ".test.json"];

/// Which cases are meant.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::cli::make) struct Wanted<'a> {
    /// Test files, and words that select cases.
    pub(in crate::cli::make) which: &'a [String],
    /// A mock configuration of Step Functions Local, in place of test files.
    pub(in crate::cli::make) mock_config: Option<&'a Path>,
    /// What its executions are started with.
    pub(in crate::cli::make) input: Option<&'a str>,
}

/// Test files with their machines.
pub(in crate::cli::make) struct Suite {
    pub(in crate::cli::make) files: Vec<LoadedFile>,
    pub(in crate::cli::make) machines: Machines,
    /// The folder of the project, where there is one.
    pub(in crate::cli::make) project_dir: Option<PathBuf>,
    /// The folders in which test files are looked for.
    pub(in crate::cli::make) folders: BTreeSet<PathBuf>,
}

/// A test file.
pub(in crate::cli::make) struct LoadedFile {
    pub(in crate::cli::make) file: TestFile,
    /// None for one that the program carries.
    pub(in crate::cli::make) path: Option<PathBuf>,
}

impl Suite {
    /// The test files of the project, those that are named, or a mock configuration; and every machine that they run.
    ///
    /// # Errors
    /// A test file, definition or service file that is wrong; there is no test file.
    pub(in crate::cli::make) fn of(wanted: Wanted<'_>, global: &Global, ui: &Ui) -> Result<Self, CliError> {
        let here = std::env::current_dir().map_err(|error| CliError::io("The current folder can't be read", &error))?;
        let text = ProjectText::find(global, RuntimeChoice::Any, ui)?;
        let project_dir = match &text.origin {
            Origin::File(file) => Some(file.project_dir.clone()),
            Origin::Bundled => None,
        };
        let folders = folders(&text);
        let files = match wanted.mock_config {
            Some(file) => vec![mock_config(file, wanted.input, &here)?],
            None => test_files(wanted.which, &text, &folders, &here)?,
        };
        let mut machines = Machines::of(&text, global)?;
        for loaded in &files {
            loaded.load_definitions(&mut machines, &here)?;
        }
        let suite = Self { files, machines, project_dir, folders };
        suite.check()?;
        Ok(suite)
    }

    /// The machines of the project with the cases there are; there may be none.
    ///
    /// # Errors
    /// A test file, definition or service file that is wrong.
    pub(in crate::cli::make) fn of_project(wanted: Wanted<'_>, global: &Global, ui: &Ui) -> Result<Self, CliError> {
        match Self::of(wanted, global, ui) {
            Err(error) if error.kind == ErrorKind::NotFound => {
                let text = ProjectText::find(global, RuntimeChoice::Any, ui)?;
                let machines = Machines::of(&text, global)?;
                Ok(Self { files: Vec::new(), machines, project_dir: None, folders: BTreeSet::new() })
            }
            found => found,
        }
    }

    /// The machine that a case runs, which was found before.
    pub(in crate::cli::make) fn machine(&self, file: &LoadedFile, case: &Case) -> Option<&Machine> {
        let name = self.machine_name(file, case)?;
        let by_key = self.machines.known.get(&name);
        by_key.or_else(|| self.machines.known.values().find(|machine| machine.subject.name == name))
    }

    fn machine_name(&self, file: &LoadedFile, case: &Case) -> Option<String> {
        match &case.machine {
            MachineChoice::Only if self.machines.known.len() == 1 => self.machines.known.keys().next().cloned(),
            MachineChoice::Only => None,
            MachineChoice::Named(name) => Some(name.value.clone()),
            MachineChoice::Definition { file: path, .. } => Some(file.shown(&path.value)),
        }
    }

    /// Holds every case against its machine.
    fn check(&self) -> Result<(), CliError> {
        let mut errors = Vec::new();
        for loaded in &self.files {
            let file = &loaded.file;
            let mut found: Vec<ModelError> =
                file.cases.iter().filter_map(|case| self.without_machine(loaded, case)).collect();
            found.dedup();
            found.extend(file.check(|case| self.machine(loaded, case).map(|machine| &machine.subject.machine)));
            errors.extend(found);
        }
        refuse(errors)
    }

    fn without_machine(&self, loaded: &LoadedFile, case: &Case) -> Option<ModelError> {
        if self.machine(loaded, case).is_some() {
            return None;
        }
        let known: Vec<&str> = self.machines.known.keys().map(String::as_str).collect();
        let source = &loaded.file.source;
        let listed = format!("The service has {}.", known.join(", "));
        Some(match &case.machine {
            MachineChoice::Named(name) => {
                let hint = match nearest(&name.value, &known) {
                    Some(near) => format!("Did you mean `{near}`? {listed}"),
                    None => listed,
                };
                source
                    .error_at(name.offset, format!("The service has no state machine `{}`.", name.value))
                    .with_hint(hint)
            }
            _ => {
                let message = "The service has several state machines, and the file names none.";
                source.error_at(0, message).with_hint(format!("Begin it with machine = \"NAME\". {listed}"))
            }
        })
    }
}

impl LoadedFile {
    /// A path from the file's folder, as the user would type it.
    fn shown(&self, path: &str) -> String {
        let folder = Path::new(&self.file.source.file).parent().unwrap_or(Path::new(""));
        let mut parts: Vec<String> = Vec::new();
        for part in folder.join(path).components() {
            match part {
                std::path::Component::CurDir => {}
                std::path::Component::ParentDir if parts.last().is_some_and(|last| last != "..") => drop(parts.pop()),
                part => parts.push(part.as_os_str().to_string_lossy().into_owned()),
            }
        }
        parts.join("/").replacen("//", "/", 1)
    }

    fn load_definitions(&self, machines: &mut Machines, here: &Path) -> Result<(), CliError> {
        for case in &self.file.cases {
            if let MachineChoice::Definition { file, is_express } = &case.machine {
                let shown = self.shown(&file.value);
                machines.add_file(&here.join(&shown), &shown, *is_express)?;
            }
        }
        Ok(())
    }
}

/// Reads a test file, and the files that it names from its own folder.
fn parsed(source: Source, folder: Option<&Path>, here: &Path) -> Result<TestFile, Vec<ModelError>> {
    TestFile::parse(source, &|path| {
        let path = folder.unwrap_or(here).join(path);
        let text = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
        Ok(Source::new(shown_from(here, &path), text))
    })
}

/// The tests of the lesson, which the program carries.
fn carried() -> Result<TestFile, CliError> {
    let source = lesson::tests()?;
    Ok(TestFile::parse(source, &|_| Err("the program does not carry it".to_owned()))?)
}

/// The folders that test files are looked for in: beside each definition, the service file, and in the project's folder.
fn folders(text: &ProjectText) -> BTreeSet<PathBuf> {
    let Origin::File(file) = &text.origin else { return BTreeSet::new() };
    let definitions = text.definitions.iter().filter_map(|definition| match &definition.content {
        DefinitionContent::File { path, .. } => path.as_ref().and_then(|path| path.parent()),
        DefinitionContent::Inline { .. } => None,
    });
    let all = definitions.chain([file.project_dir.as_path(), file.base_dir()]);
    all.map(|folder| folder.join(FOLDER)).collect()
}

/// The test files that are named, else all of the project; the lesson has its own.
fn test_files(
    which: &[String],
    text: &ProjectText,
    folders: &BTreeSet<PathBuf>,
    here: &Path,
) -> Result<Vec<LoadedFile>, CliError> {
    let named: Vec<PathBuf> = which.iter().map(|word| here.join(word)).filter(|path| path.is_file()).collect();
    if named.is_empty() && text.origin == Origin::Bundled {
        return Ok(vec![LoadedFile { file: carried()?, path: None }]);
    }
    let mut errors = Vec::new();
    let mut files = Vec::new();
    for path in if named.is_empty() { found_in(folders)? } else { named } {
        let source = read(&path, &shown_from(here, &path))?;
        match parsed(source, path.parent(), here) {
            Ok(file) => files.push(LoadedFile { file, path: Some(path) }),
            Err(found) => errors.extend(found),
        }
    }
    refuse(errors)?;
    if files.is_empty() { Err(none_found(folders, here)) } else { Ok(files) }
}

/// A mock configuration of Step Functions Local.
fn mock_config(file: &Path, input: Option<&str>, here: &Path) -> Result<LoadedFile, CliError> {
    let source = read(&here.join(file), &file.display().to_string())?;
    let input = match input {
        Some(text) => {
            let text = match text.strip_prefix('@') {
                Some(file) => read(&here.join(file), file)?.text,
                None => text.to_owned(),
            };
            serde_json::from_str(&text)
                .map_err(|error| CliError::new(ErrorKind::Usage, "The input is not JSON.").because(error))?
        }
        None => serde_json::json!({}),
    };
    let file = TestFile::of_mock_config(source, &input)?;
    Ok(LoadedFile { file, path: None })
}

/// The test files in folders, in the order of their names.
fn found_in(folders: &BTreeSet<PathBuf>) -> Result<Vec<PathBuf>, CliError> {
    let mut found = BTreeSet::new();
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        let failed = |error: std::io::Error| CliError::io(&format!("{} can't be read", folder.display()), &error);
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
            if ENDINGS.iter().any(|ending| name.ends_with(ending)) {
                found.insert(path);
            }
        }
    }
    Ok(found.into_iter().collect())
}

fn none_found(folders: &BTreeSet<PathBuf>, here: &Path) -> CliError {
    let places: Vec<String> = folders.iter().map(|folder| shown_from(here, folder)).collect();
    let message = format!("There is no test file in {}.", places.join(" or "));
    CliError::new(ErrorKind::NotFound, message).try_this(
        "Write tests/NAME.test.toml: docs/testing.md explains it, and `workshop init` makes projects that have one.",
    )
}

/// Everything that is wrong, of all files.
fn refuse(errors: Vec<ModelError>) -> Result<(), CliError> {
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}
