//! IAM: the roles that functions and state machines run as.
//!
//! Each function fails when its call fails, except that a read of what does not exist returns none and a deletion of it
//! succeeds.

use aws_sdk_iam::Client;
use aws_sdk_iam::types::Tag;

use crate::error::{AwsError, ignore_not_found, or_absent};
use crate::tags::{TagRead, Tags};

const SERVICE: &str = "IAM";

/// A role as IAM has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its ARN.
    pub arn: String,
    /// Its path, which it keeps for life.
    pub path: String,
    /// The ARN of the policy that bounds what it may do, if it has one.
    pub permissions_boundary: Option<String>,
    /// The policy that says who may assume it: JSON.
    pub trust: String,
    /// When it was made, in seconds since 1970.
    pub created_s: i64,
    /// Its tags.
    pub tags: TagRead,
}

/// A role to be created.
#[derive(Debug, Clone, Copy)]
pub struct NewRole<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its path.
    pub path: &'a str,
    /// The policy that says who may assume it: JSON.
    pub trust: &'a str,
    /// The ARN of the policy that bounds what it may do, if it is to have one.
    pub permissions_boundary: Option<&'a str>,
    /// Its tags.
    pub tags: &'a Tags,
}

/// The role with a name, if it exists.
pub async fn role(client: &Client, name: &str) -> Result<Option<Role>, AwsError> {
    let answer = client.get_role().role_name(name).send().await;
    let found = or_absent(answer.map_err(AwsError::from_sdk(SERVICE, "GetRole")))?;
    let Some(role) = found.and_then(|output| output.role) else { return Ok(None) };
    let tags = match role.tags {
        Some(tags) => Some(TagRead::Known(collected(tags))),
        None => tags(client, name).await?,
    };
    Ok(tags.map(|tags| Role {
        arn: role.arn,
        path: role.path,
        permissions_boundary: role.permissions_boundary.and_then(|boundary| boundary.permissions_boundary_arn),
        trust: role.assume_role_policy_document.as_deref().map(decoded).unwrap_or_default(),
        created_s: role.create_date.secs(),
        tags,
    }))
}

/// The tags of a role, if it exists: GetRole says nothing of them where there are none.
async fn tags(client: &Client, name: &str) -> Result<Option<TagRead>, AwsError> {
    // A role has 50 tags at most: one page.
    let answer = client.list_role_tags().role_name(name).max_items(100).send().await;
    let found = or_absent(answer.map_err(AwsError::from_sdk(SERVICE, "ListRoleTags")));
    TagRead::unless_denied(found, |output| TagRead::Known(collected(output.tags)))
}

fn collected(tags: Vec<Tag>) -> Tags {
    tags.into_iter().map(|tag| (tag.key, tag.value)).collect()
}

/// An inline policy of a role as JSON, if it exists.
pub async fn inline_policy(client: &Client, role: &str, policy: &str) -> Result<Option<String>, AwsError> {
    let answer = client.get_role_policy().role_name(role).policy_name(policy).send().await;
    let found = or_absent(answer.map_err(AwsError::from_sdk(SERVICE, "GetRolePolicy")))?;
    Ok(found.map(|output| decoded(&output.policy_document)))
}

/// The names of all roles that begin with `prefix` and have a path of their own. IAM filters by path only, so without one,
/// which is `/`, every role of the account is listed, 1000 a page.
pub async fn role_names(client: &Client, path: &str, prefix: &str) -> Result<Vec<String>, AwsError> {
    let own_path = (path != "/").then(|| path.to_owned());
    let mut pages = client.list_roles().set_path_prefix(own_path).max_items(1000).into_paginator().send();
    let mut names = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(AwsError::from_sdk(SERVICE, "ListRoles"))?;
        names.extend(page.roles.into_iter().map(|role| role.role_name).filter(|name| name.starts_with(prefix)));
    }
    Ok(names)
}

/// Creates a role.
pub async fn create_role(client: &Client, role: NewRole<'_>) -> Result<(), AwsError> {
    let request = client
        .create_role()
        .role_name(role.name)
        .assume_role_policy_document(role.trust)
        .set_path((role.path != "/").then(|| role.path.to_owned()))
        .set_permissions_boundary(role.permissions_boundary.map(str::to_owned))
        .set_tags(Some(listed(role.tags)));
    request.send().await.map_err(AwsError::from_sdk(SERVICE, "CreateRole")).map(|_| ())
}

