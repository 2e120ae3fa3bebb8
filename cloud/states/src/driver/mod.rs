//! Drives executions: one mailbox for each that has something to do, one queue of timers for all that wait.
//!
//! Everything about one execution happens in its mailbox, one step after another: take what has arrived, apply it through
//! the language engine, commit the new state and the new history in one batch, and only then act on the outside. What was
//! answered or done is therefore always durable; what was not durable is done again after a restart, so a function may
//! run more than once.

mod activity_queue;
mod child_links;
mod children;
mod commit;
mod in_flight_calls;
mod loaded;
mod mailboxes;
mod map_children;
mod message;
mod run;
mod start;
mod step;
mod task;
mod timers;
mod tokens;

pub(crate) use commit::STORE_PAUSE;
pub(crate) use mailboxes::{Driver, Progress};
#[cfg(test)]
pub(crate) use map_children::open_map_runs::MAX_OPEN_MAP_RUNS;
pub(crate) use message::{Message, Skipped};
pub(crate) use run::resume;
