//! The service: what it holds, and the handles it was given.

use std::collections::BTreeSet;
use std::sync::Arc;

use cloud_core::{
    CachedTable, Clock, Dispatch, FaultInjection, FunctionInvoker, Location, Random, Request, RoleDirectory,
    ServiceError,
};
use cloud_store::{Store, StoreError, Table};

use crate::authorizers::{IssuerKeys, Verdicts};
use crate::errors::no_api;
use crate::model::Api;
use crate::throttle::Throttle;

/// HTTP APIs, by id.
pub const APIS: Table = Table::new("apis");

/// All HTTP APIs, and how fast each stage was called lately.
pub struct Apis {
    /// By id; ids are unique in all accounts and regions, as the host names that they are part of.
    pub(crate) table: CachedTable<Api>,
    pub(crate) throttle: Throttle,
    /// What authorizers' functions answered lately.
    pub(crate) verdicts: Verdicts,
    pub(crate) issuer_keys: IssuerKeys,
    pub(crate) functions: Arc<dyn FunctionInvoker>,
    pub(crate) roles: Arc<dyn RoleDirectory>,
    pub(crate) dispatch: Arc<dyn Dispatch>,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) faults: FaultInjection,
    /// The port in the APIs' endpoints.
    pub(crate) endpoint_port: u16,
}

/// What the service is given.
pub struct Handles {
    /// Where the APIs are kept.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Chance: ids.
    pub random: Random,
    /// Faults on request.
    pub faults: FaultInjection,
    /// The functions that routes lead to.
    pub functions: Arc<dyn FunctionInvoker>,
    /// The roles as which routes call services.
    pub roles: Arc<dyn RoleDirectory>,
    /// The services that routes lead to.
    pub dispatch: Arc<dyn Dispatch>,
    /// Where clients are told that endpoints listen.
    pub endpoint_port: u16,
}

impl Apis {
    /// Loads what the store has.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn open(handles: Handles) -> Result<Self, StoreError> {
        let Handles { store, clock, random, faults, functions, roles, dispatch, endpoint_port } = handles;
        let table = CachedTable::open(&store, APIS, clock.clone())?;
        let throttle = Throttle::default();
        let verdicts = Verdicts::default();
        let issuer_keys = IssuerKeys::default();
        Ok(Self {
            table,
            throttle,
            verdicts,
            issuer_keys,
            functions,
            roles,
            dispatch,
            clock,
            random,
            faults,
            endpoint_port,
        })
    }

    /// The accounts and regions that have HTTP APIs.
    pub fn locations(&self) -> BTreeSet<Location> {
        self.table.read(|apis| apis.values().map(|api| Location::new(api.account.clone(), &api.region)).collect())
    }

    /// How many stored values could not be read.
    pub fn unreadable_rows(&self) -> usize {
        self.table.unreadable().count()
    }

    /// The API that the request's path names, in the request's account and region.
    pub(crate) fn find(&self, request: &Request) -> Result<Api, ServiceError> {
        self.find_id(request, request.label("ApiId"))
    }

    /// The API with this id, in the request's account and region.
    pub(crate) fn find_id(&self, request: &Request, id: &str) -> Result<Api, ServiceError> {
        let location = request.location();
        let found = self.table.get(id).filter(|api| api.is_in(&location));
        found.ok_or_else(|| self.table.missing(id, || no_api(&location, id)))
    }

    /// Changes the API that the request's path names, in the request's account and region.
    pub(crate) async fn edit<R>(
        &self,
        request: &Request,
        change: impl FnOnce(&mut Api) -> Result<R, ServiceError>,
    ) -> Result<R, ServiceError> {
        self.edit_id(request, request.label("ApiId"), change).await
    }

    /// Changes the API with this id, in the request's account and region.
    pub(crate) async fn edit_id<R>(
        &self,
        request: &Request,
        id: &str,
        change: impl FnOnce(&mut Api) -> Result<R, ServiceError>,
    ) -> Result<R, ServiceError> {
        let location = request.location();
        let checked = |api: &mut Api| {
            if api.is_in(&location) { change(api) } else { Err(no_api(&location, id)) }
        };
        self.table.update(id, || no_api(&location, id), checked).await
    }

    /// Changes the routes or integrations of the API that the request's path names, and deploys them to the stages that
    /// deploy by themselves.
    pub(crate) async fn edit_and_deploy<R>(
        &self,
        request: &Request,
        change: impl FnOnce(&mut Api) -> Result<R, ServiceError>,
    ) -> Result<R, ServiceError> {
        self.edit(request, |api| {
            let answer = change(api)?;
            api.deploy_automatically(&self.random, request.received_at);
            Ok(answer)
        })
        .await
    }
}
