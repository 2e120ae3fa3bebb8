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
    deployed_in(&folder(service, files))
}

fn deployed_in(sandbox: &Sandbox) -> String {
    let validated = run(sandbox, "validate");
    assert_eq!(validated.code, Some(0), "{validated:#?}");
    let first = run(sandbox, "deploy --local");
    assert_eq!(first.code, Some(0), "{first:#?}");
    let again = run(sandbox, "deploy --local");
    assert!(again.stderr.contains("Nothing to deploy"), "{again:#?}");
    let printed = run(sandbox, "print --local");
    format!("{}{}", printed.stderr, printed.stdout)
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
    insta::assert_snapshot!(refused(service, &[]), @r"
    error: serverless.yml:19:5: `workshop` makes no AWS::SQS::Queue: the resource `OrderQueue` would be missing.
      try: Make it beforehand (AWS's console, CloudFormation, Terraform), take it out here, and pass its name or ARN with `${param:NAME}`.
    ");
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
    insta::assert_snapshot!(refused(service, &[("order.json", FLOW)]), @r"
    error: serverless.yml:17:5: `workshop` makes no AWS::DynamoDB::Table: the resource `Orders` would be missing.
      try: Make it beforehand (AWS's console, CloudFormation, Terraform), take it out here, and pass its name or ARN with `${param:NAME}`.
    ");
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
    insta::assert_snapshot!(deployed(service, &files), @r#"
    # Stack orders-test in us-east-1, account 000000000000.
    service = "orders"
    stage = "test"

    [stack]
    role_path = "/"

    [functions.mail] # orders-test-mail
    runtime = "nodejs20.x"
    handler = "src/orders.mail"
    source = "."
    memory_mb = 1024
    timeout_s = 30
    log_retention_days = "forever"
    architecture = "x86_64"

    [functions.mail.environment]
    FROM = "test@example.com"

    [functions.place] # orders-test-place
    runtime = "nodejs20.x"
    handler = "src/orders.place"
    source = "."
    memory_mb = 1024
    timeout_s = 6
    log_retention_days = "forever"
    architecture = "x86_64"

    [functions.place.environment]
    FROM = "test@example.com"

    [throttle]
    rate_per_s = 10000
    burst = 5000

    [state_machines.order] # orders-test-order
    name = "orders-test-order"
    definition = "(in machines/order.json)"
    type = "STANDARD"
    "#);
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
    insta::assert_snapshot!(refused(service, &[("order.json", FLOW)]), @r"
    error: serverless.yml:7:9: `workshop` makes no event `schedule`: nothing would call the function.
      try: Call the function on time from outside (`workshop invoke` in a cron job), or let a state machine wait: a `Wait` state.
    error: serverless.yml:12:11: `workshop` makes no event `schedule`: nothing would start the state machine.
      try: Start it on time from outside: `workshop start` in a cron job, or let it wait in a `Wait` state.
    error: serverless.yml:13:11: `workshop` makes no event `http`: nothing would start the state machine.
      try: Start it from a function with an event `http`, as the lesson does, or with `workshop start`.
    error: serverless.yml:14:11: `workshop` makes no event `cloudwatchEvent`: nothing would start the state machine.
      try: Start it from what sends the event.
    ");
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
    insta::assert_snapshot!(refused(service, &[("order.json", FLOW)]), @r"
    error: serverless.yml:5:16: `provider.apiGateway.apiKeys` can't be honoured: an HTTP API has no API keys.
      try: Without it the endpoint would be open to everybody: check the key or the caller in the function, then take it out.
    error: serverless.yml:11:56: `functions.place.events.http.authorizer` can't be honoured: `workshop` makes no authorizers.
      try: The endpoint would be open to everybody: check the caller in the function, then take it out.
    error: serverless.yml:12:43: `functions.place.events.http.private` can't be honoured: the HTTP API has no API keys.
      try: The endpoint would be open to everybody: check the caller in the function, then take it out.
    error: serverless.yml:13:39: `functions.place.events.http.authorizer` can't be honoured: `workshop` makes no authorizers.
      try: The endpoint would be open to everybody: check the caller in the function, then take it out.
    ");
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
    insta::assert_snapshot!(refused(service, &[]), @r"
    error: serverless.yml:4:12: `${ssm:...}` reads the Parameter Store or the Secrets Manager of an account, which `workshop` does not do.
      try: Write `${param:NAME}` and deploy with `--param NAME=value`, or `${env:NAME}` and set the environment variable.
    error: serverless.yml:9:10: `${ssm:...}` reads the Parameter Store or the Secrets Manager of an account, which `workshop` does not do.
      try: Write `${param:NAME}` and deploy with `--param NAME=value`, or `${env:NAME}` and set the environment variable.
    error: serverless.yml:10:12: `${cf:...}` reads an output of a CloudFormation stack, which `workshop` does not do.
      try: Write `${param:NAME}` and deploy with `--param NAME=value`, or `${env:NAME}` and set the environment variable.
    ");
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
    let sandbox = folder(service, &[("order.json", FLOW)]);
    insta::assert_snapshot!(without_address(&run(&sandbox, "deploy --local")), @r"
    note: serverless.yml:14: `stepFunctions.stateMachines.order.tracingConfig` has no effect: executions are not traced by X-Ray.
    error: Step Functions refuses to log executions of the state machine `orders-dev-order` to arn:aws:logs:us-east-1:000000000000:log-group:/orders:*: Invalid Logging Configuration: Log Destination not found.
      try: The log group must be there before, and its ARN end in `:*`: make it (`aws logs create-log-group --log-group-name NAME`), or correct the state machine's `logging` (`loggingConfig` in a serverless.yml). Then deploy again; it goes on from where it is.
    ");
    make_log_group(&sandbox);
    insta::assert_snapshot!(deployed_in(&sandbox), @r#"
    note: serverless.yml:14: `stepFunctions.stateMachines.order.tracingConfig` has no effect: executions are not traced by X-Ray.
    # Stack orders-dev in us-east-1, account 000000000000.
    service = "orders"
    stage = "dev"

    [stack]
    role_path = "/"

    [functions.place] # orders-dev-place
    runtime = "nodejs20.x"
    handler = "src/orders.place"
    source = "."
    memory_mb = 1024
    timeout_s = 6
    log_retention_days = "forever"
    architecture = "x86_64"

    [throttle]
    rate_per_s = 10000
    burst = 5000

    [state_machines.order] # orders-dev-order
    definition = "(in order.json)"
    type = "EXPRESS"
    logging = { level = "ALL", include_execution_data = true, destinations = ["arn:aws:logs:us-east-1:000000000000:log-group:/orders:*"] }
    "#);
    let own = service
        .replace("'arn:aws:logs:#{AWS::Region}:#{AWS::AccountId}:log-group:/orders:*'", "{Fn::GetAtt: [Log, Arn]}");
    let own = format!("{own}resources: {{Resources: {{Log: {{Type: 'AWS::Logs::LogGroup'}}}}}}\n");
    insta::assert_snapshot!(refused(&own, &[("order.json", FLOW)]), @r"
    error: serverless.yml:16:25: `workshop` makes no AWS::Logs::LogGroup: the resource `Log` would be missing.
      try: Functions get their log groups, with `logRetentionInDays`. Make another one beforehand, and name it by its ARN.
    ");
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
    insta::assert_snapshot!(deployed(service, &[("order.json", FLOW)]), @r#"
    note: serverless.yml:11: `functions.place.iamRoleStatementsName` has no effect: roles are named after the service, the stage and the function.
    # Stack orders-dev in us-east-1, account 000000000000.
    service = "orders"
    stage = "dev"

    [stack]
    role_path = "/"

    [functions.check] # orders-dev-check
    runtime = "nodejs20.x"
    handler = "src/orders.check"
    source = "."
    memory_mb = 1024
    timeout_s = 6
    log_retention_days = "forever"
    architecture = "x86_64"
    role = "arn:aws:iam::000000000000:role/check"

    [functions.mail] # orders-dev-mail
    runtime = "nodejs20.x"
    handler = "src/orders.mail"
    source = "."
    memory_mb = 1024
    timeout_s = 6
    log_retention_days = "forever"
    architecture = "x86_64"

    [[functions.mail.permissions]]
    actions = ["ses:SendEmail"]
    resources = [
      "*",
    ]

    [functions.place] # orders-dev-place
    runtime = "nodejs20.x"
    handler = "src/orders.place"
    source = "."
    memory_mb = 1024
    timeout_s = 6
    log_retention_days = "forever"
    architecture = "x86_64"

    [[functions.place.permissions]]
    actions = ["xray:PutTraceSegments"]
    resources = [
      "*",
    ]

    [[functions.place.permissions]]
    actions = ["states:StartExecution"]
    resources = [
      "arn:aws:states:us-east-1:000000000000:stateMachine:orders-dev-order",
    ]

    [[functions.place.permissions]]
    effect = "Deny"
    actions = ["s3:DeleteObject", "s3:DeleteBucket"]
    resources = [
      "*",
    ]
    condition = { "StringNotEquals" = { "aws:RequestedRegion" = ["us-east-1"] }, "Bool" = { "aws:SecureTransport" = true } }

    [throttle]
    rate_per_s = 10000
    burst = 5000

    [state_machines.order] # orders-dev-order
    definition = "(in order.json)"
    type = "STANDARD"
    "#);
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
    insta::assert_snapshot!(deployed(service, &[("order.json", FLOW)]), @r#"
    note: serverless.yml:2: `provider.versionFunctions` has no effect: every deployment publishes a version of each function that changed.
    note: serverless.yml:3: The plugin serverless-offline has no effect: `workshop local` runs the service on this machine, and `--local` deploys to it.
    note: serverless.yml:3: The plugin serverless-prune-plugin has no effect: `workshop deploy prune` deletes versions that nothing needs.
    note: serverless.yml:4: `custom.prune` has no effect: neither has the plugin serverless-prune-plugin.
    note: serverless.yml:10: `stepFunctions.stateMachines.order.useExactVersion` has no effect: deployments always name the functions' versions in the definition.
    # Stack orders-dev in us-east-1, account 000000000000.
    service = "orders"
    stage = "dev"

    [stack]
    role_path = "/"

    [functions.place] # orders-dev-place
    runtime = "nodejs20.x"
    handler = "src/orders.place"
    source = "."
    memory_mb = 1024
    timeout_s = 6
    log_retention_days = "forever"
    architecture = "x86_64"

    [throttle]
    rate_per_s = 10000
    burst = 5000

    [state_machines.order] # orders-dev-order
    definition = "(in order.json)"
    type = "STANDARD"
    "#);
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
    insta::assert_snapshot!(refused(service, &[("order.json", FLOW)]), @r"
    error: serverless.yml:3:38: `workshop` does not know the plugin `serverless-stepfunctions`, and runs no plugins.
      try: Did you mean `serverless-step-functions`? Take it out of `plugins` if the service is the same without it.
    error: serverless.yml:3:64: `workshop` does not know the plugin `./plugins/own`, and runs no plugins.
      try: Take it out of `plugins` if the service is the same without it.
    error: serverless.yml:3:79: `workshop` does not do what the plugin serverless-domain-manager does.
      try: Map the domain to the API in AWS's console after a deployment, and take it out of `plugins`.
    ");
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
    insta::assert_snapshot!(refused(service, &[("order.json", FLOW)]), @r"
    error: serverless.yml:12:5: `workshop` makes no AWS::IAM::Role: the resource `OrderRole` would be missing.
      try: Functions and state machines get roles of their own: list what they need under `iamRoleStatements`.
    ");
}

/// The errors and notes of a command that fails, without what differs from run to run.
fn without_address(ended: &Ended) -> String {
    assert_eq!(ended.code, Some(3), "{ended:#?}");
    ended.stderr.lines().filter(|line| !line.starts_with("The embedded cloud runs")).collect::<Vec<_>>().join("\n")
}

fn make_log_group(sandbox: &Sandbox) {
    let made = sandbox.aws("logs create-log-group --log-group-name /orders");
    assert_eq!(made.code, Some(0), "{made:#?}");
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
      loggingConfig: {level: ERROR, destinations: ['arn:aws:logs:us-east-1:000000000000:log-group:/orders:*']}
      definition: ${file(order.json)}
    other:
      role: arn:aws:iam::000000000000:role/other
      definition: ${file(order.json)}
";
    let sandbox = folder(service, &[("order.json", FLOW)]);
    run(&sandbox, "local start");
    make_log_group(&sandbox);
    let trust = r#"{"Statement":[{"Effect":"Allow","Principal":{"Service":"states.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let made = sandbox.aws(&format!("iam create-role --role-name other --assume-role-policy-document {trust}"));
    assert_eq!(made.code, Some(0), "{made:#?}");
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
