//! `cargo xtask matrix`: every call of a deployment, an update and a removal failing in every way, commands at once, and
//! every command without each permission that it needs.
//! `cargo xtask test` runs a seeded sample of the same cases.

pub(crate) mod policies;
pub(crate) mod simulate;

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::{build, process, say};
use std::process::Command;

/// Runs all cases, a sample, or those whose names hold the given words.
pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    build::functions()?;
    let mut command = cargo(&["test", "--quiet", "--package", "workshop", "--test", "end_to_end", "--"]);
    command.args(["fault_matrix::", "caller_permissions::taken_away::"]);
    choose(&mut command, arguments)?;
    process::run(&mut command)
}

/// Hands the choice to the tests, which read it from their environment.
fn choose(command: &mut Command, arguments: &[&str]) -> Result<(), Failure> {
    let mut cases = "all";
    let mut words = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match *argument {
            "--sample" => cases = "sample",
            "--seed" => {
                seed(command, rest.next().copied())?;
                cases = "sample";
            }
            option if option.starts_with("--") => return Err(Failure::new(say::USAGE)),
            word => words.push(word),
        }
    }
    command.env("WORKSHOP_MATRIX", cases);
    if !words.is_empty() {
        command.env("WORKSHOP_FAULTS", words.join(" "));
    }
    Ok(())
}

/// Sets what the sample is drawn with.
pub(crate) fn seed(command: &mut Command, seed: Option<&str>) -> Result<(), Failure> {
    match seed.filter(|seed| seed.parse::<u64>().is_ok()) {
        Some(seed) => {
            command.env("WORKSHOP_SEED", seed);
            Ok(())
        }
        None => Err(Failure::new("--seed takes a whole number, as a run of the sample prints it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The variables that a choice gives to a command, as `NAME=VALUE`.
    pub(super) fn variables_of(
        choose: fn(&mut Command, &[&str]) -> Result<(), Failure>,
        arguments: &[&str],
    ) -> Result<Vec<String>, Failure> {
        let mut command = process::command("x");
        choose(&mut command, arguments)?;
        let set = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
        Ok(set.map(|(name, value)| format!("{}={}", name.display(), value.display())).collect())
    }

    #[test]
    fn cases_are_chosen_by_the_environment() {
        let chosen = |arguments: &[&str]| variables_of(choose, arguments);
        assert_eq!(chosen(&[]).unwrap(), ["WORKSHOP_MATRIX=all"]);
        assert_eq!(chosen(&["--seed", "7"]).unwrap(), ["WORKSHOP_MATRIX=sample", "WORKSHOP_SEED=7"]);
        assert_eq!(chosen(&["kill", "GetRole"]).unwrap(), ["WORKSHOP_FAULTS=kill GetRole", "WORKSHOP_MATRIX=all"]);
        assert!(chosen(&["--seed", "x"]).is_err() && chosen(&["--seed"]).is_err() && chosen(&["--what"]).is_err());
    }
}
