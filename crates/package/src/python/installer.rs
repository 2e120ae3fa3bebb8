//! The one file that starts uv or pip.

use super::{glibc_minor, processor};
use crate::error::PackageError;
use crate::options::Architecture;
use std::io;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The oldest glibc that wheels name (manylinux1 is `manylinux_2_5`).
const OLDEST_GLIBC_MINOR: u32 = 5;

/// Installs what the file lists into the folder, as wheels that run on Lambda. uv is taken where it is, else pip.
pub(super) fn install(
    file: &Path,
    folder: &Path,
    version: &str,
    architecture: Architecture,
) -> Result<(), PackageError> {
    let directory = file.parent().unwrap_or(file);
    let mut programs = [
        uv(file, folder, version, architecture),
        pip("python3", file, folder, version, architecture),
        pip("python", file, folder, version, architecture),
    ];
    for command in &mut programs {
        match command.current_dir(directory).stdin(Stdio::null()).output() {
            // A Python without pip is as good as none.
            Ok(output) if is_without_pip(&output) => {}
            Ok(output) if output.status.success() => return Ok(()),
            Ok(output) => {
                let errors = String::from_utf8_lossy(&output.stderr).trim().to_owned();
                return Err(PackageError::RequirementsFailed { file: file.to_owned(), errors });
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                let errors = error.to_string();
                return Err(PackageError::RequirementsFailed { file: file.to_owned(), errors });
            }
        }
    }
    Err(PackageError::NoPip { file: file.to_owned() })
}

fn is_without_pip(output: &Output) -> bool {
    !output.status.success() && String::from_utf8_lossy(&output.stderr).contains("No module named pip")
}

fn uv(file: &Path, folder: &Path, version: &str, architecture: Architecture) -> Command {
    // uv knows these platforms by name, and takes wheels for older ones too.
    let glibc = if glibc_minor(version) < 28 { "manylinux2014" } else { "manylinux_2_28" };
    let platform = format!("{}-{glibc}", processor(architecture));
    let mut command = command("uv");
    command.args(["pip", "install", "--quiet", "--no-progress", "--only-binary", ":all:", "--link-mode", "copy"]);
    command.args(["--python-version", version, "--python-platform", &platform]);
    command.arg("--target").arg(folder).arg("--requirement").arg(file);
    command
}

fn pip(python: &str, file: &Path, folder: &Path, version: &str, architecture: Architecture) -> Command {
    let mut command = command(python);
    command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-compile"]);
    command.args(["--only-binary=:all:", "--implementation", "cp", "--python-version", version]);
    // pip takes a wheel for a platform only when that very one is named (PEP 600 has one for each glibc).
    let processor = processor(architecture);
    for minor in (OLDEST_GLIBC_MINOR..=glibc_minor(version)).rev() {
        command.args(["--platform", &format!("manylinux_2_{minor}_{processor}")]);
    }
    command.args(["--platform", &format!("manylinux2014_{processor}")]);
    command.arg("--target").arg(folder).arg("--requirement").arg(file);
    command
}

#[expect(clippy::disallowed_methods, reason = "this file owns the processes of uv and pip")]
fn command(program: &str) -> Command {
    Command::new(program)
}
