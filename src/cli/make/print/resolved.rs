//! The service with every default and pseudo-parameter filled in, as a service file.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

use crate::cli::ui::visible;
use model::names::Key;
use model::pseudo::Template;
use model::service::{
    Activity, Bundling, Cors, DefinitionSource, Effect, Function, Logging, PackagePattern, Permission, Service,
    StateMachine,
};
use model::stack::Stack;
use model::stack_settings::StackSettings;

/// A service file that says the same.
pub(super) fn text(service: &Service, stack: &Stack) -> String {
    let mut text = format!("# Stack {} in {}, account {}.\n", stack.name(), stack.region, stack.account);
    let _ = writeln!(text, "service = {}", quoted(service.name.as_str()));
    let _ = writeln!(text, "stage = {}", quoted(stack.stage.as_str()));
    add_stack_settings(&mut text, &service.stack_settings, stack);
    for (key, function) in &service.functions {
        add_function(&mut text, key, function, stack);
    }
    for route in &service.routes {
        let _ = writeln!(text, "\n[[routes]]");
        let _ = writeln!(text, "method = {}", quoted(&route.method));
        let _ = writeln!(text, "path = {}", quoted(&route.path));
        let _ = writeln!(text, "function = {}", quoted(route.function.as_str()));
        let _ = writeln!(text, "payload_format = {}", quoted(route.payload_format.as_str()));
        add_cors(&mut text, route.cors.as_ref());
    }
    let rate = service.throttle.rate_per_s;
    let burst = service.throttle.burst;
    let _ = writeln!(text, "\n[throttle]\nrate_per_s = {rate}\nburst = {burst}");
    for (key, machine) in &service.state_machines {
        add_machine(&mut text, key, machine, stack);
    }
    for (key, activity) in &service.activities {
        add_activity(&mut text, key, activity, stack);
    }
    text
}

fn add_machine(text: &mut String, key: &Key, machine: &StateMachine, stack: &Stack) {
    let _ = writeln!(text, "\n[state_machines.{key}] # {}", stack.state_machine_name(key));
    if let Some(name) = &machine.name {
        let _ = writeln!(text, "name = {}", quoted(&name.resolve(stack)));
    }
    let definition = match &machine.definition {
        DefinitionSource::File(file) => file.clone(),
        DefinitionSource::Inline { source, .. } => format!("(in {})", source.file),
    };
    let _ = writeln!(text, "definition = {}", quoted(&definition));
    let _ = writeln!(text, "type = {}", quoted(machine.kind.as_str()));
    add_role(text, machine.role.as_ref(), stack);
    if let Some(logging) = &machine.logging {
        add_logging(text, logging, stack);
    }
    add_tags(text, &format!("state_machines.{key}"), &machine.tags);
    add_permissions(text, &format!("state_machines.{key}"), &machine.permissions, stack);
}

fn add_activity(text: &mut String, key: &Key, activity: &Activity, stack: &Stack) {
    let _ = writeln!(text, "\n[activities.{key}] # {}", stack.activity_name(key));
    if let Some(name) = &activity.name {
        let _ = writeln!(text, "name = {}", quoted(&name.resolve(stack)));
    }
    add_tags(text, &format!("activities.{key}"), &activity.tags);
}

fn add_logging(text: &mut String, logging: &Logging, stack: &Stack) {
    let destinations: Vec<String> = logging.destinations.iter().map(|arn| arn.resolve(stack)).collect();
    let _ = writeln!(
        text,
        "logging = {{ level = {}, include_execution_data = {}, destinations = {} }}",
        quoted(&logging.level),
        logging.include_execution_data,
        listed(&destinations),
    );
}

fn add_role(text: &mut String, role: Option<&Template>, stack: &Stack) {
    if let Some(role) = role {
        let _ = writeln!(text, "role = {}", quoted(&role.resolve(stack)));
    }
}

fn add_tags(text: &mut String, of: &str, tags: &BTreeMap<String, String>) {
    if !tags.is_empty() {
        let _ = writeln!(text, "\n[{of}.tags]");
    }
    for (key, value) in tags {
        let _ = writeln!(text, "{} = {}", quoted(key), quoted(value));
    }
}

