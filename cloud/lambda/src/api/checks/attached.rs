//! `VpcConfig` and `DeadLetterConfig` of CreateFunction and UpdateFunctionConfiguration, and what the function's role has to be
//! allowed for them.

use cloud_core::{Actor, Permit, ServiceError};
use serde::Deserialize;

use super::limits::invalid;
use crate::model::{FunctionVersion, VpcConfig};
use crate::service::Functions;

/// What Lambda does in a network as the function's role, in the order in which it is missed (Lambda developer guide, "Required
/// IAM permissions").
const NETWORK_ACTIONS: [&str; 3] = ["CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface"];

/// `VpcConfig` as it is sent.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::api) struct Vpc {
    subnet_ids: Option<Vec<String>>,
    security_group_ids: Option<Vec<String>>,
    ipv6_allowed_for_dual_stack: Option<bool>,
}

/// `DeadLetterConfig` as it is sent.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::api) struct DeadLetter {
    target_arn: Option<String>,
}

impl Vpc {
    /// The network with what is sent; what is left out stays. Whether there are such subnets is not known here.
    ///
    /// # Errors
    /// AWS's: of subnets without security groups.
    pub(in crate::api) fn apply(self, before: Option<&VpcConfig>) -> Result<Option<VpcConfig>, ServiceError> {
        let mut vpc = before.cloned().unwrap_or_default();
        if let Some(ids) = self.subnet_ids {
            vpc.subnet_ids = ids;
        }
        if let Some(ids) = self.security_group_ids {
            vpc.security_group_ids = ids;
        }
        vpc.allows_ipv6 = self.ipv6_allowed_for_dual_stack.unwrap_or(vpc.allows_ipv6);
        if vpc.subnet_ids.is_empty() != vpc.security_group_ids.is_empty() {
            return Err(invalid("SubnetIds and SecurityIds must coexist or be both empty list."));
        }
        Ok(Some(vpc))
    }
}

impl DeadLetter {
    /// The queue or topic; none where the text is empty, which takes it away.
    ///
    /// # Errors
    /// It is neither. (AWS's code; the text is ours.)
    pub(in crate::api) fn target(self) -> Result<Option<String>, ServiceError> {
        let Some(arn) = self.target_arn.filter(|arn| !arn.is_empty()) else { return Ok(None) };
        match service_action(&arn) {
            Some(_) => Ok(Some(arn)),
            None => Err(invalid(format!(
                "The target of DeadLetterConfig has to be the ARN of an SQS queue or an SNS topic; {arn} is neither."
            ))),
        }
    }
}

/// The action that sends to a queue or topic, and the service as Lambda's text names it.
fn service_action(arn: &str) -> Option<(&'static str, &'static str, &'static str)> {
    match arn.split(':').collect::<Vec<_>>().as_slice() {
        ["arn", _, "sqs", _, _, _] => Some(("sqs:SendMessage", "SendMessage", "SQS")),
        ["arn", _, "sns", _, _, _] => Some(("sns:Publish", "Publish", "SNS")),
        _ => None,
    }
}

/// Checks that the role may do what Lambda does as it: in the network, and with dead letters.
///
/// # Errors
/// `InvalidParameterValueException` with the action that is missing.
pub(in crate::api) fn check_role(functions: &Functions, version: &FunctionVersion) -> Result<(), ServiceError> {
    let may = |action: &str, resource: &str, name: &str, service: &str| {
        let actor = Actor::Role { arn: &version.role, session: &version.name };
        functions.roles.permit(&Permit::new(actor, action, resource)).map_err(|_| {
            invalid(format!("The provided execution role does not have permissions to call {name} on {service}"))
        })
    };
    if version.vpc.as_ref().is_some_and(|vpc| !vpc.is_empty()) {
        for name in NETWORK_ACTIONS {
            may(&format!("ec2:{name}"), "*", name, "EC2")?;
        }
    }
    let target = version.dead_letter_arn.as_deref();
    match target.and_then(|arn| Some((arn, service_action(arn)?))) {
        Some((arn, (action, name, service))) => may(action, arn, name, service),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn applied(sent: Value, before: Option<&VpcConfig>) -> Result<VpcConfig, String> {
        let sent: Vpc = serde_json::from_value(sent).unwrap();
        sent.apply(before).map(Option::unwrap).map_err(|error| error.message)
    }

    #[test]
    fn subnets_have_security_groups() {
        let both = json!({"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]});
        let vpc = applied(both, None).unwrap();
        assert_eq!(applied(json!({"SubnetIds": ["subnet-2"]}), Some(&vpc)).unwrap().security_group_ids, ["sg-1"]);
        assert!(applied(json!({"Ipv6AllowedForDualStack": true}), Some(&vpc)).unwrap().allows_ipv6);
        assert!(applied(json!({"SubnetIds": [], "SecurityGroupIds": []}), Some(&vpc)).unwrap().is_empty());
        let alone = applied(json!({"SubnetIds": ["subnet-1"]}), None).unwrap_err();
        assert_eq!(alone, "SubnetIds and SecurityIds must coexist or be both empty list.");
    }

    #[test]
    fn dead_letters_go_to_queues_and_topics() {
        let target = |arn: &str| DeadLetter { target_arn: Some(arn.to_owned()) }.target();
        assert_eq!(target("").unwrap(), None);
        let queue = "arn:aws:sqs:us-east-1:000000000000:q";
        assert_eq!(target(queue).unwrap().as_deref(), Some(queue));
        assert!(target("arn:aws:sns:us-east-1:000000000000:t").is_ok());
        for other in ["q", "arn:aws:lambda:us-east-1:000000000000:function:f", "arn:aws:sqs:us-east-1:q"] {
            assert_eq!(target(other).unwrap_err().code, "InvalidParameterValueException", "{other}");
        }
    }
}
