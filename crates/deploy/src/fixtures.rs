//! For tests: the lesson, and a cloud without a network that plans are carried out on.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::desired::{Artefact, Desired, desired};
use super::diff::integration_target;
use super::observe::{Observed, ObservedApi, ObservedFunction, ObservedLogGroup, ObservedRole, ObservedStateMachine};
use super::plan::{Change, Plan, Step};
use super::resource::Resource;
use super::spec::{FunctionSpec, Spec};
use aws::function_versions::FunctionVersion;
use aws::lambda::{Function, Readiness};
use aws::{Tags, apis, iam, sfn};
use model::definition::Definition;
use model::names::{AccountId, Key, Region, ServiceName, StageName};
use model::service::Service;
use model::source::Source;
use model::stack::{OWNER_TAG, Stack};

pub(super) const LESSON: &str = include_str!("../../../definitions/service.toml");

pub(super) fn key(text: &str) -> Key {
    Key::parse(text).unwrap()
}

pub(super) fn stack() -> Stack {
    Stack {
        service: ServiceName::parse("shop").unwrap(),
        stage: StageName::parse("dev").unwrap(),
        region: Region::parse("eu-west-1").unwrap(),
        account: AccountId::parse("123456789012").unwrap(),
    }
}

pub(super) fn service(text: &str) -> Service {
    Service::parse(&Source::new("service.toml", text)).unwrap()
}

/// What a service file wants; its definitions are the lesson's, its zips hash to their function's key.
pub(super) fn wanted(text: &str) -> Desired {
    let service = service(text);
    let definition = include_str!("../../../definitions/wait-to-send.asl.json");
    let definition = Definition::parse(&Source::new("wait-to-send.asl.json", definition)).unwrap();
    let definitions = service.state_machines.keys().map(|key| (key.clone(), definition.clone())).collect();
    let artefacts: BTreeMap<Key, Artefact> = service
        .functions
        .keys()
        .map(|key| (key.clone(), Artefact { zip: Bytes::new(), code_sha256: format!("sha of {key}") }))
        .collect();
    desired(&service, &definitions, &artefacts, &stack()).unwrap()
}

/// What is there after some steps of a plan, as AWS would answer it.
pub(super) fn carried_out<'a>(mut there: Observed, steps: impl IntoIterator<Item = &'a Step>) -> Observed {
    // An integration comes before the route that names its id, a function before the definition that names its version.
    let mut steps: Vec<&Step> = steps.into_iter().collect();
    steps.sort_by_key(|step| matches!(step.resource, Resource::Permission { .. } | Resource::OldPermission { .. }));
    for step in steps {
        match &step.change {
            Change::Keep => {}
            Change::Create(spec) | Change::Update(spec, _) | Change::Adopt(spec, _) => put(&mut there, step, spec),
            Change::Delete => delete(&mut there, step),
        }
    }
    there
}

pub(super) fn deployed(plan: &Plan) -> Observed {
    carried_out(Observed::default(), &plan.steps)
}

pub(super) fn tags() -> Tags {
    Tags::from([(OWNER_TAG.to_owned(), stack().name())])
}

fn put(there: &mut Observed, step: &Step, spec: &Spec) {
    match (&step.resource, spec) {
        (Resource::Role(key), Spec::Role(spec)) => {
            let role = iam::Role { arn: String::new(), trust: spec.trust.to_string(), tags: spec.tags.clone() };
            let policy = spec.policy.as_ref().map(ToString::to_string);
            there.roles.insert(key.clone(), ObservedRole { role, policy });
        }
        (Resource::LogGroup(key), Spec::LogGroup(spec)) => {
            let group = ObservedLogGroup { retention_days: Some(spec.retention_days), tags: spec.tags.clone() };
            there.log_groups.insert(key.clone(), group);
        }
        (Resource::Function(key), Spec::Function(spec)) => put_function(there, key, spec),
        (Resource::Alias(key), Spec::Alias(spec)) => {
            let function = there.functions.get_mut(key).unwrap();
            function.live = spec.version.or_else(|| function.published());
        }
        (Resource::StateMachine(key), Spec::StateMachine(spec)) => {
            let machine = sfn::StateMachine {
                definition: spec.with_versions(|key| there.functions.get(key)?.published()).definition,
                role: spec.wanted.role.clone(),
                kind: spec.wanted.kind.to_owned(),
                logs: false,
                traces: false,
                deleting: false,
            };
            there
                .state_machines
                .insert(key.clone(), ObservedStateMachine { machine, runs: false, tags: spec.tags.clone() });
        }
        (_, Spec::Permission(spec)) => {
            let api = there.apis.first().map(|api| api.api.id.clone()).unwrap();
            let Resource::Permission { function, .. } = &step.resource else { return };
            let statement = spec.statement(&api);
            let statements = &mut there.functions.get_mut(function).unwrap().statements;
            statements.retain(|it| it.sid != statement.sid);
            statements.push(statement);
        }
        _ => put_in_api(there, step, spec),
    }
}

