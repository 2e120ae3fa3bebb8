//! The service file as a whole: its keys, and the order in which they are read.

use std::collections::BTreeMap;

use crate::names::{Key, Region, ServiceName, StageName, shared_names};
use crate::pseudo::Template;
use crate::service::{Bundling, Route, Service, Throttle};
use crate::stack::Stack;

use super::events;
use super::functions::{self, Named, Packaging, Reading};
use super::plugins::{self, Plugins};
use super::provider::Provider;
use super::reading::report::Report;
use super::reading::section::{Ineffective, Refusal, Section, text};
use super::reading::tree::{Content, Member, Node};
use super::references::declared::Declared;
use super::references::intrinsics::Intrinsics;
use super::resources::resources;
use super::step_functions::{self, Block};
use super::surroundings::Surroundings;
use super::variables::Variables;

/// What API Gateway lets through when nobody says otherwise (API Gateway developer guide, "Quotas": per account and region).
const ACCOUNT_THROTTLE: Throttle = Throttle { rate_per_s: 10_000, burst: 5_000 };

const REFUSED: &[Refusal] = &[
    Refusal {
        key: "layers",
        why: "`workshop` deploys no layers.",
        hint: "Put what the layer holds beside the handlers, so that it is in the functions' zips.",
    },
    Refusal {
        key: "constructs",
        why: "`workshop` makes no constructs of serverless-lift.",
        hint: "Make by hand what they make.",
    },
    Refusal {
        key: "services",
        why: "it is a file of Serverless Compose.",
        hint: "Deploy each service from its own folder.",
    },
];

const INEFFECTIVE: &[Ineffective] = &[
    Ineffective { key: "frameworkVersion", why: "no version of the Serverless Framework runs." },
    Ineffective { key: "configValidationMode", why: "every key is checked, always." },
    Ineffective { key: "variablesResolutionMode", why: "variables are resolved in one way." },
    Ineffective { key: "unresolvedVariablesNotificationMode", why: "a variable without a value is always an error." },
    Ineffective { key: "deprecationNotificationMode", why: "no version of the Serverless Framework runs." },
    Ineffective { key: "disabledDeprecations", why: "no version of the Serverless Framework runs." },
    Ineffective { key: "enableLocalInstallationFallback", why: "no version of the Serverless Framework runs." },
    Ineffective { key: "projectDir", why: "files are read from the service file's folder." },
    Ineffective { key: "org", why: "nothing is sent to the dashboard." },
    Ineffective { key: "app", why: "nothing is sent to the dashboard." },
    Ineffective { key: "tenant", why: "nothing is sent to the dashboard." },
    Ineffective { key: "console", why: "nothing is sent to the dashboard." },
    Ineffective { key: "outputs", why: "nothing is sent to the dashboard." },
    Ineffective { key: "licenseKey", why: "no version of the Serverless Framework runs." },
];

/// Reads the whole file; nothing when there is an error.
pub(super) fn service(
    root: &Node,
    variables: &Variables<'_>,
    surroundings: &Surroundings<'_>,
    report: &mut Report,
) -> Option<Service> {
    let mut keys = keys(root, surroundings, report)?;
    let mut member = |key: &'static str| {
        keys.take(key)?;
        variables.top_level(key)
    };
    let name = service_name(member("service").as_ref(), root, report);
    let plugins_member = member("plugins");
    let custom = root.member("custom").map(|custom| &custom.value);
    let plugins = Plugins::read(plugins_member.as_ref(), custom, report);
    let provider_member = member("provider");
    let functions_member = member("functions");
    let package_member = member("package");
    let resources_member = member("resources");
    let machines_member = member("stepFunctions");
    let build_member = member("build");
    keys.finish(report);
    if provider_member.is_none() {
        report.error(&root.at, "`provider` is missing.", "Add it: `provider: {name: aws, runtime: nodejs24.x}`.");
    }
    let stage = default_stage(provider_member.as_ref(), report);
    let region = default_region(provider_member.as_ref(), report);
    let measured_region = surroundings.region.as_ref().or(region.as_ref());
    let deployed_stage = surroundings.stage.as_ref().unwrap_or(&stage);
    let stack = Stack::measured(&name, deployed_stage, measured_region);
    let named = functions::named(functions_member.as_ref(), &stack, report);
    let block = step_functions::block(machines_member.as_ref(), &stack, report);
    let mut declared = declared(&named, &block, &plugins);
    resources(resources_member.as_ref(), &mut declared, report);
    let intrinsics = Intrinsics::new(&declared);
    let provider = Provider::read(provider_member.as_ref(), &stack, intrinsics, report);
    let packaging = Packaging::read(package_member.as_ref(), "package", report);
    let bundling = bundling(build_member.as_ref(), variables, &plugins, report);
    plugins::requirements::check(variables, &plugins, report);
    let reading = Reading {
        provider: &provider,
        packaging: &packaging,
        bundling: bundling.as_ref(),
        intrinsics,
        runtime: surroundings.runtime,
        inherits_statements: inherits_statements(variables, &plugins, report),
    };
    let functions = reading.functions(&named, report);
    let routes = routes(&named, &provider, report);
    let state_machines = block.state_machines(&provider.tags, intrinsics, report);
    notes_of_provider(&provider, &block, &routes, report);
    refuse_shared_keys(&named, &block, report);
    refuse_shared_names(&named, &block, &stack, report);
    Some(Service {
        name,
        default_stage: stage,
        default_region: region,
        stack_settings: provider.stack_settings,
        functions,
        routes,
        throttle: ACCOUNT_THROTTLE,
        state_machines,
        activities: block.activities(),
    })
}

