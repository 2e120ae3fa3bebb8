//! The version of the format that an execution is stored in.
//!
//! The rule: every change that an older reader would misread gets a new number, a fixture of that version in
//! `tests/engine/stored`, and a reader for all older ones. Version 0 had no number; it differs from version 1 in names only,
//! which the fields still accept as aliases.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Execution;

/// The version field: it has no value of its own, since every execution in memory has the newest format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Format;

impl Execution {
    /// The version of the format in which this crate stores an execution. It reads this version and all older ones.
    pub const FORMAT: u64 = 1;
}

impl Serialize for Format {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(Execution::FORMAT)
    }
}

impl<'de> Deserialize<'de> for Format {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u64(Version)
    }
}

struct Version;

impl Visitor<'_> for Version {
    type Value = Format;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the version of a stored execution")
    }

    fn visit_u64<E: Error>(self, version: u64) -> Result<Format, E> {
        if version <= Execution::FORMAT {
            return Ok(Format);
        }
        Err(E::custom(format_args!(
            "the execution is stored in format {version}, and this program reads formats up to {}; open it with the program \
             that stored it, or with a newer one",
            Execution::FORMAT
        )))
    }
}
