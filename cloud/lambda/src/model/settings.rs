//! What is set beside a function's versions: for one of them, for an alias, or for the whole function.

use std::collections::BTreeMap;

use cloud_core::FunctionReference;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::FunctionUrl;

/// The settings; by qualifier, which is `$LATEST`, a version or an alias.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FunctionSettings {
    /// Function URLs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) urls: BTreeMap<String, FunctionUrl>,
    /// What is provisioned.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) provisioned: BTreeMap<String, ProvisionedConcurrency>,
    /// How versions get new runtimes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) runtime_management: BTreeMap<String, RuntimeManagement>,
    /// Whether Lambda lets it call itself in a loop, through a queue or a topic.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) allows_recursion: bool,
}

/// How many sandboxes are said to be ready; here all start when they are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProvisionedConcurrency {
    pub(crate) executions: u32,
    pub(crate) last_modified: Timestamp,
}

/// When a version gets a new version of its runtime; here it runs with what this machine has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RuntimeManagement {
    pub(crate) update_on: UpdateRuntimeOn,
    /// The runtime's version that it keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) runtime_version_arn: Option<String>,
}

/// The API's `UpdateRuntimeOn`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum UpdateRuntimeOn {
    /// As AWS sees fit.
    #[default]
    Auto,
    /// Never.
    Manual,
    /// With the next change of the function.
    FunctionUpdate,
}

impl FunctionSettings {
    /// Forgets what was set for a version or an alias that is deleted.
    pub(crate) fn forget(&mut self, qualifier: &str) {
        self.urls.remove(qualifier);
        self.provisioned.remove(qualifier);
        self.runtime_management.remove(qualifier);
    }

    /// How much is provisioned for all versions together.
    pub(crate) fn provisioned_executions(&self) -> u32 {
        self.provisioned.values().map(|provisioned| provisioned.executions).sum()
    }
}

impl ProvisionedConcurrency {
    /// The members that answers about it share. It is ready at once.
    pub(crate) fn to_json(self) -> Value {
        json!({
            "RequestedProvisionedConcurrentExecutions": self.executions,
            "AvailableProvisionedConcurrentExecutions": self.executions,
            "AllocatedProvisionedConcurrentExecutions": self.executions,
            "Status": "READY",
            "LastModified": self.last_modified.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string(),
        })
    }

    /// As a list shows it.
    pub(crate) fn listed(self, reference: &FunctionReference) -> Value {
        let mut item = self.to_json();
        if let Some(members) = item.as_object_mut() {
            members.insert("FunctionArn".to_owned(), json!(reference.arn()));
        }
        item
    }
}

impl RuntimeManagement {
    /// The answer about it; `arn` is that of its version.
    pub(crate) fn to_json(&self, arn: &str) -> Value {
        let mut answer = json!({"UpdateRuntimeOn": self.update_on, "FunctionArn": arn});
        if let (Some(version), Some(members)) = (&self.runtime_version_arn, answer.as_object_mut()) {
            members.insert("RuntimeVersionArn".to_owned(), json!(version));
        }
        answer
    }
}
