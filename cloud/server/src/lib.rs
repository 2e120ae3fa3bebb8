//! The embedded cloud put together: AWS's own wire protocols on one loopback port.
//!
//! This is the only crate that knows every service. [`run()`] opens the store, gives each service its handles, and answers
//! requests until it is told to end; [`lifecycle`] starts, stops and looks at a cloud in the background. The real clock and
//! the real source of random numbers are made here and nowhere else.
//!
//! What it must not know: how a service does its work, and anything of the program around it but where the data folder is.

mod admin;
mod composition;
mod data_dir;
mod file_error;
mod http;
pub mod lifecycle;
mod log;
mod router;
mod run;

pub use cloud_core::{ConsistencySettings, Setting};
pub use cloud_lambda::{Part as SandboxPart, supervise};
pub use composition::{Cloud, Composition};
pub use data_dir::DataDir;
pub use file_error::FileError;
pub use log::{ActivityReader, ActivityRecord};
pub use run::{LocalError, Ready, RunOptions, run};
