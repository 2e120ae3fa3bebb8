//! The members of events in both formats.

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
    let path = request.path.strip_prefix("/dev").unwrap();
    let authorized = Authorized::Anybody;
    let shown_path = &shown_path(request);
    let path_parameters = &path_parameters;
    event(&Call { api: &api, stage: &stage, route_key, path_parameters, request, path, shown_path, authorized })
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
    let event = event_of(&request("/dev/start/7?a=1&a=2&b=x%20y", &headers, b"{\"a\":1}"), v1::event);
    insta::assert_snapshot!(event, @r#"{"version":"1.0","resource":"/start/{id}","path":"/dev/start/7","httpMethod":"POST","headers":{"Content-Length":"7","Content-Type":"application/json","Host":"abc.execute-api.localhost:4566","User-Agent":"curl/8","X-Amzn-Trace-Id":"Root=1-5e6a879e-000000001111222233334444","X-Forwarded-For":"127.0.0.1","X-Forwarded-Port":"4566","X-Forwarded-Proto":"http","cookie":"a=1; b=2","x-many":"two"},"multiValueHeaders":{"Content-Length":["7"],"Content-Type":["application/json"],"Host":["abc.execute-api.localhost:4566"],"User-Agent":["curl/8"],"X-Amzn-Trace-Id":["Root=1-5e6a879e-000000001111222233334444"],"X-Forwarded-For":["127.0.0.1"],"X-Forwarded-Port":["4566"],"X-Forwarded-Proto":["http"],"cookie":["a=1; b=2"],"x-many":["one","two"]},"queryStringParameters":{"a":"1","b":"x y"},"multiValueQueryStringParameters":{"a":["1","2"],"b":["x y"]},"requestContext":{"accountId":"000000000000","apiId":"abc","domainName":"abc.execute-api.localhost","domainPrefix":"abc","extendedRequestId":"00000000-1111-2222-3333-444444444444","httpMethod":"POST","identity":{"accessKey":null,"accountId":null,"caller":null,"cognitoAmr":null,"cognitoAuthenticationProvider":null,"cognitoAuthenticationType":null,"cognitoIdentityId":null,"cognitoIdentityPoolId":null,"principalOrgId":null,"sourceIp":"127.0.0.1","user":null,"userAgent":"curl/8","userArn":null},"path":"/dev/start/7","protocol":"HTTP/1.1","requestId":"00000000-1111-2222-3333-444444444444","requestTime":"12/Mar/2020:19:03:58 +0000","requestTimeEpoch":1584039838390,"resourceId":"POST /start/{id}","resourcePath":"/start/{id}","stage":"dev"},"pathParameters":{"id":"7"},"stageVariables":{"v":"1"},"body":"{\"a\":1}","isBase64Encoded":false}"#);
    let bare = event_of(&request("/dev/start/7", &[], b""), v1::event);
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
fn the_path_is_decoded_and_the_query_is_not() {
    let request = |path: &str| request(&format!("/dev{path}?a=%40b"), &[], b"");
    let shown = |path: &str| {
        let two = event(&request(path));
        let one = event_of(&request(path), v1::event);
        let shown = two["rawPath"].clone();
        for other in [&two["requestContext"]["http"]["path"], &one["path"], &one["requestContext"]["path"]] {
            assert_eq!(*other, shown);
        }
        assert_eq!(two["rawQueryString"], "a=%40b");
        shown
    };
    assert_eq!(shown("/RSC/%40id%2Fassets%2Frsf0.js%23save.txt"), "/dev/RSC/@id/assets/rsf0.js#save.txt");
    assert_eq!(shown("/a+b/%C3%A9/%25/%zz"), "/dev/a+b/\u{e9}/%/%zz");
    assert_eq!(shown("/%C3%A9/%FF"), "/dev/%C3%A9/%FF", "what is no UTF-8 stays as it came");
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
