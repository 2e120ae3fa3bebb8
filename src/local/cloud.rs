//! The cloud's state: one value per service, shared by every request.

use std::net::SocketAddr;
use std::sync::Arc;

use jiff::Timestamp;

use super::apigw::Apis;
use super::data_dir::DataDir;
use super::eventual::Eventual;
use super::http::Stop;
use super::iam::Iam;
use super::lambda::Functions;
use super::logs::Logs;
use super::sfn::StepFunctions;
use super::store::{Store, StoreError};
use aws::clock;

/// Everything the embedded cloud holds; requests share it as `Arc<Cloud>`.
pub(crate) struct Cloud {
    pub(crate) store: Store,
    pub(crate) iam: Iam,
    pub(crate) logs: Logs,
    pub(crate) functions: Functions,
    pub(crate) step_functions: StepFunctions,
    pub(crate) apis: Apis,
    /// What of AWS's eventual consistency is shown.
    pub(crate) eventual: Eventual,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    pub(crate) started_at: Timestamp,
    /// Given when the cloud is to end.
    pub(crate) stop: Stop,
}

impl Cloud {
    /// Opens the store and loads what each service holds.
    pub(crate) fn open(data_dir: &DataDir, address: SocketAddr, stop: Stop) -> Result<Arc<Self>, StoreError> {
        let store = Store::open(&data_dir.store())?;
        Ok(Arc::new(Self {
            iam: Iam::open(&store)?,
            logs: Logs::open(&store)?,
            functions: Functions::open(&store, data_dir)?,
            step_functions: StepFunctions::open(&store)?,
            apis: Apis::open(&store)?,
            eventual: Eventual::default(),
            store,
            address,
            started_at: clock::now(),
            stop,
        }))
    }

    /// The endpoint for AWS clients, such as `http://127.0.0.1:4566`.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }
}
