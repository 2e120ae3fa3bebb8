//! The commands that make a project and look at one without any cloud; `test record` alone asks one.

mod definition_file;
pub(crate) mod graph;
pub(crate) mod init;
mod judges;
mod outside;
pub(crate) mod print;
pub(crate) mod test;
mod test_report;
pub(crate) mod validate;
