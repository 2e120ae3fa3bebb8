//! What IAM refuses in a document that is well formed.

use std::collections::BTreeSet;

use crate::document::{Document, Statement};
use crate::error::Malformed;
use crate::one_or_many::{OneOrMany, Selection};
use crate::principal::PrincipalType;

/// What service principals end with.
const SERVICE_DOMAINS: [&str; 3] = [".amazonaws.com", ".amazon.com", ".aws.internal"];

impl Document {
    /// Checks a trust policy as CreateRole and UpdateAssumeRolePolicy do.
    ///
    /// # Errors
    /// [`Malformed`] with AWS's text.
    pub fn check_trust(&self) -> Result<(), Malformed> {
        self.statements.iter().try_for_each(check_trust_statement)?;
        self.check_sids()
    }

    /// Checks an inline or managed policy as PutRolePolicy and CreatePolicy do.
    ///
    /// # Errors
    /// [`Malformed`] with AWS's text.
    pub fn check_identity(&self) -> Result<(), Malformed> {
        self.statements.iter().try_for_each(check_identity_statement)?;
        self.check_sids()
    }

    /// Ids are letters and digits, and each stands once; an empty one is none.
    fn check_sids(&self) -> Result<(), Malformed> {
        let mut seen = BTreeSet::new();
        for sid in self.statements.iter().filter_map(|statement| statement.sid.as_deref()) {
            if !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return Err(Malformed::Sid);
            }
            if !sid.is_empty() && !seen.insert(sid) {
                return Err(Malformed::RepeatedSid);
            }
        }
        Ok(())
    }
}

fn check_trust_statement(statement: &Statement) -> Result<(), Malformed> {
    if statement.resources.is_some() {
        return Err(Malformed::ProhibitedResource);
    }
    let principal = statement.principal.as_ref().ok_or(Malformed::MissingPrincipal)?;
    let actions = named(statement.actions.as_ref()).ok_or(Malformed::MissingAction)?;
    let of_sts = |action: &String| *action == "*" || action.to_ascii_lowercase().starts_with("sts:");
    if !actions.iter().all(of_sts) {
        return Err(Malformed::NotAssumeRole);
    }
    let is_service = |id: &&str| SERVICE_DOMAINS.iter().any(|domain| id.ends_with(domain));
    match principal.named().of_type(PrincipalType::Service).find(|id| !is_service(id)) {
        Some(id) => Err(Malformed::ServicePrincipal(id.to_owned())),
        None => Ok(()),
    }
}

fn check_identity_statement(statement: &Statement) -> Result<(), Malformed> {
    if statement.principal.is_some() {
        return Err(Malformed::ProhibitedPrincipal);
    }
    let actions = named(statement.actions.as_ref()).filter(|actions| !actions.is_empty());
    if actions.ok_or(Malformed::NoActions)?.iter().any(|action| action != "*" && !action.contains(':')) {
        return Err(Malformed::NoVendor);
    }
    let resources = named(statement.resources.as_ref()).filter(|resources| !resources.is_empty());
    match resources.ok_or(Malformed::NoResources)?.iter().find(|resource| !is_resource(resource)) {
        Some(resource) => Err(Malformed::NotAnArn(resource.clone())),
        None => Ok(()),
    }
}

fn named(selection: Option<&Selection<OneOrMany<String>>>) -> Option<&OneOrMany<String>> {
    selection.map(Selection::named)
}

fn is_resource(resource: &str) -> bool {
    resource == "*" || (resource.starts_with("arn:") && resource.split(':').count() >= 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAMBDA: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com"]},"Action":"sts:AssumeRole"}}"#;

    fn check_trust(document: &str) -> Result<(), Malformed> {
        Document::read(document)?.check_trust()
    }

    fn trust_error(document: &str) -> String {
        check_trust(document).unwrap_err().to_string()
    }

    fn identity_error(statements: &str) -> String {
        let document = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        Document::read(&document).and_then(|document| document.check_identity()).unwrap_err().to_string()
    }

    #[test]
    fn a_trust_policy_for_a_service() {
        assert_eq!(check_trust(LAMBDA), Ok(()));
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
            trust_error(r#"{"Statement":[{"Effect":"Allow","Principal":"*"}]}"#),
            "Missing required field Action"
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

    #[test]
    fn wrong_ids() {
        let statement = |sid: &str| format!(r#"{{"Sid":"{sid}","Effect":"Allow","Action":"*","Resource":"*"}}"#);
        assert_eq!(
            identity_error(&statement("a-b")),
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
        );
        assert_eq!(
            identity_error(&format!("{},{}", statement("a"), statement("a"))),
            "Statement IDs (SID) in a single policy must be unique."
        );
        let without = format!(r#"{{"Statement":[{},{}]}}"#, statement(""), statement(""));
        assert_eq!(Document::read(&without).unwrap().check_identity(), Ok(()));
    }
}
