//! The nouns of the project: names, ARNs, the stack, the service that `service.toml` or `serverless.yml` declares, and its
//! definitions.
//!
//! Everything here is a value or a pure function from text to values. A [`service::Service`] is what a service file says;
//! a [`stack::Stack`] is one deployment of it (service, stage, region, account) and derives every deployed name and ARN; a
//! [`definition::Definition`] is a state machine's definition with its pseudo-parameters, resolved for one stack. Whatever is
//! wrong in a file is a [`source::ModelError`] with file, line and column.
//!
//! What this crate must not know: the AWS SDK, the network, the file system, the clock, the command line, and every other
//! crate of the workspace but `runtimes`. It reads texts that others have loaded.

pub mod call;
pub mod definition;
pub mod deployment;
pub mod document;
pub mod environment;
pub mod names;
mod partition;
pub mod pseudo;
pub mod role_path;
pub mod serverless;
pub mod service;
mod service_file;
pub mod source;
pub mod stack;
pub mod stack_settings;

pub use names::nearest;
pub use service_file::schema::service_file_schema;
