//! What a state machine's role has to be allowed when the machine is created or updated: the rule through which it hears of
//! children, and where it logs to.

use cloud_core::{Actor, Location, Permit, ServiceError};
use serde_json::Value;

use crate::rows::machine::Logging;
use crate::states::States;

/// The rule through which Step Functions hears that a child execution has ended ([nested]).
///
/// [nested]: https://docs.aws.amazon.com/step-functions/latest/dg/stepfunctions-iam.html
const CHILD_RULE: &str = "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule";

/// The beginning of a task's `Resource` that waits for the end of the execution that it starts.
const CHILD_TASK: &str = "states:startExecution.sync";

/// What delivers logs ([logging]); these actions know no resources.
///
/// [logging]: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
const LOG_DELIVERY: [&str; 8] = [
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
];

/// Checks what a role has to be allowed for a definition and a logging configuration.
///
/// # Errors
/// AWS's texts, which do not say which action is missing.
pub(super) fn check(
    states: &States,
    role_arn: &str,
    location: &Location,
    definition: &str,
    logging: &Logging,
) -> Result<(), ServiceError> {
    let may = |action: &str, resource: &str| {
        let actor = Actor::Role { arn: role_arn, session: "StepFunctions" };
        let permitted = states.roles.permit(&Permit::new(actor, action, resource));
        permitted
            .inspect_err(|refused| tracing::warn!(target: "cloud::request", %refused, "a state machine is refused"))
            .is_ok()
    };
    let denied = |message: String| Err(ServiceError::bad_request("AccessDeniedException", message));
    let rule = location.arn("events", CHILD_RULE);
    if waits_for_children(definition)
        && !["events:PutTargets", "events:PutRule", "events:DescribeRule"].iter().all(|action| may(action, &rule))
    {
        return denied(format!("'{role_arn}' is not authorized to create managed-rule."));
    }
    if logging.level != "OFF" && logging.group().is_some() && !LOG_DELIVERY.iter().all(|action| may(action, "*")) {
        return denied("The state machine IAM Role is not authorized to access the Log Destination".to_owned());
    }
    Ok(())
}

/// Whether a task of the definition waits for an execution that it starts as the machine's own role. Whose `Credentials` name another
/// one hears nothing through a rule of this account (that AWS then asks for none is a guess).
fn waits_for_children(definition: &str) -> bool {
    fn has_task(value: &Value) -> bool {
        match value {
            Value::Object(members) => {
                let resource = members.get("Resource").and_then(Value::as_str);
                let is_child = resource.is_some_and(|resource| resource.contains(CHILD_TASK));
                let is_own = members.get("Credentials").is_none_or(Value::is_null);
                is_child && is_own || members.values().any(has_task)
            }
            Value::Array(items) => items.iter().any(has_task),
            _ => false,
        }
    }
    definition.contains(CHILD_TASK) && serde_json::from_str::<Value>(definition).is_ok_and(|value| has_task(&value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_that_waits_is_found_wherever_it_stands() {
        let task = r#"{"Type":"Task","Resource":"arn:aws:states:::states:startExecution.sync:2","End":true}"#;
        assert!(waits_for_children(&format!(
            r#"{{"States":{{"M":{{"ItemProcessor":{{"States":{{"A":{task}}}}}}}}}}}"#
        )));
        assert!(!waits_for_children(&task.replace(".sync:2", "")));
        let as_other = r#""Credentials":{"RoleArn":"arn:aws:iam::000000000002:role/r"},"End""#;
        assert!(!waits_for_children(&task.replace(r#""End""#, as_other)));
        assert!(!waits_for_children(r#"{"Comment":"states:startExecution.sync"}"#));
    }
}
