//! What packaging hands over.

use crate::digest::Digest;
use crate::options::Architecture;
use std::fmt;
use std::path::PathBuf;

/// A function's zip, ready to upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artefact {
    /// The function's key, e.g. `sendEmail`.
    pub name: String,
    /// The zip.
    pub zip_path: PathBuf,
    /// The zip's SHA-256, to compare with Lambda's `CodeSha256`.
    pub sha256: Digest,
    /// The zip's size.
    pub size_bytes: u64,
    /// The executable's size, which is all that the zip holds.
    pub unzipped_bytes: u64,
    /// What the executable runs on.
    pub architecture: Architecture,
    /// The newest glibc that the executable asks for; `None` when it asks for none.
    pub newest_glibc: Option<GlibcVersion>,
}

/// A version of the GNU C library, as symbols name it: `GLIBC_2.34`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GlibcVersion {
    major: u32,
    minor: u32,
    patch: u32,
}

impl GlibcVersion {
    /// What `provided.al2023` has.
    pub const OF_AL2023: Self = Self::new(2, 34);

    /// A version without a third number.
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor, patch: 0 }
    }

    /// Reads `2.34` or `2.2.5`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map(|number| number.parse::<u32>().ok());
        let major = numbers.next()??;
        let minor = numbers.next()??;
        let patch = match numbers.next() {
            Some(number) => number?,
            None => 0,
        };
        numbers.next().is_none().then_some(Self { major, minor, patch })
    }
}

impl fmt::Display for GlibcVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)?;
        match self.patch {
            0 => Ok(()),
            patch => write!(formatter, ".{patch}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_numbers_not_text() {
        let parse = |text| GlibcVersion::parse(text).unwrap();
        assert!(parse("2.4") < parse("2.34"));
        assert!(parse("2.34") < parse("2.34.1"));
        assert_eq!(parse("2.34"), GlibcVersion::OF_AL2023);
        assert_eq!(parse("2.2.5").to_string(), "2.2.5");
        for text in ["", "2", "PRIVATE", "2.x", "2.3.4.5", "ABI_DT_RELR"] {
            assert_eq!(GlibcVersion::parse(text), None, "{text}");
        }
    }
}
