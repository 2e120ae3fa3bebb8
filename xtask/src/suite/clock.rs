//! The machine's date moved for programs that are started here, by libfaketime. What measures durations stays as it is:
//! timers of a program would otherwise end at once or never.

use crate::failure::Failure;
use crate::project;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where distributions keep the library for programs with threads.
const LIBRARIES: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
];

/// Cargo and build scripts start this instead of rustc: with libfaketime, rustc does not get as far as its first line. Cargo
/// itself and what it builds see the moved clock.
const RUSTC: &str = "#!/bin/sh\nunset LD_PRELOAD\nexec rustc \"$@\"\n";

/// A clock that is ahead of this machine's, or behind it.
pub(super) struct Clock {
    library: PathBuf,
    by: String,
    rustc: PathBuf,
}

impl Clock {
    /// Moves by a span as libfaketime writes it: `+1y`, `+400d`, `-2h`.
    pub(super) fn moved(by: &str) -> Result<Self, Failure> {
        if !is_span(by) {
            return Err(Failure::new(format!("`{by}` is no span: it is written +1y, +400d or -2h")));
        }
        let library = LIBRARIES.iter().map(Path::new).find(|library| library.exists()).ok_or_else(|| {
            Failure::new(
                "libfaketime, which moves the clock, is not on this machine; on Debian: apt-get install faketime",
            )
        })?;
        let rustc = rustc().map_err(|error| {
            Failure::new(format!("what starts rustc without libfaketime can't be written: {error}"))
        })?;
        Ok(Self { library: library.to_path_buf(), by: String::from(by), rustc })
    }

    /// Moves the clock of a command and of what it starts with the same environment.
    pub(super) fn apply(&self, command: &mut Command) {
        command.env("LD_PRELOAD", &self.library).env("FAKETIME", &self.by);
        command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("NO_FAKE_STAT", "1");
        command.env("RUSTC", &self.rustc);
    }
}

/// Writes the script below `target`, and says where it is.
fn rustc() -> std::io::Result<PathBuf> {
    let folder = project::root().join("target");
    fs::create_dir_all(&folder)?;
    let script = folder.join("rustc-without-faketime");
    fs::write(&script, RUSTC)?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
    Ok(script)
}

fn is_span(by: &str) -> bool {
    let digits = by.strip_prefix(['+', '-']).and_then(|rest| rest.strip_suffix(['s', 'm', 'h', 'd', 'y']));
    digits.is_some_and(|digits| !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_a_sign_and_a_unit() {
        for span in ["+1y", "-2h", "+400d"] {
            assert!(is_span(span), "{span}");
        }
        for other in ["1y", "+1", "+y", "tomorrow", "+1.5y", ""] {
            assert!(!is_span(other), "{other}");
        }
    }
}
