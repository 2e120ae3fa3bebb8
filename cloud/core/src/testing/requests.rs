//! Requests that are well formed, nearly so, or not at all: for fuzzers, and for tests that no request makes a service fail.

use bytes::Bytes;
use hyper::Method;
use serde_json::{Map, Number, Value};

use crate::operation::{Binding, OperationInfo, ServiceInfo};
use crate::wire::{Protocol, Request};

/// Where choices come from: a number below the one that is given, which is never 0.
pub type Choices<'a> = dyn FnMut(usize) -> usize + 'a;

/// Members of inputs, by the signing name of the service: from the API models, those of the operations served here.
const MEMBERS: &[(&str, &str)] = &[
    (
        "states",
        "activityArn cause definition description encryptionConfiguration error executionArn includeExecutionData input \
         includedData loggingConfiguration mapRunArn maxConcurrency maxResults name nextToken output publish resourceArn \
         reverseOrder revisionId roleArn routingConfiguration severity stateMachineAliasArn stateMachineArn \
         stateMachineVersionArn statusFilter tagKeys tags taskToken toleratedFailureCount toleratedFailurePercentage \
         traceHeader tracingConfiguration type versionDescription workerName redriveFilter",
    ),
    (
        "lambda",
        "Action Architectures Code CodeSha256 DeadLetterConfig Description DryRun Environment EphemeralStorage Handler \
         FunctionName FunctionVersion Layers LoggingConfig MemorySize Name PackageType Principal Publish Qualifier Role \
         RevisionId RoutingConfig Runtime SnapStart SourceAccount SourceArn StatementId Tags Timeout TracingConfig \
         VpcConfig ZipFile",
    ),
    (
        "logs",
        "descending endTime filterPattern interleaved kmsKeyId limit logEvents logGroupClass logGroupIdentifier nextToken \
         logGroupIdentifiers logGroupName logGroupNamePattern logGroupNamePrefix logStreamName logStreamNamePrefix tags \
         logStreamNames orderBy resourceArn retentionInDays sequenceToken startFromHead startTime tagKeys unmask",
    ),
    (
        "apigateway",
        "accessLogSettings apiKeyRequired authorizationScopes authorizationType autoDeploy corsConfiguration \
         defaultRouteSettings deploymentId description disableExecuteApiEndpoint integrationMethod integrationType tags \
         integrationUri maxResults name nextToken payloadFormatVersion protocolType requestParameters routeKey \
         routeSettings stageName stageVariables target timeoutInMillis version credentialsArn connectionType",
    ),
    (
        "iam",
        "AssumeRolePolicyDocument Description Marker MaxItems MaxSessionDuration OnlyAttached Path PathPrefix PolicyArn \
         PolicyDocument PolicyName RoleName Scope TagKeys.member.1 Tags.member.1.Key Tags.member.1.Value VersionId \
         PermissionsBoundary",
    ),
    (
        "sts",
        "DurationSeconds ExternalId Policy PolicyArns.member.1.arn RoleArn RoleSessionName SerialNumber SourceIdentity \
         TokenCode",
    ),
];

/// Values that are right somewhere, or wrong in a way of their own.
const WORDS: &[&str] = &[
    "",
    "m",
    "send",
    "all",
    "$LATEST",
    "*",
    "1",
    "-1",
    "true",
    "null",
    "arn:aws:states:us-east-1:000000000000:stateMachine:m",
    "arn:aws:states:us-east-1:000000000000:execution:m:e",
    "arn:aws:states:us-east-1:000000000000:express:m:e:f",
    "arn:aws:states:us-east-1:000000000000:activity:a",
    "arn:aws:states:us-east-1:000000000000:mapRun:m/x:y",
    "arn:aws:lambda:us-east-1:000000000000:function:send:live",
    "arn:aws:iam::000000000000:role/all",
    "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/send:*",
    "arn:aws:states:::",
    "arn::::::::",
    "/aws/lambda/send",
    "2026/01/01/[$LATEST]0123456789abcdef",
    "provided.al2023",
    "python3.13",
    "bootstrap",
    "POST /start",
    "$default",
    "AWS_PROXY",
    "HTTP",
    "{}",
    "[]",
    "{",
    "{\"StartAt\":\"P\",\"States\":{\"P\":{\"Type\":\"Pass\",\"End\":true}}}",
    "{\"StartAt\":\"W\",\"States\":{\"W\":{\"Type\":\"Wait\",\"Seconds\":1e400,\"End\":true}}}",
    "{\"Version\":\"2012-10-17\",\"Statement\":[]}",
    "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==",
    "{ $.a = 1 && $.b != \"x*\" }",
    "[a, b=1*, ...]",
    "%regex(%",
    "?x -y \"z",
    "\u{0}\u{1b}[31m",
    "\u{202e}\u{feff}\u{1f600}",
    "%00%ff%2e%2e",
    "../../etc/passwd",
];

/// Names of members inside of structures.
const INNER: &[&str] = &[
    "key",
    "value",
    "Key",
    "Value",
    "level",
    "destinations",
    "ZipFile",
    "Variables",
    "timestamp",
    "message",
    "arn",
    "weight",
    "stateMachineVersionArn",
    "S3Bucket",
    "Mode",
    "AdditionalVersionWeights",
    "allowOrigins",
    "x",
];

