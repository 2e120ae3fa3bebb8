//! Reads roles, functions, state machines and log groups.

use std::collections::BTreeMap;

use serde_json::Value;

use super::keys::{Keys, key_of, shortened_key};
use super::observed::{
    Grant, Observed, ObservedFunction, ObservedLogGroup, ObservedRole, ObservedStateMachine, Writer,
};
use super::owned::is_of_function;
use super::ownership::{Doubt, Ownership};
use super::reader::Reader;
use crate::desired::spec::{POLICY_NAME, SID_PREFIX, Statement};
use crate::error::DeployError;
use crate::parallel;
use crate::trace::TARGET;
use aws::executions::{self, Execution};
use aws::{Aws, TagRead, function_versions, iam, lambda, logs, sfn};
use model::names::Key;
use model::stack::{LIVE, NAME_TAG, Stack};

/// Reads the roles, functions and state machines under some keys.
pub(super) async fn observe(reader: &Reader, keys: &Keys) -> Result<Observed, DeployError> {
    let roles = keys.roles().into_iter().map(|key| role(reader.clone(), key));
    let functions = keys.functions.iter().map(|key| function(reader.clone(), key.clone()));
    let machines = keys.state_machines.iter().map(|key| state_machine(reader.clone(), key.clone()));
    let (roles, functions, machines) =
        tokio::try_join!(parallel::all(roles), parallel::all(functions), parallel::all(machines))?;
    Ok(Observed {
        roles: roles.into_iter().flatten().collect(),
        functions: functions.into_iter().flatten().collect(),
        state_machines: machines.into_iter().flatten().collect(),
        ..Observed::default()
    })
}

/// Reads what is no longer declared. Its name follows from its key, unless a role's tag says another.
pub(super) async fn observe_undeclared(reader: &Reader, keys: &Keys) -> Result<Observed, DeployError> {
    let mut found = observe(reader, keys).await?;
    let stack = reader.stack.name();
    for (key, role) in &found.roles {
        let named = role.role.tags.known().and_then(|tags| tags.get(NAME_TAG));
        let Some(name) = named.filter(|_| Ownership::of(&role.role.tags, &stack).is_ours()) else { continue };
        let names = if is_of_function(role) { &mut found.names.functions } else { &mut found.names.state_machines };
        names.insert(key.clone(), name.clone());
    }
    let names = &found.names;
    if names.functions.is_empty() && names.state_machines.is_empty() {
        return Ok(found);
    }
    let reader = reader.with_names(names);
    let functions = names.functions.keys().map(|key| function(reader.clone(), key.clone()));
    let machines = names.state_machines.keys().map(|key| state_machine(reader.clone(), key.clone()));
    let groups = names.functions.keys().map(|key| log_group(reader.clone(), key.clone()));
    let (functions, machines, groups) =
        tokio::try_join!(parallel::all(functions), parallel::all(machines), parallel::all(groups))?;
    found.functions.extend(functions.into_iter().flatten());
    found.state_machines.extend(machines.into_iter().flatten());
    found.log_groups.extend(groups.into_iter().flatten());
    Ok(found)
}

/// Reads one function and the state machines under some keys.
pub(super) async fn function_and_machines(
    reader: &Reader,
    key: &Key,
    state_machines: impl Iterator<Item = Key>,
) -> Result<Option<(ObservedFunction, BTreeMap<Key, ObservedStateMachine>)>, DeployError> {
    let machines = state_machines.map(|key| state_machine(reader.clone(), key));
    let (function, machines) = tokio::try_join!(function(reader.clone(), key.clone()), parallel::all(machines))?;
    Ok(function.map(|(_, function)| (function, machines.into_iter().flatten().collect())))
}

async fn role(reader: Reader, key: Key) -> Result<Option<(Key, ObservedRole)>, DeployError> {
    let client = &reader.aws.iam;
    let name = reader.stack.role_name(&key);
    let (role, policy) = tokio::try_join!(
        reader.call(|| iam::role(client, &name)),
        reader.call(|| iam::inline_policy(client, &name, POLICY_NAME))
    )?;
    let role = reader.answer(role, Doubt::Key(key.clone()), || format!("the role {name}")).flatten();
    if role.is_none() {
        return Ok(None);
    }
    let policy = reader.answer(policy, Doubt::Details, || format!("the policy of the role {name}")).flatten();
    Ok(role.map(|role| (key, ObservedRole { role, policy })))
}

async fn function(reader: Reader, key: Key) -> Result<Option<(Key, ObservedFunction)>, DeployError> {
    let client = &reader.aws.lambda;
    let name = reader.stack.function_name(&key);
    let (function, policy, versions, live) = tokio::try_join!(
        reader.call(|| lambda::function(client, &name)),
        reader.call(|| lambda::policy(client, &name)),
        reader.call(|| function_versions::list(client, &name)),
        reader.call(|| function_versions::alias(client, &name, LIVE)),
    )?;
    let function = reader.answer(function, Doubt::Key(key.clone()), || format!("the function {name}")).flatten();
    let Some(function) = function else { return Ok(None) };
    let what = |detail: &str| format!("{detail} of the function {name}");
    let policy = reader.answer(policy, Doubt::Details, || what("the policy")).flatten();
    let versions = reader.answer(versions, Doubt::Details, || what("the versions")).unwrap_or_default();
    let live = reader.answer(live, Doubt::Details, || what("the alias")).flatten();
    let statements = policy.as_deref().map(statements).unwrap_or_default();
    Ok(Some((key, ObservedFunction { function, statements, versions, live, grant: Grant::Valid })))
}

