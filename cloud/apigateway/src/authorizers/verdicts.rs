//! What functions answered of callers, for as long as it holds.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use cloud_core::Document;
use jiff::Timestamp;
use serde_json::{Map, Value};

/// How many answers are kept: when there are more, all are forgotten, and functions are asked again.
const MOST: usize = 10_000;

/// What a function answered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// Yes or no, for all routes.
    Simple { is_allowed: bool, context: Map<String, Value> },
    /// A policy, which each route is held against.
    Policy { document: Arc<Document>, context: Map<String, Value>, principal: Option<String> },
}

/// Of whom an answer is: whoever has the same values in the same places of a request to the same stage.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct VerdictKey {
    api: String,
    stage: String,
    authorizer: String,
    identity: Vec<String>,
}

impl VerdictKey {
    pub(crate) fn new(api: &str, stage: &str, authorizer: &str, identity: &[String]) -> Self {
        Self {
            api: api.to_owned(),
            stage: stage.to_owned(),
            authorizer: authorizer.to_owned(),
            identity: identity.to_vec(),
        }
    }
}

/// Answers with the moments at which they end, by the cloud's clock. They end with the cloud.
#[derive(Debug, Default)]
pub(crate) struct Verdicts {
    known: Mutex<BTreeMap<VerdictKey, (Timestamp, Verdict)>>,
}

impl Verdicts {
    pub(crate) fn get(&self, key: &VerdictKey, now: Timestamp) -> Option<Verdict> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).filter(|(until, _)| now < *until).map(|(_, verdict)| verdict.clone())
    }

    pub(crate) fn keep(&self, key: VerdictKey, verdict: Verdict, until: Timestamp, now: Timestamp) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, (until, _)| now < *until);
        }
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key, (until, verdict));
    }

    /// Forgets what an authorizer's function answered.
    pub(crate) fn forget_authorizer(&self, api: &str, authorizer: &str) {
        self.forget(|key| key.api == api && key.authorizer == authorizer);
    }

    /// Forgets the answers for a stage.
    pub(crate) fn forget_stage(&self, api: &str, stage: &str) {
        self.forget(|key| key.api == api && key.stage == stage);
    }

    /// Forgets the answers for an API.
    pub(crate) fn forget_api(&self, api: &str) {
        self.forget(|key| key.api == api);
    }

    fn forget(&self, is_meant: impl Fn(&VerdictKey) -> bool) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).retain(|key, _| !is_meant(key));
    }
}
