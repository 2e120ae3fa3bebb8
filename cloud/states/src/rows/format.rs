//! The version of a kind of row. Every row carries it, and a row of another version is refused with a sentence.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The version `N` of a kind of row; it takes no memory.
///
/// A field that is added and may be absent keeps the version. Anything that an older program would misread gets the next
/// one, and a fixture beside those of the versions before it (`tests/fixtures`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct FormatVersion<const N: u32>;

impl<const N: u32> Serialize for FormatVersion<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(N)
    }
}

impl<'de, const N: u32> Deserialize<'de> for FormatVersion<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = u32::deserialize(deserializer)?;
        if found == N {
            return Ok(Self);
        }
        let age = if found > N { "a newer" } else { "an earlier" };
        Err(serde::de::Error::custom(format!(
            "{age} workshop wrote it (its format is {found}; this workshop reads {N})"
        )))
    }
}
