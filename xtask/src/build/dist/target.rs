//! What a release is built for: a static program where the toolchain can make one, else one that needs glibc.

use crate::failure::Failure;
use crate::process;
use std::env::consts::ARCH;
use std::fs;
use std::path::Path;
use workshop_package::needed_glibc;

/// A Rust target and what follows from it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Target {
    pub(super) triple: String,
    /// The static target that should have been taken, and is not on this machine.
    missing: Option<String>,
}

/// The target that is named, or the static one of this machine's processor; where that is not installed, the one with glibc.
pub(super) fn choose(named: Option<&str>) -> Result<Target, Failure> {
    if let Some(triple) = named {
        return match is_installed(triple)? {
            true => Ok(Target { triple: String::from(triple), missing: None }),
            false => Err(Failure::new(format!("{triple} is not installed: rustup target add {triple}"))),
        };
    }
    let portable = format!("{ARCH}-unknown-linux-musl");
    if is_installed(&portable)? {
        return Ok(Target { triple: portable, missing: None });
    }
    Ok(Target { triple: format!("{ARCH}-unknown-linux-gnu"), missing: Some(portable) })
}

/// Whether the toolchain has the target's standard library.
fn is_installed(triple: &str) -> Result<bool, Failure> {
    // As cargo itself chooses it: where the clock is moved, rustc starts by a script only.
    let mut rustc = process::command(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    let folder = process::output(rustc.args(["--print", "target-libdir", "--target", triple]))?;
    let libraries = fs::read_dir(folder.trim()).into_iter().flatten().flatten();
    Ok(libraries.into_iter().any(|file| file.file_name().to_string_lossy().starts_with("libstd-")))
}

impl Target {
    pub(super) fn is_static(&self) -> bool {
        self.triple.ends_with("-musl")
    }

    /// How file names say what it is for: `x86_64-linux-musl`.
    pub(super) fn short(&self) -> String {
        self.triple.replace("-unknown", "")
    }

    /// The processor in Debian's words.
    pub(super) fn debian_architecture(&self) -> Result<&'static str, Failure> {
        match self.triple.split('-').next() {
            Some("x86_64") => Ok("amd64"),
            Some("aarch64") => Ok("arm64"),
            _ => Err(Failure::new(format!("Debian's name for the processor of {} is not known", self.triple))),
        }
    }

    /// Libraries in C are compiled for musl by its own compiler (Debian: musl-tools), unless somebody names another one.
    pub(super) fn build_variables(&self) -> Vec<(String, String)> {
        let name = format!("CC_{}", self.triple.replace('-', "_"));
        let is_named = std::env::var_os(&name).is_some();
        if self.is_static() && !is_named { vec![(name, String::from("musl-gcc"))] } else { Vec::new() }
    }

    /// Refuses a program that is not what the packages say of it.
    pub(super) fn check(&self, program: &Path) -> Result<(), Failure> {
        match (self.is_static(), self.glibc(program)?) {
            (true, Some(glibc)) => {
                Err(Failure::new(format!("{} is not static: it needs glibc {glibc}", program.display())))
            }
            _ => Ok(()),
        }
    }

    /// The oldest glibc that it runs with; none for a static program.
    pub(super) fn glibc(&self, program: &Path) -> Result<Option<String>, Failure> {
        let failed = |error| Failure::file(program, &error);
        let bytes = fs::read(program).map_err(failed)?;
        Ok(needed_glibc(&bytes).map_err(failed)?.map(|version| version.to_string()))
    }

    /// What whoever publishes should know.
    pub(super) fn notes(&self, program: &Path) -> Result<Vec<String>, Failure> {
        let Some(missing) = &self.missing else { return Ok(Vec::new()) };
        let needs = match self.glibc(program)? {
            Some(glibc) => format!("it needs glibc {glibc} or newer"),
            None => String::from("it needs no glibc"),
        };
        Ok(vec![
            format!("The program is not static: this toolchain has no {missing}. As it is, {needs}."),
            format!(
                "For a static one: rustup target add {missing}, and musl-gcc (Debian: apt-get install musl-tools)."
            ),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(triple: &str) -> Target {
        Target { triple: String::from(triple), missing: None }
    }

    #[test]
    fn this_machines_own_target_is_installed_and_another_is_refused() {
        let own = format!("{ARCH}-unknown-linux-gnu");
        assert_eq!(choose(Some(&own)).unwrap(), target(&own));
        let refused = choose(Some("s390x-unknown-linux-gnu")).unwrap_err().to_string();
        assert_eq!(refused, "s390x-unknown-linux-gnu is not installed: rustup target add s390x-unknown-linux-gnu");
    }

    #[test]
    fn names_follow_from_the_triple() {
        let musl = target("x86_64-unknown-linux-musl");
        assert_eq!((musl.short().as_str(), musl.debian_architecture().unwrap()), ("x86_64-linux-musl", "amd64"));
        assert_eq!(musl.build_variables()[0].0, "CC_x86_64_unknown_linux_musl");
        assert!(target("aarch64-unknown-linux-gnu").build_variables().is_empty());
    }

    #[test]
    fn a_program_that_should_be_static_and_is_not_is_refused() {
        let own = std::env::current_exe().unwrap();
        assert!(target("x86_64-unknown-linux-musl").check(&own).unwrap_err().to_string().contains("is not static"));
        assert!(target("x86_64-unknown-linux-gnu").check(&own).is_ok());
        let missing = Some(String::from("x86_64-unknown-linux-musl"));
        let notes = Target { missing, ..target("x86_64-unknown-linux-gnu") }.notes(&own).unwrap();
        assert!(notes[0].contains("needs glibc 2.") && notes[1].contains("rustup target add"), "{notes:?}");
    }
}
