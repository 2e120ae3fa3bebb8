//! What a caller must be allowed for each API operation that this crate calls, and which permission a refusal is about.
//!
//! The source is AWS's [service authorization reference]; where it is silent, the comment at the row says who is the
//! witness. A row's first permission is the operation's own.
//!
//! [service authorization reference]: https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html

mod denial;
mod operations;

pub use denial::{Denial, ToldDenial};
pub use operations::OPERATIONS;

/// An API operation and the permissions that its caller needs.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    /// The service's name as people write it; that of [`crate::AwsError::service`].
    pub service: &'static str,
    /// The operation's name.
    pub name: &'static str,
    /// The permissions: all of them. None for GetCallerIdentity, which everybody may call.
    pub needs: &'static [Permission],
}

/// An IAM action on a kind of resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// What it is done to.
    pub on: ResourceKind,
    /// Such as `lambda:GetFunction`.
    pub action: &'static str,
}

/// What actions are done to, as far as policies tell it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResourceKind {
    /// Whatever there is: AWS has no resource for the action.
    Everything,
    /// A role.
    Role,
    /// A role that is given to Lambda.
    RoleOfFunction,
    /// A role that is given to Step Functions.
    RoleOfStateMachine,
    /// A function, with its versions and aliases.
    Function,
    /// A state machine, with its versions.
    StateMachine,
    /// An execution.
    Execution,
    /// An activity.
    Activity,
    /// A log group, with its streams.
    LogGroup,
    /// The list of HTTP APIs.
    Apis,
    /// An HTTP API, with what is in it.
    Api,
    /// The tags of an HTTP API, as a resource of their own.
    ApiTags,
}

impl Operation {
    /// The row of an operation, if this crate calls it.
    pub fn find(service: &str, name: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.service == service && operation.name == name)
    }
}

#[cfg(test)]
mod tests;
