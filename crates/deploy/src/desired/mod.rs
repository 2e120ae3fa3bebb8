//! Pure: from a service, its definitions and artefacts to every resource that a stack should have.

pub(crate) mod activity_names;
pub(crate) mod artefact;
pub(crate) mod resource;
pub mod spec;

use std::collections::{BTreeMap, BTreeSet};

use crate::desired::artefact::Artefact;
use crate::desired::resource::Resource;
use crate::desired::spec::{
    ActivitySpec, AliasSpec, ApiSpec, FunctionSpec, IntegrationSpec, LogGroupSpec, NamedFunction, PermissionSpec,
    RouteSpec, Spec, StageSpec, StateMachineSpec,
};
use crate::error::DeployError;
use crate::policy::Role;
use aws::apis::Cors;
use aws::lambda::{Code, Configuration};
use aws::{Tags, sfn};
use model::definition::{Definition, names_function};
use model::names::Key;
use model::pseudo::Template;
use model::service::{self, Activity, Function, Logging, Route, Service, StateMachine};
use model::stack::{KEY_TAG, NAME_TAG, OWNER_TAG, Stack};

/// Every resource that a stack should have.
pub type Desired = BTreeMap<Resource, Spec>;

/// The desired state of a stack.
///
/// # Errors
/// A function without its artefact, or a state machine without its definition.
pub fn desired(
    service: &Service,
    definitions: &BTreeMap<Key, Definition>,
    artefacts: &BTreeMap<Key, Artefact>,
    stack: &Stack,
) -> Result<Desired, DeployError> {
    let mut all = Desired::new();
    for (key, function) in &service.functions {
        let artefact = artefacts.get(key).ok_or_else(|| DeployError::NoArtefact(key.clone()))?;
        add_function(&mut all, key, function, artefact, service, stack);
    }
    for (key, machine) in &service.state_machines {
        let definition = definitions.get(key).ok_or_else(|| DeployError::no_definition(key, machine))?;
        add_state_machine(&mut all, key, machine, definition, service, stack);
    }
    for (key, activity) in &service.activities {
        add_activity(&mut all, key, activity, service, stack);
    }
    if !service.routes.is_empty() {
        add_api(&mut all, service, stack);
    }
    let names = activity_names::tags(stack.names.activities.values());
    for spec in all.values_mut() {
        if let Spec::Role(role) = spec {
            role.tags.extend(names.clone());
        }
    }
    Ok(all)
}

/// The tags of something that the service file declares, with tags of its own.
fn tags(service: &Service, own: &Tags, stack: &Stack, key: &Key) -> Tags {
    let mut tags = service.stack_settings.tags.clone();
    tags.extend(own.clone());
    tags.insert(OWNER_TAG.to_owned(), stack.name());
    tags.insert(KEY_TAG.to_owned(), key.to_string());
    tags
}

/// The tags of a role: they also say the name of what uses it, where the service file gave that name. It can't be told from
/// the key when the service file no longer has it.
fn role_tags(tags: &Tags, own_name: Option<&String>) -> Tags {
    let mut tags = tags.clone();
    tags.extend(own_name.map(|name| (NAME_TAG.to_owned(), name.clone())));
    tags
}

/// The tags that say whose something is, and those that the service file wants on everything.
fn stack_tags(service: &Service, stack: &Stack) -> Tags {
    let mut tags = service.stack_settings.tags.clone();
    tags.insert(OWNER_TAG.to_owned(), stack.name());
    tags
}

fn add_function(
    all: &mut Desired,
    key: &Key,
    function: &Function,
    artefact: &Artefact,
    service: &Service,
    stack: &Stack,
) {
    let tags = tags(service, &function.tags, stack, key);
    if function.role.is_none() {
        let tags = role_tags(&tags, stack.names.functions.get(key));
        let role = Role::of_function(key, function, stack).spec(&service.stack_settings, tags, stack);
        all.insert(Resource::Role(key.clone()), Spec::Role(role));
    }
    let group = LogGroupSpec {
        name: stack.log_group(key),
        arn: stack.log_group_arn(&stack.log_group(key)),
        retention_days: function.log_retention_days,
        tags: tags.clone(),
    };
    all.insert(Resource::LogGroup(key.clone()), Spec::LogGroup(group));
    let environment = &function.environment;
    let spec = FunctionSpec {
        name: stack.function_name(key),
        arn: stack.function_arn(key),
        configuration: Configuration {
            runtime: function.runtime.as_str().to_owned(),
            handler: function.handler.clone(),
            role: role_arn(function.role.as_ref(), key, stack),
            memory_mb: function.memory_mb,
            timeout_s: function.timeout_s,
            environment: environment.iter().map(|(name, value)| (name.clone(), value.resolve(stack))).collect(),
        },
        code: Code { zip: artefact.zip.clone(), architecture: function.architecture.as_str().to_owned() },
        code_sha256: artefact.code_sha256.clone(),
        tags,
    };
    let alias = AliasSpec { function_name: spec.name.clone(), version: None };
    all.insert(Resource::Alias(key.clone()), Spec::Alias(alias));
    all.insert(Resource::Function(key.clone()), Spec::Function(spec));
}

