//! What the integrations need that Step Functions is made for (Step Functions developer guide, "IAM policies for integrated
//! services").

use serde_json::{Value, json};

use super::calls::Asking;
use super::{resource, sdk};
use model::call::{Argument, argument};

/// The rule through which Step Functions hears that a child execution has ended.
const CHILD_RULE: &str = "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule";

/// A task's `Resource`, read: `arn:aws:states:::states:startExecution.sync:2`.
struct Integration<'a> {
    service: &'a str,
    action: &'a str,
    /// Whether the task waits until the job has ended.
    is_job: bool,
}

impl<'a> Integration<'a> {
    fn parse(resource: &'a str) -> Option<Self> {
        let (_, rest) = resource.strip_prefix("arn:")?.split_once(':')?;
        let rest = rest.strip_prefix("states:::")?;
        let job = rest.strip_suffix(".sync:2").or_else(|| rest.strip_suffix(".sync"));
        let called = job.or_else(|| rest.strip_suffix(".waitForTaskToken")).unwrap_or(rest);
        let (service, action) = called.rsplit_once(':')?;
        Some(Self { service, action, is_job: job.is_some() })
    }
}

/// A task that calls a service. What is no integration at all needs nothing; Step Functions refuses it.
pub(super) fn task(asking: &mut Asking<'_>) {
    let Some(Integration { service, action, is_job }) = Integration::parse(&asking.said.resource) else { return };
    match (service, action) {
        ("lambda", "invoke") => function(asking),
        ("states", "startExecution") => child(asking, is_job),
        ("sqs", "sendMessage") => match asking.literal("QueueUrl").and_then(|url| resource::queue(url, asking.stack)) {
            Some(queue) => asking.allow(&["sqs:SendMessage"], vec![queue], "it sends to the queue"),
            None => asking.unread("to which queue it sends", &["sqs:SendMessage"]),
        },
        ("sns", "publish") => match asking.literal("TopicArn").or_else(|| asking.literal("TargetArn")) {
            Some(topic) => asking.allow(&["sns:Publish"], vec![topic.to_owned()], "it publishes to the topic"),
            None => asking.unread("where it publishes to", &["sns:Publish"]),
        },
        ("dynamodb", "getItem" | "putItem" | "updateItem" | "deleteItem") => {
            let action = format!("dynamodb:{}", upper_first(action));
            match asking.literal("TableName").map(|name| resource::table(name, asking.stack)) {
                Some(table) => asking.allow(&[&action], vec![table], "it works on the table"),
                None => asking.unread("on which table it works", &[&action]),
            }
        }
        ("events", "putEvents") => match buses(asking) {
            Some(buses) => asking.allow(&["events:PutEvents"], buses, "it puts events on the bus"),
            None => asking.unread("on which event bus it puts events", &["events:PutEvents"]),
        },
        ("http", "invoke") => http(asking),
        _ => match service.strip_prefix("aws-sdk:") {
            Some(service) => sdk::task(asking, service, &upper_first(action)),
            None => sdk::unknown(asking, service, action),
        },
    }
}

fn function(asking: &mut Asking<'_>) {
    let function = asking.literal("FunctionName").and_then(|name| resource::function(name, asking.stack));
    if let Some(function) = function {
        return asking.invoke(function);
    }
    if asking.declares(&["lambda:InvokeFunction"]) {
        return;
    }
    // A state before may have put one of these into the task's input.
    let named = asking.definition.resolve(asking.stack).functions();
    if named.is_empty() {
        return asking.unread("which function it invokes", &["lambda:InvokeFunction"]);
    }
    let arns = named.iter().flat_map(|arn| resource::with_versions(arn.as_str())).collect();
    asking.allow(&["lambda:InvokeFunction"], arns, "it invokes a function that is known only when it runs");
    let table = asking.table();
    asking.note(format!(
        "which function it invokes is known only when it runs; it may invoke those that the definition names: for others \
         add {table} with lambda:InvokeFunction"
    ));
}

fn child(asking: &mut Asking<'_>, is_job: bool) {
    let machine = asking.literal("StateMachineArn");
    let Some((machine, executions)) = machine.and_then(|arn| Some((arn, resource::executions(arn)?))) else {
        let waits: &[&str] = if is_job { &["states:DescribeExecution", "states:StopExecution"] } else { &[] };
        asking.unread("which state machine it starts", &[&["states:StartExecution"], waits].concat());
        if is_job {
            child_rule(asking);
        }
        return;
    };
    asking.allow(&["states:StartExecution"], vec![machine.to_owned()], "it starts an execution");
    if is_job {
        let actions = ["states:DescribeExecution", "states:StopExecution"];
        asking.allow(&actions, vec![executions], "it waits until the execution ends, and stops it when it is stopped");
        child_rule(asking);
    }
}

