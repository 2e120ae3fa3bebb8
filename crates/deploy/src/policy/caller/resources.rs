//! The resources of a stack as patterns of ARNs: by what the names of its resources begin with.

use aws::permissions::ResourceKind;
use model::stack::Stack;

/// The pattern of a kind of resource. API Gateway knows its APIs by ids that it chooses, so those of the whole region are
/// named; the pattern of log groups ends in a star, which also holds for their streams.
pub(super) fn pattern(kind: ResourceKind, stack: &Stack) -> String {
    let partition = stack.region.partition();
    let region = &stack.region;
    let arn = |service: &str, rest: String| format!("arn:{partition}:{service}:{region}:{}:{rest}*", stack.account);
    match kind {
        ResourceKind::Everything => "*".to_owned(),
        ResourceKind::Role | ResourceKind::RoleOfFunction | ResourceKind::RoleOfStateMachine => {
            format!("arn:{partition}:iam::{}:role{}{}*", stack.account, stack.role_path, stack.role_name_start())
        }
        ResourceKind::Function => arn("lambda", format!("function:{}", stack.function_name_start())),
        ResourceKind::StateMachine => arn("states", format!("stateMachine:{}", stack.state_machine_name_start())),
        ResourceKind::Execution => arn("states", format!("execution:{}", stack.state_machine_name_start())),
        ResourceKind::Activity => arn("states", format!("activity:{}", stack.activity_name_start())),
        ResourceKind::LogGroup => arn("logs", format!("log-group:/aws/lambda/{}", stack.function_name_start())),
        ResourceKind::Apis => format!("arn:{partition}:apigateway:{region}::/apis"),
        ResourceKind::Api => format!("arn:{partition}:apigateway:{region}::/apis/*"),
        ResourceKind::ApiTags => format!("arn:{partition}:apigateway:{region}::/tags/*"),
    }
}

/// The resources of a statement about a kind: beside the pattern the activities whose names the service file gave. A
/// serverless.yml gives all of them their names.
pub(super) fn of_statement(kind: ResourceKind, stack: &Stack) -> Vec<String> {
    let own = match kind {
        ResourceKind::Activity => stack.names.activities.values().collect(),
        _ => Vec::new(),
    };
    let start = stack.activity_name_start();
    let own = own.into_iter().filter(|name| !name.starts_with(&start)).map(|name| stack.activity_arn_of(name));
    std::iter::once(pattern(kind, stack)).chain(own.map(|arn| arn.to_string())).collect()
}

/// The id of the statement about a kind of resource: letters and digits.
pub(super) fn sid(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Everything => "Lists",
        ResourceKind::Role => "Roles",
        ResourceKind::RoleOfFunction | ResourceKind::RoleOfStateMachine => "PassRoles",
        ResourceKind::Function => "Functions",
        ResourceKind::StateMachine => "StateMachines",
        ResourceKind::Execution => "Executions",
        ResourceKind::Activity => "Activities",
        ResourceKind::LogGroup => "LogGroups",
        ResourceKind::Apis => "ListOfApis",
        ResourceKind::Api => "Apis",
        ResourceKind::ApiTags => "TagsOfApis",
    }
}
