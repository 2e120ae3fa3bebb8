//! The cloud's own access key: who can read it may use the cloud, whichever user of the machine he is.

use std::io::{self, Write as _};
use std::path::Path;

use cloud_core::Random;
use serde::{Deserialize, Serialize};

use crate::data_dir::{DataDir, private_file};
use crate::file_error::FileError;

/// The letters that AWS's access key ids are made of.
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Letters of a secret, of five bits each: 40 letters, as AWS's secret keys have, are 200 bits.
const SECRET_LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// An access key of the default account, made when the cloud first starts in its folder.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CloudKeys {
    /// `AKIA` and 16 letters and digits.
    pub access_key_id: String,
    /// 40 letters and digits.
    pub secret_access_key: String,
}

impl std::fmt::Debug for CloudKeys {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("CloudKeys").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

impl CloudKeys {
    /// New keys, of the system's random numbers.
    ///
    /// # Errors
    /// When the system has none to give.
    pub fn generate() -> io::Result<Self> {
        Ok(Self {
            access_key_id: format!("AKIA{}", Random::secret_from_system(LETTERS, 16)?),
            secret_access_key: Random::secret_from_system(SECRET_LETTERS, 40)?,
        })
    }

    /// The keys of the cloud in this folder; none before its first start.
    ///
    /// # Errors
    /// The file can't be read, or is not one of keys.
    pub fn read(data_dir: &DataDir) -> Result<Option<Self>, FileError> {
        let path = data_dir.keys();
        match std::fs::read(&path) {
            Ok(text) => match serde_json::from_slice::<Self>(&text) {
                Ok(keys) if keys.are_usable() => Ok(Some(keys)),
                Ok(_) => Err(FileError::new(path, damaged())),
                Err(error) => Err(FileError::new(path, error.into())),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(FileError::new(path, error)),
        }
    }

    /// The keys of the cloud in this folder; made, and kept on disk, when there are none. The caller holds the folder's lock.
    ///
    /// # Errors
    /// As [`CloudKeys::read`], or the file can't be written, or the system has no random numbers.
    pub fn read_or_generate(data_dir: &DataDir) -> Result<Self, FileError> {
        if let Some(keys) = Self::read(data_dir)? {
            return Ok(keys);
        }
        let path = data_dir.keys();
        let failed = |error| FileError::new(&path, error);
        let keys = Self::generate().map_err(failed)?;
        write_whole(&path, &serde_json::to_vec(&keys).map_err(|error| failed(error.into()))?).map_err(failed)?;
        Ok(keys)
    }

    /// An empty key would be one that everybody has.
    fn are_usable(&self) -> bool {
        self.access_key_id.starts_with("AKIA") && self.secret_access_key.len() >= 40
    }
}

fn damaged() -> io::Error {
    let text = "it holds no access key of an embedded cloud; delete it and new ones are made at the next start";
    io::Error::new(io::ErrorKind::InvalidData, text)
}

/// Writes a file that only its owner may read; a reader sees all of it or nothing.
fn write_whole(path: &Path, text: &[u8]) -> io::Result<()> {
    let whole = path.with_extension("json.new");
    let mut file = private_file().truncate(true).open(&whole)?;
    file.write_all(text)?;
    file.sync_all()?;
    std::fs::rename(whole, path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt as _;

    use super::*;

    #[test]
    fn keys_are_made_once_kept_private_and_never_printed() {
        let dir = tempfile::tempdir().unwrap();
        let data_dir = DataDir::new(dir.path());
        assert_eq!(CloudKeys::read(&data_dir).unwrap(), None);
        let keys = CloudKeys::read_or_generate(&data_dir).unwrap();
        assert_eq!(CloudKeys::read_or_generate(&data_dir).unwrap(), keys);
        assert_eq!(std::fs::metadata(data_dir.keys()).unwrap().mode() & 0o777, 0o600);
        assert_eq!((keys.access_key_id.len(), keys.secret_access_key.len()), (20, 40));
        assert!(!format!("{keys:?}").contains(&keys.secret_access_key));
        assert_ne!(CloudKeys::generate().unwrap(), keys);
    }

    #[test]
    fn a_damaged_file_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let data_dir = DataDir::new(dir.path());
        for text in ["", "{}", r#"{"accessKeyId":"","secretAccessKey":""}"#] {
            std::fs::write(data_dir.keys(), text).unwrap();
            assert!(CloudKeys::read_or_generate(&data_dir).is_err(), "{text:?}");
        }
    }
}