/// Adds tags to a role.
pub async fn tag(client: &Client, name: &str, tags: &Tags) -> Result<(), AwsError> {
    let answer = client.tag_role().role_name(name).set_tags(Some(listed(tags))).send().await;
    answer.map_err(AwsError::from_sdk(SERVICE, "TagRole")).map(|_| ())
}

fn listed(tags: &Tags) -> Vec<Tag> {
    tags.iter().filter_map(|(key, value)| Tag::builder().key(key).value(value).build().ok()).collect()
}

/// Replaces who may assume a role.
pub async fn update_trust(client: &Client, name: &str, trust: &str) -> Result<(), AwsError> {
    let answer = client.update_assume_role_policy().role_name(name).policy_document(trust).send().await;
    answer.map_err(AwsError::from_sdk(SERVICE, "UpdateAssumeRolePolicy")).map(|_| ())
}

/// Adds or replaces what bounds a role.
pub async fn put_boundary(client: &Client, role: &str, policy_arn: &str) -> Result<(), AwsError> {
    let request = client.put_role_permissions_boundary().role_name(role).permissions_boundary(policy_arn);
    request.send().await.map_err(AwsError::from_sdk(SERVICE, "PutRolePermissionsBoundary")).map(|_| ())
}

/// Removes what bounds a role, if anything does.
pub async fn delete_boundary(client: &Client, role: &str) -> Result<(), AwsError> {
    let answer = client.delete_role_permissions_boundary().role_name(role).send().await;
    ignore_not_found(answer.map_err(AwsError::from_sdk(SERVICE, "DeleteRolePermissionsBoundary")))
}

/// Adds or replaces an inline policy.
pub async fn put_policy(client: &Client, role: &str, policy: &str, document: &str) -> Result<(), AwsError> {
    let request = client.put_role_policy().role_name(role).policy_name(policy).policy_document(document);
    request.send().await.map_err(AwsError::from_sdk(SERVICE, "PutRolePolicy")).map(|_| ())
}

/// Deletes an inline policy, if it exists.
pub async fn delete_policy(client: &Client, role: &str, policy: &str) -> Result<(), AwsError> {
    let answer = client.delete_role_policy().role_name(role).policy_name(policy).send().await;
    ignore_not_found(answer.map_err(AwsError::from_sdk(SERVICE, "DeleteRolePolicy")))
}

/// The names of a role's inline policies.
pub async fn inline_policies(client: &Client, role: &str) -> Result<Vec<String>, AwsError> {
    let mut pages = client.list_role_policies().role_name(role).into_paginator().items().send();
    let mut names = Vec::new();
    while let Some(name) = pages.next().await {
        names.push(name.map_err(AwsError::from_sdk(SERVICE, "ListRolePolicies"))?);
    }
    Ok(names)
}

/// The ARNs of the managed policies attached to a role.
pub async fn attached_policies(client: &Client, role: &str) -> Result<Vec<String>, AwsError> {
    let mut pages = client.list_attached_role_policies().role_name(role).into_paginator().items().send();
    let mut arns = Vec::new();
    while let Some(policy) = pages.next().await {
        let policy = policy.map_err(AwsError::from_sdk(SERVICE, "ListAttachedRolePolicies"))?;
        arns.extend(policy.policy_arn);
    }
    Ok(arns)
}

/// Detaches a managed policy, if it is attached.
pub async fn detach_policy(client: &Client, role: &str, arn: &str) -> Result<(), AwsError> {
    let answer = client.detach_role_policy().role_name(role).policy_arn(arn).send().await;
    ignore_not_found(answer.map_err(AwsError::from_sdk(SERVICE, "DetachRolePolicy")))
}

/// Deletes a role without policies, if it exists.
pub async fn delete_role(client: &Client, role: &str) -> Result<(), AwsError> {
    ignore_not_found(
        client.delete_role().role_name(role).send().await.map_err(AwsError::from_sdk(SERVICE, "DeleteRole")),
    )
}

/// IAM returns policy documents URL-encoded (RFC 3986); an emulator may not.
fn decoded(document: &str) -> String {
    if document.trim_start().starts_with('{') {
        return document.to_owned();
    }
    percent_encoding::percent_decode_str(document).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policy_documents_are_read_encoded_or_plain() {
        assert_eq!(decoded("%7B%22a%22%3A%20%22b%2Bc%22%7D"), r#"{"a": "b+c"}"#);
        assert_eq!(decoded(r#"{"a": "100%25"}"#), r#"{"a": "100%25"}"#);
    }
}
