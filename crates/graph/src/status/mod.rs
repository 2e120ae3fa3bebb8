//! How each state of an execution stands: a fold of its events.

mod fold;

use std::collections::{BTreeMap, BTreeSet};

/// How a state stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It was not entered.
    NotReached,
    /// It was entered and works.
    Running,
    /// It waits for its moment.
    Waiting,
    /// What it calls has failed and is tried again.
    Retrying,
    /// It was left as its definition says.
    Succeeded,
    /// What it called has failed, and a catcher took it.
    Caught,
    /// The execution failed in it.
    Failed,
    /// The execution ended before it did.
    Aborted,
    /// Tests went through it, and took every way out of it.
    Covered,
    /// Tests went through it, and did not take every way out of it.
    PartlyCovered,
}

impl Status {
    /// Every status of an execution's states, in the order in which an execution may come to them.
    pub const ALL: [Self; 8] = [
        Self::NotReached,
        Self::Running,
        Self::Waiting,
        Self::Retrying,
        Self::Succeeded,
        Self::Caught,
        Self::Failed,
        Self::Aborted,
    ];

    /// In words: `not reached`.
    pub fn words(self) -> &'static str {
        match self {
            Self::NotReached => "not reached",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Retrying => "retrying",
            Self::Succeeded => "succeeded",
            Self::Caught => "caught",
            Self::Failed => "failed",
            Self::Aborted => "aborted",
            Self::Covered => "covered",
            Self::PartlyCovered => "partly covered",
        }
    }

    /// As a class of a style sheet: `not-reached`.
    pub fn class(self) -> &'static str {
        match self {
            Self::NotReached => "not-reached",
            // Coverage has the colours of executions.
            Self::Covered => Self::Succeeded.words(),
            Self::PartlyCovered => Self::Caught.words(),
            other => other.words(),
        }
    }
}

/// How a state stands over all the times that it was entered: a loop, or the items of a Map state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The status to show.
    pub status: Status,
    /// How often it was entered.
    pub entered: u64,
    /// How often it was left: also by a catcher.
    pub left: u64,
    /// How often what it calls was tried, the last time it was entered.
    pub tries: u64,
}

impl Progress {
    const NOT_REACHED: Self = Self { status: Status::NotReached, entered: 0, left: 0, tries: 0 };

    /// The status in words, with what there is to count: `retrying, try 2`, `running, 3 of 10 done`.
    pub fn words(&self) -> String {
        let words = self.status.words();
        match self.status {
            Status::Retrying if self.tries > 1 => format!("{words}, try {}", self.tries),
            Status::NotReached => words.to_owned(),
            _ if self.left < self.entered && self.entered > 1 => {
                format!("{words}, {} of {} done", self.left, self.entered)
            }
            _ if self.entered > 1 => format!("{words}, {} times", self.entered),
            _ => words.to_owned(),
        }
    }
}

/// What is read of an event of `GetExecutionHistory`.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// Its number, from 1.
    pub id: i64,
    /// The event that caused it; 0 for none.
    pub previous_event_id: i64,
    /// Its type, such as `WaitStateEntered`.
    pub kind: &'a str,
    /// The state that it enters or leaves, or whose field could not be evaluated.
    pub state: Option<&'a str>,
}

/// How the states of an execution stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statuses {
    by_name: BTreeMap<String, Progress>,
    taken: BTreeSet<Taken>,
}

/// A transition that an execution took, by the names of the states; none where a flow begins or ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Taken {
    from: Option<String>,
    to: Option<String>,
    is_caught: bool,
}

impl Statuses {
    /// Folds the events of an execution, oldest first.
    pub fn of<'a>(events: impl IntoIterator<Item = Event<'a>>) -> Self {
        fold::fold(events)
    }

    /// How tests cover the states of a machine: each by its name, how often it was entered, and whether every way out of it was
    /// taken.
    pub fn covered(states: impl IntoIterator<Item = (String, u64, bool)>) -> Self {
        let progress = |entered: u64, is_whole: bool| Progress {
            status: match (entered, is_whole) {
                (0, _) => Status::NotReached,
                (_, true) => Status::Covered,
                (_, false) => Status::PartlyCovered,
            },
            entered,
            left: entered,
            tries: 0,
        };
        let states = states.into_iter();
        let by_name = states.map(|(name, entered, is_whole)| (name, progress(entered, is_whole))).collect();
        Self { by_name, taken: BTreeSet::new() }
    }

    /// Whether an execution went from one state to another, by their names: from none where a flow begins with it, to none where
    /// it ends with it; `is_caught` by a catcher.
    pub(crate) fn has_taken(&self, from: Option<&str>, to: Option<&str>, is_caught: bool) -> bool {
        self.taken.contains(&Taken { from: from.map(str::to_owned), to: to.map(str::to_owned), is_caught })
    }

    /// How the state of a name stands.
    pub fn progress(&self, name: &str) -> Progress {
        self.by_name.get(name).copied().unwrap_or(Progress::NOT_REACHED)
    }
}

/// One time that a state was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The state's name.
    pub state: String,
    /// The visit of the Parallel or Map state that it lies in, by its place in the list.
    pub outer: Option<usize>,
    /// How it stands.
    pub status: Status,
    /// How often what it calls was tried.
    pub tries: u64,
    /// It stands as it did at the event that was known.
    pub is_known: bool,
}

/// Every time that a state was entered, and which events belong to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visits {
    /// How the states stand over all of these.
    pub statuses: Statuses,
    /// In the order of their entry.
    pub visits: Vec<Visit>,
    /// For each event, in their order, the visit that it belongs to, by its place in that list. Those of a Map state's iteration
    /// belong to the Map state.
    pub of_event: Vec<Option<usize>>,
}

impl Visits {
    /// Folds the events of an execution, oldest first. `known` is the number of an event up to which somebody knows them; 0 for
    /// none.
    pub fn of<'a>(events: impl IntoIterator<Item = Event<'a>>, known: i64) -> Self {
        fold::fold_visits(events, known)
    }
}

#[cfg(test)]
mod tests;
