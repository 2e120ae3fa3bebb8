//! Whether who makes a request may do what it names, by the table of operations and IAM.

use std::sync::Arc;

use cloud_core::{
    Account, ActingRole, Actor, ConditionKeys, OperationInfo, Permit, Protocol, Refused, Request, RoleDirectory,
    Service, ServiceError,
};

/// What AWS says where a role of another account is given to a service, whatever its policies allow.
const FOREIGN_ROLE: &str = "Cross-account pass role is not allowed.";

/// Asks IAM for every request.
pub(crate) struct Permissions {
    roles: Arc<dyn RoleDirectory>,
}

impl Permissions {
    pub(crate) fn new(roles: Arc<dyn RoleDirectory>) -> Self {
        Self { roles }
    }

    /// Decides on a request for an operation.
    ///
    /// # Errors
    /// AWS's refusal, as the service writes it.
    pub(crate) fn check(
        &self,
        service: &dyn Service,
        operation: &'static OperationInfo,
        request: &Request,
    ) -> Result<(), ServiceError> {
        let Some(scope) = request.scope.as_ref().filter(|_| operation.needs_permission) else {
            return Ok(());
        };
        let actor = match &request.acting {
            Some(ActingRole { arn, session }) => Actor::Role { arn, session },
            None => Actor::Key { id: &scope.access_key, account: scope.location.account() },
        };
        let protocol = service.info().protocol;
        let is_own = |owner: Account| match actor {
            Actor::Key { account, .. } => owner == *account,
            Actor::Role { arn, .. } => owner == Account::of_arn(arn).unwrap_or_default(),
        };
        if !operation.passed_roles(request).filter_map(|role| Account::of_arn(&role)).all(is_own) {
            return Err(denied(FOREIGN_ROLE.to_owned(), protocol));
        }
        // Nearly everybody may do everything: what else a request needs is not worth a look then.
        let resources = service.resources(operation, request);
        if resources.iter().all(|resource| self.roles.may_do_all(actor, resource)) {
            return Ok(());
        }
        for asked in service.asks(operation, request, resources) {
            let policy = service.policy(&asked.resource);
            let keys = || operation.context(&asked, &service.tags(&asked.resource), request);
            let permit = Permit {
                resource_policy: policy.as_ref(),
                keys: ConditionKeys::made_by(&keys),
                ..Permit::new(actor, asked.action, &asked.resource)
            };
            self.roles.permit(&permit).map_err(|refused: Refused| denied(refused.to_string(), protocol))?;
        }
        Ok(())
    }
}

/// A refusal as a service of this protocol answers it.
fn denied(text: String, protocol: Protocol) -> ServiceError {
    let (status, code) = match protocol {
        Protocol::Query(_) | Protocol::Ec2 | Protocol::RestXml => (403, "AccessDenied"),
        Protocol::Rest | Protocol::LambdaRest => (403, "AccessDeniedException"),
        Protocol::Json10 | Protocol::Json11 => (400, "AccessDeniedException"),
    };
    ServiceError::new(status, code, text)
}
