//! What IAM refuses in a document that is well formed.

use std::collections::BTreeSet;

use crate::condition::Condition;
use crate::document::{Document, Statement, Version};
use crate::error::Malformed;
use crate::one_or_many::{OneOrMany, Selection};
use crate::principal::PrincipalType;

/// The partitions of AWS.
const PARTITIONS: [&str; 8] =
    ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"];

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
        if self.version != Some(Version::V2012) {
            return Err(Malformed::OldVersion);
        }
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
    actions.ok_or(Malformed::NoActions)?.iter().try_for_each(|action| check_action(action))?;
    let resources = named(statement.resources.as_ref()).filter(|resources| !resources.is_empty());
    resources.ok_or(Malformed::NoResources)?.iter().try_for_each(|resource| check_resource(resource))?;
    match statement.conditions.iter().all(Condition::has_values_of_its_kind) {
        true => Ok(()),
        false => Err(Malformed::Legacy),
    }
}

/// `*`, or a service and an action with one colon between them.
fn check_action(action: &str) -> Result<(), Malformed> {
    if action == "*" {
        return Ok(());
    }
    let (vendor, name) = action.split_once(':').ok_or(Malformed::NoVendor)?;
    if name.contains(':') {
        return Err(Malformed::SecondColon);
    }
    let is_vendor = |byte: u8| byte.is_ascii_alphanumeric() || b"-.*".contains(&byte);
    match vendor.bytes().all(is_vendor) {
        true => Ok(()),
        false => Err(Malformed::Vendor(vendor.to_owned())),
    }
}

/// `*`, or what begins like an ARN of a known partition; an ARN that ends early matches nothing, and is taken.
fn check_resource(resource: &str) -> Result<(), Malformed> {
    if resource == "*" {
        return Ok(());
    }
    let mut parts = resource.splitn(6, ':');
    let (Some("arn"), Some(partition)) = (parts.next(), parts.next()) else {
        return Err(Malformed::NotAnArn(resource.to_owned()));
    };
    if !partition.contains(['*', '?']) && !PARTITIONS.contains(&partition) {
        return Err(Malformed::Partition { partition: partition.to_owned(), resource: resource.to_owned() });
    }
    let service = parts.next().unwrap_or_default();
    let region = parts.next().unwrap_or_default();
    match service {
        "iam" if !region.is_empty() => Err(Malformed::IamRegion(resource.to_owned())),
        "s3" if !region.is_empty() => Err(Malformed::S3Region(resource.to_owned())),
        _ => Ok(()),
    }
}

fn named(selection: Option<&Selection<OneOrMany<String>>>) -> Option<&OneOrMany<String>> {
    selection.map(Selection::named)
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
        let with = |action: &str, resource: &str| {
            format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}"#)
        };
        assert_eq!(identity_error(&with("s3:List:Bucket", "*")), "Actions/Condition can contain only one colon.");
        assert_eq!(identity_error(&with("a a:b", "*")), "Vendor a a is not valid");
        assert_eq!(identity_error(&with("s3:*", "a:b")), "Resource a:b must be in ARN format or \"*\".");
        assert_eq!(
            identity_error(&with("s3:*", "arn:x:s3:::b")),
            "Partition \"x\" is not valid for resource \"arn:x:s3:::b\"."
        );
        assert_eq!(
            identity_error(&with("iam:*", "arn:aws:iam:eu-west-1::role/r")),
            "IAM resource arn:aws:iam:eu-west-1::role/r cannot contain region information."
        );
        assert_eq!(
            identity_error(&with("s3:*", "arn:aws:s3:eu-west-1::b")),
            "Resource arn:aws:s3:eu-west-1::b can not contain region information."
        );
        let document = |version: &str| format!(r#"{{{version}"Statement":{}}}"#, with("s3:*", "arn:aws:fdsasf"));
        let checked = |version: &str| Document::read(&document(version)).unwrap().check_identity();
        assert_eq!(checked(r#""Version":"2012-10-17","#), Ok(()));
        for old in ["", r#""Version":"2008-10-17","#] {
            assert_eq!(checked(old), Err(Malformed::OldVersion), "{old}");
        }
        assert_eq!(
            identity_error(r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}"#),
            "Policy document should not specify a principal."
        );
    }

    #[test]
    fn a_date_is_one() {
        let until = |date: &str| {
            let condition = format!(r#"{{"DateLessThan":{{"aws:CurrentTime":"{date}"}}}}"#);
            let statement = format!(r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}}}"#);
            let document = format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
            Document::read(&document).unwrap().check_identity()
        };
        for date in ["2026-01-02T03:04:05Z", "2026-01-02", "1767323045", "${aws:CurrentTime}"] {
            assert_eq!(until(date), Ok(()), "{date}");
        }
        assert_eq!(until("tomorrow").unwrap_err().to_string(), "The policy failed legacy parsing");
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
        let without = format!(r#"{{"Version":"2012-10-17","Statement":[{},{}]}}"#, statement(""), statement(""));
        assert_eq!(Document::read(&without).unwrap().check_identity(), Ok(()));
    }
}
