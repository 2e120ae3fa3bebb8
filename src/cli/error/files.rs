//! Files and folders that can't be used.

use std::path::Path;

use super::{CliError, ErrorKind};

impl CliError {
    /// Changes of files can't be noticed; `folder` is the one that can't be watched, if it is about one.
    pub(crate) fn unwatched(folder: Option<&Path>, error: &notify::Error) -> Self {
        let message = match folder {
            Some(folder) => format!("The folder {} can't be watched.", folder.display()),
            None => "Files can't be watched on this machine.".to_owned(),
        };
        let failure = Self::new(ErrorKind::Failed, message).because(error);
        match error.kind {
            notify::ErrorKind::MaxFilesWatch => {
                failure.try_this("Too many files are watched on this machine; raise fs.inotify.max_user_watches.")
            }
            _ => failure,
        }
    }
}
