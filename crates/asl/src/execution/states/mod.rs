//! What each type of state does; `map/` has the Map states.

mod choice;
mod dispatch;
pub(super) mod inner_branches;
mod parallel;
pub(super) mod state_test;
mod task;
mod timer;
pub(super) mod waits;
