//! The table: which calls each command may make.

use aws::permissions::{Permission, ResourceKind};

/// A command that calls AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CallerCommand {
    /// `deploy`, also with `--dry-run`, `--watch` and `--adopt`.
    Deploy,
    /// `deploy function`.
    DeployFunction,
    /// `deploy list`.
    DeployList,
    /// `deploy prune`.
    DeployPrune,
    /// `diff`.
    Diff,
    /// `explain`.
    Explain,
    /// `fork`, of an execution on AWS.
    Fork,
    /// `graph`, of an execution.
    Graph,
    /// `info`.
    Info,
    /// `invoke`.
    Invoke,
    /// `list`.
    List,
    /// `logs`.
    Logs,
    /// `open`.
    Open,
    /// `redrive`, also with `--follow`.
    Redrive,
    /// `remove`.
    Remove,
    /// `rollback`.
    Rollback,
    /// `show`.
    Show,
    /// `start`, also with `--follow` and `--sync`.
    Start,
    /// `stop`.
    Stop,
    /// `test`, with `--on teststate` or `--on aws`.
    Test,
    /// `test record`.
    TestRecord,
}

/// Service and name of operations.
type Calls = &'static [(&'static str, &'static str)];

const IAM: &str = "IAM";
const LAMBDA: &str = "Lambda";
const STATES: &str = "Step Functions";
const LOGS: &str = "CloudWatch Logs";
const APIS: &str = "API Gateway";

/// Whose account it is.
const IDENTITY: Calls = &[("STS", "GetCallerIdentity")];

/// What the stack has.
const OBSERVE: Calls = &[
    (IAM, "GetRole"),
    (IAM, "GetRolePolicy"),
    (IAM, "ListRoleTags"),
    (IAM, "ListRoles"),
    (LAMBDA, "GetAlias"),
    (LAMBDA, "GetFunction"),
    (LAMBDA, "GetPolicy"),
    (LAMBDA, "ListTags"),
    (LAMBDA, "ListVersionsByFunction"),
    (STATES, "DescribeActivity"),
    (STATES, "DescribeStateMachine"),
    (STATES, "ListActivities"),
    (STATES, "ListExecutions"),
    (STATES, "ListStateMachines"),
    (STATES, "ListTagsForResource"),
    (LOGS, "DescribeLogGroups"),
    (LOGS, "ListTagsForResource"),
    (APIS, "GetApis"),
    (APIS, "GetIntegrations"),
    (APIS, "GetRoutes"),
    (APIS, "GetStages"),
    (APIS, "GetTags"),
];

/// One function and the state machines that call it.
const OBSERVE_FUNCTION: Calls = &[
    (LAMBDA, "GetAlias"),
    (LAMBDA, "GetFunction"),
    (LAMBDA, "GetPolicy"),
    (LAMBDA, "ListVersionsByFunction"),
    (STATES, "DescribeStateMachine"),
    (STATES, "ListExecutions"),
    (STATES, "ListTagsForResource"),
];

/// The versions of functions and state machines, and what leads to them.
const READ_VERSIONS: Calls =
    &[(LAMBDA, "ListAliases"), (STATES, "DescribeStateMachine"), (STATES, "ListStateMachineVersions")];

/// What executions that have not ended run on.
const RUNNING: Calls = &[(STATES, "DescribeStateMachineForExecution"), (STATES, "ListExecutions")];

/// How long executions wait.
const WAITS: Calls = &[(STATES, "DescribeStateMachineForExecution"), (STATES, "GetExecutionHistory")];

/// Versions are deleted.
const DELETE_VERSIONS: Calls = &[(LAMBDA, "DeleteFunction"), (STATES, "DeleteStateMachineVersion")];

/// A stack is made and changed.
const WRITE: Calls = &[
    (IAM, "CreateRole"),
    (IAM, "DeleteRolePermissionsBoundary"),
    (IAM, "PutRolePermissionsBoundary"),
    (IAM, "PutRolePolicy"),
    (IAM, "TagRole"),
    (IAM, "UpdateAssumeRolePolicy"),
    (LAMBDA, "AddPermission"),
    (LAMBDA, "CreateFunction"),
    (LAMBDA, "TagResource"),
    (LOGS, "CreateLogGroup"),
    (LOGS, "DeleteRetentionPolicy"),
    (LOGS, "PutRetentionPolicy"),
    (LOGS, "TagResource"),
    (STATES, "CreateActivity"),
    (STATES, "CreateStateMachine"),
    (STATES, "TagResource"),
    (APIS, "CreateApi"),
    (APIS, "CreateIntegration"),
    (APIS, "CreateRoute"),
    (APIS, "CreateStage"),
    (APIS, "DeleteCorsConfiguration"),
    (APIS, "TagResource"),
    (APIS, "UpdateApi"),
    (APIS, "UpdateIntegration"),
    (APIS, "UpdateRoute"),
    (APIS, "UpdateStage"),
];

/// A function gets new code, and what leads to it follows.
const WRITE_FUNCTION: Calls = &[
    (LAMBDA, "CreateAlias"),
    (LAMBDA, "PublishVersion"),
    (LAMBDA, "UpdateAlias"),
    (LAMBDA, "UpdateFunctionCode"),
    (LAMBDA, "UpdateFunctionConfiguration"),
    (STATES, "UpdateStateMachine"),
];

