//! What the integrations need that Step Functions is made for (Step Functions developer guide, "IAM policies for integrated
//! services").

use serde_json::{Value, json};

use super::builder::PolicyBuilder;
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
        // A region and an account may be there.
        let rest = rest.strip_prefix("states:")?.splitn(3, ':').nth(2)?;
        let job = rest.strip_suffix(".sync:2").or_else(|| rest.strip_suffix(".sync"));
        let called = job.or_else(|| rest.strip_suffix(".waitForTaskToken")).unwrap_or(rest);
        let (service, action) = called.rsplit_once(':').filter(|(service, _)| *service != "activity")?;
        Some(Self { service, action, is_job: job.is_some() })
    }
}

/// A task that calls a service. What is no integration at all needs nothing; Step Functions refuses it.
pub(super) fn task(builder: &mut PolicyBuilder<'_>) {
    let Some(Integration { service, action, is_job }) = Integration::parse(&builder.fields.resource) else { return };
    match (service, action) {
        ("lambda", "invoke") => function(builder),
        ("states", "startExecution") => child(builder, is_job),
        ("sqs", "sendMessage") => match builder.literal("QueueUrl").and_then(|url| resource::queue(url, builder.stack))
        {
            Some(queue) => builder.allow(&["sqs:SendMessage"], vec![queue], "it sends to the queue"),
            None => builder.undetermined("to which queue it sends", &["sqs:SendMessage"]),
        },
        ("sns", "publish") => match builder.literal("TopicArn").or_else(|| builder.literal("TargetArn")) {
            Some(topic) => builder.allow(&["sns:Publish"], vec![topic.to_owned()], "it publishes to the topic"),
            None => builder.undetermined("where it publishes to", &["sns:Publish"]),
        },
        ("dynamodb", "getItem" | "putItem" | "updateItem" | "deleteItem") => {
            let action = format!("dynamodb:{}", upper_first(action));
            match builder.literal("TableName").map(|name| resource::table(name, builder.stack)) {
                Some(table) => builder.allow(&[&action], vec![table], "it works on the table"),
                None => builder.undetermined("on which table it works", &[&action]),
            }
        }
        ("events", "putEvents") => match resource::event_buses(builder) {
            Some(buses) => builder.allow(&["events:PutEvents"], buses, "it puts events on the bus"),
            None => builder.undetermined("on which event bus it puts events", &["events:PutEvents"]),
        },
        ("http", "invoke") => http(builder),
        _ => match service.strip_prefix("aws-sdk:") {
            Some(service) => sdk::task(builder, service, &upper_first(action)),
            None => sdk::unknown(builder, service, action),
        },
    }
}

fn function(builder: &mut PolicyBuilder<'_>) {
    let function = builder.literal("FunctionName").and_then(|name| resource::function(name, builder.stack));
    if let Some(function) = function {
        return builder.invoke(function);
    }
    if builder.declares(&["lambda:InvokeFunction"]) {
        return;
    }
    // A state before may have put one of these into the task's input.
    let named = builder.definition.resolve(builder.stack).functions();
    if named.is_empty() {
        return builder.undetermined("which function it invokes", &["lambda:InvokeFunction"]);
    }
    let arns = named.iter().flat_map(|arn| resource::with_versions(arn.as_str())).collect();
    builder.allow(&["lambda:InvokeFunction"], arns, "it invokes a function that is known only when it runs");
    let table = builder.permissions_table();
    builder.note(format!(
        "which function it invokes is known only when it runs; it may invoke those that the definition names: for others \
         add {table} with lambda:InvokeFunction"
    ));
}

fn child(builder: &mut PolicyBuilder<'_>, is_job: bool) {
    let machine = builder.literal("StateMachineArn");
    let Some((machine, executions)) = machine.and_then(|arn| Some((arn, resource::executions(arn)?))) else {
        let waits: &[&str] = if is_job { &["states:DescribeExecution", "states:StopExecution"] } else { &[] };
        builder.undetermined("which state machine it starts", &[&["states:StartExecution"], waits].concat());
        if is_job {
            child_rule(builder);
        }
        return;
    };
    builder.allow(&["states:StartExecution"], vec![machine.to_owned()], "it starts an execution");
    if is_job {
        let actions = ["states:DescribeExecution", "states:StopExecution"];
        builder.allow(&actions, vec![executions], "it waits until the execution ends, and stops it when it is stopped");
        child_rule(builder);
    }
}

