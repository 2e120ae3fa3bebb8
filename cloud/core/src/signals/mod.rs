//! What parts of the cloud tell each other without a word: that it ends, that something has changed.

mod changes;
mod counted_logs;
mod stop;

pub use changes::{Changes, Topic};
pub use counted_logs::CountedLogs;
pub use stop::Stop;
