//! What Jackson reads: the characters of a text, or bytes.

/// How much of a source Jackson shows.
const SHOWN: usize = 500;

/// A source of JSON. Jackson reads bytes one by one, and tells of most of them as if each were a character.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'s> {
    Text(&'s str),
    Bytes(&'s [u8]),
}

impl Source<'_> {
    /// What is read one after the other: characters, or bytes as the characters with their codes.
    pub(super) fn units(self) -> Vec<char> {
        match self {
            Self::Text(text) => text.chars().collect(),
            Self::Bytes(bytes) => bytes.iter().copied().map(char::from).collect(),
        }
    }

    /// What the source is, its beginning, and how much follows that; `length` is how many units it has.
    pub(super) fn described(self, length: usize) -> String {
        let (kind, units, shown) = match self {
            Self::Text(text) => ("String", "chars", text.chars().take(SHOWN).collect::<String>()),
            Self::Bytes(bytes) => {
                let first = bytes.get(..SHOWN).unwrap_or(bytes);
                ("byte[]", "bytes", String::from_utf8_lossy(first).into_owned())
            }
        };
        let cut = match length.saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!("[truncated {more} {units}]"),
        };
        format!("({kind})\"{shown}\"{cut}")
    }
}
