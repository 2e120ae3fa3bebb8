//! Who may call a function URL ([rules]): since October 2025 with both `lambda:InvokeFunctionUrl` and, through the URL,
//! `lambda:InvokeFunction`.
//!
//! [rules]: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html

use cloud_core::{Actor, ConditionKeys, Context, Permit, Request, Response, Scope, Signed};
use policy::{Caller, Decision, decide};

use super::refusal;
use super::target::UrlTarget;
use crate::api::policy_resource;
use crate::service::Functions;

/// The text of each refusal, which says no more.
const FORBIDDEN: &str = "Forbidden. For troubleshooting Function URL authorization issues, see: \
                         https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html";

/// Both actions that a call needs.
const ACTIONS: [&str; 2] = ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"];

/// Whoever does not sign, for a policy: nobody in particular.
const ANONYMOUS: Caller<'_> = Caller::Aws("anonymous");

impl Functions {
    /// Whether who made a request may call the URL; the refusal otherwise, whose reason the cloud's log has.
    pub(super) fn may_call(&self, target: &UrlTarget, request: &Request) -> Result<(), Response> {
        let why = match (target.is_signed(), &request.signed, &request.scope) {
            (false, ..) => self.may_anybody_call(target, request),
            (true, Signed::Wrongly(why), _) => return Err(refusal(403, "AccessDeniedException", why)),
            (true, Signed::Rightly, Some(scope)) if scope.service != "lambda" => {
                let text = "Credential should be scoped to correct service: 'lambda'.";
                return Err(refusal(403, "InvalidSignatureException", text));
            }
            (true, Signed::Rightly, Some(scope)) => self.may_signer_call(target, scope, request),
            (true, _, _) => Err("the request is not signed".to_owned()),
        };
        why.map_err(|why| {
            let function = target.reference.arn();
            tracing::warn!(target: "cloud::lambda", why, function, request_id = %request.id, "a function URL answered 403");
            refusal(403, "AccessDeniedException", FORBIDDEN)
        })
    }

    /// The function's own policy has to let everybody in.
    fn may_anybody_call(&self, target: &UrlTarget, request: &Request) -> Result<(), String> {
        let resource = policy_resource(&target.reference);
        let key = target.reference.key();
        let document = self.table.read(|functions| functions.get(&key)?.policy.document(&resource));
        for action in ACTIONS {
            let asked =
                policy::Request::new(ANONYMOUS, action, &resource).with_context(context(target, request, action));
            let decision = document.as_ref().map(|document| decide([document], &asked));
            if decision != Some(Decision::Allowed) {
                return Err(format!("the policy of {resource} does not let everybody {action} through its URL"));
            }
        }
        Ok(())
    }

    fn may_signer_call(&self, target: &UrlTarget, scope: &Scope, request: &Request) -> Result<(), String> {
        let resource = policy_resource(&target.reference);
        let key = target.reference.key();
        let document = self.table.read(|functions| functions.get(&key)?.policy.document(&resource));
        for action in ACTIONS {
            let actor = Actor::Key { id: &scope.access_key, account: scope.location.account() };
            let keys = || context(target, request, action);
            let permit = Permit {
                resource_policy: document.as_ref(),
                keys: ConditionKeys::made_by(&keys),
                ..Permit::new(actor, action, &resource)
            };
            self.roles.permit(&permit).map_err(|refused| refused.to_string())?;
        }
        Ok(())
    }
}

/// The condition keys of a call.
fn context(target: &UrlTarget, request: &Request, action: &str) -> Context {
    let context = request.condition_keys().with("lambda:FunctionUrlAuthType", target.url.auth_type.as_str());
    match action {
        "lambda:InvokeFunction" => context.with("lambda:InvokedViaFunctionUrl", "true"),
        _ => context,
    }
}
