//! AWS through its SDK: how the clients are made, one module per service, and what each failure means.
//!
//! [`Aws::connect`] makes one client per service for a [`Target`]: AWS itself, or the embedded cloud at a URL, which is told
//! apart by endpoint and credentials alone. The modules named after services wrap the operations that the project calls and
//! answer with plain values. Every failure becomes an [`AwsError`], whose [`AwsErrorKind`] says whose fault it is and whether
//! waiting may help; what it does help, every client waits for by one policy ([`retry`]). [`permissions`] says what a caller
//! must be allowed for each operation. [`clock`] is the wall clock of a command that talks to AWS and the only way for it to
//! wait, [`random`] its only source of chance.
//!
//! Each attempt of each call leaves a `tracing` event with the target `workshop::aws`: operation, attempt, status, duration and
//! request id; never a header or a body.
//!
//! What this crate must not know: what a deployment is, how the embedded cloud works, and the command line. It changes nothing
//! that it was not told to change, and prints nothing.

pub mod apis;
mod client;
pub mod clock;
pub mod error;
pub mod iam;
pub mod inventory;
pub mod lambda;
pub mod logs;
#[cfg(test)]
mod peer;
pub mod permissions;
pub mod random;
pub mod retry;
pub mod sfn;
mod tags;
mod trace;

pub use apis::endpoint;
pub use client::connect::{Aws, LocalKeys, Target};
pub use client::credentials::mfa::{MfaCode, MfaPrompt};
pub use client::timeouts::CallTimeout;
pub use client::{http, region};
pub use error::AwsError;
pub use error::kind::{AwsErrorKind, SignIn};
pub use lambda::{aliases, invoke, versions as function_versions};
pub use logs::{events as log_events, live as live_tail};
pub use sfn::{executions, history, map_runs, start, tests_of, versions as machine_versions};
pub use tags::{DeniedRead, TagRead, Tags};
pub use trace::TARGET;
