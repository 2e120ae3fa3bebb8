//! The commands that make a project and look at one without any cloud; `test record` alone asks one.

mod definition_file;
pub(crate) mod graph;
pub(crate) mod init;
pub(crate) mod print;
pub(crate) mod test;
pub(crate) mod validate;
