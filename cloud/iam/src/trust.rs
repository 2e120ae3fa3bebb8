//! Whether a role's trust policy lets somebody in.

use cloud_core::Account;
use policy::{Caller, Context, Decision, Document, Effect, Request, decide};

/// Condition keys that a service sends when it assumes a role and that a port does not carry: for which resource
/// ([confused deputy]), and under which external id.
///
/// [confused deputy]: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
const KEYS_OF_SERVICES: [&str; 2] = ["aws:SourceArn", "sts:ExternalId"];

/// Somebody who wants to assume a role.
pub(crate) struct Assumption<'a> {
    request: Request<'a>,
    /// Condition keys whose values are not known.
    unknown: &'static [&'static str],
}

impl<'a> Assumption<'a> {
    /// A client's call of AssumeRole, with the condition keys of that call.
    pub(crate) fn of_client(role_arn: &'a str, caller: Caller<'a>, context: Context) -> Self {
        let context = with_principal(context, &caller);
        Self { request: Request::new(caller, "sts:AssumeRole", role_arn).with_context(context), unknown: &[] }
    }

    /// A service, or an execution, that assumes a role. It does so for a resource of the role's own account.
    pub(crate) fn of_port(role_arn: &'a str, caller: Caller<'a>) -> Self {
        let account = Account::of_arn(role_arn).unwrap_or_default();
        let context = Context::default().with("aws:SourceAccount", account.as_str());
        let context = with_principal(context, &caller);
        Self {
            request: Request::new(caller, "sts:AssumeRole", role_arn).with_context(context),
            unknown: &KEYS_OF_SERVICES,
        }
    }

    /// Whether a trust policy allows it. Conditions on keys that are not known decide nothing: an allow holds without them,
    /// a deny that has one does not hold.
    pub(crate) fn is_allowed(&self, trust_policy: &str) -> bool {
        let mut document = match Document::read(trust_policy) {
            Ok(document) => document,
            Err(error) => {
                tracing::warn!(%error, role = self.request.resource, "a stored trust policy is malformed");
                return false;
            }
        };
        let is_unknown = |key: &str| self.unknown.iter().any(|unknown| key.eq_ignore_ascii_case(unknown));
        let mut statements = document.statements.as_slice().to_vec();
        statements.retain(|statement| {
            statement.effect == Effect::Allow
                || !statement.conditions.iter().any(|condition| is_unknown(&condition.key))
        });
        for statement in &mut statements {
            statement.conditions.retain(|condition| !is_unknown(&condition.key));
        }
        document.statements = statements.into();
        decide([&document], &self.request) == Decision::Allowed
    }
}

/// Adds the keys that follow from who calls.
fn with_principal(context: Context, caller: &Caller<'_>) -> Context {
    let arn = match caller {
        Caller::Aws(arn) => arn,
        Caller::Session { role, .. } => role,
        _ => return context,
    };
    let account = Account::of_arn(arn).unwrap_or_default();
    context.with("aws:PrincipalArn", *arn).with("aws:PrincipalAccount", account.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "arn:aws:iam::000000000000:role/r";
    const LAMBDA: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com"]},"Action":"sts:AssumeRole"}}"#;

    fn trusts(document: &str, caller: Caller<'_>) -> bool {
        Assumption::of_port(ROLE, caller).is_allowed(document)
    }

    #[test]
    fn a_trust_policy_lets_its_service_in() {
        assert!(trusts(LAMBDA, Caller::Service("lambda.amazonaws.com")));
        assert!(!trusts(LAMBDA, Caller::Service("states.amazonaws.com")));
        assert!(!trusts(LAMBDA, Caller::Aws("arn:aws:iam::000000000000:user/local")));
        assert!(!trusts("{", Caller::Service("lambda.amazonaws.com")));
    }

    #[test]
    fn the_account_and_deny() {
        let account =
            r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}]}"#;
        assert!(trusts(account, Caller::Aws("arn:aws:iam::000000000000:user/local")));
        let denied = r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"},{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#;
        assert!(!trusts(denied, Caller::Aws("arn:aws:iam::000000000000:user/local")));
    }

    #[test]
    fn a_services_resource_is_not_known_but_its_account_is() {
        let states = Caller::Service("states.amazonaws.com");
        let with = |effect: &str, condition: &str| {
            let allow = r#""Principal":{"Service":"states.amazonaws.com"},"Action":"sts:AssumeRole""#;
            format!(
                r#"{{"Statement":[{{"Effect":"Allow",{allow}}},{{"Effect":"{effect}",{allow},"Condition":{condition}}}]}}"#
            )
        };
        let only = |condition: &str| {
            format!(
                r#"{{"Statement":{{"Effect":"Allow","Principal":{{"Service":"states.amazonaws.com"}},"Action":"sts:AssumeRole","Condition":{condition}}}}}"#
            )
        };
        assert!(trusts(
            &only(r#"{"ArnLike":{"aws:SourceArn":"arn:aws:states:*:000000000000:stateMachine:m"}}"#),
            states
        ));
        assert!(trusts(&only(r#"{"StringEquals":{"aws:SourceAccount":"000000000000"}}"#), states));
        assert!(!trusts(&only(r#"{"StringEquals":{"aws:SourceAccount":"000000000001"}}"#), states));
        assert!(trusts(
            &with("Deny", r#"{"ArnNotLike":{"aws:SourceArn":"arn:aws:states:*:*:stateMachine:m"}}"#),
            states
        ));
        assert!(!trusts(&with("Deny", r#"{"StringEquals":{"aws:SourceAccount":"000000000000"}}"#), states));
    }
}
