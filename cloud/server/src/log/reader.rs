//! Reads the log's records, those that are there and those that come.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom};
use std::path::PathBuf;

use super::ActivityRecord;
use super::writer::older;

/// Reads a cloud's log, whether the cloud runs or not.
#[derive(Debug)]
pub struct ActivityReader {
    path: PathBuf,
    /// The file that was read last, by its identity, and how far.
    position: Option<(u64, u64)>,
}

impl ActivityReader {
    /// The log in a file that may not be there yet.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self { path, position: None }
    }

    /// All records that are kept, oldest first. [`ActivityReader::read_new`] goes on after them.
    ///
    /// # Errors
    /// When a file that is there can't be read.
    pub fn read_all(&mut self) -> io::Result<Vec<ActivityRecord>> {
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
    pub fn read_new(&mut self) -> io::Result<Vec<ActivityRecord>> {
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

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn line(message: &str) -> String {
        format!("{{\"time\":\"t\",\"level\":\"INFO\",\"target\":\"cloud\",\"message\":\"{message}\"}}\n")
    }

    fn messages(records: Vec<ActivityRecord>) -> Vec<String> {
        records.into_iter().map(|record| record.message).collect()
    }

    #[test]
    fn new_records_are_found_across_a_rotation_and_none_is_read_twice() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("activity.jsonl");
        let append = |text: &str| {
            let mut file = File::options().create(true).append(true).open(&path).unwrap();
            file.write_all(text.as_bytes()).unwrap();
        };
        let mut reader = ActivityReader::new(path.clone());
        assert!(reader.read_all().unwrap().is_empty() && reader.read_new().unwrap().is_empty());
        append(&line("one"));
        assert_eq!(messages(reader.read_new().unwrap()), ["one"]);
        let half = line("two");
        append(&half[..10]);
        assert!(reader.read_new().unwrap().is_empty());
        append(&half[10..]);
        append(&line("three"));
        std::fs::rename(&path, older(&path)).unwrap();
        append(&line("four"));
        assert_eq!(messages(reader.read_new().unwrap()), ["two", "three", "four"]);
        assert!(reader.read_new().unwrap().is_empty());
        append("no record\n");
        append(&line("five"));
        assert_eq!(messages(reader.read_new().unwrap()), ["five"]);
        assert_eq!(messages(ActivityReader::new(path).read_all().unwrap()), ["one", "two", "three", "four", "five"]);
    }
}
