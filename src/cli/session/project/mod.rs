//! The project that a command is about: the folder it is run in, the service file that it names, or the lesson in the binary.

pub(crate) mod lesson;
mod other_tools;
pub(crate) mod service_file;
mod surroundings;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use runtimes::Runtime;

use self::service_file::{ServiceFile, ServiceLanguage, shown_from};
use self::surroundings::Reading;
use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::ui::{Tone, Ui, toned, visible};
use model::definition::Definition;
use model::document::Document;
use model::names::{Key, Region};
use model::serverless::{Note, Parsed};
use model::service::{DefinitionSource, Service, StateMachine, StateMachineKind};
use model::source::{ModelError, Source};

/// Where the service's files and functions come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A service file; functions are packaged from the sources that it names.
    File(ServiceFile),
    /// This binary.
    Bundled,
}

/// Which runtimes a command takes functions to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RuntimeChoice {
    /// Those that the service file names; this one, if there is one, instead of others of its language.
    Deployable(Option<Runtime>),
    /// Any: the command packages no function, and one that Lambda has retired is no reason to refuse it.
    Any,
}

/// A service with its definitions.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    /// Where it comes from.
    pub(crate) origin: Origin,
    /// What it declares.
    pub(crate) service: Service,
    /// The definitions of its state machines.
    pub(crate) definitions: BTreeMap<Key, Definition>,
    /// What its service file says without effect.
    pub(crate) notes: Vec<Note>,
}

/// A service with the texts of its definitions, read and not parsed.
#[derive(Debug, Clone)]
pub(crate) struct ProjectText {
    /// Where it comes from.
    pub(crate) origin: Origin,
    /// What it declares.
    pub(crate) service: Service,
    /// The definitions, in the order of the state machines' keys.
    pub(crate) definitions: Vec<DefinitionText>,
    /// What its service file says without effect.
    pub(crate) notes: Vec<Note>,
}

/// A state machine's definition, not parsed.
#[derive(Debug, Clone)]
pub(crate) struct DefinitionText {
    pub(crate) key: Key,
    pub(crate) kind: StateMachineKind,
    pub(crate) content: DefinitionContent,
}

/// Where a definition's text is.
#[derive(Debug, Clone)]
pub(crate) enum DefinitionContent {
    /// In a file of its own, or in this binary, where it has no path.
    File {
        /// The file's text.
        source: Source,
        /// The file.
        path: Option<PathBuf>,
    },
    /// In the service file, with its places there.
    Inline {
        /// The service file.
        source: Source,
        /// The definition.
        document: Document,
    },
}

impl ProjectText {
    /// The service that the options name, of the current folder or of the nearest one above it, else the lesson, which is then
    /// said.
    ///
    /// # Errors
    /// A file that can't be read, a service file that is wrong, a folder that is a project of another tool.
    pub(crate) fn find(global: &Global, runtime: RuntimeChoice, ui: &Ui) -> Result<Self, CliError> {
        let here = current_dir()?;
        match service_file(&here, global)? {
            Some(found) => Self::of(&here, found, global, runtime),
            None => {
                let lesson = Self::lesson()?;
                if !ui.is_json() {
                    let name = &lesson.service.name;
                    ui.note(format!("No project here: using the lesson that workshop brings ({name})."));
                }
                Ok(lesson)
            }
        }
    }

    /// The service as [`ProjectText::find`] finds it, if there is one; what is wrong with it does not matter.
    pub(crate) fn if_any(global: &Global) -> Option<Self> {
        let here = current_dir().ok()?;
        let found = service_file(&here, global).ok()??;
        Self::of(&here, found, global, RuntimeChoice::Any).ok()
    }

    /// The lesson that is bundled in this binary.
    ///
    /// # Errors
    /// A binary that was put together wrongly.
    pub(crate) fn lesson() -> Result<Self, CliError> {
        let service = Service::parse(&lesson::file("service.toml")?)?;
        let parsed = Parsed { service, notes: Vec::new(), files: Vec::new() };
        Self::load(Origin::Bundled, parsed, lesson::file, |_| None)
    }

