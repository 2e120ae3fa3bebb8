//! What is stored of functions: versions, aliases and resource policies, and the format of their rows.

mod alias;
mod event_invoke;
mod function;
mod logging;
mod resource_policy;
mod row;
mod version;

pub(crate) use alias::{Alias, is_alias_name};
pub(crate) use event_invoke::{DEFAULT_MAX_AGE_S, DEFAULT_MAX_RETRIES, EventInvokeConfig};
pub(crate) use function::Function;
pub use logging::{LogFormat, LogLevel, LoggingConfig};
pub(crate) use resource_policy::{Grant, ResourcePolicy, Statement};
pub(crate) use row::RowFormat;
pub use version::{Code, FunctionVersion};
#[cfg(test)]
pub(crate) use {function::tests::function, version::example};
