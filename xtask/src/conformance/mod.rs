//! `cargo xtask conformance`: the answers recorded from AWS, replayed against an embedded cloud of this source.

mod cloud;

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::{process, project, python, say};
use cloud::Cloud;
use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Replays the recorded cases that the arguments choose; fails when one fails that is not explained.
pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let Some(corpus) = corpus() else {
        say::line(
            "0 recorded cases were run: there is no corpus. WORKSHOP_CONFORMANCE names its folder; otherwise it is \
             looked for in ../shared/conformance.",
        );
        return Ok(());
    };
    let venv = python::environment()?;
    build_program()?;
    let cloud = Cloud::start(&project::target_dir())?;
    let replay = |further: &[&OsStr]| {
        let mut replay = process::command(venv.join("bin/python"));
        replay.arg("tests/conformance/run.py").args(["--endpoint", cloud.endpoint(), "--corpus"]).arg(&corpus);
        replay.args(arguments).args(further).env("PYTHONDONTWRITEBYTECODE", "1");
        process::run(replay.env("WORKSHOP_HOME", cloud.home()))
    };
    let wrong = || Failure::new("the recorded cases are not all as `tests/conformance/explained.txt` has it");
    replay(&[]).map_err(|_| wrong())?;
    if !arguments.is_empty() {
        return Ok(());
    }
    say::line("And with the policies that `workshop print --policies` makes of their definitions:");
    let policies = [OsStr::new("--policies"), cloud.program().as_os_str()];
    replay(&policies).map_err(|_| Failure::new("a printed policy lacks what the embedded cloud asks for"))
}

/// Builds the program with the features that `cargo test --workspace` gives it, so that nothing compiles again after it: a package
/// alone has fewer, and features that only tests ask for count where a test target is built too.
fn build_program() -> Result<(), Failure> {
    process::run(&mut cargo(&["build", "--quiet", "--workspace", "--bin", "workshop", "--test", "end_to_end"]))
}

/// Where the recorded cases are: where `WORKSHOP_CONFORMANCE` says, or beside this folder.
fn corpus() -> Option<PathBuf> {
    let root = project::root();
    let named = env::var_os("WORKSHOP_CONFORMANCE").map(PathBuf::from);
    let beside = ["../shared/conformance", "../../shared/conformance"].map(|path| root.join(path));
    named.into_iter().chain(beside).find(|folder| is_corpus(folder))
}

fn is_corpus(folder: &Path) -> bool {
    folder.join("cases").is_dir()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_cases_is_no_corpus() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_corpus(folder.path()));
        std::fs::create_dir(folder.path().join("cases")).unwrap();
        assert!(is_corpus(folder.path()));
    }
}
