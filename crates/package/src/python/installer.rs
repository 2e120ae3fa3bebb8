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
    let programs = [
        uv(file, folder, version, architecture),
        pip("python3", file, folder, version, architecture),
        pip("python", file, folder, version, architecture),
    ];
    run_first(programs, file)
}

/// Runs the first of these programs that is there.
fn run_first(programs: impl IntoIterator<Item = Command>, file: &Path) -> Result<(), PackageError> {
    let failed = |errors: String| PackageError::RequirementsFailed { file: file.to_owned(), errors };
    for mut command in programs {
        match command.current_dir(file.parent().unwrap_or(file)).stdin(Stdio::null()).output() {
            // A Python without pip is as good as none.
            Ok(output) if is_without_pip(&output) => {}
            Ok(output) if output.status.success() => return Ok(()),
            Ok(output) => return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error.to_string())),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = command("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn the_next_program_is_tried_only_where_one_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("requirements.txt");
        let without_pip = || shell("echo 'No module named pip' >&2; exit 1");
        let none = run_first([command("/nowhere/uv"), without_pip()], &file).unwrap_err();
        assert!(matches!(none, PackageError::NoPip { .. }), "{none}");
        run_first([command("/nowhere/uv"), without_pip(), shell("exit 0")], &file).unwrap();
        let error = run_first([shell("echo no >&2; exit 1"), shell("exit 0")], &file).unwrap_err();
        assert!(error.to_string().ends_with(":\nno"), "{error}");
    }

    #[test]
    fn wheels_are_for_lambda_and_not_for_this_machine() {
        let arguments = |version, architecture| {
            let command = pip("python3", Path::new("r.txt"), Path::new("to"), version, architecture);
            command.get_args().map(|argument| argument.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
        };
        let new = arguments("3.12", Architecture::Arm64);
        assert!(new.contains("--platform manylinux_2_34_aarch64 --platform manylinux_2_33_aarch64"), "{new}");
        assert!(new.contains("--python-version 3.12") && new.contains("--only-binary=:all:"), "{new}");
        let old = arguments("3.11", Architecture::X86_64);
        assert!(!old.contains("manylinux_2_27") && old.contains("--platform manylinux2014_x86_64"), "{old}");
    }
}
