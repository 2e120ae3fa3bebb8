//! The services that routes lead to, and the roles as which they are called.

use std::sync::Mutex;

use cloud_core::{
    Account, Actor, CallerIdentity, Dispatch, Permit, PortFuture, Principal, Refused, Request, Response,
    RoleCredentials, RoleDirectory, RoleTrust, ServiceError, Why,
};
use policy::PolicyKind;
use serde_json::Value;

/// A call.
pub(super) struct Called {
    pub(super) account: String,
    pub(super) region: String,
    pub(super) operation: String,
    /// The role, and its session.
    pub(super) acting: Option<(String, String)>,
    pub(super) input: Value,
}

/// Remembers what is called, and answers it all in one way.
pub(super) struct Services {
    pub(super) called: Mutex<Vec<Called>>,
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
        self.called.lock().unwrap().push(Called {
            account: location.account().as_str().to_owned(),
            region: location.region().to_owned(),
            operation: request.target_operation().unwrap().to_owned(),
            acting: request.acting.as_ref().map(|role| (role.arn.clone(), role.session.clone())),
            input,
        });
        let answer = self.answer.lock().unwrap().clone();
        Box::pin(async move { answer })
    }
}

/// The role that API Gateway can assume.
pub(super) const TRUSTED_ROLE: &str = "arn:aws:iam::000000000000:role/gateway";

/// One role that API Gateway can assume, and no other. Everybody may do everything but one thing.
#[derive(Default)]
pub(super) struct OneRole {
    /// What was asked: action and resource.
    pub(super) asked: Mutex<Vec<String>>,
    /// What nobody may do.
    pub(super) refused: Mutex<Option<String>>,
}

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

    fn may_do_all(&self, _: Actor<'_>, _: &str) -> bool {
        true
    }

    fn identify(&self, actor: Actor<'_>) -> CallerIdentity {
        let account = match actor {
            Actor::Key { account, .. } => account.clone(),
            Actor::Role { arn, .. } => Account::of_arn(arn).unwrap(),
        };
        CallerIdentity { arn: account.global_arn("iam", "user/local"), id: "AIDA".to_owned(), account }
    }

    fn permit(&self, asked: &Permit<'_>) -> Result<(), Refused> {
        let question = format!("{} {}", asked.action, asked.resource);
        self.asked.lock().unwrap().push(question.clone());
        if *self.refused.lock().unwrap() != Some(question) {
            return Ok(());
        }
        Err(Refused {
            user: String::new(),
            action: asked.action.to_owned(),
            resource: asked.resource.to_owned(),
            why: Why::NoneAllows(PolicyKind::Identity),
        })
    }

    fn roles_propagate_slowly(&self) -> bool {
        false
    }
}
