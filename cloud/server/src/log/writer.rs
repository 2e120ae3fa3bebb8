//! Writes the log's records to its two files, on a thread of its own.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;

use super::{ActivityRecord, FILE_LIMIT_BYTES};

/// How many bytes wait for the disk at most. The log never holds a request up, so what comes while they are there is
/// counted, and the count is written.
const WAITING_LIMIT_BYTES: usize = 1 << 20;

/// How long the writer lets records gather: under load it wakes so often and not for every record.
const GATHERING: Duration = Duration::from_millis(10);

/// The log's writer; clones share it.
#[derive(Clone)]
pub(crate) struct ActivityWriter {
    shared: Arc<Shared>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    /// Told when the first record comes, and at the end.
    comes: Condvar,
}

#[derive(Default)]
struct Waiting {
    lines: Vec<u8>,
    left_out: u64,
    is_awaited: bool,
    is_over: bool,
}

impl ActivityWriter {
    /// Opens the log and starts its thread.
    ///
    /// # Errors
    /// When the file can't be opened, or no thread be had.
    pub(crate) fn start(path: PathBuf) -> io::Result<Self> {
        let file = LogFile::open(path)?;
        let shared = Arc::new(Shared::default());
        let thread = std::thread::Builder::new().name("activity-log".to_owned()).spawn({
            let shared = Arc::clone(&shared);
            move || write_all(file, &shared)
        })?;
        Ok(Self { shared, thread: Arc::new(Mutex::new(Some(thread))) })
    }

    /// Hands a record over, written as one line of JSON; never waits.
    pub(crate) fn write(&self, time: Timestamp, line: &[u8]) {
        let mut waiting = self.shared.lock();
        if waiting.is_over {
            return;
        }
        if waiting.lines.len() + line.len() > WAITING_LIMIT_BYTES {
            waiting.left_out += 1;
            return;
        }
        let missing = std::mem::take(&mut waiting.left_out);
        if missing > 0 {
            push_missing(&mut waiting.lines, time, missing);
        }
        waiting.lines.extend_from_slice(line);
        waiting.lines.push(b'\n');
        if waiting.is_awaited {
            self.shared.comes.notify_one();
        }
    }

