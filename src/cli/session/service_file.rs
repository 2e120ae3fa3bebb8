//! Whether a folder has a service file: what only looks like one is told, and never passed over for another project.

use std::fs::{FileType, Metadata};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use crate::cli::error::{CliError, ErrorKind};

/// The service file, from the project's folder.
pub(crate) const SERVICE_FILE: &str = "definitions/service.toml";

/// Whether a folder has a service file, which is shown as `shown`.
///
/// # Errors
/// Something of that name is there and is no file: a link that leads nowhere, a folder, a pipe; or nobody can say.
pub(super) fn is_in(folder: &Path, shown: &str) -> Result<bool, CliError> {
    let file = folder.join(SERVICE_FILE);
    let definitions = file.parent().unwrap_or(folder);
    match file.metadata() {
        Ok(found) if found.is_file() => Ok(true),
        Ok(found) => Err(no_service_file(shown, &format!("is {}", kind(found.file_type())))),
        Err(error) if is_absent(&error) => match [&file, definitions].into_iter().find(|path| path.is_symlink()) {
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
        .try_this("Mend or remove it: no other project is taken in its place.")
}

fn kind(found: FileType) -> &'static str {
    match found {
        _ if found.is_dir() => "a folder, not a file",
        _ if found.is_fifo() => "a pipe, not a file",
        _ if found.is_socket() => "a socket, not a file",
        _ => "a device, not a file",
    }
}

/// Refuses a project that was found above the current folder and is another user's: its sources would be built and run with
/// this user's rights. Who stands in the folder itself means it. Root may act for everybody, and made what is root's.
pub(super) fn refuse_strangers(here: &Path, folder: &Path) -> Result<(), CliError> {
    let user = rustix::process::geteuid().as_raw();
    if folder == here || user == 0 {
        return Ok(());
    }
    let file = folder.join(SERVICE_FILE);
    let looked_at = [folder, file.parent().unwrap_or(folder), &file];
    let owners = looked_at.iter().filter_map(|path| path.metadata().ok()).map(|found: Metadata| found.uid());
    let Some(stranger) = owners.into_iter().find(|owner| *owner != user && *owner != 0) else {
        return Ok(());
    };
    let message = format!(
        "The project in {}, above the current folder, belongs to another user (uid {stranger}; you are {user}).",
        folder.display()
    );
    Err(CliError::new(ErrorKind::Project, message)
        .try_this(format!("If you trust it and mean it, run the command in that folder: cd {}", folder.display())))
}
