//! `cargo xtask simulate`: random workflows on clouds that crash, compared with clouds that do not, all of them and optimised.
//! `cargo xtask test` runs a sample of them in the tests' own profile.

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::{process, say};
use std::process::Command;

/// How many workflows there are.
const WHOLE: &str = "100000";

/// Runs as many workflows as are asked for.
pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    // Not `release`, which optimises for size and links for minutes.
    let mut command = cargo(&["test", "--quiet", "--profile", "simulation", "--package", "cloud-server"]);
    command.args(["--test", "simulation", "--", "--nocapture"]);
    choose(&mut command, arguments)?;
    process::run(&mut command)
}

/// Hands the choice to the test, which reads it from its environment.
fn choose(command: &mut Command, arguments: &[&str]) -> Result<(), Failure> {
    let mut count = WHOLE;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match (*argument, rest.next().copied()) {
            ("--seed", seed) => super::seed(command, seed)?,
            ("--count", Some(given)) if given.parse::<u64>().is_ok() => count = given,
            _ => return Err(Failure::new(say::USAGE)),
        }
    }
    command.env("WORKSHOP_SIMULATION", count);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::tests::variables_of;

    #[test]
    fn how_many_and_from_which_seed_are_chosen_by_the_environment() {
        let chosen = |arguments: &[&str]| variables_of(choose, arguments);
        assert_eq!(chosen(&[]).unwrap(), ["WORKSHOP_SIMULATION=100000"]);
        let both = chosen(&["--count", "50", "--seed", "7"]).unwrap();
        assert_eq!(both, ["WORKSHOP_SEED=7", "WORKSHOP_SIMULATION=50"]);
        assert!(chosen(&["--count", "x"]).is_err() && chosen(&["--seed"]).is_err() && chosen(&["50"]).is_err());
    }
}
