//! State machines, their versions and aliases.

pub(crate) mod alias;
pub(crate) mod create;
pub(crate) mod describe;
mod role;
pub(crate) mod settings;
pub(crate) mod update;
pub(crate) mod validate;
pub(crate) mod version;
