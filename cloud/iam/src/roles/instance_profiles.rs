//! Instance profiles, which tools make with a role and take away with it. There are no instances here that could have one.

use cloud_core::{Account, Change, Form, ServiceError, Xml};

use super::check_new;
use super::instance_profile::InstanceProfile;
use crate::listing::{close, page};
use crate::policies::members::{path, set_tags, unset_tags};
use crate::role::{date, tag_xml};
use crate::roles;
use crate::service::Iam;
use crate::unique_id::unique_id;

fn to_xml(profile: &InstanceProfile, iam: &Iam) -> Xml {
    let role = profile.role.as_ref().and_then(|name| iam.roles.get(&profile.account.key(name)));
    let xml = Xml::new()
        .text("Path", &profile.path)
        .text("InstanceProfileName", &profile.name)
        .text("InstanceProfileId", &profile.id)
        .text("Arn", &profile.arn())
        .text("CreateDate", &date(profile.created_at))
        .list("Roles", role.iter().map(|role| role.summary(&iam.trust_policy(role))));
    if profile.tags.is_empty() { xml } else { xml.list("Tags", profile.tags.iter().map(tag_xml)) }
}

fn missing(name: &str) -> ServiceError {
    ServiceError::new(404, "NoSuchEntity", format!("Instance Profile {name} cannot be found."))
}

fn find(iam: &Iam, form: &Form) -> Result<InstanceProfile, ServiceError> {
    let name = form.required("InstanceProfileName")?;
    let key = form.account().key(name);
    iam.instance_profiles.get(&key).ok_or_else(|| iam.instance_profiles.missing(&key, || missing(name)))
}

async fn edit(
    iam: &Iam,
    form: &Form,
    change: impl FnOnce(&mut InstanceProfile) -> Result<(), ServiceError>,
) -> Result<Option<Xml>, ServiceError> {
    let name = form.required("InstanceProfileName")?;
    iam.instance_profiles.update(&form.account().key(name), || missing(name), change).await?;
    Ok(None)
}

pub(crate) async fn create(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let mut tags = Vec::new();
    set_tags(&mut tags, form)?;
    let profile = InstanceProfile {
        account: form.account().clone(),
        name: form.required("InstanceProfileName")?.to_owned(),
        path: path(form).to_owned(),
        id: unique_id(&iam.random, "AIPA"),
        created_at: iam.now(),
        role: None,
        tags,
    };
    let answer = Xml::new().nest("InstanceProfile", to_xml(&profile, iam));
    iam.instance_profiles
        .change(|all| {
            let key = profile.account.key(&profile.name);
            check_new(all, &key, &format!("Instance Profile {}", profile.name))?;
            Ok((vec![Change::Put(key, profile)], answer))
        })
        .await
}

pub(crate) fn get(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    Ok(Xml::new().nest("InstanceProfile", to_xml(&find(iam, form)?, iam)))
}

pub(crate) async fn delete(iam: &Iam, form: &Form) -> Result<Option<Xml>, ServiceError> {
    let name = form.required("InstanceProfileName")?;
    let key = form.account().key(name);
    iam.instance_profiles
        .change(|all| {
            let found = all.get(&key).ok_or_else(|| iam.instance_profiles.missing(&key, || missing(name)))?;
            match found.role {
                Some(_) => Err(has_role()),
                None => Ok((vec![Change::Delete(key.clone())], None)),
            }
        })
        .await
}

/// The refusal of a deletion: of a profile that has a role, and of a role that a profile has.
fn has_role() -> ServiceError {
    let text = "Cannot delete entity, must remove roles from instance profile first.";
    ServiceError::new(409, "DeleteConflict", text)
}

/// Refuses to delete a role that a profile has.
pub(crate) fn check_role_deletion(iam: &Iam, account: &Account, role: &str) -> Result<(), ServiceError> {
    let has_it = |profile: &InstanceProfile| profile.account == *account && profile.role.as_deref() == Some(role);
    if iam.instance_profiles.read(|all| all.values().any(has_it)) { Err(has_role()) } else { Ok(()) }
}

pub(crate) async fn add_role(iam: &Iam, form: &Form) -> Result<Option<Xml>, ServiceError> {
    let role = roles::find(iam, form)?.name;
    edit(iam, form, |profile| match profile.role {
        Some(_) => {
            let text = "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1";
            Err(ServiceError::new(409, "LimitExceeded", text))
        }
        None => {
            profile.role = Some(role);
            Ok(())
        }
    })
    .await
}

pub(crate) async fn remove_role(iam: &Iam, form: &Form) -> Result<Option<Xml>, ServiceError> {
    let role = form.required("RoleName")?;
    edit(iam, form, |profile| match profile.role.as_deref() == Some(role) {
        true => {
            profile.role = None;
            Ok(())
        }
        false => Err(roles::missing(role)),
    })
    .await
}

pub(crate) fn list(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let prefix = form.get("PathPrefix").unwrap_or("/");
    Ok(listed(iam, form, |profile| profile.path.starts_with(prefix)))
}

pub(crate) fn list_of_role(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let role = roles::find(iam, form)?.name;
    Ok(listed(iam, form, |profile| profile.role.as_ref() == Some(&role)))
}

fn listed(iam: &Iam, form: &Form, is_wanted: impl Fn(&InstanceProfile) -> bool) -> Xml {
    let is_listed = |profile: &&InstanceProfile| profile.account == *form.account() && is_wanted(profile);
    let all = iam.instance_profiles.read(|all| all.values().filter(is_listed).cloned().collect());
    let page = page(all, form, |profile: &InstanceProfile| &profile.name);
    let xml = Xml::new().list("InstanceProfiles", page.items.iter().map(|profile| to_xml(profile, iam)));
    close(xml, &page, |profile| &profile.name)
}

pub(crate) async fn tag(iam: &Iam, form: &Form) -> Result<Option<Xml>, ServiceError> {
    edit(iam, form, |profile| set_tags(&mut profile.tags, form)).await
}

pub(crate) async fn untag(iam: &Iam, form: &Form) -> Result<Option<Xml>, ServiceError> {
    let keys = form.texts("TagKeys");
    edit(iam, form, |profile| {
        unset_tags(&mut profile.tags, &keys);
        Ok(())
    })
    .await
}

pub(crate) fn list_tags(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let mut tags = find(iam, form)?.tags;
    tags.sort();
    let page = page(tags, form, |(key, _)| key);
    Ok(close(Xml::new().list("Tags", page.items.iter().map(tag_xml)), &page, |(key, _)| key))
}
