//! Shapes that public projects of Step Functions have: each is deployed as it says, or refused with every line that stands in
//! the way and what to do; nothing is changed or dropped without a word.

use crate::support::Ended;
use crate::support::sandbox::Sandbox;

const HANDLER: (&str, &str) =
    ("src/orders.js", "exports.place = exports.mail = exports.check = async (event) => event;\n");

const FLOW: &str = r#"{
  "StartAt": "Place",
  "States": {
    "Place": {"Type": "Task", "Resource": {"Fn::GetAtt": ["place", "Arn"]}, "End": true}
  }
}
"#;

/// A folder with a service file and others.
fn folder(service: &str, files: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("serverless.yml", service);
    files.iter().chain([&HANDLER]).for_each(|(path, text)| sandbox.write(path, text));
    sandbox
}

fn run(sandbox: &Sandbox, arguments: &str) -> Ended {
    Ended::of(sandbox.workshop(arguments).output().unwrap())
}

/// What refuses a folder: the same for `validate` and for `deploy`, which changes nothing.
fn refused(service: &str, files: &[(&str, &str)]) -> String {
    let sandbox = folder(service, files);
    let validated = run(&sandbox, "validate");
    assert_eq!(validated.code, Some(3), "{validated:#?}");
    let deployed = run(&sandbox, "deploy --local");
    assert_eq!(deployed.code, Some(3), "{deployed:#?}");
    assert_eq!(deployed.stderr, validated.stderr);
    validated.stderr
}

/// What is said of a folder that is deployed, and what is then there: as `print` has it, and once more unchanged.
fn deployed(service: &str, files: &[(&str, &str)]) -> String {
    let sandbox = folder(service, files);
    let validated = run(&sandbox, "validate");
    assert_eq!(validated.code, Some(0), "{validated:#?}");
    let first = run(&sandbox, "deploy --local");
    assert_eq!(first.code, Some(0), "{first:#?}");
    let again = run(&sandbox, "deploy --local");
    assert!(again.stderr.contains("Nothing to deploy"), "{again:#?}");
    let printed = run(&sandbox, "print --local");
    let text = format!("{}{}", printed.stderr, printed.stdout);
    text
}

#[test]
fn a_queue_of_its_own_is_refused() {
    let service = "service: orders
provider: {name: aws, runtime: nodejs20.x}
plugins: [serverless-step-functions]
functions:
  place: {handler: src/orders.place}
stepFunctions:
  stateMachines:
    order:
      definition:
        StartAt: Enqueue
        States:
          Enqueue:
            Type: Task
            Resource: arn:aws:states:::sqs:sendMessage
            Parameters: {QueueUrl: {Ref: OrderQueue}, MessageBody.$: $}
            End: true
resources:
  Resources:
    OrderQueue: {Type: 'AWS::SQS::Queue'}
";
    insta::assert_snapshot!(refused(service, &[]), @"");
}

#[test]
fn a_table_of_its_own_is_refused() {
    let service = "service: orders
provider:
  name: aws
  runtime: nodejs20.x
  environment: {TABLE: {Ref: Orders}}
  iamRoleStatements:
    - Effect: Allow
      Action: ['dynamodb:PutItem']
      Resource: {Fn::GetAtt: [Orders, Arn]}
functions:
  place: {handler: src/orders.place}
stepFunctions:
  stateMachines:
    order: {definition: '${file(order.json)}'}
resources:
  Resources:
    Orders:
      Type: AWS::DynamoDB::Table
      Properties: {BillingMode: PAY_PER_REQUEST}
";
    insta::assert_snapshot!(refused(service, &[("order.json", FLOW)]), @"");
}

#[test]
fn definitions_in_files_with_keys_are_deployed() {
    let service = "service: orders
custom: {prefix: '${self:service}-${sls:stage}'}
provider:
  name: aws
  runtime: nodejs20.x
  stage: ${opt:stage, 'test'}
  environment: ${file(config/env.yml):${self:provider.stage}}
functions: ${file(config/functions.yml)}
stepFunctions:
  stateMachines: ${file(machines/all.yml):stateMachines}
";
    let files = [
        ("config/env.yml", "test: {FROM: test@example.com}\nprod: {FROM: shop@example.com}\n"),
        ("config/functions.yml", "place: {handler: src/orders.place}\nmail: {handler: src/orders.mail, timeout: 30}\n"),
        (
            "machines/all.yml",
            "stateMachines:\n  order:\n    name: ${self:custom.prefix}-order\n    definition: ${file(machines/order.json)}\n",
        ),
        ("machines/order.json", FLOW),
    ];
    insta::assert_snapshot!(deployed(service, &files), @"");
}

