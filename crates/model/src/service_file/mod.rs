//! From the text of a service file to the service, with every fault at its place.

mod functions;
mod routes;
mod section;
mod stack_settings;
mod values;

use std::collections::BTreeMap;

use runtimes::Runtime;

use super::names::{Key, ServiceName, StageName, refused_states_name, shared_names};
use super::pseudo::Template;
use super::service::{DefinitionSource, Function, Service, StateMachine, StateMachineKind, Throttle};
use super::source::{ModelError, Position, Source};
use super::stack::Stack;
use super::stack_settings::StackSettings;
use section::Section;
use values::{logging, named, one_of, permissions, role, tags};

impl Service {
    /// Reads a service file.
    ///
    /// # Errors
    /// The first fault, with file, line and column: no TOML, an unknown key, a wrong type or value, an unknown
    /// pseudo-parameter, a route to a function that does not exist.
    pub fn parse(source: &Source) -> Result<Self, ModelError> {
        Self::parse_with_runtime(source, None)
    }

    /// Reads a service file. `runtime` is that of every function of the same language, instead of the one that the file
    /// names.
    ///
    /// # Errors
    /// As [`Service::parse`].
    pub fn parse_with_runtime(source: &Source, runtime: Option<Runtime>) -> Result<Self, ModelError> {
        let mut root = Section::root(source)?;
        let name = root.required("service")?;
        let name = named(source, &name, ServiceName::parse)?;
        let default_stage = match root.string("stage")? {
            Some(stage) => named(source, &stage, StageName::parse)?,
            None => StageName::default(),
        };
        let stack = Stack::measured(&name, &default_stage, None);
        let settings = root.table("stack")?;
        let functions = keyed(root.table("functions")?, |table| functions::function(table, &stack, runtime))?;
        let routes = root.tables("routes")?;
        let routes = routes::routes(routes, &functions)?;
        let throttle = root.table("throttle")?.map_or(Ok(Throttle::DEFAULT), throttle)?;
        let state_machines = keyed(root.table("state_machines")?, |table| state_machine(table, &stack))?;
        root.finish()?;
        let stack_settings = match settings {
            Some(section) => stack_settings::stack_settings(section, &stack)?,
            None => StackSettings::default(),
        };
        if let Some(shared) = functions.keys().find(|key| state_machines.contains_key(*key)) {
            let message = format!("`{shared}` names a function and a state machine; their roles would be one.");
            return Err(source.error_at(0, message).with_hint("Give one of them another name."));
        }
        refuse_shared_names(source, &functions, &state_machines, &stack)?;
        Ok(Self {
            name,
            default_stage,
            default_region: None,
            stack_settings,
            functions,
            routes,
            throttle,
            state_machines,
            activities: BTreeMap::new(),
        })
    }
}

impl Throttle {
    /// What holds when the file says nothing.
    const DEFAULT: Self = Self { rate_per_s: 1, burst: 5 };
}

/// Two functions, or two state machines, can't have one name.
fn refuse_shared_names(
    source: &Source,
    functions: &BTreeMap<Key, Function>,
    machines: &BTreeMap<Key, StateMachine>,
    stack: &Stack,
) -> Result<(), ModelError> {
    let name = |key: &Key, given: &Option<Template>, derived: String| {
        (key.clone(), given.as_ref().map_or(derived, |name| name.resolve(stack)))
    };
    let of_functions = functions.iter().map(|(key, it)| name(key, &it.name, stack.function_name(key)));
    let of_machines = machines.iter().map(|(key, it)| name(key, &it.name, stack.state_machine_name(key)));
    let Some(shared) = shared_names(of_functions).into_iter().chain(shared_names(of_machines)).next() else {
        return Ok(());
    };
    let at = functions.get(&shared.second).map(|function| &function.at);
    let at = at.or_else(|| machines.get(&shared.second).map(|machine| &machine.at));
    let message = format!("`{}` would have the same name as `{}`: `{}`.", shared.second, shared.first, shared.name);
    let position = at.map(|at| Position { line: at.line, column: 1 });
    let hint = "Give one of them another `name`.".to_owned();
    Err(ModelError { file: source.file.clone(), position, message, hint: Some(hint) })
}

/// Reads a table of tables whose names the user chooses.
fn keyed<'a, T>(
    section: Option<Section<'a>>,
    read: impl Fn(Section<'a>) -> Result<T, ModelError>,
) -> Result<BTreeMap<Key, T>, ModelError> {
    let Some(section) = section else { return Ok(BTreeMap::new()) };
    let source = section.source;
    let prefix = section.path("");
    let parent = Section::empty(source);
    let mut things = BTreeMap::new();
    for (key, value) in section.into_entries() {
        let inner = parent.section(format!("{prefix}{}", key.value), value)?;
        things.insert(named(source, &key, Key::parse)?, read(inner)?);
    }
    Ok(things)
}

fn throttle(mut section: Section<'_>) -> Result<Throttle, ModelError> {
    let rate_per_s = section.number("rate_per_s", 1..10_001)?.map_or(Throttle::DEFAULT.rate_per_s, |at| at.value);
    let burst = section.number("burst", 1..5_001)?.map_or(Throttle::DEFAULT.burst, |at| at.value);
    section.finish()?;
    Ok(Throttle { rate_per_s, burst })
}

fn state_machine(mut section: Section<'_>, stack: &Stack) -> Result<StateMachine, ModelError> {
    let at = section.place();
    let name = state_machine_name(&mut section, stack)?;
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

fn state_machine_name(section: &mut Section<'_>, stack: &Stack) -> Result<Option<Template>, ModelError> {
    let Some(written) = section.string("name")? else { return Ok(None) };
    let name = Template::parse(section.source, written.span.clone(), &written.value)?;
    match refused_states_name("a state machine", &name.resolve(stack)) {
        None => Ok(Some(name)),
        Some(refused) => Err(section.source.error_at(written.span.start, refused)),
    }
}

#[cfg(test)]
mod tests;
