//! What a function is doing after a change, while its setting is on: `Pending`, `InProgress`, or nothing any more.

use cloud_core::{FunctionReference, LATEST, Location, Response, ServiceError, Window};
use serde_json::{Map, Value, json};

use crate::model::Function;
use crate::service::Functions;

/// The reason that Lambda gives for both.
const REASON: &str = "The function is being created.";

/// How far a version is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// It was just made and can't be invoked.
    Pending,
    /// It is being updated; what was there before is still invoked.
    Updating,
    /// Nothing is under way.
    Settled,
}

impl Progress {
    /// Of a version (`$LATEST` or a number), from the values that its function had lately, oldest first.
    ///
    /// A version that was published while its function was not settled is not ready before it is.
    fn of(held: &[Option<Function>], version: &str) -> Self {
        let Some(Some(function)) = held.last() else {
            return Self::Settled;
        };
        // Its revision changes with its permissions too.
        let changed_at = |function: &Function| function.latest.last_modified;
        let created = held.iter().any(Option::is_none);
        let updated = held.iter().flatten().any(|earlier| changed_at(earlier) != changed_at(function));
        let lacks = |earlier: &Option<Function>| {
            earlier.as_ref().is_none_or(|function| function.version(Some(version)).is_none())
        };
        match (created, updated) {
            (true, _) if version == LATEST => Self::Pending,
            (false, true) if version == LATEST => Self::Updating,
            (true, _) | (_, true) if held.iter().any(lacks) => Self::Pending,
            _ => Self::Settled,
        }
    }

    /// Writes it into a `FunctionConfiguration`, as Lambda does.
    fn write(self, configuration: &mut Map<String, Value>) {
        match self {
            Self::Settled => {}
            Self::Pending => {
                configuration.insert("State".to_owned(), json!("Pending"));
                configuration.insert("StateReason".to_owned(), json!(REASON));
                configuration.insert("StateReasonCode".to_owned(), json!("Creating"));
                configuration.shift_remove("LastUpdateStatus");
            }
            Self::Updating => {
                configuration.insert("LastUpdateStatus".to_owned(), json!("InProgress"));
                configuration.insert("LastUpdateStatusReason".to_owned(), json!(REASON));
                configuration.insert("LastUpdateStatusReasonCode".to_owned(), json!("Creating"));
            }
        }
    }

    /// Why a function that is not settled can't be changed.
    fn refusal(self, reference: &FunctionReference) -> Option<ServiceError> {
        let what = match self {
            Self::Settled => return None,
            Self::Pending => "The function is currently in the following state: Pending".to_owned(),
            Self::Updating => {
                let arn = reference.unqualified().arn();
                format!("An update is in progress for resource: {arn}")
            }
        };
        let message = format!("The operation cannot be performed at this time. {what}");
        Some(ServiceError::new(409, "ResourceConflictException", message))
    }
}

impl Functions {
    fn progress(&self, key: &str, version: &str, window: Window) -> Progress {
        Progress::of(&self.table.held(key, window.from, window.to), version)
    }

    /// Refuses to change a function before its last change is done.
    pub(super) fn refuse_update(&self, reference: &FunctionReference) -> Result<(), ServiceError> {
        let Some(window) = self.faults.function_window() else {
            return Ok(());
        };
        let refused = self.progress(&reference.key(), LATEST, window).refusal(reference);
        refused.map_or(Ok(()), Err)
    }

    /// Refuses to invoke a version that was just made.
    pub(crate) fn refuse_pending(&self, reference: &FunctionReference, version: &str) -> Result<(), ServiceError> {
        let Some(window) = self.faults.function_window() else {
            return Ok(());
        };
        match self.progress(&reference.key(), version, window) {
            pending @ Progress::Pending => pending.refusal(reference).map_or(Ok(()), Err),
            Progress::Updating | Progress::Settled => Ok(()),
        }
    }

    /// An answer that tells of functions, with the state of each of them.
    pub(super) fn show_progress(&self, status: u16, mut answer: Value) -> Response {
        if let Some(window) = self.faults.function_window() {
            self.show(&mut answer, window);
        }
        Response::json(status, &answer)
    }

    fn show(&self, value: &mut Value, window: Window) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.show(item, window)),
            Value::Object(members) if members.contains_key("LastUpdateStatus") => {
                let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default();
                let arn = text("FunctionArn");
                let version = text("Version");
                if let Ok(reference) = FunctionReference::parse(arn, &Location::default()) {
                    self.progress(&reference.key(), version, window).write(members);
                }
            }
            Value::Object(members) => members.values_mut().for_each(|member| self.show(member, window)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::model::{FunctionVersion, ResourcePolicy, example};

    /// A function that was changed at a second, with published versions.
    fn function(second: i64, published: &[&str]) -> Option<Function> {
        let version = |number: &&str| FunctionVersion { version: (*number).to_owned(), ..example() };
        let members = json!({
            "latest": FunctionVersion { last_modified: Timestamp::from_second(second).unwrap(), ..example() },
            "published": published.iter().map(version).collect::<Vec<_>>(),
            "next_version": 9,
            "policy": ResourcePolicy::default(),
            "tags": {},
        });
        serde_json::from_value(members).unwrap()
    }

    #[test]
    fn a_new_function_is_pending_and_so_is_what_was_published_with_it() {
        let held = [None, function(1, &["1"])];
        assert_eq!((Progress::of(&held, LATEST), Progress::of(&held, "1")), (Progress::Pending, Progress::Pending));
        let settled = [function(1, &["1"])];
        assert_eq!(
            (Progress::of(&settled, LATEST), Progress::of(&settled, "1")),
            (Progress::Settled, Progress::Settled)
        );
        let again = [function(1, &[]), None, function(2, &[])];
        assert_eq!(Progress::of(&again, LATEST), Progress::Pending);
    }

    #[test]
    fn an_update_is_in_progress_and_other_versions_are_not_touched() {
        let held = [function(1, &["1"]), function(2, &["1", "2"])];
        assert_eq!(Progress::of(&held, LATEST), Progress::Updating);
        assert_eq!((Progress::of(&held, "1"), Progress::of(&held, "2")), (Progress::Settled, Progress::Pending));
        let published = [function(1, &[]), function(1, &["1"])];
        assert_eq!(Progress::of(&published, LATEST), Progress::Settled);
        assert_eq!(Progress::of(&published, "1"), Progress::Settled, "it was published from a settled function");
    }

    #[test]
    fn the_texts_are_lambdas() {
        let reference = FunctionReference::parse("f:live", &Location::default()).unwrap();
        let told = |progress: Progress| progress.refusal(&reference).unwrap().to_string();
        insta::assert_snapshot!(told(Progress::Pending), @"ResourceConflictException: The operation cannot be performed at this time. The function is currently in the following state: Pending");
        insta::assert_snapshot!(told(Progress::Updating), @"ResourceConflictException: The operation cannot be performed at this time. An update is in progress for resource: arn:aws:lambda:us-east-1:000000000000:function:f");
        let shown = |progress: Progress| {
            let mut members = json!({"State": "Active", "LastUpdateStatus": "Successful"});
            members.as_object_mut().into_iter().for_each(|members| progress.write(members));
            members.to_string()
        };
        insta::assert_snapshot!(shown(Progress::Pending), @r#"{"State":"Pending","StateReason":"The function is being created.","StateReasonCode":"Creating"}"#);
        insta::assert_snapshot!(shown(Progress::Updating), @r#"{"State":"Active","LastUpdateStatus":"InProgress","LastUpdateStatusReason":"The function is being created.","LastUpdateStatusReasonCode":"Creating"}"#);
    }
}
