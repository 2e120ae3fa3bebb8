//! One deployment of a service: a service, a stage, a region and an account, and the names that follow from them.

use std::collections::BTreeMap;

use super::names::{AccountId, Arn, Key, Region, ServiceName, StageName};
use super::role_path::RolePath;

/// The tag that says which stack owns a resource.
pub const OWNER_TAG: &str = "workshop:stack";

/// The tag that says which thing of the service file a resource is: its name may be too long to tell.
pub const KEY_TAG: &str = "workshop:key";

/// The tag of a role that says the deployed name of what uses it, where the service file gave that name.
pub const NAME_TAG: &str = "workshop:name";

/// The tag of a role that says the deployed names of the stack's activities, where the service file gave them: activities
/// have no role of their own. What does not fit into one tag is in more, with `-2`, `-3` and so on at the end of the key.
pub const ACTIVITIES_TAG: &str = "workshop:activities";

/// The alias that HTTP APIs invoke: it leads to the version that was deployed last, or rolled back to.
pub const LIVE: &str = "live";

/// The longest names that CreateRole, CreateFunction, CreateStateMachine and CreateActivity take (their documentation), in
/// characters.
const ROLE_NAME_LIMIT: usize = 64;
const FUNCTION_NAME_LIMIT: usize = 64;
const STATE_MACHINE_NAME_LIMIT: usize = 80;
const ACTIVITY_NAME_LIMIT: usize = 80;

/// `-` and eight hexadecimal digits.
const HASH_LENGTH: usize = 9;

/// One deployment of a service. Names are deterministic, so there is no state file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stack {
    /// The service.
    pub service: ServiceName,
    /// The stage.
    pub stage: StageName,
    /// Where it is deployed.
    pub region: Region,
    /// Whose account it is deployed to.
    pub account: AccountId,
    /// The path of its roles.
    pub role_path: RolePath,
    /// The names that the service file itself gives.
    pub names: DeployedNames,
}

/// The deployed names that a service file gives to some of what it declares; the others follow from the stack's name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeployedNames {
    /// Functions.
    pub functions: BTreeMap<Key, String>,
    /// State machines.
    pub state_machines: BTreeMap<Key, String>,
    /// Activities.
    pub activities: BTreeMap<Key, String>,
}

impl DeployedNames {
    /// Adds other names, which come before those that are here.
    pub fn extend(&mut self, names: &Self) {
        self.functions.extend(names.functions.clone());
        self.state_machines.extend(names.state_machines.clone());
        self.activities.extend(names.activities.clone());
    }
}

impl Stack {
    /// The deployment that a file is read for, to measure with what it says. The account is none of AWS.
    pub(super) fn measured(service: &ServiceName, stage: &StageName, region: Option<&Region>) -> Self {
        Self {
            service: service.clone(),
            stage: stage.clone(),
            region: region.cloned().unwrap_or_default(),
            account: AccountId::local(),
            role_path: RolePath::default(),
            names: DeployedNames::default(),
        }
    }

    /// `<service>-<stage>`: the start of every name, the value of the owner's tag, and `AWS::StackName`.
    pub fn name(&self) -> String {
        format!("{}-{}", self.service, self.stage)
    }

    /// The deployed name of a function. Here and below, a name that is longer than AWS accepts ends in a hash of the whole.
    pub fn function_name(&self, key: &Key) -> String {
        let derived = || shortened(format!("{}-{key}", self.name()), FUNCTION_NAME_LIMIT);
        self.names.functions.get(key).cloned().unwrap_or_else(derived)
    }

    /// The deployed name of a state machine.
    pub fn state_machine_name(&self, key: &Key) -> String {
        let derived = || shortened(format!("{}-{key}", self.name()), STATE_MACHINE_NAME_LIMIT);
        self.names.state_machines.get(key).cloned().unwrap_or_else(derived)
    }

    /// The deployed name of an activity.
    pub fn activity_name(&self, key: &Key) -> String {
        let derived = || shortened(format!("{}-{key}", self.name()), ACTIVITY_NAME_LIMIT);
        self.names.activities.get(key).cloned().unwrap_or_else(derived)
    }

