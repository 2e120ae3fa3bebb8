//! IAM and STS of the embedded cloud: roles, their policies, and who may assume them.
//!
//! # What it is for
//! [`Iam`] keeps roles and managed policies durably, and the sessions of assumed roles in memory. It offers
//! [`RoleDirectory`](cloud_core::RoleDirectory) to the services that assume roles, and to the router the account that a
//! session acts in ([`Iam::session_account`]) and what its requests are signed with ([`Iam::session_keys`]). Its operations are [`OPERATIONS`] (IAM) and [`sts::OPERATIONS`]; both are
//! answered by the same [`Iam`]. Documents are read, checked and decided on by the crate `policy`.
//!
//! # What it must not know
//! The other services, HTTP connections, the machine's clock and its randomness: it is given a store, a clock, a source of
//! random values and the faults to show. Which action and resource a request is about, whoever asks says.
//!
//! The accounts are apart: no operation reads, lists or changes what another account has; a role of another account can be
//! assumed where its trust policy says so.

mod account;
mod assume_role;
mod directory;
mod listing;
mod operations;
mod permissions;
mod policies;
mod role;
mod roles;
mod service;
mod sessions;
mod settled;
pub mod sts;
#[cfg(test)]
mod tests;
mod unique_id;

pub use operations::{INFO, OPERATIONS, resource_tags};
pub use service::{DELETED_ROLES, INSTANCE_PROFILES, Iam, POLICIES, ROLES};
pub use sessions::SessionKeys;
