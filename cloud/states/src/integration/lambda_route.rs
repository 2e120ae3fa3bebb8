//! Lambda's operations as HTTP requests: path, query, headers and body out of a task's parameters.

use bytes::Bytes;
use cloud_core::{Request, Response};
use hyper::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::casing::read;

/// The operations that the embedded cloud serves, with their paths; a name in braces is the member that stands there.
const ROUTES: [(&str, Method, &str); 19] = [
    ("Invoke", Method::POST, "/2015-03-31/functions/{FunctionName}/invocations"),
    ("CreateFunction", Method::POST, "/2015-03-31/functions"),
    ("ListFunctions", Method::GET, "/2015-03-31/functions"),
    ("GetFunction", Method::GET, "/2015-03-31/functions/{FunctionName}"),
    ("DeleteFunction", Method::DELETE, "/2015-03-31/functions/{FunctionName}"),
    ("GetFunctionConfiguration", Method::GET, "/2015-03-31/functions/{FunctionName}/configuration"),
    ("UpdateFunctionConfiguration", Method::PUT, "/2015-03-31/functions/{FunctionName}/configuration"),
    ("UpdateFunctionCode", Method::PUT, "/2015-03-31/functions/{FunctionName}/code"),
    ("PublishVersion", Method::POST, "/2015-03-31/functions/{FunctionName}/versions"),
    ("ListVersionsByFunction", Method::GET, "/2015-03-31/functions/{FunctionName}/versions"),
    ("AddPermission", Method::POST, "/2015-03-31/functions/{FunctionName}/policy"),
    ("GetPolicy", Method::GET, "/2015-03-31/functions/{FunctionName}/policy"),
    ("RemovePermission", Method::DELETE, "/2015-03-31/functions/{FunctionName}/policy/{StatementId}"),
    ("CreateAlias", Method::POST, "/2015-03-31/functions/{FunctionName}/aliases"),
    ("ListAliases", Method::GET, "/2015-03-31/functions/{FunctionName}/aliases"),
    ("GetAlias", Method::GET, "/2015-03-31/functions/{FunctionName}/aliases/{Name}"),
    ("UpdateAlias", Method::PUT, "/2015-03-31/functions/{FunctionName}/aliases/{Name}"),
    ("DeleteAlias", Method::DELETE, "/2015-03-31/functions/{FunctionName}/aliases/{Name}"),
    ("ListTags", Method::GET, "/2017-03-31/tags/{Resource}"),
];

/// Members that are sent in the query, of requests that have no body.
const QUERY: [&str; 4] = ["Marker", "MaxItems", "FunctionVersion", "RevisionId"];

/// Members that are sent as headers.
const HEADERS: [(&str, &str); 3] = [
    ("InvocationType", "x-amz-invocation-type"),
    ("LogType", "x-amz-log-type"),
    ("ClientContext", "x-amz-client-context"),
];

/// Whether the embedded cloud serves an operation.
pub(super) fn is_served(operation: &str) -> bool {
    ROUTES.iter().any(|(name, ..)| *name == operation)
}

/// The request of an operation, made of one that says who asks; nothing when the operation is none of those served.
pub(super) fn request(blank: Request, operation: &str, mut parameters: Map<String, Value>) -> Option<Request> {
    let (_, method, template) = ROUTES.iter().find(|(name, ..)| *name == operation)?;
    parameters.retain(|_, value| !value.is_null());
    let mut path = (*template).to_owned();
    for member in ["FunctionName", "StatementId", "Resource", "Name"] {
        let place = format!("{{{member}}}");
        if path.contains(&place) {
            let value = parameters.remove(member).map(|value| text(&value)).unwrap_or_default();
            path = path.replace(&place, &utf8_percent_encode(&value, NON_ALPHANUMERIC).to_string());
        }
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    let mut headers = Vec::new();
    let without_body = *method == Method::GET || *method == Method::DELETE;
    for member in ["Qualifier"].into_iter().chain(QUERY.into_iter().filter(|_| without_body)) {
        if let Some(value) = parameters.remove(member) {
            query.append_pair(member, &text(&value));
        }
    }
    for (member, header) in HEADERS {
        if let Some(value) = parameters.remove(member) {
            headers.push((header, text(&value)));
        }
    }
    let body = match (operation, parameters.remove("Payload")) {
        ("Invoke", None) => Bytes::new(),
        // A blob: a text stands for its bytes, anything else for its JSON.
        ("Invoke", Some(payload)) => Bytes::from(text(&payload)),
        _ if without_body => Bytes::new(),
        _ => Bytes::from(Value::Object(parameters).to_string()),
    };
    let request = blank.with_path(method.clone(), &path, &query.finish(), body);
    Some(headers.into_iter().fold(request, |request, (name, value)| request.with_header(name, &value)))
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The output of an operation: what `Invoke` answers in headers is a member here.
pub(super) fn answer(operation: &str, response: &Response) -> Value {
    if operation != "Invoke" {
        return read(response);
    }
    let header = |name: &str| {
        let found = response.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    };
    let mut output = Map::new();
    for (member, name) in [
        ("ExecutedVersion", "x-amz-executed-version"),
        ("FunctionError", "x-amz-function-error"),
        ("LogResult", "x-amz-log-result"),
    ] {
        if let Some(value) = header(name) {
            output.insert(member.to_owned(), json!(value));
        }
    }
    if !response.body.is_empty() {
        output.insert("Payload".to_owned(), json!(String::from_utf8_lossy(&response.body)));
    }
    output.insert("StatusCode".to_owned(), json!(response.status));
    Value::Object(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blank() -> Request {
        Request::internal("id".to_owned(), jiff::Timestamp::UNIX_EPOCH, &Default::default(), "lambda")
    }

    fn sent(operation: &str, parameters: &Value) -> Request {
        request(blank(), operation, parameters.as_object().cloned().unwrap()).unwrap()
    }

    #[test]
    fn an_invocation_has_its_members_in_three_places() {
        let parameters =
            json!({"FunctionName": "f:1", "Qualifier": "2", "InvocationType": "Event", "Payload": {"a": 1}});
        let request = sent("Invoke", &parameters);
        assert_eq!(request.segments(), ["2015-03-31", "functions", "f:1", "invocations"]);
        assert_eq!(request.query_value("Qualifier").as_deref(), Some("2"));
        assert_eq!(request.header("x-amz-invocation-type"), Some("Event"));
        assert_eq!(request.body, "{\"a\":1}");
    }

    #[test]
    fn other_operations_have_a_json_body() {
        let request = sent("UpdateFunctionConfiguration", &json!({"FunctionName": "f", "Timeout": 7}));
        assert_eq!((request.method.as_str(), &request.body[..]), ("PUT", &b"{\"Timeout\":7}"[..]));
        let alias = json!({"FunctionName": "f", "Name": "live", "FunctionVersion": "7", "RevisionId": "r"});
        let request = sent("UpdateAlias", &alias);
        assert_eq!(request.path, "/2015-03-31/functions/f/aliases/live");
        assert_eq!(request.raw_query, "");
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(body, json!({"FunctionVersion": "7", "RevisionId": "r"}));
        assert!(super::request(blank(), "PutFunctionConcurrency", Map::new()).is_none());
    }
}
