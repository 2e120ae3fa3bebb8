//! `cargo xtask install`: the program with the functions inside it, where cargo keeps programs.

use crate::build::shell_files::{self, Folders};
use crate::failure::Failure;
use crate::{build, say};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// Builds and copies the program, and says where it is.
pub(crate) fn run() -> Result<(), Failure> {
    let built = build::run()?;
    let folder = bin_dir()
        .ok_or_else(|| Failure::new("neither CARGO_HOME nor a home folder is known; set CARGO_HOME and try again"))?;
    let installed = copy(&built, &folder)?;
    say::line(&format!("installed {}", installed.display()));
    let on_path = env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|entry| entry == folder));
    let folders = Folders::of_the_user(&folder).ok_or_else(|| {
        Failure::new("no home folder is known for completions and manual pages; set HOME and try again")
    })?;
    let called = if on_path { Path::new("workshop") } else { installed.as_path() };
    shell_files::write(&installed, called, &folders)?;
    say::line(&format!(
        "completions for bash, zsh and fish are in {}, manual pages in {}",
        folders.share.display(),
        folders.man.display()
    ));
    say::line(&format!("zsh looks there after `fpath+=({})` in ~/.zshrc, above compinit", folders.zsh.display()));
    if !on_path {
        say::line(&format!("{} is not on your PATH; add it to run `workshop` from anywhere", folder.display()));
    }
    Ok(())
}

fn bin_dir() -> Option<PathBuf> {
    let cargo_home = env::var_os("CARGO_HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    cargo_home.or_else(|| env::home_dir().map(|home| home.join(".cargo"))).map(|home| home.join("bin"))
}

/// Copies beside and renames: a program that runs at this moment cannot be written to, but it can be replaced.
pub(crate) fn copy(built: &Path, folder: &Path) -> Result<PathBuf, Failure> {
    let installed = folder.join("workshop");
    let beside = folder.join("workshop.part");
    fs::create_dir_all(folder)
        .and_then(|()| fs::copy(built, &beside))
        .and_then(|_| fs::rename(&beside, &installed))
        .map_err(|error| Failure::file(&installed, &error))?;
    Ok(installed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_replaces_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let built = folder.path().join("built");
        let bin = folder.path().join("home/bin");
        fs::write(&built, "one").unwrap();
        copy(&built, &bin).unwrap();
        fs::write(&built, "two").unwrap();
        let installed = copy(&built, &bin).unwrap();
        assert_eq!(fs::read_to_string(installed).unwrap(), "two");
        assert_eq!(fs::read_dir(bin).unwrap().count(), 1);
    }
}
