//! A definition as pictures show it: flows of states, with the transitions between them.

mod condition;
mod detail;
mod json;
mod read;

use asl::StateType;

/// A state machine to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// Every state of every flow, in the order of the definition; those of an outer flow before those inside it.
    pub(crate) states: Vec<State>,
    /// The machine itself, then the flows inside its states; an outer flow comes before those inside it.
    pub(crate) flows: Vec<Flow>,
}

/// The machine itself, a branch, or what a Map state does with an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flow {
    /// The state that it lies in; none for the machine itself.
    pub(crate) outer: Option<usize>,
    pub(crate) start: Option<usize>,
    pub(crate) states: Vec<usize>,
    pub(crate) transitions: Vec<Transition>,
}

/// A state: what it is called and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    /// The name as the definition has it.
    pub(crate) name: String,
    /// The name as it is shown.
    pub(crate) shown: String,
    /// None where the definition has no such type, and where it has no such state at all.
    pub(crate) kind: Option<StateType>,
    /// What it does in a few words: what a Task calls, until when a Wait state waits. Empty where there is nothing to say.
    pub(crate) detail: String,
    /// The flows inside it.
    pub(crate) inner: Vec<usize>,
    /// A transition leads there, and the definition has no such state.
    pub(crate) is_missing: bool,
    /// Its flow ends with it: `End`.
    pub(crate) ends: bool,
}

/// A transition, or several of one kind between the same two states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Transition {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) kind: TransitionKind,
    /// What must hold for each: a choice rule's condition, a catcher's errors. Empty for those that always hold.
    pub(crate) conditions: Vec<String>,
}

/// Why a state follows another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TransitionKind {
    Next,
    Rule,
    Default,
    Caught,
}

impl Graph {
    /// The states' names as the definition has them. A state's place in this list is its number in pictures.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.states.iter().map(|state| state.name.as_str())
    }
}

impl State {
    /// Its type, as it is shown.
    pub(crate) fn type_name(&self) -> &'static str {
        match self.kind {
            Some(kind) => kind.name(),
            None if self.is_missing => "no such state",
            None => "no such type",
        }
    }

    /// Whether it ends its flow, or the execution, by its type.
    pub(crate) fn is_terminal(&self) -> bool {
        matches!(self.kind, Some(StateType::Succeed | StateType::Fail))
    }
}

impl Transition {
    /// The conditions in a few words.
    pub(crate) fn label(&self) -> Option<String> {
        let first = self.conditions.first()?;
        Some(match self.conditions.len() {
            1 => first.clone(),
            count => format!("{first} or {} more", count - 1),
        })
    }
}

#[cfg(test)]
mod tests;
