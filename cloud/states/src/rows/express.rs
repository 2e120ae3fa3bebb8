//! An express execution as it is stored until it has ended.

use serde::{Deserialize, Serialize};

use super::execution::ExecutionKey;
use super::format::FormatVersion;
use crate::integration::mocks::MockedRun;

/// An express execution to run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ExpressRun {
    pub(crate) format: FormatVersion<1>,
    pub(crate) arn: String,
    /// The state machine's key and the execution's name.
    pub(crate) key: ExecutionKey,
    pub(crate) input: String,
    pub(crate) revision: u64,
    /// What answers its tasks, if it is a test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mocks: Option<Box<MockedRun>>,
}

impl ExpressRun {
    /// An execution of this name; `id` tells it from others of the same name.
    pub(crate) fn new(key: ExecutionKey, id: &str, input: String, revision: u64) -> Self {
        let (machine, name) = key.parts();
        let machine_name = machine.rsplit('/').next().unwrap_or(machine);
        let arn = key.location().arn("states", &format!("express:{machine_name}:{name}:{id}"));
        Self { format: FormatVersion, arn, key, input, revision, mocks: None }
    }

    /// With what answers its tasks.
    pub(crate) fn with_mocks(self, mocks: Option<Box<MockedRun>>) -> Self {
        Self { mocks, ..self }
    }

    /// The execution's name.
    pub(crate) fn name(&self) -> &str {
        self.key.parts().1
    }

    /// The state machine's key.
    pub(crate) fn machine(&self) -> &str {
        self.key.parts().0
    }
}
