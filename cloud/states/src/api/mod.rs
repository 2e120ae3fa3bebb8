//! The Step Functions API (awsJson1.0): a function for each operation.

pub(crate) mod activity;
pub(crate) mod answer;
mod encryption;
pub(crate) mod execution;
pub(crate) mod history;
pub(crate) mod list;
pub(crate) mod map_run;
pub(crate) mod page;
mod registered;
pub(crate) mod start_sync;
pub(crate) mod state_machine;
pub(crate) mod tag;
pub(crate) mod test_state;
pub(crate) mod token;
