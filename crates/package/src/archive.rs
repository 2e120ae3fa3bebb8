//! The zip: the same bytes for the same files. Times, modes and compression are fixed, names are in order: nothing of the
//! machine or the moment gets in.

use std::io::{Cursor, Read, Write};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// The file that the `provided` runtimes start.
pub(crate) const BOOTSTRAP: &str = "bootstrap";

/// For one executable of ours, which is uploaded often; higher levels take longer and gain little over many files.
const LEVEL_OF_EXECUTABLE: i64 = 9;
const LEVEL_OF_FILES: i64 = 6;

/// A zip that is being made. Whoever adds files does so in the order of their names.
pub(crate) struct Archive(ZipWriter<Cursor<Vec<u8>>>);

impl Archive {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self(ZipWriter::new(Cursor::new(Vec::new())))
    }

    /// Adds a file.
    pub(crate) fn add(&mut self, name: &str, bytes: &[u8], is_executable: bool) -> Result<(), ZipError> {
        self.add_compressed(name, bytes, is_executable, LEVEL_OF_FILES)
    }

    /// The zip's bytes.
    pub(crate) fn finish(self) -> Result<Vec<u8>, ZipError> {
        Ok(self.0.finish()?.into_inner())
    }

    fn add_compressed(&mut self, name: &str, bytes: &[u8], is_executable: bool, level: i64) -> Result<(), ZipError> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(level))
            .last_modified_time(DateTime::DEFAULT)
            .unix_permissions(if is_executable { 0o755 } else { 0o644 });
        self.0.start_file(name, options)?;
        Ok(self.0.write_all(bytes)?)
    }
}

/// Zips one executable as `bootstrap`.
pub(crate) fn executable(executable: &[u8]) -> Result<Vec<u8>, ZipError> {
    let mut archive = Archive::new();
    archive.add_compressed(BOOTSTRAP, executable, true, LEVEL_OF_EXECUTABLE)?;
    archive.finish()
}

/// The size of what a zip holds, as its own directory says.
pub(crate) fn unzipped_bytes(zip: &[u8]) -> Result<u64, ZipError> {
    let mut archive = ZipArchive::new(Cursor::new(zip))?;
    let mut total = 0_u64;
    for index in 0..archive.len() {
        total = total.saturating_add(archive.by_index_raw(index)?.size());
    }
    Ok(total)
}

/// A file out of a zip, at most this much of it; none when there is no such file.
pub(crate) fn file(zip: &[u8], name: &str, limit_bytes: u64) -> Result<Option<Vec<u8>>, ZipError> {
    let mut archive = ZipArchive::new(Cursor::new(zip))?;
    let mut bytes = Vec::new();
    match archive.by_name(name) {
        Ok(file) => file.take(limit_bytes).read_to_end(&mut bytes)?,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zip_holds_one_executable_bootstrap() {
        let bytes = executable(b"\x7fELF and so on").unwrap();
        let mut archive = ZipArchive::new(Cursor::new(&bytes)).unwrap();
        assert_eq!(archive.len(), 1);
        let entry = archive.by_index(0).unwrap();
        assert_eq!(entry.name().unwrap(), "bootstrap");
        assert_eq!(entry.unix_mode(), Some(0o100_755));
        assert_eq!(entry.last_modified(), Some(DateTime::DEFAULT));
        drop(entry);
        assert_eq!(file(&bytes, "bootstrap", 100).unwrap().unwrap(), b"\x7fELF and so on");
        assert_eq!(file(&bytes, "other", 100).unwrap(), None);
        assert_eq!(unzipped_bytes(&bytes).unwrap(), 14);
    }

    #[test]
    fn the_same_executable_gives_the_same_bytes() {
        let content: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        assert_eq!(executable(&content).unwrap(), executable(&content).unwrap());
    }
}