#[test]
fn schedules_are_refused() {
    let service = "service: orders
provider: {name: aws, runtime: nodejs20.x}
functions:
  place:
    handler: src/orders.place
    events:
      - schedule: rate(1 hour)
stepFunctions:
  stateMachines:
    order:
      events:
        - schedule: {rate: cron(0 3 * * ? *), input: {all: true}}
        - http: {path: orders, method: POST}
        - cloudwatchEvent: {event: {source: [aws.s3]}}
      definition: ${file(order.json)}
";
    insta::assert_snapshot!(refused(service, &[("order.json", FLOW)]), @"");
}

#[test]
fn authorizers_of_a_rest_api_are_refused() {
    let service = "service: orders
provider:
  name: aws
  runtime: nodejs20.x
  apiGateway: {apiKeys: [partner]}
functions:
  check: {handler: src/orders.check}
  place:
    handler: src/orders.place
    events:
      - http: {path: orders, method: post, cors: true, authorizer: check}
      - http: {path: orders, method: get, private: true}
      - http: {path: me, method: get, authorizer: {type: COGNITO_USER_POOLS, authorizerId: {Ref: Authorizer}}}
stepFunctions:
  stateMachines:
    order: {definition: '${file(order.json)}'}
";
    insta::assert_snapshot!(refused(service, &[("order.json", FLOW)]), @"");
}

#[test]
fn variables_of_the_parameter_store_are_refused() {
    let service = "service: orders
custom:
  unused: ${ssm:/never/read}
  secrets: ${ssm:/aws/reference/secretsmanager/orders}
provider:
  name: aws
  runtime: nodejs20.x
  environment:
    KEY: ${ssm:/orders/${sls:stage}/key}
    TOPIC: ${cf:network-dev.Topic, 'none'}
    TOKEN: ${self:custom.secrets.token}
functions:
  place: {handler: src/orders.place}
";
    insta::assert_snapshot!(refused(service, &[]), @"");
}

/// They are checked; whether they are deployed is told elsewhere.
#[test]
fn activities_are_read() {
    let service = "service: orders
provider: {name: aws, runtime: nodejs20.x}
functions:
  place: {handler: src/orders.place}
stepFunctions:
  stateMachines:
    order:
      definition:
        StartAt: Approve
        States:
          Approve:
            Type: Task
            Resource: {Ref: ApproveOrderStepFunctionsActivity}
            HeartbeatSeconds: 60
            TimeoutSeconds: 3600
            End: true
  activities: [approveOrder]
";
    let sandbox = folder(service, &[]);
    let validated = run(&sandbox, "validate");
    assert_eq!(validated.code, Some(0), "{validated:#?}");
    let printed = run(&sandbox, "print --local --json").stdout;
    assert!(printed.contains("arn:aws:states:us-east-1:000000000000:activity:approveOrder"), "{printed}");
}

#[test]
fn an_express_machine_logs_to_a_group_that_exists() {
    let service = "service: orders
provider: {name: aws, runtime: nodejs20.x}
functions:
  place: {handler: src/orders.place}
stepFunctions:
  validate: true
  stateMachines:
    order:
      type: EXPRESS
      loggingConfig:
        level: ALL
        includeExecutionData: true
        destinations: ['arn:aws:logs:#{AWS::Region}:#{AWS::AccountId}:log-group:/orders:*']
      tracingConfig: {enabled: true}
      definition: ${file(order.json)}
";
    insta::assert_snapshot!(deployed(service, &[("order.json", FLOW)]), @"");
    let own = service
        .replace("'arn:aws:logs:#{AWS::Region}:#{AWS::AccountId}:log-group:/orders:*'", "{Fn::GetAtt: [Log, Arn]}");
    let own = format!("{own}resources: {{Resources: {{Log: {{Type: 'AWS::Logs::LogGroup'}}}}}}\n");
    insta::assert_snapshot!(refused(&own, &[("order.json", FLOW)]), @"");
}