/// What is no longer declared goes, with the executions that wait.
const DELETE: Calls = &[
    (IAM, "DeleteRole"),
    (IAM, "DeleteRolePolicy"),
    (IAM, "DetachRolePolicy"),
    (IAM, "ListAttachedRolePolicies"),
    (IAM, "ListRolePolicies"),
    (LAMBDA, "DeleteFunction"),
    (LOGS, "DeleteLogGroup"),
    (STATES, "DeleteActivity"),
    (STATES, "DeleteStateMachine"),
    (STATES, "ListExecutions"),
    (STATES, "StopExecution"),
    (APIS, "DeleteApi"),
];

/// Parts of what stays go.
const DELETE_PARTS: Calls = &[(LAMBDA, "RemovePermission"), (APIS, "DeleteIntegration"), (APIS, "DeleteRoute")];

/// An earlier deployment comes back.
const ROLL_BACK: Calls = &[(LAMBDA, "UpdateAlias"), (STATES, "UpdateStateMachine")];

/// An execution by its name.
const FIND: Calls = &[(STATES, "DescribeExecution"), (STATES, "ListExecutions")];

/// An execution is started, and waited for with `--sync`.
const START: Calls = &[(STATES, "DescribeExecution"), (STATES, "StartExecution"), (STATES, "StartSyncExecution")];

/// A case is run by TestState, or as an execution.
const TEST: Calls = &[
    (STATES, "DescribeExecution"),
    (STATES, "GetExecutionHistory"),
    (STATES, "StartExecution"),
    (STATES, "TestState"),
];

/// What an execution did.
const HISTORY: Calls = &[(STATES, "DescribeStateMachineForExecution"), (STATES, "GetExecutionHistory")];

/// The lines of functions.
const LINES: Calls = &[(LOGS, "FilterLogEvents")];

/// `logs --live`.
const LIVE_LINES: Calls = &[(LOGS, "StartLiveTail")];

impl CallerCommand {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::Deploy,
        Self::DeployFunction,
        Self::DeployList,
        Self::DeployPrune,
        Self::Diff,
        Self::Explain,
        Self::Fork,
        Self::Graph,
        Self::Info,
        Self::Invoke,
        Self::List,
        Self::Logs,
        Self::Open,
        Self::Redrive,
        Self::Remove,
        Self::Rollback,
        Self::Show,
        Self::Start,
        Self::Stop,
        Self::Test,
        Self::TestRecord,
    ];

    /// The command as it is typed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deploy => "deploy",
            Self::DeployFunction => "deploy function",
            Self::DeployList => "deploy list",
            Self::DeployPrune => "deploy prune",
            Self::Diff => "diff",
            Self::Explain => "explain",
            Self::Fork => "fork",
            Self::Graph => "graph",
            Self::Info => "info",
            Self::Invoke => "invoke",
            Self::List => "list",
            Self::Logs => "logs",
            Self::Open => "open",
            Self::Redrive => "redrive",
            Self::Remove => "remove",
            Self::Rollback => "rollback",
            Self::Show => "show",
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Test => "test",
            Self::TestRecord => "test record",
        }
    }

    /// The calls that it may make, in groups.
    pub(super) fn calls(self) -> &'static [Calls] {
        match self {
            Self::Deploy => &[
                IDENTITY,
                OBSERVE,
                WRITE,
                WRITE_FUNCTION,
                DELETE,
                DELETE_PARTS,
                READ_VERSIONS,
                RUNNING,
                WAITS,
                DELETE_VERSIONS,
            ],
            Self::DeployFunction => &[IDENTITY, OBSERVE_FUNCTION, WRITE_FUNCTION, WAITS],
            Self::DeployList => &[IDENTITY, OBSERVE, READ_VERSIONS, RUNNING],
            Self::DeployPrune => &[IDENTITY, OBSERVE, READ_VERSIONS, RUNNING, DELETE_VERSIONS],
            Self::Diff => &[IDENTITY, OBSERVE, WAITS],
            Self::Explain | Self::TestRecord => &[IDENTITY, FIND, &[(STATES, "GetExecutionHistory")]],
            Self::Fork | Self::Graph => &[IDENTITY, FIND, HISTORY],
            Self::Info => &[IDENTITY, OBSERVE],
            Self::Invoke => &[IDENTITY, &[(LAMBDA, "Invoke")]],
            Self::List => &[IDENTITY, &[(STATES, "ListExecutions")], WAITS],
            Self::Logs => &[IDENTITY, LINES, LIVE_LINES, FIND, HISTORY],
            Self::Open => &[IDENTITY, FIND],
            Self::Redrive => {
                &[IDENTITY, FIND, &[(STATES, "ListTagsForResource"), (STATES, "RedriveExecution")], HISTORY, LINES]
            }
            Self::Remove => &[IDENTITY, OBSERVE, DELETE],
            Self::Rollback => &[IDENTITY, OBSERVE, READ_VERSIONS, WAITS, ROLL_BACK],
            Self::Show => &[IDENTITY, FIND, HISTORY, LINES],
            Self::Start => &[IDENTITY, &[(APIS, "GetApis")], START, HISTORY, LINES],
            Self::Stop => &[IDENTITY, FIND, &[(STATES, "ListTagsForResource"), (STATES, "StopExecution")]],
            Self::Test => &[IDENTITY, TEST],
        }
    }

    /// Whether its calls would need a permission only in another form than the one in which it makes them.
    pub(super) fn spares(self, need: &Permission) -> bool {
        match self {
            // It leads state machines back to definitions that are published already.
            Self::Rollback => need.action == "states:PublishStateMachineVersion",
            // They ask for the tags of state machines alone.
            Self::DeployFunction | Self::Redrive | Self::Stop => need.on == ResourceKind::Activity,
            _ => false,
        }
    }
}
