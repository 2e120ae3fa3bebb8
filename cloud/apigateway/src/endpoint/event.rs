//! The event a function gets: payload format 2.0.
//!
//! Format: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>. With a
//! named stage, `rawPath` and `requestContext.http.path` hold the stage's name; `routeKey` does not.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cloud_core::Request;
use serde_json::{Map, Value, json};

use crate::model::{Api, Stage};

/// A request that found its route.
pub(super) struct Call<'a> {
    pub(super) api: &'a Api,
    pub(super) stage: &'a Stage,
    pub(super) route_key: &'a str,
    pub(super) path_parameters: &'a BTreeMap<String, String>,
    pub(super) request: &'a Request,
}

impl Call<'_> {
    /// The event.
    pub(super) fn event(&self) -> Value {
        let request = self.request;
        let mut event = Map::new();
        let mut put = |name: &str, value: Value| drop(event.insert(name.to_owned(), value));
        put("version", Value::from("2.0"));
        put("routeKey", Value::from(self.route_key));
        put("rawPath", Value::from(request.path.clone()));
        put("rawQueryString", Value::from(request.raw_query.clone()));
        let cookies = cookies(request);
        if !cookies.is_empty() {
            put("cookies", Value::from(cookies));
        }
        put("headers", headers(request));
        let query = joined(request.query());
        if !query.is_empty() {
            put("queryStringParameters", json!(query));
        }
        put("requestContext", self.context());
        if !self.path_parameters.is_empty() {
            put("pathParameters", json!(self.path_parameters));
        }
        if !self.stage.stage_variables.is_empty() {
            put("stageVariables", json!(self.stage.stage_variables));
        }
        let (body, is_base64_encoded) = body(request);
        if let Some(body) = body {
            put("body", Value::from(body));
        }
        put("isBase64Encoded", Value::from(is_base64_encoded));
        Value::Object(event)
    }

    fn context(&self) -> Value {
        let request = self.request;
        let domain = domain(request);
        json!({
            "accountId": self.api.account.as_str(),
            "apiId": self.api.facts.api_id,
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
            "routeKey": self.route_key,
            "stage": self.stage.stage_name,
            "time": request.received_at.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": request.received_at.as_millisecond(),
        })
    }
}

/// The host's name, without its port.
pub(super) fn domain(request: &Request) -> &str {
    request.header("host").unwrap_or_default().split(':').next().unwrap_or_default()
}

/// Values of the same name joined by commas, in the order in which they came.
fn joined(pairs: Vec<(String, String)>) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in pairs {
        match all.get_mut(&name) {
            Some(values) => {
                values.push(',');
                values.push_str(&value);
            }
            None => drop(all.insert(name, value)),
        }
    }
    all
}

fn cookies(request: &Request) -> Vec<String> {
    let values = request.headers.get_all("cookie").iter();
    let cookies = values.flat_map(|value| {
        String::from_utf8_lossy(value.as_bytes()).split(';').map(|cookie| cookie.trim().to_owned()).collect::<Vec<_>>()
    });
    cookies.filter(|cookie| !cookie.is_empty()).collect()
}

/// The headers, without the cookies: they have their own member.
fn headers(request: &Request) -> Value {
    let mut given = given_headers(request);
    given.retain(|(name, _)| name != "cookie");
    json!(joined(given))
}

/// The headers in lower case, without what belongs to the connection only, and with those that API Gateway adds.
pub(super) fn given_headers(request: &Request) -> Vec<(String, String)> {
    let own = ["connection", "keep-alive", "transfer-encoding", "upgrade"];
    let given = request.headers.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    let mut headers: Vec<(String, String)> = given
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let host = request.header("host").unwrap_or_default();
    let port = host.rsplit_once(':').map_or("80", |(_, port)| port);
    let add = [
        ("content-length", request.body.len().to_string()),
        ("x-amzn-trace-id", trace_id(request)),
        ("x-forwarded-for", request.source.ip().to_string()),
        ("x-forwarded-port", port.to_owned()),
        ("x-forwarded-proto", "http".to_owned()),
    ];
    for (name, value) in add {
        if !headers.iter().any(|(given, _)| given == name) {
            headers.push((name.to_owned(), value));
        }
    }
    headers
}

/// `Root=1-<seconds in hex>-<24 hex digits>`.
fn trace_id(request: &Request) -> String {
    let digits: String = request.id.chars().filter(|letter| *letter != '-').take(24).collect();
    format!("Root=1-{:08x}-{digits}", request.received_at.as_second())
}

