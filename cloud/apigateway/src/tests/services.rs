//! The services that routes lead to, and the roles as which they are called.

use std::sync::Mutex;

use cloud_core::{
    Dispatch, PortFuture, Principal, Request, Response, RoleCredentials, RoleDirectory, RoleTrust, ServiceError,
};
use serde_json::Value;

/// Remembers what is called, and answers it all in one way.
pub(super) struct Services {
    /// Account, region, operation and input of each call.
    pub(super) called: Mutex<Vec<(String, String, String, Value)>>,
    pub(super) answer: Mutex<Result<Response, ServiceError>>,
}

impl Services {
    pub(super) fn new() -> Self {
        let answer = Response::new(200, "application/x-amz-json-1.0", r#"{"executionArn":"e","startDate":1.5}"#);
        Self { called: Mutex::default(), answer: Mutex::new(Ok(answer)) }
    }
}

impl Dispatch for Services {
    fn dispatch(&self, request: Request) -> PortFuture<'static, Result<Response, ServiceError>> {
        let location = request.location();
        let input = serde_json::from_slice(&request.body).unwrap();
        self.called.lock().unwrap().push((
            location.account().as_str().to_owned(),
            location.region().to_owned(),
            request.target_operation().unwrap().to_owned(),
            input,
        ));
        let answer = self.answer.lock().unwrap().clone();
        Box::pin(async move { answer })
    }
}

/// The role that API Gateway can assume.
pub(super) const TRUSTED_ROLE: &str = "arn:aws:iam::000000000000:role/gateway";

/// One role that API Gateway can assume, and no other.
pub(super) struct OneRole;

impl RoleDirectory for OneRole {
    fn trust(&self, role_arn: &str, principal: Principal<'_>) -> RoleTrust {
        let is_gateway = matches!(principal, Principal::Service { name: "apigateway.amazonaws.com", .. });
        match role_arn == TRUSTED_ROLE && is_gateway {
            true => RoleTrust::Trusted,
            false => RoleTrust::Missing,
        }
    }

    fn open_session(&self, _: &str, _: Principal<'_>, _: &str) -> Option<RoleCredentials> {
        None
    }

    fn roles_propagate_slowly(&self) -> bool {
        false
    }
}
