//! The operations on a role's policies, inline and attached.

use super::document::check_identity;
use super::managed::{ManagedPolicy, check_attachable};
use super::page::Page;
use super::role::{Role, url_encoded};
use super::roles::{check_name, edit, find};
use crate::local::error::ServiceError;
use crate::local::form::Form;
use crate::local::records::Records;
use crate::local::xml::Xml;

/// All inline policies of a role together, in characters that are no white space.
const INLINE_LIMIT: usize = 10_240;

fn missing(name: &str) -> ServiceError {
    ServiceError::new(404, "NoSuchEntity", format!("The role policy with name {name} cannot be found."))
}

pub(super) async fn put(roles: &Records<Role>, form: &Form) -> Result<Option<Xml>, ServiceError> {
    let (name, document) = (form.required("PolicyName")?, form.required("PolicyDocument")?);
    check_name("policyName", name, 128)?;
    edit(roles, form, |role| {
        check_identity(document)?;
        role.inline.insert(name.to_owned(), document.to_owned());
        let size = |text: &String| text.chars().filter(|letter| !letter.is_whitespace()).count();
        if role.inline.values().map(size).sum::<usize>() > INLINE_LIMIT {
            let text = format!("Maximum policy size of {INLINE_LIMIT} bytes exceeded for role {}", role.name);
            return Err(ServiceError::new(409, "LimitExceeded", text));
        }
        Ok(())
    })
    .await?;
    Ok(None)
}

pub(super) fn get(roles: &Records<Role>, form: &Form) -> Result<Xml, ServiceError> {
    let (role, name) = (find(roles, form)?, form.required("PolicyName")?);
    let document = role.inline.get(name).ok_or_else(|| missing(name))?;
    Ok(Xml::new().text("RoleName", &role.name).text("PolicyName", name).text("PolicyDocument", &url_encoded(document)))
}

pub(super) fn list(roles: &Records<Role>, form: &Form) -> Result<Xml, ServiceError> {
    let names = find(roles, form)?.inline.into_keys().collect();
    let page = Page::of(names, form, |name: &String| name)?;
    Ok(page.close(Xml::new().texts("PolicyNames", page.items.iter().map(String::as_str))))
}

pub(super) async fn delete(roles: &Records<Role>, form: &Form) -> Result<Option<Xml>, ServiceError> {
    let name = form.required("PolicyName")?;
    edit(roles, form, |role| match role.inline.remove(name) {
        Some(_) => Ok(()),
        None => Err(missing(name)),
    })
    .await?;
    Ok(None)
}

pub(super) async fn attach(
    roles: &Records<Role>,
    managed: &Records<ManagedPolicy>,
    form: &Form,
) -> Result<Option<Xml>, ServiceError> {
    let arn = form.required("PolicyArn")?;
    edit(roles, form, |role| {
        if !arn.starts_with("arn:") || arn.len() < 20 {
            return Err(ServiceError::bad_request("ValidationError", format!("ARN {arn} is not valid.")));
        }
        check_attachable(managed, arn)?;
        role.attached.insert(arn.to_owned());
        Ok(())
    })
    .await?;
    Ok(None)
}

pub(super) async fn detach(roles: &Records<Role>, form: &Form) -> Result<Option<Xml>, ServiceError> {
    let arn = form.required("PolicyArn")?;
    edit(roles, form, |role| {
        if role.attached.remove(arn) {
            return Ok(());
        }
        Err(ServiceError::new(404, "NoSuchEntity", format!("Policy {arn} was not found.")))
    })
    .await?;
    Ok(None)
}

pub(super) fn list_attached(roles: &Records<Role>, form: &Form) -> Result<Xml, ServiceError> {
    let arns = find(roles, form)?.attached.into_iter().collect();
    let page = Page::of(arns, form, |arn: &String| arn)?;
    let member = |arn: &String| {
        let name = arn.rsplit('/').next().unwrap_or_default();
        Xml::new().text("PolicyName", name).text("PolicyArn", arn)
    };
    Ok(page.close(Xml::new().list("AttachedPolicies", page.items.iter().map(member))))
}
