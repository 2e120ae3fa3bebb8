//! The table: one row an operation.

use super::ResourceKind::{
    Activity, Api, ApiTags, Apis, Everything, Execution, Function, LogGroup, Role, RoleOfFunction, RoleOfStateMachine,
    StateMachine,
};
use super::{Operation, Permission, ResourceKind};

/// Every operation that this crate calls.
pub const OPERATIONS: &[Operation] = &[
    Operation { service: "STS", name: "GetCallerIdentity", needs: &[] },
    // It is the profile's, on the role that the profile names, and not the stack's.
    Operation { service: "STS", name: "AssumeRole", needs: &[may("sts:AssumeRole", Everything)] },
    // IAM.
    iam("ListRoles", &[may("iam:ListRoles", Everything)]),
    iam("GetRole", &[may("iam:GetRole", Role)]),
    // The role is made with its tags.
    iam("CreateRole", &[may("iam:CreateRole", Role), may("iam:TagRole", Role)]),
    // GetRole says nothing of tags where there are none.
    iam("ListRoleTags", &[may("iam:ListRoleTags", Role)]),
    iam("PutRolePermissionsBoundary", &[may("iam:PutRolePermissionsBoundary", Role)]),
    iam("DeleteRolePermissionsBoundary", &[may("iam:DeleteRolePermissionsBoundary", Role)]),
    iam("TagRole", &[may("iam:TagRole", Role)]),
    iam("UpdateAssumeRolePolicy", &[may("iam:UpdateAssumeRolePolicy", Role)]),
    iam("DeleteRole", &[may("iam:DeleteRole", Role)]),
    iam("GetRolePolicy", &[may("iam:GetRolePolicy", Role)]),
    iam("PutRolePolicy", &[may("iam:PutRolePolicy", Role)]),
    iam("DeleteRolePolicy", &[may("iam:DeleteRolePolicy", Role)]),
    iam("ListRolePolicies", &[may("iam:ListRolePolicies", Role)]),
    iam("ListAttachedRolePolicies", &[may("iam:ListAttachedRolePolicies", Role)]),
    iam("DetachRolePolicy", &[may("iam:DetachRolePolicy", Role)]),
    // Lambda. GetFunction answers with the function's tags only to whoever may list them.
    lambda("ListFunctions", &[may("lambda:ListFunctions", Everything)]),
    lambda("GetFunction", &[may("lambda:GetFunction", Function), may("lambda:ListTags", Function)]),
    lambda("ListTags", &[may("lambda:ListTags", Function)]),
    lambda(
        "CreateFunction",
        &[
            may("lambda:CreateFunction", Function),
            may("lambda:TagResource", Function),
            may("iam:PassRole", RoleOfFunction),
        ],
    ),
    lambda("TagResource", &[may("lambda:TagResource", Function)]),
    lambda("UpdateFunctionCode", &[may("lambda:UpdateFunctionCode", Function)]),
    lambda(
        "UpdateFunctionConfiguration",
        &[may("lambda:UpdateFunctionConfiguration", Function), may("iam:PassRole", RoleOfFunction)],
    ),
    lambda("DeleteFunction", &[may("lambda:DeleteFunction", Function)]),
    lambda("PublishVersion", &[may("lambda:PublishVersion", Function)]),
    lambda("ListVersionsByFunction", &[may("lambda:ListVersionsByFunction", Function)]),
    lambda("CreateAlias", &[may("lambda:CreateAlias", Function)]),
    lambda("GetAlias", &[may("lambda:GetAlias", Function)]),
    lambda("UpdateAlias", &[may("lambda:UpdateAlias", Function)]),
    lambda("ListAliases", &[may("lambda:ListAliases", Function)]),
    lambda("GetPolicy", &[may("lambda:GetPolicy", Function)]),
    lambda("AddPermission", &[may("lambda:AddPermission", Function)]),
    lambda("RemovePermission", &[may("lambda:RemovePermission", Function)]),
    lambda("Invoke", &[may("lambda:InvokeFunction", Function)]),
    // Step Functions. A state machine is made with its tags and a version, and given its role.
    states("ListStateMachines", &[may("states:ListStateMachines", Everything)]),
    states(
        "CreateStateMachine",
        &[
            may("states:CreateStateMachine", StateMachine),
            may("states:PublishStateMachineVersion", StateMachine),
            may("states:TagResource", StateMachine),
            may("iam:PassRole", RoleOfStateMachine),
        ],
    ),
    states("DescribeStateMachine", &[may("states:DescribeStateMachine", StateMachine)]),
    states(
        "UpdateStateMachine",
        &[
            may("states:UpdateStateMachine", StateMachine),
            may("states:PublishStateMachineVersion", StateMachine),
            may("iam:PassRole", RoleOfStateMachine),
        ],
    ),
    states("DeleteStateMachine", &[may("states:DeleteStateMachine", StateMachine)]),
    states("ListStateMachineVersions", &[may("states:ListStateMachineVersions", StateMachine)]),
    states("DeleteStateMachineVersion", &[may("states:DeleteStateMachineVersion", StateMachine)]),
    states("TagResource", &[may("states:TagResource", StateMachine), may("states:TagResource", Activity)]),
    states(
        "ListTagsForResource",
        &[may("states:ListTagsForResource", StateMachine), may("states:ListTagsForResource", Activity)],
    ),
    states("ListExecutions", &[may("states:ListExecutions", StateMachine)]),
    states("DescribeExecution", &[may("states:DescribeExecution", Execution)]),
    states("DescribeStateMachineForExecution", &[may("states:DescribeStateMachineForExecution", Execution)]),
    states("GetExecutionHistory", &[may("states:GetExecutionHistory", Execution)]),
    states("StartExecution", &[may("states:StartExecution", StateMachine)]),
    states("StartSyncExecution", &[may("states:StartSyncExecution", StateMachine)]),
    states("StopExecution", &[may("states:StopExecution", Execution)]),
    states("TestState", &[may("states:TestState", Everything)]),
    states("RedriveExecution", &[may("states:RedriveExecution", Execution)]),
    // An activity is made with its tags.
    states("ListActivities", &[may("states:ListActivities", Everything)]),
    states("CreateActivity", &[may("states:CreateActivity", Activity), may("states:TagResource", Activity)]),
    states("DescribeActivity", &[may("states:DescribeActivity", Activity)]),
    states("DeleteActivity", &[may("states:DeleteActivity", Activity)]),
    // CloudWatch Logs. DescribeLogGroups is asked of all groups, whatever prefix the request names.
    logs("DescribeLogGroups", &[may("logs:DescribeLogGroups", Everything)]),
    logs("CreateLogGroup", &[may("logs:CreateLogGroup", LogGroup), may("logs:TagResource", LogGroup)]),
    logs("TagResource", &[may("logs:TagResource", LogGroup)]),
    logs("ListTagsForResource", &[may("logs:ListTagsForResource", LogGroup)]),
    logs("PutRetentionPolicy", &[may("logs:PutRetentionPolicy", LogGroup)]),
    logs("DeleteRetentionPolicy", &[may("logs:DeleteRetentionPolicy", LogGroup)]),
    logs("DeleteLogGroup", &[may("logs:DeleteLogGroup", LogGroup)]),
    logs("FilterLogEvents", &[may("logs:FilterLogEvents", LogGroup)]),
    logs("StartLiveTail", &[may("logs:StartLiveTail", LogGroup)]),
    // API Gateway: the action is the request's method, the resource its path. Tags are checked as an action of their own,
    // and by some accounts' errors as a POST to /tags (cloudformation-coverage-roadmap #997, awacs #254).
    apis("GetApis", &[may("apigateway:GET", Apis)]),
    apis(
        "CreateApi",
        &[may("apigateway:POST", Apis), may("apigateway:TagResource", Apis), may("apigateway:POST", ApiTags)],
    ),
    apis("UpdateApi", &[may("apigateway:PATCH", Api)]),
    apis("DeleteApi", &[may("apigateway:DELETE", Api)]),
    apis("DeleteCorsConfiguration", &[may("apigateway:DELETE", Api)]),
    apis("TagResource", &[may("apigateway:POST", ApiTags), may("apigateway:TagResource", Api)]),
    apis("GetTags", &[may("apigateway:GET", ApiTags)]),
    apis("GetIntegrations", &[may("apigateway:GET", Api)]),
    apis("CreateIntegration", &[may("apigateway:POST", Api)]),
    apis("UpdateIntegration", &[may("apigateway:PATCH", Api)]),
    apis("DeleteIntegration", &[may("apigateway:DELETE", Api)]),
    apis("GetRoutes", &[may("apigateway:GET", Api)]),
    apis("CreateRoute", &[may("apigateway:POST", Api)]),
    apis("UpdateRoute", &[may("apigateway:PATCH", Api)]),
    apis("DeleteRoute", &[may("apigateway:DELETE", Api)]),
    apis("GetStages", &[may("apigateway:GET", Api)]),
    apis(
        "CreateStage",
        &[may("apigateway:POST", Api), may("apigateway:TagResource", Api), may("apigateway:POST", ApiTags)],
    ),
    apis("UpdateStage", &[may("apigateway:PATCH", Api)]),
];

const fn may(action: &'static str, on: ResourceKind) -> Permission {
    Permission { on, action }
}

const fn iam(name: &'static str, needs: &'static [Permission]) -> Operation {
    Operation { service: "IAM", name, needs }
}

const fn lambda(name: &'static str, needs: &'static [Permission]) -> Operation {
    Operation { service: "Lambda", name, needs }
}

const fn states(name: &'static str, needs: &'static [Permission]) -> Operation {
    Operation { service: "Step Functions", name, needs }
}

const fn logs(name: &'static str, needs: &'static [Permission]) -> Operation {
    Operation { service: "CloudWatch Logs", name, needs }
}

const fn apis(name: &'static str, needs: &'static [Permission]) -> Operation {
    Operation { service: "API Gateway", name, needs }
}
