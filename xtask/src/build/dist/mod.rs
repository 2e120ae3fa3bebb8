//! `cargo xtask dist`: what a release is made of. The same commit gives the same bytes on the same toolchain.

mod archive;
mod checksums;
mod debian;
mod release;
mod target;

use crate::build::SHIPPED;
use crate::build::shell_files::{self, Folders};
use crate::cargo::cargo;
use crate::failure::Failure;
use crate::{build, process, project, say};
use release::Release;
use std::fs;
use std::path::{Path, PathBuf};
use target::Target;

/// What was asked for.
#[derive(Debug, Default, PartialEq)]
struct Options {
    /// The Rust target; else the static one of this machine's processor, where it is installed.
    target: Option<String>,
    /// A program that is built already.
    program: Option<PathBuf>,
}

/// Builds the program and packs it.
pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let options = options(arguments)?;
    let target = target::choose(options.target.as_deref())?;
    let program = match options.program {
        // It is run from another folder.
        Some(program) => fs::canonicalize(&program).map_err(|error| Failure::file(&program, &error))?,
        None => program(&target)?,
    };
    let folder = project::target_dir().join("dist");
    emptied(&folder)?;
    target.check(&program)?;
    let release = Release { share: shell_files(&program, &folder)?, target, program, epoch_s: epoch_s()? };
    let mut made = vec![archive::make(&release, &folder)?];
    match debian::make(&release, &folder)? {
        Some(package) => made.push(package),
        None => say::progress("no Debian package: this machine has no dpkg-deb (Debian: apt-get install dpkg)"),
    }
    fs::remove_dir_all(&release.share).map_err(|error| Failure::file(&release.share, &error))?;
    made.push(checksums::write(&folder, &made)?);
    for file in &made {
        let size = fs::metadata(file).map_err(|error| Failure::file(file, &error))?.len();
        say::line(&format!("{:>7} KiB  {}", size.div_ceil(1024), file.display()));
    }
    release.target.notes(&release.program)?.iter().for_each(|note| say::progress(note));
    Ok(())
}

fn options(arguments: &[&str]) -> Result<Options, Failure> {
    let mut options = Options::default();
    for pair in arguments.chunks(2) {
        match *pair {
            ["--target", triple] => options.target = Some(String::from(triple)),
            ["--program", program] => options.program = Some(PathBuf::from(program)),
            _ => return Err(Failure::new(say::USAGE)),
        }
    }
    Ok(options)
}

/// The functions first, for the program carries their zips.
fn program(target: &Target) -> Result<PathBuf, Failure> {
    if target.triple.ends_with("-linux-gnu") {
        build::check_make()?;
    }
    build::functions()?;
    say::progress(&format!("building the program for {}", target.triple));
    let mut command =
        cargo(&["build", "--release", "--package", "workshop", "--features", SHIPPED, "--target", &target.triple]);
    process::run(command.envs(target.build_variables()))?;
    Ok(project::target_dir().join(&target.triple).join("release/workshop"))
}

/// An empty folder; what an earlier run left goes, so that the checksums are about this one alone.
fn emptied(folder: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Failure::file(folder, &error)),
        _ => {}
    }
    fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))
}

/// Completions and manual pages where Debian's shells and `man` look, below a folder of its own.
fn shell_files(program: &Path, folder: &Path) -> Result<PathBuf, Failure> {
    let share = folder.join("share");
    let folders = Folders { share: share.clone(), zsh: share.join("zsh/vendor-completions"), man: share.join("man") };
    shell_files::write(program, Path::new("workshop"), &folders)?;
    Ok(share)
}

fn epoch_s() -> Result<u64, Failure> {
    let told = process::output(process::command("git").args(["log", "-1", "--format=%ct"]))?;
    told.trim().parse().map_err(|_| Failure::new("git does not know when the commit was made: dist needs a checkout"))
}

#[cfg(test)]
mod tests;
