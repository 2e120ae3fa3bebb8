//! What is known of a group and of a stream beside the events.

use std::collections::BTreeMap;

use cloud_core::{Location, ReadView, ServiceError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::append::subscriptions::SubscriptionFilter;
use crate::errors::{only_standard, unsupported_class};

/// What an event takes of the store beside its message: two keys and the row's frame.
const EVENT_ROWS_BYTES: usize = 256;

/// What an event with a message of so many bytes takes of the store, about.
pub(crate) fn event_bytes(message_bytes: usize) -> usize {
    message_bytes + EVENT_ROWS_BYTES
}

/// The class of groups that have everything.
const STANDARD: &str = "STANDARD";

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// What is known of a group beside its streams.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct GroupFacts {
    /// Its number in keys.
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) created_at_ms: i64,
    pub(crate) retention_days: Option<u16>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) class: String,
    /// The key that it names; nothing is encrypted here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kms_key_id: Option<String>,
    /// Whether it can't be deleted until that is allowed again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_protected: bool,
    /// Who gets its events as they come, by the filter's name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) subscriptions: BTreeMap<String, SubscriptionFilter>,
}

impl GroupFacts {
    /// A new group; it gets its number when it is created.
    pub(crate) fn new(location: &Location, name: &str, created_at_ms: i64) -> Self {
        Self {
            id: 0,
            name: name.to_owned(),
            arn: location.arn("logs", &format!("log-group:{name}")),
            created_at_ms,
            retention_days: None,
            tags: BTreeMap::new(),
            class: STANDARD.to_owned(),
            kms_key_id: None,
            is_protected: false,
            subscriptions: BTreeMap::new(),
        }
    }

    /// Refuses filters of a group whose class has none
    /// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html>).
    pub(crate) fn check_filterable(&self) -> Result<(), ServiceError> {
        if self.class == STANDARD { Ok(()) } else { Err(only_standard()) }
    }

    /// Refuses to read events of a group whose class shows them to queries alone (the same page).
    pub(crate) fn check_readable(&self, operation: &str) -> Result<(), ServiceError> {
        match self.class == STANDARD {
            true => Ok(()),
            false => Err(unsupported_class(&self.name, &self.class, operation)),
        }
    }

    /// The oldest moment that retention keeps.
    pub(crate) fn kept_since_ms(&self, now: Timestamp) -> i64 {
        match self.retention_days {
            Some(days) => now.as_millisecond() - i64::from(days) * DAY_MS,
            None => 0,
        }
    }
}

/// What is known of a stream beside its events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct StreamFacts {
    /// Its number in keys, unique in its group.
    pub(crate) id: u64,
    pub(crate) created_at_ms: i64,
    pub(crate) first_event_ms: Option<i64>,
    pub(crate) last_event_ms: Option<i64>,
    pub(crate) last_ingestion_ms: Option<i64>,
    /// The sequence of the event that arrived last.
    pub(crate) last_sequence: u64,
    /// What its events take, in bytes ([`event_bytes`]); nothing of those that programs before wrote.
    #[serde(default)]
    pub(crate) stored_bytes: u64,
    /// Its deletion is on its way.
    #[serde(skip)]
    pub(crate) closed: bool,
}

impl StreamFacts {
    /// A stream without events.
    pub(crate) fn new(id: u64, created_at_ms: i64) -> Self {
        Self {
            id,
            created_at_ms,
            first_event_ms: None,
            last_event_ms: None,
            last_ingestion_ms: None,
            last_sequence: 0,
            stored_bytes: 0,
            closed: false,
        }
    }

    /// Takes in an event's time and when it arrived.
    pub(crate) fn extend_to(&mut self, timestamp_ms: i64, ingestion_ms: i64) {
        self.first_event_ms = Some(self.first_event_ms.map_or(timestamp_ms, |first| first.min(timestamp_ms)));
        self.last_event_ms = Some(self.last_event_ms.map_or(timestamp_ms, |last| last.max(timestamp_ms)));
        self.last_ingestion_ms = Some(ingestion_ms);
    }

    /// Whether it was there at the moment that the caller sees.
    pub(crate) fn is_seen(&self) -> bool {
        ReadView::as_of().is_none_or(|moment| self.created_at_ms <= moment.as_millisecond())
    }
}