    /// The name of the role of a function or state machine. Roles belong to no region, so the region is in the name.
    pub fn role_name(&self, key: &Key) -> String {
        shortened(format!("{}-{}-{key}", self.name(), self.region), ROLE_NAME_LIMIT)
    }

    /// What the names of all the stack's roles begin with, also of those that were shortened.
    pub fn role_name_start(&self) -> String {
        start(format!("{}-{}-", self.name(), self.region), ROLE_NAME_LIMIT)
    }

    /// What the names of all the stack's functions begin with, also of those that were shortened.
    pub fn function_name_start(&self) -> String {
        start(format!("{}-", self.name()), FUNCTION_NAME_LIMIT)
    }

    /// What the names of all the stack's state machines begin with, also of those that were shortened.
    pub fn state_machine_name_start(&self) -> String {
        start(format!("{}-", self.name()), STATE_MACHINE_NAME_LIMIT)
    }

    /// What the names of all the stack's activities begin with, also of those that were shortened.
    pub fn activity_name_start(&self) -> String {
        start(format!("{}-", self.name()), ACTIVITY_NAME_LIMIT)
    }

    /// A text that names functions, state machines and activities of the stack by ARN, with the names that they really have where those
    /// were shortened. Whoever writes `#{AWS::StackName}-sendEmail` need not know about limits.
    pub(super) fn with_deployed_names(&self, text: String) -> String {
        let name = format!("{}-", self.name());
        let kinds = [
            (":function:", FUNCTION_NAME_LIMIT),
            (":stateMachine:", STATE_MACHINE_NAME_LIMIT),
            (":execution:", STATE_MACHINE_NAME_LIMIT),
            (":activity:", ACTIVITY_NAME_LIMIT),
        ];
        kinds.into_iter().fold(text, |text, (kind, limit)| replace_names(&text, &format!("{kind}{name}"), &name, limit))
    }

    /// The HTTP API's name.
    pub fn api_name(&self) -> String {
        self.name()
    }

    /// The log group that a function writes to.
    pub fn log_group(&self, function: &Key) -> String {
        format!("/aws/lambda/{}", self.function_name(function))
    }

    /// The ARN of a function.
    pub fn function_arn(&self, key: &Key) -> Arn {
        self.arn("lambda", &format!("function:{}", self.function_name(key)))
    }

    /// The ARN of the alias that points to the version of a function that is live.
    pub fn live_arn(&self, key: &Key) -> Arn {
        Arn::new(format!("{}:{LIVE}", self.function_arn(key)))
    }

    /// The ARN of a state machine.
    pub fn state_machine_arn(&self, key: &Key) -> Arn {
        self.state_machine_arn_of(&self.state_machine_name(key))
    }

    /// The ARN of a state machine by its deployed name.
    pub fn state_machine_arn_of(&self, name: &str) -> Arn {
        self.arn("states", &format!("stateMachine:{name}"))
    }

    /// The ARN of an activity.
    pub fn activity_arn(&self, key: &Key) -> Arn {
        self.activity_arn_of(&self.activity_name(key))
    }

    /// The ARN of an activity by its deployed name.
    pub fn activity_arn_of(&self, name: &str) -> Arn {
        self.arn("states", &format!("activity:{name}"))
    }

    /// The ARN of an execution of a state machine.
    pub fn execution_arn(&self, state_machine: &Key, execution: &str) -> Arn {
        self.arn("states", &format!("execution:{}:{execution}", self.state_machine_name(state_machine)))
    }

    /// The ARN of a log group by its name, without the `:*` that stands for its streams.
    pub fn log_group_arn(&self, name: &str) -> Arn {
        self.arn("logs", &format!("log-group:{name}"))
    }

    /// The ARN of an HTTP API by its id. It belongs to no account.
    pub fn api_arn(&self, id: &str) -> Arn {
        Arn::new(format!("arn:{}:apigateway:{}::/apis/{id}", self.region.partition(), self.region))
    }

    /// The ARN of the stage of an HTTP API by the API's id.
    pub fn api_stage_arn(&self, id: &str) -> Arn {
        Arn::new(format!("{}/stages/{}", self.api_arn(id), self.stage))
    }

