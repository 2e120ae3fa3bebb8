//! Runs a case: drives the language engine in virtual time, and answers its tasks with mocks.

mod agenda;
mod chosen;
mod drive;
mod outside;
mod ran;
mod subject;
mod timeline;

use crate::case::Case;
pub use outside::{Outside, Passed};
pub use ran::{Call, ChildRun, Problem, Run};
pub use subject::Subject;
pub use timeline::{TimelineLine, Tone, timeline};

/// Runs a case on its machine; `seed` is that of its random numbers unless the case has its own.
pub fn run(subject: &Subject, case: &Case, seed: u64) -> Run {
    run_with(subject, case, seed, &outside::Nobody)
}

/// Runs a case as [`run`] does; what its mocks leave to others, `outside` answers.
pub fn run_with(subject: &Subject, case: &Case, seed: u64, outside: &dyn Outside) -> Run {
    drive::Drive::new(subject, case, case.seed.unwrap_or(seed), outside).run()
}

#[cfg(test)]
pub(crate) mod tests;
