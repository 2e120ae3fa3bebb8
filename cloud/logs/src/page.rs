//! Reading one page of events from the disk.

use std::ops::{Bound, ControlFlow};

use cloud_core::{ReadView, UnreadableRows};
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
    unreadable: &'a UnreadableRows,
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
    pub(crate) fn new(
        snapshot: &'a Snapshot,
        unreadable: &'a UnreadableRows,
        source: Source,
        span: Span,
        wanted: W,
    ) -> Self {
        let seen_ms = ReadView::as_of().map_or(i64::MAX, |moment| moment.as_millisecond());
        Self { snapshot, unreadable, source, span, seen_ms, wanted, page: Page::default() }
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
        let disk = Disk { snapshot: self.snapshot, unreadable: self.unreadable };
        disk.read_events(source, &span, |event| {
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

/// What stands in an event's place that can't be read.
const UNREADABLE_MESSAGE: &str = "This event can't be read: its row in the embedded cloud's store is damaged. `workshop local logs` says which one it is.";

/// Where events are read.
struct Disk<'a> {
    snapshot: &'a Snapshot,
    unreadable: &'a UnreadableRows,
}

impl Disk<'_> {
    /// Calls `each` with the events of a span. In the place of one that can't be read stands one that says so.
    fn read_events(
        &self,
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
        let mut failure = None;
        let mut offer = |event: Result<Option<Event>, StoreError>| match event {
            Ok(Some(event)) => each(event),
            // Half removed.
            Ok(None) => ControlFlow::Continue(()),
            Err(reason) => {
                failure = Some(reason);
                ControlFlow::Break(())
            }
        };
        match source {
            Source::Group(group) => self.snapshot.scan_tolerant::<EventRow>(EVENTS, range, |key, row| {
                let Some(position) = rows::position_of(key) else { return ControlFlow::Continue(()) };
                offer(match row {
                    Ok(row) => Ok(Some(Event { position, stream: row.stream, message: row.message })),
                    Err(reason) => self.unreadable_of_group(group, key, position, &reason),
                })
            })?,
            Source::Stream(group, stream) => {
                let events = self.snapshot.table(EVENTS)?;
                self.snapshot.scan_keys(STREAM_EVENTS, range, |key| {
                    let Some(position) = rows::position_of(key) else { return ControlFlow::Continue(()) };
                    let key = rows::event_key(group, position);
                    offer(match events.get::<EventRow>(&key) {
                        Ok(row) => Ok(row.map(|row| Event { position, stream: row.stream, message: row.message })),
                        Err(reason @ StoreError::Row { .. }) => {
                            Ok(Some(self.unreadable(&key, position, stream, &reason)))
                        }
                        Err(reason) => Err(reason),
                    })
                })?;
            }
        }
        failure.map_or(Ok(()), Err)
    }

    /// What stands for an event of a group that can't be read. Its stream is the one whose index has it.
    fn unreadable_of_group(
        &self,
        group: u64,
        key: &str,
        position: Position,
        reason: &StoreError,
    ) -> Result<Option<Event>, StoreError> {
        let index = self.snapshot.table(STREAM_EVENTS)?;
        let prefix = rows::group_prefix(group);
        let mut from = prefix.clone();
        loop {
            let mut next = None;
            index.scan_keys(Range::prefix(&prefix).from(Bound::Included(&from)), |key| {
                next = rows::group_and_stream(key);
                ControlFlow::Break(())
            })?;
            let Some((_, stream)) = next else { return Ok(None) };
            let wanted = rows::stream_event_key(group, stream, position);
            let mut is_there = false;
            index.scan_keys(Range::prefix(&wanted), |_| {
                is_there = true;
                ControlFlow::Break(())
            })?;
            if is_there {
                return Ok(Some(self.unreadable(key, position, stream, reason)));
            }
            from = rows::stream_prefix(group, stream + 1);
        }
    }

    fn unreadable(&self, key: &str, position: Position, stream: u64, reason: &StoreError) -> Event {
        self.unreadable.note(EVENTS, key, reason);
        Event { position, stream, message: UNREADABLE_MESSAGE.to_owned() }
    }
}
