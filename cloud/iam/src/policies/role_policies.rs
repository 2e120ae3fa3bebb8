//! The operations on a role's policies: inline, attached, and the one that bounds it.

use cloud_core::{Form, ServiceError, Xml};

use crate::listing::{close, page};
use crate::policies::aws_policy::AwsPolicy;
use crate::policies::managed::{check_attachable, check_boundary, check_identity, find as find_policy};
use crate::role::{Role, url_encoded};
use crate::roles::{edit, find};
use crate::service::Iam;

/// All inline policies of a role together, in characters that are no white space.
const INLINE_LIMIT: usize = 10_240;

/// How many managed policies are attached to a role at most (IAM quotas, as they are without a request for more).
const MOST_ATTACHED: usize = 10;

fn missing(name: &str) -> ServiceError {
    ServiceError::new(404, "NoSuchEntity", format!("The role policy with name {name} cannot be found."))
}

pub(crate) async fn put(iam: &Iam, form: &Form) -> Result<Option<Xml>, ServiceError> {
    let name = form.required("PolicyName")?;
    let document = form.required("PolicyDocument")?;
    edit(iam, form, |role| {
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

pub(crate) fn get(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let role = find(iam, form)?;
    let name = form.required("PolicyName")?;
    let document = role.inline.get(name).ok_or_else(|| missing(name))?;
    Ok(Xml::new().text("RoleName", &role.name).text("PolicyName", name).text("PolicyDocument", &url_encoded(document)))
}

pub(crate) fn list(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let names: Vec<String> = find(iam, form)?.inline.into_keys().collect();
    let page = page(names, form, String::as_str);
    Ok(close(Xml::new().texts("PolicyNames", page.items.iter().map(String::as_str)), &page, String::as_str))
}

pub(crate) async fn delete(iam: &Iam, form: &Form) -> Result<Option<Xml>, ServiceError> {
    let name = form.required("PolicyName")?;
    edit(iam, form, |role| match role.inline.remove(name) {
        Some(_) => Ok(()),
        None => Err(missing(name)),
    })
    .await?;
    Ok(None)
}

pub(crate) async fn attach(iam: &Iam, form: &Form) -> Result<Option<Xml>, ServiceError> {
    let arn = form.required("PolicyArn")?;
    edit(iam, form, |role| {
        if !arn.starts_with("arn:") || arn.len() < 20 {
            return Err(ServiceError::bad_request("ValidationError", "Invalid ARN:  Could not be parsed!"));
        }
        check_attachable(iam, form, arn)?;
        check_attachment(role, arn)?;
        role.attached.insert(arn.to_owned());
        Ok(())
    })
    .await?;
    Ok(None)
}

/// Whether a role can have one more policy, and this one (both texts were recorded by others).
fn check_attachment(role: &Role, arn: &str) -> Result<(), ServiceError> {
    if AwsPolicy::find(arn).is_some_and(AwsPolicy::is_of_service_linked_roles) {
        let text = "Cannot attach a Service Role Policy to a Customer Role.";
        return Err(ServiceError::bad_request("PolicyNotAttachable", text));
    }
    if role.attached.len() >= MOST_ATTACHED && !role.attached.contains(arn) {
        let text = format!("Cannot exceed quota for PoliciesPerRole: {MOST_ATTACHED}");
        return Err(ServiceError::new(409, "LimitExceeded", text));
    }
    Ok(())
}

pub(crate) async fn detach(iam: &Iam, form: &Form) -> Result<Option<Xml>, ServiceError> {
    let arn = form.required("PolicyArn")?;
    edit(iam, form, |role| {
        if role.attached.remove(arn) {
            return Ok(());
        }
        Err(ServiceError::new(404, "NoSuchEntity", format!("Policy {arn} was not found.")))
    })
    .await?;
    Ok(None)
}

pub(crate) fn list_attached(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let prefix = form.get("PathPrefix").unwrap_or("/");
    let mut arns: Vec<String> = find(iam, form)?.attached.into_iter().collect();
    arns.retain(|arn| arn.split_once(":policy").is_some_and(|(_, path)| path.starts_with(prefix)));
    let page = page(arns, form, String::as_str);
    let member = |arn: &String| {
        let name = arn.rsplit('/').next().unwrap_or_default();
        Xml::new().text("PolicyName", name).text("PolicyArn", arn)
    };
    Ok(close(Xml::new().list("AttachedPolicies", page.items.iter().map(member)), &page, String::as_str))
}

/// The roles that a policy is attached to, or bounds; there are no groups, and no users that have policies.
pub(crate) fn list_entities(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let arn = form.required("PolicyArn")?;
    if AwsPolicy::find(arn).is_none() {
        find_policy(iam, form)?;
    }
    let prefix = form.get("PathPrefix").unwrap_or("/");
    let lists_roles = [None, Some("Role")].contains(&form.get("EntityFilter"));
    let as_boundary = form.get("PolicyUsageFilter") == Some("PermissionsBoundary");
    let uses = |role: &&Role| {
        let is_used = match as_boundary {
            true => role.permissions_boundary.as_deref() == Some(arn),
            false => role.attached.contains(arn),
        };
        lists_roles && is_used && role.account == *form.account() && role.path.starts_with(prefix)
    };
    let roles = iam.roles.read(|all| all.values().filter(uses).cloned().collect());
    let page = page(roles, form, |role: &Role| &role.name);
    let member = |role: &Role| Xml::new().text("RoleName", &role.name).text("RoleId", &role.id);
    let xml =
        Xml::new().list("PolicyGroups", []).list("PolicyUsers", []).list("PolicyRoles", page.items.iter().map(member));
    Ok(close(xml, &page, |role| &role.name))
}

pub(crate) async fn put_boundary(iam: &Iam, form: &Form) -> Result<Option<Xml>, ServiceError> {
    let arn = form.required("PermissionsBoundary")?;
    edit(iam, form, |role| {
        check_boundary(iam, form, arn)?;
        role.permissions_boundary = Some(arn.to_owned());
        Ok(())
    })
    .await?;
    Ok(None)
}

/// A role without a boundary stays as it is: what AWS answers then is not documented.
pub(crate) async fn delete_boundary(iam: &Iam, form: &Form) -> Result<Option<Xml>, ServiceError> {
    edit(iam, form, |role| {
        role.permissions_boundary = None;
        Ok(())
    })
    .await?;
    Ok(None)
}
