//! What a request does, as far as eventual consistency goes: read, write, and to what.

use hyper::Method;
use serde_json::Value;

use super::service::Service;
use crate::local::form::Form;
use crate::local::http::Request;
use crate::local::lambda::FunctionReference;

/// One call of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(super) service: Service,
    /// Whether its answer may lag behind.
    pub(super) is_read: bool,
    /// The thing that no two such calls may write at the same time.
    pub(super) writes: Option<String>,
    /// The function that has to be settled for the call.
    pub(super) updates: Option<FunctionReference>,
    /// Whether its answer tells the state of functions.
    pub(super) shows_functions: bool,
}

/// The operations of Step Functions that begin as reads do, but tell what executions and tasks do: the truth.
const TRUE_READS: [&str; 6] = [
    "DescribeExecution",
    "DescribeMapRun",
    "DescribeStateMachineForExecution",
    "GetActivityTask",
    "GetExecutionHistory",
    "ListMapRuns",
];

/// The writes to a log group that may be aborted by another one (API model, `OperationAbortedException`).
const GROUP_WRITES: [&str; 4] = ["CreateLogGroup", "DeleteLogGroup", "DeleteRetentionPolicy", "PutRetentionPolicy"];

impl Call {
    fn new(service: Service, is_read: bool) -> Self {
        Self { service, is_read, writes: None, updates: None, shows_functions: false }
    }

    /// A call of Step Functions.
    pub(crate) fn step_functions(operation: &str) -> Self {
        Self::new(Service::StepFunctions, begins_as_read(operation) && !TRUE_READS.contains(&operation))
    }

    /// A call of CloudWatch Logs.
    pub(crate) fn logs(operation: &str, request: &Request) -> Self {
        let group = || {
            let body: Value = serde_json::from_slice(&request.body).ok()?;
            Some(request.region().key(body.get("logGroupName")?.as_str()?))
        };
        let writes = GROUP_WRITES.contains(&operation).then(group).flatten();
        let is_read = begins_as_read(operation) || operation.starts_with("Filter");
        Self { writes: writes.map(|key| format!("log group {key}")), ..Self::new(Service::Logs, is_read) }
    }

    /// A call of IAM.
    pub(crate) fn iam(form: &Form) -> Self {
        let is_read = begins_as_read(form.get("Action").unwrap_or_default());
        let role = form.get("RoleName").filter(|_| !is_read);
        let writes = role.map(|name| format!("role {}", form.account().key(name)));
        Self { writes, ..Self::new(Service::Iam, is_read) }
    }

    /// A call of STS, which keeps nothing.
    pub(crate) fn sts() -> Self {
        Self::new(Service::Sts, false)
    }

    /// A call of Lambda.
    pub(crate) fn lambda(request: &Request) -> Self {
        let segments = request.segments();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let named = |name: &str| FunctionReference::parse(name, &request.region()).ok();
        let call = Self::new(Service::Lambda, request.method == Method::GET);
        match (&request.method, segments.get(1..).unwrap_or_default()) {
            (_, ["functions", _, "invocations"]) => call,
            (&Method::PUT, ["functions", name, "code" | "configuration"])
            | (&Method::POST, ["functions", name, "versions"]) => {
                Self { updates: named(name), shows_functions: true, ..call }
            }
            (&Method::POST | &Method::DELETE, ["functions", name, "policy", ..]) => {
                Self { writes: named(name).map(|reference| format!("function policy {}", reference.key())), ..call }
            }
            (_, ["functions", ..]) => Self { shows_functions: true, ..call },
            _ => call,
        }
    }

    /// A call of API Gateway.
    pub(crate) fn api_gateway(request: &Request) -> Self {
        let is_read = request.method == Method::GET;
        let path = request.segments().join("/");
        let api = path.split_once("apis/").and_then(|(_, rest)| rest.split('/').next());
        let writes = api.filter(|_| !is_read).map(|id| format!("API {id}"));
        Self { writes, ..Self::new(Service::ApiGateway, is_read) }
    }
}

fn begins_as_read(operation: &str) -> bool {
    ["Get", "List", "Describe"].iter().any(|verb| operation.starts_with(verb))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::local::arn::Region;

    fn request(method: Method, path: &str, body: &str) -> Request {
        Request::inside(&Region::new(""), "x", method, path, Bytes::copy_from_slice(body.as_bytes()))
    }

    #[test]
    fn reads_may_lag_but_executions_are_told_as_they_are() {
        let is_read = |operation: &str| Call::step_functions(operation).is_read;
        assert!(is_read("ListExecutions") && is_read("DescribeStateMachine") && is_read("ListTagsForResource"));
        assert!(TRUE_READS.iter().all(|operation| !is_read(operation)));
        assert!(!is_read("StartExecution"));
        let is_read = |operation: &str| Call::logs(operation, &request(Method::POST, "/", "{}")).is_read;
        assert!(is_read("FilterLogEvents") && is_read("DescribeLogGroups") && !is_read("PutLogEvents"));
    }

    #[test]
    fn writes_name_what_they_write() {
        let lambda = |method, path: &str| Call::lambda(&request(method, path, "")).writes;
        let policy = Some("function policy us-east-1/f".to_owned());
        assert_eq!(lambda(Method::POST, "/2015-03-31/functions/f/policy"), policy);
        assert_eq!(lambda(Method::DELETE, "/2015-03-31/functions/f:live/policy/s"), policy);
        assert_eq!(lambda(Method::GET, "/2015-03-31/functions/f/policy"), None);
        let api = |method, path: &str| Call::api_gateway(&request(method, path, "")).writes;
        assert_eq!(api(Method::POST, "/v2/apis"), None);
        assert_eq!(api(Method::POST, "/v2/apis/abc/routes"), Some("API abc".to_owned()));
        assert_eq!(api(Method::DELETE, "/v2/apis/abc"), Some("API abc".to_owned()));
        let arn = "/v2/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2Fabc";
        assert_eq!(api(Method::POST, arn), Some("API abc".to_owned()));
        assert_eq!(api(Method::GET, "/v2/apis/abc"), None);
        let logs = |operation: &str| Call::logs(operation, &request(Method::POST, "/", "{\"logGroupName\":\"g\"}"));
        assert_eq!(logs("PutRetentionPolicy").writes, Some("log group us-east-1/g".to_owned()));
        assert_eq!(logs("PutLogEvents").writes, None);
        let iam = |action: &str| Call::iam(&Form::with(&[("Action", action), ("RoleName", "r")])).writes;
        assert_eq!((iam("TagRole"), iam("GetRole")), (Some("role r".to_owned()), None));
    }

    #[test]
    fn a_function_has_to_be_settled_for_what_changes_it() {
        let call = |method, path: &str| Call::lambda(&request(method, path, ""));
        let updates = |method, path: &str| call(method, path).updates.is_some();
        assert!(updates(Method::PUT, "/2015-03-31/functions/f/code"));
        assert!(updates(Method::PUT, "/2015-03-31/functions/f/configuration"));
        assert!(updates(Method::POST, "/2015-03-31/functions/f/versions"));
        assert!(!updates(Method::GET, "/2015-03-31/functions/f/versions"));
        assert!(!updates(Method::DELETE, "/2015-03-31/functions/f"));
        assert!(call(Method::GET, "/2015-03-31/functions").shows_functions);
        assert!(!call(Method::POST, "/2015-03-31/functions/f/invocations").shows_functions);
    }
}
