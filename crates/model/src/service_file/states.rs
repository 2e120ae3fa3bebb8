//! What Step Functions has: state machines and activities.

use std::collections::BTreeMap;

use super::section::Section;
use super::values::{logging, one_of, permissions, role, tags};
use crate::names::{refused_activity_name, refused_states_name};
use crate::pseudo::Template;
use crate::service::{Activity, DefinitionSource, StateMachine, StateMachineKind};
use crate::source::ModelError;
use crate::stack::Stack;

pub(super) fn state_machine(mut section: Section<'_>, stack: &Stack) -> Result<StateMachine, ModelError> {
    let at = section.place();
    let name = name(&mut section, stack, |name| refused_states_name("a state machine", name))?;
    let definition = DefinitionSource::File(section.required("definition")?.value);
    let kinds = [StateMachineKind::Standard, StateMachineKind::Express];
    let kind = match section.string("type")? {
        Some(written) => one_of(section.source, "type", &written, &kinds, |kind| kind.as_str())?,
        None => StateMachineKind::Standard,
    };
    let role = role(&mut section)?;
    let permissions = permissions(&mut section, role.is_some())?;
    let logging = logging(&mut section)?;
    let tags = section.table("tags")?.map_or(Ok(BTreeMap::new()), tags)?;
    section.finish()?;
    Ok(StateMachine { at, name, definition, kind, role, permissions, logging, tags })
}

pub(super) fn activity(mut section: Section<'_>, stack: &Stack) -> Result<Activity, ModelError> {
    let at = section.place();
    let name = name(&mut section, stack, refused_activity_name)?;
    let tags = section.table("tags")?.map_or(Ok(BTreeMap::new()), tags)?;
    section.finish()?;
    Ok(Activity { at, name, tags })
}

/// The deployed name that the file gives, which is measured in the stack that the file is read for.
fn name(
    section: &mut Section<'_>,
    stack: &Stack,
    refused: impl Fn(&str) -> Option<String>,
) -> Result<Option<Template>, ModelError> {
    let Some(written) = section.string("name")? else { return Ok(None) };
    let name = Template::parse(section.source, written.span.clone(), &written.value)?;
    match refused(&name.resolve(stack)) {
        None => Ok(Some(name)),
        Some(refused) => Err(section.source.error_at(written.span.start, refused)),
    }
}
