//! One example of each refusal and of each note, with its place and what to do.

use super::*;

/// The errors and notes of a file with one good function and these lines more.
fn of(rest: &str) -> String {
    let text = format!("service: a\nprovider: {{name: aws, runtime: nodejs22.x}}\n{rest}");
    match Outside::default().parse(&text) {
        Ok(parsed) => parsed.notes.iter().map(|note| format!("note {}: {}\n", note.at, note.message)).collect(),
        Err(errors) => shown_errors(&errors),
    }
}

fn function(lines: &str) -> String {
    of(&format!("functions:\n  f:\n    handler: a.b\n{lines}"))
}

fn event(event: &str) -> String {
    function(&format!("    events:\n      - {event}\n"))
}

fn provider(lines: &str) -> String {
    Outside::default().shown(&format!("service: a\nprovider:\n  name: aws\n  runtime: nodejs22.x\n{lines}"))
}

fn machine(lines: &str) -> String {
    of(&format!("stepFunctions:\n  stateMachines:\n    m:\n      definition: {{StartAt: A}}\n{lines}"))
}

#[test]
fn files_that_are_no_service() {
    let whole = |text: &str| Outside::default().shown(text);
    insta::assert_snapshot!(whole(""), @r"
    serverless.yml:1:1: The service file is no object with keys such as `service` and `provider`.
      Begin it with `service: NAME`.
    ");
    insta::assert_snapshot!(whole("- a"), @r"
    serverless.yml:1:1: The service file is no object with keys such as `service` and `provider`.
      Begin it with `service: NAME`.
    ");
    insta::assert_snapshot!(whole("a: [b"), @r"
    serverless.yml:1:6: The service file is not valid YAML: while parsing a flow sequence, expected ',' or ']'.
      Look at the indentation, quotes and colons of this line and the one before.
    ");
    insta::assert_snapshot!(whole("a: 1\na: 2\n"), @r"
    serverless.yml:2:1: The key `a` stands in this object twice.
      Delete one of them.
    ");
    insta::assert_snapshot!(whole("x: 1\n"), @r"
    serverless.yml:1:1: `service` is missing.
      Begin the file with `service: NAME`.
    serverless.yml:1:1: `workshop` knows no key `x` at the top level.
      Correct it, or take it out.
    serverless.yml:1:1: `provider` is missing.
      Add it: `provider: {name: aws, runtime: nodejs24.x}`.
    ");
    insta::assert_snapshot!(whole("service: a b\nprovider: aws\n"), @r"
    serverless.yml:1:10: `a b` can't be a service's name: use letters, digits and `-`, begin with a letter, and stay within 40 characters.
      Rename the service: its name is the start of every name.
    serverless.yml:2:11: `provider` must be an object; it is a text.
    ");
    insta::assert_snapshot!(whole("service: {nam: a}\nprovider: {name: google}\n"), @r"
    serverless.yml:1:10: `service.name` is missing.
      Add it: `name: my-service`.
    serverless.yml:1:11: `workshop` knows no key `nam` in `service`.
      Did you mean `name`? Otherwise take it out.
    serverless.yml:2:18: The provider is `google`; `workshop` deploys to AWS.
      Write `name: aws` for a service of AWS.
    ");
    insta::assert_snapshot!(whole("service: a\nprovider: {name: aws, stage: 'a b', region: europe, stackName: x}\n"), @r"
    serverless.yml:2:30: `a b` can't be a stage's name: use letters, digits and `-`, begin with a letter, and stay within 40 characters.
      Choose another stage.
    serverless.yml:2:45: `europe` can't be a region: a region looks like us-east-1.
      Correct it.
    serverless.yml:2:64: The stack can't be called `x`: it is `<service>-<stage>`, `a-dev`.
      Take `stackName` out, or rename the service.
    ");
    insta::assert_snapshot!(whole("service: {name: a, awsKmsKeyArn: k}\nprovider: {name: aws}\n"), @r"
    serverless.yml:1:20: `service.awsKmsKeyArn` can't be honoured: environments are encrypted with AWS's key, not with this one.
      Take it out if that is enough.
    ");
}

#[test]
fn keys_of_functions() {
    let keys = "    layers: [x]\n    reservedConcurrency: 1\n    provisionedConcurrency: 1\n    image: x\n    url: true\n    destinations: {}\n    onError: x\n    fileSystemConfig: {}\n    snapStart: true\n    kmsKeyArn: x\n    awsKmsKeyArn: x\n    logDataProtectionPolicy: {}\n    maximumEventAge: 60\n    maximumRetryAttempts: 0\n    condition: x\n    targetGroupName: x\n    warmup: true\n    vpc: {}\n    ephemeralStorageSize: 1024\n";
    insta::assert_snapshot!(function(keys), @r"
    serverless.yml:6:5: `functions.f.layers` can't be honoured: `workshop` deploys no layers.
      Put what the layer holds beside the handler, so that it is in the function's zip.
    serverless.yml:7:5: `functions.f.reservedConcurrency` can't be honoured: `workshop` reserves no concurrency.
      Set it in AWS's console, or take it out.
    serverless.yml:8:5: `functions.f.provisionedConcurrency` can't be honoured: `workshop` keeps no instances warm.
      Set it in AWS's console, or take it out.
    serverless.yml:9:5: `functions.f.image` can't be honoured: `workshop` deploys zips, no container images.
      Use a runtime and a handler: `runtime: nodejs24.x`.
    serverless.yml:10:5: `functions.f.url` can't be honoured: `workshop` makes no function URLs.
      Use the event `httpApi`: it gives the function an endpoint.
    serverless.yml:11:5: `functions.f.destinations` can't be honoured: `workshop` sends results of asynchronous calls nowhere.
      Call what comes next from the function, or make both states of a state machine.
    serverless.yml:12:5: `functions.f.onError` can't be honoured: `workshop` sends failed asynchronous calls nowhere.
      Run the function in a state machine, whose `Catch` sees the error.
    serverless.yml:13:5: `functions.f.fileSystemConfig` can't be honoured: `workshop` mounts no file systems.
      Use `/tmp`, or an object store.
    serverless.yml:14:5: `functions.f.snapStart` can't be honoured: `workshop` takes no snapshots.
      Take it out.
    serverless.yml:15:5: `functions.f.kmsKeyArn` can't be honoured: the environment is encrypted with AWS's key, not with this one.
      Take it out if that is enough.
    serverless.yml:16:5: `functions.f.awsKmsKeyArn` can't be honoured: the environment is encrypted with AWS's key, not with this one.
      Take it out if that is enough.
    serverless.yml:17:5: `functions.f.logDataProtectionPolicy` can't be honoured: `workshop` masks nothing in logs.
      Set it in AWS's console, or take it out.
    serverless.yml:18:5: `functions.f.maximumEventAge` can't be honoured: asynchronous calls wait for up to six hours.
      Take it out, or run the function in a state machine with `TimeoutSeconds`.
    serverless.yml:19:5: `functions.f.maximumRetryAttempts` can't be honoured: asynchronous calls are tried three times.
      Take it out, or run the function in a state machine with `Retry`.
    serverless.yml:20:5: `functions.f.condition` can't be honoured: `workshop` evaluates no conditions of CloudFormation.
      Take the function out, or keep it in a file that a variable names: `${file(functions.${sls:stage}.yml)}`.
    serverless.yml:21:5: `functions.f.targetGroupName` can't be honoured: `workshop` makes no load balancers.
      Use the event `httpApi` instead of `alb`.
    serverless.yml:22:5: `functions.f.warmup` can't be honoured: `workshop` keeps no instances warm.
      Take it out.
    serverless.yml:23:5: `functions.f.vpc` can't be honoured: functions run in no network of yours.
      Take it out if the function needs nothing in that network.
    serverless.yml:24:27: `ephemeralStorageSize` can't be 1024: functions have the 512 MB of `/tmp` that Lambda gives.
      Take it out, or set it to 512.
    ");
    let notes = "    tracing: Active\n    dependsOn: [x]\n    disableLogs: true\n    versionFunction: false\n    runtimeManagement: auto\n    iamRoleStatementsName: x\n    vpc: false\n    ephemeralStorageSize: 512\n    package: {patterns: [a], excludeDevDependencies: false}\n";
    insta::assert_snapshot!(function(notes).replace("vpc", "vpc"), @r"
    note serverless.yml:6: `functions.f.tracing` has no effect: functions are not traced by X-Ray.
    note serverless.yml:7: `functions.f.dependsOn` has no effect: a deployment finds the order itself.
    note serverless.yml:8: `functions.f.disableLogs` has no effect: every function writes its log.
    note serverless.yml:9: `functions.f.versionFunction` has no effect: every deployment publishes a version.
    note serverless.yml:10: `functions.f.runtimeManagement` has no effect: Lambda updates the runtime when it sees fit.
    note serverless.yml:11: `functions.f.iamRoleStatementsName` has no effect: roles are named after the service, the stage and the function.
    note serverless.yml:14: `functions.f.package.excludeDevDependencies` has no effect: what is packaged are the files of the folder that the patterns leave in.
    note serverless.yml:14: The function's patterns have no effect: without `individually: true` all functions are packaged alike.
    ");
}

#[test]
fn values_of_functions() {
    insta::assert_snapshot!(function("    memorySize: 64\n    timeout: 901\n    logRetentionInDays: 2\n    architecture: arm\n    runtime: nodejs23.x\n    memroySize: 1\n"), @r"
    serverless.yml:6:17: `functions.f.memorySize` must be a whole number from 128 to 10240; it is `64`.
    serverless.yml:7:14: `functions.f.timeout` must be a whole number from 1 to 900; it is `901`.
    serverless.yml:8:25: CloudWatch Logs can't keep lines for 2 days.
      Take one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, 36500.
    serverless.yml:9:19: `architecture` can't be `arm`.
      It is `x86_64` or `arm64`.
    serverless.yml:10:14: `nodejs23.x` is no runtime of Lambda.
      Did you mean `nodejs24.x`? Known are provided.al2, provided.al2023, nodejs20.x, nodejs22.x, nodejs24.x, python3.10, python3.11, python3.12, python3.13, python3.14.
    serverless.yml:11:5: `workshop` knows no key `memroySize` in `functions.f`.
      Did you mean `memorySize`? Otherwise take it out.
    ");
    insta::assert_snapshot!(function("    runtime: java21\n    name: a b\n    role: MyRole\n    environment: {AWS_REGION: x, A: y, EMPTY: , LIST: [1]}\n    tags: {'aws:x': 1, b: '50%', T: 1, t: 2}\n"), @r"
    serverless.yml:6:14: `java21` is a runtime of Lambda that workshop does not have.
      Known are provided.al2, provided.al2023, nodejs20.x, nodejs22.x, nodejs24.x, python3.10, python3.11, python3.12, python3.13, python3.14.
    serverless.yml:7:11: `a b` can't be a function's name: Lambda takes 1 to 64 letters, digits, `-` and `_`; it has 3 characters.
      Shorten the name, the function's key or the service's name.
    serverless.yml:8:11: `functions.f.role` is no ARN of a role; `workshop` deploys no roles of `resources`.
      Write the ARN of a role that exists, or `iamRoleStatements` for a role of the function's own.
    serverless.yml:9:19: Lambda keeps the environment variable `AWS_REGION` for itself.
      Choose another name; the reserved ones are _HANDLER, _X_AMZN_TRACE_ID, AWS_ACCESS_KEY, AWS_ACCESS_KEY_ID, AWS_DEFAULT_REGION, AWS_EXECUTION_ENV, AWS_LAMBDA_FUNCTION_MEMORY_SIZE, AWS_LAMBDA_FUNCTION_NAME, AWS_LAMBDA_FUNCTION_VERSION, AWS_LAMBDA_INITIALIZATION_TYPE, AWS_LAMBDA_LOG_GROUP_NAME, AWS_LAMBDA_LOG_STREAM_NAME, AWS_LAMBDA_MAX_CONCURRENCY, AWS_LAMBDA_METADATA_API, AWS_LAMBDA_METADATA_TOKEN, AWS_LAMBDA_RUNTIME_API, AWS_REGION, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, LAMBDA_RUNTIME_DIR, LAMBDA_TASK_ROOT.
    serverless.yml:9:34: `A` can't be the name of an environment variable.
      Lambda takes names of two or more letters, digits and `_` that begin with a letter.
    serverless.yml:9:40: The environment variable `functions.f.environment.EMPTY` has no value.
      Write `''` for an empty text, or take the variable out.
    serverless.yml:9:55: `functions.f.environment.LIST` must be a text; it is a list.
    serverless.yml:10:12: The tag `aws:x` begins with `aws:`, which AWS keeps for itself.
      Give the tag another key, or take it out.
    serverless.yml:10:27: `50%` can't be the value of a tag because of `%`: AWS takes letters, digits, spaces and `_.:/=+-@`.
      Give the tag another value, or take it out.
    serverless.yml:10:40: The tags `T` and `t` are one to IAM, which ignores case.
      Give the tag another key, or take it out.
    ");
    insta::assert_snapshot!(of("functions:\n  1f: {handler: a.b}\n  g: {}\n  h: {handler: 'a b'}\n  i: 3\n"), @r"
    serverless.yml:4:3: `1f` can't be a name in the service file: use letters, digits, `-` and `_`, begin with a letter, and stay within 40 characters.
      The Serverless Framework takes more; rename the key, and keep the deployed name with `name:`.
    serverless.yml:5:6: `functions.g.handler` is missing.
      It is the file's path and the function's name: `handler: handler.start`.
    serverless.yml:6:16: `a b` can't be a handler: Lambda takes 1 to 128 characters without spaces.
      It is the file's path and the function's name: `src/handler.start`.
    serverless.yml:7:6: `functions.i` must be an object; it is a number.
    ");
    insta::assert_snapshot!(of("functions: 3\n"), @"serverless.yml:3:12: `functions` must be an object, or a list of objects; it is a number.");
    insta::assert_snapshot!(of("functions:\n  - f: {handler: a.b}\n  - f: {handler: a.b}\n"), @r"
    serverless.yml:5:5: `functions.f` is declared twice, first at serverless.yml:4.
      Delete one of them, or give it another name.
    ");
    insta::assert_snapshot!(of("functions: {same: {handler: a.b}}\nstepFunctions: {stateMachines: {same: {definition: {StartAt: A}}}}\n"), @r"
    serverless.yml:4:33: `same` is the key of a function and of a state machine; their roles would be one.
      Rename one of them, and keep the deployed name with `name:`.
    ");
    insta::assert_snapshot!(of("functions: {f: {handler: a.b, package: {path: x, disable: true, patern: []}}}\n"), @r"
    serverless.yml:3:41: `functions.f.package.path` can't be honoured: it names a folder of zips that were built before.
      Name each function's zip with `package.artifact`.
    serverless.yml:3:50: `functions.f.package.disable` can't be honoured: without its code nothing can be deployed.
      Take it out.
    serverless.yml:3:65: `workshop` knows no key `patern` in `functions.f.package`.
      Did you mean `patterns`? Otherwise take it out.
    ");
    let long = "a".repeat(41);
    insta::assert_snapshot!(of(&format!("functions: {{{long}: {{handler: a.b}}}}\n")), @r"
    serverless.yml:3:13: `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa` can't be a name in the service file: use letters, digits, `-` and `_`, begin with a letter, and stay within 40 characters.
      The Serverless Framework takes more; rename the key, and keep the deployed name with `name:`.
    ");
    let without = "service: a\nprovider: {name: aws}\nfunctions: {f: {handler: a.b}}\n";
    insta::assert_snapshot!(Outside::default().shown(without), @r"
    serverless.yml:3:13: The function has no runtime.
      Add `runtime: nodejs24.x` under `provider`, or deploy with `--runtime nodejs24.x`.
    ");
}

#[test]
fn events_of_functions() {
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
    insta::assert_snapshot!(event("http: GET"), @r"
    serverless.yml:7:15: `GET` is no method and path.
      Write a method and a path: `POST /start`.
    ");
    insta::assert_snapshot!(event("http: GTE /x"), @r"
    serverless.yml:7:15: `GTE` is no HTTP method.
      It is one of ANY, DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT.
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
    insta::assert_snapshot!(event("http: {path: x, method: get, cors: {origin: '*', allowCredentials: true}}"), @r"
    serverless.yml:7:44: `allowCredentials` does not go with the origin `*`: API Gateway refuses it, and so do browsers.
      Name the origins, such as `https://example.com`.
    ");
    insta::assert_snapshot!(event("http: {path: x, method: get, cors: {origins: [a], methods: [GTE], orign: x, cacheControl: no}}"), @r"
    serverless.yml:7:69: `GTE` is no HTTP method.
      Correct it, or take it out.
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
fn keys_of_the_provider() {
    insta::assert_snapshot!(provider("  vpc: {}\n  layers: [x]\n  kmsKeyArn: x\n  ecr: {}\n  iamManagedPolicies: [x]\n  logDataProtectionPolicy: {}\n  stackParameters: [x]\n  apiKeys: [x]\n  usagePlan: {}\n  resourcePolicy: [x]\n  vpcEndpointIds: []\n  websocket: {}\n  endpointType: PRIVATE\n  variableSyntax: '%{x}'\n  regoin: x\n"), @r"
    serverless.yml:5:3: `provider.vpc` can't be honoured: functions run in no network of yours.
      Take it out if the functions need nothing in that network.
    serverless.yml:6:3: `provider.layers` can't be honoured: `workshop` deploys no layers.
      Put what the layer holds beside the handlers, so that it is in the functions' zips.
    serverless.yml:7:3: `provider.kmsKeyArn` can't be honoured: environments are encrypted with AWS's key, not with this one.
      Take it out if that is enough.
    serverless.yml:8:3: `provider.ecr` can't be honoured: `workshop` deploys zips, no container images.
      Use a runtime and handlers: `runtime: nodejs24.x`.
    serverless.yml:9:3: `provider.iamManagedPolicies` can't be honoured: roles have only the statements that the service lists.
      List what the functions need under `iam.role.statements`.
    serverless.yml:10:3: `provider.logDataProtectionPolicy` can't be honoured: `workshop` masks nothing in logs.
      Set it in AWS's console.
    serverless.yml:11:3: `provider.stackParameters` can't be honoured: there is no CloudFormation stack.
      Use `${param:NAME}` and `--param NAME=value`.
    serverless.yml:12:3: `provider.apiKeys` can't be honoured: an HTTP API has no API keys.
      Without it the endpoint would be open to everybody: check the key or the caller in the function, then take it out.
    serverless.yml:13:3: `provider.usagePlan` can't be honoured: an HTTP API has no usage plans.
      Without it the endpoint would be open to everybody: check the key or the caller in the function, then take it out.
    serverless.yml:14:3: `provider.resourcePolicy` can't be honoured: an HTTP API has no resource policy.
      Without it the endpoint would be open to everybody: check the key or the caller in the function, then take it out.
    serverless.yml:16:3: `provider.websocket` can't be honoured: `workshop` deploys no WebSocket APIs.
      Take it out, and poll with `httpApi` instead.
    serverless.yml:17:17: `provider.endpointType` can't be private: an HTTP API is public.
      Take the events `http` out, and call the functions with `workshop invoke`.
    serverless.yml:18:19: `provider.variableSyntax` makes `%{x}` the syntax of variables.
      Write variables as `${...}` and take `variableSyntax` out.
    serverless.yml:19:3: `workshop` knows no key `regoin` in `provider`.
      Did you mean `region`? Otherwise take it out.
    ");
    insta::assert_snapshot!(provider("  apiGateway: {apiKeys: [x], usagePlan: {}, resourcePolicy: [x], apiKeySourceType: HEADER, restApiId: x, restApiRootResourceId: x, restApiResources: {}, websocketApiId: x, disableDefaultEndpoint: true, timeoutInMillis: 50, stage: x}\n  httpApi: {id: x, disableDefaultEndpoint: true, timeout: 5, payload: '3.0'}\n  iam: {role: {managedPolicies: [x], name: x, tags: {}, path: team, permissionsBoundary: b}}\n"), @r"
    serverless.yml:5:16: `provider.apiGateway.apiKeys` can't be honoured: an HTTP API has no API keys.
      Without it the endpoint would be open to everybody: check the key or the caller in the function, then take it out.
    serverless.yml:5:30: `provider.apiGateway.usagePlan` can't be honoured: an HTTP API has no usage plans.
      Without it the endpoint would be open to everybody: check the key or the caller in the function, then take it out.
    serverless.yml:5:45: `provider.apiGateway.resourcePolicy` can't be honoured: an HTTP API has no resource policy.
      Without it the endpoint would be open to everybody: check the key or the caller in the function, then take it out.
    serverless.yml:5:66: `provider.apiGateway.apiKeySourceType` can't be honoured: an HTTP API has no API keys.
      Without it the endpoint would be open to everybody: check the key or the caller in the function, then take it out.
    serverless.yml:5:92: `provider.apiGateway.restApiId` can't be honoured: the service gets an API of its own.
      Take it out if the endpoint's answers don't depend on it.
    serverless.yml:5:106: `provider.apiGateway.restApiRootResourceId` can't be honoured: the service gets an API of its own.
      Take it out if the endpoint's answers don't depend on it.
    serverless.yml:5:132: `provider.apiGateway.restApiResources` can't be honoured: the service gets an API of its own.
      Take it out if the endpoint's answers don't depend on it.
    serverless.yml:5:154: `provider.apiGateway.websocketApiId` can't be honoured: `workshop` deploys no WebSocket APIs.
      Take it out if the endpoint's answers don't depend on it.
    serverless.yml:5:173: `provider.apiGateway.disableDefaultEndpoint` can't be honoured: the default endpoint is the only one.
      Take it out if the endpoint's answers don't depend on it.
    serverless.yml:5:203: `provider.apiGateway.timeoutInMillis` can't be honoured: an HTTP API waits for 30 seconds.
      Set the functions' `timeout`.
    serverless.yml:5:224: `provider.apiGateway.stage` can't be honoured: the API's stage is the deployment's.
      Name the stage with `--stage`.
    serverless.yml:6:13: `provider.httpApi.id` can't be honoured: the service gets an API of its own.
      Take it out if the endpoint's answers don't depend on it.
    serverless.yml:6:20: `provider.httpApi.disableDefaultEndpoint` can't be honoured: the default endpoint is the only one.
      Take it out if the endpoint's answers don't depend on it.
    serverless.yml:6:50: `provider.httpApi.timeout` can't be honoured: an HTTP API waits for 30 seconds.
      Set the functions' `timeout`.
    serverless.yml:6:71: `payload` can't be `3.0`.
      It is `'1.0'` or `'2.0'`.
    serverless.yml:7:16: `provider.iam.role.managedPolicies` can't be honoured: roles have only the statements that the service lists.
      List what the functions need under `statements`.
    serverless.yml:7:38: `provider.iam.role.name` can't be honoured: every function has a role of its own, named after the service, the stage and the function.
      Take it out.
    serverless.yml:7:47: `provider.iam.role.tags` can't be honoured: roles have the tags of the whole stack.
      Use `provider.stackTags`.
    serverless.yml:7:63: `team` can't be the path of roles: it begins and ends with `/`, holds letters, digits, `+=,.@_-` and `/`, and has up to 512 characters, such as `/team/`.
      Correct it, or take it out.
    serverless.yml:7:90: `b` is not the ARN of a managed policy.
      It looks like `arn:aws:iam::${aws:accountId}:policy/NAME`.
    ");
    insta::assert_snapshot!(provider("  deploymentBucket: x\n  lambdaHashingVersion: 20201221\n  versionFunctions: false\n  tracing: {lambda: true}\n  logs: {restApi: true}\n  profile: me\n  apiName: x\n  endpointType: EDGE\n  variableSyntax: \"\\\\${([ ~:a-z]+?)}\"\n  apiGateway: {shouldStartNameWithService: true, minimumCompressionSize: 10, binaryMediaTypes: ['*/*']}\n  httpApi: {metrics: true, authorizers: {}}\n  iam: {deploymentRole: x}\n"), @r"
    a-dev in us-east-1
    note serverless.yml:5: `provider.deploymentBucket` has no effect: a deployment needs no bucket.
    note serverless.yml:6: `provider.lambdaHashingVersion` has no effect: versions follow from the code that Lambda has.
    note serverless.yml:7: `provider.versionFunctions` has no effect: every deployment publishes a version of each function that changed.
    note serverless.yml:8: `provider.tracing` has no effect: nothing is traced by X-Ray.
    note serverless.yml:9: `provider.logs` has no effect: access logs are not written, and functions log as text.
    note serverless.yml:10: `provider.profile` has no effect: name the profile with `--profile`, or in `AWS_PROFILE`.
    note serverless.yml:11: `provider.apiName` has no effect: the API is called `<service>-<stage>`.
    note serverless.yml:12: `provider.endpointType` has no effect: an HTTP API is regional.
    note serverless.yml:13: `provider.variableSyntax` has no effect: `${AWS::...}` is never taken for a variable.
    note serverless.yml:14: `provider.apiGateway.shouldStartNameWithService` has no effect: names begin with the service's name.
    note serverless.yml:14: `provider.apiGateway.binaryMediaTypes` has no effect: an HTTP API hands on binary bodies in base64 by itself.
    note serverless.yml:14: `provider.apiGateway.minimumCompressionSize` has no effect: an HTTP API compresses nothing.
    note serverless.yml:15: `provider.httpApi.authorizers` has no effect: events that name one are refused.
    note serverless.yml:15: `provider.httpApi.metrics` has no effect: metrics are per API.
    note serverless.yml:16: `provider.iam.deploymentRole` has no effect: nothing is deployed through CloudFormation.
    ");
}

#[test]
fn statements_of_roles() {
    insta::assert_snapshot!(provider("  iamRoleStatements:\n    - {Effect: Alow, Action: a, Resource: b}\n    - {Action: a, Resource: b}\n    - {Effect: Allow}\n    - {Effect: Allow, NotAction: a, NotResource: b}\n    - {Effect: Allow, Action: a, Resource: !Ref Nothing, Condition: x, Efect: y}\n    - text\n"), @r"
    serverless.yml:6:16: `Effect` can't be `Alow`.
      It is `Allow` or `Deny`.
    serverless.yml:7:7: `provider.iamRoleStatements.Effect` is missing.
      Write `Effect: Allow`.
    serverless.yml:8:7: `provider.iamRoleStatements.Action` is missing.
      Add it: a statement needs it.
    serverless.yml:8:7: `provider.iamRoleStatements.Resource` is missing.
      Add it: a statement needs it.
    serverless.yml:9:23: `provider.iamRoleStatements.NotAction` can't be honoured: it allows every action but those.
      List what is needed under `Action`.
    serverless.yml:9:37: `provider.iamRoleStatements.NotResource` can't be honoured: it is about everything but that.
      List what is needed under `Resource`.
    serverless.yml:10:44: Nothing that this service makes has the logical id `Nothing`.
      References can name what the service makes: .
    serverless.yml:10:69: `provider.iamRoleStatements.Condition` must be an object; it is a text.
    serverless.yml:10:72: `workshop` knows no key `Efect` in `provider.iamRoleStatements`.
      Did you mean `Effect`? Otherwise take it out.
    serverless.yml:11:7: `provider.iamRoleStatements` must be an object; it is a text.
    ");
    insta::assert_snapshot!(provider("  iamRoleStatements: {a: b}\n"), @"serverless.yml:5:22: `provider.iamRoleStatements` must be a list; it is an object.");
}

#[test]
fn keys_of_the_file() {
    insta::assert_snapshot!(of("layers: {}\nconstructs: {}\nservices: {}\nfunction: {}\n"), @r"
    serverless.yml:3:1: `layers` can't be honoured: `workshop` deploys no layers.
      Put what the layer holds beside the handlers, so that it is in the functions' zips.
    serverless.yml:4:1: `constructs` can't be honoured: `workshop` makes no constructs of serverless-lift.
      Make by hand what they make.
    serverless.yml:5:1: `services` can't be honoured: it is a file of Serverless Compose.
      Deploy each service from its own folder.
    serverless.yml:6:1: `workshop` knows no key `function` at the top level.
      Did you mean `functions`? Otherwise take it out.
    ");
    insta::assert_snapshot!(of("frameworkVersion: '3'\nconfigValidationMode: error\nvariablesResolutionMode: '20210326'\nuseDotenv: true\norg: x\napp: y\nconsole: true\noutputs: {}\nbuild: {esbuild: true}\ndisabledDeprecations: ['*']\n"), @r"
    note serverless.yml:3: `frameworkVersion` has no effect: no version of the Serverless Framework runs.
    note serverless.yml:4: `configValidationMode` has no effect: every key is checked, always.
    note serverless.yml:5: `variablesResolutionMode` has no effect: variables are resolved in one way.
    note serverless.yml:6: `useDotenv` has no effect here: no `.env` file was read.
    note serverless.yml:7: `org` has no effect: nothing is sent to the dashboard.
    note serverless.yml:8: `app` has no effect: nothing is sent to the dashboard.
    note serverless.yml:9: `console` has no effect: nothing is sent to the dashboard.
    note serverless.yml:10: `outputs` has no effect: nothing is sent to the dashboard.
    note serverless.yml:11: `build` has no effect: nothing is bundled or compiled; the files are packaged as they are.
    note serverless.yml:12: `disabledDeprecations` has no effect: no version of the Serverless Framework runs.
    ");
}

#[test]
fn plugins() {
    insta::assert_snapshot!(of("plugins:\n  - serverless-domain-manager\n  - serverless-plugin-warmup\n  - serverless-plugin-scripts\n  - ./my-plugin\n  - serverless-ofline\n"), @r"
    serverless.yml:4:5: `workshop` does not do what the plugin serverless-domain-manager does.
      Map the domain to the API in AWS's console after a deployment, and take it out of `plugins`.
    serverless.yml:5:5: `workshop` does not do what the plugin serverless-plugin-warmup does.
      Take it out of `plugins`, with `warmup` of the functions.
    serverless.yml:6:5: `workshop` does not do what the plugin serverless-plugin-scripts does.
      Run the scripts yourself, before and after `workshop deploy`.
    serverless.yml:7:5: `workshop` does not know the plugin `./my-plugin`, and runs no plugins.
      Take it out of `plugins` if the service is the same without it.
    serverless.yml:8:5: `workshop` does not know the plugin `serverless-ofline`, and runs no plugins.
      Did you mean `serverless-offline`? Take it out of `plugins` if the service is the same without it.
    ");
    insta::assert_snapshot!(of("custom: {esbuild: {bundle: true}}\nplugins: {localPath: x, modules: [serverless-offline, serverless-esbuild, serverless-prune-plugin, serverless-step-functions]}\n"), @r"
    note serverless.yml:3: `custom.esbuild` has no effect: neither has the plugin serverless-esbuild.
    note serverless.yml:4: The plugin serverless-offline has no effect: `workshop local` runs the service on this machine, and `--local` deploys to it.
    note serverless.yml:4: The plugin serverless-esbuild has no effect: nothing is bundled or compiled; the files are packaged as they are. Build TypeScript to JavaScript beside the handlers before a deployment.
    note serverless.yml:4: The plugin serverless-prune-plugin has no effect: `workshop deploy prune` deletes versions that nothing needs.
    ");
    insta::assert_snapshot!(of("custom: {serverless-iam-roles-per-function: {defaultInherit: true, iamGlobalPermissionsBoundary: x}}\nplugins: [serverless-iam-roles-per-function]\n"), @r"
    serverless.yml:3:68: `custom.serverless-iam-roles-per-function.iamGlobalPermissionsBoundary` can't be honoured: roles have one boundary, the provider's.
      Write it as `provider.iam.role.permissionsBoundary`.
    ");
}

#[test]
fn resources_of_other_kinds() {
    insta::assert_snapshot!(of("resources:\n  Conditions: {}\n  Mappings: {}\n  Parameters: {}\n  Rules: {}\n  Transform: x\n  extensions: {}\n  Description: x\n  Metadata: {}\n  AWSTemplateFormatVersion: x\n  Resource: {}\n"), @r"
    serverless.yml:4:3: `resources.Conditions` can't be honoured: `workshop` evaluates no conditions of CloudFormation.
      Choose with a variable instead: `${self:custom.sizes.${sls:stage}}`.
    serverless.yml:5:3: `resources.Mappings` can't be honoured: `workshop` evaluates no `Fn::FindInMap`.
      Put the values under `custom`: `${self:custom.sizes.${sls:stage}}`.
    serverless.yml:6:3: `resources.Parameters` can't be honoured: there is no CloudFormation stack.
      Use `${param:NAME}` and `--param NAME=value`.
    serverless.yml:7:3: `resources.Rules` can't be honoured: there is no CloudFormation stack.
      Take it out.
    serverless.yml:8:3: `resources.Transform` can't be honoured: there is no CloudFormation stack.
      Write out what it makes.
    serverless.yml:9:3: `resources.extensions` can't be honoured: it changes the framework's own template.
      Take it out; `workshop print` shows what is deployed.
    serverless.yml:13:3: `workshop` knows no key `Resource` in `resources`.
      Did you mean `Resources`? Otherwise take it out.
    ");
    insta::assert_snapshot!(of("resources:\n  - Resources: {R: {Type: 'AWS::IAM::Role'}, P: {Type: 'AWS::Lambda::Permission'}}\n  - Resources: {G: {Type: 'AWS::ApiGateway::GatewayResponse'}, L: {Type: 'AWS::Logs::LogGroup'}, N: {}}\n"), @r"
    serverless.yml:4:17: `workshop` makes no AWS::IAM::Role: the resource `R` would be missing.
      Functions and state machines get roles of their own: list what they need under `iamRoleStatements`.
    serverless.yml:4:46: `workshop` makes no AWS::Lambda::Permission: the resource `P` would be missing.
      What calls functions is allowed to: take it out.
    serverless.yml:5:17: `workshop` makes no AWS::ApiGateway::GatewayResponse: the resource `G` would be missing.
      The API follows from the events of functions: take it out.
    serverless.yml:5:64: `workshop` makes no AWS::Logs::LogGroup: the resource `L` would be missing.
      Functions get their log groups, with `logRetentionInDays`. Make another one beforehand, and name it by its ARN.
    serverless.yml:5:98: The resource `N` can't be made: it has no `Type`.
      Make it beforehand (AWS's console, CloudFormation, Terraform), take it out here, and pass its name or ARN with `${param:NAME}`.
    ");
}

#[test]
fn keys_of_state_machines() {
    insta::assert_snapshot!(machine("      events: [{http: {}}, {schedule: rate(1 day)}, {cloudwatchEvent: {}}, x]\n      retain: true\n      notifications: {}\n      alarms: {}\n      encryptionConfig: {}\n      kmsKeyArns: [x]\n      configureTaskTimeouts: true\n      type: EXPRES\n      role: MyRole\n      loggingConfig: {level: error}\n      tgas: {}\n"), @r"
    serverless.yml:7:17: `workshop` makes no event `http`: nothing would start the state machine.
      Start it from a function with an event `http`, as the lesson does, or with `workshop start`.
    serverless.yml:7:29: `workshop` makes no event `schedule`: nothing would start the state machine.
      Start it on time from outside: `workshop start` in a cron job, or let it wait in a `Wait` state.
    serverless.yml:7:54: `workshop` makes no event `cloudwatchEvent`: nothing would start the state machine.
      Start it from what sends the event.
    serverless.yml:7:76: `stepFunctions.stateMachines.m.events` must be a list of objects; it is a text.
    serverless.yml:8:7: `stepFunctions.stateMachines.m.retain` can't be honoured: `workshop remove` leaves nothing behind.
      Take it out, and keep the stage instead of removing it.
    serverless.yml:9:7: `stepFunctions.stateMachines.m.notifications` can't be honoured: `workshop` makes no rules of EventBridge.
      Send the message from a last state, or from a `Catch`.
    serverless.yml:10:7: `stepFunctions.stateMachines.m.alarms` can't be honoured: `workshop` makes no alarms of CloudWatch.
      Make them in AWS's console, and take it out.
    serverless.yml:11:7: `stepFunctions.stateMachines.m.encryptionConfig` can't be honoured: the definition and the executions are encrypted with AWS's key, not with this one.
      Take it out if that is enough.
    serverless.yml:12:7: `stepFunctions.stateMachines.m.kmsKeyArns` can't be honoured: the definition and the executions are encrypted with AWS's key, not with this one.
      Take it out if that is enough.
    serverless.yml:13:7: `stepFunctions.stateMachines.m.configureTaskTimeouts` can't be honoured: it changes the definition.
      Write `TimeoutSeconds` into the tasks.
    serverless.yml:14:13: `type` can't be `EXPRES`.
      It is `STANDARD` or `EXPRESS`.
    serverless.yml:15:13: `stepFunctions.stateMachines.m.role` is no ARN of a role; `workshop` deploys no roles of `resources`.
      Write the ARN of a role that exists, or `iamRoleStatements` for a role of the function's own.
    serverless.yml:16:22: `stepFunctions.stateMachines.m.loggingConfig.destinations` is missing: the level error needs a log group.
      Add the ARN of a log group, which ends in `:*`.
    serverless.yml:16:30: `level` can't be `error`.
      Did you mean `ERROR`? It is one of ALL, ERROR, FATAL, OFF.
    serverless.yml:17:7: `workshop` knows no key `tgas` in `stepFunctions.stateMachines.m`.
      Did you mean `tags`? Otherwise take it out.
    ");
    insta::assert_snapshot!(machine("      dependsOn: x\n      useExactVersion: true\n      retain: \n      role: arn:aws:iam::123456789012:role/r\n      iamRoleStatements: []\n"), @r"
    note serverless.yml:7: `stepFunctions.stateMachines.m.dependsOn` has no effect: a deployment finds the order itself.
    note serverless.yml:8: `stepFunctions.stateMachines.m.useExactVersion` has no effect: deployments always name the functions' versions in the definition.
    note serverless.yml:11: `stepFunctions.stateMachines.m.iamRoleStatements` has no effect: the state machine has the role that `role` names.
    ");
    insta::assert_snapshot!(of("stepFunctions:\n  stateMachine: {}\n  stateMachines: {m: {}, n: {definition: [1]}, o: {definition: '{'}, p: {name: 'a b', definition: {StartAt: A}}}\n  activities: [a, a, 'b c']\n"), @r##"
    serverless.yml:4:3: `workshop` knows no key `stateMachine` in `stepFunctions`.
      Did you mean `stateMachines`? Otherwise take it out.
    serverless.yml:5:19: `stepFunctions.stateMachines.m.definition` is missing.
      Write it there, or name its file: `definition: ${file(machine.asl.json)}`.
    serverless.yml:5:42: `stepFunctions.stateMachines.n.definition` must be an object, or a text of JSON; it is a list.
    serverless.yml:5:66: The definition is not valid JSON: expected a name in double quotes.
      The text ends too early: close what is open.
    serverless.yml:5:80: `a b` can't be a state machine's name: Step Functions takes 1 to 80 characters without spaces and `<>{}[]?*"#%\^|~`$&,;:/`; it has 3 characters.
      Give it another `name`.
    serverless.yml:6:19: The activity `a` is declared twice, first at serverless.yml:6.
      Delete one of them.
    serverless.yml:6:22: `b c` can't be an activity's name: Step Functions takes 1 to 80 characters without spaces and `<>{}[]?*"#%\^|~`$&,;:/`; it has 3 characters.
      Give it another `name`.
    serverless.yml:6:22: The activity `b c` can't be deployed: its name is its key here.
      Use up to 40 letters, digits, `-` and `_`, and begin with a letter.
    "##);
    insta::assert_snapshot!(machine("      loggingConfig: {level: ALL}\n"), @r"
    serverless.yml:7:22: `stepFunctions.stateMachines.m.loggingConfig.destinations` is missing: the level ALL needs a log group.
      Add the ARN of a log group, which ends in `:*`.
    ");
    insta::assert_snapshot!(of("stepFunctions: {stateMachines: {m: {definition: {StartAt: !Ref Nothing, States: '#{Nope.Arn}', X: '${AWS::Regoin}'}}}}\n"), @r"
    serverless.yml:3:59: Nothing that this service makes has the logical id `Nothing`.
      References can name what the service makes: MStepFunctionsStateMachine.
    serverless.yml:3:82: Nothing that this service makes has the logical id `Nope`.
      References can name what the service makes: MStepFunctionsStateMachine.
    serverless.yml:3:100: `${AWS::Regoin}` is no pseudo-parameter that a deployment has a value for.
      Did you mean `AWS::Region`? Known are AWS::AccountId, AWS::Partition, AWS::Region, AWS::StackName, AWS::URLSuffix.
    ");
}
