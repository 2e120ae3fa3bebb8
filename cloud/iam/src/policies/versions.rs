//! The operations on the versions of managed policies.

use cloud_core::{Form, ServiceError, Xml};

use crate::listing::{close, page};
use crate::policies::aws_policy::AwsPolicy;
use crate::policies::managed::{check_document, find};
use crate::policies::managed_policy::{MOST_VERSIONS, ManagedPolicy, PolicyVersion};
use crate::role::url_encoded;
use crate::service::Iam;

fn missing(arn: &str, version: &str) -> ServiceError {
    let text = format!("Policy {arn} version {version} does not exist or is not attachable.");
    ServiceError::new(404, "NoSuchEntity", text)
}

/// A text by which the newest version comes first.
fn marker(version: &PolicyVersion) -> String {
    format!("{:010}", u32::MAX - version.number)
}

/// The version of a policy that the form names.
fn named(policy: &ManagedPolicy, form: &Form) -> Result<PolicyVersion, ServiceError> {
    let id = form.required("VersionId")?;
    let found = policy.all_versions().into_iter().find(|version| version.id() == id);
    found.ok_or_else(|| missing(&policy.arn(), id))
}

pub(crate) fn get(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    if let Some(policy) = AwsPolicy::find(form.required("PolicyArn")?) {
        return Ok(Xml::new().nest("PolicyVersion", policy.version_with_document(form.required("VersionId")?)?));
    }
    let policy = find(iam, form)?;
    let version = named(&policy, form)?;
    let xml = policy.version(&version).text("Document", &url_encoded(&version.document));
    Ok(Xml::new().nest("PolicyVersion", xml))
}

pub(crate) fn list(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    if let Some(policy) = AwsPolicy::find(form.required("PolicyArn")?) {
        return Ok(Xml::new().list("Versions", [policy.version()]).text("IsTruncated", "false"));
    }
    let policy = find(iam, form)?;
    let versions: Vec<(String, PolicyVersion)> =
        policy.all_versions().into_iter().rev().map(|version| (marker(&version), version)).collect();
    let versions = page(versions, form, |(marker, _)| marker);
    let xml = Xml::new().list("Versions", versions.items.iter().map(|(_, version)| policy.version(version)));
    Ok(close(xml, &versions, |(marker, _)| marker))
}

pub(crate) async fn create(iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let arn = find(iam, form)?.arn();
    let document = form.required("PolicyDocument")?;
    check_document(document)?;
    let is_default = form.get("SetAsDefault") == Some("true");
    let now = iam.now();
    let created = iam.policies.update(&arn, || missing(&arn, "v1"), |policy| {
        let mut versions = policy.all_versions();
        if versions.len() >= MOST_VERSIONS {
            let text = format!(
                "A managed policy can have up to {MOST_VERSIONS} versions. Before you create a new version, you must \
                 delete an existing version."
            );
            return Err(ServiceError::new(409, "LimitExceeded", text));
        }
        policy.last_version += 1;
        let version = PolicyVersion { number: policy.last_version, created_at: now, document: document.to_owned() };
        if is_default {
            policy.set_default(&version);
        }
        let answer = policy.version(&version);
        versions.push(version);
        policy.versions = versions;
        Ok(answer)
    });
    Ok(Xml::new().nest("PolicyVersion", created.await?))
}

pub(crate) async fn set_default(iam: &Iam, form: &Form) -> Result<Option<Xml>, ServiceError> {
    let arn = find(iam, form)?.arn();
    let set = iam.policies.update(
        &arn,
        || missing(&arn, "v1"),
        |policy| {
            let version = named(policy, form)?;
            policy.versions = policy.all_versions();
            policy.set_default(&version);
            Ok(())
        },
    );
    set.await?;
    Ok(None)
}

pub(crate) async fn delete(iam: &Iam, form: &Form) -> Result<Option<Xml>, ServiceError> {
    let arn = find(iam, form)?.arn();
    let deleted = iam.policies.update(
        &arn,
        || missing(&arn, "v1"),
        |policy| {
            let version = named(policy, form)?;
            if version.number == policy.default_version {
                let text = "Cannot delete the default version of a policy.";
                return Err(ServiceError::new(409, "DeleteConflict", text));
            }
            policy.versions.retain(|known| known.number != version.number);
            Ok(())
        },
    );
    deleted.await?;
    Ok(None)
}