/// A request before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeUpRequest {
    /// The HTTP method.
    pub method: &'static str,
    /// The path with the query.
    pub target: String,
    /// The headers but for the body's length.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl MadeUpRequest {
    /// As a connection carries it.
    #[must_use]
    pub fn to_wire(&self) -> Vec<u8> {
        let mut wire = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            wire.push_str(&format!("{name}: {value}\r\n"));
        }
        wire.push_str(&format!("Content-Length: {}\r\n\r\n", self.body.len()));
        let mut wire = wire.into_bytes();
        wire.extend(&self.body);
        wire
    }

    /// As services get it, from a request that has its id, time and location.
    #[must_use]
    pub fn into_request(self, mut request: Request) -> Request {
        for (name, value) in &self.headers {
            request = request.with_header(name, value);
        }
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let method = Method::from_bytes(self.method.as_bytes()).unwrap_or(Method::POST);
        request.with_path(method, path, query, Bytes::from(self.body))
    }
}

/// Makes up a request of an operation: its name is right, and most else is only likely.
pub fn make_request(service: &ServiceInfo, operation: &OperationInfo, choices: &mut Choices<'_>) -> MadeUpRequest {
    let credential = format!("test/20260101/us-east-1/{}/aws4_request", service.signing_name);
    let mut headers = vec![
        ("host", "127.0.0.1:4566".to_owned()),
        ("authorization", format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=x")),
    ];
    let mut method = "POST";
    let mut target = "/".to_owned();
    let members = MEMBERS.iter().find(|(name, _)| *name == service.signing_name).map_or("", |(_, members)| members);
    let members: Vec<&str> = members.split_whitespace().collect();
    match operation.binding {
        Binding::Target => {
            let prefix = service.target_prefix.unwrap_or_default();
            headers.push(("x-amz-target", format!("{prefix}.{}", operation.name)));
        }
        Binding::Action => {}
        Binding::Rest(verb, path) => {
            method = verb;
            target = filled_path(path, choices);
            if choices(2) == 0 {
                target.push_str(&format!("?{}", form(&members, choices)));
            }
        }
    }
    let mut body = match service.protocol {
        Protocol::Query(_) => format!("Action={}&Version=2010-05-08&{}", operation.name, form(&members, choices)),
        _ => object(&members, choices).to_string(),
    }
    .into_bytes();
    damage(&mut body, choices);
    MadeUpRequest { method, target, headers, body }
}

/// A path with something in the place of each label.
fn filled_path(path: &str, choices: &mut Choices<'_>) -> String {
    let segments = path.split('/').map(|segment| match segment.starts_with('{') {
        true => form_urlencoded::byte_serialize(word(choices).as_bytes()).collect(),
        false => segment.to_owned(),
    });
    segments.collect::<Vec<String>>().join("/")
}

fn form(members: &[&str], choices: &mut Choices<'_>) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for _ in 0..choices(6) {
        form.append_pair(one_of(members, choices), word(choices));
    }
    form.finish()
}

fn object(members: &[&str], choices: &mut Choices<'_>) -> Value {
    let mut object = Map::new();
    for _ in 0..choices(8) {
        let name = one_of(members, choices).to_owned();
        object.insert(name, value(choices, 3));
    }
    Value::Object(object)
}

fn value(choices: &mut Choices<'_>, depth: usize) -> Value {
    const NUMBERS: &[&str] = &["0", "1", "-1", "1000", "9223372036854775808", "1e308", "0.5", "1767225600000", "-0.0"];
    match choices(if depth == 0 { 6 } else { 10 }) {
        0..=3 => Value::from(word(choices)),
        4 => one_of(NUMBERS, choices).parse().map_or(Value::Null, Value::Number),
        5 => [Value::Null, Value::from(true), Value::from(false), Value::from("x".repeat(choices(3_000)))]
            .into_iter()
            .nth(choices(4))
            .unwrap_or_default(),
        6 => Value::from(Number::from(choices(100_000))),
        7 => (0..choices(4)).map(|_| value(choices, depth - 1)).collect(),
        _ => {
            let members = (0..choices(4)).map(|_| (one_of(INNER, choices).to_owned(), value(choices, depth - 1)));
            Value::Object(members.collect())
        }
    }
}

/// Now and then a body is cut, or one of its bytes is another.
fn damage(body: &mut Vec<u8>, choices: &mut Choices<'_>) {
    if body.is_empty() {
        return;
    }
    let place = choices(body.len());
    match choices(12) {
        0 => body.truncate(place),
        1 => body.get_mut(place).into_iter().for_each(|byte| *byte = u8::try_from(choices(256)).unwrap_or_default()),
        2 => body.clear(),
        _ => {}
    }
}

fn word(choices: &mut Choices<'_>) -> &'static str {
    one_of(WORDS, choices)
}

fn one_of<'a>(words: &[&'a str], choices: &mut Choices<'_>) -> &'a str {
    words.get(choices(words.len().max(1))).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn the_same_choices_make_the_same_request() {
        let service =
            ServiceInfo::new("Step Functions", "states", Protocol::Json10).with_target_prefix("AWSStepFunctions");
        let info = OperationInfo {
            name: "StartExecution",
            binding: Binding::Target,
            access: crate::operation::Access::Writes,
            action: "states:StartExecution",
            resource: crate::operation::Resource::Any,
            alone_on: None,
            quota: None,
            body_limit_bytes: crate::DEFAULT_BODY_LIMIT_BYTES,
            refused: &[],
            needs_permission: true,
            needs_signature: true,
            needs: &[],
            keys: &[],
            further_resources: None,
        };
        let make = |seed| {
            let random = Random::from_seed(seed);
            let mut choices = |below: usize| usize::try_from(random.next_u64() % below as u64).unwrap_or_default();
            make_request(&service, &info, &mut choices)
        };
        assert_eq!(make(7), make(7));
        assert_ne!(make(7), make(8));
        let wire = String::from_utf8_lossy(&make(7).to_wire()).into_owned();
        assert!(wire.starts_with("POST / HTTP/1.1\r\n") && wire.contains("AWSStepFunctions.StartExecution"), "{wire}");
    }
}
