//! `[stack]`: tags of every resource, the roles' permissions boundary and path.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::section::Section;
use crate::names::{AccountId, Region, ServiceName, StageName};
use crate::pseudo::Template;
use crate::role_path::RolePath;
use crate::source::ModelError;
use crate::stack::Stack;
use crate::stack_settings::{MOST_TAGS, StackSettings, is_policy_arn, refused_key, refused_value};

/// Reads `[stack]`. The names of the service and its stage are for the values of pseudo-parameters.
pub(super) fn stack_settings(
    mut section: Section<'_>,
    service: &ServiceName,
    stage: &StageName,
) -> Result<StackSettings, ModelError> {
    let source = section.source;
    let tags = section.table("tags")?.map_or(Ok(BTreeMap::new()), tags)?;
    let boundary = section.string("permissions_boundary")?;
    let path = section.string("role_path")?;
    section.finish()?;
    let role_path = match path {
        None => RolePath::default(),
        Some(path) => RolePath::parse(&path.value).map_err(|message| source.error_at(path.span.start, message))?,
    };
    let permissions_boundary = match boundary {
        None => None,
        Some(written) => {
            let template = Template::parse(source, written.span.clone(), &written.value)?;
            let somewhere = Stack {
                service: service.clone(),
                stage: stage.clone(),
                region: Region::default(),
                account: AccountId::local(),
                role_path: RolePath::default(),
                names: crate::stack::DeployedNames::default(),
            };
            if !is_policy_arn(&template.resolve(&somewhere)) {
                let message = format!("`{}` is not the ARN of a managed policy.", written.value);
                let hint = "It looks like `arn:#{AWS::Partition}:iam::#{AWS::AccountId}:policy/NAME`.";
                return Err(source.error_at(written.span.start, message).with_hint(hint));
            }
            Some(template)
        }
    };
    Ok(StackSettings { tags, permissions_boundary, role_path })
}

/// The tags. IAM takes two keys that differ only in case for the same.
fn tags(section: Section<'_>) -> Result<BTreeMap<String, String>, ModelError> {
    let source = section.source;
    let too_many = section
        .error(format!("There are more than {MOST_TAGS} tags; AWS takes 50 on a resource, and two say whose it is."));
    let mut tags: BTreeMap<String, String> = BTreeMap::new();
    for (key, value) in section.into_entries() {
        if let Some(refused) = refused_key(&key.value) {
            return Err(source.error_at(key.span.start, refused));
        }
        if let Some(same) = tags.keys().find(|same| same.to_lowercase() == key.value.to_lowercase()) {
            let message = format!("The tags `{same}` and `{}` are one to IAM, which ignores case.", key.value);
            return Err(source.error_at(key.span.start, message));
        }
        let DeValue::String(text) = value.get_ref() else {
            let message = format!("The value of the tag `{}` must be a string.", key.value);
            return Err(source.error_at(value.span().start, message));
        };
        if let Some(refused) = refused_value(text) {
            return Err(source.error_at(value.span().start, refused));
        }
        tags.insert(key.value, text.to_string());
    }
    if tags.len() > MOST_TAGS { Err(too_many) } else { Ok(tags) }
}
