//! What a state does, in a few words.

use asl::StateType;
use serde_json::{Map, Value};

use super::condition::expression_text;

/// What a state does: what a Task calls, until when a Wait state waits, what a Map state goes over, the error of a Fail state.
pub(super) fn detail(kind: StateType, fields: &Map<String, Value>) -> String {
    match kind {
        StateType::Task => task(fields),
        StateType::Wait => wait(fields),
        StateType::Map => map(fields),
        StateType::Fail => ["Error", "ErrorPath"].into_iter().find_map(|name| field(fields, name)).unwrap_or_default(),
        _ => String::new(),
    }
}

fn field(fields: &Map<String, Value>, name: &str) -> Option<String> {
    fields.get(name).map(expression_text)
}

/// `lambda:invoke sendEmail`, `function sendEmail`, `activity review`, `sqs:sendMessage.waitForTaskToken`.
fn task(fields: &Map<String, Value>) -> String {
    let resource = fields.get("Resource").and_then(Value::as_str).unwrap_or_default();
    if let Some(service) = integration(resource) {
        let arguments = ["Parameters", "Arguments"].into_iter().find_map(|name| fields.get(name)?.as_object());
        let called = arguments.and_then(|arguments| {
            let named = ["FunctionName", "StateMachineArn"].into_iter().find_map(|name| arguments.get(name));
            Some(last_name(named?.as_str()?))
        });
        return match called {
            Some(called) => format!("{service} {called}"),
            None => service.to_owned(),
        };
    }
    let name = last_name(resource);
    match resource {
        _ if resource.contains(":function:") => format!("function {name}"),
        _ if resource.contains(":activity:") => format!("activity {name}"),
        _ => resource.to_owned(),
    }
}

/// The service and the action of an integration; its ARN may have a region and an account.
fn integration(resource: &str) -> Option<&str> {
    let mut called = resource.split_once(":states:")?.1;
    for _ in ["region", "account"] {
        // A pseudo parameter, such as `${AWS::Region}`, has colons of its own.
        let given = called.strip_prefix("${").map_or(Some(called), |parameter| Some(parameter.split_once('}')?.1));
        called = given?.split_once(':')?.1;
    }
    (!called.starts_with("activity:")).then_some(called)
}

/// The name at the end of an ARN, with a version or an alias but without the words before it.
fn last_name(arn: &str) -> &str {
    for before in [":function:", ":activity:", ":stateMachine:"] {
        if let Some((_, name)) = arn.split_once(before) {
            // `#{AWS::StackName}-send` and `${AWS::StackName}-send`: what stands for the stack says nothing here.
            let after = name.rsplit_once("}-").map_or(name, |(_, name)| name);
            return after;
        }
    }
    arn
}

fn wait(fields: &Map<String, Value>) -> String {
    if let Some(seconds) = fields.get("Seconds") {
        return match seconds {
            Value::Number(seconds) => format!("{seconds} s"),
            other => format!("{} s", expression_text(other)),
        };
    }
    let until = ["Timestamp", "TimestampPath"].into_iter().find_map(|name| field(fields, name));
    until
        .map(|until| format!("until {until}"))
        .or_else(|| Some(format!("{} s", field(fields, "SecondsPath")?)))
        .unwrap_or_default()
}

fn map(fields: &Map<String, Value>) -> String {
    let items = ["ItemsPath", "Items"].into_iter().find_map(|name| match fields.get(name)? {
        Value::Array(items) => Some(format!("{} items", items.len())),
        other => Some(expression_text(other)),
    });
    let reader = fields.get("ItemReader").and_then(|reader| reader.get("Resource")?.as_str());
    let read = reader.and_then(integration).map(ToOwned::to_owned);
    let each = read.or(items).map(|of| format!("each of {of}")).unwrap_or_else(|| "each item".to_owned());
    let mode =
        fields.get("ItemProcessor").and_then(|processor| processor.get("ProcessorConfig")?.get("Mode")?.as_str());
    let is_distributed = mode == Some("DISTRIBUTED");
    let most = fields.get("MaxConcurrency").and_then(Value::as_u64).filter(|most| *most > 0);
    let most = most.map(|most| format!(", {most} at once")).unwrap_or_default();
    format!("{each}{most}{}", if is_distributed { ", distributed" } else { "" })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_state_does_is_said_in_a_few_words() {
        for (kind, fields, text) in [
            (
                StateType::Task,
                json!({"Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken"}),
                "sqs:sendMessage.waitForTaskToken",
            ),
            (
                StateType::Task,
                json!({"Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "arn:aws:lambda:r:1:function:send:live"}}),
                "lambda:invoke send:live",
            ),
            (
                StateType::Task,
                json!({"Resource": "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:sns:publish"}),
                "sns:publish",
            ),
            (StateType::Task, json!({"Resource": "arn:aws:states:r:1:aws-sdk:s3:getObject"}), "aws-sdk:s3:getObject"),
            (
                StateType::Task,
                json!({"Resource": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${AWS::StackName}-send"}),
                "function send",
            ),
            (StateType::Task, json!({"Resource": "arn:aws:states:r:1:activity:review"}), "activity review"),
            (
                StateType::Task,
                json!({"Resource": "arn:aws:states:${AWS::Region}:1:activity:review"}),
                "activity review",
            ),
            (StateType::Wait, json!({"Seconds": 30}), "30 s"),
            (StateType::Wait, json!({"Timestamp": "{% $states.input.at %}"}), "until $states.input.at"),
            (StateType::Wait, json!({"SecondsPath": "$.delay"}), "$.delay s"),
            (StateType::Map, json!({"ItemsPath": "$.items", "MaxConcurrency": 5}), "each of $.items, 5 at once"),
            (
                StateType::Map,
                json!({"ItemReader": {"Resource": "arn:aws:states:::s3:getObject"}, "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"}}}),
                "each of s3:getObject, distributed",
            ),
            (StateType::Fail, json!({"Error": "NotFound"}), "NotFound"),
            (StateType::Pass, json!({}), ""),
        ] {
            assert_eq!(detail(kind, fields.as_object().unwrap()), text);
        }
    }
}
