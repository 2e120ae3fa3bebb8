//! The commands that make a project and look at one without any cloud.

mod definition_file;
pub(crate) mod graph;
pub(crate) mod init;
pub(crate) mod print;
pub(crate) mod validate;
