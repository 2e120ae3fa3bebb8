//! What is done with asynchronous events: how long and how often they are tried, and who is told of their end.

use cloud_core::Location;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// How often an event that a function has failed is tried again, and how long it is kept, in seconds, where nothing is set
/// (Lambda developer guide, "How Lambda handles errors and retries with asynchronous invocation").
pub(crate) const DEFAULT_MAX_RETRIES: u32 = 2;
pub(crate) const DEFAULT_MAX_AGE_S: u32 = 6 * 60 * 60;

/// The settings of one version or alias.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EventInvokeConfig {
    /// When it was last set.
    pub(crate) last_modified: Timestamp,
    /// How often an event that failed is tried again: 0, 1 or 2.
    pub(crate) max_retries: Option<u32>,
    /// How long an event is kept, in seconds.
    pub(crate) max_age_s: Option<u32>,
    /// The ARN of the function that gets a record of each event that succeeded.
    pub(crate) on_success: Option<String>,
    /// The ARN of the function that gets a record of each event that was given up.
    pub(crate) on_failure: Option<String>,
}

impl EventInvokeConfig {
    /// Nothing set.
    pub(crate) fn new(now: Timestamp) -> Self {
        Self { last_modified: now, max_retries: None, max_age_s: None, on_success: None, on_failure: None }
    }

    /// The API's `FunctionEventInvokeConfig` of this version or alias.
    pub(crate) fn to_json(&self, location: &Location, function: &str, qualifier: &str) -> Value {
        let destination = |arn: &Option<String>| match arn {
            Some(arn) => json!({"Destination": arn}),
            None => json!({}),
        };
        let mut members = Map::new();
        // The protocol writes moments as seconds.
        let seconds = json!(self.last_modified.as_millisecond() as f64 / 1000.0);
        members.insert("LastModified".to_owned(), seconds);
        let arn = location.arn("lambda", &format!("function:{function}:{qualifier}"));
        members.insert("FunctionArn".to_owned(), json!(arn));
        if let Some(retries) = self.max_retries {
            members.insert("MaximumRetryAttempts".to_owned(), json!(retries));
        }
        if let Some(age) = self.max_age_s {
            members.insert("MaximumEventAgeInSeconds".to_owned(), json!(age));
        }
        let destinations =
            json!({"OnSuccess": destination(&self.on_success), "OnFailure": destination(&self.on_failure)});
        members.insert("DestinationConfig".to_owned(), destinations);
        Value::Object(members)
    }
}