fn put_function(there: &mut Observed, key: &Key, spec: &FunctionSpec) {
    let function = Function {
        configuration: spec.configuration.clone(),
        architecture: spec.code.architecture.clone(),
        code_sha256: spec.code_sha256.clone(),
        readiness: Readiness::Ready,
        tags: spec.tags.clone(),
    };
    let was = there.functions.remove(key);
    let (statements, mut versions, live) = was.map(|it| (it.statements, it.versions, it.live)).unwrap_or_default();
    let number = versions.last().map_or(1, |newest| newest.number + 1);
    let observed = ObservedFunction { function, statements, versions: versions.clone(), live };
    if observed.published().is_none() {
        versions.push(FunctionVersion {
            number,
            description: String::new(),
            configuration: spec.configuration.clone(),
            architecture: spec.code.architecture.clone(),
            code_sha256: spec.code_sha256.clone(),
            size_bytes: 0,
        });
    }
    there.functions.insert(key.clone(), ObservedFunction { versions, ..observed });
}

fn put_in_api(there: &mut Observed, step: &Step, spec: &Spec) {
    if let Spec::Api(spec) = spec {
        match there.apis.first_mut() {
            Some(api) => api.api.cors.clone_from(&spec.cors),
            None => there.apis.push(empty_api("a1", spec.cors.clone())),
        }
        return;
    }
    let api = there.apis.first_mut().unwrap();
    let id = format!("id{}", api.integrations.len() + api.routes.len());
    match spec {
        Spec::Integration(spec) => {
            let payload_format = "2.0".to_owned();
            let id = step.id.clone().unwrap_or(id);
            api.integrations.retain(|it| it.id != id);
            api.integrations.push(apis::Integration { id, uri: spec.uri.clone(), payload_format });
        }
        Spec::Route(spec) => {
            let uri = stack().live_arn(&spec.function);
            let integration = api.integrations.iter().find(|it| it.uri == uri.as_str()).unwrap();
            let target = integration_target(&integration.id);
            api.routes.retain(|it| it.key != spec.key);
            api.routes.push(apis::Route { id, key: spec.key.clone(), target });
        }
        Spec::Stage(spec) => {
            let (rate, burst) = (Some(f64::from(spec.rate_per_s)), i32::try_from(spec.burst).ok());
            let stage = apis::Stage { name: spec.name.clone(), auto_deploy: true, rate_per_s: rate, burst };
            api.stages = vec![stage];
        }
        _ => {}
    }
}

pub(super) fn empty_api(id: &str, cors: Option<apis::Cors>) -> ObservedApi {
    let endpoint = format!("https://{id}.execute-api.eu-west-1.amazonaws.com");
    let api = apis::Api { id: id.to_owned(), name: stack().api_name(), endpoint, created_s: 0, cors, tags: tags() };
    ObservedApi { api, integrations: Vec::new(), routes: Vec::new(), stages: Vec::new() }
}

fn delete(there: &mut Observed, step: &Step) {
    match &step.resource {
        Resource::Role(key) => drop(there.roles.remove(key)),
        Resource::LogGroup(key) => drop(there.log_groups.remove(key)),
        Resource::Function(key) => drop(there.functions.remove(key)),
        Resource::StateMachine(key) => drop(there.state_machines.remove(key)),
        Resource::Api | Resource::SpareApi(_) => there.apis.retain(|it| Some(&it.api.id) != step.id.as_ref()),
        Resource::OldIntegration(id) => there.apis[0].integrations.retain(|it| it.id != *id),
        Resource::Route(route) => there.apis[0].routes.retain(|it| it.key != *route),
        Resource::OldPermission { function, sid } => {
            if let Some(function) = there.functions.get_mut(function) {
                function.statements.retain(|it| it.sid != *sid);
            }
        }
        Resource::Alias(_) | Resource::Integration(_) | Resource::Stage | Resource::Permission { .. } => {
            panic!("never planned for deletion: {}", step.resource)
        }
    }
}
