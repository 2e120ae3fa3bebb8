//! Pure: from a service, its definitions and artefacts to every resource that a stack should have.

pub(crate) mod artefact;
pub(crate) mod resource;
pub mod spec;

use std::collections::{BTreeMap, BTreeSet};

use crate::desired::artefact::Artefact;
use crate::desired::resource::Resource;
use crate::desired::spec::{
    AliasSpec, ApiSpec, FunctionSpec, IntegrationSpec, LogGroupSpec, NamedFunction, PermissionSpec, RouteSpec, Spec,
    StageSpec, StateMachineSpec,
};
use crate::error::DeployError;
use crate::policy::Role;
use aws::apis::Cors;
use aws::lambda::{Code, Configuration};
use aws::{Tags, sfn};
use model::definition::{Definition, names_function};
use model::names::Key;
use model::service::{Function, Route, Service, StateMachine};
use model::stack::{KEY_TAG, OWNER_TAG, Stack};

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
    if !service.routes.is_empty() {
        add_api(&mut all, service, stack);
    }
    Ok(all)
}

/// The tags of something that the service file declares.
fn tags(service: &Service, stack: &Stack, key: &Key) -> Tags {
    let mut tags = stack_tags(service, stack);
    tags.insert(KEY_TAG.to_owned(), key.to_string());
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
    let tags = tags(service, stack, key);
    let role = Role::of_function(key, function, stack).spec(&service.stack_settings, tags.clone(), stack);
    all.insert(Resource::Role(key.clone()), Spec::Role(role));
    let group = LogGroupSpec {
        name: stack.log_group(key),
        arn: stack.log_group_arn(&stack.log_group(key)),
        retention_days: function.log_retention_days.unwrap_or(14),
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
            role: stack.role_arn(key).to_string(),
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
    let tags = tags(service, stack, key);
    let role = Role::of_state_machine(key, machine, definition, stack);
    let role = role.spec(&service.stack_settings, tags.clone(), stack);
    all.insert(Resource::Role(key.clone()), Spec::Role(role));
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
            role: stack.role_arn(key).to_string(),
            kind: machine.kind.as_str(),
        },
        functions,
        publish: true,
        tags,
    };
    all.insert(Resource::StateMachine(key.clone()), Spec::StateMachine(spec));
}

fn add_api(all: &mut Desired, service: &Service, stack: &Stack) {
    let api = ApiSpec { name: stack.api_name(), cors: cors(&service.routes), tags: stack_tags(service, stack) };
    all.insert(Resource::Api, Spec::Api(api));
    for route in &service.routes {
        let function = &route.function;
        let uri = stack.live_arn(function).to_string();
        all.insert(Resource::Integration(function.clone()), Spec::Integration(IntegrationSpec { uri }));
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

/// An API has one CORS configuration; it allows the methods of the routes that want one, JSON, and keys of callers.
fn cors(routes: &[Route]) -> Option<Cors> {
    let mut methods: BTreeSet<String> =
        routes.iter().filter(|route| route.cors.is_some()).map(|route| route.method.clone()).collect();
    if methods.is_empty() {
        return None;
    }
    if methods.remove("ANY") {
        methods = BTreeSet::from(["*".to_owned()]);
    } else {
        methods.insert("OPTIONS".to_owned());
    }
    let methods: Vec<String> = methods.into_iter().collect();
    let headers = ["authorization", "content-type"].map(str::to_owned);
    Some(Cors::new(&["*".to_owned()], &methods, &headers))
}

#[cfg(test)]
mod tests;