fn child_rule(asking: &mut Asking<'_>) {
    let stack = asking.stack;
    let rule = format!("arn:{}:events:{}:{}:{CHILD_RULE}", stack.region.partition(), stack.region, stack.account);
    let actions = ["events:PutTargets", "events:PutRule", "events:DescribeRule"];
    asking.allow(&actions, vec![rule], "Step Functions hears through this rule that the execution has ended");
}

/// The buses that the entries name, where all of them are written down.
pub(super) fn buses(asking: &Asking<'_>) -> Option<Vec<String>> {
    let entries = asking.said.arguments.get("Entries")?.as_array()?;
    let bus = |entry: &Value| match argument(entry, "EventBusName") {
        Argument::Literal(name) => Some(resource::bus(name, asking.stack)),
        Argument::Missing => Some(resource::bus("default", asking.stack)),
        Argument::Computed => None,
    };
    let mut buses = entries.iter().map(bus).collect::<Option<Vec<String>>>()?;
    buses.sort();
    buses.dedup();
    (!buses.is_empty()).then_some(buses)
}

/// An HTTP task calls a URL as a connection of EventBridge, whose secret it reads.
fn http(asking: &mut Asking<'_>) {
    match (asking.literal("ApiEndpoint"), asking.literal("Method")) {
        (Some(endpoint), Some(method)) => {
            let condition = json!({"StringEquals": {"states:HTTPEndpoint": endpoint, "states:HTTPMethod": method}});
            let machine = asking.machine_arn();
            asking.allow_when(&["states:InvokeHTTPEndpoint"], vec![machine], Some(condition), "it calls the URL");
        }
        _ => asking.unread("which URL it calls", &["states:InvokeHTTPEndpoint"]),
    }
    let nothing = Value::Null;
    let credentials = asking.said.arguments.get("Authentication").unwrap_or(&nothing);
    let connection = match argument(credentials, "ConnectionArn") {
        Argument::Literal(arn) => arn.split_once(":connection/").map(|(start, rest)| (arn, start, rest)),
        Argument::Computed | Argument::Missing => None,
    };
    let secret = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"];
    let Some((arn, start, rest)) = connection else {
        let actions = ["events:RetrieveConnectionCredentials", secret[0], secret[1]];
        return asking.unread("as which connection it calls", &actions);
    };
    let why = "it calls as this connection";
    asking.allow(&["events:RetrieveConnectionCredentials"], vec![arn.to_owned()], why);
    let (name, start) = (rest.split('/').next().unwrap_or(rest), start.replacen(":events:", ":secretsmanager:", 1));
    asking.allow(&secret, vec![format!("{start}:secret:events!connection/{name}/*")], why);
}

/// A Map's `ItemReader`.
pub(super) fn reader(asking: &mut Asking<'_>) {
    let Some(Integration { service: "s3", action, .. }) = Integration::parse(&asking.said.resource) else { return };
    let lists = action == "listObjectsV2";
    let actions: &[&str] = if lists { &["s3:ListBucket"] } else { &["s3:GetObject"] };
    let flattens = asking.said.reader["Transformation"] == "LOAD_AND_FLATTEN";
    let Some(bucket) = asking.literal("Bucket") else { return asking.unread("which bucket it reads", actions) };
    if lists {
        asking.allow(actions, vec![resource::bucket(bucket, asking.stack)], "it lists the objects to work on");
        if flattens {
            match asking.argument("Prefix") {
                Argument::Computed => asking.unread("which objects it reads", &["s3:GetObject"]),
                prefix => {
                    let prefix = if let Argument::Literal(prefix) = prefix { prefix } else { "" };
                    let objects = resource::objects(bucket, &format!("{prefix}*"), asking.stack);
                    asking.allow(&["s3:GetObject"], vec![objects], "it reads the items from the objects");
                }
            }
        }
        return;
    }
    match asking.literal("Key") {
        Some(key) => {
            asking.allow(actions, vec![resource::objects(bucket, key, asking.stack)], "it reads the items");
        }
        None => asking.unread("which object it reads", actions),
    }
    if asking.said.reader["InputType"] == "MANIFEST" {
        asking.unread("which files the manifest names", actions);
    }
}

/// A Map's `ResultWriter`.
pub(super) fn writer(asking: &mut Asking<'_>) {
    let actions = ["s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"];
    let Some(Integration { service: "s3", .. }) = Integration::parse(&asking.said.resource) else { return };
    let Some(bucket) = asking.literal("Bucket") else { return asking.unread("to which bucket it writes", &actions) };
    let below = match asking.argument("Prefix") {
        Argument::Literal(prefix) if !prefix.is_empty() => format!("{}/*", prefix.trim_end_matches('/')),
        _ => "*".to_owned(),
    };
    asking.allow(&actions, vec![resource::objects(bucket, &below, asking.stack)], "it writes the results");
}

/// An action as IAM writes it: `getItem` is `GetItem`.
fn upper_first(action: &str) -> String {
    let mut letters = action.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}
