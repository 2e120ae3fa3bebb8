//! What parts of the cloud tell each other without a word: that it ends, that something has changed.

mod changes;
mod stop;

pub use changes::Changes;
pub use stop::Stop;