/// The keys of the file, without those that are known and have no effect.
fn keys<'n>(root: &'n Node, surroundings: &Surroundings<'_>, report: &mut Report) -> Option<Section<'n>> {
    let mut keys = Section::of(root, "", report)?;
    keys.refuse(REFUSED, report);
    keys.note(INEFFECTIVE, report);
    // Variables read these.
    for key in ["custom", "params"] {
        keys.take(key);
    }
    stages(&mut keys, report);
    if let Some(member) = keys.take("useDotenv").filter(|_| !surroundings.knows_dotenv) {
        report.note(&member.at, "`useDotenv` has no effect here: no `.env` file was read.");
    }
    Some(keys)
}

/// `stages`, whose `params` variables read. It may be a variable as a whole; then only its parameters are read.
fn stages(keys: &mut Section<'_>, report: &mut Report) {
    let Some(Content::Table(stages)) = keys.take("stages").map(|member| &member.value.content) else { return };
    for stage in stages.iter().filter(|stage| matches!(stage.value.content, Content::Table(_))) {
        let Some(mut section) = Section::of(&stage.value, format!("stages.{}", stage.key), report) else { continue };
        section.take("params");
        section.note(&[Ineffective { key: "observability", why: "nothing is sent to the dashboard." }], report);
        section.refuse(
            &[Refusal {
                key: "resolvers",
                why: "variables of resolvers read other services.",
                hint: "Use `${param:NAME}` and `--param NAME=value`.",
            }],
            report,
        );
        section.finish(report);
    }
}

/// The service's name; a stand-in when it is wrong, so that the rest can be read.
fn service_name(member: Option<&Member>, root: &Node, report: &mut Report) -> ServiceName {
    let written = match member {
        None => {
            if root.member("service").is_none_or(|member| member.value.is_null()) {
                report.error(&root.at, "`service` is missing.", "Begin the file with `service: NAME`.");
            }
            None
        }
        Some(member) if matches!(member.value.content, Content::Table(_)) => {
            Section::of(&member.value, "service", report).and_then(|mut section| {
                let name = section.text("name", report);
                if name.is_none() && section.take("name").is_none() {
                    report.error(section.at, "`service.name` is missing.", "Add it: `name: my-service`.");
                }
                section.refuse(
                    &[Refusal {
                        key: "awsKmsKeyArn",
                        why: "environments are encrypted with AWS's key, not with this one.",
                        hint: "Take it out if that is enough.",
                    }],
                    report,
                );
                section.finish(report);
                name
            })
        }
        Some(member) => text(&member.value, "service", report),
    };
    let parsed = written.and_then(|written| match ServiceName::parse(&written.value) {
        Ok(name) => Some(name),
        Err(error) => {
            report.error(&written.at, error.to_string(), "Rename the service: its name is the start of every name.");
            None
        }
    });
    parsed.unwrap_or_else(ServiceName::placeholder)
}

/// `provider.stage`: what is meant when a command names none.
fn default_stage(provider: Option<&Member>, report: &mut Report) -> StageName {
    let written = provider.and_then(|provider| provider.value.member("stage")).filter(|stage| !stage.value.is_null());
    let Some(written) = written.and_then(|stage| text(&stage.value, "provider.stage", report)) else {
        return StageName::default();
    };
    match StageName::parse(&written.value) {
        Ok(stage) => stage,
        Err(error) => {
            report.error(&written.at, error.to_string(), "Choose another stage.");
            StageName::default()
        }
    }
}

/// `provider.region`: what is meant when a command names none.
fn default_region(provider: Option<&Member>, report: &mut Report) -> Option<Region> {
    let written = provider?.value.member("region").filter(|region| !region.value.is_null())?;
    let written = text(&written.value, "provider.region", report)?;
    Region::parse(&written.value).map_err(|error| report.error(&written.at, error.to_string(), "Correct it.")).ok()
}

