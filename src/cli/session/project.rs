//! The project that a command is about: the folder it is run in, or the lesson bundled in the binary.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::service_file;
pub(crate) use super::service_file::SERVICE_FILE;
use crate::cli::error::{CliError, ErrorKind};
use model::definition::Definition;
use model::names::Key;
use model::service::{Service, StateMachine, StateMachineKind};
use model::source::Source;

/// The lesson's own files, for use outside any project folder.
const BUNDLED_SERVICE: &str = include_str!("../../../definitions/service.toml");
const BUNDLED_DEFINITIONS: [(&str, &str); 1] =
    [("wait-to-send.asl.json", include_str!("../../../definitions/wait-to-send.asl.json"))];

/// Where the service's files and functions come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A folder with `definitions/service.toml`; functions are built from its sources.
    Folder(PathBuf),
    /// This binary.
    Bundled,
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
}

/// A service with the texts of its definitions, read and not parsed.
#[derive(Debug, Clone)]
pub(crate) struct ProjectText {
    /// Where it comes from.
    pub(crate) origin: Origin,
    /// What it declares.
    pub(crate) service: Service,
    /// The texts, in the order of the state machines' keys.
    pub(crate) definitions: Vec<DefinitionText>,
}

/// The text of a state machine's definition.
#[derive(Debug, Clone)]
pub(crate) struct DefinitionText {
    pub(crate) key: Key,
    pub(crate) kind: StateMachineKind,
    pub(crate) source: Source,
    /// The file, unless it is bundled in this binary.
    pub(crate) path: Option<PathBuf>,
}

impl ProjectText {
    /// The service of the current folder or of the nearest one above it, else the bundled lesson.
    ///
    /// # Errors
    /// A file that can't be read, or a service file that is wrong.
    pub(crate) fn find() -> Result<Self, CliError> {
        let here = std::env::current_dir().map_err(|error| CliError::io("The current folder can't be read", &error))?;
        let Some(folder) = folder_of(&here)? else { return Self::bundled() };
        let path = |file: &str| folder.join(SERVICE_FILE).with_file_name(file);
        let read = |file: &str| read(&path(file), &display_path(&here, &path(file)));
        Self::load(Origin::Folder(folder.to_owned()), read, |file| Some(path(file)))
    }

    /// The lesson that is bundled in this binary.
    ///
    /// # Errors
    /// A binary that was put together wrongly.
    pub(crate) fn bundled() -> Result<Self, CliError> {
        Self::load(Origin::Bundled, bundled, |_| None)
    }

    fn load(
        origin: Origin,
        read: impl Fn(&str) -> Result<Source, CliError>,
        path: impl Fn(&str) -> Option<PathBuf>,
    ) -> Result<Self, CliError> {
        let service = Service::parse(&read("service.toml")?)?;
        let definition = |(key, machine): (&Key, &StateMachine)| {
            let source =
                read(machine.definition.file()).map_err(|failure| without_definition(failure, key, machine))?;
            let path = path(machine.definition.file());
            Ok(DefinitionText { key: key.clone(), kind: machine.kind, source, path })
        };
        let definitions = service.state_machines.iter().map(definition).collect::<Result<_, CliError>>()?;
        Ok(Self { origin, service, definitions })
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

/// The folder that a folder's project is in: itself, or the nearest above it with a service file.
///
/// # Errors
/// What lies under the service file's name is no file that can be read, or a folder above belongs to another user.
pub(crate) fn folder_of(here: &Path) -> Result<Option<&Path>, CliError> {
    for folder in here.ancestors() {
        if service_file::is_in(folder, &display_path(here, &folder.join(SERVICE_FILE)))? {
            service_file::refuse_strangers(here, folder)?;
            return Ok(Some(folder));
        }
    }
    Ok(None)
}

impl Project {
    /// The project of the current folder or of the nearest one above it, else the bundled lesson.
    ///
    /// # Errors
    /// A service file or definition that can't be read or is wrong.
    pub(crate) fn find() -> Result<Self, CliError> {
        Self::of(ProjectText::find()?)
    }

    /// The folder that paths in the service file start from.
    pub(crate) fn definitions_dir(folder: &Path) -> PathBuf {
        folder.join(SERVICE_FILE).parent().map_or_else(|| folder.to_owned(), Path::to_owned)
    }

    fn of(text: ProjectText) -> Result<Self, CliError> {
        let ProjectText { origin, service, definitions } = text;
        let parse = |text: DefinitionText| Ok((text.key, Definition::parse(&text.source)?));
        let definitions = definitions.into_iter().map(parse).collect::<Result<_, CliError>>()?;
        Ok(Self { origin, service, definitions })
    }
}

/// A path as the user would type it from where they are.
fn display_path(here: &Path, path: &Path) -> String {
    path.strip_prefix(here).unwrap_or(path).display().to_string()
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

fn bundled(file: &str) -> Result<Source, CliError> {
    let known = std::iter::once(("service.toml", BUNDLED_SERVICE)).chain(BUNDLED_DEFINITIONS);
    match known.into_iter().find(|(name, _)| *name == file) {
        Some((name, text)) => Ok(Source::new(format!("<carried>/{name}"), text)),
        None => Err(CliError::new(ErrorKind::Failed, format!("This binary does not carry `{file}`."))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_lesson_is_whole() {
        let project = Project::of(ProjectText::bundled().unwrap()).unwrap();
        assert_eq!(project.definitions.len(), project.service.state_machines.len());
    }
}
