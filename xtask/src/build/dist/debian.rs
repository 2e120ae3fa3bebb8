//! The Debian package: the program in `/usr/bin`, completions and manual pages where Debian's shells and `man` look.

use super::release::{Release, VERSION, placed, placed_folder};
use crate::failure::Failure;
use crate::{process, project};
use std::fs;
use std::path::{Path, PathBuf};

/// Makes it in a folder; nothing where this machine has no dpkg-deb.
pub(super) fn make(release: &Release, folder: &Path) -> Result<Option<PathBuf>, Failure> {
    let is_there = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join("dpkg-deb").is_file()));
    if !is_there {
        return Ok(None);
    }
    let architecture = release.target.debian_architecture()?;
    let tree = folder.join("debian");
    fill(release, &tree)?;
    let control = control(architecture, release.target.glibc(&release.program)?.as_deref(), size_kib(&tree)?);
    let written = tree.join("DEBIAN/control");
    fs::create_dir_all(tree.join("DEBIAN"))
        .and_then(|()| fs::write(&written, control))
        .map_err(|error| Failure::file(&written, &error))?;
    let file = folder.join(format!("workshop_{VERSION}-1_{architecture}.deb"));
    let mut dpkg = process::command("dpkg-deb");
    dpkg.env("SOURCE_DATE_EPOCH", release.epoch_s.to_string());
    process::output(dpkg.args(["--root-owner-group", "-Zxz", "--build"]).arg(&tree).arg(&file))?;
    fs::remove_dir_all(&tree).map_err(|error| Failure::file(&tree, &error))?;
    Ok(Some(file))
}

/// Puts the files where they are installed.
fn fill(release: &Release, tree: &Path) -> Result<(), Failure> {
    placed(&release.program, &tree.join("usr/bin/workshop"), 0o755)?;
    placed_folder(&release.share, &tree.join("usr/share"))?;
    let pages = tree.join("usr/share/man/man1");
    for page in fs::read_dir(&pages).map_err(|error| Failure::file(&pages, &error))?.flatten() {
        process::run(process::command("gzip").arg("-9n").arg(page.path()))?;
    }
    let documents = tree.join("usr/share/doc/workshop");
    placed(&project::root().join("CHANGELOG.md"), &documents.join("changelog"), 0o644)?;
    process::run(process::command("gzip").arg("-9n").arg(documents.join("changelog")))?;
    let file = documents.join("copyright");
    let licence = project::root().join("LICENSE-MIT");
    let licence = fs::read_to_string(&licence).map_err(|error| Failure::file(&licence, &error))?;
    fs::write(&file, copyright(&licence)).map_err(|error| Failure::file(&file, &error))
}

/// Debian's form of the licences; Apache's text is in every Debian.
fn copyright(mit: &str) -> String {
    let owner = mit.lines().find_map(|line| line.strip_prefix("Copyright (c) ")).unwrap_or("the authors");
    let paragraphs = mit.lines().skip_while(|line| !line.starts_with("Permission"));
    let text: Vec<String> =
        paragraphs.map(|line| if line.is_empty() { String::from(" .") } else { format!(" {line}") }).collect();
    format!(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: workshop\n\n\
         Files: *\nCopyright: {owner}\nLicense: Expat or Apache-2.0\n\nLicense: Expat\n{}\n\n\
         License: Apache-2.0\n The text is in /usr/share/common-licenses/Apache-2.0.\n",
        text.join("\n")
    )
}

/// What dpkg knows of the package.
fn control(architecture: &str, glibc: Option<&str>, size_kib: u64) -> String {
    let depends = glibc.map(|glibc| format!("Depends: libc6 (>= {glibc}), libgcc-s1\n")).unwrap_or_default();
    format!(
        "Package: workshop\nVersion: {VERSION}-1\nArchitecture: {architecture}\nSection: devel\nPriority: optional\n\
         Maintainer: The workshop founders <workshop@localhost>\nInstalled-Size: {size_kib}\n{depends}\
         Recommends: ca-certificates\nSuggests: nodejs, python3\n\
         Description: Step Functions workflows on this machine and on AWS\n \
         Takes an Amazon States Language file and a few Lambda functions to a running\n \
         workflow that can be watched: on this machine with no account, or on AWS,\n \
         with the same commands.\n"
    )
}

/// What the files take, in KiB, each rounded up as on a disk.
fn size_kib(folder: &Path) -> Result<u64, Failure> {
    let mut size = 0;
    for entry in fs::read_dir(folder).map_err(|error| Failure::file(folder, &error))? {
        let path = entry.map_err(|error| Failure::file(folder, &error))?.path();
        let length = || fs::metadata(&path).map_err(|error| Failure::file(&path, &error)).map(|file| file.len());
        size += if path.is_dir() { size_kib(&path)? } else { length()?.div_ceil(1024) };
    }
    Ok(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_control_file_says_what_is_needed() {
        let text = control("amd64", Some("2.34"), 12_345);
        assert!(text.contains("Installed-Size: 12345\nDepends: libc6 (>= 2.34), libgcc-s1\nRecommends: "), "{text}");
        assert!(!control("amd64", None, 1).contains("Depends"));
        let long: Vec<&str> = text.lines().filter(|line| line.len() > 80).collect();
        assert!(long.is_empty() && text.ends_with(".\n"), "{long:?}");
    }

    #[test]
    fn the_licences_are_named_as_debian_names_them() {
        let mit = fs::read_to_string(project::root().join("LICENSE-MIT")).unwrap();
        let text = copyright(&mit);
        assert!(text.contains("\nLicense: Expat\n Permission is hereby granted"), "{text}");
        assert!(
            text.contains("\nCopyright: 20") && text.lines().all(|line| line.is_empty() || line.trim() != ""),
            "{text}"
        );
    }
}
