//! Lambda: functions, their versions and permissions, and the processes that run them.

mod alias;
mod api;
mod archive;
mod code;
mod environment;
mod failure;
mod function;
mod invoke;
mod log_writer;
mod output;
mod policy;
mod pool;
mod process;
mod program;
mod progress;
mod reference;
mod report;
mod runtime_api;
mod sandbox;

use std::sync::Arc;

use bytes::Bytes;

use self::code::CodeStore;
use self::function::Function;
use self::pool::Pool;
use super::Cloud;
use super::data_dir::DataDir;
use super::error::ServiceError;
use super::records::Records;
use super::store::{Store, StoreError, Table};

pub(crate) use api::handle;
pub(crate) use reference::FunctionReference;

/// All functions and the processes that run them.
pub(crate) struct Functions {
    /// By region and name.
    records: Records<Function>,
    code: CodeStore,
    pool: Pool,
}

/// What one invocation gave.
#[derive(Debug, Clone)]
pub(crate) struct Invocation {
    /// The invocation's request id.
    pub(crate) request_id: String,
    /// The function's answer, or the error document.
    pub(crate) payload: Bytes,
    /// `Unhandled` when the function failed.
    pub(crate) function_error: Option<String>,
    /// The last 4 KiB of the log.
    pub(crate) log_tail: Vec<u8>,
    /// `$LATEST` or a version's number.
    pub(crate) executed_version: String,
    /// The X-Ray header.
    pub(crate) trace_id: String,
}

impl Functions {
    /// Loads them; no process is started.
    pub(crate) fn open(store: &Store, data_dir: &DataDir) -> Result<Self, StoreError> {
        Ok(Self {
            records: Records::open(store, Table::Functions)?,
            code: CodeStore::new(data_dir.functions()),
            pool: Pool::new(&data_dir.functions()),
        })
    }

    /// Runs what a reference names and waits for its answer. A function that fails is an answer, not an error.
    pub(crate) async fn invoke(
        &self,
        cloud: &Arc<Cloud>,
        reference: &FunctionReference,
        payload: Bytes,
    ) -> Result<Invocation, ServiceError> {
        invoke::run(cloud, reference, payload, None).await
    }

    /// Starts an invocation that nobody waits for; gives its request id.
    pub(crate) fn enqueue(
        &self,
        cloud: &Arc<Cloud>,
        reference: &FunctionReference,
        payload: Bytes,
    ) -> Result<String, ServiceError> {
        invoke::enqueue(cloud, reference, payload)
    }

    /// The version that an invocation would run.
    pub(crate) fn version(&self, cloud: &Cloud, reference: &FunctionReference) -> Result<String, ServiceError> {
        Ok(invoke::find(cloud, reference)?.version)
    }

    /// Whether a resource policy lets this service invoke what a reference names for this source. A function, its versions
    /// and its aliases have policies of their own: what may invoke the one may not therefore invoke the other.
    pub(crate) fn may_invoke(&self, reference: &FunctionReference, principal: &str, source_arn: &str) -> bool {
        let (key, resource) = (reference.key(), reference.arn());
        self.records.read(|functions| {
            functions.get(&key).is_some_and(|function| function.policy.allows(&resource, principal, source_arn))
        })
    }

    /// Changes a function that must exist, durably.
    async fn edit<R>(
        &self,
        reference: &FunctionReference,
        edit: impl FnOnce(&mut Function) -> Result<R, ServiceError>,
    ) -> Result<R, ServiceError> {
        self.records.update(&reference.key(), || reference.not_found(), edit).await
    }

    /// Ends every function's process.
    pub(crate) async fn stop(&self) {
        self.pool.stop();
    }
}
