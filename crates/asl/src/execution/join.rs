//! Joins: the results of the branches of a Parallel state or the iterations of a Map state, as they come in.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::document::Document;

/// The inner branches that a branch in a Parallel or Map state waits for, and their results so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Join {
    /// By index; `None` for a branch that has not ended.
    results: Vec<Option<Document>>,
    /// The number of branches that have ended.
    ended: u64,
    /// The items of a Map state whose iterations have not started.
    items: VecDeque<Document>,
}

impl Join {
    /// A join of so many branches.
    pub(super) fn branches(count: usize) -> Self {
        Self { results: vec![None; count], ended: 0, items: VecDeque::new() }
    }

    /// A join with an iteration per item.
    pub(super) fn items(items: Vec<Document>) -> Self {
        Self { results: vec![None; items.len()], ended: 0, items: items.into() }
    }

    /// The next item with its index.
    pub(super) fn next_item(&mut self) -> Option<(u64, Document)> {
        let index = self.results.len() - self.items.len();
        Some((u64::try_from(index).unwrap_or(u64::MAX), self.items.pop_front()?))
    }

    /// Puts back the item that was taken last.
    pub(super) fn put_back(&mut self, item: Document) {
        self.items.push_front(item);
    }

    /// Whether an iteration has not started.
    pub(super) fn has_items(&self) -> bool {
        !self.items.is_empty()
    }

    pub(super) fn end(&mut self, index: u64, result: Document) {
        if let Some(result_slot @ None) = usize::try_from(index).ok().and_then(|index| self.results.get_mut(index)) {
            *result_slot = Some(result.text_only());
            self.ended += 1;
        }
    }

    pub(super) fn is_complete(&self) -> bool {
        usize::try_from(self.ended).is_ok_and(|ended| ended == self.results.len())
    }

    /// All results, in the order of their positions.
    pub(super) fn result(&self) -> Document {
        Document::array(self.results.iter().flatten())
    }
}
