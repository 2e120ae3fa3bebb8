//! What `info` reports about a stack, from what is declared and what exists. Pure.

use serde::{Deserialize, Serialize};

use crate::desired::resource::Resource;
use crate::observe::{Doubt, Observed, Unread};
use model::names::Key;
use model::service::Service;
use model::stack::Stack;

/// What exists of a stack. Its JSON form is what `info --json` prints; keys are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The service's name.
    pub service: String,
    /// The stage.
    pub stage: String,
    /// The region.
    pub region: String,
    /// The account.
    pub account: String,
    /// The stack's name.
    pub stack: String,
    /// How much of it is there.
    pub deployed: Completeness,
    /// Where the routes answer, in the service file's order; those that exist.
    pub endpoints: Vec<Endpoint>,
    /// The functions that exist.
    pub functions: Vec<Deployed>,
    /// The activities that exist.
    #[serde(default)]
    pub activities: Vec<Deployed>,
    /// The state machines that exist.
    pub state_machines: Vec<Deployed>,
    /// The functions' log groups that exist.
    pub log_groups: Vec<Deployed>,
    /// What is declared and not there.
    pub missing: Vec<String>,
    /// What may not be read: whether it is there is not known, so it is not said to be missing.
    #[serde(default)]
    pub unreadable: Vec<String>,
    /// What exists and is no longer declared.
    pub leftovers: Vec<String>,
    /// Pages of the AWS console; none for an emulator.
    pub console: Vec<ConsoleLink>,
}

/// How much of a stack is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Completeness {
    /// Everything that is declared.
    Complete,
    /// Some of it.
    Partly,
    /// Nothing.
    Nothing,
}

/// Where a route answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// The HTTP method.
    pub method: String,
    /// The path within the stage.
    pub path: String,
    /// The whole URL.
    pub url: String,
}

/// Something that is deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployed {
    /// Its name in the service file.
    pub key: String,
    /// Its deployed name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
}

/// A page of the AWS console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsoleLink {
    /// What it shows.
    pub what: String,
    /// Its address.
    pub url: String,
}

impl Report {
    /// What was observed. `console` says whether the stack is on AWS itself, which has a console.
    pub fn observed(service: &Service, stack: &Stack, observed: &Observed, console: bool) -> Self {
        let api = observed.apis.first();
        let is_there = |resource: &Resource| match resource {
            Resource::Function(key) => observed.functions.contains_key(key),
            Resource::LogGroup(key) => observed.log_groups.contains_key(key),
            Resource::Activity(key) => observed.activities.contains_key(key),
            Resource::StateMachine(key) => observed.state_machines.get(key).is_some_and(|it| !it.machine.deleting),
            Resource::Route(route) => api.is_some_and(|api| {
                api.stages.iter().any(|stage| stage.name == stack.stage.as_str())
                    && api.routes.iter().any(|it| it.key == *route)
            }),
            _ => false,
        };
        let endpoint = api.map(|api| api.api.endpoint.as_str());
        let mut report = Self::of(service, stack, endpoint, &is_there, console);
        report.leftovers = leftovers(service, stack, observed);
        if observed.is_empty() {
            report.deployed = Completeness::Nothing;
        }
        report
    }

    /// The same with what could not be read.
    #[must_use]
    pub fn with_unread(mut self, unread: &[Unread]) -> Self {
        self.unreadable = unread.iter().map(ToString::to_string).collect();
        for doubt in unread.iter().map(|it| &it.doubt) {
            self.missing.retain(|missing| match doubt {
                Doubt::Key(key) => {
                    let key = || key.clone();
                    let things = [Resource::Function(key()), Resource::LogGroup(key()), Resource::StateMachine(key())];
                    !things.iter().any(|thing| thing.to_string() == *missing)
                }
                Doubt::Activity { key, .. } => Resource::Activity(key.clone()).to_string() != *missing,
                Doubt::LogGroups => !missing.starts_with("log group "),
                Doubt::Api | Doubt::Details => !missing.starts_with("route "),
                Doubt::Others => true,
            });
        }
        self
    }

    fn of(
        service: &Service,
        stack: &Stack,
        endpoint: Option<&str>,
        is_there: &dyn Fn(&Resource) -> bool,
        console: bool,
    ) -> Self {
        let mut report = Self {
            service: stack.service.to_string(),
            stage: stack.stage.to_string(),
            region: stack.region.to_string(),
            account: stack.account.to_string(),
            stack: stack.name(),
            deployed: Completeness::Complete,
            endpoints: Vec::new(),
            functions: Vec::new(),
            activities: Vec::new(),
            state_machines: Vec::new(),
            log_groups: Vec::new(),
            missing: Vec::new(),
            unreadable: Vec::new(),
            leftovers: Vec::new(),
            console: Vec::new(),
        };
        report.add_routes(service, stack, endpoint, is_there);
        report.add_resources(service, stack, is_there);
        if console {
            report.console = links(stack, &report.functions, &report.state_machines, &report.log_groups);
        }
        if !report.missing.is_empty() {
            report.deployed = Completeness::Partly;
        }
        report
    }

