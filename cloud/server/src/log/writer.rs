//! Writes the log's records to its two files, on a thread of its own.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use super::{ActivityRecord, FILE_LIMIT_BYTES};

/// How many records wait for the disk at most: about a megabyte. The log never holds a request up, so what comes while it is
/// full is counted, and the count is written.
const QUEUE_LIMIT: usize = 4_096;

/// The log's writer; clones share it.
#[derive(Clone)]
pub(crate) struct ActivityWriter {
    inner: Arc<Inner>,
}

struct Inner {
    queue: Mutex<Option<SyncSender<ActivityRecord>>>,
    left_out: Arc<AtomicU64>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl ActivityWriter {
    /// Opens the log and starts its thread.
    ///
    /// # Errors
    /// When the file can't be opened, or no thread be had.
    pub(crate) fn start(path: PathBuf) -> io::Result<Self> {
        let file = LogFile::open(path)?;
        let (queue, waiting) = sync_channel(QUEUE_LIMIT);
        let left_out = Arc::new(AtomicU64::new(0));
        let thread = std::thread::Builder::new().name("activity-log".to_owned()).spawn({
            let left_out = Arc::clone(&left_out);
            move || write_all(file, &waiting, &left_out)
        })?;
        let inner = Inner { queue: Mutex::new(Some(queue)), left_out, thread: Mutex::new(Some(thread)) };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Hands a record over; never waits.
    pub(crate) fn write(&self, record: ActivityRecord) {
        let queue = self.inner.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(queue) = queue.as_ref() else { return };
        if let Err(TrySendError::Full(_)) = queue.try_send(record) {
            self.inner.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Writes what waits and ends the thread.
    pub(crate) fn finish(&self) {
        drop(self.inner.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.inner.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // It has no panics of its own to tell of.
            let _ = thread.join();
        }
    }
}

fn write_all(mut file: LogFile, waiting: &Receiver<ActivityRecord>, left_out: &AtomicU64) {
    while let Ok(first) = waiting.recv() {
        let mut text = String::new();
        for record in std::iter::once(first).chain(waiting.try_iter().take(QUEUE_LIMIT)) {
            push_line(&mut text, &record);
            let missing = left_out.swap(0, Ordering::Relaxed);
            if missing > 0 {
                let message = format!("{missing} records came too fast for this log and are left out");
                push_line(&mut text, &ActivityRecord { message, fields: serde_json::Map::new(), ..record });
            }
        }
        // A log that can't be written, on a full disk for instance, must not end the cloud; the next records try again.
        if let Err(error) = file.append(&text) {
            eprintln_once(&file.path, &error);
        }
    }
}

fn push_line(text: &mut String, record: &ActivityRecord) {
    if let Ok(line) = serde_json::to_string(record) {
        text.push_str(&line);
        text.push('\n');
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

    fn append(&mut self, text: &str) -> io::Result<()> {
        if self.size_bytes >= FILE_LIMIT_BYTES {
            std::fs::rename(&self.path, older(&self.path))?;
            *self = Self::open(self.path.clone())?;
        }
        self.file.write_all(text.as_bytes())?;
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

    fn record(number: usize) -> ActivityRecord {
        ActivityRecord {
            time: "2026-01-01T00:00:00Z".to_owned(),
            level: "INFO".to_owned(),
            target: "cloud::test".to_owned(),
            message: format!("{number} {}", "x".repeat(1_000)),
            fields: serde_json::Map::new(),
        }
    }

    #[test]
    fn two_files_of_a_bounded_size_are_kept_and_the_newest_records_are_there() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("activity.jsonl");
        let mut file = LogFile::open(path.clone()).unwrap();
        for number in 0..6_000 {
            let mut text = String::new();
            push_line(&mut text, &record(number));
            file.append(&text).unwrap();
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
            writer.write(record(number));
        }
        writer.finish();
        assert_eq!(ActivityReader::new(path).read_all().unwrap().len(), 100);
    }
}
