//! Reading one page of events from the disk.

use std::ops::{Bound, ControlFlow};

use cloud_core::ReadView;
use cloud_store::{Range, Snapshot, StoreError};

use crate::append::EVENT_OVERHEAD_BYTES;
use crate::position::Position;
use crate::rows::{self, EVENTS, EventRow, STREAM_EVENTS};

/// How many events a page holds at most.
pub(crate) const PAGE_LIMIT_EVENTS: usize = 10_000;
/// How many bytes of events a page holds at most.
pub(crate) const PAGE_LIMIT_BYTES: usize = 1_048_576;
/// How many events are looked at for one page: as on AWS, a page may be empty and have a token that goes on.
const SCAN_LIMIT_EVENTS: usize = 10_000;
/// How many bytes of messages are looked at for one page.
const SCAN_LIMIT_BYTES: usize = 8 << 20;

/// How many events are read before others go on: a few milliseconds of a thread that others wait for. Few in tests, so that
/// their pages take several steps too.
const STEP_EVENTS: usize = if cfg!(test) { 3 } else { 500 };

/// Which way a page runs through time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Backward,
}

/// Whose events a page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// Those of a group, by number.
    Group(u64),
    /// Those of a stream: the numbers of its group and of itself.
    Stream(u64, u64),
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) position: Position,
    /// The stream's number.
    pub(crate) stream: u64,
    pub(crate) message: String,
}

/// A page to take: where it begins, where it may end, and how much it may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) direction: Direction,
    /// The event before the page; without one the page begins at the range's end.
    pub(crate) after: Option<Position>,
    pub(crate) from_ms: i64,
    /// Exclusive.
    pub(crate) until_ms: i64,
    pub(crate) limit: usize,
}

impl Span {
    /// The ends of the keys within: what follows the prefix.
    fn bounds(&self) -> (Bound<String>, Bound<String>) {
        let from = Position::at(self.from_ms.max(0));
        let until = Position::at(self.until_ms.max(0));
        let mut low = Bound::Included(from.to_key());
        let mut high = Bound::Excluded(until.to_key());
        match (self.direction, self.after) {
            (Direction::Forward, Some(after)) if after >= from => low = Bound::Excluded(after.to_key()),
            (Direction::Backward, Some(before)) if before < until => high = Bound::Excluded(before.to_key()),
            _ => {}
        }
        (low, high)
    }
}

/// A page that was taken.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// In the span's direction.
    pub(crate) events: Vec<Event>,
    /// Whether more are left, or may be.
    pub(crate) more: bool,
    /// The last event that was looked at: the next page begins after it.
    pub(crate) last_seen: Option<Position>,
    size_bytes: usize,
    scanned_events: usize,
    scanned_bytes: usize,
}

/// A page that is being read, some events at a time.
pub(crate) struct PageReader<'a, W> {
    snapshot: &'a Snapshot,
    source: Source,
    /// What is left to read.
    span: Span,
    /// When the last event arrived that the caller may see.
    seen_ms: i64,
    wanted: W,
    page: Page,
}

impl<'a, W: Fn(&Event) -> bool> PageReader<'a, W> {
    /// A page of the events within a span that are wanted.
    pub(crate) fn new(snapshot: &'a Snapshot, source: Source, span: Span, wanted: W) -> Self {
        let seen_ms = ReadView::as_of().map_or(i64::MAX, |moment| moment.as_millisecond());
        Self { snapshot, source, span, seen_ms, wanted, page: Page::default() }
    }

    /// Reads until the page is full or nothing is left, and lets others go on now and then.
    pub(crate) async fn read(mut self) -> Result<Page, StoreError> {
        while self.step()? {
            tokio::task::yield_now().await;
        }
        Ok(self.page)
    }

    /// Reads without a pause.
    #[cfg(test)]
    pub(crate) fn read_now(mut self) -> Result<Page, StoreError> {
        while self.step()? {}
        Ok(self.page)
    }

    /// Reads some events; true when there may be more to read.
    fn step(&mut self) -> Result<bool, StoreError> {
        let mut read = 0;
        let mut full = false;
        let source = self.source;
        let span = self.span;
        read_events(self.snapshot, source, &span, |event| {
            let position = event.position;
            full = self.offer(event).is_break();
            self.span.after = Some(position);
            read += 1;
            if full || read == STEP_EVENTS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        Ok(!full && read == STEP_EVENTS)
    }

    fn offer(&mut self, event: Event) -> ControlFlow<()> {
        let is_wanted = event.position.ingestion_ms() <= self.seen_ms && (self.wanted)(&event);
        self.page.offer(event, self.span.limit, is_wanted)
    }
}

impl Page {
    /// Takes an event unless it is not wanted; breaks when there is no room for it.
    fn offer(&mut self, event: Event, limit: usize, is_wanted: bool) -> ControlFlow<()> {
        if self.scanned_events == SCAN_LIMIT_EVENTS || self.scanned_bytes > SCAN_LIMIT_BYTES {
            self.more = true;
            return ControlFlow::Break(());
        }
        self.scanned_events += 1;
        self.scanned_bytes += event.message.len();
        if is_wanted {
            self.size_bytes += event.message.len() + EVENT_OVERHEAD_BYTES;
            let is_full = self.size_bytes > PAGE_LIMIT_BYTES && !self.events.is_empty();
            if self.events.len() == limit || is_full {
                self.more = true;
                return ControlFlow::Break(());
            }
            self.last_seen = Some(event.position);
            self.events.push(event);
        } else {
            self.last_seen = Some(event.position);
        }
        ControlFlow::Continue(())
    }
}

/// Calls `each` with the events of a span that are on disk.
fn read_events(
    snapshot: &Snapshot,
    source: Source,
    span: &Span,
    mut each: impl FnMut(Event) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    let prefix = match source {
        Source::Group(group) => rows::group_prefix(group),
        Source::Stream(group, stream) => rows::stream_prefix(group, stream),
    };
    let (low, high) = span.bounds();
    let low = low.map(|end| format!("{prefix}{end}"));
    let high = high.map(|end| format!("{prefix}{end}"));
    let range = Range::prefix(&prefix).from(low.as_ref().map(String::as_str)).to(high.as_ref().map(String::as_str));
    let range = if span.direction == Direction::Backward { range.reverse() } else { range };
    let mut offer = |key: &str, row: EventRow| match rows::position_of(key) {
        Some(position) => each(Event { position, stream: row.stream, message: row.message }),
        None => ControlFlow::Continue(()),
    };
    let Source::Stream(group, _) = source else {
        return snapshot.scan(EVENTS, range, offer);
    };
    let events = snapshot.table(EVENTS)?;
    let mut failure = None;
    snapshot.scan_keys(STREAM_EVENTS, range, |key| {
        let Some(position) = rows::position_of(key) else {
            return ControlFlow::Continue(());
        };
        match events.get::<EventRow>(&rows::event_key(group, position)) {
            Ok(Some(row)) => offer(key, row),
            // Half removed.
            Ok(None) => ControlFlow::Continue(()),
            Err(reason) => {
                failure = Some(reason);
                ControlFlow::Break(())
            }
        }
    })?;
    failure.map_or(Ok(()), Err)
}
