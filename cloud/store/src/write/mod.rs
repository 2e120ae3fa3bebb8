//! Handing changes over: batches, the room that they wait in, and the one thread that writes them.

pub(crate) mod batch;
pub(crate) mod flush;
pub(crate) mod inline;
pub(crate) mod queue;
pub(crate) mod writer;
