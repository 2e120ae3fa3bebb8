//! The Python programs that the tests use, in an environment of their own under the target folder.

use crate::failure::Failure;
use crate::{process, project, say};
use std::fs;
use std::path::{Path, PathBuf};
use workshop_package::Digest;

/// Makes the environment that `tests/requirements.txt` asks for, unless it is there, and gives its folder.
pub(crate) fn environment() -> Result<PathBuf, Failure> {
    let requirements = project::root().join("tests/requirements.txt");
    let text = fs::read(&requirements).map_err(|error| Failure::file(&requirements, &error))?;
    let venv = project::target_dir().join("python");
    let wanted = Digest::of(&text).to_string();
    if is_made(&venv, &wanted) {
        say::progress("the Python environment is unchanged");
        return Ok(venv);
    }
    make(&venv, &requirements)?;
    let note = note(&venv);
    fs::write(&note, wanted).map_err(|error| Failure::file(&note, &error))?;
    Ok(venv)
}

fn make(venv: &Path, requirements: &Path) -> Result<(), Failure> {
    if venv.exists() {
        fs::remove_dir_all(venv).map_err(|error| Failure::file(venv, &error))?;
    }
    let mut create = process::command("python3");
    create.args(["-m", "venv"]).arg(venv);
    process::run(&mut create).map_err(|failure| {
        Failure::new(format!(
            "{failure}\nThe tests need Python 3.10 or newer with venv; on Debian: apt-get install python3-venv"
        ))
    })?;
    let mut install = process::command(venv.join("bin/pip"));
    install.args(["install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(requirements);
    process::run(&mut install)
}

/// Written last, so that an environment which was interrupted half-way is made again.
fn note(venv: &Path) -> PathBuf {
    venv.join("requirements.sha256")
}

fn is_made(venv: &Path, wanted: &str) -> bool {
    fs::read_to_string(note(venv)).is_ok_and(|made_for| made_for == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_counts_only_with_its_note() {
        let venv = tempfile::tempdir().unwrap();
        assert!(!is_made(venv.path(), "abc"));
        fs::write(note(venv.path()), "abc").unwrap();
        assert!(is_made(venv.path(), "abc"));
        assert!(!is_made(venv.path(), "def"));
    }

    #[test]
    fn every_requirement_is_pinned() {
        let text = fs::read_to_string(project::root().join("tests/requirements.txt")).unwrap();
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let loose: Vec<_> = lines.filter(|line| !line.contains("==")).collect();
        assert_eq!(loose, Vec::<&str>::new());
    }
}
