//! Map states: an iteration per item, inside the execution. Those in distributed mode go on in `distributed.rs`.

use serde_json::Value;

use super::branch::{Branch, BranchId, Doing};
use super::context::Item;
use super::fault::{self, Fault};
use super::gather::{Gathering, iteration};
use super::map_run::Limits;
use super::turn::{Move, Turn};
use crate::EventDetails;
use crate::definition::{Items, Map, MapMode, State};
use crate::document::Document;

/// How many iterations AWS runs at once when `MaxConcurrency` leaves it free, and at most.
const MOST_AT_ONCE: u64 = 40;

impl Turn<'_> {
    /// Begins the iterations of a Map state, the first time or again.
    pub(super) fn map(&mut self, branch: &mut Branch, state: &State, map: &Map) -> Result<Move, Fault> {
        let flow = self.flow(branch);
        let input = flow.effective_input(state)?;
        let max_concurrency = map.max_concurrency.as_ref().map(|given| flow.count(given, &input)).transpose()?;
        let items = self.items(branch, state, &map.items, &input)?;
        let length = u64::try_from(items.len()).unwrap_or(u64::MAX);
        self.emit(branch, EventDetails::MapStateStarted { length })?;
        let flow = self.flow(branch);
        let count = map.tolerated_failure_count.as_ref().map(|given| flow.count(given, &input));
        let percentage = map.tolerated_failure_percentage.as_ref().map(|given| flow.percentage(given, &input));
        let limits = Limits {
            max_concurrency: max_concurrency.unwrap_or_default(),
            tolerated_failure_count: count.transpose()?,
            tolerated_failure_percentage: percentage.transpose()?,
        };
        match &map.mode {
            MapMode::Inline => self.inline(branch, state, map, limits.max_concurrency, items),
            MapMode::Distributed(distributed) => {
                self.distributed(branch, state, (map, distributed), limits, &input, items)
            }
        }
    }

    fn inline(
        &mut self,
        branch: &mut Branch,
        state: &State,
        map: &Map,
        max_concurrency: u64,
        items: Vec<Document>,
    ) -> Result<Move, Fault> {
        if items.is_empty() {
            self.emit_beside(branch.previous_event_id, EventDetails::MapStateSucceeded)?;
            return self.leave(branch, state, Some(Document::array([])));
        }
        branch.doing = Doing::Gathering(Box::new(Gathering::items(items)));
        let at_once = if max_concurrency == 0 { MOST_AT_ONCE } else { max_concurrency.min(MOST_AT_ONCE) };
        let begun = self.begin_iterations(branch, map, at_once, branch.previous_event_id);
        begun.map(|()| Move::Wait).inspect_err(|_| {
            self.abort_branches_of(branch);
            branch.doing = Doing::Running;
        })
    }

    /// The items of a state that has them in its input; an `ItemReader`'s are read later.
    fn items(&self, branch: &Branch, state: &State, items: &Items, input: &Document) -> Result<Vec<Document>, Fault> {
        let flow = self.flow(branch);
        let found = match items {
            Items::Reader(_) => return Ok(Vec::new()),
            Items::Template(template) => flow.items(template)?,
            Items::Path(path) => flow.read(path, input)?.into_owned(),
        };
        match found {
            Value::Array(items) => Ok(items.into_iter().map(Document::of).collect()),
            other if state.is_jsonata() => {
                Err(Fault::unsuited_input(branch, format!("Map state input must be an array but was: {other}")))
            }
            _ => {
                let path = if let Items::Path(path) = items { path.text() } else { "$" };
                Err(Fault::runtime(branch, format!("Reference path \"{path}\" must point to array.")))
            }
        }
    }

    /// Begins so many of the iterations that wait, as far as there are any.
    pub(super) fn begin_iterations(
        &mut self,
        branch: &mut Branch,
        map: &Map,
        count: u64,
        previous_event_id: u64,
    ) -> Result<(), Fault> {
        let mut begun = Vec::new();
        let result = (0..count).try_for_each(|_| {
            begun.extend(self.begin_iteration(branch, map, previous_event_id)?);
            Ok(())
        });
        self.is_ready(begun);
        result
    }

    fn begin_iteration(
        &mut self,
        branch: &mut Branch,
        map: &Map,
        previous_event_id: u64,
    ) -> Result<Option<Branch>, Fault> {
        let Doing::Gathering(gathering) = &mut branch.doing else {
            return Ok(None);
        };
        let Some((index, item)) = gathering.next_item() else {
            return Ok(None);
        };
        let input = self.selected(branch, map, index, item, None)?;
        let mut inner = self.branch_in(branch, index, map.processor, input)?;
        inner.previous_event_id = previous_event_id;
        self.emit(&mut inner, EventDetails::MapIterationStarted(iteration(branch, index)))?;
        Ok(Some(inner))
    }

    /// What is done something with for an item: the item, or what `ItemSelector` makes of it.
    pub(super) fn selected(
        &mut self,
        branch: &Branch,
        map: &Map,
        index: u64,
        item: Document,
        source: Option<&str>,
    ) -> Result<Document, Fault> {
        let Some(selector) = &map.selector else {
            return Ok(item);
        };
        let attempt = (branch.id, branch.entered_event_id, branch.retry_count());
        let before = self.selecting.take().filter(|selecting| selecting.attempt == attempt);
        let state = self.state_of(branch)?;
        let mut flow = self.flow(branch);
        let (effective, context) = match before {
            Some(Selecting { effective, context, .. }) => (effective, context),
            None => (flow.effective_input(state)?, None),
        };
        flow.context = flow.context.with_item(Item { index, value: item.value(), key: None, source }, context);
        let selected = flow.fill_language(selector, "ItemSelector", &effective);
        let context = flow.context.into_built();
        self.selecting = Some(Selecting { attempt, effective, context });
        let selected = selected?;
        fault::passable(branch, &selected)?;
        Ok(selected)
    }
}

/// What every item of a Map state has in common for its `ItemSelector`: made once for all that begin in a turn.
pub(super) struct Selecting {
    /// The state's branch, its entry and its attempt.
    attempt: (BranchId, u64, u64),
    effective: Document,
    context: Option<Value>,
}
