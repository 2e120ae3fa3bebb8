//! What a lint reports, and the type of state machine that it is for.

use super::rules::LintRule;
use crate::quotas::{MAX_EXECUTION_S, MAX_EXPRESS_S};

/// Something in a definition that its author should check.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lint {
    /// The rule that it comes from.
    pub rule: LintRule,
    /// Where, written as AWS writes locations: `/States/A/Choices[0]/Variable`.
    pub location: String,
    /// What was found, in full sentences.
    pub message: String,
    /// What to do about it, in a full sentence.
    pub fix: String,
}

/// The two types of state machine, which have different limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MachineType {
    /// Durable, up to a year.
    Standard,
    /// Up to five minutes.
    Express,
}

impl MachineType {
    /// The longest that an execution may take, in seconds.
    pub(super) fn longest_s(self) -> u64 {
        match self {
            Self::Standard => MAX_EXECUTION_S,
            Self::Express => MAX_EXPRESS_S,
        }
    }

    pub(super) fn longest(self) -> &'static str {
        match self {
            Self::Standard => "a year",
            Self::Express => "five minutes",
        }
    }
}

/// What was found, up to a bound that no definition for people reaches.
#[derive(Default)]
pub(super) struct Lints(Vec<Lint>);

/// The most lints of a definition.
const MAX_LINTS: usize = 1000;

impl Lints {
    pub(super) fn add(&mut self, lint: Lint) {
        if self.0.len() < MAX_LINTS {
            self.0.push(lint);
        }
    }

    pub(super) fn extend(&mut self, lints: impl IntoIterator<Item = Lint>) {
        lints.into_iter().for_each(|lint| self.add(lint));
    }

    pub(super) fn into_vec(self) -> Vec<Lint> {
        self.0
    }
}
