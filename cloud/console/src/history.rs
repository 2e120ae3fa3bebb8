//! Histories as the page needs them: each event in short, and only what is new of one that grows.

use std::sync::{Arc, PoisonError};

use cloud_core::{EventSummary, Location, ServiceError};
use graph::{Event, Visits};
use serde::Serialize;
use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::long_text::Allowance;

/// The largest page of a history.
const PAGE: u64 = 1_000;
/// How many histories are kept.
const KEPT: usize = 4;

/// The histories that were shown last, the newest at the end.
#[derive(Debug, Default)]
pub(crate) struct Histories {
    kept: Vec<Kept>,
}

/// One of them.
#[derive(Debug)]
struct Kept {
    execution_arn: String,
    events: Arc<Vec<ShortEvent>>,
    /// What its picture is called, once it has ended.
    ended: Option<EndedView>,
}

/// What shows an execution that has ended: nothing of it changes until it is redriven once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EndedView {
    /// What the picture is called.
    pub(crate) name: String,
    /// How often it was redriven.
    pub(crate) redrives: i64,
    /// Its last event.
    pub(crate) last_event_id: i64,
}

/// An event without its data. What follows from others is not written with it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ShortEvent {
    #[serde(skip)]
    pub(crate) id: i64,
    /// Where it is not the one before it.
    #[serde(rename = "previous", skip_serializing_if = "Option::is_none")]
    previous_event_id: Option<i64>,
    #[serde(skip)]
    pub(crate) kind: Box<str>,
    /// Milliseconds since 1970.
    #[serde(skip)]
    pub(crate) at: i64,
    #[serde(skip)]
    pub(crate) state: Option<Arc<str>>,
    /// The error that it tells of.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Box<str>>,
    /// The index of an iteration.
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u64>,
    /// What a task calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<Box<str>>,
    /// It assigns variables.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    assigns: bool,
}

impl Histories {
    /// What is known of an execution, taken out: it grows without being copied, and is kept again then.
    fn take(&mut self, execution_arn: &str) -> Arc<Vec<ShortEvent>> {
        let known = self.kept.iter_mut().find(|kept| kept.execution_arn == execution_arn);
        known.map(|kept| std::mem::take(&mut kept.events)).unwrap_or_default()
    }

    /// Keeps what is known of one, and forgets what was shown longest ago.
    fn keep(&mut self, execution_arn: &str, events: Arc<Vec<ShortEvent>>) {
        let at = self.kept.iter().position(|kept| kept.execution_arn == execution_arn);
        let ended = at.and_then(|at| self.kept.remove(at).ended);
        self.kept.push(Kept { execution_arn: execution_arn.to_owned(), events, ended });
        let too_many = self.kept.len().saturating_sub(KEPT);
        self.kept.drain(..too_many);
    }

    /// Keeps what shows an execution that has ended.
    pub(crate) fn keep_ended(&mut self, execution_arn: &str, view: EndedView) {
        if let Some(kept) = self.kept.iter_mut().find(|kept| kept.execution_arn == execution_arn) {
            kept.ended = Some(view);
        }
    }

    /// Whether this shows all of an execution that has ended.
    pub(crate) fn is_shown(&self, execution_arn: &str, view: &EndedView) -> bool {
        self.kept.iter().any(|kept| kept.execution_arn == execution_arn && kept.ended.as_ref() == Some(view))
    }
}

impl ShortEvent {
    fn of(event: EventSummary) -> Self {
        let id = number(event.id);
        let previous = number(event.previous_event_id);
        Self {
            id,
            // Events at the beginning of an execution name none before them.
            previous_event_id: (![0, id - 1].contains(&previous)).then_some(previous),
            kind: event.kind.into(),
            at: event.at.as_millisecond(),
            state: event.state,
            error: event.error.map(Box::from),
            index: event.index,
            resource: event.resource.map(Box::from),
            assigns: event.assigns,
        }
    }

    fn event(&self) -> Event<'_> {
        let before = self.previous_event_id.unwrap_or(self.id - 1);
        Event { id: self.id, previous_event_id: before, kind: &self.kind, state: self.state.as_deref() }
    }
}

/// Numbers of events are small: an execution has 25,000 at most.
fn number(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

/// How the states of an execution stand; what is known up to an event is told so.
pub(crate) fn visits(events: &[ShortEvent], known: i64) -> Visits {
    Visits::of(events.iter().map(ShortEvent::event), known)
}

impl Cloud {
    /// All events of an execution, oldest first. What is kept of them is not read again.
    pub(crate) fn history(&self, arn: &str) -> Result<Arc<Vec<ShortEvent>>, ServiceError> {
        let mut events = self.histories.lock().unwrap_or_else(PoisonError::into_inner).take(arn);
        let known = events.last().and_then(|event| u64::try_from(event.id).ok()).unwrap_or(0);
        let new = self.handles.histories.events_after(arn, known)?;
        if !new.is_empty() {
            Arc::make_mut(&mut events).extend(new.into_iter().map(ShortEvent::of));
        }
        self.histories.lock().unwrap_or_else(PoisonError::into_inner).keep(arn, Arc::clone(&events));
        Ok(events)
    }

    /// Some events with their data, by number; long texts are cut.
    pub(crate) async fn details(&self, at: &Location, arn: &str, ids: &[i64]) -> Result<Vec<Value>, ServiceError> {
        let mut allowance = Allowance::default();
        let mut found = self.whole_details(at, arn, ids).await?;
        found.iter_mut().for_each(|event| allowance.cut_event(event));
        Ok(found)
    }

    /// Some events with all of their data, by number. Read from the end of the history that is nearer to them.
    pub(crate) async fn whole_details(
        &self,
        at: &Location,
        arn: &str,
        ids: &[i64],
    ) -> Result<Vec<Value>, ServiceError> {
        let known = self.history(arn)?;
        let first = ids.iter().min().copied().unwrap_or(0);
        let last = ids.iter().max().copied().unwrap_or(0);
        let is_nearer_to_end = known.last().map_or(0, |event| event.id) - first < last;
        let mut input = json!({ "executionArn": arn, "maxResults": PAGE, "reverseOrder": is_nearer_to_end });
        let mut found = Vec::new();
        while found.len() < ids.len() {
            let mut page = self.states(at, "GetExecutionHistory", &input).await?;
            let events = page["events"].as_array_mut().map(std::mem::take).unwrap_or_default();
            let wanted = events.into_iter().filter(|event| event["id"].as_i64().is_some_and(|id| ids.contains(&id)));
            found.extend(wanted);
            if page["nextToken"].is_null() {
                break;
            }
            input["nextToken"] = page["nextToken"].take();
        }
        Ok(found)
    }
}
