//! Map states: an iteration per item, inside the execution. `distributed.rs` has the distributed mode.

pub(super) mod batch;
pub(super) mod children;
pub(super) mod distributed;
pub(super) mod item_reader;
pub(super) mod items;
pub(super) mod limits;
pub(super) mod map_run;
mod queue;
mod redrive;
mod result_writer;

use serde_json::Value;

use crate::definition::{Items, Map, MapMode, State};
use crate::document::Document;
use crate::execution::branch::{Branch, BranchId, BranchStatus};
use crate::execution::data::context::MapItem;
use crate::execution::data::inspection;
use crate::execution::fault::{self, Fault, REFERENCE_PATH_CONFLICT};
use crate::execution::join::Join;
use crate::execution::map::items::ItemList;
use crate::execution::map::limits::Limits;
use crate::execution::states::inner_branches::iteration;
use crate::execution::step::{Step, Transition};
use crate::history::EventDetails;
use crate::quotas::MAX_MAP_CONCURRENCY;

const NOT_FOR_INLINE: &str = "The ItemReader, ItemBatcher and ResultWriter fields are not supported for INLINE maps";
/// `Map.Item.Source` of items that come from the state's input.
const STATE_DATA: &str = "STATE_DATA";

impl Step<'_> {
    /// Starts the iterations of a Map state, the first time or again.
    pub(crate) fn map(&mut self, branch: &mut Branch, state: &State, map: &Map) -> Result<Transition, Fault> {
        let MapWork { input, items, limits } = self.map_work(branch, state, map)?;
        match &map.mode {
            MapMode::Inline | MapMode::InlineWithDistributedFields => {
                self.inline(branch, state, map, limits.max_concurrency, items.items)
            }
            MapMode::Distributed(distributed) => {
                self.distributed(branch, state, (map, distributed), limits, &input, items)
            }
        }
    }

    /// What a Map state has to do, which begins its events.
    pub(crate) fn map_work(&mut self, branch: &mut Branch, state: &State, map: &Map) -> Result<MapWork, Fault> {
        if map.mode == MapMode::InlineWithDistributedFields {
            return Err(Fault::runtime(branch, NOT_FOR_INLINE));
        }
        let scope = self.scope_of(branch);
        let input = scope.effective_input(state)?;
        let max_concurrency = map.max_concurrency.as_ref().map(|dynamic| scope.count(dynamic, &input)).transpose()?;
        let items = self.items(branch, state, map, &input)?;
        let length = u64::try_from(items.items.len()).unwrap_or(u64::MAX);
        self.emit(branch, EventDetails::MapStateStarted { length })?;
        let scope = self.scope_of(branch);
        let count = map.tolerated_failure_count.as_ref().map(|dynamic| scope.count(dynamic, &input));
        let percentage = map.tolerated_failure_percentage.as_ref().map(|dynamic| scope.percentage(dynamic, &input));
        let limits = Limits {
            max_concurrency: max_concurrency.unwrap_or_default(),
            tolerated_failure_count: count.transpose()?,
            tolerated_failure_percentage: percentage.transpose()?,
        };
        Ok(MapWork { input, items, limits })
    }

    fn inline(
        &mut self,
        branch: &mut Branch,
        state: &State,
        map: &Map,
        max_concurrency: u64,
        items: Vec<Document>,
    ) -> Result<Transition, Fault> {
        if items.is_empty() {
            self.emit_beside(branch.previous_event_id, EventDetails::MapStateSucceeded)?;
            return self.complete(branch, state, Some(Document::array([])));
        }
        branch.status = BranchStatus::Join(Box::new(Join::items(items)));
        let begun = self.begin_iterations(branch, map, at_once(max_concurrency), branch.previous_event_id);
        begun.map(|()| Transition::Wait).inspect_err(|_| {
            self.abort_branches_of(branch, branch.previous_event_id);
            branch.status = BranchStatus::Running;
        })
    }

    /// Starts iterations of a Map state that a redrive goes on with: as many as may run beside those that run again.
    pub(crate) fn fill_up(&mut self, branch: &mut Branch, state: &State, map: &Map) -> Result<Transition, Fault> {
        let scope = self.scope_of(branch);
        let input = scope.effective_input(state)?;
        let limit = map.max_concurrency.as_ref().map(|dynamic| scope.count(dynamic, &input)).transpose()?;
        let inside = self.execution.branches.values().filter_map(|inner| inner.position);
        let running = inside.filter(|position| position.parent == branch.id).count();
        let free = at_once(limit.unwrap_or_default()).saturating_sub(u64::try_from(running).unwrap_or(u64::MAX));
        self.begin_iterations(branch, map, free, branch.entered_event_id)?;
        Ok(Transition::Wait)
    }

    /// The items of a state that has them in its input; those of an `ItemReader` are read later. In distributed mode they may be
    /// the members of an object.
    fn items(&self, branch: &Branch, state: &State, map: &Map, input: &Document) -> Result<ItemList, Fault> {
        let scope = self.scope_of(branch);
        let found = match &map.items {
            Items::Reader(_) => return Ok(ItemList::default()),
            Items::Template(template) => scope.items(template)?,
            Items::Path(path) => {
                let is_there = !input.value().is_null();
                if let Some(conflict) = path.conflict(input.value()).filter(|_| is_there) {
                    let cause = conflict.cause(path.text(), input.text());
                    return Err(Fault::error(REFERENCE_PATH_CONFLICT, cause));
                }
                let found = scope.read(path, input)?.into_owned();
                if self.probe.is_some() {
                    let items = Document::of(found.clone()).written_as_in(input);
                    inspection::note(self.probe, &items, |found| &mut found.after_items_path);
                }
                found
            }
        };
        match found {
            Value::Array(items) => {
                Ok(ItemList::from_one(items.into_iter().map(Document::of).collect(), false, STATE_DATA))
            }
            Value::Object(object) if matches!(map.mode, MapMode::Distributed(_)) => {
                Ok(ItemList::from_one(items::members(object), true, STATE_DATA))
            }
            other if state.is_jsonata() => {
                Err(Fault::invalid_input(branch, format!("Map state input must be an array but was: {other}")))
            }
            _ => {
                let path = if let Items::Path(path) = &map.items { path.text() } else { "$" };
                Err(Fault::runtime(branch, format!("Reference path \"{path}\" must point to array.")))
            }
        }
    }

    /// Starts up to `count` of the iterations that wait.
    pub(crate) fn begin_iterations(
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
        self.make_ready(begun);
        result
    }

    fn begin_iteration(
        &mut self,
        branch: &mut Branch,
        map: &Map,
        previous_event_id: u64,
    ) -> Result<Option<Branch>, Fault> {
        let BranchStatus::Join(join) = &mut branch.status else {
            return Ok(None);
        };
        let Some((index, item)) = join.next_item() else {
            return Ok(None);
        };
        let place = ItemPlace { index, is_member: false, source: None };
        let input = match self.selected(branch, map, item.clone(), place) {
            Ok(input) => input,
            Err(fault) => {
                if let BranchStatus::Join(join) = &mut branch.status {
                    join.put_back(item);
                }
                return Err(fault);
            }
        };
        let mut inner = self.new_inner_branch(branch, index, map.processor, input)?;
        inner.previous_event_id = previous_event_id;
        self.emit(&mut inner, EventDetails::MapIterationStarted(iteration(branch, index)))?;
        Ok(Some(inner))
    }

    /// The input of an iteration: the item, or the value of `ItemSelector` for it.
    pub(crate) fn selected(
        &mut self,
        branch: &Branch,
        map: &Map,
        item: Document,
        place: ItemPlace<'_>,
    ) -> Result<Document, Fault> {
        let Some(selector) = &map.selector else {
            return Ok(item);
        };
        let attempt = (branch.id, branch.entered_event_id, branch.retry_count());
        let before = self.selection.take().filter(|selection| selection.attempt == attempt);
        let state = self.state_of(branch)?;
        let mut scope = self.scope_of(branch);
        let (effective, context) = match before {
            Some(ItemSelection { effective, context, .. }) => (effective, context),
            None => (scope.effective_input(state)?, None),
        };
        let ItemPlace { index, is_member, source } = place;
        let value = item.value();
        let item = match is_member {
            true => MapItem { index, value: &value["Value"], key: value["Key"].as_str(), source },
            false => MapItem { index, value, key: None, source },
        };
        scope.context = scope.context.with_item(item, context);
        let selected = scope.fill_language(selector, "ItemSelector", &effective);
        let context = scope.context.into_built();
        self.selection = Some(ItemSelection { attempt, effective, context });
        let selected = selected?;
        fault::check_payload(branch, &selected)?;
        Ok(selected)
    }
}

/// How many iterations of an inline Map state run at the same time; `MaxConcurrency` is 0 where there is none.
pub(super) fn at_once(max_concurrency: u64) -> u64 {
    if max_concurrency == 0 { MAX_MAP_CONCURRENCY } else { max_concurrency.min(MAX_MAP_CONCURRENCY) }
}

/// What a Map state has to do: its effective input, the items, except those of an `ItemReader`, and its limits.
pub(crate) struct MapWork {
    pub(crate) input: Document,
    pub(crate) items: ItemList,
    pub(crate) limits: Limits,
}

/// What the Context Object says of an item beside its value.
#[derive(Clone, Copy)]
pub(crate) struct ItemPlace<'a> {
    pub(crate) index: u64,
    /// Whether it is a member of an object, with its key.
    pub(crate) is_member: bool,
    /// Where it comes from; only in distributed mode.
    pub(crate) source: Option<&'a str>,
}

/// What all items of a Map state share for their `ItemSelector`: made once for all iterations that start in a step.
pub(crate) struct ItemSelection {
    /// The state's branch, its entry and its attempt.
    attempt: (BranchId, u64, u64),
    effective: Document,
    context: Option<Value>,
}
