//! Service integrations: what a task calls, as whom, and what the execution is told of it.

mod acting;
pub(crate) mod awaited_child;
mod call;
mod call_fault;
mod caller;
mod casing;
mod http_date;
mod lambda;
mod lambda_route;
pub(crate) mod mocks;
mod route;
mod sdk;
mod start_execution;
mod states_fault;

pub(crate) use call::call;
pub(crate) use caller::Caller;
pub use route::serves_task;
pub(crate) use start_execution::{child_key, started};
