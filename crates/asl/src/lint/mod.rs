//! Lints: what AWS accepts in a definition and its author will regret.
//!
//! AWS refuses what is malformed ([`crate::StateMachine::parse`] says so in its words); these rules find what is well
//! formed and still wrong, or likely to be. They read the definition as JSON and skip whatever is malformed, so that
//! they apply to any text, beside AWS's own findings. A rule reports only what is certain: what a Task
//! returns and what an execution is started with is never guessed.

mod choices;
mod context;
mod errors;
mod literals;
mod location;
mod loops;
mod paths;
mod reachability;
mod reads;
mod rules;
mod scan;
mod shape;
mod transient;
mod variables;
mod view;
mod waits;

use jiff::Timestamp;
use serde_json::Value;

pub use rules::LintRule;

/// Something in a definition that its author should check.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.
    pub(crate) fn longest_s(self) -> u64 {
        match self {
            Self::Standard => 31_536_000,
            Self::Express => 300,
        }
    }

    pub(crate) fn longest(self) -> &'static str {
        match self {
            Self::Standard => "a year",
            Self::Express => "five minutes",
        }
    }
}

/// What was found, up to a bound that no definition for people reaches.
#[derive(Default)]
struct Lints(Vec<Lint>);

const MAX_LINTS: usize = 1000;

impl Lints {
    fn add(&mut self, lint: Lint) {
        if self.0.len() < MAX_LINTS {
            self.0.push(lint);
        }
    }

    fn extend(&mut self, lints: impl IntoIterator<Item = Lint>) {
        lints.into_iter().for_each(|lint| self.add(lint));
    }
}

/// Lints a definition, for at most a thousand findings. `now` decides whether a literal timestamp lies in the past.
pub fn lint(definition: &Value, machine_type: MachineType, now: Timestamp) -> Vec<Lint> {
    let machine = view::MachineView::read(definition);
    let mut lints = Lints::default();
    reachability::check(&machine, &mut lints);
    loops::check(&machine, machine_type, &mut lints);
    choices::check(&machine, &mut lints);
    errors::check(&machine, &mut lints);
    transient::check(&machine, &mut lints);
    waits::check(&machine, machine_type, now, &mut lints);
    literals::check(&machine, &mut lints);
    context::check(&machine, &mut lints);
    paths::check(&machine, &mut lints);
    variables::check(&machine, &mut lints);
    lints.0
}

#[cfg(test)]
mod tests;
