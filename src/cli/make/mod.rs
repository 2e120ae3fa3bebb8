//! The commands that make a project and look at one without any cloud; `test record` alone asks one.

pub(crate) mod init;
pub(crate) mod print;
pub(crate) mod test;
pub(crate) mod validate;
