//! Shapes of public projects: what is honoured of each, and everything that is not, at once.

use super::*;

pub(super) const HEAD: &str = "service: orders\nframeworkVersion: '3'\nprovider:\n  name: aws\n  runtime: nodejs22.x\n";

pub(super) fn of(rest: &str) -> String {
    Outside::default().shown(&format!("{HEAD}{rest}"))
}

#[test]
fn tables_and_queues_have_no_room() {
    let text = "  environment:
    TABLE: !Ref OrdersTable
    QUEUE: !GetAtt OrdersQueue.Arn
functions:
  worker:
    handler: src/worker.handle
    events:
      - sqs:
          arn: !GetAtt OrdersQueue.Arn
resources:
  Resources:
    OrdersTable:
      Type: AWS::DynamoDB::Table
      Properties: {BillingMode: PAY_PER_REQUEST}
    OrdersQueue:
      Type: AWS::SQS::Queue
    Bucket: {Type: 'AWS::S3::Bucket'}
";
    insta::assert_snapshot!(of(text), @r"
    serverless.yml:13:9: `workshop` makes no event `sqs`: nothing would call the function.
      Call the function from what sends the messages, or start a state machine there.
    serverless.yml:17:5: `workshop` makes no AWS::DynamoDB::Table: the resource `OrdersTable` would be missing.
      Make it beforehand (AWS's console, CloudFormation, Terraform), take it out here, and pass its name or ARN with `${param:NAME}`.
    serverless.yml:20:5: `workshop` makes no AWS::SQS::Queue: the resource `OrdersQueue` would be missing.
      Make it beforehand (AWS's console, CloudFormation, Terraform), take it out here, and pass its name or ARN with `${param:NAME}`.
    serverless.yml:22:5: `workshop` makes no AWS::S3::Bucket: the resource `Bucket` would be missing.
      Make it beforehand (AWS's console, CloudFormation, Terraform), take it out here, and pass its name or ARN with `${param:NAME}`.
    ");
}

#[test]
fn a_service_in_several_files() {
    let outside = Outside {
        stage: Some("prod"),
        files: vec![
            ("functions/orders.yml", "place:\n  handler: src/orders.place\n  events:\n    - http: POST orders/{id}\n"),
            (
                "functions/mail.yml",
                "mail:\n  handler: src/mail.send\n  environment: ${file(config.json):${self:provider.stage}}\n",
            ),
            (
                "config.json",
                "{\"dev\": {\"FROM\": \"dev@example.com\"}, \"prod\": {\"FROM\": \"shop@example.com\", \"SIZE\": 3}}",
            ),
            (
                "machines.yml",
                "orderMachine:\n  name: ${self:service}-${self:provider.stage}-order\n  definition: ${file(order.asl.json)}\n",
            ),
            (
                "order.asl.json",
                "{\n  \"StartAt\": \"Mail\",\n  \"States\": {\n    \"Mail\": {\"Type\": \"Task\", \"Resource\": {\"Fn::GetAtt\": [\"mail\", \"Arn\"]}, \"End\": true}\n  }\n}\n",
            ),
        ],
        ..Outside::default()
    };
    let text = "service: shop
provider: {name: aws, runtime: nodejs22.x, stage: \"${opt:stage, 'dev'}\"}
functions:
  - ${file(functions/orders.yml)}
  - ${file(./functions/mail.yml)}
stepFunctions:
  stateMachines: ${file(machines.yml)}
";
    insta::assert_snapshot!(outside.shown(text), @r#"
    shop-prod in us-east-1
    mail: shop-prod-mail nodejs22.x src/mail.send 1024 MB 6 s x86_64 logs for ever
      FROM=shop@example.com
      SIZE=3
    place: shop-prod-place nodejs22.x src/orders.place 1024 MB 6 s x86_64 logs for ever
    POST /orders/{id} -> place (1.0)
    orderMachine: shop-prod-order STANDARD
      order.asl.json {"StartAt":"Mail","States":{"Mail":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:shop-prod-mail","End":true}}}
    "#);
    let parsed = outside.parse(text).unwrap();
    let (_, machine) = parsed.service.state_machines.first_key_value().unwrap();
    let DefinitionSource::Inline { source, document } = &machine.definition else { panic!("inline") };
    let mail = document.root.member("States").unwrap().value.member("Mail").unwrap();
    assert_eq!((source.file.as_str(), source.position(mail.key_span.start).line), ("order.asl.json", 4));
    let files = ["config.json", "functions/mail.yml", "functions/orders.yml", "machines.yml", "order.asl.json"];
    assert_eq!(parsed.files, files);
}

#[test]
fn schedules_are_refused() {
    let text = "functions:
  nightly:
    handler: src/nightly.run
    timeout: 900
    events:
      - schedule: rate(1 day)
      - schedule: {rate: cron(0 3 * * ? *), enabled: true}
";
    insta::assert_snapshot!(of(text), @r"
    serverless.yml:11:9: `workshop` makes no event `schedule`: nothing would call the function.
      Call the function on time from outside (`workshop invoke` in a cron job), or let a state machine wait: a `Wait` state.
    serverless.yml:12:9: `workshop` makes no event `schedule`: nothing would call the function.
      Call the function on time from outside (`workshop invoke` in a cron job), or let a state machine wait: a `Wait` state.
    ");
}

#[test]
fn a_rest_api_with_authorizers_is_not_opened() {
    let text = "  apiGateway:
    minimumCompressionSize: 1024
    apiKeys: [partner]
functions:
  auth: {handler: src/auth.check}
  list:
    handler: src/list.run
    events:
      - http: {path: orders, method: get, authorizer: auth}
      - http: {path: partners, method: get, private: true}
      - http:
          path: orders
          method: post
          request: {schemas: {application/json: '${file(schema.json)}'}}
          async: true
          integration: lambda
";
    insta::assert_snapshot!(of(text), @r"
    serverless.yml:8:5: `provider.apiGateway.apiKeys` can't be honoured: an HTTP API has no API keys.
      Without it the endpoint would be open to everybody: check the key or the caller in the function, then take it out.
    serverless.yml:14:43: `functions.list.events.http.authorizer` can't be honoured: `workshop` makes no authorizers.
      The endpoint would be open to everybody: check the caller in the function, then take it out.
    serverless.yml:15:45: `functions.list.events.http.private` can't be honoured: the HTTP API has no API keys.
      The endpoint would be open to everybody: check the caller in the function, then take it out.
    serverless.yml:19:21: `functions.list.events.http.request.schemas` can't be honoured: an HTTP API checks no requests.
      Check the body in the function, and take it out.
    serverless.yml:20:11: `functions.list.events.http.async` can't be honoured: the HTTP API waits for the function's answer.
      Start a state machine from the function, and take it out.
    serverless.yml:21:24: The integration `lambda` can't be honoured: an HTTP API hands on whole requests.
      Take it out, read the request's `body` in the function, and answer with `statusCode` and `body`.
    ");
}

#[test]
fn secrets_of_the_parameter_store() {
    let text = "  environment:
    KEY: ${ssm:/orders/${sls:stage}/key}
    URL: ${cf:network-${sls:stage}.Url}
functions: {go: {handler: a.b}}
";
    insta::assert_snapshot!(of(text), @r"
    serverless.yml:7:10: `${ssm:...}` reads the Parameter Store or the Secrets Manager of an account, which `workshop` does not do.
      Write `${param:NAME}` and deploy with `--param NAME=value`, or `${env:NAME}` and set the environment variable.
    serverless.yml:8:10: `${cf:...}` reads an output of a CloudFormation stack, which `workshop` does not do.
      Write `${param:NAME}` and deploy with `--param NAME=value`, or `${env:NAME}` and set the environment variable.
    ");
}

#[test]
fn roles_per_function() {
    let text = "  iam:
    role:
      path: /team/
      permissionsBoundary: arn:aws:iam::${aws:accountId}:policy/developers
      statements:
        - Effect: Allow
          Action: logs:PutLogEvents
          Resource: '*'
plugins: [serverless-iam-roles-per-function]
functions:
  read:
    handler: a.read
    iamRoleStatementsName: read-role
    iamRoleStatements:
      - Sid: Read
        Effect: Allow
        Action: [dynamodb:GetItem, dynamodb:Query]
        Resource: !Sub 'arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/orders'
  write:
    handler: a.write
    iamRoleStatementsInherit: true
    iamRoleStatements:
      - Effect: Deny
        Action: dynamodb:DeleteTable
        Resource: ['*']
        Condition: {StringEquals: {'aws:RequestedRegion': !Ref AWS::Region}}
  plain: {handler: a.plain}
  fixed: {handler: a.fixed, role: 'arn:aws:iam::123456789012:role/fixed'}
";
    insta::assert_snapshot!(of(text), @r#"
    orders-dev in us-east-1
    roles: path /team/ boundary Some("arn:aws:iam::123456789012:policy/developers") tags {}
    fixed: orders-dev-fixed nodejs22.x a.fixed 1024 MB 6 s x86_64 logs for ever
      role arn:aws:iam::123456789012:role/fixed
    plain: orders-dev-plain nodejs22.x a.plain 1024 MB 6 s x86_64 logs for ever
      Allow logs:PutLogEvents on *
    read: orders-dev-read nodejs22.x a.read 1024 MB 6 s x86_64 logs for ever
      Allow dynamodb:GetItem, dynamodb:Query on arn:aws:dynamodb:us-east-1:123456789012:table/orders
    write: orders-dev-write nodejs22.x a.write 1024 MB 6 s x86_64 logs for ever
      Allow logs:PutLogEvents on *
      Deny dynamodb:DeleteTable on * if {"StringEquals":{"aws:RequestedRegion":"us-east-1"}}
    note serverless.yml:2: `frameworkVersion` has no effect: no version of the Serverless Framework runs.
    note serverless.yml:18: `functions.read.iamRoleStatementsName` has no effect: roles are named after the service, the stage and the function.
    "#);
}

#[test]
fn python_with_requirements() {
    let text = "service: reports
useDotenv: true
custom:
  pythonRequirements: {dockerizePip: non-linux, slim: true}
provider:
  name: aws
  runtime: python3.12
  architecture: arm64
  memorySize: 512
  timeout: 30
  logRetentionInDays: 30
  tags: {team: data}
  stackTags: {cost-center: '42'}
package:
  individually: true
  patterns: ['!**', 'reports/**', './shared/**']
plugins:
  - serverless-python-requirements
functions:
  build:
    handler: reports/build.handler
    description: Builds reports
    tags: {part: build}
    package: {exclude: [reports/tests/**], include: [data.csv]}
  zipped:
    handler: reports/zipped.handler
    package: {artifact: dist/zipped.zip}
";
    insta::assert_snapshot!(Outside::default().shown(text), @r#"
    reports-dev in us-east-1
    roles: path / boundary None tags {"cost-center": "42"}
    build: reports-dev-build python3.12 reports/build.handler 512 MB 30 s arm64 logs 30 d
      code . ["!reports/tests/**", "!**", "reports/**", "shared/**", "data.csv"]
      tags {"part": "build", "team": "data"}
    zipped: reports-dev-zipped python3.12 reports/zipped.handler 512 MB 30 s arm64 logs 30 d
      code dist/zipped.zip []
      tags {"team": "data"}
    note serverless.yml:2: `useDotenv` has no effect here: no `.env` file was read.
    note serverless.yml:4: The options of `custom.pythonRequirements` have no effect: requirements are installed as wheels for Lambda, without Docker, and packaged whole.
    "#);
}

#[test]
fn an_http_api() {
    let text = "  httpApi:
    payload: '1.0'
    cors:
      allowedOrigins: [https://example.com]
      allowedMethods: [GET, POST]
      exposedResponseHeaders: [X-Total]
      allowCredentials: true
      maxAge: 600
functions:
  all: {handler: a.all, events: [{httpApi: '*'}]}
  one:
    handler: a.one
    httpApi: {payload: '2.0'}
    events:
      - httpApi: GET /orders/{id}
      - httpApi: {path: /orders, method: '*'}
";
    insta::assert_snapshot!(of(text), @r#"
    orders-dev in us-east-1
    all: orders-dev-all nodejs22.x a.all 1024 MB 6 s x86_64 logs for ever
    one: orders-dev-one nodejs22.x a.one 1024 MB 6 s x86_64 logs for ever
    ANY / -> all (1.0) cors ["https://example.com"] ["GET", "POST"] Some(600)
    ANY /{proxy+} -> all (1.0) cors ["https://example.com"] ["GET", "POST"] Some(600)
    GET /orders/{id} -> one (2.0) cors ["https://example.com"] ["GET", "POST"] Some(600)
    ANY /orders -> one (2.0) cors ["https://example.com"] ["GET", "POST"] Some(600)
    note serverless.yml:2: `frameworkVersion` has no effect: no version of the Serverless Framework runs.
    note serverless.yml:15: The routes of `httpApi` stand below the stage here: the endpoint ends in `/<stage>`.
    note serverless.yml:15: `*` becomes two routes, `ANY /` and `ANY /{proxy+}`: the request names one of them as its `routeKey`, not `$default`.
    "#);
}

#[test]
fn parameters_and_stages() {
    let text = "service: {name: shop}
params: {default: {memory: 256}, prod: {memory: 2048}}
stages: {prod: {params: {domain: example.com}}, default: {params: {domain: localhost}}}
provider:
  name: aws
  runtime: nodejs24.x
  environment: {DOMAIN: '${param:domain}', SERVICE: '${self:service}'}
functions: {go: {handler: a.b, memorySize: '${param:memory}'}}
";
    insta::assert_snapshot!(Outside::default().shown(text), @r"
    shop-dev in us-east-1
    go: shop-dev-go nodejs24.x a.b 256 MB 6 s x86_64 logs for ever
      DOMAIN=localhost
      SERVICE=shop
    ");
    let prod = Outside { stage: Some("prod"), ..Outside::default() }.parse(text).unwrap();
    let (_, function) = prod.service.functions.first_key_value().unwrap();
    assert_eq!(function.memory_mb, 2048);
}

const BUNDLED: &str =
    "functions: {go: {handler: a.b}, zipped: {handler: a.b, package: {artifact: a.zip}, runtime: python3.12}}\n";

#[test]
fn functions_are_bundled_as_the_plugin_is_told() {
    let bundling = |text: &str| {
        let parsed = Outside::default()
            .parse(&format!("service: shop\nprovider: {{name: aws, runtime: nodejs22.x}}\n{BUNDLED}{text}"));
        let service = parsed.unwrap().service;
        let bundlings: Vec<_> = service.functions.values().map(|function| function.code.bundling.clone()).collect();
        assert_eq!(bundlings[1], None, "a zip stays as it is");
        bundlings[0].clone()
    };
    let plugin = "plugins: [serverless-esbuild]\n";
    assert_eq!(bundling(""), None);
    assert_eq!(bundling("custom: {esbuild: {minify: true}}\n"), None);
    assert_eq!(bundling(plugin), Some(crate::service::Bundling::default()));
    let told = bundling(&format!(
        "{plugin}custom: {{esbuild: {{minify: true, sourcemap: linked, target: node20, external: [a, b]}}}}\n"
    ));
    insta::assert_debug_snapshot!(told, @r#"
    Some(
        Bundling {
            minify: true,
            source_map: true,
            target: Some(
                "node20",
            ),
            external: [
                "a",
                "b",
            ],
        },
    )
    "#);
    assert_eq!(bundling("build: esbuild\n"), Some(crate::service::Bundling::default()));
    assert_eq!(bundling("build: {esbuild: false}\n"), None);
    assert!(bundling("build: {esbuild: {minify: true}}\n").unwrap().minify);
}

#[test]
fn what_a_bundler_is_told_and_can_t_be_done() {
    let text = "plugins: [serverless-esbuild]
custom:
  esbuild:
    bundle: false
    plugins: esbuild-plugins.js
    define: {VERSION: '1'}
    packager: npm
    sourcemap: inline
    minfy: true
functions: {go: {handler: a.b, module: x}}
";
    insta::assert_snapshot!(of(text), @r"
    serverless.yml:9:5: `custom.esbuild.bundle` can't be honoured: functions are bundled, or packaged as they are.
      Take it out, or bundle the functions yourself and name each function's zip with `package.artifact`.
    serverless.yml:10:5: `custom.esbuild.plugins` can't be honoured: they are programs, and reading a service file runs none.
      Take it out, or bundle the functions yourself and name each function's zip with `package.artifact`.
    serverless.yml:11:5: `custom.esbuild.define` can't be honoured: the names would have no values in the bundle.
      Take it out, or bundle the functions yourself and name each function's zip with `package.artifact`.
    serverless.yml:14:5: `workshop` knows no key `minfy` in `custom.esbuild`.
      Did you mean `minify`? Otherwise take it out.
    serverless.yml:15:32: `functions.go.module` can't be honoured: the whole folder is packaged, and handlers are named from there.
      Take it out, and write the folder before the handler: `handler: module/file.function`.
    ");
}

#[test]
fn what_requirements_are_told_and_can_t_be_done() {
    let text = "plugins: [serverless-python-requirements]
custom:
  pythonRequirements: {fileName: requirements/prod.txt, vendor: ./vendored, slim: true, zip: false}
functions: {go: {handler: a.b}}
";
    insta::assert_snapshot!(of(text), @r"
    serverless.yml:8:34: `custom.pythonRequirements.fileName` can't be honoured: what is installed is listed in requirements.txt.
      Rename requirements/prod.txt to requirements.txt, and take it out.
    serverless.yml:8:57: `custom.pythonRequirements.vendor` can't be honoured: the folder's modules would not be where they are imported from.
      Put them beside the handlers, or list the folder in requirements.txt.
    ");
}
