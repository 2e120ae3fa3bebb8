//! Histories as the page needs them: what is new of one that grows, which is not read again from its beginning.

use std::sync::PoisonError;

use cloud_core::{Location, ServiceError};
use graph::Statuses;
use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::long_text::Allowance;

/// The largest page of a history.
const PAGE: u64 = 1_000;

impl Cloud {
    /// How the states of an execution stand now.
    pub(crate) async fn statuses(&self, location: &Location, execution_arn: &str) -> Result<Statuses, ServiceError> {
        let mut history = self.histories.lock().unwrap_or_else(PoisonError::into_inner).of(execution_arn);
        let events = self.events_after(location, execution_arn, history.last(), false).await?;
        history.extend(&events);
        let statuses = history.statuses();
        self.histories.lock().unwrap_or_else(PoisonError::into_inner).keep(history);
        Ok(statuses)
    }

    /// The events after one, oldest first: read from the newest on, as far as they are new. Long texts are cut.
    pub(crate) async fn events_after(
        &self,
        location: &Location,
        execution_arn: &str,
        known: i64,
        with_data: bool,
    ) -> Result<Vec<Value>, ServiceError> {
        let mut events: Vec<Value> = Vec::new();
        let mut token = Value::Null;
        let mut allowance = Allowance::default();
        loop {
            let mut input = json!({
                "executionArn": execution_arn,
                "maxResults": PAGE,
                "reverseOrder": true,
                "includeExecutionData": with_data,
            });
            if !token.is_null() {
                input["nextToken"] = token;
            }
            let mut page = self.states(location, "GetExecutionHistory", &input).await?;
            token = page["nextToken"].take();
            let mut page = page["events"].as_array_mut().map(std::mem::take).unwrap_or_default();
            let count = page.len();
            // Page by page: no more than one is in memory whole.
            page.iter_mut().for_each(|event| allowance.cut_event(event));
            events.extend(page.into_iter().take_while(|event| id(event) > known));
            let is_all = events.last().is_none_or(|event| id(event) <= known + 1);
            if token.is_null() || is_all || count == 0 {
                events.reverse();
                return Ok(events);
            }
        }
    }
}

fn id(event: &Value) -> i64 {
    event["id"].as_i64().unwrap_or(0)
}
