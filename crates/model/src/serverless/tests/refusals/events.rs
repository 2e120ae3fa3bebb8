//! Events of functions.

use super::*;

#[test]
fn events_without_room() {
    for kind in [
        "schedule",
        "sqs",
        "sns",
        "stream",
        "s3",
        "eventBridge",
        "cloudwatchEvent",
        "cloudwatchLog",
        "alb",
        "websocket",
        "alexaSkill",
        "cognitoUserPool",
    ] {
        let refused = event(&format!("{kind}: {{}}"));
        assert!(
            refused.starts_with(&format!(
                "serverless.yml:7:9: `workshop` makes no event `{kind}`: nothing would call the function.\n  "
            )),
            "{refused}"
        );
    }
    insta::assert_snapshot!(event("schedule: rate(1 day)"), @r"
    serverless.yml:7:9: `workshop` makes no event `schedule`: nothing would call the function.
      Call the function on time from outside (`workshop invoke` in a cron job), or let a state machine wait: a `Wait` state.
    ");
    insta::assert_snapshot!(event("alexaSkill"), @r"
    serverless.yml:7:9: `workshop` makes no event `alexaSkill`: nothing would call the function.
      Allow the service to call the function in AWS's console after a deployment.
    ");
    insta::assert_snapshot!(event("htpp: GET /"), @r"
    serverless.yml:7:9: `workshop` knows no event `htpp`.
      Did you mean `httpApi`?
    ");
    insta::assert_snapshot!(event("3"), @"serverless.yml:7:9: `functions.f.events` must be a list of objects such as `- http: POST /start`; it is a number.");
}

#[test]
fn methods_and_paths_of_routes() {
    insta::assert_snapshot!(event("http: GET"), @r"
    serverless.yml:7:15: `GET` is no method and path.
      Write a method and a path: `POST /start`.
    ");
    insta::assert_snapshot!(event("http: GTE /x"), @r"
    serverless.yml:7:15: `method` can't be `GTE`.
      It is `ANY`, `DELETE`, `GET`, `HEAD`, `OPTIONS`, `PATCH`, `POST` or `PUT`.
    ");
    insta::assert_snapshot!(event("http: {path: 'a/{id', method: get}"), @r"
    serverless.yml:7:22: `a/{id` can't be the path of a route.
      Write segments between slashes; `{id}` stands for one, and `{proxy+}` at the end for all that follow.
    ");
    insta::assert_snapshot!(event("http: {path: '{proxy+}/x', method: get}"), @r"
    serverless.yml:7:22: `{proxy+}/x` can't be the path of a route.
      Write segments between slashes; `{id}` stands for one, and `{proxy+}` at the end for all that follow.
    ");
    insta::assert_snapshot!(event("http: {path: x}"), @r"
    serverless.yml:7:15: `functions.f.events.http.method` is missing.
      Add it: `method: post`.
    ");
}

#[test]
fn routes_that_would_be_open_or_changed() {
    insta::assert_snapshot!(event("http: {path: x, method: get, authorizer: a, private: true, async: true, timeoutInMillis: 50, connectionType: vpc-link, connectionId: x}"), @r"
    serverless.yml:7:38: `functions.f.events.http.authorizer` can't be honoured: `workshop` makes no authorizers.
      The endpoint would be open to everybody: check the caller in the function, then take it out.
    serverless.yml:7:53: `functions.f.events.http.private` can't be honoured: the HTTP API has no API keys.
      The endpoint would be open to everybody: check the caller in the function, then take it out.
    serverless.yml:7:68: `functions.f.events.http.async` can't be honoured: the HTTP API waits for the function's answer.
      Start a state machine from the function, and take it out.
    serverless.yml:7:81: `functions.f.events.http.timeoutInMillis` can't be honoured: an HTTP API waits for 30 seconds.
      Set the function's `timeout`, and take it out.
    serverless.yml:7:102: `functions.f.events.http.connectionType` can't be honoured: an HTTP API calls the function itself.
      Take it out.
    serverless.yml:7:128: `functions.f.events.http.connectionId` can't be honoured: an HTTP API calls the function itself.
      Take it out.
    ");
    insta::assert_snapshot!(event("http: {path: x, method: get, integration: mock, request: {parameters: {querystrings: {a: true}}, schemas: {}, template: {}, passThrough: NEVER, uri: x}}"), @r"
    serverless.yml:7:51: The integration `mock` can't be honoured: an HTTP API hands on whole requests.
      Take it out, read the request's `body` in the function, and answer with `statusCode` and `body`.
    serverless.yml:7:80: `functions.f.events.http.request.parameters.querystrings` can't be honoured: an HTTP API checks no requests.
      Check it in the function, and take it out.
    serverless.yml:7:106: `functions.f.events.http.request.schemas` can't be honoured: an HTTP API checks no requests.
      Check the body in the function, and take it out.
    serverless.yml:7:119: `functions.f.events.http.request.template` can't be honoured: an HTTP API changes no requests.
      Take it out: the function gets the whole request.
    serverless.yml:7:133: `functions.f.events.http.request.passThrough` can't be honoured: an HTTP API changes no requests.
      Take it out: the function gets the whole request.
    serverless.yml:7:153: `functions.f.events.http.request.uri` can't be honoured: an HTTP API calls the function.
      Take it out: the function gets the whole request.
    ");
    insta::assert_snapshot!(event("http: {path: x, method: get, private: false, async: false, integration: lambda-proxy, response: {}, documentation: {}, request: {parameters: {paths: {a: true}}}}"), @r"
    note serverless.yml:7: `functions.f.events.http.request.parameters.paths` has no effect: a path always has its parameters.
    note serverless.yml:7: `functions.f.events.http.response` has no effect: the function makes the whole answer, as with the integration `lambda-proxy`.
    note serverless.yml:7: `functions.f.events.http.documentation` has no effect: nothing is documented from it.
    ");
}

#[test]
fn cors_and_http_api() {
    insta::assert_snapshot!(event("http: {path: x, method: get, cors: {origin: '*', allowCredentials: true}}"), @r"
    serverless.yml:7:44: `allowCredentials` does not go with the origin `*`: API Gateway refuses it, and so do browsers.
      Name the origins, such as `https://example.com`.
    ");
    insta::assert_snapshot!(event("http: {path: x, method: get, cors: {origins: [a], methods: [GTE], orign: x, cacheControl: no}}"), @r"
    serverless.yml:7:69: `methods` can't be `GTE`.
      It is `ANY`, `DELETE`, `GET`, `HEAD`, `OPTIONS`, `PATCH`, `POST` or `PUT`.
    serverless.yml:7:75: `workshop` knows no key `orign` in `functions.f.events.http.cors`.
      Did you mean `origin`? Otherwise take it out.
    ");
    insta::assert_snapshot!(event("httpApi: {path: '*', method: get}"), @r"
    serverless.yml:7:25: The path `*` goes with every method only.
      Write `httpApi: '*'`, or a path that begins with `/`.
    ");
    insta::assert_snapshot!(event("httpApi: {path: /x, method: get, authorizer: {name: a}}"), @r"
    serverless.yml:7:42: `functions.f.events.httpApi.authorizer` can't be honoured: `workshop` makes no authorizers.
      The endpoint would be open to everybody: check the caller in the function, then take it out.
    ");
    insta::assert_snapshot!(event("http: GET x\n      - http: get /x"), @r"
    serverless.yml:8:9: The route `GET /x` is declared twice, first at serverless.yml:7; an HTTP API has each route once.
      Delete one of them, or give it another method or path.
    ");
}

#[test]
fn paths_of_rest_apis_have_no_slash_at_their_end() {
    let text = "service: a\nprovider: {name: aws, runtime: nodejs22.x}\nfunctions: {f: {handler: a.b, events: [{http: GET x/}, {http: {path: /, method: '*'}}, {httpApi: GET /y/}]}}\n";
    let routes = Outside::default().parse(text).unwrap().service.routes;
    assert_eq!(routes.iter().map(crate::service::Route::key).collect::<Vec<_>>(), ["GET /x", "ANY /", "GET /y/"]);
}
