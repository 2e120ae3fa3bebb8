//! Executions: started, listed, shown, stopped.

pub(crate) mod list;
pub(crate) mod show;
pub(crate) mod start;
pub(crate) mod stop;