#[test]
fn statements_of_each_function_are_deployed() {
    let service = "service: orders
plugins: [serverless-step-functions, serverless-iam-roles-per-function]
custom: {serverless-iam-roles-per-function: {defaultInherit: true}}
provider:
  name: aws
  runtime: nodejs20.x
  iam: {role: {statements: [{Effect: Allow, Action: 'xray:PutTraceSegments', Resource: '*'}]}}
functions:
  place:
    handler: src/orders.place
    iamRoleStatementsName: place-role
    iamRoleStatements:
      - Effect: Allow
        Action: states:StartExecution
        Resource: {Ref: OrderStepFunctionsStateMachine}
      - Effect: Deny
        Action: ['s3:DeleteObject', 's3:DeleteBucket']
        Resource: '*'
        Condition: {StringNotEquals: {'aws:RequestedRegion': [!Ref AWS::Region]}, Bool: {'aws:SecureTransport': true}}
  mail:
    handler: src/orders.mail
    iamRoleStatementsInherit: false
    iamRoleStatements:
      - {Effect: Allow, Action: 'ses:SendEmail', Resource: '*'}
  check: {handler: src/orders.check, role: 'arn:aws:iam::000000000000:role/check'}
stepFunctions:
  stateMachines:
    order: {definition: '${file(order.json)}'}
";
    insta::assert_snapshot!(deployed(service, &[("order.json", FLOW)]), @"");
}

#[test]
fn exact_versions_are_what_is_deployed_anyway() {
    let service = "service: orders
provider: {name: aws, runtime: nodejs20.x, versionFunctions: true}
plugins: [serverless-step-functions, serverless-offline, serverless-prune-plugin]
custom: {prune: {automatic: true, number: 3}}
functions:
  place: {handler: src/orders.place}
stepFunctions:
  stateMachines:
    order:
      useExactVersion: true
      definition: ${file(order.json)}
";
    insta::assert_snapshot!(deployed(service, &[("order.json", FLOW)]), @"");
}

#[test]
fn plugins_that_nobody_knows_are_refused() {
    let service = "service: orders
provider: {name: aws, runtime: nodejs20.x}
plugins: [serverless-step-functions, serverless-stepfunctions, ./plugins/own, serverless-domain-manager]
functions:
  place: {handler: src/orders.place}
stepFunctions:
  stateMachines:
    order: {definition: '${file(order.json)}'}
";
    insta::assert_snapshot!(refused(service, &[("order.json", FLOW)]), @"");
}

#[test]
fn a_role_of_the_folders_own_is_refused() {
    let service = "service: orders
provider: {name: aws, runtime: nodejs20.x}
functions:
  place: {handler: src/orders.place}
stepFunctions:
  stateMachines:
    order:
      role: {Fn::GetAtt: [OrderRole, Arn]}
      definition: ${file(order.json)}
resources:
  Resources:
    OrderRole: {Type: 'AWS::IAM::Role', Properties: {}}
  Outputs:
    Order: {Value: {Ref: OrderStepFunctionsStateMachine}}
";
    insta::assert_snapshot!(refused(service, &[("order.json", FLOW)]), @"");
}

/// What `print` says of a folder is a service file that says the same.
#[test]
fn what_is_printed_deploys_as_nothing_new() {
    let service = "service: orders
provider:
  name: aws
  runtime: nodejs20.x
  logRetentionInDays: 7
functions:
  place:
    handler: src/orders.place
    iamRoleStatements:
      - {Effect: Allow, Action: 's3:GetObject', Resource: '*', Condition: {Bool: {'aws:SecureTransport': true}}}
      - {Effect: Deny, Action: 's3:DeleteObject', Resource: '*'}
    events: [{http: POST orders}]
  check: {handler: src/orders.check, role: 'arn:aws:iam::000000000000:role/check'}
stepFunctions:
  stateMachines:
    order:
      type: EXPRESS
      role: arn:aws:iam::000000000000:role/order
      loggingConfig: {level: ERROR, destinations: ['arn:aws:logs:us-east-1:000000000000:log-group:/orders:*']}
      definition: ${file(order.json)}
";
    let sandbox = folder(service, &[("order.json", FLOW)]);
    let deployed = run(&sandbox, "deploy --local");
    assert_eq!(deployed.code, Some(0), "{deployed:#?}");
    let printed = run(&sandbox, "print --local").stdout;
    // What is deployed names the function by its ARN.
    let flow = FLOW.replace(
        r#"{"Fn::GetAtt": ["place", "Arn"]}"#,
        r#""arn:aws:lambda:us-east-1:000000000000:function:orders-dev-place""#,
    );
    sandbox.write("order.asl.json", &flow);
    sandbox.write("service.toml", &printed.replace("(in order.json)", "order.asl.json"));
    let again = run(&sandbox, "deploy --local --config service.toml");
    assert!(again.stderr.contains("Nothing to deploy"), "{again:#?}\n{printed}");
}
