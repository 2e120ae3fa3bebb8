//! One deployment of a service: a service, a stage, a region and an account, and the names that follow from them.

use super::names::{AccountId, Arn, Key, Region, ServiceName, StageName};

/// The tag that says which stack owns a resource.
pub(crate) const OWNER_TAG: &str = "workshop:stack";

/// The longest name that IAM takes for a role (CreateRole's documentation), in characters.
const ROLE_NAME_LIMIT: usize = 64;

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

    /// The name of the role of a function or state machine. Roles belong to no region, so the region is in the name. One
    /// that is longer than IAM takes ends in a hash of the whole instead.
    pub(crate) fn role_name(&self, key: &Key) -> String {
        let name = format!("{}-{}-{key}", self.name(), self.region);
        if name.len() <= ROLE_NAME_LIMIT { name } else { shortened(&name) }
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

/// The start of a name and eight hexadecimal digits that follow from the whole; names are ASCII.
fn shortened(name: &str) -> String {
    use sha2::Digest;
    let hash: String = sha2::Sha256::digest(name).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let start: String = name.chars().take(ROLE_NAME_LIMIT - 9).collect();
    format!("{start}-{hash}")
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
        };
        let (start, send) = (Key::parse("startStateMachine").unwrap(), Key::parse("startStateMachines").unwrap());
        assert_eq!(stack.role_name(&start), "step-functions-example-dev-us-east-1-startStateMachine");
        stack.stage = StageName::parse("production-of-anna").unwrap();
        let (one, other) = (stack.role_name(&start), stack.role_name(&send));
        assert_eq!((one.len(), other.len()), (ROLE_NAME_LIMIT, ROLE_NAME_LIMIT));
        assert_ne!(one, other);
    }
}
