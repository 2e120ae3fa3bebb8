//! The durable journal of the embedded cloud: what it has accepted survives `kill -9` and a power cut.
//!
//! Requests are answered from maps in memory; the store keeps the same values as JSON and gives them back at start. It
//! is one redb file. A thread of its own writes: all batches that wait when it is free share one transaction and one
//! wait for the disk. `xtask/store-bench` says why redb.

mod batch;
#[cfg(test)]
mod crash_tests;
mod error;
mod file;
mod group;
#[cfg(test)]
mod tests;
mod writer;

use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use serde::de::DeserializeOwned;
use tokio::sync::oneshot;

pub(crate) use batch::Batch;
pub(crate) use error::StoreError;
use file::StoreFile;
use writer::Request;

/// What the rows of a table are. Keys order the rows of a table; each owner says in its own room what its keys hold.
///
/// A key that begins with a number given in order of creation keeps rows that are written together side by side, which
/// makes writing several times as fast as a random key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Table {
    /// IAM roles with their policies.
    Roles,
    /// IAM managed policies.
    Policies,
    /// Log groups.
    LogGroups,
    /// Log streams.
    LogStreams,
    /// Log events.
    LogEvents,
    /// Lambda functions.
    Functions,
    /// HTTP APIs with their stages, routes and integrations.
    Apis,
    /// State machines.
    StateMachines,
    /// Activities.
    Activities,
    /// Executions: the latest value of each.
    Executions,
    /// History events of executions.
    History,
    /// Map Runs of executions.
    MapRuns,
    /// Express executions that run: their starts.
    ExpressExecutions,
}

impl Table {
    /// The table's name inside the file; changing one loses what was stored under it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Roles => "roles",
            Self::Policies => "policies",
            Self::LogGroups => "log-groups",
            Self::LogStreams => "log-streams",
            Self::LogEvents => "log-events",
            Self::Functions => "functions",
            Self::Apis => "apis",
            Self::StateMachines => "state-machines",
            Self::Activities => "activities",
            Self::Executions => "executions",
            Self::History => "history",
            Self::MapRuns => "map-runs",
            Self::ExpressExecutions => "express-executions",
        }
    }
}

/// The open store; clones share it, and the last one to be dropped writes what still waits and closes the file.
#[derive(Clone)]
pub(crate) struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    file: Arc<StoreFile>,
    requests: Option<mpsc::Sender<Request>>,
    writer: Option<JoinHandle<()>>,
}

impl Store {
    /// Opens the store in `dir`, or creates both.
    ///
    /// # Errors
    /// When the folder or the file can't be created or read, when another process has the store open, or when a newer
    /// version of the program wrote it.
    pub(crate) fn open(dir: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(dir).map_err(|reason| error::open(dir, reason.into()))?;
        Self::start(StoreFile::open(&dir.join("store.redb"), file::open_database)?)
    }

    /// Starts the writer of an open file.
    fn start(file: StoreFile) -> Result<Self, StoreError> {
        let file = Arc::new(file);
        let (requests, waiting) = mpsc::channel();
        let writer = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn({
                let file = Arc::clone(&file);
                move || writer::run(&file, &waiting)
            })
            .map_err(|reason| error::open(file.path(), reason.into()))?;
        Ok(Self { inner: Arc::new(Inner { file, requests: Some(requests), writer: Some(writer) }) })
    }

    /// Reads a whole table in key order. It sees what is durable, not what waits to be written, and blocks on the disk.
    ///
    /// # Errors
    /// When the file can't be read, or a row is not JSON of the type asked for.
    pub(crate) fn load<T: DeserializeOwned>(&self, table: Table) -> Result<Vec<(String, T)>, StoreError> {
        self.load_prefix(table, "")
    }

    /// Reads the rows of a table whose keys begin with `prefix`, in key order, as [`Store::load`] does.
    ///
    /// # Errors
    /// As for [`Store::load`].
    pub(crate) fn load_prefix<T: DeserializeOwned>(
        &self,
        table: Table,
        prefix: &str,
    ) -> Result<Vec<(String, T)>, StoreError> {
        let mut rows = Vec::new();
        self.inner.file.read(table, prefix, |key, value| {
            rows.push((key.to_owned(), serde_json::from_slice(value)?));
            Ok(())
        })?;
        Ok(rows)
    }

    /// Hands a batch over and gives what ends once it is durable: all of it, or nothing.
    ///
    /// Batches are written in the order of the calls, not of the waiting: a caller who holds a lock on the map that the
    /// batch journals calls this under the lock and awaits after it, and both agree on the order. A batch handed over is
    /// written even when nobody awaits it.
    ///
    /// # Errors
    /// When the batch could not be written; then none of it is in the store.
    pub(crate) fn commit(&self, batch: Batch) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        let (answer, answered) = oneshot::channel();
        self.send(Request::Commit(batch, answer));
        self.wait(answered)
    }

    /// Hands a batch over to be written soon, in its turn. A failure is told by the next [`Store::flush`].
    ///
    /// Who submits without end awaits a flush every few hundred kilobytes, so that what waits stays bounded.
    pub(crate) fn submit(&self, batch: Batch) {
        self.send(Request::Submit(batch));
    }

    /// Ends once everything handed over before the call is durable.
    ///
    /// # Errors
    /// When a batch submitted since the last flush could not be written.
    pub(crate) fn flush(&self) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        let (answer, answered) = oneshot::channel();
        self.send(Request::Flush(answer));
        self.wait(answered)
    }

    /// Hands a request to the writer. Where the writer has died, its answer is dropped, and `wait` says so.
    fn send(&self, request: Request) {
        if let Some(requests) = &self.inner.requests {
            requests.send(request).ok();
        }
    }

    /// Waits for the writer's answer.
    fn wait(
        &self,
        answered: oneshot::Receiver<Result<(), StoreError>>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        let path = self.inner.file.path().to_owned();
        async move { answered.await.unwrap_or(Err(StoreError::Closed { path })) }
    }
}

impl Drop for Inner {
    /// Closing the channel lets the writer finish what waits and end; the file is closed after it.
    fn drop(&mut self) {
        drop(self.requests.take());
        if let Some(writer) = self.writer.take() {
            writer.join().ok();
        }
    }
}
