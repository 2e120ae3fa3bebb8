//! API Gateway v2: HTTP APIs, as the control plane describes them and as their endpoints run.

mod control;
mod endpoint;
mod model;

use super::records::Records;
use super::store::{Store, StoreError, Table};
use model::Api;

pub(crate) use control::handle;
pub(crate) use endpoint::execute;

/// All HTTP APIs, by id, and how fast each stage was called lately.
pub(crate) struct Apis {
    records: Records<Api>,
    throttle: endpoint::Throttle,
}

impl Apis {
    /// Loads them.
    pub(crate) fn open(store: &Store) -> Result<Self, StoreError> {
        Ok(Self { records: Records::open(store, Table::Apis)?, throttle: endpoint::Throttle::default() })
    }
}
