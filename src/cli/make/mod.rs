//! The commands that make a project and look at one without any cloud.

pub(crate) mod init;
pub(crate) mod print;
pub(crate) mod validate;
