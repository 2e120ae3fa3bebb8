//! From the text of a service file to the service, with every fault at its place.

mod section;
mod stack_settings;

use std::collections::BTreeMap;

use runtimes::Runtime;

use super::environment;
use super::names::{Key, NameError, ServiceName, StageName, nearest};
use super::pseudo::Template;
use super::service::{
    Architecture, BOOTSTRAP, CodeSource, Cors, DefinitionSource, Effect, Function, METHODS, PayloadFormat, Permission, RETENTION_DAYS, Route, Service,
    StateMachine, StateMachineKind, Throttle,
};
use super::source::{ModelError, Source};
use super::stack_settings::StackSettings;
use section::{Located, Section};

impl Service {
    /// Reads a service file.
    ///
    /// # Errors
    /// The first fault, with file, line and column: no TOML, an unknown key, a wrong type or value, an unknown
    /// pseudo-parameter, a route to a function that does not exist.
    pub fn parse(source: &Source) -> Result<Self, ModelError> {
        let mut root = Section::root(source)?;
        let name = root.required("service")?;
        let stage = root.string("stage")?;
        let settings = root.table("stack")?;
        let functions = keyed(root.table("functions")?, function)?;
        let routes = root.tables("routes")?;
        let routes = self::routes(routes, &functions)?;
        let throttle = root.table("throttle")?.map_or(Ok(Throttle::DEFAULT), throttle)?;
        let state_machines = keyed(root.table("state_machines")?, state_machine)?;
        let default_stage = match stage {
            Some(stage) => named(source, &stage, StageName::parse)?,
            None => named(source, &Located { value: "dev".to_owned(), span: 0..0 }, StageName::parse)?,
        };
        let name = named(source, &name, ServiceName::parse)?;
        root.finish()?;
        let stack_settings = match settings {
            Some(section) => stack_settings::stack_settings(section, &name, &default_stage)?,
            None => StackSettings::default(),
        };
        if let Some(shared) = functions.keys().find(|key| state_machines.contains_key(*key)) {
            let message = format!("`{shared}` names a function and a state machine; their roles would be one.");
            return Err(source.error_at(0, message).with_hint("Give one of them another name."));
        }
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

fn named<T>(source: &Source, text: &Located<String>, parse: fn(&str) -> Result<T, NameError>) -> Result<T, ModelError> {
    parse(&text.value).map_err(|error| source.error_at(text.span.start, error.to_string()))
}

/// Reads a table of tables whose names the user chooses.
fn keyed<'a, T>(
    section: Option<Section<'a>>,
    read: fn(Section<'a>) -> Result<T, ModelError>,
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

fn function(mut section: Section<'_>) -> Result<Function, ModelError> {
    let at = section.place();
    let source = section.required("source")?.value;
    let memory_mb = section.number("memory_mb", 128..10_241)?.map_or(128, |at| at.value);
    let timeout_s = section.number("timeout_s", 1..901)?.map_or(6, |at| at.value);
    let log_retention_days = retention(&mut section)?;
    let architecture = architecture(&mut section)?;
    let environment = section.table("environment")?;
    let environment_at = environment.as_ref().map_or_else(|| at.clone(), Section::place);
    let environment = environment.map_or(Ok(BTreeMap::new()), variables)?;
    let permissions = permissions(&mut section)?;
    section.finish()?;
    Ok(Function {
        at,
        name: None,
        description: None,
        runtime: Runtime::ProvidedAl2023,
        handler: BOOTSTRAP.to_owned(),
        code: CodeSource::whole(source),
        memory_mb,
        timeout_s,
        log_retention_days,
        architecture,
        environment,
        environment_at,
        role: None,
        permissions,
        tags: BTreeMap::new(),
    })
}

fn retention(section: &mut Section<'_>) -> Result<Option<u32>, ModelError> {
    match section.number("log_retention_days", 1..36_501)? {
        None => Ok(Some(14)),
        Some(days) if RETENTION_DAYS.contains(&days.value) => Ok(Some(days.value)),
        Some(days) => {
            let message = format!("CloudWatch Logs can't keep lines for {} days.", days.value);
            let hint = format!("Take one of {}.", RETENTION_DAYS.map(|days| days.to_string()).join(", "));
            Err(section.source.error_at(days.span.start, message).with_hint(hint))
        }
    }
}

fn architecture(section: &mut Section<'_>) -> Result<Architecture, ModelError> {
    let Some(written) = section.string("architecture")? else { return Ok(Architecture::of_this_machine()) };
    one_of(section.source, "architecture", &written, &[Architecture::X86_64, Architecture::Arm64], |it| it.as_str())
}

fn variables(section: Section<'_>) -> Result<BTreeMap<String, Template>, ModelError> {
    let source = section.source;
    let mut variables = BTreeMap::new();
    for (key, value) in section.into_entries() {
        if let Some(refused) = environment::refused(&key.value) {
            return Err(source.error_at(key.span.start, refused.message).with_hint(refused.hint));
        }
        let toml::de::DeValue::String(text) = value.get_ref() else {
            let message = format!("The environment variable `{}` must be a string.", key.value);
            return Err(source.error_at(value.span().start, message));
        };
        variables.insert(key.value, Template::parse(source, value.span(), text)?);
    }
    Ok(variables)
}

fn permissions(section: &mut Section<'_>) -> Result<Vec<Permission>, ModelError> {
    section.tables("permissions")?.into_iter().map(permission).collect()
}

fn permission(mut section: Section<'_>) -> Result<Permission, ModelError> {
    let at = section.place();
    let actions = section.strings("actions")?.into_iter().map(|action| action.value).collect();
    let resources = section.strings("resources")?;
    let source = section.source;
    let resources =
        resources.into_iter().map(|at| Template::parse(source, at.span, &at.value)).collect::<Result<_, _>>()?;
    section.finish()?;
    Ok(Permission { at, effect: Effect::Allow, actions, resources, condition: None })
}

/// Reads the routes; each may be declared once.
fn routes(sections: Vec<Section<'_>>, functions: &BTreeMap<Key, Function>) -> Result<Vec<Route>, ModelError> {
    let mut routes: Vec<Route> = Vec::with_capacity(sections.len());
    for section in sections {
        let repeated = section.error("");
        let route = route(section, functions)?;
        if let Some(first) = routes.iter().find(|first| first.key() == route.key()) {
            let message = format!(
                "The route `{}` is declared twice, first at {}; an HTTP API has each route once.",
                route.key(),
                first.at
            );
            let hint = "Delete one of them, or give it another method or path.";
            return Err(ModelError { message, ..repeated }.with_hint(hint));
        }
        routes.push(route);
    }
    Ok(routes)
}

fn route(mut section: Section<'_>, functions: &BTreeMap<Key, Function>) -> Result<Route, ModelError> {
    let source = section.source;
    let at = section.place();
    let method = section.required("method")?;
    let method = one_of(source, "method", &method, &METHODS, |method| method)?.to_owned();
    let path = section.required("path")?;
    let target = section.required("function")?;
    let cors = section.boolean("cors")?.unwrap_or(false).then(Cors::open);
    section.finish()?;
    if !path.value.starts_with('/') || path.value.contains(char::is_whitespace) {
        let message = format!("A route's path begins with `/` and holds no space; `{}` does not.", path.value);
        return Err(source.error_at(path.span.start, message));
    }
    let function = named(source, &target, Key::parse)?;
    if !functions.contains_key(&function) {
        let known: Vec<&str> = functions.keys().map(Key::as_str).collect();
        let message = format!("The route leads to `{function}`, and there is no such function.");
        let hint = match nearest(function.as_str(), &known) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => format!("The functions are: {}.", known.join(", ")),
        };
        return Err(source.error_at(target.span.start, message).with_hint(hint));
    }
    Ok(Route { at, method, path: path.value, function, payload_format: PayloadFormat::V2, cors })
}

fn throttle(mut section: Section<'_>) -> Result<Throttle, ModelError> {
    let rate_per_s = section.number("rate_per_s", 1..10_001)?.map_or(Throttle::DEFAULT.rate_per_s, |at| at.value);
    let burst = section.number("burst", 1..5_001)?.map_or(Throttle::DEFAULT.burst, |at| at.value);
    section.finish()?;
    Ok(Throttle { rate_per_s, burst })
}

fn state_machine(mut section: Section<'_>) -> Result<StateMachine, ModelError> {
    let at = section.place();
    let definition = DefinitionSource::File(section.required("definition")?.value);
    let kinds = [StateMachineKind::Standard, StateMachineKind::Express];
    let kind = match section.string("type")? {
        Some(written) => one_of(section.source, "type", &written, &kinds, |kind| kind.as_str())?,
        None => StateMachineKind::Standard,
    };
    let permissions = permissions(&mut section)?;
    section.finish()?;
    Ok(StateMachine { at, name: None, definition, kind, role: None, permissions, logging: None, tags: BTreeMap::new() })
}

/// The value among a few that a text spells.
fn one_of<T: Copy>(
    source: &Source,
    key: &str,
    written: &Located<String>,
    values: &[T],
    spelling: impl Fn(&T) -> &str,
) -> Result<T, ModelError> {
    values.iter().find(|value| spelling(value) == written.value).copied().ok_or_else(|| {
        let known: Vec<&str> = values.iter().map(&spelling).collect();
        let message = format!("`{key}` can't be `{}`; it is one of {}.", written.value, known.join(", "));
        source.error_at(written.span.start, message)
    })
}

#[cfg(test)]
mod tests;
