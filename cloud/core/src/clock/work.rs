//! What a moved clock waits for before it goes on: work that is under way and does not itself wait for the clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

tokio::task_local! {
    /// The work that the task which is just running does.
    static CURRENT: Arc<Work>;
}

/// How much work is under way.
#[derive(Debug)]
pub(super) struct WorkCount {
    busy: AtomicUsize,
    idle: Arc<Notify>,
}

impl WorkCount {
    pub(super) fn new(idle: Arc<Notify>) -> Self {
        Self { busy: AtomicUsize::new(0), idle }
    }

    pub(super) fn is_idle(&self) -> bool {
        self.busy.load(Ordering::SeqCst) == 0
    }

    fn begin(&self) {
        self.busy.fetch_add(1, Ordering::SeqCst);
    }

    fn end(&self) {
        if self.busy.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.idle.notify_waiters();
        }
    }
}

/// One piece of work; it ends when all its parts are dropped.
#[derive(Debug)]
struct Work {
    /// None where no clock can be moved.
    count: Option<Arc<WorkCount>>,
    /// How many of its parts wait for the clock.
    parked: AtomicUsize,
}

impl Work {
    fn begin(count: Option<&Arc<WorkCount>>) -> Arc<Self> {
        count.inspect(|count| count.begin());
        Arc::new(Self { count: count.cloned(), parked: AtomicUsize::new(0) })
    }

    fn resume(&self) {
        self.count.iter().for_each(|count| count.begin());
    }

    fn pause(&self) {
        self.count.iter().for_each(|count| count.end());
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.pause();
    }
}

/// Holds a moved clock until it is dropped: something is handed over from one piece of work to another.
#[derive(Debug)]
pub struct Hold(Option<Arc<WorkCount>>);

impl Hold {
    pub(super) fn new(count: Option<&Arc<WorkCount>>) -> Self {
        if let Some(count) = count {
            count.begin();
        }
        Self(count.cloned())
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(count) = &self.0 {
            count.end();
        }
    }
}

/// Marks the current work as one that waits for the clock, until it is dropped.
#[derive(Debug)]
pub(super) struct Parked(Option<Arc<Work>>);

impl Parked {
    pub(super) fn current() -> Self {
        let work = CURRENT.try_with(Arc::clone).ok();
        if let Some(work) = &work
            && work.parked.fetch_add(1, Ordering::SeqCst) == 0
        {
            work.pause();
        }
        Self(work)
    }
}

impl Drop for Parked {
    fn drop(&mut self) {
        if let Some(work) = &self.0
            && work.parked.fetch_sub(1, Ordering::SeqCst) == 1
        {
            work.resume();
        }
    }
}

/// Makes a future a piece of work of its own, which is under way from now on.
pub(super) fn work<F: Future>(count: Option<&Arc<WorkCount>>, future: F) -> impl Future<Output = F::Output> + use<F> {
    scoped(Work::begin(count), future)
}

/// Makes a future a part of the work that is under way, which waits for it; else a piece of work of its own.
pub(super) fn part<F: Future>(count: Option<&Arc<WorkCount>>, future: F) -> impl Future<Output = F::Output> + use<F> {
    let current = CURRENT.try_with(Arc::clone);
    scoped(current.unwrap_or_else(|_| Work::begin(count)), future)
}

fn scoped<F: Future>(work: Arc<Work>, future: F) -> impl Future<Output = F::Output> + use<F> {
    CURRENT.scope(work, future)
}
