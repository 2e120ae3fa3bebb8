//! Policy documents: what AWS refuses in one, and whom a trust policy lets in.

use serde_json::Value;

use crate::local::arn::Account;
use crate::local::error::ServiceError;

/// Who wants to assume a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Principal<'a> {
    /// A service, such as `lambda.amazonaws.com`.
    Service(&'a str),
    /// A user or role, by ARN.
    Aws(&'a str),
}

fn malformed(message: impl Into<String>) -> ServiceError {
    ServiceError::bad_request("MalformedPolicyDocument", message)
}

/// Reads a document and its statements, which AWS takes as one object or a list.
fn statements(document: &str) -> Result<Vec<Value>, ServiceError> {
    let policy: Value = serde_json::from_str(document).map_err(|_| malformed("This policy contains invalid Json"))?;
    let policy = policy.as_object().ok_or_else(|| malformed("Syntax errors in policy."))?;
    if policy.get("Version").is_some_and(|version| version != "2012-10-17" && version != "2008-10-17") {
        return Err(malformed("The policy must contain a valid version string"));
    }
    let known = ["Version", "Id", "Statement"];
    if policy.keys().any(|key| !known.contains(&key.as_str())) {
        return Err(malformed("Syntax errors in policy."));
    }
    let statements = match policy.get("Statement") {
        Some(Value::Array(list)) if !list.is_empty() => list.clone(),
        Some(one @ Value::Object(_)) => vec![one.clone()],
        _ => return Err(malformed("Syntax errors in policy.")),
    };
    statements.iter().try_for_each(check_effect)?;
    Ok(statements)
}

fn check_effect(statement: &Value) -> Result<(), ServiceError> {
    let effect = statement.as_object().and_then(|statement| statement.get("Effect")).and_then(Value::as_str);
    match effect {
        Some("Allow" | "Deny") => Ok(()),
        _ => Err(malformed("Syntax errors in policy.")),
    }
}

/// One text or a list of texts; nothing else.
fn texts(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(text) => Some(vec![text]),
        Value::Array(list) => list.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

/// The texts under one of two names (`Action` or `NotAction`), or none when neither is there.
fn either<'a>(statement: &'a Value, name: &str) -> Result<Option<Vec<&'a str>>, ServiceError> {
    let value = statement.get(name).or_else(|| statement.get(format!("Not{name}")));
    match value {
        None => Ok(None),
        Some(value) => texts(value).map(Some).ok_or_else(|| malformed("Syntax errors in policy.")),
    }
}

/// Checks a trust policy as CreateRole and UpdateAssumeRolePolicy do.
///
/// # Errors
/// `MalformedPolicyDocument` with AWS's text.
pub(super) fn check_trust(document: &str) -> Result<(), ServiceError> {
    for statement in statements(document)? {
        if statement.get("Resource").or_else(|| statement.get("NotResource")).is_some() {
            return Err(malformed("Has prohibited field Resource"));
        }
        if statement.get("Principal").or_else(|| statement.get("NotPrincipal")).is_none() {
            return Err(malformed("Missing required field Principal"));
        }
        let Some(actions) = either(&statement, "Action")? else {
            return Err(malformed("Missing required field Action"));
        };
        let of_sts = |action: &&str| *action == "*" || action.to_ascii_lowercase().starts_with("sts:");
        if !actions.iter().all(of_sts) {
            return Err(malformed("AssumeRole policy may only specify STS AssumeRole actions."));
        }
        check_service_principals(&statement)?;
    }
    Ok(())
}

fn check_service_principals(statement: &Value) -> Result<(), ServiceError> {
    let services = statement.get("Principal").and_then(|principal| principal.get("Service")).and_then(texts);
    for service in services.unwrap_or_default() {
        let known = service.ends_with(".amazonaws.com")
            || service.ends_with(".amazon.com")
            || service.ends_with(".aws.internal");
        if !known {
            return Err(malformed(format!("Invalid principal in policy: \"SERVICE\":\"{service}\"")));
        }
    }
    Ok(())
}

