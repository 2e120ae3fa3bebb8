//! Coverage: which states, transitions, rules and clauses of a machine its cases went through.

mod lcov;
mod places;

use std::collections::BTreeMap;
use std::sync::Arc;

use asl::{Decision, StateMachine, Way};

pub use lcov::lcov;

/// How often the cases of a machine took each way that it offers.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// Every decision that the definition offers, with the state that it leads to, in the order of the definition.
    all: Vec<(Decision, Arc<str>)>,
    taken: BTreeMap<Decision, u64>,
}

/// A part of coverage that is counted by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// States that were entered.
    States,
    /// `Next` of states.
    Transitions,
    /// Rules and `Default` of Choice states.
    Rules,
    /// Clauses of `Retry`.
    Retries,
    /// Clauses of `Catch`.
    Catches,
}

/// How many of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Those that some case took.
    pub taken: usize,
    /// All of them.
    pub all: usize,
}

/// The counts of each part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// By part; a part of which the machine has nothing is not there.
    pub parts: BTreeMap<Part, Count>,
}

/// Something that no case took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// The state.
    pub state: String,
    /// Its part.
    pub part: Part,
    /// What it is, as the definition names it: `Choices[1]`, `Catch[0]`; `state` for the state itself.
    pub what: String,
    /// The state that it leads to.
    pub leads_to: String,
}

impl Part {
    /// Every part, in order.
    pub const ALL: [Self; 5] = [Self::States, Self::Transitions, Self::Rules, Self::Retries, Self::Catches];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::States => "states",
            Self::Transitions => "transitions",
            Self::Rules => "rules",
            Self::Retries => "retries",
            Self::Catches => "catches",
        }
    }

    fn of(way: Way) -> Self {
        match way {
            Way::Next => Self::Transitions,
            Way::Rule(_) | Way::Default => Self::Rules,
            Way::Retry(_) => Self::Retries,
            Way::Catch(_) => Self::Catches,
            _ => Self::States,
        }
    }
}

impl Coverage {
    /// Of a machine of which nothing has run.
    pub fn of(machine: &StateMachine) -> Self {
        Self { all: machine.decisions(), taken: BTreeMap::new() }
    }

    /// Takes up what a run decided.
    pub fn add(&mut self, decisions: &[Decision]) {
        for decision in decisions {
            *self.taken.entry(decision.clone()).or_default() += 1;
        }
    }

    /// How often something was taken.
    pub(crate) fn count(&self, decision: &Decision) -> u64 {
        self.taken.get(decision).copied().unwrap_or_default()
    }

    /// The counts.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for (decision, _) in &self.all {
            let count = summary.parts.entry(Part::of(decision.way)).or_default();
            count.all += 1;
            count.taken += usize::from(self.count(decision) > 0);
        }
        summary
    }

    /// What no case took, in the order of the definition.
    pub fn missed(&self) -> Vec<Missed> {
        let missed = self.all.iter().filter(|(decision, _)| self.count(decision) == 0);
        missed
            .map(|(decision, leads_to)| Missed {
                state: decision.state.to_string(),
                part: Part::of(decision.way),
                what: field(decision.way),
                leads_to: leads_to.to_string(),
            })
            .collect()
    }
}

/// A way as the definition names it.
fn field(way: Way) -> String {
    match way {
        Way::Next => "Next".to_owned(),
        Way::Rule(index) => format!("Choices[{index}]"),
        Way::Default => "Default".to_owned(),
        Way::Retry(index) => format!("Retry[{index}]"),
        Way::Catch(index) => format!("Catch[{index}]"),
        _ => "state".to_owned(),
    }
}

impl Count {
    /// As a share, from 0 to 100; all of nothing is 100.
    pub fn percent(self) -> f64 {
        if self.all == 0 { 100.0 } else { self.taken as f64 * 100.0 / self.all as f64 }
    }

    fn plus(self, other: Self) -> Self {
        Self { taken: self.taken + other.taken, all: self.all + other.all }
    }
}

impl Summary {
    /// All parts together.
    pub fn total(&self) -> Count {
        self.parts.values().fold(Count::default(), |sum, count| sum.plus(*count))
    }

    /// With the counts of another machine.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        for (part, count) in &other.parts {
            let sum = self.parts.entry(*part).or_default();
            *sum = sum.plus(*count);
        }
        self
    }
}

#[cfg(test)]
mod tests;
