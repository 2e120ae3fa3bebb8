//! Identity and Access Management: roles and their policies.

mod document;
mod page;
mod policies;
mod role;
mod roles;
mod sessions;

use std::sync::Arc;

use super::Cloud;
use super::error::ServiceError;
use super::form::Form;
use super::http::{Request, Response};
use super::protocol::query_answer;
use super::records::Records;
use super::store::{Store, StoreError, Table};
use super::xml::Xml;

pub(crate) use document::Principal;
pub(crate) use role::{Role, date};
pub(crate) use roles::unique_id;
pub(crate) use sessions::{Session, Sessions};

/// Namespace of the answers' XML.
pub(crate) const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

/// All roles, by name, and the sessions that assumed one.
pub(crate) struct Iam {
    roles: Records<Role>,
    /// Sessions that `AssumeRole` opened.
    pub(crate) sessions: Sessions,
}

impl Iam {
    /// Loads them.
    pub(crate) fn open(store: &Store) -> Result<Self, StoreError> {
        Ok(Self { roles: Records::open(store, Table::Roles)?, sessions: Sessions::default() })
    }

    /// The role with this ARN.
    pub(crate) fn role(&self, arn: &str) -> Option<Role> {
        let name = arn.rsplit('/').next()?;
        self.roles.get(name).filter(|role| role.arn() == arn)
    }

    /// Whether the role with this ARN exists and its trust policy lets the principal assume it.
    pub(crate) fn may_assume(&self, role_arn: &str, principal: &Principal<'_>) -> bool {
        self.role(role_arn).is_some_and(|role| document::trusts(&role.assume_role_policy, principal))
    }
}

/// Answers one IAM operation.
pub(crate) async fn handle(cloud: &Arc<Cloud>, form: &Form, request: &Request) -> Result<Response, ServiceError> {
    let roles = &cloud.iam.roles;
    let action = form.get("Action").unwrap_or_default();
    let result: Option<Xml> = match action {
        "CreateRole" => Some(roles::create(roles, form, request.received_at).await?),
        "GetRole" => Some(roles::get(roles, form)?),
        "ListRoles" => Some(roles::list(roles, form)?),
        "DeleteRole" => roles::delete(roles, form).await?,
        "UpdateRole" => Some(roles::update(roles, form).await?),
        "UpdateAssumeRolePolicy" => roles::update_trust(roles, form).await?,
        "TagRole" => roles::tag(roles, form).await?,
        "UntagRole" => roles::untag(roles, form).await?,
        "ListRoleTags" => Some(roles::list_tags(roles, form)?),
        "ListInstanceProfilesForRole" => Some(roles::list_instance_profiles(roles, form)?),
        "PutRolePolicy" => policies::put(roles, form).await?,
        "GetRolePolicy" => Some(policies::get(roles, form)?),
        "ListRolePolicies" => Some(policies::list(roles, form)?),
        "DeleteRolePolicy" => policies::delete(roles, form).await?,
        "AttachRolePolicy" => policies::attach(roles, form).await?,
        "DetachRolePolicy" => policies::detach(roles, form).await?,
        "ListAttachedRolePolicies" => Some(policies::list_attached(roles, form)?),
        other => return Err(ServiceError::not_implemented(&format!("iam:{other}"))),
    };
    Ok(query_answer(action, NAMESPACE, result, &request.id))
}
