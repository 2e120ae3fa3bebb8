//! The event of payload format 1.0, which is that of REST APIs.
//!
//! Format: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>. What it
//! leaves open is as events of real APIs have it: `path` begins with a named stage, `resource` is the route's path, and the
//! headers that API Gateway knows are capitalised.

use std::collections::BTreeMap;

use cloud_core::http_endpoint::{body, domain, given_headers, received_at};
use serde_json::{Value, json};

use super::Call;

/// The headers whose names are capitalised; all others are in lower case.
const CAPITALISED: [&str; 8] = [
    "Content-Length",
    "Content-Type",
    "Host",
    "User-Agent",
    "X-Amzn-Trace-Id",
    "X-Forwarded-For",
    "X-Forwarded-Port",
    "X-Forwarded-Proto",
];

/// The event of a request.
pub(crate) fn event(call: &Call<'_>) -> Value {
    let request = call.request;
    let headers = several(given_headers(request).into_iter().map(|(name, value)| (spelling(&name), value)));
    let query = several(request.query());
    let (body, is_base64_encoded) = body(request);
    json!({
        "version": "1.0",
        "resource": resource(call),
        "path": call.shown_path,
        "httpMethod": request.method.as_str(),
        "headers": each(&headers, |values| values.last()),
        "multiValueHeaders": headers,
        "queryStringParameters": unless_empty(each(&query, |values| values.first())),
        "multiValueQueryStringParameters": unless_empty(query),
        "requestContext": context(call),
        "pathParameters": unless_empty(call.path_parameters.clone()),
        "stageVariables": unless_empty(call.stage.stage_variables.clone()),
        "body": body,
        "isBase64Encoded": is_base64_encoded,
    })
}

fn context(call: &Call<'_>) -> Value {
    let request = call.request;
    let domain = domain(request);
    let signer = call.authorized.signer();
    let identity = signer.map(|(_, identity)| identity);
    let mut context = json!({
        "accountId": call.api.account.as_str(),
        "apiId": call.api.facts.api_id,
        "domainName": domain,
        "domainPrefix": domain.split('.').next().unwrap_or_default(),
        "extendedRequestId": request.id,
        "httpMethod": request.method.as_str(),
        "identity": {
            "accessKey": signer.map(|(access_key, _)| access_key),
            "accountId": identity.map(|identity| identity.account.as_str()),
            "caller": identity.map(|identity| identity.id.as_str()),
            "cognitoAmr": null,
            "cognitoAuthenticationProvider": null,
            "cognitoAuthenticationType": null,
            "cognitoIdentityId": null,
            "cognitoIdentityPoolId": null,
            "principalOrgId": null,
            "sourceIp": request.source.ip().to_string(),
            "user": identity.map(|identity| identity.id.as_str()),
            "userAgent": request.header("user-agent").unwrap_or_default(),
            "userArn": identity.map(|identity| identity.arn.as_str()),
        },
        "path": call.shown_path,
        "protocol": "HTTP/1.1",
        "requestId": request.id,
        "requestTime": received_at(request),
        "requestTimeEpoch": request.received_at.as_millisecond(),
        "resourceId": call.route_key,
        "resourcePath": resource(call),
        "stage": call.stage.stage_name,
    });
    if let Some(authorizer) = call.authorized.in_format_one() {
        context["authorizer"] = authorizer;
    }
    context
}

/// The route's path; `$default` has none.
fn resource<'a>(call: &Call<'a>) -> &'a str {
    call.route_key.split_once(' ').map_or(call.route_key, |(_, path)| path)
}

fn spelling(name: &str) -> String {
    let known = CAPITALISED.into_iter().find(|known| known.eq_ignore_ascii_case(name));
    known.map_or_else(|| name.to_owned(), str::to_owned)
}

/// All values of each name, in the order in which they came.
fn several(pairs: impl IntoIterator<Item = (String, String)>) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in pairs {
        all.entry(name).or_default().push(value);
    }
    all
}

/// One value of each name.
fn each<'a>(
    all: &'a BTreeMap<String, Vec<String>>,
    one: fn(&'a [String]) -> Option<&'a String>,
) -> BTreeMap<&'a str, &'a str> {
    all.iter().filter_map(|(name, values)| Some((name.as_str(), one(values)?.as_str()))).collect()
}

/// What is empty is null in this format.
fn unless_empty<K, V>(all: BTreeMap<K, V>) -> Option<BTreeMap<K, V>> {
    Some(all).filter(|all| !all.is_empty())
}
