//! The service with every default and pseudo-parameter filled in, for programs.

use serde_json::{Map, Value, json};

use super::resolved::{condition_of, patterns};
use crate::cli::session::project::Project;
use model::definition::Definition;
use model::names::Key;
use model::service::{Bundling, Cors, Function, Logging, Permission, Route, StateMachine};
use model::source::Place;
use model::stack::Stack;

/// For programs. The keys stay as they are.
pub(super) fn json(project: &Project, stack: &Stack) -> Value {
    let Project { service, definitions, notes, .. } = project;
    let functions =
        service.functions.iter().map(|(key, function)| (key.to_string(), function_json(key, function, stack)));
    let machines = service
        .state_machines
        .iter()
        .map(|(key, machine)| (key.to_string(), machine_json(key, machine, definitions.get(key), stack)));
    let activities = service.activities.iter().map(|(key, activity)| {
        let arn = stack.activity_arn(key);
        let json = json!({
            "name": stack.activity_name(key), "arn": arn.as_str(), "at": place(&activity.at), "tags": activity.tags,
        });
        (key.to_string(), json)
    });
    json!({
        "service": service.name.as_str(),
        "stage": stack.stage.as_str(),
        "region": stack.region.as_str(),
        "account": stack.account.as_str(),
        "stack": stack.name(),
        "tags": service.stack_settings.tags,
        "permissionsBoundary": service.stack_settings.permissions_boundary.as_ref().map(|arn| arn.resolve(stack)),
        "rolePath": service.stack_settings.role_path.as_str(),
        "functions": functions.collect::<Map<_, _>>(),
        "routes": service.routes.iter().map(route_json).collect::<Vec<_>>(),
        "throttle": {"ratePerS": service.throttle.rate_per_s, "burst": service.throttle.burst},
        "stateMachines": machines.collect::<Map<_, _>>(),
        "activities": activities.collect::<Map<_, _>>(),
        "notes": notes.iter().map(|note| json!({"at": place(&note.at), "message": note.message})).collect::<Vec<_>>(),
    })
}

fn function_json(key: &Key, function: &Function, stack: &Stack) -> Value {
    let environment = function.environment.iter();
    let environment = environment.map(|(name, value)| (name.clone(), Value::from(value.resolve(stack))));
    json!({
        "name": stack.function_name(key),
        "arn": stack.function_arn(key).as_str(),
        "at": place(&function.at),
        "description": function.description,
        "runtime": function.runtime.as_str(),
        "handler": function.handler,
        "source": function.code.path,
        "patterns": patterns(function),
        "bundle": function.code.bundling.as_ref().map(bundling_json),
        "memoryMb": function.memory_mb,
        "timeoutS": function.timeout_s,
        "logRetentionDays": function.log_retention_days,
        "architecture": function.architecture.as_str(),
        "environment": environment.collect::<Map<_, _>>(),
        "role": function.role.as_ref().map(|role| role.resolve(stack)),
        "tags": function.tags,
        "permissions": permissions_json(&function.permissions, stack),
    })
}

fn machine_json(key: &Key, machine: &StateMachine, definition: Option<&Definition>, stack: &Stack) -> Value {
    let resolved = definition.map(|definition| definition.resolve(stack).json);
    let content: Option<Value> = resolved.and_then(|json| serde_json::from_str(&json).ok());
    json!({
        "name": stack.state_machine_name(key),
        "arn": stack.state_machine_arn(key).as_str(),
        "at": place(&machine.at),
        "type": machine.kind.as_str(),
        "file": definition.map(|definition| definition.file.as_str()),
        "definition": content,
        "role": machine.role.as_ref().map(|role| role.resolve(stack)),
        "logging": machine.logging.as_ref().map(|logging| logging_json(logging, stack)),
        "tags": machine.tags,
        "permissions": permissions_json(&machine.permissions, stack),
    })
}

fn logging_json(logging: &Logging, stack: &Stack) -> Value {
    let destinations: Vec<String> = logging.destinations.iter().map(|arn| arn.resolve(stack)).collect();
    json!({
        "level": logging.level,
        "includeExecutionData": logging.include_execution_data,
        "destinations": destinations,
    })
}

fn bundling_json(bundling: &Bundling) -> Value {
    json!({
        "minify": bundling.minify,
        "sourceMap": bundling.source_map,
        "target": bundling.target,
        "external": bundling.external,
    })
}

fn cors_json(cors: &Cors) -> Value {
    json!({
        "origins": cors.origins,
        "methods": cors.methods,
        "headers": cors.headers,
        "exposedHeaders": cors.exposed_headers,
        "allowCredentials": cors.allow_credentials,
        "maxAgeS": cors.max_age_s,
    })
}

fn route_json(route: &Route) -> Value {
    json!({
        "method": route.method,
        "path": route.path,
        "function": route.function.as_str(),
        "payloadFormat": route.payload_format.as_str(),
        "cors": route.cors.is_some(),
        "corsSettings": route.cors.as_ref().map(cors_json),
        "at": place(&route.at),
    })
}

fn permissions_json(permissions: &[Permission], stack: &Stack) -> Vec<Value> {
    let permission = |permission: &Permission| {
        let resources: Vec<String> = permission.resources.iter().map(|resource| resource.resolve(stack)).collect();
        json!({
            "effect": permission.effect.as_str(), "actions": permission.actions, "resources": resources,
            "condition": condition_of(permission, stack), "at": place(&permission.at),
        })
    };
    permissions.iter().map(permission).collect()
}

fn place(at: &Place) -> Value {
    json!({"file": at.file, "line": at.line})
}
