//! The operations on roles themselves.

pub(crate) mod instance_profile;
pub(crate) mod instance_profiles;
mod trusted;

use std::collections::{BTreeMap, BTreeSet};

use cloud_core::{Change, Form, ServiceError, Xml};
use policy::Document;

use self::instance_profiles::check_role_deletion;
use crate::listing::{close, page};
use crate::policies::managed::check_boundary;
use crate::policies::members::{path, set_tags, unset_tags};
use crate::role::{Role, tag_xml};
use crate::service::{DeletedRole, Iam, MOST_DELETED_ROLES, malformed};
use crate::unique_id::unique_id;

/// Where the roles are that services make for themselves.
const SERVICE_LINKED_PATH: &str = "/aws-service-role/";

/// The largest trust policy, in characters that are no white space.
const TRUST_POLICY_LIMIT: usize = 2048;

/// The role does not exist.
pub(crate) fn missing(name: &str) -> ServiceError {
    ServiceError::new(404, "NoSuchEntity", format!("The role with name {name} cannot be found."))
}

/// The role the form names.
pub(crate) fn find(iam: &Iam, form: &Form) -> Result<Role, ServiceError> {
    let name = form.required("RoleName")?;
    let key = form.account().key(name);
    iam.roles.get(&key).ok_or_else(|| iam.roles.missing(&key, || missing(name)))
}

/// Changes the role the form names.
pub(crate) async fn edit(
    iam: &Iam,
    form: &Form,
    change: impl FnOnce(&mut Role) -> Result<(), ServiceError>,
) -> Result<(), ServiceError> {
    let name = form.required("RoleName")?;
    iam.roles.update(&form.account().key(name), || missing(name), change).await
}

/// Checks a trust policy as CreateRole and UpdateAssumeRolePolicy do.
fn check_trust(document: &str) -> Result<Document, ServiceError> {
    let trust = Document::read_trust(document).map_err(|reason| malformed(&reason))?;
    check_trust_size(document)?;
    Ok(trust)
}

fn check_trust_size(document: &str) -> Result<(), ServiceError> {
    if document.chars().filter(|letter| !letter.is_whitespace()).count() > TRUST_POLICY_LIMIT {
        let text = format!("Cannot exceed quota for ACLSizePerRole: {TRUST_POLICY_LIMIT}");
        return Err(ServiceError::new(409, "LimitExceeded", text));
    }
    Ok(())
}

fn session_duration(form: &Form) -> Option<u32> {
    form.get("MaxSessionDuration").and_then(|text| text.parse().ok())
}

fn new_role(iam: &Iam, form: &Form) -> Result<Role, ServiceError> {
    let name = form.required("RoleName")?;
    if path(form).starts_with(SERVICE_LINKED_PATH) {
        let text = format!("Path prefix '{SERVICE_LINKED_PATH}' can only be used for AWS Service linked Roles");
        return Err(ServiceError::bad_request("InvalidInput", text));
    }
    let trust = form.required("AssumeRolePolicyDocument")?;
    let trusted_ids = iam.trusted_ids(&check_trust(trust)?, form.account())?;
    let boundary = form.get("PermissionsBoundary");
    boundary.map_or(Ok(()), |arn| check_boundary(iam, form, arn))?;
    let mut tags = Vec::new();
    set_tags(&mut tags, form)?;
    Ok(Role {
        account: form.account().clone(),
        name: name.to_owned(),
        path: path(form).to_owned(),
        id: unique_id(&iam.random, "AROA"),
        created_at: iam.now(),
        assume_role_policy: trust.to_owned(),
        trusted_ids,
        description: form.get("Description").filter(|text| !text.is_empty()).map(str::to_owned),
        max_session_duration_s: session_duration(form).unwrap_or(3600),
        permissions_boundary: boundary.map(str::to_owned),
        tags,
        inline: BTreeMap::new(),
        attached: BTreeSet::new(),
    })
}

/// Refuses what is there already: names of one account differ by more than case.
fn check_new<T>(all: &BTreeMap<String, T>, key: &str, named: &str) -> Result<(), ServiceError> {
    if all.keys().any(|known| known.eq_ignore_ascii_case(key)) {
        return Err(ServiceError::new(409, "EntityAlreadyExists", format!("{named} already exists.")));
    }
    Ok(())
}

pub(crate) async fn create(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let role = new_role(iam, form)?;
    let answer = Xml::new().nest("Role", role.detail(&role.assume_role_policy));
    iam.roles
        .change(|all| {
            let key = role.account.key(&role.name);
            check_new(all, &key, &format!("Role with name {}", role.name))?;
            Ok((vec![Change::Put(key, role)], answer))
        })
        .await
}

