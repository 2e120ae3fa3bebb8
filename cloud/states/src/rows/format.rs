//! The version of a kind of row. Every row carries it, and a row of another version is refused with a sentence.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The version of a kind of row: `NEWEST` is written, and all from `OLDEST` on are read. It takes no memory.
///
/// A field that is added and may be absent keeps the version. Anything that an older program would misread gets the next
/// one, and a fixture beside those of the versions before it (`tests/fixtures`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct FormatVersion<const NEWEST: u32, const OLDEST: u32 = NEWEST>;

impl<const NEWEST: u32, const OLDEST: u32> Serialize for FormatVersion<NEWEST, OLDEST> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(NEWEST)
    }
}

impl<'de, const NEWEST: u32, const OLDEST: u32> Deserialize<'de> for FormatVersion<NEWEST, OLDEST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = u32::deserialize(deserializer)?;
        if (OLDEST..=NEWEST).contains(&found) {
            return Ok(Self);
        }
        let age = if found > NEWEST { "a newer" } else { "an earlier" };
        Err(serde::de::Error::custom(format!(
            "{age} workshop wrote it (its format is {found}; this workshop reads {})",
            if OLDEST == NEWEST { NEWEST.to_string() } else { format!("{OLDEST} to {NEWEST}") }
        )))
    }
}
