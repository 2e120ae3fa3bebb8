//! The operations on managed policies: those of an account, and AWS's own where they are read.

use std::collections::BTreeMap;

use cloud_core::{Account, Change, Form, ServiceError, Xml};
use policy::Document;

use crate::listing::{close, page};
use crate::policies::aws_policy::AwsPolicy;
use crate::policies::managed_policy::{ManagedPolicy, Usage};
use crate::policies::members::{path, set_tags, unset_tags};
use crate::role::tag_xml;
use crate::service::{Iam, malformed};
use crate::unique_id::unique_id;

/// The largest document, in characters that are no white space.
const SIZE_LIMIT: usize = 6144;

/// Checks an inline or managed policy as PutRolePolicy and CreatePolicy do.
pub(crate) fn check_identity(document: &str) -> Result<(), ServiceError> {
    Document::read_identity(document).map(|_| ()).map_err(|reason| malformed(&reason))
}

fn missing(arn: &str) -> ServiceError {
    ServiceError::new(404, "NoSuchEntity", format!("Policy {arn} does not exist or is not attachable."))
}

/// Whether the caller can attach the policy with this ARN: one of AWS's, or one of the same account.
pub(crate) fn check_attachable(iam: &Iam, form: &Form, arn: &str) -> Result<(), ServiceError> {
    let is_own = || iam.policies.get(arn).is_some_and(|policy| policy.account == *form.account());
    match AwsPolicy::find(arn).is_some() || is_own() {
        true => Ok(()),
        false => Err(iam.policies.missing(arn, || missing(arn))),
    }
}