pub(crate) fn get(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let role = find(iam, form)?;
    Ok(Xml::new()
        .nest("Role", role.with_duration(role.detail(&iam.trust_policy(&role))).nest("RoleLastUsed", Xml::new())))
}

pub(crate) fn list(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let prefix = form.get("PathPrefix").unwrap_or("/");
    let listed = |role: &&Role| role.account == *form.account() && role.path.starts_with(prefix);
    let all = iam.roles.read(|all| all.values().filter(listed).cloned().collect());
    let page = page(all, form, |role: &Role| &role.name);
    let shown = page.items.iter().map(|role| role.with_duration(role.summary(&iam.trust_policy(role))));
    Ok(close(Xml::new().list("Roles", shown), &page, |role| &role.name))
}

pub(crate) async fn delete(iam: &Iam, form: &Form) -> Result<Option<Xml>, ServiceError> {
    let name = form.required("RoleName")?;
    let key = form.account().key(name);
    let role = find(iam, form)?;
    check_deletion(&role)?;
    check_role_deletion(iam, form.account(), name)?;
    // First: a crash in between leaves a role that is there, which counts.
    remember_deleted(iam, &role.arn()).await?;
    iam.roles
        .change(|all| {
            let role = all.get(&key).ok_or_else(|| iam.roles.missing(&key, || missing(name)))?;
            check_deletion(role)?;
            Ok((vec![Change::Delete(key.clone())], None))
        })
        .await
}

fn check_deletion(role: &Role) -> Result<(), ServiceError> {
    let conflict = |text: &str| Err(ServiceError::new(409, "DeleteConflict", text));
    if !role.attached.is_empty() {
        return conflict("Cannot delete entity, must detach all policies first.");
    }
    if !role.inline.is_empty() {
        return conflict("Cannot delete entity, must delete policies first.");
    }
    Ok(())
}

/// Remembers that there was a role; the oldest of too many is forgotten.
async fn remember_deleted(iam: &Iam, arn: &str) -> Result<(), ServiceError> {
    let deleted = DeletedRole { deleted_at: iam.now() };
    let remembered = iam.deleted_roles.change(|all| {
        let oldest = || all.iter().min_by_key(|(_, role)| role.deleted_at).map(|(arn, _)| arn.clone());
        let forgotten = if all.len() >= MOST_DELETED_ROLES { oldest() } else { None };
        let changes = forgotten.map(Change::Delete).into_iter();
        Ok((changes.chain([Change::Put(arn.to_owned(), deleted)]).collect(), ()))
    });
    remembered.await
}

pub(crate) async fn update(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let duration = session_duration(form);
    edit(iam, form, |role| {
        if let Some(text) = form.get("Description") {
            role.description = Some(text.to_owned()).filter(|text| !text.is_empty());
        }
        role.max_session_duration_s = duration.unwrap_or(role.max_session_duration_s);
        Ok(())
    })
    .await?;
    Ok(Xml::new())
}

pub(crate) async fn update_trust(iam: &Iam, form: &Form) -> Result<Option<Xml>, ServiceError> {
    let trust = form.required("PolicyDocument")?;
    find(iam, form)?;
    // Before the change: the roles that it names are in the table that is changed.
    let trusted_ids = iam.trusted_ids(&check_trust(trust)?, form.account())?;
    edit(iam, form, |role| {
        trust.clone_into(&mut role.assume_role_policy);
        role.trusted_ids = trusted_ids;
        Ok(())
    })
    .await?;
    Ok(None)
}

pub(crate) async fn tag(iam: &Iam, form: &Form) -> Result<Option<Xml>, ServiceError> {
    edit(iam, form, |role| set_tags(&mut role.tags, form)).await?;
    Ok(None)
}

pub(crate) async fn untag(iam: &Iam, form: &Form) -> Result<Option<Xml>, ServiceError> {
    let keys = form.texts("TagKeys");
    edit(iam, form, |role| {
        unset_tags(&mut role.tags, &keys);
        Ok(())
    })
    .await?;
    Ok(None)
}

pub(crate) fn list_tags(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let mut tags = find(iam, form)?.tags;
    tags.sort();
    let page = page(tags, form, |(key, _)| key);
    Ok(close(Xml::new().list("Tags", page.items.iter().map(tag_xml)), &page, |(key, _)| key))
}
