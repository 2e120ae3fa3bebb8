//! Histories in short and counts of what runs and waits, as the page asks for them.

use asl::HistoryEvent;
use cloud_core::{EventSummary, ExecutionHistories, ServiceError};

use super::States;
use crate::executions::KeptHistory;
use crate::rows::execution::ExecutionKey;
use crate::rows::history::{page_of, read_events};
use crate::wire::errors;
use crate::wire::names::{ExecutionReference, MachineReference};

/// How many events are read from the store at a time.
const PAGE: usize = 1000;

impl ExecutionHistories for States {
    fn events_after(&self, execution_arn: &str, after: u64) -> Result<Vec<EventSummary>, ServiceError> {
        let reference = ExecutionReference::parse(execution_arn)?;
        let key = ExecutionKey::new(&reference.machine, &reference.name);
        let kept = self.kept_history(&key)?.ok_or_else(|| errors::execution_missing(&reference.arn))?;
        if let KeptHistory::Events(events) = kept {
            let page = page_of(events, Some(after), false, usize::MAX - 1);
            return Ok(page.events.into_iter().map(summary).collect());
        }
        let mut found: Vec<EventSummary> = Vec::new();
        loop {
            let after = found.last().map_or(after, |event| event.id);
            let page = read_events(&self.store, &key, (after > 0).then_some(after), false, PAGE)?;
            let is_last = !page.has_more || page.events.is_empty();
            found.extend(page.events.into_iter().map(summary));
            if is_last {
                return Ok(found);
            }
        }
    }

    fn running(&self, machine_arn: &str) -> usize {
        MachineReference::parse(machine_arn).map_or(0, |reference| self.index().running(&reference.key))
    }

    fn waiting(&self, machine_arn: &str, most: usize) -> usize {
        MachineReference::parse(machine_arn).map_or(0, |reference| self.driver.waiting(&reference.key, most))
    }
}

fn summary(event: HistoryEvent) -> EventSummary {
    let HistoryEvent { id, previous_event_id, timestamp, details } = event;
    EventSummary {
        id,
        previous_event_id,
        at: timestamp,
        kind: details.type_name(),
        state: details.state().cloned(),
        error: details.failure().and_then(|failure| failure.error.clone()),
        index: details.iteration(),
        resource: details.resource().map(str::to_owned),
        assigns: details.assigns(),
    }
}
