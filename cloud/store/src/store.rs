//! The open store: handing batches over, waiting for them, and reading.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use serde::de::DeserializeOwned;
use tokio::sync::oneshot;

use crate::disk::{Folder, RealFolder};
use crate::engine::{Engine, Flusher, Limits};
use crate::error::{self, StoreError};
use crate::memory::Known;
use crate::read::range::Range;
use crate::read::reader::decode_row;
use crate::read::snapshot::Snapshot;
use crate::read::stored_table::StoredValue;
use crate::repair::copy;
use crate::table::Table;
use crate::write::batch::Batch;
use crate::write::flush::{Flush, pending_once};
use crate::write::inline::{Grouping, InlineWriter, Turn};
use crate::write::queue::{Queue, Reservation};
use crate::write::writer::{self, Request, UnreportedFailure};

/// The open store; clones share it, and the last one to be dropped writes what still waits and closes the file.
///
/// Batches are written in the order in which they are handed over, not of the waiting: a caller who holds a lock on the
/// values that a batch stores hands it over under the lock and awaits after it, and memory and disk agree on the order.
/// How to hand over, and what presses back:
///
/// | call | hands over | waits for room | durable |
/// | --- | --- | --- | --- |
/// | [`Store::commit`] | at the call | no: its caller awaits the disk instead | when the future resolves |
/// | [`Store::reserve`], then [`Store::commit_reserved`] or [`Store::submit_reserved`] | at the second call | in `reserve` | as for commit, submit |
/// | [`Store::submit`] | once there is room | yes | after the next [`Store::flush`] |
/// | [`Store::try_submit`] | at the call, or gives the batch back | no | after the next [`Store::flush`] |
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Arc<Engine>,
    queue: Arc<Queue>,
    unreported: UnreportedFailure,
    writer: Writer,
}

/// Who writes.
enum Writer {
    /// A thread of its own; another one brings over to the file what is in memory.
    Thread { requests: Option<mpsc::Sender<Request>>, thread: Option<JoinHandle<()>>, flusher: Option<Flusher> },
    /// Whoever hands a batch over or waits for one.
    Inline(Arc<InlineWriter>),
}

/// There is no room for the batch, which comes back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The queue to the store is full.")]
pub struct TrySubmitError(pub Batch);

impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Store").field("path", &self.inner.engine.path()).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store in `dir` (the file is `store.redb`), or creates both. A thread of its own writes.
    ///
    /// # Errors
    /// When the folder or the file can't be created or read, another process has the store open, or the file is not a
    /// store of this version ([`crate::format`]); such a file is left as it is.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        Self::start(Engine::open(folder_at(dir)?, Limits::REAL)?)
    }

    /// Opens the store in `dir` as [`Store::open`] does, without a thread: each batch is written by the call that hands it
    /// over, which blocks on the disk. The order of all effects is that of the calls: for simulations and tests. The future of
    /// a commit is pending once, as it would be for the disk.
    ///
    /// # Errors
    /// As for [`Store::open`].
    pub fn open_inline(dir: &Path) -> Result<Self, StoreError> {
        Ok(Self::inline(Engine::open(folder_at(dir)?, Limits::REAL)?))
    }

    /// A store without a file, which ends with its last clone. Batches are written as by [`Store::open_inline`].
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn in_memory() -> Result<Self, StoreError> {
        Ok(Self::inline(Engine::in_memory()?))
    }

    /// Starts the threads of an open store.
    pub(crate) fn start(engine: Engine) -> Result<Self, StoreError> {
        let engine = Arc::new(engine);
        let flusher = Some(Flusher::start(&engine)?);
        let unreported = UnreportedFailure::default();
        // Bounded by `Queue`: a batch is sent with its room.
        let (requests, waiting) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn({
                let engine = Arc::clone(&engine);
                let unreported = unreported.clone();
                move || writer::run(&engine, &waiting, &unreported)
            })
            .map_err(|reason| error::open(engine.path(), reason.into()))?;
        let writer = Writer::Thread { requests: Some(requests), thread: Some(thread), flusher };
        Ok(Self { inner: Arc::new(Inner { engine, queue: Queue::new(), unreported, writer }) })
    }

    pub(crate) fn inline(engine: Engine) -> Self {
        Self::without_thread(engine, Grouping::Each)
    }

    pub(crate) fn without_thread(engine: Engine, grouping: Grouping) -> Self {
        let engine = Arc::new(engine);
        let unreported = UnreportedFailure::default();
        let writer = Writer::Inline(InlineWriter::new(Arc::clone(&engine), unreported.clone(), grouping));
        Self { inner: Arc::new(Inner { engine, queue: Queue::new(), unreported, writer }) }
    }

    /// Where the file lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.inner.engine.path()
    }

    /// Hands a batch over, at the call, and resolves once it is durable: all of it, or nothing.
    ///
    /// It is written even when nobody awaits it. The call takes room in the queue though there may be none: who awaits each
    /// commit before the next is held back by the disk. Who does not calls [`Store::reserve`] first.
    ///
    /// # Errors
    /// When the batch could not be written; then none of it is in the store.
    pub fn commit(&self, batch: Batch) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        let room = Arc::clone(&self.inner.queue).overdraw(batch.size_bytes());
        self.send_commit(batch, room)
    }

    /// Waits for room in the queue for a batch of about `size_bytes` ([`Batch::size_bytes`]). Those who wait are served in
    /// order; dropping the future or what it gives frees the room.
    pub fn reserve(&self, size_bytes: usize) -> impl Future<Output = Reservation> + Send + use<> {
        Arc::clone(&self.inner.queue).reserve(size_bytes)
    }

    /// Does what [`Store::commit`] does, in room that was waited for.
    ///
    /// # Errors
    /// As for [`Store::commit`].
    pub fn commit_reserved(
        &self,
        mut room: Reservation,
        batch: Batch,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        room.resize(batch.size_bytes());
        self.send_commit(batch, room)
    }

    /// Hands a batch over, at the call, in room that was waited for. It is written soon; a failure is traced and told by
    /// the next [`Store::flush`].
    pub fn submit_reserved(&self, mut room: Reservation, batch: Batch) {
        room.resize(batch.size_bytes());
        self.send_submit(batch, room);
    }

    /// Waits for room, then hands a batch over to be written soon. A failure is traced and told by the next
    /// [`Store::flush`]. Dropping the future before it resolves hands nothing over.
    pub async fn submit(&self, batch: Batch) {
        let room = self.reserve(batch.size_bytes()).await;
        self.submit_reserved(room, batch);
    }

    /// Hands a batch over to be written soon, if there is room; never waits, so that code without async may call it.
    ///
    /// # Errors
    /// When the queue is full: the batch comes back, and nothing of it is written.
    pub fn try_submit(&self, batch: Batch) -> Result<(), TrySubmitError> {
        match Arc::clone(&self.inner.queue).try_reserve(batch.size_bytes()) {
            Some(room) => {
                self.send_submit(batch, room);
                Ok(())
            }
            None => Err(TrySubmitError(batch)),
        }
    }

    /// Resolves once everything handed over before the call is durable.
    ///
    /// # Errors
    /// When a batch submitted since the last flush could not be written. A flush that is dropped leaves that for the next.
    pub fn flush(&self) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        let (answer, answered) = oneshot::channel();
        self.send(Request::Flush(answer));
        Flush::new(answered, self.inner.unreported.clone(), self.path().to_owned())
    }

    /// The store as it is now, for reads that must agree with each other.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        self.inner.engine.snapshot()
    }

    /// Writes all that is durable now to a new store in `dir`, which is made when it is missing and must be empty. The copy is
    /// one file without what deleted rows leave, and opens as any store. Others write meanwhile; the call blocks on the disk.
    ///
    /// # Errors
    /// When something is in the folder, it can't be written, or a row of this store is damaged; then no copy is there.
    pub fn copy_to(&self, dir: &Path) -> Result<(), StoreError> {
        let folder = RealFolder::create(dir).map_err(|reason| error::open(dir, reason.into()))?;
        if !folder.is_empty().map_err(|reason| error::open(dir, reason.into()))? {
            let reason = "the folder of a copy must be empty".to_owned();
            return Err(StoreError::Open { path: dir.to_owned(), reason });
        }
        copy::copy(self.snapshot()?.view(), &folder).map(drop)
    }

    /// The value of a key. Like every read it sees what is durable, not what waits to be written, and blocks on the disk.
    ///
    /// # Errors
    /// When the file can't be read, or the value is not JSON of the type asked for.
    pub fn get<T: DeserializeOwned>(&self, table: Table, key: &str) -> Result<Option<T>, StoreError> {
        match self.inner.engine.known(table.name(), key) {
            Known::Value(value) => decode_row(self.path(), table, key, &StoredValue::Memory(value)).map(Some),
            Known::Gone => Ok(None),
            Known::Nothing => self.snapshot()?.get(table, key),
        }
    }

    /// Calls `each` with the rows of a range until it breaks. Rows are read as they are asked for, never collected.
    ///
    /// # Errors
    /// As for [`Store::get`].
    pub fn scan<T: DeserializeOwned>(
        &self,
        table: Table,
        range: Range<'_>,
        each: impl FnMut(&str, T) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.snapshot()?.scan(table, range, each)
    }

    /// Calls `each` with the keys of a range until it breaks.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn scan_keys(
        &self,
        table: Table,
        range: Range<'_>,
        each: impl FnMut(&str) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.snapshot()?.scan_keys(table, range, each)
    }

    /// Calls `each` with the keys and the stored bytes of a range until it breaks.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn scan_bytes(
        &self,
        table: Table,
        range: Range<'_>,
        each: impl FnMut(&str, &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.snapshot()?.scan_bytes(table, range, each)
    }

    /// All rows of a table in key order: for tables that are small, or held in memory anyway.
    ///
    /// # Errors
    /// As for [`Store::get`].
    pub fn load<T: DeserializeOwned>(&self, table: Table) -> Result<Vec<(String, T)>, StoreError> {
        self.load_prefix(table, "")
    }

    /// The rows of a table whose keys begin with `prefix`, in key order.
    ///
    /// # Errors
    /// As for [`Store::get`].
    pub fn load_prefix<T: DeserializeOwned>(&self, table: Table, prefix: &str) -> Result<Vec<(String, T)>, StoreError> {
        let mut rows = Vec::new();
        self.scan(table, Range::prefix(prefix), |key, value| {
            rows.push((key.to_owned(), value));
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }

    /// Waits until a batch is not written, whoever handed it over; gives why. Only failures from the first poll on count.
    pub async fn write_failure(&self) -> StoreError {
        self.inner.engine.write_failure().await
    }

    /// Has every write fail as on a full disk, until it is told otherwise: for the tests of who writes.
    #[cfg(any(test, feature = "testing"))]
    pub fn set_disk_full(&self, is_full: bool) {
        self.inner.engine.set_full(is_full);
    }

    fn send_commit(
        &self,
        batch: Batch,
        room: Reservation,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        let (answer, answered) = oneshot::channel();
        match batch.check() {
            Ok(()) => self.send(Request::Commit(batch, room, answer)),
            // Nobody waits yet, so it is heard.
            Err(failure) => drop(answer.send(Err(failure))),
        }
        let path = self.path().to_owned();
        let turn = match &self.inner.writer {
            Writer::Thread { .. } => None,
            Writer::Inline(writer) => Some(Turn::new(writer)),
        };
        async move {
            if let Some(turn) = turn {
                pending_once().await;
                drop(turn);
            }
            answered.await.unwrap_or(Err(StoreError::Closed { path }))
        }
    }

    fn send_submit(&self, batch: Batch, room: Reservation) {
        match batch.check() {
            Ok(()) => self.send(Request::Submit(batch, room)),
            Err(failure) => {
                tracing::error!(error = %failure, "a batch was not written");
                self.inner.unreported.keep(failure);
            }
        }
    }

    /// Hands a request to the writer. Where the writer has died the answer is dropped, and who waits for it is told so.
    fn send(&self, request: Request) {
        match &self.inner.writer {
            Writer::Thread { requests, .. } => {
                if requests.as_ref().is_none_or(|requests| requests.send(request).is_err()) {
                    let failure = StoreError::Closed { path: self.path().to_owned() };
                    tracing::error!(error = %failure, "a batch was not written");
                    self.inner.unreported.keep(failure);
                }
            }
            Writer::Inline(writer) => writer.send(request),
        }
    }

    #[cfg(test)]
    pub(crate) fn engine(&self) -> &Engine {
        &self.inner.engine
    }
}

impl Drop for Inner {
    /// Closing the channel lets the writer finish what waits and end; what is in memory goes to the file after it.
    fn drop(&mut self) {
        match &mut self.writer {
            Writer::Thread { requests, thread, flusher } => {
                drop(requests.take());
                if thread.take().is_some_and(|thread| thread.join().is_err()) {
                    tracing::error!(path = %self.engine.path().display(), "the store's writer panicked");
                }
                drop(flusher.take());
            }
            Writer::Inline(writer) => writer.finish(),
        }
        self.engine.close();
    }
}

/// The folder, which is created when it is missing.
fn folder_at(dir: &Path) -> Result<Arc<dyn Folder>, StoreError> {
    Ok(Arc::new(RealFolder::create(dir).map_err(|reason| error::open(dir, reason.into()))?))
}
