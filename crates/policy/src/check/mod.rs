//! What IAM refuses in a document that is well formed.

mod identity;
mod resource;

use std::collections::BTreeSet;

use crate::document::{Document, Statement, Version};
use crate::error::Malformed;
use crate::one_or_many::{OneOrMany, Selection};
use crate::principal::PrincipalType;

/// What service principals end with.
const SERVICE_DOMAINS: [&str; 3] = [".amazonaws.com", ".amazon.com", ".aws.internal"];

impl Document {
    /// Reads and checks a trust policy as CreateRole and UpdateAssumeRolePolicy do.
    ///
    /// # Errors
    /// [`Malformed`] with AWS's text.
    pub fn read_trust(text: &str) -> Result<Self, Malformed> {
        if text.starts_with(char::is_whitespace) {
            return Err(Malformed::LeadingSpaces);
        }
        let document = Self::read(text)?;
        document.check_trust()?;
        Ok(document)
    }

    /// Checks a trust policy that was read.
    ///
    /// # Errors
    /// [`Malformed`] with AWS's text.
    pub fn check_trust(&self) -> Result<(), Malformed> {
        self.statements.iter().try_for_each(check_trust_statement)?;
        self.check_sids()?;
        self.check_sids_are_unique()
    }

    /// Reads and checks an inline or managed policy as PutRolePolicy and CreatePolicy do. What is wrong in several ways is told
    /// in AWS's order.
    ///
    /// # Errors
    /// [`Malformed`] with AWS's text.
    pub fn read_identity(text: &str) -> Result<Self, Malformed> {
        let read = Self::read_with_effects(text).map_err(|reason| match reason {
            // IAM tells these apart for trust policies alone.
            Malformed::Json | Malformed::Version => Malformed::Syntax,
            other => other,
        })?;
        let (document, has_plain_effects) = read;
        if document.version != Some(Version::V2012) {
            return Err(Malformed::OldVersion);
        }
        if !has_plain_effects || text.starts_with(char::is_whitespace) {
            return Err(Malformed::Legacy);
        }
        document.check_identity()?;
        Ok(document)
    }

    /// Checks an inline or managed policy as PutRolePolicy and CreatePolicy do.
    ///
    /// # Errors
    /// [`Malformed`] with AWS's text.
    pub fn check_identity(&self) -> Result<(), Malformed> {
        if self.version != Some(Version::V2012) {
            return Err(Malformed::OldVersion);
        }
        identity::check(self)
    }

    /// Each id stands once; an empty one is none.
    fn check_sids_are_unique(&self) -> Result<(), Malformed> {
        let mut seen = BTreeSet::new();
        let sids = self.statements.iter().filter_map(|statement| statement.sid.as_deref());
        match sids.filter(|sid| !sid.is_empty()).all(|sid| seen.insert(sid)) {
            true => Ok(()),
            false => Err(Malformed::RepeatedSid),
        }
    }

    /// Ids are letters and digits.
    fn check_sids(&self) -> Result<(), Malformed> {
        let mut sids = self.statements.iter().filter_map(|statement| statement.sid.as_deref());
        match sids.all(|sid| sid.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
            true => Ok(()),
            false => Err(Malformed::Sid),
        }
    }
}

fn check_trust_statement(statement: &Statement) -> Result<(), Malformed> {
    if statement.resources.is_some() {
        return Err(Malformed::ProhibitedResource);
    }
    // "You cannot use the NotPrincipal element in an IAM identity-based policy nor in an IAM role trust policy"
    // (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html).
    let principal = match &statement.principal {
        Some(Selection::Only(principal)) => principal,
        Some(Selection::Except(_)) => return Err(Malformed::ProhibitedNotPrincipal),
        None => return Err(Malformed::MissingPrincipal),
    };
    let actions = named(statement.actions.as_ref()).ok_or(Malformed::MissingAction)?;
    let of_sts = |action: &String| *action == "*" || action.to_ascii_lowercase().starts_with("sts:");
    if !actions.iter().all(of_sts) {
        return Err(Malformed::NotAssumeRole);
    }
    if principal.is_nobody() {
        return Err(Malformed::NoPrincipals);
    }
    if let Some(id) = principal.of_type(PrincipalType::Service).find(|id| !is_service_name(id, &SERVICE_DOMAINS)) {
        return Err(Malformed::ServicePrincipal(id.to_owned()));
    }
    if !principal.of_type(PrincipalType::Federated).all(is_provider) {
        return Err(Malformed::FederatedPrincipal);
    }
    match principal.of_type(PrincipalType::Aws).find(|id| !is_somebody(id)) {
        Some(id) => Err(Malformed::AwsPrincipal(id.to_owned())),
        None => Ok(()),
    }
}

/// Whether a text can name a service: a host name in one of these domains, each with a dot at its beginning. Which services there
/// are is not known here.
#[must_use]
pub fn is_service_name(text: &str, domains: &[&str]) -> bool {
    domains.iter().any(|domain| text.strip_suffix(domain).is_some_and(is_host))
}

/// Whether a text can name a provider of identities: a host name, or the ARN of a provider of an account.
fn is_provider(id: &str) -> bool {
    let parts: Vec<&str> = id.splitn(6, ':').collect();
    if let ["arn", _, "iam", "", account, resource] = parts.as_slice() {
        let names_one = |kind| resource.strip_prefix(kind).is_some_and(|name: &str| !name.is_empty());
        return is_account_id(account) && (names_one("saml-provider/") || names_one("oidc-provider/"));
    }
    is_host(id)
}

/// Whether a text is made of labels with dots between them.
fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    text.split('.').all(is_label)
}

fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text can name an account, a user, a role, a session or everybody. Whether there is such a one is not known here.
fn is_somebody(id: &str) -> bool {
    if id == "*" || is_account_id(id) {
        return true;
    }
    // The id of somebody who is gone stands where the ARN has been: of a user or a role.
    if (id.starts_with("AIDA") || id.starts_with("AROA"))
        && id.len() >= 16
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
    {
        return true;
    }
    let parts: Vec<&str> = id.splitn(6, ':').collect();
    let ["arn", _, "iam" | "sts", "", account, resource] = parts.as_slice() else { return false };
    let kind = resource.split('/').next().unwrap_or_default();
    is_account_id(account)
        && !resource.contains(['*', '?'])
        && match kind {
            "root" => *resource == "root",
            "user" | "role" | "assumed-role" | "federated-user" => resource.len() > kind.len() + 1,
            _ => false,
        }
}

fn named(selection: Option<&Selection<OneOrMany<String>>>) -> Option<&OneOrMany<String>> {
    selection.map(Selection::named)
}

#[cfg(test)]
mod tests;