fn child_rule(builder: &mut PolicyBuilder<'_>) {
    let stack = builder.stack;
    let rule = format!("arn:{}:events:{}:{}:{CHILD_RULE}", stack.region.partition(), stack.region, stack.account);
    let actions = ["events:PutTargets", "events:PutRule", "events:DescribeRule"];
    builder.allow(&actions, vec![rule], "Step Functions hears through this rule that the execution has ended");
}

/// An HTTP task calls a URL as a connection of EventBridge, whose secret it reads.
fn http(builder: &mut PolicyBuilder<'_>) {
    match (builder.literal("ApiEndpoint"), builder.literal("Method")) {
        (Some(endpoint), Some(method)) => {
            let condition = json!({"StringEquals": {"states:HTTPEndpoint": endpoint, "states:HTTPMethod": method}});
            let machine = builder.machine_arn();
            builder.allow_when(&["states:InvokeHTTPEndpoint"], vec![machine], Some(condition), "it calls the URL");
        }
        _ => builder.undetermined("which URL it calls", &["states:InvokeHTTPEndpoint"]),
    }
    let nothing = Value::Null;
    let credentials = builder.fields.arguments.get("Authentication").unwrap_or(&nothing);
    let connection = match argument(credentials, "ConnectionArn") {
        Argument::Literal(arn) => arn.split_once(":connection/").map(|(start, rest)| (arn, start, rest)),
        Argument::Computed | Argument::Missing => None,
    };
    let secret = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"];
    let Some((arn, start, rest)) = connection else {
        let actions = ["events:RetrieveConnectionCredentials", secret[0], secret[1]];
        return builder.undetermined("as which connection it calls", &actions);
    };
    let why = "it calls as this connection";
    builder.allow(&["events:RetrieveConnectionCredentials"], vec![arn.to_owned()], why);
    let name = rest.split('/').next().unwrap_or(rest);
    let start = start.replacen(":events:", ":secretsmanager:", 1);
    builder.allow(&secret, vec![format!("{start}:secret:events!connection/{name}/*")], why);
}

/// A Map's `ItemReader`.
pub(super) fn reader(builder: &mut PolicyBuilder<'_>) {
    let Some(Integration { service: "s3", action, .. }) = Integration::parse(&builder.fields.resource) else { return };
    let lists = action == "listObjectsV2";
    let actions: &[&str] = if lists { &["s3:ListBucket"] } else { &["s3:GetObject"] };
    let flattens = builder.fields.reader["Transformation"] == "LOAD_AND_FLATTEN";
    let Some(bucket) = builder.literal("Bucket") else { return builder.undetermined("which bucket it reads", actions) };
    if lists {
        builder.allow(actions, vec![resource::bucket(bucket, builder.stack)], "it lists the objects to work on");
        if flattens {
            match builder.argument("Prefix") {
                Argument::Computed => builder.undetermined("which objects it reads", &["s3:GetObject"]),
                prefix => {
                    let prefix = if let Argument::Literal(prefix) = prefix { prefix } else { "" };
                    let objects = resource::objects(bucket, &format!("{prefix}*"), builder.stack);
                    builder.allow(&["s3:GetObject"], vec![objects], "it reads the items from the objects");
                }
            }
        }
        return;
    }
    match builder.literal("Key") {
        Some(key) => {
            builder.allow(actions, vec![resource::objects(bucket, key, builder.stack)], "it reads the items");
        }
        None => builder.undetermined("which object it reads", actions),
    }
    if builder.fields.reader["InputType"] == "MANIFEST" || builder.fields.reader["ManifestType"].is_string() {
        builder.undetermined("which files the manifest names", actions);
    }
}

/// A Map's `ResultWriter`.
pub(super) fn writer(builder: &mut PolicyBuilder<'_>) {
    let actions = ["s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"];
    let Some(Integration { service: "s3", .. }) = Integration::parse(&builder.fields.resource) else { return };
    let Some(bucket) = builder.literal("Bucket") else {
        return builder.undetermined("to which bucket it writes", &actions);
    };
    let below = match builder.argument("Prefix") {
        Argument::Literal(prefix) if !prefix.is_empty() => format!("{}/*", prefix.trim_end_matches('/')),
        _ => "*".to_owned(),
    };
    builder.allow(&actions, vec![resource::objects(bucket, &below, builder.stack)], "it writes the results");
}

/// An action as IAM writes it: `getItem` is `GetItem`.
fn upper_first(action: &str) -> String {
    let mut letters = action.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}
