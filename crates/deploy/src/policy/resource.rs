//! From names in a definition to the ARNs that a policy needs.

use serde_json::Value;

use super::builder::PolicyBuilder;
use model::call::{Argument, argument};
use model::stack::Stack;

/// Whether a text is a function's ARN, with a qualifier or without.
pub(super) fn is_function(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    matches!(parts[..], ["arn", _, "lambda", _, _, "function", _] | ["arn", _, "lambda", _, _, "function", _, _])
}

/// A function and each of its versions and aliases; one that is qualified is itself alone.
pub(super) fn with_versions(arn: &str) -> Vec<String> {
    let qualified = arn.split(':').count() > 7;
    if qualified { vec![arn.to_owned()] } else { vec![arn.to_owned(), format!("{arn}:*")] }
}

/// A function in one of the forms that Invoke takes: ARN, `account:function:name` or name, each with a qualifier or
/// without.
pub(super) fn function(written: &str, stack: &Stack) -> Option<Vec<String>> {
    if is_function(written) {
        return Some(with_versions(written));
    }
    let parts: Vec<&str> = written.split(':').collect();
    let (account, rest) = match parts[..] {
        [account, "function", ref rest @ ..] => (account, rest),
        ref rest => (stack.account.as_str(), rest),
    };
    let is_name = |part: &&str| !part.is_empty() && part.bytes().all(is_name_byte);
    let is_short = matches!(rest, [_] | [_, _]) && rest.iter().all(is_name);
    let partition = stack.region.partition();
    let region = &stack.region;
    is_short.then(|| with_versions(&format!("arn:{partition}:lambda:{region}:{account}:function:{}", rest.join(":"))))
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'$')
}

/// Every execution of a state machine that is given by its ARN, with a version or alias or without.
pub(super) fn executions(machine_arn: &str) -> Option<String> {
    let parts: Vec<&str> = machine_arn.split(':').collect();
    match parts[..] {
        ["arn", partition, "states", region, account, "stateMachine", name, ..] => {
            Some(format!("arn:{partition}:states:{region}:{account}:execution:{name}:*"))
        }
        _ => None,
    }
}

/// A queue that is given by its URL, `https://sqs.eu-west-1.amazonaws.com/123456789012/name`.
pub(super) fn queue(url: &str, stack: &Stack) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let mut parts = rest.split('/');
    let host = parts.next()?;
    let account = parts.next()?;
    let name = parts.next()?;
    if parts.next().is_some() || account.is_empty() || name.is_empty() {
        return None;
    }
    let region = host.strip_prefix("sqs.").and_then(|host| host.split('.').next());
    let region = region.unwrap_or(stack.region.as_str());
    Some(format!("arn:{}:sqs:{region}:{account}:{name}", stack.region.partition()))
}

/// A table that is given by its name or ARN.
pub(super) fn table(written: &str, stack: &Stack) -> String {
    own(written, "dynamodb", &format!("table/{written}"), stack)
}

/// An event bus that is given by its name or ARN.
pub(super) fn bus(written: &str, stack: &Stack) -> String {
    own(written, "events", &format!("event-bus/{written}"), stack)
}

/// A secret that is given by its name or ARN; AWS adds six characters to its name.
pub(super) fn secret(written: &str, stack: &Stack) -> String {
    own(written, "secretsmanager", &format!("secret:{written}-??????"), stack)
}

/// A parameter that is given by its name or ARN.
pub(super) fn parameter(written: &str, stack: &Stack) -> String {
    own(written, "ssm", &format!("parameter/{}", written.trim_start_matches('/')), stack)
}

/// What lies in a bucket below a key or prefix.
pub(super) fn objects(bucket: &str, key: &str, stack: &Stack) -> String {
    format!("{}/{key}", self::bucket(bucket, stack))
}

/// A bucket.
pub(super) fn bucket(name: &str, stack: &Stack) -> String {
    format!("arn:{}:s3:::{name}", stack.region.partition())
}

/// The text itself when it is an ARN, else a resource of the stack's own account and region.
fn own(written: &str, service: &str, rest: &str, stack: &Stack) -> String {
    if written.starts_with("arn:") {
        return written.to_owned();
    }
    format!("arn:{}:{service}:{}:{}:{rest}", stack.region.partition(), stack.region, stack.account)
}

/// The buses that the entries name, where all of them are written down.
pub(super) fn event_buses(builder: &PolicyBuilder<'_>) -> Option<Vec<String>> {
    let entries = builder.fields.arguments.get("Entries")?.as_array()?;
    let named = |entry: &Value| match argument(entry, "EventBusName") {
        Argument::Literal(name) => Some(bus(name, builder.stack)),
        Argument::Missing => Some(bus("default", builder.stack)),
        Argument::Computed => None,
    };
    let mut buses = entries.iter().map(named).collect::<Option<Vec<String>>>()?;
    buses.sort();
    buses.dedup();
    (!buses.is_empty()).then_some(buses)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::stack;

    #[test]
    fn functions_are_known_in_every_form() {
        let arn = |rest: &str| format!("arn:aws:lambda:eu-west-1:{rest}");
        for (written, found) in
            [("send", "123456789012:function:send"), ("999999999999:function:send", "999999999999:function:send")]
        {
            assert_eq!(function(written, &stack()).unwrap(), [arn(found), arn(&format!("{found}:*"))], "{written}");
        }
        assert_eq!(function("send:live", &stack()).unwrap(), [arn("123456789012:function:send:live")]);
        assert_eq!(function(&arn("1:function:send:7"), &stack()).unwrap(), [arn("1:function:send:7")]);
        for bad in ["", "a b", "send:", "arn:aws:lambda:eu-west-1", "a:b:c:d"] {
            assert_eq!(function(bad, &stack()), None, "{bad}");
        }
    }

    #[test]
    fn queues_and_executions_are_read_off() {
        let queue = |url| queue(url, &stack());
        assert_eq!(queue("https://sqs.us-east-2.amazonaws.com/1/q").as_deref(), Some("arn:aws:sqs:us-east-2:1:q"));
        assert_eq!(queue("https://queue.amazonaws.com/1/q").as_deref(), Some("arn:aws:sqs:eu-west-1:1:q"));
        assert_eq!(queue("https://sqs.us-east-2.amazonaws.com/q"), None);
        assert_eq!(queue("q"), None);
        let all = Some("arn:aws:states:us-east-1:1:execution:m:*");
        assert_eq!(executions("arn:aws:states:us-east-1:1:stateMachine:m").as_deref(), all);
        assert_eq!(executions("arn:aws:states:us-east-1:1:stateMachine:m:live").as_deref(), all);
        assert_eq!(executions("m"), None);
    }
}