/// The body as text, or in Base64 when its content type says that it is no text; absent when it is empty.
pub(super) fn body(request: &Request) -> (Option<String>, bool) {
    if request.body.is_empty() {
        return (None, false);
    }
    if is_text(request.header("content-type"))
        && let Ok(text) = std::str::from_utf8(&request.body)
    {
        return (Some(text.to_owned()), false);
    }
    (Some(STANDARD.encode(&request.body)), true)
}

/// Whether HTTP APIs hand a body of this type over as text: `text/*`, JSON, XML and JavaScript. A form is not among them.
fn is_text(content_type: Option<&str>) -> bool {
    let Some(content_type) = content_type else {
        return true;
    };
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let known = ["application/json", "application/javascript", "application/xml"];
    kind.starts_with("text/") || known.contains(&kind.as_str()) || kind.ends_with("+json") || kind.ends_with("+xml")
}

#[cfg(test)]
mod tests {
    use super::super::event_v1;
    use bytes::Bytes;
    use cloud_core::Location;

    use super::*;

    fn request(uri: &str, headers: &[(&str, &str)], body: &[u8]) -> Request {
        let mut builder = hyper::Request::builder().method("POST").uri(uri);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let (parts, ()) = builder.body(()).unwrap().into_parts();
        Request::new(
            "00000000-1111-2222-3333-444444444444".to_owned(),
            parts,
            Bytes::copy_from_slice(body),
            "127.0.0.1:5000".parse().unwrap(),
            "2020-03-12T19:03:58.390Z".parse().unwrap(),
        )
    }

    fn event(request: &Request) -> Value {
        event_of(request, |call| call.event())
    }

