//! `[stack]`: tags of every resource, the roles' permissions boundary and path.

use super::section::{Located, Section};
use super::values::tags;
use crate::pseudo::Template;
use crate::role_path::RolePath;
use crate::source::ModelError;
use crate::stack::Stack;
use crate::stack_settings::{StackSettings, is_policy_arn};

/// Reads `[stack]`. The stack is the deployment that the file is read for.
pub(super) fn stack_settings(mut section: Section<'_>, stack: &Stack) -> StackSettings {
    let source = section.source;
    let tags = tags(&mut section);
    let boundary = section.string("permissions_boundary");
    let path = section.string("role_path");
    let role_path = path.and_then(|path| {
        section.keep(RolePath::parse(&path.value).map_err(|message| source.error_at(path.span.start, message)))
    });
    let permissions_boundary = boundary.and_then(|written| section.keep(boundary_policy(&section, &written, stack)));
    section.finish();
    StackSettings { tags, permissions_boundary, role_path: role_path.unwrap_or_default() }
}

fn boundary_policy(section: &Section<'_>, written: &Located<String>, stack: &Stack) -> Result<Template, ModelError> {
    let source = section.source;
    let template = Template::parse(source, written.span.clone(), &written.value)?;
    if is_policy_arn(&template.resolve(stack)) {
        return Ok(template);
    }
    let message = format!("`{}` is not the ARN of a managed policy.", written.value);
    let hint = "It looks like `arn:#{AWS::Partition}:iam::#{AWS::AccountId}:policy/NAME`.";
    Err(source.error_at(written.span.start, message).with_hint(hint))
}
