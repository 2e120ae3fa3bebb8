//! The records of the embedded cloud's own log, and how they are read.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ActivityRecord {
    /// When it happened (RFC 3339, UTC).
    pub(crate) time: String,
    /// `ERROR`, `WARN`, `INFO`, `DEBUG` or `TRACE`.
    pub(crate) level: String,
    /// The part of the cloud that tells of it, such as `cloud::request`.
    pub(crate) target: String,
    /// What happened; empty for a request, which its fields describe.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) message: String,
    /// What belongs to it, such as `operation`, `status`, `duration_ms`, `request_id`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) fields: Map<String, Value>,
}

/// Reads a cloud's log, whether the cloud runs or not.
#[derive(Debug)]
pub(crate) struct ActivityReader {
    path: PathBuf,
    /// The file that was read last, by its identity, and how far.
    position: Option<(u64, u64)>,
}

impl ActivityReader {
    /// The log in a file that may not be there yet.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, position: None }
    }

    /// All records that are kept, oldest first. [`ActivityReader::read_new`] goes on after them.
    ///
    /// # Errors
    /// When a file that is there can't be read.
    pub(crate) fn read_all(&mut self) -> io::Result<Vec<ActivityRecord>> {
        let mut records = Vec::new();
        if let Some(file) = open(&older(&self.path))? {
            read_lines(file, 0, &mut records)?;
        }
        records.extend(self.read_current(0)?);
        Ok(records)
    }

    /// The records that came since the last look.
    ///
    /// # Errors
    /// When a file that is there can't be read.
    pub(crate) fn read_new(&mut self) -> io::Result<Vec<ActivityRecord>> {
        let Some((identity, offset)) = self.position else {
            return self.read_current(0);
        };
        let current = open(&self.path)?.map(|file| file_identity(&file)).transpose()?;
        if current == Some(identity) {
            return self.read_current(offset);
        }
        // It was full since: the rest of it is in the older file.
        let mut records = Vec::new();
        if let Some(file) = open(&older(&self.path))?
            && file_identity(&file)? == identity
        {
            read_lines(file, offset, &mut records)?;
        }
        records.extend(self.read_current(0)?);
        Ok(records)
    }

    fn read_current(&mut self, offset: u64) -> io::Result<Vec<ActivityRecord>> {
        let mut records = Vec::new();
        if let Some(file) = open(&self.path)? {
            let identity = file_identity(&file)?;
            let end = read_lines(file, offset, &mut records)?;
            self.position = Some((identity, end));
        }
        Ok(records)
    }
}

/// The file that was full.
fn older(path: &std::path::Path) -> PathBuf {
    path.with_extension("old.jsonl")
}

fn open(path: &std::path::Path) -> io::Result<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What stays the same when the file is renamed.
fn file_identity(file: &File) -> io::Result<u64> {
    #[cfg(unix)]
    return Ok(std::os::unix::fs::MetadataExt::ino(&file.metadata()?));
    #[cfg(not(unix))]
    return file.metadata().map(|_| 0);
}

/// Reads whole lines from an offset on, and gives the offset after the last of them. A line that is no record was cut off by a
/// crash, and is passed over.
fn read_lines(file: File, offset: u64, records: &mut Vec<ActivityRecord>) -> io::Result<u64> {
    let mut reader = BufReader::new(file);
    let mut end = reader.seek(SeekFrom::Start(offset))?;
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = reader.read_until(b'\n', &mut line)?;
        if line.last() != Some(&b'\n') {
            return Ok(end);
        }
        end += u64::try_from(read).unwrap_or_default();
        records.extend(serde_json::from_slice::<ActivityRecord>(&line).ok());
    }
}