    /// Writes what waits and ends the thread.
    pub(crate) fn finish(&self) {
        self.shared.lock().is_over = true;
        self.shared.comes.notify_one();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // It has no panics of its own to tell of.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for records and puts them into `lines`; tells whether more may come.
    fn take(&self, lines: &mut Vec<u8>) -> bool {
        let mut waiting = self.lock();
        while waiting.lines.is_empty() && !waiting.is_over {
            waiting.is_awaited = true;
            waiting = self.comes.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        waiting.is_awaited = false;
        let gathered = self.comes.wait_timeout_while(waiting, GATHERING, |waiting| !waiting.is_over);
        let (mut waiting, _) = gathered.unwrap_or_else(PoisonError::into_inner);
        lines.clear();
        // What a burst has needed is given back.
        lines.shrink_to(WAITING_LIMIT_BYTES / 16);
        std::mem::swap(&mut waiting.lines, lines);
        !waiting.is_over
    }
}

fn write_all(mut file: LogFile, shared: &Shared) {
    let mut lines = Vec::new();
    let mut goes_on = true;
    while goes_on {
        goes_on = shared.take(&mut lines);
        // A log that can't be written, on a full disk for instance, must not end the cloud; the next records try again.
        if let Err(error) = file.append(&lines) {
            eprintln_once(&file.path, &error);
        }
    }
}

fn push_missing(lines: &mut Vec<u8>, time: Timestamp, missing: u64) {
    let record = ActivityRecord {
        time: time.to_string(),
        level: tracing::Level::WARN.to_string(),
        target: "cloud::log".to_owned(),
        message: format!("{missing} records came too fast for this log and are left out"),
        fields: serde_json::Map::new(),
    };
    if let Ok(line) = serde_json::to_vec(&record) {
        lines.extend_from_slice(&line);
        lines.push(b'\n');
    }
}

/// Says once that the log can't be written, where a cloud in the background keeps its last words.
#[allow(clippy::print_stderr, reason = "the log itself can't be written")]
fn eprintln_once(path: &Path, error: &io::Error) {
    static TOLD: std::sync::Once = std::sync::Once::new();
    TOLD.call_once(|| eprintln!("The log {} could not be written: {error}", path.display()));
}

/// The file that is written, and how full it is.
struct LogFile {
    path: PathBuf,
    file: File,
    size_bytes: u64,
}

impl LogFile {
    fn open(path: PathBuf) -> io::Result<Self> {
        let mut options = File::options();
        options.create(true).append(true);
        // Requests carry names and causes of the user's own.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        let size_bytes = file.metadata()?.len();
        Ok(Self { path, file, size_bytes })
    }

    fn append(&mut self, text: &[u8]) -> io::Result<()> {
        if self.size_bytes >= FILE_LIMIT_BYTES {
            std::fs::rename(&self.path, older(&self.path))?;
            *self = Self::open(self.path.clone())?;
        }
        self.file.write_all(text)?;
        self.size_bytes += u64::try_from(text.len()).unwrap_or_default();
        Ok(())
    }
}

/// Where the file goes when it is full.
pub(super) fn older(path: &Path) -> PathBuf {
    path.with_extension("old.jsonl")
}

#[cfg(test)]
mod tests {
    use super::super::ActivityReader;
    use super::*;

    fn line(number: usize) -> Vec<u8> {
        let record = ActivityRecord {
            time: "2026-01-01T00:00:00Z".to_owned(),
            level: "INFO".to_owned(),
            target: "cloud::test".to_owned(),
            message: format!("{number} {}", "x".repeat(1_000)),
            fields: serde_json::Map::new(),
        };
        serde_json::to_vec(&record).unwrap()
    }

    #[test]
    fn two_files_of_a_bounded_size_are_kept_and_the_newest_records_are_there() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("activity.jsonl");
        let mut file = LogFile::open(path.clone()).unwrap();
        for number in 0..6_000 {
            file.append(&[line(number), b"\n".to_vec()].concat()).unwrap();
        }
        let size = |path: &Path| std::fs::metadata(path).unwrap().len();
        assert!(size(&path) <= FILE_LIMIT_BYTES + 2_000 && size(&older(&path)) <= FILE_LIMIT_BYTES + 2_000);
        let records = ActivityReader::new(path).read_all().unwrap();
        assert!(records.last().is_some_and(|last| last.message.starts_with("5999 ")));
        assert!(records.len() > 1_500, "{}", records.len());
    }

    #[test]
    fn everything_handed_over_is_written_before_it_finishes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("activity.jsonl");
        let writer = ActivityWriter::start(path.clone()).unwrap();
        for number in 0..100 {
            writer.write(Timestamp::UNIX_EPOCH, &line(number));
        }
        writer.finish();
        assert_eq!(ActivityReader::new(path).read_all().unwrap().len(), 100);
    }

    #[test]
    fn what_comes_too_fast_is_counted() {
        let shared = Arc::new(Shared::default());
        let writer = ActivityWriter { shared: Arc::clone(&shared), thread: Arc::default() };
        let long = vec![b'x'; WAITING_LIMIT_BYTES / 2];
        for _ in 0..3 {
            writer.write(Timestamp::UNIX_EPOCH, &long);
        }
        let mut lines = Vec::new();
        assert!(shared.take(&mut lines));
        writer.write(Timestamp::UNIX_EPOCH, b"next");
        writer.finish();
        assert!(!shared.take(&mut lines));
        let text = String::from_utf8(lines).unwrap();
        assert!(text.contains("2 records came too fast") && text.ends_with("\nnext\n"), "{text}");
    }
}
