//! Lists of executions, newest first: a page seeks to its place and reads the heads that it shows.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::{Bound, ControlFlow};

use cloud_core::{Page, ReadView};
use cloud_store::{Range, StoreError};
use jiff::Timestamp;

use crate::rows::EXECUTION_HEADS;
use crate::rows::execution::{ExecutionHead, Position};
use crate::rows::head::HeadRow;
use crate::states::States;

/// Which executions are listed.
#[derive(Debug, Default)]
pub(crate) struct ListFilter {
    /// The machine's key, or that of its Map Runs' children.
    pub(crate) machine: String,
    /// Their status, as the API has it.
    pub(crate) status: Option<String>,
    pub(crate) version: Option<u64>,
    pub(crate) alias: Option<String>,
    pub(crate) map_run: Option<String>,
    /// Whether they were redriven.
    pub(crate) redriven: Option<bool>,
    /// Children of a Map Run that wait to be redriven, by name.
    pub(crate) pending_redrive: BTreeSet<String>,
}

/// The status of a Map Run's child that waits to be redriven.
pub(crate) const PENDING_REDRIVE: &str = "PENDING_REDRIVE";

impl ListFilter {
    /// The status that a list shows.
    pub(crate) fn status(&self, name: &str, head: &ExecutionHead) -> &'static str {
        let is_pending = head.status != asl::Status::Running && self.pending_redrive.contains(name);
        if is_pending { PENDING_REDRIVE } else { head.status.api_name() }
    }

    fn takes(&self, name: &str, head: &ExecutionHead) -> bool {
        self.status.as_deref().is_none_or(|status| status == self.status(name, head))
            && self.redriven.is_none_or(|redriven| redriven == head.redriven.is_some())
            && self.version.is_none_or(|number| head.version == Some(number))
            && self.alias.as_deref().is_none_or(|alias| head.alias.as_deref() == Some(alias))
            && self.map_run.as_deref().is_none_or(|id| head.map_run.as_deref() == Some(id))
    }
}

/// A page of executions after a place, newest first, as of the moment of the caller's view.
///
/// What runs is listed from memory when only that is asked for; everything else comes from the store.
pub(crate) fn list(
    states: &States,
    filter: &ListFilter,
    after: Option<(Timestamp, u64)>,
    size: usize,
) -> Result<Page<(String, ExecutionHead)>, StoreError> {
    let as_of = ReadView::as_of();
    if as_of.is_none() && filter.status.as_deref() == Some(asl::Status::Running.api_name()) {
        return Ok(running(states, filter, after, size));
    }
    let prefix = format!("{}/", filter.machine);
    let end = after.map(|(listed_at, sequence)| ExecutionHead::place(&filter.machine, listed_at, sequence));
    let before = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let mut found = Vec::new();
    let now = states.clock.now();
    let range = Range::prefix(&prefix).to(before).reverse();
    let read =
        |key: &str, row: HeadRow| row.head(key).map_err(|reason| states.row_failed(EXECUTION_HEADS, key, &reason));
    states.store.snapshot()?.scan_tolerant::<HeadRow>(EXECUTION_HEADS, range, |key, row| {
        let head = match row.and_then(|row| read(key, row)) {
            Ok(head) => head,
            Err(reason) => {
                states.unreadable.note(EXECUTION_HEADS, key, &reason);
                return ControlFlow::Continue(());
            }
        };
        let name = key.rsplit('/').next().unwrap_or_default();
        if let Some(head) = seen(&head, as_of).filter(|head| filter.takes(name, head) && !head.is_expired(now)) {
            found.push((name.to_owned(), head.into_owned()));
        }
        // One more than a page tells that there is another one.
        if found.len() > size { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if as_of.is_none() {
        add_express(states, filter, after, &mut found);
    }
    Ok(Page::take(found, size))
}

/// Adds the express children of a Map Run that run: they are in memory alone.
fn add_express(
    states: &States,
    filter: &ListFilter,
    after: Option<(Timestamp, u64)>,
    found: &mut Vec<(String, ExecutionHead)>,
) {
    let index = states.index();
    let running = index.after(&filter.machine, position(after)).filter(|(_, head)| head.is_express);
    let known = found.len();
    found.extend(running.filter(|(name, head)| filter.takes(name, head)).map(|(name, head)| (name.to_owned(), head)));
    if found.len() > known {
        found.sort_by_key(|(_, head)| (std::cmp::Reverse(head.listed_at()), std::cmp::Reverse(head.sequence)));
    }
}

/// Where a list goes on.
fn position(after: Option<(Timestamp, u64)>) -> Option<Position> {
    after.map(|(listed_at, sequence)| (std::cmp::Reverse(listed_at), std::cmp::Reverse(sequence)))
}

fn running(
    states: &States,
    filter: &ListFilter,
    after: Option<(Timestamp, u64)>,
    size: usize,
) -> Page<(String, ExecutionHead)> {
    let index = states.index();
    let found = index.after(&filter.machine, position(after)).filter(|(name, head)| filter.takes(name, head));
    Page::take(found.map(|(name, head)| (name.to_owned(), head)), size)
}

/// An execution as a list shows it that tells of a moment: those that had not begun are not in it.
fn seen(head: &ExecutionHead, as_of: Option<Timestamp>) -> Option<Cow<'_, ExecutionHead>> {
    let Some(moment) = as_of else {
        return Some(Cow::Borrowed(head));
    };
    if head.started_at > moment {
        return None;
    }
    if head.stopped_at.is_none_or(|stopped_at| stopped_at <= moment) {
        return Some(Cow::Borrowed(head));
    }
    Some(Cow::Owned(ExecutionHead { status: asl::Status::Running, stopped_at: None, ..head.clone() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_lags_shows_executions_as_they_were() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let head = ExecutionHead {
            status: asl::Status::Succeeded,
            stopped_at: Some(at(20)),
            ..ExecutionHead::starting(at(10), 0, 1)
        };
        let status = |as_of| seen(&head, as_of).map(|seen| (seen.status, seen.stopped_at));
        assert_eq!(status(Some(at(9))), None);
        assert_eq!(status(Some(at(10))), Some((asl::Status::Running, None)));
        assert_eq!(status(Some(at(20))), Some((asl::Status::Succeeded, Some(at(20)))));
        assert_eq!(status(None), status(Some(at(20))));
    }
}