    fn event_of(request: &Request, event: fn(&Call<'_>) -> Value) -> Value {
        let stage = serde_json::from_value(json!({ "stageName": "dev", "stageVariables": { "v": "1" } })).unwrap();
        let path_parameters = BTreeMap::from([("id".to_owned(), "7".to_owned())]);
        let facts = json!({ "apiId": "abc", "name": "a", "protocolType": "HTTP", "createdDate": "" });
        let api = Api::new(&Location::default(), serde_json::from_value(facts).unwrap());
        let route_key = "POST /start/{id}";
        event(&Call { api: &api, stage: &stage, route_key, path_parameters: &path_parameters, request })
    }

    #[test]
    fn has_every_member_of_format_one() {
        let headers = [
            ("host", "abc.execute-api.localhost:4566"),
            ("content-type", "application/json"),
            ("user-agent", "curl/8"),
            ("Cookie", "a=1; b=2"),
            ("X-Many", "one"),
            ("x-many", "two"),
        ];
        let event = event_of(&request("/dev/start/7?a=1&a=2&b=x%20y", &headers, b"{\"a\":1}"), event_v1::event);
        insta::assert_snapshot!(serde_json::to_string_pretty(&event).unwrap(), @r#"
        {
          "version": "1.0",
          "resource": "/start/{id}",
          "path": "/dev/start/7",
          "httpMethod": "POST",
          "headers": {
            "Content-Length": "7",
            "Content-Type": "application/json",
            "Host": "abc.execute-api.localhost:4566",
            "User-Agent": "curl/8",
            "X-Amzn-Trace-Id": "Root=1-5e6a879e-000000001111222233334444",
            "X-Forwarded-For": "127.0.0.1",
            "X-Forwarded-Port": "4566",
            "X-Forwarded-Proto": "http",
            "cookie": "a=1; b=2",
            "x-many": "two"
          },
          "multiValueHeaders": {
            "Content-Length": [
              "7"
            ],
            "Content-Type": [
              "application/json"
            ],
            "Host": [
              "abc.execute-api.localhost:4566"
            ],
            "User-Agent": [
              "curl/8"
            ],
            "X-Amzn-Trace-Id": [
              "Root=1-5e6a879e-000000001111222233334444"
            ],
            "X-Forwarded-For": [
              "127.0.0.1"
            ],
            "X-Forwarded-Port": [
              "4566"
            ],
            "X-Forwarded-Proto": [
              "http"
            ],
            "cookie": [
              "a=1; b=2"
            ],
            "x-many": [
              "one",
              "two"
            ]
          },
          "queryStringParameters": {
            "a": "1",
            "b": "x y"
          },
          "multiValueQueryStringParameters": {
            "a": [
              "1",
              "2"
            ],
            "b": [
              "x y"
            ]
          },
          "requestContext": {
            "accountId": "000000000000",
            "apiId": "abc",
            "domainName": "abc.execute-api.localhost",
            "domainPrefix": "abc",
            "extendedRequestId": "00000000-1111-2222-3333-444444444444",
            "httpMethod": "POST",
            "identity": {
              "accessKey": null,
              "accountId": null,
              "caller": null,
              "cognitoAmr": null,
              "cognitoAuthenticationProvider": null,
              "cognitoAuthenticationType": null,
              "cognitoIdentityId": null,
              "cognitoIdentityPoolId": null,
              "principalOrgId": null,
              "sourceIp": "127.0.0.1",
              "user": null,
              "userAgent": "curl/8",
              "userArn": null
            },
            "path": "/dev/start/7",
            "protocol": "HTTP/1.1",
            "requestId": "00000000-1111-2222-3333-444444444444",
            "requestTime": "12/Mar/2020:19:03:58 +0000",
            "requestTimeEpoch": 1584039838390,
            "resourceId": "POST /start/{id}",
            "resourcePath": "/start/{id}",
            "stage": "dev"
          },
          "pathParameters": {
            "id": "7"
          },
          "stageVariables": {
            "v": "1"
          },
          "body": "{\"a\":1}",
          "isBase64Encoded": false
        }
        "#);
        let bare = event_of(&request("/dev/start/7", &[], b""), event_v1::event);
        assert_eq!((&bare["queryStringParameters"], &bare["body"]), (&Value::Null, &Value::Null));
        assert_eq!(bare["multiValueQueryStringParameters"], Value::Null);
    }

    #[test]
    fn has_every_member_of_format_two() {
        let headers = [
            ("host", "abc.execute-api.localhost:4566"),
            ("content-type", "application/json"),
            ("user-agent", "curl/8"),
            ("Cookie", "a=1; b=2"),
            ("X-Many", "one"),
            ("x-many", "two"),
            ("connection", "keep-alive"),
        ];
        let event = event(&request("/dev/start/7?a=1&a=2&b=x%20y", &headers, b"{\"a\":1}"));
        insta::assert_snapshot!(serde_json::to_string_pretty(&event).unwrap(), @r#"
        {
          "version": "2.0",
          "routeKey": "POST /start/{id}",
          "rawPath": "/dev/start/7",
          "rawQueryString": "a=1&a=2&b=x%20y",
          "cookies": [
            "a=1",
            "b=2"
          ],
          "headers": {
            "content-length": "7",
            "content-type": "application/json",
            "host": "abc.execute-api.localhost:4566",
            "user-agent": "curl/8",
            "x-amzn-trace-id": "Root=1-5e6a879e-000000001111222233334444",
            "x-forwarded-for": "127.0.0.1",
            "x-forwarded-port": "4566",
            "x-forwarded-proto": "http",
            "x-many": "one,two"
          },
          "queryStringParameters": {
            "a": "1,2",
            "b": "x y"
          },
          "requestContext": {
            "accountId": "000000000000",
            "apiId": "abc",
            "domainName": "abc.execute-api.localhost",
            "domainPrefix": "abc",
            "http": {
              "method": "POST",
              "path": "/dev/start/7",
              "protocol": "HTTP/1.1",
              "sourceIp": "127.0.0.1",
              "userAgent": "curl/8"
            },
            "requestId": "00000000-1111-2222-3333-444444444444",
            "routeKey": "POST /start/{id}",
            "stage": "dev",
            "time": "12/Mar/2020:19:03:58 +0000",
            "timeEpoch": 1584039838390
          },
          "pathParameters": {
            "id": "7"
          },
          "stageVariables": {
            "v": "1"
          },
          "body": "{\"a\":1}",
          "isBase64Encoded": false
        }
        "#);
    }

    #[test]
    fn a_body_that_is_no_text_is_base64() {
        let form = event(&request("/dev/x", &[("content-type", "application/x-www-form-urlencoded")], b"a=1"));
        assert_eq!((&form["body"], &form["isBase64Encoded"]), (&json!("YT0x"), &json!(true)));
        let broken = event(&request("/dev/x", &[("content-type", "text/plain")], &[0xff]));
        assert_eq!((&broken["body"], &broken["isBase64Encoded"]), (&json!("/w=="), &json!(true)));
        let plain = event(&request("/dev/x", &[("content-type", "application/problem+json; charset=utf-8")], b"{}"));
        assert_eq!((&plain["body"], &plain["isBase64Encoded"]), (&json!("{}"), &json!(false)));
        let empty = event(&request("/dev/x", &[], b""));
        assert_eq!((empty.get("body"), &empty["isBase64Encoded"]), (None, &json!(false)));
    }
}
