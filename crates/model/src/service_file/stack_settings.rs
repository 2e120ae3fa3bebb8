//! `[stack]`: tags of every resource, the roles' permissions boundary and path.

use std::collections::BTreeMap;

use super::section::Section;
use super::values::tags;
use crate::pseudo::Template;
use crate::role_path::RolePath;
use crate::source::ModelError;
use crate::stack::Stack;
use crate::stack_settings::{StackSettings, is_policy_arn};

/// Reads `[stack]`. The stack is the deployment that the file is read for.
pub(super) fn stack_settings(mut section: Section<'_>, stack: &Stack) -> Result<StackSettings, ModelError> {
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
            if !is_policy_arn(&template.resolve(stack)) {
                let message = format!("`{}` is not the ARN of a managed policy.", written.value);
                let hint = "It looks like `arn:#{AWS::Partition}:iam::#{AWS::AccountId}:policy/NAME`.";
                return Err(source.error_at(written.span.start, message).with_hint(hint));
            }
            Some(template)
        }
    };
    Ok(StackSettings { tags, permissions_boundary, role_path })
}
