//! What a test of one state looks at: what each step of the data flow gave, noted while it happens.

use std::cell::RefCell;
use std::sync::Arc;

use serde_json::Value;

use crate::document::Document;

/// What each step of a state's data flow gave, as JSON texts. A step that the state does not have, or that was not reached,
/// is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Inspection {
    /// The raw input.
    pub input: Option<Arc<str>>,
    /// The value of `Arguments`.
    pub after_arguments: Option<Arc<str>>,
    /// What `InputPath` selected.
    pub after_input_path: Option<Arc<str>>,
    /// The value of `Parameters`.
    pub after_parameters: Option<Arc<str>>,
    /// The result of the task, or the fixed one of a Pass state.
    pub result: Option<Arc<str>>,
    /// The value of `ResultSelector`.
    pub after_result_selector: Option<Arc<str>>,
    /// The raw input with the result in it.
    pub after_result_path: Option<Arc<str>>,
    /// The variables as they are after the state, when there are any.
    pub variables: Option<Arc<str>>,
    /// The items that `ItemsPath` selected.
    pub after_items_path: Option<Arc<str>>,
    /// The items that `ItemsPointer` found in what the item reader has read.
    pub after_items_pointer: Option<Arc<str>>,
    /// The inputs of the iterations, after `ItemSelector`.
    pub after_item_selector: Option<Arc<str>>,
    /// The inputs of the children, after `ItemBatcher`.
    pub after_item_batcher: Option<Arc<str>>,
    /// `MaxConcurrency` of a Map state, 0 when it has none.
    pub max_concurrency: Option<u64>,
    /// `ToleratedFailureCount` of a Map state.
    pub tolerated_failure_count: Option<u64>,
    /// `ToleratedFailurePercentage` of a Map state.
    pub tolerated_failure_percentage: Option<f64>,
    /// What the state does about an error.
    pub error_details: ErrorDetails,
}

/// Which retrier and which catcher took an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorDetails {
    /// The index of the catcher that took it.
    pub catch_index: Option<usize>,
    /// The index of the retrier that names it, whether or not it has an attempt left.
    pub retry_index: Option<usize>,
    /// The seconds before the next attempt, if there is one.
    pub retry_backoff_interval_s: Option<u64>,
}

/// What the test of a state gives the Context Object, and what it finds.
#[derive(Debug, Default)]
pub(crate) struct Probe {
    /// The whole Context Object, in place of the one that the engine makes.
    pub(crate) context: Option<Value>,
    /// `Map.Item` of a state inside a Map state.
    pub(crate) map_item: Option<Value>,
    found: RefCell<Inspection>,
}

impl Probe {
    pub(crate) fn with_context(context: Option<Value>) -> Self {
        Self { context, ..Self::default() }
    }

    pub(crate) fn note(&self, note: impl FnOnce(&mut Inspection)) {
        note(&mut self.found.borrow_mut());
    }

    pub(crate) fn found(&self) -> Inspection {
        self.found.borrow().clone()
    }
}

/// Notes the text of a payload in one place of an inspection, when there is one.
pub(crate) fn note(
    probe: Option<&Probe>,
    payload: &Document,
    place: impl FnOnce(&mut Inspection) -> &mut Option<Arc<str>>,
) {
    if let Some(probe) = probe {
        probe.note(|found| *place(found) = Some(Arc::clone(payload.text())));
    }
}
