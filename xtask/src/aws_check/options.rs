//! What was typed behind `aws-check`, and the name of the stage.

use crate::failure::Failure;

/// The options.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    /// It may cost money.
    pub(super) agreed: bool,
    /// On the embedded cloud, which costs nothing and proves less.
    pub(super) local: bool,
    /// A built program, instead of building one.
    pub(super) program: Option<String>,
    /// Options that every command of the program gets.
    pub(super) passed_on: Vec<String>,
}

impl Options {
    pub(super) fn parse(arguments: &[&str]) -> Result<Self, Failure> {
        let mut options = Self::default();
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| Failure::new(format!("{word} needs a value")));
            match *word {
                "--yes" => options.agreed = true,
                "--local" => options.local = true,
                "--program" => options.program = Some((*value()?).to_owned()),
                "--region" | "--profile" => options.passed_on.extend([(*word).to_owned(), (*value()?).to_owned()]),
                unknown => return Err(Failure::new(format!("`{unknown}` is no option of aws-check"))),
            }
        }
        options.agreed |= options.local;
        Ok(options)
    }
}

/// A stage that nobody has.
#[expect(clippy::disallowed_methods, reason = "the stage must be another in each run, on each machine")]
pub(super) fn random_stage() -> Result<String, Failure> {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).map_err(|error| Failure::new(format!("the system has no random bytes: {error}")))?;
    Ok(format!("check-{:08x}", u32::from_ne_bytes(bytes)))
}
