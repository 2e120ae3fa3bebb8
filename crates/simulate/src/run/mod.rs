//! Runs a case: drives the language engine in virtual time, and answers its tasks with mocks.

mod agenda;
mod answers;
mod chosen;
mod drive;
mod ran;
mod subject;
mod timeline;

use crate::case::Case;
pub use ran::{Call, ChildRun, Problem, Run};
pub use subject::Subject;
pub use timeline::{TimelineLine, Tone, timeline};

/// Runs a case on its machine; `seed` is that of its random numbers unless the case has its own.
pub fn run(subject: &Subject, case: &Case, seed: u64) -> Run {
    drive::Drive::new(subject, case, case.seed.unwrap_or(seed)).run()
}

#[cfg(test)]
mod tests;
