//! What each type of state does; `map/` has the Map states.

mod choice;
mod dispatch;
mod parallel;
pub(super) mod task;
mod timer;
