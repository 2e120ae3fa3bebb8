//! Identity and Access Management: roles and their policies.

mod document;
mod managed;
mod page;
mod policies;
mod role;
mod roles;
mod sessions;
mod settled;

use std::sync::Arc;

use super::Cloud;
use super::arn::Account;
use super::error::ServiceError;
use super::form::Form;
use super::http::{Request, Response};
use super::protocol::query_answer;
use super::records::Records;
use super::store::{Store, StoreError, Table};
use super::xml::Xml;
use managed::ManagedPolicy;

pub(crate) use document::Principal;
pub(crate) use role::{Role, date};
pub(crate) use roles::unique_id;
pub(crate) use sessions::{Session, Sessions};

/// Namespace of the answers' XML.
pub(crate) const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

/// All roles, by name, managed policies, and the sessions that assumed a role.
pub(crate) struct Iam {
    roles: Records<Role>,
    /// By ARN.
    policies: Records<ManagedPolicy>,
    /// Sessions that `AssumeRole` opened.
    pub(crate) sessions: Sessions,
}

impl Iam {
    /// Loads them.
    pub(crate) fn open(store: &Store) -> Result<Self, StoreError> {
        Ok(Self {
            roles: Records::open(store, Table::Roles)?,
            policies: Records::open(store, Table::Policies)?,
            sessions: Sessions::default(),
        })
    }

    /// The role with this ARN.
    pub(crate) fn role(&self, arn: &str) -> Option<Role> {
        let name = arn.rsplit('/').next()?;
        let key = Account::of_arn(arn)?.key(name);
        self.roles.get(&key).filter(|role| role.arn() == arn)
    }

    /// Whether the role with this ARN exists and its trust policy lets the principal assume it.
    pub(crate) fn may_assume(&self, role_arn: &str, principal: &Principal<'_>) -> bool {
        self.role(role_arn).is_some_and(|role| document::trusts(&role.assume_role_policy, principal))
    }
}

/// Answers one IAM operation.
pub(crate) async fn handle(cloud: &Arc<Cloud>, form: &Form, request: &Request) -> Result<Response, ServiceError> {
    let Iam { roles, policies: managed, .. } = &cloud.iam;
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
        "AttachRolePolicy" => policies::attach(roles, managed, form).await?,
        "DetachRolePolicy" => policies::detach(roles, form).await?,
        "ListAttachedRolePolicies" => Some(policies::list_attached(roles, form)?),
        "CreatePolicy" => Some(managed::create(managed, form, request.received_at).await?),
        "GetPolicy" => Some(managed::get(managed, roles, form)?),
        "ListPolicies" => Some(managed::list(managed, roles, form)?),
        "GetPolicyVersion" => Some(managed::get_version(managed, form)?),
        "ListPolicyVersions" => Some(managed::list_versions(managed, form)?),
        "DeletePolicy" => managed::delete(managed, roles, form).await?,
        other => return Err(ServiceError::not_implemented(&format!("iam:{other}"))),
    };
    Ok(query_answer(action, NAMESPACE, result, &request.id))
}
