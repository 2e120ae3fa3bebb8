//! What queries gave, until enough newer ones have come.

use std::collections::VecDeque;

use cloud_core::Location;

use super::row::QueryRow;

/// How many queries are remembered, in all accounts and regions.
const MOST_QUERIES: usize = 200;
/// How much of memory their results may take.
const MOST_BYTES: usize = 32 << 20;

/// A query that has ended.
#[derive(Debug, Clone)]
pub(crate) struct EndedQuery {
    pub(crate) id: String,
    pub(crate) location: Location,
    pub(crate) text: String,
    /// The first of its groups.
    pub(crate) group: String,
    pub(crate) groups: usize,
    pub(crate) created_ms: i64,
    /// Why it has no results.
    pub(crate) failure: Option<String>,
    pub(crate) rows: Vec<QueryRow>,
    pub(crate) matched: u64,
    pub(crate) scanned: u64,
    pub(crate) scanned_bytes: u64,
}

impl EndedQuery {
    /// As the API names how it stands.
    pub(crate) fn status(&self) -> &'static str {
        if self.failure.is_some() { "Failed" } else { "Complete" }
    }

    fn size_bytes(&self) -> usize {
        let row = |row: &QueryRow| row.iter().map(|(name, text)| 64 + name.len() + text.len()).sum::<usize>();
        512 + self.text.len() + self.rows.iter().map(row).sum::<usize>()
    }
}

/// The newest queries, oldest first.
#[derive(Debug, Default)]
pub(crate) struct EndedQueries {
    queries: VecDeque<EndedQuery>,
    size_bytes: usize,
}

impl EndedQueries {
    /// Remembers a query; forgets the oldest ones when they are too many.
    pub(crate) fn remember(&mut self, query: EndedQuery) {
        self.size_bytes += query.size_bytes();
        self.queries.push_back(query);
        while self.queries.len() > MOST_QUERIES || (self.size_bytes > MOST_BYTES && self.queries.len() > 1) {
            if let Some(oldest) = self.queries.pop_front() {
                self.size_bytes -= oldest.size_bytes();
            }
        }
    }

    /// The query with this id in a location.
    pub(crate) fn get(&self, id: &str, location: &Location) -> Option<&EndedQuery> {
        self.queries.iter().rev().find(|query| query.id == id && query.location == *location)
    }

    /// Those of a location, newest first.
    pub(crate) fn of<'a>(&'a self, location: &'a Location) -> impl Iterator<Item = &'a EndedQuery> {
        self.queries.iter().rev().filter(move |query| query.location == *location)
    }
}