/// Checks an inline policy as PutRolePolicy does.
///
/// # Errors
/// `MalformedPolicyDocument` with AWS's text.
pub(super) fn check_identity(document: &str) -> Result<(), ServiceError> {
    for statement in statements(document)? {
        if statement.get("Principal").or_else(|| statement.get("NotPrincipal")).is_some() {
            return Err(malformed("Policy document should not specify a principal."));
        }
        let Some(actions) = either(&statement, "Action")?.filter(|actions| !actions.is_empty()) else {
            return Err(malformed("Policy statement must contain actions."));
        };
        if actions.iter().any(|action| *action != "*" && !action.contains(':')) {
            return Err(malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."));
        }
        let Some(resources) = either(&statement, "Resource")?.filter(|resources| !resources.is_empty()) else {
            return Err(malformed("Policy statement must contain resources."));
        };
        if let Some(resource) = resources.iter().find(|resource| !is_resource(resource)) {
            return Err(malformed(format!("Resource {resource} must be in ARN format or \"*\".")));
        }
    }
    Ok(())
}

fn is_resource(resource: &str) -> bool {
    resource == "*" || (resource.starts_with("arn:") && resource.split(':').count() >= 6)
}

/// Whether a trust policy, already checked, allows this principal to assume the role.
pub(super) fn trusts(document: &str, principal: &Principal<'_>) -> bool {
    let Ok(statements) = statements(document) else {
        return false;
    };
    let names = |statement: &&Value| names(statement, principal);
    let (denied, allowed): (Vec<&Value>, Vec<&Value>) =
        statements.iter().filter(names).partition(|statement| statement["Effect"] == "Deny");
    denied.is_empty() && !allowed.is_empty()
}

fn names(statement: &Value, principal: &Principal<'_>) -> bool {
    let Some(named) = statement.get("Principal") else {
        return false;
    };
    if named == "*" {
        return true;
    }
    match principal {
        Principal::Service(service) => {
            named.get("Service").and_then(texts).is_some_and(|services| services.contains(service))
        }
        Principal::Aws(arn) => {
            let account = Account::of_arn(arn).unwrap_or_default();
            let root = account.global_arn("iam", "root");
            let ours = |text: &&str| ["*", account.as_str(), root.as_str(), arn].contains(text);
            named.get("AWS").and_then(texts).is_some_and(|arns| arns.iter().any(ours))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAMBDA: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com"]},"Action":"sts:AssumeRole"}}"#;

    fn trust_error(document: &str) -> String {
        check_trust(document).unwrap_err().message
    }

    fn identity_error(statement: &str) -> String {
        check_identity(&format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#)).unwrap_err().message
    }

    #[test]
    fn a_trust_policy_lets_its_service_in() {
        assert_eq!(check_trust(LAMBDA), Ok(()));
        assert!(trusts(LAMBDA, &Principal::Service("lambda.amazonaws.com")));
        assert!(!trusts(LAMBDA, &Principal::Service("states.amazonaws.com")));
        assert!(!trusts(LAMBDA, &Principal::Aws("arn:aws:iam::000000000000:user/local")));
    }

    #[test]
    fn the_account_and_deny() {
        let account =
            r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}]}"#;
        assert!(trusts(account, &Principal::Aws("arn:aws:iam::000000000000:user/local")));
        let denied = r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"},{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#;
        assert!(!trusts(denied, &Principal::Aws("arn:aws:iam::000000000000:user/local")));
    }

    #[test]
    fn wrong_trust_policies() {
        assert_eq!(trust_error("{"), "This policy contains invalid Json");
        assert_eq!(trust_error("[]"), "Syntax errors in policy.");
        assert_eq!(
            trust_error(r#"{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole"}]}"#),
            "Missing required field Principal"
        );
        assert_eq!(
            trust_error(r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:Get"}]}"#),
            "AssumeRole policy may only specify STS AssumeRole actions."
        );
        assert_eq!(
            trust_error(
                r#"{"Statement":[{"Effect":"Allow","Principal":{"Service":"lambda"},"Action":"sts:AssumeRole"}]}"#
            ),
            "Invalid principal in policy: \"SERVICE\":\"lambda\""
        );
        assert_eq!(
            trust_error(
                r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}]}"#
            ),
            "Has prohibited field Resource"
        );
    }

    #[test]
    fn wrong_identity_policies() {
        assert_eq!(identity_error(r#"{"Effect":"Allow","Resource":"*"}"#), "Policy statement must contain actions.");
        assert_eq!(
            identity_error(r#"{"Effect":"Allow","Action":"states:*"}"#),
            "Policy statement must contain resources."
        );
        assert_eq!(
            identity_error(r#"{"Effect":"Allow","Action":"x","Resource":"*"}"#),
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
        );
        assert_eq!(
            identity_error(r#"{"Effect":"Allow","Action":"s3:*","Resource":"bucket"}"#),
            "Resource bucket must be in ARN format or \"*\"."
        );
        assert_eq!(
            identity_error(r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}"#),
            "Policy document should not specify a principal."
        );
    }
}
