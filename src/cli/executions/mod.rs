//! Executions: started, listed, shown, stopped, redriven; and functions invoked by themselves.

pub(crate) mod explain;
pub(crate) mod fork;
mod input;
pub(crate) mod invoke;
pub(crate) mod list;
pub(crate) mod open;
mod post;
pub(crate) mod redrive;
pub(crate) mod show;
pub(crate) mod skip;
pub(crate) mod start;
pub(crate) mod stop;
mod strangers;
pub(crate) mod until_end;
