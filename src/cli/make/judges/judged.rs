//! A case before another judge.

use aws::Aws;
use simulate::{Case, Run};

use crate::cli::make::test::machines::Machine;

/// A case with its machine, and what the engine makes of it.
pub(super) struct Judged<'a> {
    pub(super) case: &'a Case,
    pub(super) machine: &'a Machine,
    pub(super) engine: Run,
}

/// What another judge saw, or why it saw nothing.
pub(super) type Seen = Result<Run, String>;

/// A name that no other execution or state machine has.
pub(super) fn unique(aws: &Aws) -> String {
    format!("test-{:012x}", (aws.random.fraction() * 2f64.powi(48)) as u64)
}
