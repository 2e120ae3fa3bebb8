//! Decisions: which way an execution went out of a state, noted while it happens. The history does not say all of it.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::definition::StateMachine;
use crate::definition::{NextOrEnd, State, StateKind};

/// A way that a definition offers, in one of its states.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decision {
    /// The state.
    pub state: Arc<str>,
    /// Which of its ways.
    pub way: Way,
}

/// A way out of a state, or to another attempt at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Way {
    /// Into the state: it was entered.
    Entered,
    /// On to the state of `Next`.
    Next,
    /// The rule of a Choice state with this index.
    Rule(usize),
    /// `Default` of a Choice state.
    Default,
    /// Another attempt, by the retrier with this index.
    Retry(usize),
    /// The catcher with this index.
    Catch(usize),
}

/// A condition `?:` of a JSONata expression that was evaluated.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConditionTaken {
    /// The state.
    pub state: Arc<str>,
    /// The expression's text, without `{%` and `%}`.
    pub expression: String,
    /// Where in it the condition is, in bytes.
    pub at: usize,
    /// Whether it was true.
    pub is_true: bool,
}

/// The decisions of an execution, noted by [`crate::Execution::handle_noting`] and its like, in their order.
#[derive(Debug, Default)]
pub struct Decisions {
    ways: RefCell<Vec<Decision>>,
    /// Each once: an expression may come to a condition very often.
    conditions: RefCell<BTreeSet<ConditionTaken>>,
}

impl Decisions {
    /// Takes what has been noted so far.
    pub fn take(&self) -> Vec<Decision> {
        std::mem::take(&mut self.ways.borrow_mut())
    }

    /// Takes the conditions of JSONata expressions that were evaluated so far, each outcome once.
    pub fn take_conditions(&self) -> BTreeSet<ConditionTaken> {
        std::mem::take(&mut self.conditions.borrow_mut())
    }

    pub(crate) fn note_condition(&self, state: &Arc<str>, expression: &str, at: usize, is_true: bool) {
        let taken = ConditionTaken { state: Arc::clone(state), expression: expression.to_owned(), at, is_true };
        self.conditions.borrow_mut().insert(taken);
    }

    pub(crate) fn note(&self, state: &Arc<str>, way: Way) {
        self.ways.borrow_mut().push(Decision { state: Arc::clone(state), way });
    }
}

impl StateMachine {
    /// Every decision that the definition offers, with the state that it leads to, state by state. A retrier leads to its own state.
    pub fn decisions(&self) -> Vec<(Decision, Arc<str>)> {
        self.states.iter().flat_map(ways).collect()
    }
}

fn ways(state: &State) -> Vec<(Decision, Arc<str>)> {
    let mut ways = vec![(Way::Entered, Arc::clone(&state.name))];
    if let Some(NextOrEnd::Next(target)) = state.kind.then() {
        ways.push((Way::Next, Arc::clone(&target.name)));
    }
    if let StateKind::Choice { rules, default } = &state.kind {
        ways.extend(rules.iter().enumerate().map(|(i, rule)| (Way::Rule(i), Arc::clone(&rule.route.next.name))));
        ways.extend(default.iter().map(|target| (Way::Default, Arc::clone(&target.name))));
    }
    if let Some(recovery) = state.kind.recovery() {
        let retriers = recovery.retriers.iter().enumerate();
        ways.extend(retriers.map(|(i, _)| (Way::Retry(i), Arc::clone(&state.name))));
        let catchers = recovery.catchers.iter().enumerate();
        ways.extend(catchers.map(|(i, catcher)| (Way::Catch(i), Arc::clone(&catcher.route.next.name))));
    }
    ways.into_iter().map(|(way, to)| (Decision { state: Arc::clone(&state.name), way }, to)).collect()
}
