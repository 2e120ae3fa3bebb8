//! Why a deployment can't be planned or applied.

use crate::limits::breach::Breach;
use crate::observe::{Owner, Unread};
use aws::AwsError;
use model::names::Key;
use model::role_path::RolePath;
use model::service::StateMachine;
use model::source::Place;

/// Why a deployment can't be planned or applied. What is done stays done; the next run goes on from there.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DeployError {
    /// A call failed for good.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// Something else has one of our names.
    #[error("There is already {} `{name}`, and it does not belong to this stack: {owner}{}.", one(.kind), not_ours(.owner, .stack))]
    NotOwned {
        /// The kind of resource.
        kind: &'static str,
        /// Its deployed name.
        name: String,
        /// The stack that wants the name.
        stack: String,
        /// Whose it is.
        owner: Owner,
    },
    /// The caller may not read something that decides what is to be done.
    #[error("AWS does not let you read {}. Without that it is not known what belongs to this stack, or how it is set.", things(.0))]
    Unreadable(Vec<Unread>),
    /// A state machine can't become the other kind.
    #[error(
        "The state machine `{name}` is of type {was}; Step Functions can't turn it into {wanted}. Nothing was changed."
    )]
    KindChanged {
        /// Its deployed name.
        name: String,
        /// What it is.
        was: String,
        /// What the service file wants.
        wanted: &'static str,
    },
    /// A role can't get another path.
    #[error("The role `{name}` has the path `{was}`, and IAM can't move it to `{wanted}`. Nothing was changed.")]
    RolePathChanged {
        /// Its deployed name, which no second role can have.
        name: String,
        /// Its path.
        was: String,
        /// What the service file wants.
        wanted: RolePath,
    },
    /// The service is larger than AWS accepts somewhere.
    #[error("AWS would not take this:\n{}", listed(.0))]
    OverLimits(Vec<Breach>),
    /// A function has no zip.
    #[error("There is no zip for the function `{0}`.")]
    NoArtefact(Key),
    /// A state machine has no definition.
    #[error(
        "The state machine `{state_machine}` has no definition: {at} names the file `{file}`, which was not read. Put that \
         file beside the service file, or correct `definition` there."
    )]
    NoDefinition {
        /// Its name in the service file.
        state_machine: Key,
        /// The file that should hold its definition, as the service file names it.
        file: String,
        /// Where the state machine is declared.
        at: Place,
    },
    /// Lambda says that the function can't run.
    #[error("Lambda could not make the function `{name}` ready: {reason}.")]
    FunctionFailed {
        /// Its deployed name.
        name: String,
        /// Lambda's reason.
        reason: String,
    },
    /// Step Functions finds fault with a definition.
    #[error("Step Functions refuses the definition of the state machine `{name}`: {reason}")]
    Definition {
        /// The state machine's deployed name.
        name: String,
        /// What Step Functions says is wrong, and where.
        reason: String,
    },
    /// Step Functions can't log a state machine's executions where it shall.
    #[error("Step Functions refuses to log executions of the state machine `{name}` to {}: {reason}", .destinations.join(", "))]
    Logging {
        /// The state machine's deployed name.
        name: String,
        /// The ARNs of the log groups.
        destinations: Vec<String>,
        /// What Step Functions says.
        reason: String,
    },
    /// What was waited for did not happen in time.
    #[error("After {waited_s} seconds {what} is still waiting for {until}.")]
    TimedOut {
        /// The resource.
        what: String,
        /// What was waited for.
        until: String,
        /// For how long.
        waited_s: u64,
    },
    /// Somebody else changed what this deployment was changing.
    #[error("Something else changed {what} while this ran: {why}.")]
    ConcurrentChange {
        /// The resource, or several.
        what: String,
        /// How that shows.
        why: String,
    },
    /// Resources that were deleted are still listed.
    #[error("{} still there after deleting: {}.", if .0.len() == 1 { "One resource is" } else { "Resources are" }, .0.join(", "))]
    NotDeleted(Vec<String>),
    /// A fault of this program.
    #[error("A step of the deployment stopped before it was done: {0}.")]
    Internal(String),
}

impl DeployError {
    /// A declared state machine has no definition.
    pub(crate) fn no_definition(state_machine: &Key, declared: &StateMachine) -> Self {
        Self::NoDefinition {
            state_machine: state_machine.clone(),
            file: declared.definition.file().to_owned(),
            at: declared.at.clone(),
        }
    }
}

/// A kind of resource with its article.
fn one(kind: &str) -> String {
    let article = if kind.starts_with(['a', 'e', 'i', 'o', 'u']) || kind.starts_with("HTTP") { "an" } else { "a" };
    format!("{article} {kind}")
}

/// What a tag should have said instead.
fn not_ours(owner: &Owner, stack: &str) -> String {
    match owner {
        Owner::Stack(_) => format!(", not `{stack}`"),
        Owner::Nobody | Owner::CloudFormation(_) => String::new(),
    }
}

/// What can't be read, each with the action that is missing.
fn things(unread: &[Unread]) -> String {
    unread.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Each breach on lines of its own, with what to do about it.
fn listed(breaches: &[Breach]) -> String {
    breaches.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
