//! Coverage: which states, transitions, rules, clauses and conditions of expressions of a machine its cases went through.

mod conditions;
mod lcov;
mod places;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use asl::{ConditionTaken, Decision, Way};

use crate::run::{Run, Subject};
pub(crate) use conditions::conditions;
pub use lcov::lcov;

/// How often the cases of a machine took each way that it offers.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// Every decision that the definition offers, with the state that it leads to, in the order of the definition.
    all: Vec<(Decision, Arc<str>)>,
    taken: BTreeMap<Decision, u64>,
    /// Both outcomes of the conditions `?:` in its expressions.
    conditions: Vec<ConditionTaken>,
    conditions_taken: BTreeSet<ConditionTaken>,
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
    /// Outcomes of the conditions `?:` of JSONata expressions: each can be true and false.
    Conditions,
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
    /// What it is, as the definition names it: `Choices[1]`, `Catch[0]`; `state` for the state itself, and the expression for one
    /// of its conditions.
    pub what: String,
    /// The state that it leads to; the outcome of a condition that there was not, `true` or `false`.
    pub leads_to: String,
}

impl Part {
    /// Every part, in order.
    pub const ALL: [Self; 6] =
        [Self::States, Self::Transitions, Self::Rules, Self::Retries, Self::Catches, Self::Conditions];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::States => "states",
            Self::Transitions => "transitions",
            Self::Rules => "rules",
            Self::Retries => "retries",
            Self::Catches => "catches",
            Self::Conditions => "conditions",
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
    pub fn of(subject: &Subject) -> Self {
        Self {
            all: subject.machine.decisions(),
            taken: BTreeMap::new(),
            conditions: subject.conditions.clone(),
            conditions_taken: BTreeSet::new(),
        }
    }

    /// Takes up what a run decided.
    pub fn add(&mut self, run: &Run) {
        self.add_decisions(&run.decisions, &run.conditions);
    }

    /// Takes up decisions, and the conditions that were evaluated.
    pub fn add_decisions(&mut self, decisions: &[Decision], conditions: &BTreeSet<ConditionTaken>) {
        for decision in decisions {
            *self.taken.entry(decision.clone()).or_default() += 1;
        }
        self.conditions_taken.extend(conditions.iter().cloned());
    }

    /// How often each state was entered, and whether every way out of it was taken; in the order of the definition.
    pub fn states(&self) -> Vec<(String, u64, bool)> {
        let entered = self.all.iter().filter(|(decision, _)| decision.way == Way::Entered);
        let missed = self.missed();
        let states = entered.map(|(decision, _)| {
            let is_whole = !missed.iter().any(|it| *it.state == *decision.state);
            (decision.state.to_string(), self.count(decision), is_whole)
        });
        states.collect()
    }

    /// Whether a condition was so in some case.
    pub(crate) fn has_taken(&self, condition: &ConditionTaken) -> bool {
        self.conditions_taken.contains(condition)
    }

    /// Both outcomes of every condition.
    pub(crate) fn conditions(&self) -> &[ConditionTaken] {
        &self.conditions
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
        for condition in &self.conditions {
            let count = summary.parts.entry(Part::Conditions).or_default();
            count.all += 1;
            count.taken += usize::from(self.has_taken(condition));
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
            .chain(self.conditions.iter().filter(|it| !self.has_taken(it)).map(missed_condition))
            .collect()
    }
}

/// An outcome that no case had: its place is the expression from the condition on.
fn missed_condition(condition: &ConditionTaken) -> Missed {
    Missed {
        state: condition.state.to_string(),
        part: Part::Conditions,
        what: condition.expression.clone(),
        leads_to: condition.is_true.to_string(),
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
