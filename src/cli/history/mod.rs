//! What an execution's history tells: which execution a name means, its events as lines, until when it waits, why it failed.

pub(crate) mod failure;
pub(crate) mod failures;
pub(crate) mod find;
pub(crate) mod outline;
pub(crate) mod recent;
pub(crate) mod timeline;
pub(crate) mod tree;
pub(crate) mod waiting;
pub(crate) mod waits;
