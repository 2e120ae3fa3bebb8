//! The nouns, pure: names, ARNs, the parsed service and its definitions. Reads no file and calls nothing.

pub(crate) mod call;
pub(crate) mod definition;
pub(crate) mod deployment;
pub(crate) mod document;
pub(crate) mod environment;
pub(crate) mod names;
pub(crate) mod pseudo;
mod section;
pub(crate) mod service;
mod service_file;
pub(crate) mod source;
pub(crate) mod stack;

pub(crate) use section::nearest;
