//! Lambda's runtimes: their names and versions, and what this machine runs them with.
//!
//! A [`Runtime`] is one that functions can be deployed with today. [`Runtime::parse`] says of any other name whether Lambda
//! has retired it, has it and this project does not, or never had it.
//!
//! What this crate must not know: what a service is, AWS's APIs, the command line, and every other crate of the workspace.

mod runtime;

pub use runtime::{Language, Runtime, RuntimeError};