    /// What the ARNs of requests to an HTTP API begin with; the API's id follows.
    pub fn api_requests_arn_start(&self) -> String {
        self.arn("execute-api", "").to_string()
    }

    /// The ARN of the role of a function or state machine.
    pub fn role_arn(&self, key: &Key) -> Arn {
        let path = self.role_path.as_str();
        Arn::new(format!("arn:{}:iam::{}:role{path}{}", self.region.partition(), self.account, self.role_name(key)))
    }

    fn arn(&self, service: &str, rest: &str) -> Arn {
        Arn::new(format!("arn:{}:{service}:{}:{}:{rest}", self.region.partition(), self.region, self.account))
    }
}

/// A name, or its start and eight hexadecimal digits that follow from the whole when it is too long; names are ASCII.
fn shortened(name: String, limit: usize) -> String {
    use sha2::Digest;
    if name.len() <= limit {
        return name;
    }
    let hash: String = sha2::Sha256::digest(&name).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{hash}", start(name, limit))
}

/// What shortening leaves of a name, before the hash.
fn start(name: String, limit: usize) -> String {
    name.chars().take(limit - HASH_LENGTH).collect()
}

/// Shortens every name in a text that follows `marker`'s kind; `marker` ends with the start of the name, `begin`.
fn replace_names(text: &str, marker: &str, begin: &str, limit: usize) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(marker) {
        let from = at + marker.len() - begin.len();
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let length = rest[from..].find(|c| !is_name(c)).unwrap_or(rest.len() - from);
        replaced.push_str(&rest[..from]);
        replaced.push_str(&shortened(rest[from..from + length].to_owned(), limit));
        rest = &rest[from + length..];
    }
    replaced.push_str(rest);
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_name_never_grows_past_what_iam_takes() {
        let mut stack = Stack {
            service: ServiceName::parse("step-functions-example").unwrap(),
            stage: StageName::parse("dev").unwrap(),
            region: Region::parse("us-east-1").unwrap(),
            account: AccountId::parse("123456789012").unwrap(),
            role_path: RolePath::default(),
            names: DeployedNames::default(),
        };
        let start = Key::parse("startStateMachine").unwrap();
        let send = Key::parse("startStateMachines").unwrap();
        assert_eq!(stack.role_name(&start), "step-functions-example-dev-us-east-1-startStateMachine");
        stack.stage = StageName::parse("production-of-anna").unwrap();
        let one = stack.role_name(&start);
        let other = stack.role_name(&send);
        assert_eq!((one.len(), other.len()), (ROLE_NAME_LIMIT, ROLE_NAME_LIMIT));
        assert_ne!(one, other);
        assert!(one.starts_with(&stack.role_name_start()), "{one}");
    }

    #[test]
    fn long_names_are_the_same_wherever_they_stand() {
        let stack = Stack {
            service: ServiceName::parse("a-service-with-a-name-of-35-letters").unwrap(),
            stage: StageName::parse("a-stage-of-anna-and-bert").unwrap(),
            region: Region::parse("us-east-1").unwrap(),
            account: AccountId::parse("123456789012").unwrap(),
            role_path: RolePath::default(),
            names: DeployedNames::default(),
        };
        let send = Key::parse("sendEmail").unwrap();
        let name = stack.name();
        assert_eq!(stack.function_name(&send).len(), FUNCTION_NAME_LIMIT);
        assert!(stack.function_name(&send).starts_with(&stack.function_name_start()));
        assert!(stack.state_machine_name(&send).ends_with("-sendEmail"), "it is short enough");
        let written = format!(
            "{{\"a\":\"arn:aws:lambda:us-east-1:1:function:{name}-sendEmail:$LATEST\",\"b\":\":function:{name}-x\"}}"
        );
        let deployed = stack.with_deployed_names(written);
        assert!(deployed.contains(&format!(":function:{}:$LATEST\"", stack.function_name(&send))), "{deployed}");
        assert!(deployed.contains(&format!(":function:{name}-x\"")), "{deployed}");
    }
}
