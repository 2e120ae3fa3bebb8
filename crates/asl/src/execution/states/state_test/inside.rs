//! Map and Parallel states that are tested: what is inside them does not run, and its result is given.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Came, StateTest};
use crate::definition::{Distributed, ItemReader, Items, Map, MapMode, StateKind};
use crate::document::Document;
use crate::execution::branch::Branch;
use crate::execution::data::inspection;
use crate::execution::fault::Fault;
use crate::execution::map::distributed::{ITEM_READER_FAILED, THRESHOLD_EXCEEDED, THRESHOLD_EXCEEDED_CAUSE};
use crate::execution::map::item_reader::ReadProgress;
use crate::execution::map::items::ItemList;
use crate::execution::map::limits::Limits;
use crate::execution::map::{ItemPlace, MapWork};
use crate::execution::step::{Step, Transition};

impl StateTest {
    /// `Map.Item` of the Context Object, for a state inside a Map state: the input as the only item.
    pub(super) fn item_around(&self) -> Option<Value> {
        self.tested.is_in_a_map().then(|| json!({ "Index": 0, "Value": self.branch.input.value() }))
    }

    /// Works out what a Map state would run; of a Parallel state nothing is worked out.
    pub(super) fn begin_inside(&mut self, now: Timestamp) -> Came {
        let data = self.item_reader_data.take();
        let count = self.on_step(now, |step, branch| {
            let state = step.state_of(branch)?;
            let StateKind::Map(map) = &state.kind else {
                return Ok(0);
            };
            let MapWork { input, items, limits } = step.map_work(branch, state, map)?;
            if let Some(probe) = step.probe {
                probe.note(|found| {
                    found.max_concurrency = Some(limits.max_concurrency);
                    found.tolerated_failure_count = limits.tolerated_failure_count;
                    found.tolerated_failure_percentage = limits.tolerated_failure_percentage;
                });
            }
            let items = match (&map.items, data) {
                (Items::Reader(reader), Some(data)) => step.given_items(branch, reader, &data, &input)?,
                _ => items,
            };
            step.inspect_items(branch, map, items, &input)
        })?;
        self.items = count;
        Ok(Transition::Wait)
    }

    /// What is inside has given this.
    pub(super) fn end_of_inside(&mut self, result: &str, now: Timestamp) -> Came {
        let failed = self.failed_iterations.unwrap_or_default();
        let found = self.probe.found();
        let limits = Limits {
            max_concurrency: 0,
            tolerated_failure_count: found.tolerated_failure_count,
            tolerated_failure_percentage: found.tolerated_failure_percentage,
        };
        // Without a limit TestState lets a Map state succeed, whatever is said to have failed (recorded).
        let has_limit = limits.tolerated_failure_count.is_some() || limits.tolerated_failure_percentage.is_some();
        if has_limit && limits.are_exceeded(failed, self.items) {
            return Err(Fault::error(THRESHOLD_EXCEEDED, THRESHOLD_EXCEEDED_CAUSE));
        }
        self.on_step(now, |step, branch| {
            let state = step.state_of(branch)?;
            let result = Document::parse(result).map_err(|problem| Fault::runtime(branch, problem))?;
            step.complete(branch, state, Some(result))
        })
    }
}

impl Step<'_> {
    /// The items of an item reader, in what it is said to have read.
    fn given_items(
        &self,
        branch: &Branch,
        reader: &ItemReader,
        data: &str,
        input: &Document,
    ) -> Result<ItemList, Fault> {
        let max_items =
            reader.max_items.as_ref().map(|dynamic| self.scope_of(branch).count(dynamic, input)).transpose()?;
        let parameters = self.parameters(branch, reader.arguments.as_ref(), "ItemReader", input)?;
        let items = ReadProgress::new(reader, parameters, max_items).read_whole(reader, data);
        let items = items.map_err(|unreadable| Fault::error(ITEM_READER_FAILED, unreadable.0))?;
        if reader.items_pointer.is_some() {
            inspection::note(self.probe, &Document::array(&items.items), |found| &mut found.after_items_pointer);
        }
        Ok(items)
    }

    /// Evaluates `ItemSelector` and `ItemBatcher` for all items, and counts the items.
    fn inspect_items(&mut self, branch: &Branch, map: &Map, items: ItemList, input: &Document) -> Result<u64, Fault> {
        let count = u64::try_from(items.items.len()).unwrap_or(u64::MAX);
        let is_member = items.are_members;
        let is_distributed = matches!(map.mode, MapMode::Distributed(_));
        let mut inputs = Vec::with_capacity(items.items.len());
        for (index, (item, source)) in (0..).zip(items.into_sourced()) {
            let place = ItemPlace { index, is_member, source: is_distributed.then_some(&*source) };
            inputs.push(self.selected(branch, map, item, place)?);
        }
        if map.selector.is_some() {
            inspection::note(self.probe, &Document::array(&inputs), |found| &mut found.after_item_selector);
        }
        if let MapMode::Distributed(distributed) = &map.mode {
            let Distributed { batcher, .. } = &**distributed;
            if let Some(batcher) = batcher {
                let batches = self.batches(branch, batcher, &inputs, input)?;
                let inputs = Document::array(batches.iter().map(|batch| &batch.input));
                inspection::note(self.probe, &inputs, |found| &mut found.after_item_batcher);
            }
        }
        Ok(count)
    }
}
