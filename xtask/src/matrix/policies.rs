//! `cargo xtask policies`: random policies, decided by the policy crate and by a simulator that nobody here wrote.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::{process, project, say};
use workshop_package::Digest;

/// How many scenarios there are.
const WHOLE: &str = "20000";

/// Compares as many scenarios as are asked for, drawn with a seed that is printed.
pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let (count, seed) = chosen(arguments)?;
    let simulator = simulator()?;
    say::progress(&format!("{count} scenarios, seed {seed}"));
    let mut scenarios = cargo(&["run", "--quiet", "--package", "policy", "--example", "scenarios", "--"]);
    let output = scenarios.args([&count, &seed]).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| Failure::new(format!("the scenarios can't be made: {error}")))?;
    let file = project::target_dir().join("iam-simulate/scenarios.jsonl");
    fs::write(&file, output.stdout).map_err(|error| Failure::file(&file, &error))?;
    let judged = fs::File::open(&file).map_err(|error| Failure::file(&file, &error))?;
    let mut judge = process::command("node");
    judge.arg(project::root().join("tests/policies/simulate.mjs")).arg(simulator).stdin(judged);
    process::run(&mut judge)
}

/// How many scenarios, and the seed.
fn chosen(arguments: &[&str]) -> Result<(String, String), Failure> {
    let mut count = WHOLE.to_owned();
    let mut seed = "1".to_owned();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let value = rest.next().filter(|value| value.parse::<u64>().is_ok());
        match (*argument, value) {
            ("--count", Some(given)) => (*given).clone_into(&mut count),
            ("--seed", Some(given)) => (*given).clone_into(&mut seed),
            _ => return Err(Failure::new(say::USAGE)),
        }
    }
    Ok((count, seed))
}

/// The folder with the simulator that `tests/policies` pins, installed unless it is there.
fn simulator() -> Result<PathBuf, Failure> {
    let pinned = project::root().join("tests/policies");
    let folder = project::target_dir().join("iam-simulate");
    fs::create_dir_all(&folder).map_err(|error| Failure::file(&folder, &error))?;
    let lock = pinned.join("package-lock.json");
    let wanted = Digest::of(&fs::read(&lock).map_err(|error| Failure::file(&lock, &error))?).to_string();
    // Written last, so that what was interrupted half-way is installed again.
    let note = folder.join("package-lock.sha256");
    if fs::read_to_string(&note).is_ok_and(|made_for| made_for == wanted) {
        return Ok(folder);
    }
    for file in ["package.json", "package-lock.json"] {
        let to = folder.join(file);
        fs::copy(pinned.join(file), &to).map_err(|error| Failure::file(&to, &error))?;
    }
    let mut install: Command = process::command("npm");
    process::run(install.args(["ci", "--silent", "--ignore-scripts", "--prefix"]).arg(&folder))?;
    fs::write(&note, wanted).map_err(|error| Failure::file(&note, &error))?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_many_and_from_which_seed() {
        let both = |count: &str, seed: &str| (count.to_owned(), seed.to_owned());
        assert_eq!(chosen(&[]).unwrap(), both(WHOLE, "1"));
        assert_eq!(chosen(&["--seed", "7", "--count", "50"]).unwrap(), both("50", "7"));
        assert!(chosen(&["--count", "x"]).is_err() && chosen(&["--seed"]).is_err() && chosen(&["50"]).is_err());
    }
}
