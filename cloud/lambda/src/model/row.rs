//! The format of a function's row in the store, and the rule for reading another program's rows.
//!
//! A row is the JSON of a [`Function`](super::Function) under `region/name` (`account:region/name` outside the default
//! account).
//!
//! | format | what it is | this program |
//! | --- | --- | --- |
//! | none | rows without the member `format`, perhaps without aliases and generations | reads it, writes format 3 |
//! | 1 | as format none, with the member `format` | reads it, writes format 3 |
//! | 2 | with further conditions of permissions, reserved concurrency and settings of asynchronous events | reads it, writes format 3 |
//! | 3 | with networks, dead letters, function URLs, provisioned concurrency, and settings of runtimes and loops | reads and writes it |
//!
//! A member that older programs may ignore keeps the format, with `#[serde(default)]`. Anything that an older program
//! would read wrongly needs the next number and a fixture in `tests/fixtures`.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The format that this program writes.
const CURRENT: u32 = 3;

/// The format of a row that this program can read. It is always written as the current one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct RowFormat;

impl Serialize for RowFormat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(CURRENT)
    }
}

impl<'de> Deserialize<'de> for RowFormat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let format = u32::deserialize(deserializer)?;
        if format > CURRENT {
            return Err(D::Error::custom(format_args!(
                "a newer version of workshop stored this function (row format {format}, and this one reads up to \
                 {CURRENT}). Use that version, or another data folder"
            )));
        }
        Ok(Self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::model::{Function, function};

    /// As programs wrote it before rows had a format, aliases and generations.
    const WITHOUT_FORMAT: &str = include_str!("../../tests/fixtures/function-without-format.json");
    const FORMAT_1: &str = include_str!("../../tests/fixtures/function-1.json");
    const FORMAT_2: &str = include_str!("../../tests/fixtures/function-2.json");
    const FORMAT_3: &str = include_str!("../../tests/fixtures/function-3.json");

    fn value(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn what_is_written_is_format_3_and_comes_back_the_same() {
        let read: Function = serde_json::from_str(FORMAT_3).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), value(FORMAT_3));
        let members: Vec<String> = value(FORMAT_3).as_object().unwrap().keys().cloned().collect();
        let written = Function {
            reserved_concurrency: read.reserved_concurrency,
            event_invoke: read.event_invoke,
            settings: read.settings,
            ..function(1)
        };
        let written = serde_json::to_value(written).unwrap();
        let written: Vec<String> = written.as_object().unwrap().keys().cloned().collect();
        assert_eq!(written, members);
    }

    #[test]
    fn rows_of_older_formats_are_read_and_written_as_format_3() {
        for (format, row) in [(1, FORMAT_1), (2, FORMAT_2)] {
            let read: Function = serde_json::from_str(row).unwrap();
            let mut written = serde_json::to_value(&read).unwrap();
            assert_eq!(written["format"], 3);
            written["format"] = format.into();
            assert_eq!(written, value(row));
        }
    }

    #[test]
    fn rows_without_a_format_are_read_and_written_as_format_3() {
        let read: Function = serde_json::from_str(WITHOUT_FORMAT).unwrap();
        assert!(read.aliases.is_empty());
        assert_eq!(serde_json::to_value(&read).unwrap()["format"], 3);
    }

    #[test]
    fn a_newer_format_is_refused_with_a_sentence() {
        let mut newer = value(FORMAT_3);
        newer["format"] = 4.into();
        let refused = serde_json::from_value::<Function>(newer).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "a newer version of workshop stored this function (row format 4, and this one reads up to 3). Use that \
             version, or another data folder"
        );
    }
}
