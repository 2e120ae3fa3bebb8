//! What is stored of functions: versions, aliases, settings and resource policies, and the format of their rows.

mod alias;
mod event_invoke;
mod function;
mod logging;
mod resource_policy;
mod row;
mod settings;
mod url;
mod version;
mod vpc;

pub(crate) use alias::{Alias, is_alias_name};
pub(crate) use event_invoke::{DEFAULT_MAX_AGE_S, DEFAULT_MAX_RETRIES, EventInvokeConfig};
pub(crate) use function::Function;
pub use logging::{LogFormat, LogLevel, LoggingConfig};
pub(crate) use resource_policy::{Grant, ResourcePolicy, Statement};
pub(crate) use row::RowFormat;
pub(crate) use settings::{FunctionSettings, ProvisionedConcurrency, RuntimeManagement, UpdateRuntimeOn};
pub(crate) use url::{FunctionUrl, InvokeMode, UrlAuthType, UrlCors};
pub use version::{Code, FunctionVersion};
pub use vpc::VpcConfig;
#[cfg(test)]
pub(crate) use {function::tests::function, version::example};
