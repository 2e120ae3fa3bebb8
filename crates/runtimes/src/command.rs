//! The programs that this crate starts: each ends by itself or is ended when its time is up.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// The most that is kept of what a program writes to one of its outputs.
const MAX_OUTPUT_BYTES: u64 = 1 << 20;

/// A program that has ended.
#[derive(Debug)]
pub(crate) struct Finished {
    /// How it ended.
    pub(crate) status: ExitStatus,
    /// What it wrote to standard output.
    pub(crate) output: String,
    /// What it wrote to standard error.
    pub(crate) errors: String,
}

/// Runs a program to its end.
///
/// # Errors
/// What the system says when it can't be started; [`io::ErrorKind::TimedOut`] when it was ended because its time was up.
#[allow(clippy::disallowed_methods, reason = "this file owns the processes of this crate")]
pub(crate) fn run(
    program: &Path,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    folder: &Path,
    limit: Duration,
) -> io::Result<Finished> {
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    match wait(&mut child, limit) {
        Ok((status, output, errors)) => Ok(Finished { status, output, errors }),
        Err(error) => {
            // It may have ended already.
            let _ = child.kill();
            let _ = child.wait();
            Err(error)
        }
    }
}

/// Waits for the end of both outputs, and then for the program's own.
fn wait(child: &mut Child, limit: Duration) -> io::Result<(ExitStatus, String, String)> {
    let (sender, ended) = mpsc::channel();
    let output = child.stdout.take();
    let errors = child.stderr.take();
    let errors_sender = sender.clone();
    std::thread::spawn(move || sender.send((true, read(output))));
    std::thread::spawn(move || errors_sender.send((false, read(errors))));
    let late = |_| io::Error::new(io::ErrorKind::TimedOut, format!("it took more than {} s", limit.as_secs()));
    let first = ended.recv_timeout(limit).map_err(late)?;
    let second = ended.recv_timeout(limit).map_err(late)?;
    let ((_, output), (_, errors)) = if first.0 { (first, second) } else { (second, first) };
    Ok((child.wait()?, output, errors))
}

fn read(from: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(mut from) = from {
        // What came before an error is kept; the rest is drained, so that the program does not wait for ever.
        let _ = from.by_ref().take(MAX_OUTPUT_BYTES).read_to_end(&mut bytes);
        let _ = io::copy(&mut from, &mut io::sink());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_ends_or_is_ended() {
        let sh = |script: &str, limit| run(Path::new("/bin/sh"), ["-c", script], Path::new("/"), limit);
        let finished = sh("echo out; echo err >&2; exit 3", Duration::from_secs(60)).unwrap();
        assert_eq!(
            (finished.status.code(), finished.output.as_str(), finished.errors.as_str()),
            (Some(3), "out\n", "err\n")
        );
        let late = sh("exec sleep 600", Duration::from_millis(50)).unwrap_err();
        assert_eq!(late.kind(), io::ErrorKind::TimedOut);
        let missing = run(Path::new("/no/such/program"), [""; 0], Path::new("/"), Duration::from_secs(1)).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
    }
}
