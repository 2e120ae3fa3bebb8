//! Reading a range of a table in memory while others write to it.

use std::collections::VecDeque;
use std::ops::Bound;
use std::sync::Arc;

use super::{Bytes, MemoryTable};
use crate::read::range::{self, ByteBounds, Direction};

/// How many rows are taken at a time, so that the lock is held for a moment only, and not while rows are looked at.
const PAGE_ROWS: usize = 64;

/// A place in a range of a table in memory, as one commit sees it.
#[derive(Debug)]
pub(crate) struct MemoryCursor {
    memory: Arc<MemoryTable>,
    table: String,
    commit: u64,
    /// What was not read yet; nothing at the end.
    rest: Option<ByteBounds>,
    direction: Direction,
    page: VecDeque<(Bytes, Option<Bytes>)>,
}

impl MemoryCursor {
    pub(crate) fn new(
        memory: Arc<MemoryTable>,
        table: &str,
        commit: u64,
        bounds: ByteBounds,
        direction: Direction,
    ) -> Self {
        Self { memory, table: table.to_owned(), commit, rest: Some(bounds), direction, page: VecDeque::new() }
    }

    /// The next key.
    pub(crate) fn peek(&mut self) -> Option<&Bytes> {
        if self.page.is_empty() {
            self.fill();
        }
        self.page.front().map(|(key, _)| key)
    }

    /// The next row; without a value when it is gone.
    pub(crate) fn next(&mut self) -> Option<(Bytes, Option<Bytes>)> {
        self.peek()?;
        self.page.pop_front()
    }

    fn fill(&mut self) {
        let Some((low, high)) = self.rest.take() else {
            return;
        };
        let bounds = (low, high);
        let inner = self.memory.read();
        if let Some(rows) = inner.tables.get(&self.table)
            && !range::is_empty(&bounds.0, &bounds.1)
        {
            self.page = rows.page(&bounds, self.direction, self.commit, PAGE_ROWS).into();
        }
        if self.page.len() == PAGE_ROWS
            && let Some((last, _)) = self.page.back()
        {
            let last = Bound::Excluded(last.to_vec());
            self.rest = Some(match self.direction {
                Direction::Forward => (last, bounds.1),
                Direction::Reverse => (bounds.0, last),
            });
        }
    }
}
