//! What Step Functions has: state machines and activities.

use super::keys::MACHINE_TYPES;
use super::section::Section;
use super::values::{logging, one_of, permissions, role, tags};
use crate::names::{refused_activity_name, refused_states_name};
use crate::pseudo::Template;
use crate::service::{Activity, DefinitionSource, StateMachine, StateMachineKind};
use crate::stack::Stack;

pub(super) fn state_machine(mut section: Section<'_>, stack: &Stack) -> Option<StateMachine> {
    let at = section.place();
    let name = name(&mut section, stack, |name| refused_states_name("a state machine", name));
    let definition = section.required("definition");
    let kind = section.string("type").and_then(|written| {
        section.keep(one_of(section.source, "type", &written, &MACHINE_TYPES, |kind| kind.as_str()))
    });
    let kind = kind.unwrap_or(StateMachineKind::Standard);
    let role = role(&mut section);
    let permissions = permissions(&mut section, role.is_some());
    let logging = logging(&mut section);
    let tags = tags(&mut section);
    section.finish();
    let definition = DefinitionSource::File(definition?.value);
    Some(StateMachine { at, name, definition, kind, role, permissions, logging, tags })
}

pub(super) fn activity(mut section: Section<'_>, stack: &Stack) -> Activity {
    let at = section.place();
    let name = name(&mut section, stack, refused_activity_name);
    let tags = tags(&mut section);
    section.finish();
    Activity { at, name, tags }
}

/// The deployed name that the file gives, which is measured in the stack that the file is read for.
fn name(section: &mut Section<'_>, stack: &Stack, refused: impl Fn(&str) -> Option<String>) -> Option<Template> {
    let written = section.string("name")?;
    let name = section.keep(Template::parse(section.source, written.span.clone(), &written.value))?;
    match refused(&name.resolve(stack)) {
        None => Some(name),
        Some(refused) => {
            section.refuse(written.span.start, refused);
            None
        }
    }
}
