//! The events that can't be honoured, and what to do instead.

/// What to do instead of an event of a function; nothing for an event that the framework does not have either.
pub(super) fn advice(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "schedule" => {
            "Call the function on time from outside (`workshop invoke` in a cron job), or let a state machine wait: a `Wait` state."
        }
        "sqs" | "sns" | "stream" | "kinesis" | "msk" | "kafka" | "activemq" | "rabbitmq" => {
            "Call the function from what sends the messages, or start a state machine there."
        }
        "s3" => "Call the function from what stores the object, or start a state machine there.",
        "eventBridge" | "cloudwatchEvent" => "Start a state machine from what sends the event.",
        "cloudwatchLog" => "Read the log with `workshop logs`, or with a subscription that you make yourself.",
        "alb" | "websocket" | "cloudFront" => "Use the event `httpApi`: it gives the function an endpoint.",
        "alexaSkill" | "alexaSmartHome" | "iot" | "iotFleetProvisioning" | "cognitoUserPool" => {
            "Allow the service to call the function in AWS's console after a deployment."
        }
        _ => return None,
    })
}
