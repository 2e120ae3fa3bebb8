//! The roles that were read lately, with all that decides over them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use policy::Document;

use super::trust::lets_service_in;

/// How many roles are kept. When there are more all are forgotten, and read again as they are needed.
const MOST: usize = 4096;

/// How many answers about services a role keeps: it is for few resources, nearly always.
const MOST_ANSWERS: usize = 16;

/// A role with all that decides what it may do, and who may have it.
#[derive(Debug)]
pub(crate) struct ReadRole {
    /// What the ARNs of its sessions begin with.
    pub(crate) session_arn: String,
    /// `AROA` and 17 further characters.
    pub(crate) id: String,
    pub(crate) tags: Vec<(String, String)>,
    /// Its trust policy. One that can't be read lets nobody in.
    pub(crate) trust: Arc<Document>,
    /// What is inline and attached.
    pub(crate) policies: Vec<Arc<Document>>,
    pub(crate) boundary: Option<Arc<Document>>,
    /// Which services may have it on behalf of which resources, as far as it was asked: the same as long as it is this role.
    pub(super) services: Mutex<Vec<ServiceAnswer>>,
}

/// Whether a service may have a role on behalf of a resource.
#[derive(Debug)]
pub(super) struct ServiceAnswer {
    service: String,
    resource: String,
    is_let_in: bool,
}

impl ReadRole {
    /// Whether its trust policy lets a service in on behalf of a resource.
    pub(crate) fn lets_service_in(&self, role_arn: &str, service: &str, resource: &str) -> bool {
        let mut answers = self.services.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = answers.iter().find(|known| known.resource == resource && known.service == service) {
            return known.is_let_in;
        }
        let is_let_in = lets_service_in(&self.trust, role_arn, service, resource);
        if answers.len() >= MOST_ANSWERS {
            answers.clear();
        }
        answers.push(ServiceAnswer { service: service.to_owned(), resource: resource.to_owned(), is_let_in });
        is_let_in
    }
}

/// Which state of the roles and of the managed policies something was read from.
pub(super) type Generation = (u64, u64);

/// The roles that were read lately, by ARN.
#[derive(Debug, Default)]
pub(crate) struct ReadRoles(Mutex<BTreeMap<String, (Generation, Arc<ReadRole>)>>);

impl ReadRoles {
    /// A role that was read from this state.
    pub(super) fn get(&self, arn: &str, generation: Generation) -> Option<Arc<ReadRole>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(arn).filter(|(read, _)| *read == generation).map(|(_, role)| Arc::clone(role))
    }

    /// Keeps a role that was read from this state.
    pub(super) fn keep(&self, arn: &str, generation: Generation, role: &Arc<ReadRole>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST && !known.contains_key(arn) {
            known.clear();
        }
        known.insert(arn.to_owned(), (generation, Arc::clone(role)));
    }
}
