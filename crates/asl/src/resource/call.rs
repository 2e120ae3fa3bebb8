//! What AWS knows of a call when it checks a definition: whether the integration is there, in the pattern that is asked for, and
//! what it must be given.

use api_models::{Operation, ParameterProblem, Spelling};
use serde_json::{Map, Value};

use super::TaskResource;
use super::optimised::{Optimised, Parameters};

/// A service integration that AWS has.
pub(super) enum Integration {
    Optimised(&'static Optimised),
    Sdk(Operation<'static>),
}

impl TaskResource {
    /// Whether AWS has the integration, in this pattern; functions and activities are not looked at.
    pub fn is_recognised(&self) -> bool {
        let Self::Service { resource, .. } = self else {
            return true;
        };
        let suffix = suffix(resource);
        match self.known() {
            Some(Integration::Optimised(known)) => known.has_pattern(suffix),
            Some(Integration::Sdk(_)) => matches!(suffix, "" | "waitForTaskToken"),
            None => false,
        }
    }

    /// The integrations that may be meant by one that AWS does not have: the only one that does the same, or all of the same
    /// service, or the same action of all services. Each is `service:action`, with the suffix that this one has where AWS has it.
    pub fn alternatives(&self) -> Vec<String> {
        let Self::Service { resource_type, resource, .. } = self else {
            return Vec::new();
        };
        let (action, suffix) = resource.split_once('.').unwrap_or((resource, ""));
        match resource_type.strip_prefix("aws-sdk:").map(api_models::service) {
            Some(Some(service)) => {
                service.operations().map(|known| format!("{resource_type}:{}", known.action())).collect()
            }
            Some(None) => {
                let has_action =
                    |name: &&str| api_models::service(name).is_some_and(|service| service.operation(action).is_some());
                let services = api_models::models().services().filter(has_action);
                services.map(|service| format!("aws-sdk:{service}:{action}")).collect()
            }
            // What the service's own integration does not do, its SDK's does.
            None if Optimised::of(resource_type, action).is_none()
                && api_models::service(resource_type).is_some_and(|sdk| sdk.operation(action).is_some()) =>
            {
                vec![format!("aws-sdk:{resource_type}:{action}")]
            }
            None => Optimised::all().flat_map(|known| known.written(suffix)).collect(),
        }
    }

    /// The integration, whatever its pattern.
    pub(super) fn known(&self) -> Option<Integration> {
        let Self::Service { resource_type, resource, .. } = self else {
            return None;
        };
        let action = resource.split('.').next().unwrap_or_default();
        match resource_type.strip_prefix("aws-sdk:") {
            Some(service) => api_models::service(service)?.operation(action).map(Integration::Sdk),
            None => Optimised::of(resource_type, action).map(Integration::Optimised),
        }
    }

    /// What is wrong with the names in a call's parameters, in AWS's words: a required one is missing, or the API does not have
    /// one. `has_paths` says whether a name that ends in `.$` has a path, as in a definition.
    pub fn parameter_problems(&self, given: &Map<String, Value>, has_paths: bool) -> Vec<String> {
        self.problems(given, has_paths).iter().map(ParameterProblem::to_string).collect()
    }

    fn problems(&self, given: &Map<String, Value>, has_paths: bool) -> Vec<ParameterProblem> {
        match self.known() {
            Some(Integration::Sdk(operation)) => operation.check_parameters(given, Spelling::Sdk, has_paths),
            Some(Integration::Optimised(known)) => match known.parameters {
                Parameters::Unlisted => Vec::new(),
                Parameters::Own(required, others) => of_own(given, has_paths, required, others),
                Parameters::Operation(sdk, more) => {
                    let service = api_models::service(sdk);
                    let operation = service.and_then(|service| service.operation(known.action()));
                    let mut problems = operation.map_or_else(Vec::new, |operation| {
                        operation.check_parameters(given, Spelling::Optimised, has_paths)
                    });
                    problems.retain(
                        |problem| !matches!(problem, ParameterProblem::Unknown(name) if more.contains(&name.as_str())),
                    );
                    problems
                }
            },
            None => Vec::new(),
        }
    }
}

/// What stands behind the action: `sync:2` of `startExecution.sync:2`.
fn suffix(resource: &str) -> &str {
    resource.split_once('.').map_or("", |(_, suffix)| suffix)
}

fn of_own(given: &Map<String, Value>, has_paths: bool, required: &[&str], others: &[&str]) -> Vec<ParameterProblem> {
    let names: Vec<&str> =
        given.keys().map(|name| if has_paths { name.strip_suffix(".$").unwrap_or(name) } else { name }).collect();
    let missing = required.iter().filter(|name| !names.contains(name));
    let missing = missing.map(|name| ParameterProblem::Missing((*name).to_owned()));
    let unknown = names.iter().filter(|name| !required.contains(name) && !others.contains(name));
    missing.chain(unknown.map(|name| ParameterProblem::Unknown((*name).to_owned()))).collect()
}
