//! The event that a function gets of a request to its URL: payload format 2.0.

use cloud_core::http_endpoint::{body, cookies, domain, headers, joined, received_at};
use cloud_core::{CallerIdentity, Request, Scope};
use serde_json::{Map, Value, json};

use super::owner;
use super::target::UrlTarget;

/// The event; `caller` is who signed it, where that is asked for.
pub(super) fn event(target: &UrlTarget, caller: Option<&(&Scope, CallerIdentity)>, request: &Request) -> Value {
    let mut event = Map::new();
    let mut put = |name: &str, value: Value| drop(event.insert(name.to_owned(), value));
    put("version", json!("2.0"));
    put("routeKey", json!("$default"));
    put("rawPath", json!(request.path));
    put("rawQueryString", json!(request.raw_query));
    let cookies = cookies(request);
    if !cookies.is_empty() {
        put("cookies", json!(cookies));
    }
    put("headers", headers(request));
    let query = joined(request.query());
    if !query.is_empty() {
        put("queryStringParameters", json!(query));
    }
    put("requestContext", context(target, caller, request));
    let (body, is_base64_encoded) = body(request);
    if let Some(body) = body {
        put("body", json!(body));
    }
    put("isBase64Encoded", json!(is_base64_encoded));
    Value::Object(event)
}

/// What is known of the request beside itself.
fn context(target: &UrlTarget, caller: Option<&(&Scope, CallerIdentity)>, request: &Request) -> Value {
    let domain = domain(request);
    // What anybody may call is called by nobody in particular (seen in events of real URLs).
    let account = if target.is_signed() { owner(target).as_str() } else { "anonymous" };
    let mut context = json!({
        "accountId": account,
        "apiId": target.url.id,
        "domainName": domain,
        "domainPrefix": domain.split('.').next().unwrap_or_default(),
        "http": {
            "method": request.method.as_str(),
            "path": request.path,
            "protocol": "HTTP/1.1",
            "sourceIp": request.source.ip().to_string(),
            "userAgent": request.header("user-agent").unwrap_or_default(),
        },
        "requestId": request.id,
        "routeKey": "$default",
        "stage": "$default",
        "time": received_at(request),
        "timeEpoch": request.received_at.as_millisecond(),
    });
    if let Some((scope, identity)) = caller {
        context["authorizer"] = json!({"iam": {
            "accessKey": scope.access_key,
            "accountId": identity.account.as_str(),
            "callerId": identity.id,
            "cognitoIdentity": null,
            "principalOrgId": null,
            "userArn": identity.arn,
            "userId": identity.id,
        }});
    }
    context
}