fn add_cors(text: &mut String, cors: Option<&Cors>) {
    let Some(cors) = cors else {
        text.push_str("cors = false\n");
        return;
    };
    let mut members = Vec::new();
    let lists = [
        ("origins", &cors.origins),
        ("methods", &cors.methods),
        ("headers", &cors.headers),
        ("exposed_headers", &cors.exposed_headers),
    ];
    members.extend(
        lists.iter().filter(|(_, list)| !list.is_empty()).map(|(key, list)| format!("{key} = {}", listed(list))),
    );
    members.push(format!("allow_credentials = {}", cors.allow_credentials));
    members.extend(cors.max_age_s.map(|age| format!("max_age_s = {age}")));
    let _ = writeln!(text, "cors = {{ {} }}", members.join(", "));
}

fn listed(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

fn add_stack_settings(text: &mut String, settings: &StackSettings, stack: &Stack) {
    let _ = writeln!(text, "\n[stack]");
    if let Some(arn) = &settings.permissions_boundary {
        let _ = writeln!(text, "permissions_boundary = {}", quoted(&arn.resolve(stack)));
    }
    let _ = writeln!(text, "role_path = {}", quoted(settings.role_path.as_str()));
    add_tags(text, "stack", &settings.tags);
}

fn add_function(text: &mut String, key: &Key, function: &Function, stack: &Stack) {
    let _ = writeln!(text, "\n[functions.{key}] # {}", stack.function_name(key));
    if let Some(name) = &function.name {
        let _ = writeln!(text, "name = {}", quoted(&name.resolve(stack)));
    }
    if let Some(description) = &function.description {
        let _ = writeln!(text, "description = {}", quoted(description));
    }
    let _ = writeln!(text, "runtime = {}", quoted(function.runtime.as_str()));
    let _ = writeln!(text, "handler = {}", quoted(&function.handler));
    let _ = writeln!(text, "source = {}", quoted(&function.code.path));
    if !function.code.patterns.is_empty() {
        let _ = writeln!(text, "patterns = {}", listed(&patterns(function)));
    }
    if let Some(bundling) = &function.code.bundling {
        add_bundling(text, bundling);
    }
    let _ = writeln!(text, "memory_mb = {}", function.memory_mb);
    let _ = writeln!(text, "timeout_s = {}", function.timeout_s);
    let days = function.log_retention_days.map_or_else(|| quoted("forever"), |days| days.to_string());
    let _ = writeln!(text, "log_retention_days = {days}");
    let _ = writeln!(text, "architecture = {}", quoted(function.architecture.as_str()));
    add_role(text, function.role.as_ref(), stack);
    if !function.environment.is_empty() {
        let _ = writeln!(text, "\n[functions.{key}.environment]");
    }
    for (name, value) in &function.environment {
        let _ = writeln!(text, "{name} = {}", quoted(&value.resolve(stack)));
    }
    add_tags(text, &format!("functions.{key}"), &function.tags);
    add_permissions(text, &format!("functions.{key}"), &function.permissions, stack);
}

fn add_bundling(text: &mut String, bundling: &Bundling) {
    let mut members = vec![format!("minify = {}", bundling.minify), format!("source_map = {}", bundling.source_map)];
    members.extend(bundling.target.as_ref().map(|target| format!("target = {}", quoted(target))));
    if !bundling.external.is_empty() {
        members.push(format!("external = {}", listed(&bundling.external)));
    }
    let _ = writeln!(text, "bundle = {{ {} }}", members.join(", "));
}

/// Patterns as a service file has them: `!` before those that keep files out.
pub(super) fn patterns(function: &Function) -> Vec<String> {
    let written = |pattern: &PackagePattern| format!("{}{}", if pattern.excludes { "!" } else { "" }, pattern.glob);
    function.code.patterns.iter().map(written).collect()
}

fn add_permissions(text: &mut String, of: &str, permissions: &[Permission], stack: &Stack) {
    for permission in permissions {
        let _ = writeln!(text, "\n[[{of}.permissions]]");
        if permission.effect == Effect::Deny {
            let _ = writeln!(text, "effect = {}", quoted(permission.effect.as_str()));
        }
        let actions: Vec<String> = permission.actions.iter().map(|action| quoted(action)).collect();
        let _ = writeln!(text, "actions = [{}]\nresources = [", actions.join(", "));
        for resource in &permission.resources {
            let _ = writeln!(text, "  {},", quoted(&resource.resolve(stack)));
        }
        let _ = writeln!(text, "]");
        if let Some(condition) = condition_of(permission, stack) {
            let _ = writeln!(text, "condition = {}", inline(&condition));
        }
    }
}

/// A statement's condition.
pub(super) fn condition_of(permission: &Permission, stack: &Stack) -> Option<Value> {
    serde_json::from_str(&permission.condition.as_ref()?.resolve(stack)).ok()
}

/// A value as TOML writes it in one line.
fn inline(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: Vec<String> =
                members.iter().map(|(key, value)| format!("{} = {}", quoted(key), inline(value))).collect();
            format!("{{ {} }}", members.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::String(text) => quoted(text),
        other => other.to_string(),
    }
}

/// A string of TOML. JSON's escapes are TOML's too; what JSON leaves as it is and TOML or a terminal can't take is escaped.
fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    for character in Value::from(text).to_string().chars() {
        let mut shown = [0; 4];
        let character_text: &str = character.encode_utf8(&mut shown);
        if visible(character_text) == character_text {
            quoted.push(character);
        } else {
            let _ = write!(quoted, "\\u{:04X}", u32::from(character));
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::names::{AccountId, Region};
    use model::source::Source;

    fn read(text: &str) -> (Service, Stack) {
        let service = Service::parse(&Source::new("service.toml", text)).unwrap();
        let region = Region::parse("eu-west-1").unwrap();
        let stack = service.stack(service.default_stage.clone(), region, AccountId::placeholder());
        (service, stack)
    }

    #[test]
    fn what_is_printed_is_a_service_file_that_says_the_same() {
        let lesson = include_str!("../../../../definitions/service.toml");
        let odd = "service = \"shop\"\n[functions.f]\nsource = \"a\\\"\\\\b\\u007f\\n\\u202e\"\n\
                   environment = { NAME = \"${AWS::Region}\\t\\u0001\" }\n[state_machines.m]\ndefinition = \"x\"\n\
                   [[state_machines.m.permissions]]\nactions = [\"a:B\", \"a:C\"]\nresources = [\"*\", \"${AWS::StackName}\"]\n";
        let company = format!(
            "{lesson}\n[stack]\npermissions_boundary = \"arn:#{{AWS::Partition}}:iam::aws:policy/b\"\nrole_path = \"/t/\"\n\
             tags = {{ \"cost center\" = \"a/b\" }}\n"
        );
        let rest = "service = \"shop\"\n[functions.f]\nsource = \".\"\nruntime = \"nodejs22.x\"\nhandler = \"a.b\"\n\
            bundle = { target = \"node20\", external = [\"x\"] }\n[[functions.f.permissions]]\neffect = \"Deny\"\n\
            actions = [\"a:B\"]\nresources = [\"*\"]\ncondition = { A = { \"b:c\" = [1, \"${AWS::Region}\", 1.5], d = true } }\n\
            [functions.g]\nsource = \".\"\nrole = \"arn:aws:iam::1:role/#{AWS::Region}\"\n[state_machines.m]\ndefinition = \"x\"\n\
            logging = { level = \"ERROR\", include_execution_data = true, destinations = [\"arn:${AWS::Region}\"] }\n";
        for written in [lesson, odd, rest, &company] {
            let (service, stack) = read(written);
            let printed = text(&service, &stack);
            assert!(!printed.contains("AWS::"), "{printed}");
            let (again, stack) = read(&printed);
            assert_eq!(text(&again, &stack), printed);
            let sources =
                |service: &Service| service.functions.values().map(|it| it.code.path.clone()).collect::<Vec<_>>();
            assert_eq!(sources(&again), sources(&service));
            assert_eq!(again.stack_settings.tags, service.stack_settings.tags);
        }
    }
}
