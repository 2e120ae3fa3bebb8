//! How many bytes of events a group may have.

/// How many bytes the events of a log group may take. Then the oldest ones go. Less in tests, which fill it.
pub(crate) const GROUP_LIMIT_BYTES: u64 = if cfg!(test) { 16 << 20 } else { 128 << 20 };

/// How many bytes of a group are left once its oldest events are gone.
pub(crate) const GROUP_TRIMMED_BYTES: u64 = GROUP_LIMIT_BYTES / 8 * 7;

/// How many bytes a group may have while its oldest events are being removed; whoever writes more waits.
pub(crate) const GROUP_FULL_BYTES: u64 = GROUP_LIMIT_BYTES / 8 * 9;
