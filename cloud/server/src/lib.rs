//! The embedded cloud put together: AWS's own wire protocols on one loopback port.
//!
//! This is the only crate that knows every service. [`run()`] opens the store, gives each service its handles, and answers
//! requests until it is told to end; [`lifecycle`] starts, stops and looks at a cloud in the background. The real clock and
//! the real source of random numbers are made here and nowhere else.
//!
//! What it must not know: how a service does its work, and anything of the program around it but where the data folder is.

mod admin;
mod backup;
mod composition;
mod data_dir;
mod file_error;
mod guard;
mod http;
mod keys;
pub mod lifecycle;
mod log;
mod open_files;
mod router;
mod run;
mod site;
mod time;

pub use backup::{BackupError, Contents, Manifest};
pub use cloud_core::{ConsistencySettings, Setting};
pub use cloud_lambda::{Part as SandboxPart, supervise};
pub use cloud_states::{ForkRequest, MockedStart};
pub use cloud_store::RepairReport;
pub use composition::{Cloud, Composition, serves_task};
pub use data_dir::DataDir;
pub use file_error::FileError;
pub use guard::Peer;
pub use keys::CloudKeys;
pub use log::{ActivityReader, ActivityRecord};
pub use run::{LocalError, Ready, RunOptions, run};
pub use site::{CloudFront, console_url};
pub use time::{Aim, Ending, Moved, TimeReport};