async fn state_machine(reader: Reader, key: Key) -> Result<Option<(Key, ObservedStateMachine)>, DeployError> {
    let client = &reader.aws.sfn;
    let arn = reader.stack.state_machine_arn(&key);
    let (machine, tags, runs) = tokio::try_join!(
        reader.call(|| sfn::state_machine(client, arn.as_str())),
        reader.call(|| sfn::tags(client, arn.as_str())),
        reader.call(|| executions::any_running(&reader.aws, &arn)),
    )?;
    let name = reader.stack.state_machine_name(&key);
    let machine = reader.answer(machine, Doubt::Key(key.clone()), || format!("the state machine {name}")).flatten();
    let Some(machine) = machine else { return Ok(None) };
    let what = || format!("the executions of the state machine {name}");
    // Where nobody knows, what runs may need its role as it is.
    let runs = reader.answer(runs, Doubt::Details, what).unwrap_or(true);
    let tags = tags.unwrap_or_else(|denied| Some(TagRead::Unreadable(denied)));
    // Without tags it is gone since it was described.
    Ok(tags.map(|tags| (key, ObservedStateMachine { machine, runs, tags })))
}

/// Reads every log group that a function of this stack writes to or wrote to, with its tags. The tags of the declared ones
/// are asked for at once, not only when the list has shown them.
pub(super) async fn log_groups(
    reader: &Reader,
    declared: &Keys,
) -> Result<BTreeMap<Key, ObservedLogGroup>, DeployError> {
    let start = format!("/aws/lambda/{}", reader.stack.function_name_start());
    let (usual, named): (Vec<&Key>, Vec<&Key>) =
        declared.functions.iter().partition(|key| reader.stack.log_group(key).starts_with(&start));
    let known = usual.into_iter().map(|key| {
        let reader = reader.clone();
        let name = reader.stack.log_group(key);
        async move { Ok((name.clone(), group_tags(&reader, &name).await?)) }
    });
    let named = named.into_iter().map(|key| log_group(reader.clone(), key.clone()));
    let what = || format!("the log groups that begin with {start}");
    let (groups, known, named) = tokio::try_join!(
        reader.call(|| logs::groups(&reader.aws.logs, &start)),
        parallel::all(known),
        parallel::all(named)
    )?;
    let groups = reader.answer(groups, Doubt::LogGroups, what).unwrap_or_default();
    let known: BTreeMap<String, Option<TagRead>> = known.into_iter().collect();
    let with_tags = groups.into_iter().map(|group| {
        let reader = reader.clone();
        let known = known.get(&group.name).cloned().flatten();
        async move {
            let tags = match known {
                Some(tags) => Some(tags),
                None => group_tags(&reader, &group.name).await?,
            };
            // Without tags it is gone since it was listed.
            let Some(tags) = tags else { return Ok(None) };
            let key = key_of(&reader.stack, &group.name, Stack::log_group)
                .or_else(|| shortened_key(&reader, &tags, &group.name, Stack::log_group));
            let retention_days = group.retention_days;
            Ok(key.map(|key| (key, ObservedLogGroup { retention_days, tags, writer: Writer::Unproven })))
        }
    });
    Ok(parallel::all(with_tags).await?.into_iter().flatten().chain(named.into_iter().flatten()).collect())
}

/// Reads the log group of one function, whose name the service file gave: no list of the stack's groups shows it.
async fn log_group(reader: Reader, key: Key) -> Result<Option<(Key, ObservedLogGroup)>, DeployError> {
    let name = reader.stack.log_group(&key);
    let groups = reader.call(|| logs::groups(&reader.aws.logs, &name)).await?;
    let groups = reader.answer(groups, Doubt::LogGroups, || format!("the log group {name}")).unwrap_or_default();
    let Some(group) = groups.into_iter().find(|group| group.name == name) else { return Ok(None) };
    let tags = group_tags(&reader, &name).await?;
    let retention_days = group.retention_days;
    Ok(tags.map(|tags| (key, ObservedLogGroup { retention_days, tags, writer: Writer::Unproven })))
}

async fn group_tags(reader: &Reader, name: &str) -> Result<Option<TagRead>, DeployError> {
    let arn = reader.stack.log_group_arn(name);
    let tags = reader.call(|| logs::tags(&reader.aws.logs, arn.as_str())).await?;
    Ok(tags.unwrap_or_else(|denied| Some(TagRead::Unreadable(denied))))
}

/// The executions of each state machine that have not ended. Express executions can't be listed and end by themselves
/// within minutes.
pub async fn running_executions(
    aws: &Aws,
    stack: &Stack,
    observed: &Observed,
) -> Result<BTreeMap<Key, Vec<Execution>>, DeployError> {
    let stack = &observed.stack(stack);
    let standard = observed.state_machines.iter().filter(|(_, it)| it.machine.kind == "STANDARD");
    let asked = standard.map(|(key, _)| {
        let arn = stack.state_machine_arn(key);
        let key = key.clone();
        let aws = aws.clone();
        async move { Ok((key, executions::running(&aws, &arn).await?)) }
    });
    let listed = parallel::all(asked).await?;
    Ok(listed.into_iter().filter(|(_, running)| !running.is_empty()).collect())
}

/// Our statements in a function's policy.
fn statements(policy: &str) -> Vec<Statement> {
    let document: Value = serde_json::from_str(policy).unwrap_or_else(|error| {
        tracing::warn!(target: TARGET, %error, "the function's policy is no JSON; it counts as empty");
        Value::Null
    });
    let found = ::policy::statements(&document).iter().filter_map(statement);
    found.filter(|statement| statement.sid.starts_with(SID_PREFIX)).collect()
}

/// A statement's id and source. One without a source lets any API in, so it is not one of this crate's.
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
