//! From the text of a service file to the service, with every fault at its place.

mod functions;
pub(super) mod keys;
mod routes;
pub(super) mod schema;
mod section;
mod stack_settings;
mod states;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use runtimes::Runtime;

use super::names::{Key, ServiceName, StageName, shared_names};
use super::pseudo::Template;
use super::service::{Activity, Function, Service, StateMachine, Throttle};
use super::source::{ModelError, Place, Position, Source};
use super::stack::Stack;
use keys::{BURST, RATE_PER_S};
use section::{Report, Section};
use values::named;

impl Service {
    /// Reads a service file.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the file, each with line and column: no TOML, an unknown key, a wrong type or
    /// value, an unknown pseudo-parameter, a route to a function that does not exist.
    pub fn parse(source: &Source) -> Result<Self, Vec<ModelError>> {
        Self::parse_with_runtime(source, None)
    }

    /// Reads a service file. `runtime` is that of every function of the same language, instead of the one that the file
    /// names.
    ///
    /// # Errors
    /// As [`Service::parse`].
    pub fn parse_with_runtime(source: &Source, runtime: Option<Runtime>) -> Result<Self, Vec<ModelError>> {
        let report = Report::default();
        let root = Section::root(source, &report).map_err(|error| vec![error])?;
        let service = service(root, runtime);
        let errors = report.into_errors();
        match service {
            Some(service) if errors.is_empty() => Ok(service),
            _ => Err(errors),
        }
    }
}

/// Reads all of it; nothing comes of a file that has no name of the service.
fn service(mut root: Section<'_>, runtime: Option<Runtime>) -> Option<Service> {
    let source = root.source;
    let report = root.report;
    let name = root.required("service").and_then(|name| root.keep(named(source, &name, ServiceName::parse)));
    let stage = root.string("stage").and_then(|stage| root.keep(named(source, &stage, StageName::parse)));
    let default_stage = stage.unwrap_or_default();
    // What a name can't be does not depend on the service's own, so that the rest is read without it too.
    let measured = name.clone().or_else(|| ServiceName::parse("service").ok())?;
    let stack = Stack::measured(&measured, &default_stage, None);
    let settings = root.table("stack").map(|section| stack_settings::stack_settings(section, &stack));
    let (declared, functions) = keyed(root.table("functions"), |table| functions::function(table, &stack, runtime));
    let routes = routes::routes(root.tables("routes"), &declared);
    let throttle = root.table("throttle").map_or(Throttle::DEFAULT, throttle);
    let (machines, state_machines) = keyed(root.table("state_machines"), |table| states::state_machine(table, &stack));
    let (_, activities) = keyed(root.table("activities"), |table| Some(states::activity(table, &stack)));
    root.finish();
    if let Some(shared) = declared.intersection(&machines).next() {
        let message = format!("`{shared}` names a function and a state machine; their roles would be one.");
        report.add(source.error_at(0, message).with_hint("Give one of them another name."));
    }
    if let Some(shared) = shared_name(source, &functions, &state_machines, &activities, &stack) {
        report.add(shared);
    }
    Some(Service {
        name: name?,
        default_stage,
        default_region: None,
        stack_settings: settings.unwrap_or_default(),
        functions,
        routes,
        throttle,
        state_machines,
        activities,
    })
}

impl Throttle {
    /// What holds when the file says nothing.
    const DEFAULT: Self = Self { rate_per_s: 1, burst: 5 };
}

/// Two functions, two state machines, or two activities can't have one name.
fn shared_name(
    source: &Source,
    functions: &BTreeMap<Key, Function>,
    machines: &BTreeMap<Key, StateMachine>,
    activities: &BTreeMap<Key, Activity>,
    stack: &Stack,
) -> Option<ModelError> {
    let name = |key: &Key, given: &Option<Template>, derived: String| {
        (key.clone(), given.as_ref().map_or(derived, |name| name.resolve(stack)))
    };
    let of_functions = functions.iter().map(|(key, it)| name(key, &it.name, stack.function_name(key)));
    let of_machines = machines.iter().map(|(key, it)| name(key, &it.name, stack.state_machine_name(key)));
    let of_activities = activities.iter().map(|(key, it)| name(key, &it.name, stack.activity_name(key)));
    let place_of = |key: &Key, kind: usize| match kind {
        0 => functions.get(key).map(|it| &it.at),
        1 => machines.get(key).map(|it| &it.at),
        _ => activities.get(key).map(|it| &it.at),
    };
    let shared = [shared_names(of_functions), shared_names(of_machines), shared_names(of_activities)];
    let (shared, at) = shared.into_iter().enumerate().find_map(|(kind, shared)| {
        let shared = shared.into_iter().next()?;
        let at: Option<&Place> = place_of(&shared.second, kind);
        Some((shared, at))
    })?;
    let message = format!("`{}` would have the same name as `{}`: `{}`.", shared.second, shared.first, shared.name);
    let line = at.map_or(1, |at| at.line);
    let error = source.error_at(source.offset(Position { line, column: 1 }), message);
    Some(error.with_hint("Give one of them another `name`."))
}

/// Reads a table of tables whose names the user chooses: the names that are declared, and what could be read.
fn keyed<'a, T>(
    section: Option<Section<'a>>,
    read: impl Fn(Section<'a>) -> Option<T>,
) -> (BTreeSet<String>, BTreeMap<Key, T>) {
    let mut declared = BTreeSet::new();
    let mut things = BTreeMap::new();
    for (name, table) in section.map(Section::into_named_tables).unwrap_or_default() {
        let key = table.keep(named(table.source, &name, Key::parse));
        let thing = read(table);
        declared.insert(name.value);
        things.extend(key.zip(thing));
    }
    (declared, things)
}

fn throttle(mut section: Section<'_>) -> Throttle {
    let rate_per_s = section.number("rate_per_s", RATE_PER_S).map_or(Throttle::DEFAULT.rate_per_s, |at| at.value);
    let burst = section.number("burst", BURST).map_or(Throttle::DEFAULT.burst, |at| at.value);
    section.finish();
    Throttle { rate_per_s, burst }
}

#[cfg(test)]
mod tests;
