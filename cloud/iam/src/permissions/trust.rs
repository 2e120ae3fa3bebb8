//! Whether a role's trust policy lets somebody in.

use cloud_core::Account;
use policy::{Caller, Context, Decision, Document, Effect, Request, decide};

/// Condition keys that may come with the call of a service or an execution and that a port does not carry.
const UNKNOWN_KEYS: [&str; 1] = ["sts:ExternalId"];

/// Somebody who wants to assume a role.
pub(crate) struct Assumption<'a> {
    request: Request<'a>,
    /// Condition keys whose values are not known.
    unknown: &'static [&'static str],
}

impl<'a> Assumption<'a> {
    /// A client's call of AssumeRole, with the condition keys of that call; what it asks for beside the role has actions of
    /// its own.
    pub(crate) fn of_client(role_arn: &'a str, action: &'a str, caller: Caller<'a>, context: Context) -> Self {
        let context = with_principal(context, &caller);
        Self { request: Request::new(caller, action, role_arn).with_context(context), unknown: &[] }
    }

    /// A service that assumes a role on behalf of a resource, whose ARN and account it sends along ([confused deputy]).
    ///
    /// [confused deputy]: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    pub(crate) fn of_service(role_arn: &'a str, service: &'a str, resource: &str) -> Self {
        let account = Account::of_arn(resource).unwrap_or_default();
        let context = Context::default().with("aws:SourceAccount", account.as_str()).with("aws:SourceArn", resource);
        Self::of_port(role_arn, Caller::Service(service), context)
    }

    /// An execution that assumes, as its own role, the role that a task names.
    pub(crate) fn of_execution(role_arn: &'a str, own_role: &'a str) -> Self {
        Self::of_port(role_arn, Caller::Aws(own_role), Context::default())
    }

    fn of_port(role_arn: &'a str, caller: Caller<'a>, context: Context) -> Self {
        let context = with_principal(context, &caller);
        Self { request: Request::new(caller, "sts:AssumeRole", role_arn).with_context(context), unknown: &UNKNOWN_KEYS }
    }

    /// Whether a trust policy, as [`Assumption::known`] gives it, allows it.
    pub(crate) fn is_allowed(&self, trust_policy: &Document) -> bool {
        decide([trust_policy], &self.request) == Decision::Allowed
    }

    /// What of a trust policy can be decided on. Conditions on keys that are not known decide nothing: an allow holds without
    /// them, a deny that has one does not hold. One that can't be read allows nothing.
    pub(crate) fn known(&self, trust_policy: &str) -> Document {
        let mut document = Document::read(trust_policy).unwrap_or_else(|error| {
            tracing::warn!(%error, role = self.request.resource, "a stored trust policy is malformed");
            Document::new(Vec::new())
        });
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
        document
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

    const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:m";

    fn trusts(document: &str, caller: Caller<'_>) -> bool {
        let assumption = match caller {
            Caller::Service(service) => Assumption::of_service(ROLE, service, MACHINE),
            Caller::Aws(arn) => Assumption::of_execution(ROLE, arn),
            _ => panic!("no port carries it"),
        };
        assumption.is_allowed(&assumption.known(document))
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

    /// Lets Step Functions in under a condition.
    fn only(condition: &str) -> String {
        format!(
            r#"{{"Statement":{{"Effect":"Allow","Principal":{{"Service":"states.amazonaws.com"}},"Action":"sts:AssumeRole","Condition":{condition}}}}}"#
        )
    }

    #[test]
    fn a_service_says_for_which_resource_of_which_account_it_acts() {
        let states = Caller::Service("states.amazonaws.com");
        let arn = |pattern: &str| only(&format!(r#"{{"ArnLike":{{"aws:SourceArn":"{pattern}"}}}}"#));
        let account = |id: &str| only(&format!(r#"{{"StringEquals":{{"aws:SourceAccount":"{id}"}}}}"#));
        for allowed in
            [MACHINE, "arn:aws:states:us-east-1:000000000000:stateMachine:m*", "arn:aws:states:*:*:stateMachine:*"]
        {
            assert!(trusts(&arn(allowed), states), "{allowed}");
        }
        assert!(!trusts(&arn("arn:aws:states:us-east-1:000000000000:stateMachine:other*"), states));
        assert!(!trusts(&arn("arn:aws:states:us-east-1:000000000001:stateMachine:m"), states));
        assert!(trusts(&account("000000000000"), states) && !trusts(&account("000000000001"), states));
    }

    #[test]
    fn what_a_deny_says_of_it_holds_too() {
        let states = Caller::Service("states.amazonaws.com");
        let with_deny = |condition: &str| {
            let who = r#""Principal":{"Service":"states.amazonaws.com"},"Action":"sts:AssumeRole""#;
            format!(r#"{{"Statement":[{{"Effect":"Allow",{who}}},{{"Effect":"Deny",{who},"Condition":{condition}}}]}}"#)
        };
        let not_like = |pattern: &str| with_deny(&format!(r#"{{"ArnNotLike":{{"aws:SourceArn":"{pattern}"}}}}"#));
        assert!(trusts(&not_like(MACHINE), states));
        assert!(!trusts(&not_like("arn:aws:states:*:*:stateMachine:other"), states));
        assert!(!trusts(&with_deny(r#"{"StringEquals":{"aws:SourceAccount":"000000000000"}}"#), states));
    }

    #[test]
    fn an_external_id_that_no_port_carries_decides_nothing() {
        let condition = r#"{"StringEquals":{"sts:ExternalId":"x"}}"#;
        assert!(trusts(&only(condition), Caller::Service("states.amazonaws.com")));
    }
}
