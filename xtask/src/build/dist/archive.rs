//! The tar.gz: one folder with the program, its completions and manual pages, the licences and the README.

use super::release::{Release, VERSION, placed, placed_folder};
use crate::failure::Failure;
use crate::{process, project};
use std::fs;
use std::path::{Path, PathBuf};

/// Files of the repository that go with the program.
const TEXTS: [&str; 4] = ["README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"];

/// Makes it in a folder.
pub(super) fn make(release: &Release, folder: &Path) -> Result<PathBuf, Failure> {
    let name = format!("workshop-{VERSION}-{}", release.target.short());
    let tree = folder.join(&name);
    placed(&release.program, &tree.join("bin/workshop"), 0o755)?;
    placed_folder(&release.share, &tree.join("share"))?;
    for text in TEXTS {
        placed(&project::root().join(text), &tree.join(text), 0o644)?;
    }
    let file = folder.join(format!("{name}.tar.gz"));
    let mut tar = process::command("tar");
    tar.current_dir(folder).env("GZIP", "").args(["--create", "--format", "ustar", "--sort", "name"]);
    tar.args(["--owner", "0", "--group", "0", "--numeric-owner", "--mode", "u+rw,go+r,go-w"]);
    tar.arg("--mtime").arg(format!("@{}", release.epoch_s)).args(["--use-compress-program", "gzip -9n"]);
    process::run(tar.arg("--file").arg(&file).arg(&name))?;
    fs::remove_dir_all(&tree).map_err(|error| Failure::file(&tree, &error))?;
    Ok(file)
}