    fn add_routes(
        &mut self,
        service: &Service,
        stack: &Stack,
        endpoint: Option<&str>,
        is_there: &dyn Fn(&Resource) -> bool,
    ) {
        for route in &service.routes {
            let resource = Resource::Route(route.key());
            match endpoint.filter(|_| is_there(&resource)) {
                Some(endpoint) => {
                    let url = format!("{}/{}{}", endpoint.trim_end_matches('/'), stack.stage, route.path);
                    self.endpoints.push(Endpoint { method: route.method.clone(), path: route.path.clone(), url });
                }
                None => self.missing.push(resource.to_string()),
            }
        }
    }

    fn add_resources(&mut self, service: &Service, stack: &Stack, is_there: &dyn Fn(&Resource) -> bool) {
        for key in service.functions.keys() {
            let function = Resource::Function(key.clone());
            let group = Resource::LogGroup(key.clone());
            if is_there(&function) {
                self.functions.push(deployed(key, stack.function_name(key), stack.function_arn(key).to_string()));
            } else {
                self.missing.push(function.to_string());
            }
            if is_there(&group) {
                let name = stack.log_group(key);
                self.log_groups.push(deployed(key, name.clone(), stack.log_group_arn(&name).to_string()));
            } else {
                self.missing.push(group.to_string());
            }
        }
        for key in service.activities.keys() {
            let activity = Resource::Activity(key.clone());
            if is_there(&activity) {
                let arn = stack.activity_arn(key).to_string();
                self.activities.push(deployed(key, stack.activity_name(key), arn));
            } else {
                self.missing.push(activity.to_string());
            }
        }
        for key in service.state_machines.keys() {
            let machine = Resource::StateMachine(key.clone());
            if is_there(&machine) {
                let arn = stack.state_machine_arn(key).to_string();
                self.state_machines.push(deployed(key, stack.state_machine_name(key), arn));
            } else {
                self.missing.push(machine.to_string());
            }
        }
    }
}

fn deployed(key: &Key, name: String, arn: String) -> Deployed {
    Deployed { key: key.to_string(), name, arn }
}

fn leftovers(service: &Service, stack: &Stack, observed: &Observed) -> Vec<String> {
    let stack = &observed.stack(stack);
    let functions = observed.functions.keys().filter(|key| !service.functions.contains_key(*key));
    let functions = functions.map(|key| format!("function {}", stack.function_name(key)));
    let activities = observed.activities.keys().filter(|key| !service.activities.contains_key(*key));
    let activities = activities.map(|key| format!("activity {}", stack.activity_name(key)));
    let machines = observed.state_machines.keys().filter(|key| !service.state_machines.contains_key(*key));
    let machines = machines.map(|key| format!("state machine {}", stack.state_machine_name(key)));
    functions.chain(activities).chain(machines).collect()
}

/// The page of Step Functions in the AWS console, for what follows `#`; none for a partition without a console.
pub fn states_page(stack: &Stack, view: &str) -> Option<String> {
    let region = &stack.region;
    let domain = region.console_domain()?;
    Some(format!("https://{region}.{domain}/states/home?region={region}#/{view}"))
}

/// The console's pages. Their addresses are those that the console itself shows.
fn links(stack: &Stack, functions: &[Deployed], machines: &[Deployed], groups: &[Deployed]) -> Vec<ConsoleLink> {
    let region = &stack.region;
    let Some(domain) = region.console_domain() else { return Vec::new() };
    let base = format!("https://{region}.{domain}");
    let link = |what: &str, key: &str, url: String| ConsoleLink { what: format!("{what} {key}"), url };
    let machines = machines.iter().filter_map(|it| {
        let url = states_page(stack, &format!("statemachines/view/{}", it.arn))?;
        Some(link("state machine", &it.key, url))
    });
    let functions = functions.iter().map(|it| {
        let url = format!("{base}/lambda/home?region={region}#/functions/{}", it.name);
        link("function", &it.key, url)
    });
    // The console escapes twice and writes `$` for the outer `%`.
    let groups = groups.iter().map(|it| {
        let name = it.name.replace('/', "$252F");
        link("log of", &it.key, format!("{base}/cloudwatch/home?region={region}#logsV2:log-groups/log-group/{name}"))
    });
    machines.chain(functions).chain(groups).collect()
}

#[cfg(test)]
mod tests;
