//! Whether a role's trust policy lets somebody in.

use cloud_core::Account;
use policy::{Caller, Context, Decision, Document, Request, decide};

/// Services that trust policies also name with their region, such as `states.us-east-1.amazonaws.com`.
const REGIONAL: [&str; 2] = ["logs", "states"];

/// Whether it lets a client have such a session. `context` has the condition keys of the call and of who makes it; what it asks
/// for beside the role has actions of its own.
pub(crate) fn lets_client_in(
    trust: &Document,
    role_arn: &str,
    action: &str,
    caller: Caller<'_>,
    context: Context,
) -> bool {
    decide([trust], &Request::new(caller, action, role_arn).with_context(context)) == Decision::Allowed
}

/// Whether it lets a service in on behalf of a resource, whose ARN and account the service sends along ([confused deputy]). The
/// resource has to be of the role's own account: no service has a role across accounts.
///
/// [confused deputy]: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
pub(crate) fn lets_service_in(trust: &Document, role_arn: &str, service: &str, resource: &str) -> bool {
    let owner = Account::of_arn(resource);
    if owner.is_some() && owner != Account::of_arn(role_arn) {
        return false;
    }
    let context = match trust.asks_for_keys() {
        true => {
            let account = owner.unwrap_or_default();
            Context::default().with("aws:SourceAccount", account.as_str()).with("aws:SourceArn", resource)
        }
        false => Context::default(),
    };
    let lets_in = |name: &str| {
        let request = Request::new(Caller::Service(name), "sts:AssumeRole", role_arn).with_context(context.clone());
        decide([trust], &request) == Decision::Allowed
    };
    lets_in(service) || regional_name(service, resource).is_some_and(|name| lets_in(&name))
}

/// The name that a service has in a region beside its own, where it has one.
fn regional_name(service: &str, resource_arn: &str) -> Option<String> {
    let name = service.strip_suffix(".amazonaws.com").filter(|name| REGIONAL.contains(name))?;
    let region = resource_arn.split(':').nth(3).filter(|region| !region.is_empty())?;
    Some(format!("{name}.{region}.amazonaws.com"))
}

/// Whether it lets a task in that names this role, in the session of its state machine's role. The state machine's ARN is the
/// external id ([cross-account access]).
///
/// [cross-account access]: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-cross-acct-sync-pattern.html
pub(crate) fn lets_task_in(trust: &Document, role_arn: &str, own_role: &str, machine_arn: &str) -> bool {
    let account = Account::of_arn(own_role).unwrap_or_default();
    let context = Context::default()
        .with("aws:PrincipalArn", own_role)
        .with("aws:PrincipalAccount", account.as_str())
        .with("sts:ExternalId", machine_arn);
    let request = Request::new(Caller::Aws(own_role), "sts:AssumeRole", role_arn).with_context(context);
    decide([trust], &request) == Decision::Allowed
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "arn:aws:iam::000000000000:role/r";
    const LAMBDA: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com"]},"Action":"sts:AssumeRole"}}"#;

    const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:m";

    fn trusts(document: &str, caller: Caller<'_>) -> bool {
        let Ok(trust) = Document::read(document) else { return false };
        match caller {
            Caller::Service(service) => lets_service_in(&trust, ROLE, service, MACHINE),
            Caller::Aws(arn) => lets_task_in(&trust, ROLE, arn, MACHINE),
            _ => panic!("no port carries it"),
        }
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
    fn a_task_brings_its_state_machine_as_external_id_and_a_service_none() {
        let equals = |id: &str| only(&format!(r#"{{"StringEquals":{{"sts:ExternalId":"{id}"}}}}"#));
        let own = "arn:aws:iam::000000000002:role/own";
        let of_task =
            |id: &str| equals(id).replace(r#""Service":"states.amazonaws.com""#, &format!(r#""AWS":"{own}""#));
        assert!(trusts(&of_task(MACHINE), Caller::Aws(own)));
        assert!(!trusts(&of_task("another"), Caller::Aws(own)));
        assert!(!trusts(&equals(MACHINE), Caller::Service("states.amazonaws.com")));
    }

    #[test]
    fn no_service_has_a_role_of_another_account() {
        let trust = Document::read(LAMBDA).unwrap();
        let of = |account: &str| format!("arn:aws:lambda:us-east-1:{account}:function:f");
        assert!(lets_service_in(&trust, ROLE, "lambda.amazonaws.com", &of("000000000000")));
        assert!(!lets_service_in(&trust, ROLE, "lambda.amazonaws.com", &of("000000000002")));
    }

    #[test]
    fn some_services_have_a_name_in_each_region() {
        let regional = only("{}").replace("states.amazonaws.com", "states.us-east-1.amazonaws.com");
        assert!(trusts(&regional, Caller::Service("states.amazonaws.com")));
        assert!(!trusts(&regional.replace("us-east-1", "eu-west-1"), Caller::Service("states.amazonaws.com")));
        assert_eq!(regional_name("states.amazonaws.com", MACHINE).as_deref(), Some("states.us-east-1.amazonaws.com"));
        assert_eq!(regional_name("lambda.amazonaws.com", MACHINE), None);
        assert_eq!(regional_name("states.amazonaws.com", "no ARN"), None);
    }
}
