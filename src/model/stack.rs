//! One deployment of a service: a service, a stage, a region and an account, and the names that follow from them.

use super::names::{AccountId, Arn, Key, Region, ServiceName, StageName};

/// The tag that says which stack owns a resource.
pub(crate) const OWNER_TAG: &str = "workshop:stack";

/// One deployment of a service. Names are deterministic, so there is no state file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stack {
    /// The service.
    pub(crate) service: ServiceName,
    /// The stage.
    pub(crate) stage: StageName,
    /// Where it is deployed.
    pub(crate) region: Region,
    /// Whose account it is deployed to.
    pub(crate) account: AccountId,
}

impl Stack {
    /// `<service>-<stage>`: the start of every name, the value of the owner's tag, and `AWS::StackName`.
    pub(crate) fn name(&self) -> String {
        format!("{}-{}", self.service, self.stage)
    }

    /// The deployed name of a function.
    pub(crate) fn function_name(&self, key: &Key) -> String {
        format!("{}-{key}", self.name())
    }

    /// The deployed name of a state machine.
    pub(crate) fn state_machine_name(&self, key: &Key) -> String {
        format!("{}-{key}", self.name())
    }

    /// The name of the role of a function or state machine. Roles belong to no region, so the region is in the name.
    pub(crate) fn role_name(&self, key: &Key) -> String {
        format!("{}-{}-{key}", self.name(), self.region)
    }

    /// The HTTP API's name.
    pub(crate) fn api_name(&self) -> String {
        self.name()
    }

    /// The log group that a function writes to.
    pub(crate) fn log_group(&self, function: &Key) -> String {
        format!("/aws/lambda/{}", self.function_name(function))
    }

    /// The ARN of a function.
    pub(crate) fn function_arn(&self, key: &Key) -> Arn {
        self.arn("lambda", &format!("function:{}", self.function_name(key)))
    }

    /// The ARN of a state machine.
    pub(crate) fn state_machine_arn(&self, key: &Key) -> Arn {
        self.arn("states", &format!("stateMachine:{}", self.state_machine_name(key)))
    }

    /// The ARN of an execution of a state machine.
    pub(crate) fn execution_arn(&self, state_machine: &Key, execution: &str) -> Arn {
        self.arn("states", &format!("execution:{}:{execution}", self.state_machine_name(state_machine)))
    }

    /// The ARN of the role of a function or state machine.
    pub(crate) fn role_arn(&self, key: &Key) -> Arn {
        Arn::new(format!("arn:{}:iam::{}:role/{}", self.region.partition(), self.account, self.role_name(key)))
    }

    fn arn(&self, service: &str, rest: &str) -> Arn {
        let (partition, region, account) = (self.region.partition(), &self.region, &self.account);
        Arn::new(format!("arn:{partition}:{service}:{region}:{account}:{rest}"))
    }
}
