//! How often log events are asked for, and how late one may arrive.

use std::time::Duration;

use crate::cli::global::Global;

/// How often to ask for news: AWS allows a few calls a second, the embedded cloud any number.
pub(crate) fn interval(global: &Global, wanted_ms: Option<u64>) -> Duration {
    Duration::from_millis(wanted_ms.unwrap_or(if global.local { 30 } else { 1000 }))
}

/// How long a line may take to show up: on AWS many seconds, in the embedded cloud next to nothing.
pub(crate) fn lag(global: &Global) -> Duration {
    Duration::from_secs(if global.local { 5 } else { 60 })
}

/// How long the last lines of an execution that has ended are waited for.
pub(crate) fn last_lines(global: &Global) -> Duration {
    Duration::from_secs(if global.local { 2 } else { 15 })
}
