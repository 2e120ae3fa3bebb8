//! Tests of the service through its tables of operations.

mod accounts;
mod durability;
mod instance_profiles;
mod operations;
mod policies;
mod roles;
mod simulate;
mod stored;
mod sts;
mod sts_input;
mod trusted;

use std::sync::Arc;

use cloud_core::{
    Account, Clock, ClockControl, FaultInjection, Location, Operation, Protocol, Random, Request, Routed, Service as _,
    ServiceError, ServiceInfo,
};
use cloud_store::Store;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Iam;

const LAMBDA_TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const ACCOUNT_TRUST: &str =
    r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}]}"#;
const LOGS_POLICY: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"logs:PutLogEvents","Resource":"*"}]}"#;

/// IAM on a store of its own, a clock that stands still, and a seed.
#[derive(Clone)]
struct Fixture {
    store: Store,
    iam: Arc<Iam>,
    faults: FaultInjection,
    control: ClockControl,
}

impl Fixture {
    fn new() -> Self {
        let store = Store::in_memory().unwrap();
        let (clock, control) = Clock::moved_by_hand("2026-01-02T03:04:05Z".parse().unwrap());
        let faults = FaultInjection::new(clock.clone());
        let iam = Iam::open(&store, clock, Random::from_seed(1), faults.clone()).unwrap();
        Self { store, iam: Arc::new(iam), faults, control }
    }

    /// The service as it is after a restart on the same store.
    fn reopened(&self) -> Iam {
        let (clock, _) = Clock::moved_by_hand(self.control.now());
        Iam::open(&self.store, clock.clone(), Random::from_seed(2), FaultInjection::new(clock)).unwrap()
    }

    /// Calls an operation of IAM in the default account; gives the answer's XML.
    async fn iam(&self, operation: &str, members: &[(&str, &str)]) -> Result<String, ServiceError> {
        self.iam_as("000000000000", operation, members).await
    }

    /// Calls an operation of IAM with an access key.
    async fn iam_as(&self, key: &str, operation: &str, members: &[(&str, &str)]) -> Result<String, ServiceError> {
        self.call(&crate::INFO, crate::OPERATIONS, key, operation, members).await
    }

    /// Calls an operation of STS with an access key.
    async fn sts_as(&self, key: &str, operation: &str, members: &[(&str, &str)]) -> Result<String, ServiceError> {
        self.call(&crate::sts::INFO, crate::sts::OPERATIONS, key, operation, members).await
    }

    async fn call(
        &self,
        info: &'static ServiceInfo,
        operations: &'static [Operation<Iam>],
        access_key: &str,
        operation: &str,
        members: &[(&str, &str)],
    ) -> Result<String, ServiceError> {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let mut body = format!("Action={operation}");
        for (name, value) in members {
            body.push_str(&format!("&{}={}", encode(name), encode(value)));
        }
        let account = self.iam.session_account(access_key).unwrap_or_else(|| Account::of_access_key(access_key));
        let location = Location::new(account, "us-east-1");
        let request = Request::internal("request-1".to_owned(), self.control.now(), &location, info.signing_name);
        let mut request = request.with_path(hyper::Method::POST, "/", "", body);
        if let Some(scope) = &mut request.scope {
            access_key.clone_into(&mut scope.access_key);
        }
        let service = Routed::new(info, operations, Arc::clone(&self.iam));
        let (found, _) = service.find(&request).unwrap_or_else(|| panic!("{operation} is not served"));
        assert!(matches!(info.protocol, Protocol::Query(_)));
        let response = service.call(found, &request).await?;
        assert_eq!(response.status, 200);
        Ok(String::from_utf8(response.body.to_vec()).unwrap())
    }

    async fn create_role(&self, name: &str, trust: &str) {
        self.iam("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", trust)]).await.unwrap();
    }

    async fn create_policy(&self, name: &str) {
        self.iam("CreatePolicy", &[("PolicyName", name), ("PolicyDocument", LOGS_POLICY)]).await.unwrap();
    }
}

/// The text of the first element of a name.
fn element(xml: &str, name: &str) -> String {
    let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name} in {xml}"));
    rest.split_once(&format!("</{name}>")).unwrap().0.to_owned()
}
