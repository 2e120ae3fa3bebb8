//! A release of a program that is a script: what is in it, and that it comes out the same twice.

use super::*;
use std::process::Command;

fn release(folder: &Path) -> Release {
    let program = folder.join("workshop");
    // A real executable, for its C library is read; completions and pages are not its own.
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let share = folder.join("share");
    for file in ["bash-completion/completions/workshop", "zsh/vendor-completions/_workshop", "man/man1/workshop.1"] {
        fs::create_dir_all(share.join(file).parent().unwrap()).unwrap();
        fs::write(share.join(file), file).unwrap();
    }
    let triple = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    Release { target: target::choose(Some(&triple)).unwrap(), program, share, epoch_s: 1_700_000_000 }
}

fn told(command: &mut Command) -> String {
    process::output(command).unwrap()
}

#[test]
fn options_have_values() {
    let both = options(&["--target", "t", "--program", "p"]).unwrap();
    assert_eq!(both, Options { target: Some(String::from("t")), program: Some(PathBuf::from("p")) });
    assert!(options(&["--target"]).is_err() && options(&["--fast", "1"]).is_err());
}

#[test]
fn the_archive_has_one_folder_and_is_the_same_twice() {
    let folder = tempfile::tempdir().unwrap();
    let release = release(folder.path());
    let file = archive::make(&release, folder.path()).unwrap();
    let first = fs::read(&file).unwrap();
    archive::make(&release, folder.path()).unwrap();
    assert!(fs::read(&file).unwrap() == first, "it came out otherwise the second time");
    let listed = told(process::command("tar").arg("-tf").arg(&file));
    let name = file.file_name().unwrap().to_string_lossy().replace(".tar.gz", "");
    assert!(listed.lines().all(|line| line.starts_with(&name)), "{listed}");
    for inside in ["bin/workshop", "share/man/man1/workshop.1", "LICENSE-MIT"] {
        assert!(listed.contains(&format!("{name}/{inside}\n")), "{inside} is not in\n{listed}");
    }
}

#[test]
fn the_debian_package_puts_files_where_debian_looks() {
    let folder = tempfile::tempdir().unwrap();
    let release = release(folder.path());
    // Other distributions have no dpkg-deb.
    let Some(file) = debian::make(&release, folder.path()).unwrap() else { return };
    let listed = told(process::command("dpkg-deb").arg("--contents").arg(&file));
    for (mode, path) in [
        ("-rwxr-xr-x", "./usr/bin/workshop"),
        ("-rw-r--r--", "./usr/share/zsh/vendor-completions/_workshop"),
        ("-rw-r--r--", "./usr/share/man/man1/workshop.1.gz"),
        ("-rw-r--r--", "./usr/share/doc/workshop/copyright"),
    ] {
        let line = listed.lines().find(|line| line.ends_with(path)).unwrap_or_else(|| panic!("no {path}:\n{listed}"));
        assert!(line.starts_with(mode) && line.contains("root/root"), "{line}");
    }
    let fields = told(process::command("dpkg-deb").arg("--field").arg(&file));
    assert!(fields.contains("Package: workshop\n") && fields.contains("Depends: libc6 (>= 2."), "{fields}");
}

#[test]
fn checksums_are_as_sha256sum_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.tar.gz");
    fs::write(&file, "text").unwrap();
    checksums::write(folder.path(), &[file]).unwrap();
    let checked = told(process::command("sha256sum").current_dir(folder.path()).args(["--check", "SHA256SUMS"]));
    assert_eq!(checked, "a.tar.gz: OK\n");
}
