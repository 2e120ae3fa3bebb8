//! Service quotas and limits of AWS Step Functions, each in one place.
//!
//! Source, where nothing else is said: <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.

/// The longest payload between states, in bytes of UTF-8.
pub const MAX_PAYLOAD_BYTES: usize = 262_144;
/// The most events that an execution may have; the last one reports the limit.
pub const MAX_EVENTS: u64 = 25_000;
/// The longest that an execution may take, in seconds: 365 days.
pub const MAX_EXECUTION_S: u64 = 31_536_000;
/// The longest that an Express execution may take, in seconds.
pub const MAX_EXPRESS_S: u64 = 300;

/// The longest text of a definition, in characters.
pub(crate) const MAX_DEFINITION_CHARS: usize = 1_048_576;
/// The longest name of a state, in characters.
pub(crate) const MAX_STATE_NAME_CHARS: usize = 80;
/// The longest name of a variable, in characters.
pub(crate) const MAX_VARIABLE_NAME_CHARS: usize = 80;
/// The longest `Label` of a Map state, in characters.
pub(crate) const MAX_LABEL_CHARS: usize = 40;

/// The greatest number of seconds in a definition: of timeouts, heartbeats and waits.
pub(crate) const MAX_SECONDS: u64 = 99_999_999;
/// The greatest `IntervalSeconds` and `MaxAttempts` of a retrier.
pub(crate) const MAX_RETRY_VALUE: u64 = MAX_SECONDS;
/// The greatest `MaxDelaySeconds` of a retrier: 366 days.
pub(crate) const MAX_RETRY_DELAY_S: u64 = 31_622_400;
/// The longest wait, in seconds: AWS accepts 24,855 days and refuses 24,856, so it counts seconds in 32 bits.
pub(crate) const MAX_WAIT_S: i64 = i32::MAX as i64;

/// The most that all variables of an execution may hold, in bytes of JSON.
pub(crate) const MAX_VARIABLES_BYTES: usize = 10 * 1024 * 1024;
/// The number of iterations of an inline Map state that AWS runs at the same time: the default of `MaxConcurrency`, and the most.
pub(crate) const MAX_MAP_CONCURRENCY: u64 = 40;
/// The number of children of a Map Run that AWS runs at the same time: the default of `MaxConcurrency`, and the most.
pub(crate) const MAX_MAP_RUN_CONCURRENCY: u64 = 10_000;
/// How often a Map Run may be redriven.
pub(crate) const MAX_MAP_RUN_REDRIVES: u64 = 1000;
/// The greatest `MaxItems` of an item reader, and `MaxItemsPerBatch`.
pub(crate) const MAX_ITEMS: u64 = 100_000_000;
/// The greatest `MaxInputBytesPerBatch`: the payload quota.
pub(crate) const MAX_BATCH_BYTES: u64 = MAX_PAYLOAD_BYTES as u64;
/// The longest header of a CSV file, in bytes.
pub(crate) const MAX_CSV_HEADER_BYTES: usize = 10 * 1024;
