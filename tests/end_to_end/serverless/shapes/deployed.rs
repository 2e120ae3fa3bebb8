//! Shapes that are deployed as they say.

use super::{FLOW, folder, refused, run};
use crate::support::Ended;
use crate::support::sandbox::Sandbox;

const STATEMENTS: &str = "service: orders
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

/// What `print` says of every folder here.
const DEFAULTS: [&str; 12] = [
    "",
    "[stack]",
    "role_path = \"/\"",
    "[throttle]",
    "rate_per_s = 10000",
    "burst = 5000",
    "runtime = \"nodejs20.x\"",
    "source = \".\"",
    "memory_mb = 1024",
    "timeout_s = 6",
    "log_retention_days = \"forever\"",
    "architecture = \"x86_64\"",
];

/// What is said of a folder that is deployed, and what is then there: as `print` has it
/// but for what every service has, and once more unchanged.
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
    let lines = printed.stderr.lines().chain(printed.stdout.lines());
    lines.filter(|line| !DEFAULTS.contains(line)).collect::<Vec<_>>().join("\n")
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
    [functions.mail] # orders-test-mail
    handler = "src/orders.mail"
    timeout_s = 30
    [functions.mail.environment]
    FROM = "test@example.com"
    [functions.place] # orders-test-place
    handler = "src/orders.place"
    [functions.place.environment]
    FROM = "test@example.com"
    [state_machines.order] # orders-test-order
    name = "orders-test-order"
    definition = "(in machines/order.json)"
    type = "STANDARD"
    "#);
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
    [functions.place] # orders-dev-place
    handler = "src/orders.place"
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
     16 | resources: {Resources: {Log: {Type: 'AWS::Logs::LogGroup'}}}
        |                         ^^^
      try: Functions get their log groups, with `logRetentionInDays`. Make another one beforehand, and name it by its ARN.
    ");
}

#[test]
fn statements_of_each_function_are_deployed() {
    insta::assert_snapshot!(deployed(STATEMENTS, &[("order.json", FLOW)]), @r#"
    note: serverless.yml:11: `functions.place.iamRoleStatementsName` has no effect: roles are named after the service, the stage and the function.
    # Stack orders-dev in us-east-1, account 000000000000.
    service = "orders"
    stage = "dev"
    [functions.check] # orders-dev-check
    handler = "src/orders.check"
    role = "arn:aws:iam::000000000000:role/check"
    [functions.mail] # orders-dev-mail
    handler = "src/orders.mail"
    [[functions.mail.permissions]]
    actions = ["ses:SendEmail"]
    resources = [
      "*",
    ]
    [functions.place] # orders-dev-place
    handler = "src/orders.place"
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
    [functions.place] # orders-dev-place
    handler = "src/orders.place"
    [state_machines.order] # orders-dev-order
    definition = "(in order.json)"
    type = "STANDARD"
    "#);
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
package: {patterns: ['!**', 'src/**']}
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