fn declared(named: &[Named<'_>], block: &Block<'_>, plugins: &Plugins) -> Declared {
    let mut declared = Declared::default();
    declared.replaces_hashes =
        plugins.has("serverless-pseudo-parameters") || plugins.has("serverless-cloudformation-sub-variables");
    named.iter().for_each(|named| declared.add_function(named.key.as_str(), &named.deployed_name()));
    block.machines.iter().for_each(|machine| machine.declare(&mut declared));
    block.activities.iter().for_each(|activity| declared.add_activity(&activity.name));
    declared
}

/// How JavaScript is bundled, if the file says that it is.
fn bundling(
    build: Option<&Member>,
    variables: &Variables<'_>,
    plugins: &Plugins,
    report: &mut Report,
) -> Option<Bundling> {
    let of_build = build.and_then(|build| functions::bundling::of_build(build, report));
    if !plugins.has("serverless-esbuild") {
        return of_build;
    }
    let options = variables.custom("esbuild", report);
    Some(functions::bundling::of_plugin(options.as_ref(), report))
}

/// `custom.serverless-iam-roles-per-function.defaultInherit`.
fn inherits_statements(variables: &Variables<'_>, plugins: &Plugins, report: &mut Report) -> bool {
    const PLUGIN: &str = "serverless-iam-roles-per-function";
    let custom = plugins.has(PLUGIN).then(|| variables.custom(PLUGIN, report)).flatten();
    let path = format!("custom.{PLUGIN}");
    let Some(mut section) = custom.as_ref().and_then(|custom| Section::of(&custom.value, path, report)) else {
        return false;
    };
    let inherits = section.flag("defaultInherit", report).unwrap_or(false);
    section.refuse(
        &[Refusal {
            key: "iamGlobalPermissionsBoundary",
            why: "roles have one boundary, the provider's.",
            hint: "Write it as `provider.iam.role.permissionsBoundary`.",
        }],
        report,
    );
    section.finish(report);
    inherits
}

fn routes(named: &[Named<'_>], provider: &Provider, report: &mut Report) -> Vec<Route> {
    let mut routes = Vec::new();
    for function in named {
        if let Some(events) = function.events() {
            events::routes(&function.key, function.member, events, &provider.http_api, &mut routes, report);
        }
    }
    routes
}

/// What the provider's keys mean here beyond what they mean to the framework.
fn notes_of_provider(provider: &Provider, block: &Block<'_>, routes: &[Route], report: &mut Report) {
    if let Some(at) = provider.tags_at.as_ref().filter(|_| !routes.is_empty()) {
        report.note(
            at,
            "`provider.tags` are on functions and state machines; the HTTP API has those of `stackTags` only.",
        );
    }
    let has_boundary = provider.stack_settings.permissions_boundary.is_some();
    if let Some(member) = provider.boundary_at.as_ref().filter(|_| has_boundary && block.has_own_roles()) {
        report.note(member, "The boundary holds for the roles of state machines too.");
    }
}

/// A function and a state machine with one key would have one role.
fn refuse_shared_keys(named: &[Named<'_>], block: &Block<'_>, report: &mut Report) {
    let functions: BTreeMap<&Key, &Named<'_>> = named.iter().map(|named| (&named.key, named)).collect();
    for machine in block.machines.iter().filter(|machine| functions.contains_key(&machine.key)) {
        let message =
            format!("`{}` is the key of a function and of a state machine; their roles would be one.", machine.key);
        report.error(&machine.member.at, message, "Rename one of them, and keep the deployed name with `name:`.");
    }
}

/// Two functions, or two state machines, can't have one name.
fn refuse_shared_names(named: &[Named<'_>], block: &Block<'_>, stack: &Stack, report: &mut Report) {
    let resolved = |name: String| Template::unchecked(&name).resolve(stack);
    let functions = named.iter().map(|named| (named.key.clone(), resolved(named.deployed_name())));
    let machines = block.machines.iter().map(|named| (named.key.clone(), resolved(named.deployed_name())));
    let members = named.iter().map(|named| (&named.key, named.member));
    let members: BTreeMap<&Key, &Member> =
        members.chain(block.machines.iter().map(|named| (&named.key, named.member))).collect();
    for shared in shared_names(functions).into_iter().chain(shared_names(machines)) {
        if let Some(member) = members.get(&shared.second) {
            let message =
                format!("`{}` would have the same name as `{}`: `{}`.", shared.second, shared.first, shared.name);
            report.error(&member.at, message, "Give one of them another `name`.");
        }
    }
}
