//! Programs that a test makes and then runs: shell scripts in the place of others, and copies.
//!
//! A test never writes them itself. While it has such a file open for writing, another test of its process may fork: until the
//! fork becomes its program it has the file open as well, and whoever runs the file meanwhile is told "Text file busy". So
//! another process writes it, which has ended before anybody knows of the file.

#![allow(clippy::disallowed_methods, reason = "it starts what writes a program")]

use std::ffi::OsStr;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

/// Writes a script that can be run.
///
/// # Errors
/// When the file can't be written.
pub fn write_script(path: &Path, text: &str) -> io::Result<()> {
    let mut command = Command::new("sh");
    command.args(["-c", "cat > \"$0\" && chmod 755 \"$0\""]).arg(path).stdin(Stdio::piped());
    let mut child = command.spawn()?;
    // Dropped before the wait: the script ends with it.
    let written = child.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(text.as_bytes()));
    succeeded(child.wait()?, path)?;
    written
}

/// Copies a program with its permissions.
///
/// # Errors
/// When it can't be copied.
pub fn copy(from: impl AsRef<OsStr>, to: &Path) -> io::Result<()> {
    succeeded(Command::new("cp").arg("-p").arg(from).arg(to).status()?, to)
}

fn succeeded(status: std::process::ExitStatus, path: &Path) -> io::Result<()> {
    if status.success() {
        return Ok(());
    }
    Err(io::Error::other(format!("{} can't be written: {status}", path.display())))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can't go on fails")]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    /// Runs what `make` makes a hundred times, while others fork all the time.
    fn run_among_forks(make: impl Fn(&Path)) {
        let over = AtomicBool::new(false);
        std::thread::scope(|threads| {
            for _ in 0..4 {
                threads.spawn(|| {
                    while !over.load(Ordering::Relaxed) {
                        Command::new("true").status().unwrap();
                    }
                });
            }
            let folder = tempfile::tempdir().unwrap();
            let ended = (0..100).find_map(|number| {
                let program = folder.path().join(number.to_string());
                make(&program);
                Command::new(program).output().err()
            });
            over.store(true, Ordering::Relaxed);
            assert!(ended.is_none(), "{ended:?}");
        });
    }

    #[test]
    fn a_script_runs_at_once() {
        run_among_forks(|path| write_script(path, "#!/bin/sh\n:\n").unwrap());
    }

    #[test]
    fn a_copy_runs_at_once() {
        let original = ["/bin/true", "/usr/bin/true"].into_iter().find(|path| Path::new(path).exists()).unwrap();
        run_among_forks(|path| copy(original, path).unwrap());
    }

    #[test]
    fn what_can_not_be_written_is_told() {
        assert!(write_script(Path::new("/nowhere/script"), "").is_err());
        assert!(copy("/nowhere/program", Path::new("/nowhere/copy")).is_err());
    }
}
