//! Which service file a folder has. What only looks like one is an error, and never passed over for another project.

use std::fs::{FileType, Metadata};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use crate::cli::error::{CliError, ErrorKind};

/// The service file of a project that keeps it beside its definitions, from the project's folder.
pub(crate) const SERVICE_FILE: &str = "definitions/service.toml";

/// The names that a service file can have, from the project's folder.
pub(crate) const NAMES: [&str; 8] = [
    SERVICE_FILE,
    "service.toml",
    "serverless.yml",
    "serverless.yaml",
    "serverless.json",
    "serverless.js",
    "serverless.ts",
    "serverless.mjs",
];

/// Where a project's service file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServiceFile {
    /// The project's folder.
    pub(crate) project_dir: PathBuf,
    /// The file.
    pub(crate) path: PathBuf,
    /// What it is written in.
    pub(crate) language: ServiceLanguage,
}

/// What a service file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServiceLanguage {
    /// `service.toml`, of this program.
    Workshop,
    /// `serverless.yml`, of the Serverless Framework.
    Serverless,
}

impl ServiceFile {
    /// The folder that paths in the service file start from.
    pub(crate) fn base_dir(&self) -> &Path {
        self.path.parent().unwrap_or(&self.project_dir)
    }

    /// The service file that a command names.
    ///
    /// # Errors
    /// It is not there, is no file, or has a name that says that nobody here can read it.
    pub(super) fn named(here: &Path, file: &Path) -> Result<Self, CliError> {
        let shown = file.display().to_string();
        let path = here.join(file);
        if !is_file(&path, &shown)? {
            let message = format!("There is no service file {shown}, which `--config` names.");
            return Err(CliError::new(ErrorKind::Project, message).try_this("Name a service.toml or a serverless.yml."));
        }
        let folder = path.parent().unwrap_or(here);
        let project_dir = if path.ends_with(SERVICE_FILE) { folder.parent().unwrap_or(folder) } else { folder };
        Self::of(project_dir, path.clone(), &shown)
    }

    /// The service file of the nearest folder, from `here` upwards, that has one.
    ///
    /// # Errors
    /// A folder has two, what lies under such a name can't be read as one, or a folder above belongs to another user.
    pub(super) fn nearest(here: &Path) -> Result<Option<Self>, CliError> {
        for folder in here.ancestors() {
            if let Some(found) = Self::in_folder(here, folder)? {
                refuse_strangers(here, &found)?;
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn in_folder(here: &Path, folder: &Path) -> Result<Option<Self>, CliError> {
        let mut found = Vec::new();
        for name in NAMES {
            if is_file(&folder.join(name), &shown_from(here, &folder.join(name)))? {
                found.push(name);
            }
        }
        match found[..] {
            [] => Ok(None),
            [only] => {
                let path = folder.join(only);
                let shown = shown_from(here, &path);
                Self::of(folder, path, &shown).map(Some)
            }
            [first, second, ..] => {
                let shown = |name| shown_from(here, &folder.join(name));
                let message =
                    format!("There are two service files in one folder: {} and {}.", shown(first), shown(second));
                Err(CliError::new(ErrorKind::Project, message).try_this(format!(
                    "Name the one you mean with `--config {}`, or move the other one away.",
                    shown(first)
                )))
            }
        }
    }

    fn of(project_dir: &Path, path: PathBuf, shown: &str) -> Result<Self, CliError> {
        let extension = path.extension().map(|it| it.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        let language = match extension.as_str() {
            "toml" => ServiceLanguage::Workshop,
            "yml" | "yaml" => ServiceLanguage::Serverless,
            _ => return Err(unreadable(shown, &extension)),
        };
        Ok(Self { project_dir: project_dir.to_owned(), path, language })
    }
}

/// The refusal of a service file in a language that is not read.
fn unreadable(shown: &str, extension: &str) -> CliError {
    let (why, hint) = match extension {
        "json" => ("is JSON", "Rename it to serverless.yml: JSON is YAML too.".to_owned()),
        "js" | "cjs" | "mjs" | "ts" => (
            "is a program, and reading a service file runs none",
            "Write what it exports as serverless.yml; `npx serverless print > serverless.yml` does so with the Serverless \
             Framework."
                .to_owned(),
        ),
        _ => ("is neither a service.toml nor a serverless.yml", "Name a file that ends in .toml, .yml or .yaml.".to_owned()),
    };
    CliError::new(ErrorKind::Project, format!("{shown} {why}.")).try_this(hint)
}

/// A path as the user would type it from where they are.
pub(crate) fn shown_from(here: &Path, path: &Path) -> String {
    path.strip_prefix(here).unwrap_or(path).display().to_string()
}

/// Whether a file is there, which is shown as `shown`.
///
/// # Errors
/// Something of that name is there and is no file: a link that leads nowhere, a folder, a pipe; or nobody can say.
fn is_file(file: &Path, shown: &str) -> Result<bool, CliError> {
    let folder = file.parent().unwrap_or(file);
    match file.metadata() {
        Ok(found) if found.is_file() => Ok(true),
        Ok(found) => Err(no_service_file(shown, &format!("is {}", kind(found.file_type())))),
        Err(error) if is_absent(&error) => match [file, folder].into_iter().find(|path| path.is_symlink()) {
            // A link to something that is no folder is none to a project.
            Some(link) if link.metadata().is_err_and(|error| is_absent(&error)) => {
                let target = std::fs::read_link(link).unwrap_or_default();
                let link = if link == file { shown.to_owned() } else { parent(shown) };
                Err(no_service_file(&link, &format!("is a link to {}, which is not there", target.display())))
            }
            _ => Ok(false),
        },
        Err(error) => Err(no_service_file(shown, &format!("can't be looked at: {error}"))),
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// The folder of a path as it is shown.
fn parent(shown: &str) -> String {
    Path::new(shown).parent().map(|folder| folder.display().to_string()).unwrap_or_default()
}

fn no_service_file(shown: &str, why: &str) -> CliError {
    CliError::new(ErrorKind::Project, format!("{shown} {why}."))
        .try_this("Correct or remove it: no other project is taken in its place.")
}

fn kind(found: FileType) -> &'static str {
    match found {
        _ if found.is_dir() => "a folder, not a file",
        _ if found.is_fifo() => "a pipe, not a file",
        _ if found.is_socket() => "a socket, not a file",
        _ => "a device, not a file",
    }
}

/// Another user's id, if that is whose one of these is. Root may act for everybody, and made what is root's.
pub(super) fn stranger<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Option<u32> {
    let user = rustix::process::geteuid().as_raw();
    if user == 0 {
        return None;
    }
    let owners = paths.into_iter().filter_map(|path| path.metadata().ok()).map(|found: Metadata| found.uid());
    owners.into_iter().find(|owner| *owner != user && *owner != 0)
}

/// Refuses a project that was found above the current folder and is another user's: its sources would be built and run with
/// this user's rights. Who stands in the folder itself means it.
fn refuse_strangers(here: &Path, found: &ServiceFile) -> Result<(), CliError> {
    let folder = &found.project_dir;
    if folder == here {
        return Ok(());
    }
    let Some(stranger) = stranger([folder, found.base_dir(), &found.path]) else { return Ok(()) };
    let user = rustix::process::geteuid().as_raw();
    let message = format!(
        "The project in {}, above the current folder, belongs to another user (uid {stranger}; you are {user}).",
        folder.display()
    );
    Err(CliError::new(ErrorKind::Project, message)
        .try_this(format!("If you trust it and mean it, run the command in that folder: cd {}", folder.display())))
}
