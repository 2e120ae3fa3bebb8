//! AWS's published API models, reduced to what is checked: the operations of every service, and the shapes of what goes in and
//! comes out.
//!
//! The data is `data/models.bin`, made by `cargo xtask models` from botocore, which has the models of every AWS SDK
//! (Apache-2.0). It is a part of the program, and nothing of it is read before somebody asks: then one service is unpacked, and
//! stays so. [`ARCHIVE_NAME`] says where it lies and [`Archive`] how it is written.
//!
//! The names of services are those of Step Functions' SDK integrations (`cloudwatchlogs`, `sfn`), which are those of the AWS
//! SDK for Java; [`Spelling`] says how members are called.

mod archive;
mod mock;
mod parameters;
mod pattern;
mod request;
mod service;
mod shape;
mod spelling;

pub use archive::{Archive, Unreadable};
pub use mock::{Mismatch, Presence};
pub use parameters::ParameterProblem;
pub use request::{Element, Input, MemberRules, Violation, Written, refusal};
pub use service::{Operation, Service};
pub use shape::{Inner, Kind, Member, Place, Range, Shape, Structure};
pub use spelling::{Spelling, action_name, member_name};

use std::sync::LazyLock;

/// The archive, below the repository's root.
pub const ARCHIVE_NAME: &str = "crates/api-models/data/models.bin";

static ARCHIVE: LazyLock<Archive> = LazyLock::new(|| {
    // A test reads all of it: it is a part of the program.
    Archive::read(include_bytes!("../data/models.bin").as_slice()).unwrap_or_default()
});

/// The models that the program carries.
pub fn models() -> &'static Archive {
    &ARCHIVE
}

/// A service by the name that Step Functions gives it in `aws-sdk:<service>:<action>`.
pub fn service(name: &str) -> Option<&'static Service> {
    models().service(name)
}

/// What the requests of a service may be, with their limits, for the services that the embedded cloud checks by their model.
pub fn requests(name: &str) -> Option<&'static Service> {
    models().service(&requests_name(name))
}

/// The name in the archive of what the requests of a service may be.
pub fn requests_name(service: &str) -> String {
    format!("requests:{service}")
}

#[cfg(test)]
mod tests;