    fn of(here: &Path, found: ServiceFile, global: &Global, runtime: RuntimeChoice) -> Result<Self, CliError> {
        let shown = match &global.config {
            Some(named) => named.display().to_string(),
            None => shown_from(here, &found.path),
        };
        let source = read(&found.path, &shown)?;
        let parsed = parsed(&source, &found, global, runtime).parsed?;
        let base_dir = found.base_dir().to_owned();
        let read = |file: &str| read(&base_dir.join(file), &shown_from(here, &base_dir.join(file)));
        Self::load(Origin::File(found), parsed, read, |file| Some(base_dir.join(file)))
    }

    fn load(
        origin: Origin,
        parsed: Parsed,
        read: impl Fn(&str) -> Result<Source, CliError>,
        path: impl Fn(&str) -> Option<PathBuf>,
    ) -> Result<Self, CliError> {
        let Parsed { service, notes, .. } = parsed;
        let definition = |(key, machine): (&Key, &StateMachine)| {
            let content = match &machine.definition {
                DefinitionSource::File(file) => DefinitionContent::File {
                    source: read(file).map_err(|failure| without_definition(failure, key, machine))?,
                    path: path(file),
                },
                DefinitionSource::Inline { source, document } => {
                    DefinitionContent::Inline { source: source.clone(), document: document.clone() }
                }
            };
            Ok(DefinitionText { key: key.clone(), kind: machine.kind, content })
        };
        let definitions = service.state_machines.iter().map(definition).collect::<Result<_, CliError>>()?;
        Ok(Self { origin, service, definitions, notes })
    }
}

impl RuntimeChoice {
    /// What reads with these runtimes; the first failure when nothing does.
    fn first_that_reads<T>(self, mut read: impl FnMut(Option<Runtime>) -> Result<T, CliError>) -> Result<T, CliError> {
        let others: &[Runtime] = match self {
            Self::Deployable(named) => return read(named),
            Self::Any => &[Runtime::Nodejs24, Runtime::Python314, Runtime::ProvidedAl2023],
        };
        read(None).or_else(|failure| others.iter().find_map(|runtime| read(Some(*runtime)).ok()).ok_or(failure))
    }
}

fn current_dir() -> Result<PathBuf, CliError> {
    std::env::current_dir().map_err(|error| CliError::io("The current folder can't be read", &error))
}

/// The service file that the options name, or that of the current folder or of the nearest one above it.
///
/// # Errors
/// What looks like a service file can't be read as one, or the folder is a project of another tool.
fn service_file(here: &Path, global: &Global) -> Result<Option<ServiceFile>, CliError> {
    if let Some(named) = &global.config {
        return ServiceFile::named(here, named).map(Some);
    }
    let found = ServiceFile::nearest(here)?;
    if found.is_none() {
        other_tools::refuse(here)?;
    }
    Ok(found)
}

/// What a service file says, and the files beside it that it is read from.
fn parsed(source: &Source, file: &ServiceFile, global: &Global, runtime: RuntimeChoice) -> Reading {
    let mut files = BTreeSet::new();
    let parsed = runtime.first_that_reads(|runtime| match file.language {
        ServiceLanguage::Workshop => {
            let service = Service::parse_with_runtime(source, runtime);
            Ok(Parsed { service: service?, notes: Vec::new(), files: Vec::new() })
        }
        ServiceLanguage::Serverless => {
            let reading = surroundings::read(source, file.base_dir(), global, runtime);
            files.extend(reading.files);
            reading.parsed
        }
    });
    Reading { parsed, files }
}

/// What a service file declares, as far as it can be read now, for whoever watches its files.
pub(crate) struct Declared {
    /// The service; none while something is wrong with it.
    pub(crate) service: Option<Service>,
    /// The files that its variables ask for, also those that are not there.
    pub(crate) files: BTreeSet<PathBuf>,
}

