//! Reads roles, functions, state machines and log groups.

use std::collections::BTreeMap;

use serde_json::Value;

use super::keys::{Keys, key_after};
use super::{Observed, ObservedFunction, ObservedLogGroup, ObservedRole, ObservedStateMachine, POLICY_NAME};
use crate::aws::executions::{self, Execution};
use crate::aws::{Aws, iam, lambda, logs, sfn};
use crate::deploy::desired::log_group_arn;
use crate::deploy::error::DeployError;
use crate::deploy::parallel;
use crate::deploy::spec::{SID_PREFIX, Statement};
use crate::model::names::Key;
use crate::model::stack::Stack;

/// Reads the roles, functions and state machines under some keys.
pub(super) async fn observe(aws: &Aws, stack: &Stack, keys: &Keys) -> Result<Observed, DeployError> {
    let roles = keys.roles().into_iter().map(|key| role(aws.clone(), stack.role_name(&key), key));
    let functions = keys.functions.iter().cloned();
    let functions = functions.map(|key| function(aws.clone(), stack.function_name(&key), key));
    let machines = keys.state_machines.iter().cloned();
    let machines = machines.map(|key| state_machine(aws.clone(), stack.state_machine_arn(&key).to_string(), key));
    let (roles, functions, machines) =
        tokio::try_join!(parallel::all(roles), parallel::all(functions), parallel::all(machines))?;
    Ok(Observed {
        roles: roles.into_iter().flatten().collect(),
        functions: functions.into_iter().flatten().collect(),
        state_machines: machines.into_iter().flatten().collect(),
        ..Observed::default()
    })
}

async fn role(aws: Aws, name: String, key: Key) -> Result<Option<(Key, ObservedRole)>, DeployError> {
    let (role, policy) =
        tokio::try_join!(iam::role(&aws.iam, &name), iam::inline_policy(&aws.iam, &name, POLICY_NAME))?;
    Ok(role.map(|role| (key, ObservedRole { role, policy })))
}

async fn function(aws: Aws, name: String, key: Key) -> Result<Option<(Key, ObservedFunction)>, DeployError> {
    let (function, policy) =
        tokio::try_join!(lambda::function(&aws.lambda, &name), lambda::policy(&aws.lambda, &name))?;
    let statements = statements(policy.as_deref().unwrap_or_default());
    Ok(function.map(|function| (key, ObservedFunction { function, statements })))
}

async fn state_machine(aws: Aws, arn: String, key: Key) -> Result<Option<(Key, ObservedStateMachine)>, DeployError> {
    let (machine, tags) = tokio::try_join!(sfn::state_machine(&aws.sfn, &arn), sfn::tags(&aws.sfn, &arn))?;
    Ok(machine.map(|machine| (key, ObservedStateMachine { machine, tags: tags.unwrap_or_default() })))
}

/// Reads every log group that a function of this stack writes to or wrote to, with its tags.
pub(super) async fn log_groups(aws: &Aws, stack: &Stack) -> Result<BTreeMap<Key, ObservedLogGroup>, DeployError> {
    let prefix = format!("/aws/lambda/{}-", stack.name());
    let groups = logs::groups(&aws.logs, &prefix).await?;
    let with_tags = groups.into_iter().filter_map(|group| {
        let key = key_after(&prefix, &group.name)?;
        let (arn, client) = (log_group_arn(stack, &key), aws.logs.clone());
        Some(async move {
            let tags = logs::tags(&client, &arn).await?.unwrap_or_default();
            Ok((key, ObservedLogGroup { retention_days: group.retention_days, tags }))
        })
    });
    Ok(parallel::all(with_tags).await?.into_iter().collect())
}

/// The executions of each state machine that have not ended. Express executions can't be listed and end by themselves
/// within minutes.
pub(crate) async fn running(
    aws: &Aws,
    stack: &Stack,
    observed: &Observed,
) -> Result<BTreeMap<Key, Vec<Execution>>, DeployError> {
    let standard = observed.state_machines.iter().filter(|(_, it)| it.machine.kind == "STANDARD");
    let asked = standard.map(|(key, _)| {
        let (key, arn, aws) = (key.clone(), stack.state_machine_arn(key), aws.clone());
        async move { Ok((key, executions::running(&aws, &arn).await?)) }
    });
    let listed = parallel::all(asked).await?;
    Ok(listed.into_iter().filter(|(_, running)| !running.is_empty()).collect())
}

/// Our statements in a function's policy.
fn statements(policy: &str) -> Vec<Statement> {
    let policy: Value = serde_json::from_str(policy).unwrap_or_default();
    let statements = match policy.get("Statement") {
        Some(Value::Array(statements)) => statements.as_slice(),
        Some(only) => std::slice::from_ref(only),
        None => &[],
    };
    statements.iter().filter_map(statement).filter(|statement| statement.sid.starts_with(SID_PREFIX)).collect()
}

/// A statement's id and source. One without a source lets any API in, so it counts as another statement than ours.
fn statement(statement: &Value) -> Option<Statement> {
    let sid = statement.get("Sid")?.as_str()?.to_owned();
    let conditions = statement.get("Condition").and_then(Value::as_object);
    let operators = conditions.into_iter().flat_map(|operators| operators.values()).filter_map(Value::as_object);
    let source = operators.flatten().find(|(key, _)| key.eq_ignore_ascii_case("aws:SourceArn"));
    let source_arn = source.and_then(|(_, value)| value.as_str()).unwrap_or_default().to_owned();
    Some(Statement { sid, source_arn })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_statements_are_read_off_a_policy() {
        let policy = r#"{"Version":"2012-10-17","Id":"default","Statement":[
            {"Sid":"workshop-1","Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},
             "Action":"lambda:InvokeFunction","Resource":"arn:f",
             "Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:execute-api:r:1:a/*/POST/start"}}},
            {"Sid":"by-hand","Effect":"Allow"},
            {"Sid":"workshop-2","Effect":"Allow"}]}"#;
        let found = statements(policy);
        let shown: Vec<String> = found.iter().map(|it| format!("{} {}", it.sid, it.source_arn)).collect();
        assert_eq!(shown, ["workshop-1 arn:aws:execute-api:r:1:a/*/POST/start", "workshop-2 "]);
        assert_eq!(statements(""), []);
    }
}