/// Whether the policy with this ARN can bound a role: one of AWS's, or one of the same account.
pub(crate) fn check_boundary(iam: &Iam, form: &Form, arn: &str) -> Result<(), ServiceError> {
    if !arn.starts_with("arn:") {
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
pub(crate) fn find(iam: &Iam, form: &Form) -> Result<ManagedPolicy, ServiceError> {
    let arn = form.required("PolicyArn")?;
    let found = iam.policies.get(arn).filter(|policy| policy.account == *form.account());
    let missing = || ServiceError::new(404, "NoSuchEntity", format!("Policy {arn} was not found."));
    found.ok_or_else(|| iam.policies.missing(arn, missing))
}

/// How many roles use a policy.
pub(crate) fn usage(iam: &Iam, arn: &str) -> Usage {
    iam.roles.read(|all| Usage {
        attachments: all.values().filter(|role| role.attached.contains(arn)).count(),
        boundaries: all.values().filter(|role| role.permissions_boundary.as_deref() == Some(arn)).count(),
    })
}

/// How many roles of an account use each policy, by its ARN.
fn usages(iam: &Iam, account: &Account) -> BTreeMap<String, Usage> {
    let mut usages: BTreeMap<String, Usage> = BTreeMap::new();
    iam.roles.read(|all| {
        for role in all.values().filter(|role| role.account == *account) {
            role.attached.iter().for_each(|arn| usages.entry(arn.clone()).or_default().attachments += 1);
            role.permissions_boundary.iter().for_each(|arn| usages.entry(arn.clone()).or_default().boundaries += 1);
        }
    });
    usages
}

/// Checks the document of a managed policy, and its size.
pub(crate) fn check_document(document: &str) -> Result<(), ServiceError> {
    check_identity(document)?;
    if document.chars().filter(|letter| !letter.is_whitespace()).count() > SIZE_LIMIT {
        let text = format!("Cannot exceed quota for PolicySize: {SIZE_LIMIT}");
        return Err(ServiceError::new(409, "LimitExceeded", text));
    }
    Ok(())
}

fn new_policy(iam: &Iam, form: &Form) -> Result<ManagedPolicy, ServiceError> {
    let name = form.required("PolicyName")?;
    let document = form.required("PolicyDocument")?;
    check_document(document)?;
    let mut tags = Vec::new();
    set_tags(&mut tags, form)?;
    Ok(ManagedPolicy {
        account: form.account().clone(),
        name: name.to_owned(),
        path: path(form).to_owned(),
        id: unique_id(&iam.random, "ANPA"),
        created_at: iam.now(),
        document: document.to_owned(),
        versions: Vec::new(),
        default_version: 1,
        last_version: 1,
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
    if let Some(policy) = AwsPolicy::find(form.required("PolicyArn")?) {
        let usage = usages(iam, form.account()).remove(&policy.arn()).unwrap_or_default();
        return Ok(Xml::new().nest("Policy", policy.summary(usage)));
    }
    let policy = find(iam, form)?;
    Ok(Xml::new().nest("Policy", policy.detail(usage(iam, &policy.arn()))))
}

/// Which policies a caller wants to see.
struct Filter<'a> {
    form: &'a Form,
}

impl Filter<'_> {
    fn has_scope(&self, scope: &str) -> bool {
        [None, Some("All"), Some(scope)].contains(&self.form.get("Scope"))
    }

    fn wants(&self, path: &str, usage: Usage) -> bool {
        let is_used_so = match self.form.get("PolicyUsageFilter") {
            Some("PermissionsBoundary") => usage.boundaries > 0,
            Some("PermissionsPolicy") => usage.attachments > 0 || usage.boundaries == 0,
            _ => true,
        };
        let attached_only = self.form.get("OnlyAttached") == Some("true");
        is_used_so && (usage.is_any() || !attached_only) && path.starts_with(self.form.get("PathPrefix").unwrap_or("/"))
    }
}

/// The policies of this account, and AWS's own.
pub(crate) fn list(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let filter = Filter { form };
    let usages = usages(iam, form.account());
    let usage = |arn: &str| usages.get(arn).copied().unwrap_or_default();
    let mut shown: Vec<(String, Xml)> = Vec::new();
    if filter.has_scope("Local") {
        let own = iam.policies.read(|all| all.values().cloned().collect::<Vec<_>>());
        for policy in own.iter().filter(|policy| policy.account == *form.account()) {
            let arn = policy.arn();
            if filter.wants(&policy.path, usage(&arn)) {
                shown.push((arn.clone(), policy.summary(usage(&arn))));
            }
        }
    }
    if filter.has_scope("AWS") {
        for policy in AwsPolicy::all() {
            let arn = policy.arn();
            if filter.wants(&policy.path(), usage(&arn)) {
                shown.push((arn.clone(), policy.summary(usage(&arn))));
            }
        }
    }
    let page = page(shown, form, |(arn, _)| arn);
    let xml = Xml::new().list("Policies", page.items.iter().map(|(_, xml)| xml.clone()));
    Ok(close(xml, &page, |(arn, _)| arn))
}

pub(crate) async fn tag(iam: &Iam, form: &Form) -> Result<Option<Xml>, ServiceError> {
    let arn = find(iam, form)?.arn();
    let missing = || missing(&arn);
    iam.policies.update(&arn, missing, |policy| set_tags(&mut policy.tags, form)).await?;
    Ok(None)
}

pub(crate) async fn untag(iam: &Iam, form: &Form) -> Result<Option<Xml>, ServiceError> {
    let arn = find(iam, form)?.arn();
    let keys = form.texts("TagKeys");
    let untagged = iam.policies.update(
        &arn,
        || missing(&arn),
        |policy| {
            unset_tags(&mut policy.tags, &keys);
            Ok(())
        },
    );
    untagged.await?;
    Ok(None)
}

pub(crate) fn list_tags(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let mut tags = find(iam, form)?.tags;
    tags.sort();
    let page = page(tags, form, |(key, _)| key);
    Ok(close(Xml::new().list("Tags", page.items.iter().map(tag_xml)), &page, |(key, _)| key))
}

pub(crate) async fn delete(iam: &Iam, form: &Form) -> Result<Option<Xml>, ServiceError> {
    let policy = find(iam, form)?;
    let arn = policy.arn();
    if policy.versions.len() > 1 {
        let text = "This policy has more than one version. Before you delete a policy, you must delete the policy's \
                    versions. The default version is deleted with the policy.";
        return Err(ServiceError::new(409, "DeleteConflict", text));
    }
    if usage(iam, &arn).is_any() {
        let text = "Cannot delete a policy attached to entities.";
        return Err(ServiceError::new(409, "DeleteConflict", text));
    }
    iam.policies.change(|_| Ok((vec![Change::Delete(arn)], None))).await
}
