//! Managed policies of this account. AWS's own are only names here: any is taken where one is attached.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::document::check_identity;
use super::page::Page;
use super::role::{Role, date, tag_xml, url_encoded};
use super::roles::{check_name, checked_path, set_tags, unique_id};
use crate::local::arn::Account;
use crate::local::error::ServiceError;
use crate::local::form::Form;
use crate::local::records::{Change, Records};
use crate::local::xml::Xml;

/// The largest document, in characters that are no white space.
const SIZE_LIMIT: usize = 6144;

/// The version that a policy has; further ones cannot be made here.
const VERSION: &str = "v1";

/// AWS's own policies live under this account's name. There are about a thousand and they change, so any name is taken.
const AWS_POLICIES: &str = "arn:aws:iam::aws:policy/";

/// One managed policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ManagedPolicy {
    /// Whose it is.
    #[serde(default)]
    pub(crate) account: Account,
    pub(crate) name: String,
    /// `/`, or a path with a slash at both ends.
    pub(crate) path: String,
    /// `ANPA` and 17 further characters.
    pub(crate) id: String,
    pub(crate) created_at: Timestamp,
    /// The document, as it was given.
    pub(crate) document: String,
    pub(crate) description: Option<String>,
    /// Key and value, in the order they were set.
    pub(crate) tags: Vec<(String, String)>,
}

impl ManagedPolicy {
    /// The policy's ARN, which carries its path.
    pub(crate) fn arn(&self) -> String {
        self.account.global_arn("iam", &format!("policy{}{}", self.path, self.name))
    }

    fn summary(&self, attachments: usize) -> Xml {
        Xml::new()
            .text("PolicyName", &self.name)
            .text("PolicyId", &self.id)
            .text("Arn", &self.arn())
            .text("Path", &self.path)
            .text("DefaultVersionId", VERSION)
            .text("AttachmentCount", &attachments.to_string())
            .text("PermissionsBoundaryUsageCount", "0")
            .text("IsAttachable", "true")
            .text("CreateDate", &date(self.created_at))
            .text("UpdateDate", &date(self.created_at))
    }

    fn detail(&self, attachments: usize) -> Xml {
        let xml = self.summary(attachments).optional("Description", self.description.as_deref());
        if self.tags.is_empty() { xml } else { xml.list("Tags", self.tags.iter().map(tag_xml)) }
    }
}

fn missing(arn: &str) -> ServiceError {
    ServiceError::new(404, "NoSuchEntity", format!("Policy {arn} does not exist or is not attachable."))
}

/// Whether a policy with this ARN can be attached.
pub(super) fn check_attachable(policies: &Records<ManagedPolicy>, arn: &str) -> Result<(), ServiceError> {
    match arn.starts_with(AWS_POLICIES) || policies.get(arn).is_some() {
        true => Ok(()),
        false => Err(missing(arn)),
    }
}

fn find(policies: &Records<ManagedPolicy>, form: &Form) -> Result<ManagedPolicy, ServiceError> {
    let arn = form.required("PolicyArn")?;
    policies.get(arn).ok_or_else(|| ServiceError::new(404, "NoSuchEntity", format!("Policy {arn} was not found.")))
}

fn attachments(roles: &Records<Role>, arn: &str) -> usize {
    roles.read(|all| all.values().filter(|role| role.attached.contains(arn)).count())
}

fn new_policy(form: &Form, now: Timestamp) -> Result<ManagedPolicy, ServiceError> {
    let (name, document) = (form.required("PolicyName")?, form.required("PolicyDocument")?);
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
        id: unique_id("ANPA"),
        created_at: now,
        document: document.to_owned(),
        description: form.get("Description").filter(|text| !text.is_empty()).map(str::to_owned),
        tags,
    })
}

pub(super) async fn create(
    policies: &Records<ManagedPolicy>,
    form: &Form,
    now: Timestamp,
) -> Result<Xml, ServiceError> {
    let policy = new_policy(form, now)?;
    let answer = Xml::new().nest("Policy", policy.detail(0));
    policies
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

pub(super) fn get(policies: &Records<ManagedPolicy>, roles: &Records<Role>, form: &Form) -> Result<Xml, ServiceError> {
    let policy = find(policies, form)?;
    Ok(Xml::new().nest("Policy", policy.detail(attachments(roles, &policy.arn()))))
}

/// The policies of this account; AWS's own are not listed.
pub(super) fn list(policies: &Records<ManagedPolicy>, roles: &Records<Role>, form: &Form) -> Result<Xml, ServiceError> {
    let prefix = form.get("PathPrefix").unwrap_or("/");
    let own = form.get("Scope") != Some("AWS");
    let attached_only = form.get("OnlyAttached") == Some("true");
    let all = policies.read(|all| all.values().cloned().collect::<Vec<_>>());
    let mut shown: Vec<(String, Xml)> = Vec::new();
    for policy in
        all.iter().filter(|policy| own && policy.account == *form.account() && policy.path.starts_with(prefix))
    {
        let count = attachments(roles, &policy.arn());
        if count > 0 || !attached_only {
            shown.push((policy.arn(), policy.summary(count)));
        }
    }
    let page = Page::of(shown, form, |(arn, _): &(String, Xml)| arn)?;
    let xml = Xml::new().list("Policies", page.items.iter().map(|(_, xml)| xml.clone()));
    Ok(page.close(xml))
}

pub(super) fn get_version(policies: &Records<ManagedPolicy>, form: &Form) -> Result<Xml, ServiceError> {
    let (policy, version) = (find(policies, form)?, form.required("VersionId")?);
    if version != VERSION {
        let text = format!("Policy {} version {version} does not exist or is not attachable.", policy.arn());
        return Err(ServiceError::new(404, "NoSuchEntity", text));
    }
    Ok(Xml::new().nest("PolicyVersion", version_xml(&policy).text("Document", &url_encoded(&policy.document))))
}

pub(super) fn list_versions(policies: &Records<ManagedPolicy>, form: &Form) -> Result<Xml, ServiceError> {
    let policy = find(policies, form)?;
    Ok(Xml::new().list("Versions", [version_xml(&policy)]).text("IsTruncated", "false"))
}

fn version_xml(policy: &ManagedPolicy) -> Xml {
    Xml::new().text("VersionId", VERSION).text("IsDefaultVersion", "true").text("CreateDate", &date(policy.created_at))
}

pub(super) async fn delete(
    policies: &Records<ManagedPolicy>,
    roles: &Records<Role>,
    form: &Form,
) -> Result<Option<Xml>, ServiceError> {
    let arn = find(policies, form)?.arn();
    if attachments(roles, &arn) > 0 {
        let text = "Cannot delete a policy attached to entities.";
        return Err(ServiceError::new(409, "DeleteConflict", text));
    }
    policies.change(|_| Ok((vec![Change::Delete(arn)], None))).await
}