impl Declared {
    /// Reads a service file.
    pub(crate) fn of(file: &ServiceFile, global: &Global, runtime: RuntimeChoice) -> Self {
        let Ok(source) = read(&file.path, &file.path.display().to_string()) else {
            return Self { service: None, files: BTreeSet::new() };
        };
        let Reading { parsed, files } = parsed(&source, file, global, runtime);
        Self { service: parsed.ok().map(|parsed| parsed.service), files }
    }
}

/// A definition that can't be read, with the state machine that is without it and the place that names the file.
fn without_definition(failure: CliError, key: &Key, machine: &StateMachine) -> CliError {
    let hint = format!(
        "It is the definition of the state machine `{key}`: put the file there, or correct `definition` at {}.",
        machine.at
    );
    if failure.hint.is_some() { failure } else { failure.try_this(hint) }
}

impl Project {
    /// The project that the options name, of the current folder or of the nearest one above it, else the lesson, which is then
    /// said.
    ///
    /// # Errors
    /// A service file or definition that can't be read or is wrong.
    pub(crate) fn find(global: &Global, runtime: RuntimeChoice, ui: &Ui) -> Result<Self, CliError> {
        Self::of(ProjectText::find(global, runtime, ui)?)
    }

    /// The service file that a command is about; none outside any project.
    ///
    /// # Errors
    /// As [`Project::find`], as far as files are looked for.
    pub(crate) fn service_file(global: &Global) -> Result<Option<ServiceFile>, CliError> {
        service_file(&current_dir()?, global)
    }

    /// The region that is meant: the one that the command names, else the service file's; none when neither names one.
    pub(crate) fn region(&self, global: &Global) -> Option<Region> {
        region(&self.service, global)
    }

    /// Says what the service file says without effect.
    pub(crate) fn print_notes(&self, ui: &Ui) {
        print_notes(&self.notes, ui);
    }

    fn of(text: ProjectText) -> Result<Self, CliError> {
        let ProjectText { origin, service, definitions, notes } = text;
        let mut parsed = BTreeMap::new();
        let mut errors = Vec::new();
        for text in definitions {
            match text.content.definition() {
                Ok(definition) => drop(parsed.insert(text.key, definition)),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(Self { origin, service, definitions: parsed, notes }) } else { Err(errors.into()) }
    }
}

/// The region that is meant: the one that the command names, else the service file's.
pub(crate) fn region(service: &Service, global: &Global) -> Option<Region> {
    global.region.clone().or_else(|| service.default_region.clone())
}

/// Says what a service file says without effect.
pub(crate) fn print_notes(notes: &[Note], ui: &Ui) {
    if ui.is_json() {
        return;
    }
    for Note { at, message } in notes {
        ui.note(format!("{} {}", toned(Tone::Faint, format!("note: {at}:")), visible(message)));
    }
}

impl DefinitionContent {
    /// The definition, parsed.
    ///
    /// # Errors
    /// Text that is no JSON or YAML, or an unknown pseudo-parameter.
    pub(crate) fn definition(&self) -> Result<Definition, ModelError> {
        match self {
            Self::File { source, .. } => Definition::parse(source),
            Self::Inline { source, document } => Definition::of_document(source, document),
        }
    }
}

/// A file's text under the name that is shown for it.
///
/// # Errors
/// A file that can't be read.
pub(crate) fn read(path: &Path, shown: &str) -> Result<Source, CliError> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let mut failure = CliError::io(&format!("{shown} can't be read"), &error);
        failure.kind = ErrorKind::Project;
        failure
    })?;
    Ok(Source::new(shown, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_lesson_is_whole() {
        let project = Project::of(ProjectText::lesson().unwrap()).unwrap();
        assert_eq!(project.definitions.len(), project.service.state_machines.len());
    }
}
