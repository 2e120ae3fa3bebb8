//! What shells and `man` read: completions and manual pages, as the program itself writes them.

use crate::failure::Failure;
use crate::process;
use std::env;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};

/// Where they go.
pub(crate) struct Folders {
    /// `share` of a prefix, or the user's data folder.
    pub(crate) share: PathBuf,
    /// The folder of zsh's functions.
    pub(crate) zsh: PathBuf,
    /// The folder with the manual's sections.
    pub(crate) man: PathBuf,
}

impl Folders {
    /// Those that the user's shells look into by themselves; `man` finds the pages by the program's folder.
    pub(crate) fn of_the_user(bin: &Path) -> Option<Self> {
        let data = env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
        let share = data.or_else(|| env::home_dir().map(|home| home.join(".local/share")))?;
        Some(Self { zsh: share.join("zsh/site-functions"), share, man: bin.parent()?.join("share/man") })
    }

    fn completions(&self) -> [(&'static str, PathBuf); 3] {
        [
            ("bash", self.share.join("bash-completion/completions/workshop")),
            ("zsh", self.zsh.join("_workshop")),
            ("fish", self.share.join("fish/vendor_completions.d/workshop.fish")),
        ]
    }
}

/// Writes them all. The scripts call the program as `called`.
pub(crate) fn write(program: &Path, called: &Path, folders: &Folders) -> Result<(), Failure> {
    for (shell, file) in folders.completions() {
        let script = process::output(process::command(program).arg0(called).args(["completions", shell]))?;
        let folder = file.parent().unwrap_or(&file);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&file, script))
            .map_err(|error| Failure::file(&file, &error))?;
    }
    process::output(process::command(program).arg("man-pages").arg(folders.man.join("man1"))).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_where_its_reader_looks() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("workshop");
        let script = "#!/bin/sh\ncase $1 in completions) echo \"words for $2\";; man-pages) mkdir -p $2; echo > $2/workshop.1;; esac\n";
        workshop_test_programs::write_script(&program, script).unwrap();
        let share = folder.path().join("share");
        let folders = Folders { zsh: share.join("zsh/site-functions"), share, man: folder.path().join("man") };
        write(&program, Path::new("workshop"), &folders).unwrap();
        let bash = fs::read_to_string(folder.path().join("share/bash-completion/completions/workshop")).unwrap();
        assert_eq!(bash, "words for bash\n");
        assert!(folder.path().join("share/zsh/site-functions/_workshop").exists());
        assert!(folder.path().join("share/fish/vendor_completions.d/workshop.fish").exists());
        assert!(folder.path().join("man/man1/workshop.1").exists());
    }
}