fn add_state_machine(
    all: &mut Desired,
    key: &Key,
    machine: &StateMachine,
    definition: &Definition,
    service: &Service,
    stack: &Stack,
) {
    let tags = tags(service, &machine.tags, stack, key);
    if machine.role.is_none() {
        let role = Role::of_state_machine(key, machine, definition, stack);
        let role_tags = role_tags(&tags, stack.names.state_machines.get(key));
        all.insert(Resource::Role(key.clone()), Spec::Role(role.spec(&service.stack_settings, role_tags, stack)));
    }
    let definition = definition.resolve(stack);
    let declared = all.keys().filter_map(|resource| match resource {
        Resource::Function(key) => Some(key),
        _ => None,
    });
    let declared = declared.map(|key| NamedFunction {
        key: key.clone(),
        arn: stack.function_arn(key),
        name: stack.function_name(key),
    });
    let functions = declared.filter(|it| names_function(&definition.json, &it.arn, &it.name)).collect();
    let spec = StateMachineSpec {
        name: stack.state_machine_name(key),
        arn: stack.state_machine_arn(key),
        settings: sfn::Settings {
            definition: definition.json,
            role: role_arn(machine.role.as_ref(), key, stack),
            kind: machine.kind.as_str(),
            logging: machine.logging.as_ref().map(|logging| settings_of(logging, stack)).unwrap_or_default(),
        },
        functions,
        publish: true,
        tags,
    };
    all.insert(Resource::StateMachine(key.clone()), Spec::StateMachine(spec));
}

fn add_activity(all: &mut Desired, key: &Key, activity: &Activity, service: &Service, stack: &Stack) {
    let spec = ActivitySpec {
        name: stack.activity_name(key),
        arn: stack.activity_arn(key),
        tags: tags(service, &activity.tags, stack, key),
    };
    all.insert(Resource::Activity(key.clone()), Spec::Activity(spec));
}

/// The ARN of the role that something has: the one that the service file names, else its own.
fn role_arn(named: Option<&Template>, key: &Key, stack: &Stack) -> String {
    named.map_or_else(|| stack.role_arn(key).to_string(), |arn| arn.resolve(stack))
}

fn settings_of(logging: &Logging, stack: &Stack) -> sfn::Logging {
    // Step Functions takes and answers the ARN of all the group's streams.
    let destination = |arn: &Template| {
        let arn = arn.resolve(stack);
        if arn.ends_with(":*") { arn } else { format!("{arn}:*") }
    };
    let destinations = logging.destinations.iter().map(destination).collect();
    sfn::Logging::new(&logging.level, logging.include_execution_data, destinations)
}

fn add_api(all: &mut Desired, service: &Service, stack: &Stack) {
    let api = ApiSpec { name: stack.api_name(), cors: cors(&service.routes), tags: stack_tags(service, stack) };
    all.insert(Resource::Api, Spec::Api(api));
    for route in &service.routes {
        let function = &route.function;
        let uri = stack.live_arn(function).to_string();
        let integration = IntegrationSpec { uri, payload_format: route.payload_format.as_str() };
        all.insert(Resource::Integration(function.clone()), Spec::Integration(integration));
        let spec = RouteSpec { key: route.key(), function: function.clone() };
        all.insert(Resource::Route(route.key()), Spec::Route(spec));
        let permission = Resource::Permission { function: function.clone(), route: route.key() };
        all.insert(permission, Spec::Permission(PermissionSpec::of_route(route, stack)));
    }
    let throttle = service.throttle;
    let stage = StageSpec {
        name: stack.stage.to_string(),
        rate_per_s: throttle.rate_per_s,
        burst: throttle.burst,
        tags: service.stack_settings.tags.clone(),
    };
    all.insert(Resource::Stage, Spec::Stage(stage));
}

/// An API has one CORS configuration: what its routes declare, which is the same but for the methods (the limits refuse
/// anything else), with all their methods.
fn cors(routes: &[Route]) -> Option<Cors> {
    let declared: Vec<(&Route, &service::Cors)> =
        routes.iter().filter_map(|route| Some((route, route.cors.as_ref()?))).collect();
    let (_, first) = declared.first()?;
    let methods = declared.iter().flat_map(|(route, cors)| match cors.methods.as_slice() {
        [] => vec![route.method.clone(), "OPTIONS".to_owned()],
        methods => methods.to_vec(),
    });
    let mut methods: BTreeSet<String> = methods.collect();
    if methods.remove("ANY") || methods.contains("*") {
        methods = BTreeSet::from(["*".to_owned()]);
    }
    let cors = Cors {
        origins: first.origins.clone(),
        methods: methods.into_iter().collect(),
        headers: first.headers.clone(),
        exposed_headers: first.exposed_headers.clone(),
        allow_credentials: first.allow_credentials,
        max_age_s: first.max_age_s,
    };
    Some(cors.normalised())
}

#[cfg(test)]
mod tests;
