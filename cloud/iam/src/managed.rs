//! The operations on managed policies of an account. AWS's own are only names here: any is taken where one is attached.

use cloud_core::{Change, Form, ServiceError, Xml};
use policy::Document;

use crate::listing::{close, page};
use crate::managed_policy::{ManagedPolicy, Usage, VERSION};
use crate::role::url_encoded;
use crate::roles::{check_name, checked_path, set_tags};
use crate::service::{Iam, malformed};
use crate::unique_id::unique_id;

/// The largest document, in characters that are no white space.
const SIZE_LIMIT: usize = 6144;

/// AWS's own policies live under this account's name. There are about a thousand and they change, so any name is taken.
const AWS_POLICIES: &str = "arn:aws:iam::aws:policy/";

/// Checks an inline or managed policy as PutRolePolicy and CreatePolicy do.
pub(crate) fn check_identity(document: &str) -> Result<(), ServiceError> {
    Document::read(document).and_then(|document| document.check_identity()).map_err(|reason| malformed(&reason))
}

fn missing(arn: &str) -> ServiceError {
    ServiceError::new(404, "NoSuchEntity", format!("Policy {arn} does not exist or is not attachable."))
}

/// Whether the caller can attach the policy with this ARN: one of AWS's, or one of the same account.
pub(crate) fn check_attachable(iam: &Iam, form: &Form, arn: &str) -> Result<(), ServiceError> {
    let is_own = || iam.policies.get(arn).is_some_and(|policy| policy.account == *form.account());
    match arn.starts_with(AWS_POLICIES) || is_own() {
        true => Ok(()),
        false => Err(iam.policies.missing(arn, || missing(arn))),
    }
}

/// Whether the policy with this ARN can bound a role: one of AWS's, or one of the same account.
pub(crate) fn check_boundary(iam: &Iam, form: &Form, arn: &str) -> Result<(), ServiceError> {
    if !arn.starts_with("arn:") || arn.len() < 20 {
        return Err(ServiceError::bad_request("ValidationError", format!("ARN {arn} is not valid.")));
    }
    check_attachable(iam, form, arn).map_err(|refused| {
        if refused.status != 404 {
            return refused;
        }
        let text = format!("Scope ARN: {arn} does not exist or is not attachable.");
        ServiceError::new(404, "NoSuchEntity", text)
    })
}

/// The policy of the caller's account that the form names.
fn find(iam: &Iam, form: &Form) -> Result<ManagedPolicy, ServiceError> {
    let arn = form.required("PolicyArn")?;
    let found = iam.policies.get(arn).filter(|policy| policy.account == *form.account());
    let missing = || ServiceError::new(404, "NoSuchEntity", format!("Policy {arn} was not found."));
    found.ok_or_else(|| iam.policies.missing(arn, missing))
}

/// How many roles use a policy.
fn usage(iam: &Iam, arn: &str) -> Usage {
    iam.roles.read(|all| Usage {
        attachments: all.values().filter(|role| role.attached.contains(arn)).count(),
        boundaries: all.values().filter(|role| role.permissions_boundary.as_deref() == Some(arn)).count(),
    })
}

fn new_policy(iam: &Iam, form: &Form) -> Result<ManagedPolicy, ServiceError> {
    let name = form.required("PolicyName")?;
    let document = form.required("PolicyDocument")?;
    check_name("policyName", name, 128)?;
    check_identity(document)?;
    if document.chars().filter(|letter| !letter.is_whitespace()).count() > SIZE_LIMIT {
        let text = format!("Cannot exceed quota for PolicySize: {SIZE_LIMIT}");
        return Err(ServiceError::new(409, "LimitExceeded", text));
    }
    let mut tags = Vec::new();
    set_tags(&mut tags, form.tags("Tags"))?;
    Ok(ManagedPolicy {
        account: form.account().clone(),
        name: name.to_owned(),
        path: checked_path(form)?.to_owned(),
        id: unique_id(&iam.random, "ANPA"),
        created_at: iam.now(),
        document: document.to_owned(),
        description: form.get("Description").filter(|text| !text.is_empty()).map(str::to_owned),
        tags,
    })
}

pub(crate) async fn create(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let policy = new_policy(iam, form)?;
    let answer = Xml::new().nest("Policy", policy.detail(Usage::default()));
    iam.policies
        .change(|all| {
            let same = |known: &ManagedPolicy| {
                known.account == policy.account && known.name.eq_ignore_ascii_case(&policy.name)
            };
            if all.values().any(same) {
                let text = format!("A policy called {} already exists. Duplicate names are not allowed.", policy.name);
                return Err(ServiceError::new(409, "EntityAlreadyExists", text));
            }
            Ok((vec![Change::Put(policy.arn(), policy)], answer))
        })
        .await
}

pub(crate) fn get(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let policy = find(iam, form)?;
    Ok(Xml::new().nest("Policy", policy.detail(usage(iam, &policy.arn()))))
}

/// The policies of this account; AWS's own are not listed.
pub(crate) fn list(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let prefix = form.get("PathPrefix").unwrap_or("/");
    let lists_own = form.get("Scope") != Some("AWS");
    let attached_only = form.get("OnlyAttached") == Some("true");
    let is_listed =
        |policy: &&ManagedPolicy| lists_own && policy.account == *form.account() && policy.path.starts_with(prefix);
    let own = iam.policies.read(|all| all.values().filter(is_listed).cloned().collect::<Vec<_>>());
    let mut shown: Vec<(String, Xml)> = Vec::new();
    for policy in own {
        let usage = usage(iam, &policy.arn());
        if usage.is_any() || !attached_only {
            shown.push((policy.arn(), policy.summary(usage)));
        }
    }
    let page = page(shown, form, |(arn, _)| arn)?;
    let xml = Xml::new().list("Policies", page.items.iter().map(|(_, xml)| xml.clone()));
    Ok(close(xml, &page, |(arn, _)| arn))
}

pub(crate) fn get_version(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let policy = find(iam, form)?;
    let version = form.required("VersionId")?;
    if version != VERSION {
        let text = format!("Policy {} version {version} does not exist or is not attachable.", policy.arn());
        return Err(ServiceError::new(404, "NoSuchEntity", text));
    }
    Ok(Xml::new().nest("PolicyVersion", policy.version().text("Document", &url_encoded(&policy.document))))
}

pub(crate) fn list_versions(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let policy = find(iam, form)?;
    Ok(Xml::new().list("Versions", [policy.version()]).text("IsTruncated", "false"))
}

pub(crate) async fn delete(iam: &Iam, form: &Form) -> Result<Option<Xml>, ServiceError> {
    let arn = find(iam, form)?.arn();
    if usage(iam, &arn).is_any() {
        let text = "Cannot delete a policy attached to entities.";
        return Err(ServiceError::new(409, "DeleteConflict", text));
    }
    iam.policies.change(|_| Ok((vec![Change::Delete(arn)], None))).await
}
