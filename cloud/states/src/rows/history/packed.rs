//! Events as a row holds them: what repeats from event to event is written once.

use std::collections::BTreeMap;
use std::sync::Arc;

use asl::{EventDetails, HistoryEvent, StateType};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::rows::format::FormatVersion;

/// A row of the history as it lies in the store. Version 1 has events as the language writes them, version 2 packs them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct StoredHistory {
    format: FormatVersion<2, 1>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    events: Vec<HistoryEvent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    packed: Option<PackedEvents>,
}

impl StoredHistory {
    /// A row of packed events.
    pub(super) fn new(packed: PackedEvents) -> Self {
        Self { format: FormatVersion, events: Vec::new(), packed: Some(packed) }
    }

    /// A row of events as version 1 has them.
    #[cfg(test)]
    pub(super) fn first_version(events: Vec<HistoryEvent>) -> Self {
        Self { format: FormatVersion, events, packed: None }
    }

    /// Its events.
    ///
    /// # Errors
    /// When they are damaged.
    pub(super) fn unpack(self) -> Result<Vec<HistoryEvent>, PackedFault> {
        self.packed.map_or(Ok(self.events), PackedEvents::unpack)
    }
}

/// Consecutive events of an execution, packed.
///
/// Most events of most executions say that a state was entered or left. Such an event is a few characters: it names the
/// state and its payload by their places in a list of texts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PackedEvents {
    /// The id of the first event; the others follow it one by one.
    first: u64,
    /// When the first event happened.
    at: Timestamp,
    /// Names of states, payloads and roles, each once.
    texts: Vec<Arc<str>>,
    events: Vec<PackedEvent>,
    /// By the place of an event in the row: when it and those after it happened, where that is another moment than that of
    /// the one before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    moments: Vec<(usize, Timestamp)>,
}

/// By how much its id is above that of the event before it in the same branch, and what happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct PackedEvent(i64, PackedDetails);

/// What happened. Numbers are places in the list of texts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum PackedDetails {
    /// The execution has started: input and role.
    #[serde(rename = "S")]
    Started(usize, usize),
    /// The execution has succeeded: output.
    #[serde(rename = "D")]
    Succeeded(usize),
    /// A state was entered: its type, its name and its input.
    #[serde(rename = "N")]
    Entered(StateType, usize, usize),
    /// A state was left that assigns nothing: its type, its name and its output.
    #[serde(rename = "X")]
    Exited(StateType, usize, usize),
    /// Anything else, as the language writes it.
    #[serde(rename = "O")]
    Other(Box<EventDetails>),
}

/// Why packed events are none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PackedFault {
    /// An event names a text that is not in the list.
    #[error("event {id} names text {text}, and its row has {texts}")]
    Text {
        /// The event.
        id: u64,
        /// The place that it names.
        text: usize,
        /// How many texts there are.
        texts: usize,
    },
    /// An event follows one whose id would be negative.
    #[error("event {id} follows the event that is {back} before it")]
    Previous {
        /// The event.
        id: u64,
        /// How far back it says that the event before it is.
        back: i64,
    },
}

impl PackedEvents {
    /// Packs events, which must be consecutive and at least one.
    pub(super) fn pack(events: &[&HistoryEvent]) -> Option<Self> {
        let first = events.first()?;
        let mut packed = Self {
            first: first.id,
            at: first.timestamp,
            texts: Vec::new(),
            events: Vec::with_capacity(events.len()),
            moments: Vec::new(),
        };
        let mut at = packed.at;
        for (place, event) in events.iter().enumerate() {
            if event.timestamp != at {
                at = event.timestamp;
                packed.moments.push((place, at));
            }
            let details = packed.pack_details(&event.details);
            packed.events.push(PackedEvent(event.id.wrapping_sub(event.previous_event_id).cast_signed(), details));
        }
        Some(packed)
    }

    fn pack_details(&mut self, details: &EventDetails) -> PackedDetails {
        match details {
            EventDetails::ExecutionStarted { input, role_arn } => {
                PackedDetails::Started(self.place_of(input), self.place_of(role_arn))
            }
            EventDetails::ExecutionSucceeded { output } => PackedDetails::Succeeded(self.place_of(output)),
            EventDetails::StateEntered { state_type, name, input } => {
                PackedDetails::Entered(*state_type, self.place_of(name), self.place_of(input))
            }
            EventDetails::StateExited { state_type, name, output, assigned } if assigned.is_empty() => {
                PackedDetails::Exited(*state_type, self.place_of(name), self.place_of(output))
            }
            other => PackedDetails::Other(Box::new(other.clone())),
        }
    }

    /// Where a text is in the list. The list is short: a row has few events.
    fn place_of(&mut self, text: &Arc<str>) -> usize {
        // The latest texts are asked for most: what a state gives is what the next one gets.
        let known = self.texts.iter().rposition(|known| Arc::ptr_eq(known, text) || known == text);
        known.unwrap_or_else(|| {
            self.texts.push(Arc::clone(text));
            self.texts.len() - 1
        })
    }

    /// The events as they were.
    ///
    /// # Errors
    /// When they are damaged.
    pub(crate) fn unpack(self) -> Result<Vec<HistoryEvent>, PackedFault> {
        let Self { first, mut at, texts, events, moments } = self;
        let mut moments = moments.into_iter().peekable();
        let mut unpacked = Vec::with_capacity(events.len());
        for (place, PackedEvent(back, details)) in events.into_iter().enumerate() {
            if let Some((_, moment)) = moments.next_if(|(from, _)| *from == place) {
                at = moment;
            }
            let id = first.saturating_add(place as u64);
            let previous_event_id = id.checked_sub_signed(back).ok_or(PackedFault::Previous { id, back })?;
            let details = details.unpack(id, &texts)?;
            unpacked.push(HistoryEvent { id, previous_event_id, timestamp: at, details });
        }
        Ok(unpacked)
    }
}

impl PackedDetails {
    fn unpack(self, id: u64, texts: &[Arc<str>]) -> Result<EventDetails, PackedFault> {
        let text = |place: usize| {
            let missing = PackedFault::Text { id, text: place, texts: texts.len() };
            texts.get(place).map(Arc::clone).ok_or(missing)
        };
        Ok(match self {
            Self::Started(input, role_arn) => {
                EventDetails::ExecutionStarted { input: text(input)?, role_arn: text(role_arn)? }
            }
            Self::Succeeded(output) => EventDetails::ExecutionSucceeded { output: text(output)? },
            Self::Entered(state_type, name, input) => {
                EventDetails::StateEntered { state_type, name: text(name)?, input: text(input)? }
            }
            Self::Exited(state_type, name, output) => EventDetails::StateExited {
                state_type,
                name: text(name)?,
                output: text(output)?,
                assigned: BTreeMap::new(),
            },
            Self::Other(details) => *details,
        })
    }
}
