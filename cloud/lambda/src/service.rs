//! The service: its handles, and what it loads at its start.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use cloud_core::{
    CachedTable, Clock, FaultInjection, FunctionReference, Location, LogWriter, Random, RoleDirectory, ServiceError,
    Stop,
};
use cloud_store::{Store, StoreError, Table};

use crate::async_queue::AsyncQueue;
use crate::code::{CodeFolder, CodeLinks, CodeStore};
use crate::fair_room::FairRoom;
use crate::invoke::MAX_INVOKING_BYTES;
use crate::model::{Function, FunctionVersion};
use crate::pool::{SandboxContext, SandboxPool};
use crate::runtime::Runner;
use crate::url_endpoint::index::UrlIndex;

/// Functions with their versions, aliases, permissions and tags, by region and name: `us-east-1/name`, or
/// `000000000002:us-east-1/name` outside the default account.
pub const TABLE: Table = Table::new("functions");

/// What Lambda is given by the composition.
pub struct Handles {
    /// Where functions are stored.
    pub store: Store,
    /// The folder with their zips; [`ProcessRunner`](crate::ProcessRunner) has the same one.
    pub code_folder: PathBuf,
    /// The time.
    pub clock: Clock,
    /// Ids and the choice between the versions of an alias.
    pub random: Random,
    /// What of AWS's eventual consistency is shown.
    pub faults: FaultInjection,
    /// Where functions log.
    pub logs: Arc<dyn LogWriter>,
    /// The roles that functions run as.
    pub roles: Arc<dyn RoleDirectory>,
    /// What runs their code.
    pub runner: Arc<dyn Runner>,
    /// Where this cloud is, for links to functions' code: `http://127.0.0.1:4566`.
    pub endpoint_url: String,
}

/// All functions and the sandboxes that run them.
pub struct Functions {
    /// By region and name.
    pub(crate) table: CachedTable<Function>,
    pub(crate) code: CodeStore,
    pub(crate) code_links: CodeLinks,
    pub(crate) pool: Arc<SandboxPool>,
    pub(crate) queue: AsyncQueue,
    /// What synchronous invocations take that wait or run.
    pub(crate) invoking: Arc<FairRoom>,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) faults: FaultInjection,
    pub(crate) roles: Arc<dyn RoleDirectory>,
    /// The port in the addresses of function URLs.
    pub(crate) endpoint_port: u16,
    pub(crate) url_index: UrlIndex,
    runner: Arc<dyn Runner>,
    stop: Stop,
}

impl Functions {
    /// No function's zip is removed while this is held: a copy of the store and of the zips fits together.
    pub async fn prevent_code_removal(&self) -> tokio::sync::RwLockReadGuard<'_, ()> {
        self.code.prevent_removal().await
    }

    /// Loads the functions and removes code that none of them names; nothing is run.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn open(handles: Handles) -> Result<Arc<Self>, StoreError> {
        let Handles { store, code_folder, clock, random, faults, logs, roles, runner, endpoint_url } = handles;
        let table: CachedTable<Function> = CachedTable::open(&store, TABLE, clock.clone())?;
        let code = CodeStore::new(CodeFolder::new(code_folder, &random));
        let named: BTreeSet<String> = table.read(|functions| {
            functions.values().flat_map(Function::versions).map(|version| version.code.sha256.clone()).collect()
        });
        // Functions that can't be read may name some too.
        if table.unreadable().count() == 0 {
            code.remove_orphans(&named);
        }
        let context = SandboxContext {
            runner: Arc::clone(&runner),
            logs,
            roles: Arc::clone(&roles),
            clock: clock.clone(),
            random: random.clone(),
        };
        let endpoint_port = endpoint_url.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or_default();
        let code_links = CodeLinks::new(endpoint_url, &random, clock.machine());
        let stop = Stop::new();
        let pool = Arc::new(SandboxPool::new(context));
        let asked = Arc::clone(&roles);
        let run_by = Arc::clone(&pool);
        let queue = AsyncQueue::open(store, clock.clone(), random.fork(), table.clone(), asked, run_by, stop.clone())?;
        Ok(Arc::new(Self {
            table,
            code,
            code_links,
            pool,
            queue,
            invoking: FairRoom::new(MAX_INVOKING_BYTES),
            clock,
            random,
            faults,
            roles,
            endpoint_port,
            url_index: UrlIndex::default(),
            runner,
            stop,
        }))
    }

    /// Goes on with the asynchronous invocations that an earlier process has left; called once, when the cloud is ready to
    /// serve.
    pub fn resume(self: &Arc<Self>) {
        self.queue.resume();
        let runtimes: BTreeSet<String> = self.table.read(|functions| {
            functions.values().flat_map(Function::versions).map(|version| version.runtime.clone()).collect()
        });
        let runner = Arc::clone(&self.runner);
        tokio::spawn(async move {
            for runtime in runtimes {
                runner.prepare_runtime(&runtime).await;
            }
        });
    }

    /// Makes ready what the first invocation of a version would wait for, while nobody waits.
    pub(crate) fn prepare(self: &Arc<Self>, version: FunctionVersion) {
        let functions = Arc::clone(self);
        tokio::spawn(async move {
            let runtime = functions.runner.prepare_runtime(&version.runtime);
            let code = async {
                let _stays = functions.code.prevent_removal().await;
                if functions.names(&version.code.sha256) {
                    functions.runner.prepare_code(&version.code).await;
                }
            };
            tokio::join!(runtime, code);
        });
    }

    /// Whether a version of a function has this code.
    fn names(&self, sha256: &str) -> bool {
        self.table.read(|functions| {
            functions.values().flat_map(Function::versions).any(|version| version.code.sha256 == sha256)
        })
    }

    /// The accounts and regions that have functions.
    pub fn locations(&self) -> BTreeSet<Location> {
        self.table.locations()
    }

    /// How many stored values could not be read.
    pub fn unreadable_rows(&self) -> usize {
        self.table.unreadable().count() + self.queue.unreadable().count()
    }

    /// Ends every function's runtime; nothing is run afterwards. Asynchronous invocations go on at the next start.
    pub fn stop(&self) {
        self.stop.give();
        self.pool.stop();
    }

    /// Changes a function that must exist, durably.
    pub(crate) async fn update<R>(
        &self,
        reference: &FunctionReference,
        update: impl FnOnce(&mut Function) -> Result<R, ServiceError>,
    ) -> Result<R, ServiceError> {
        self.table.update(&reference.key(), || reference.not_found(), update).await
    }

    /// The function that a reference names, with all its versions.
    pub(crate) fn function(&self, reference: &FunctionReference) -> Result<Function, ServiceError> {
        let key = reference.key();
        self.table.get(&key).ok_or_else(|| self.table.missing(&key, || reference.not_found()))
    }

    /// Does a change that has more than one part to its end, even when whoever asked for it goes away in between.
    pub(crate) async fn complete<R: Send + 'static>(
        self: &Arc<Self>,
        change: impl Future<Output = Result<R, ServiceError>> + Send + 'static,
    ) -> Result<R, ServiceError> {
        let faults = self.faults.clone();
        let completed = tokio::spawn(async move { faults.remembering(change).await }).await;
        completed.unwrap_or_else(|error| Err(ServiceError::internal(format!("A change was interrupted: {error}."))))
    }

    /// Removes the zips that no function names any more.
    pub(crate) async fn remove_unused_code(&self, hashes: &[String]) {
        // Functions that can't be read may name some too.
        if self.table.unreadable().count() > 0 {
            return;
        }
        for hash in hashes {
            self.code.remove_unless(hash, || self.names(hash)).await;
        }
    }
}
