//! The format of the store's file, and the rule for changing it.
//!
//! The file is a redb database. Its table `format` holds one row, `version`; every other table belongs to the service
//! that declares it, with texts as keys and JSON (or bytes) as values.
//!
//! # The rule
//! A program reads exactly the version it writes, [`VERSION`]. A file of another version, or of another program, is refused
//! with a sentence that says what to do, and not a byte of it changes.
//!
//! These changes keep the version, because the program before the change still reads what the one after it writes:
//! - a new table;
//! - a new field of a value, when values without it still read (`#[serde(default)]`) and older programs ignore it (no
//!   `deny_unknown_fields`);
//! - a new variant of a value that only appears after an operation that older programs do not have.
//!
//! These need a new version, with a fixture of it in `tests/fixtures` and its tests:
//! - another name of a table, another meaning or order of its keys;
//! - a field that goes, gets another type, another unit or another meaning, or whose absence no longer reads;
//! - anything that an older program would read wrongly without noticing.
//!
//! A new version either reads the one before (a reader for it stays, tested with its fixture) or refuses it. Every fixture
//! stays as long as there is a version to tell from.
//!
//! # Versions
//! | version | what it is | this program |
//! | --- | --- | --- |
//! | 1 | rows of each service under `region/...` or `account/region/...`; executions with their payloads in one row | refuses it |
//! | 2 | log events by group id and time and by stream; execution heads apart from their state | reads and writes it |
//!
//! # A file that is being made
//! A new file is made complete under the name `store.redb.new` and then renamed, so that `store.redb` is never half a
//! store: an empty or cut `store.redb` is damage, or not ours.

/// The version that this program reads and writes.
pub const VERSION: u64 = 2;
