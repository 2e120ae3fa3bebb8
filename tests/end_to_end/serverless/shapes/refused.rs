//! Shapes that can't be deployed: every line that stands in the way is named, with what to do.

use super::{FLOW, refused};

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
     19 |     OrderQueue: {Type: 'AWS::SQS::Queue'}
        |     ^^^^^^^^^^
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
     17 |     Orders:
        |     ^^^^^^
      try: Make it beforehand (AWS's console, CloudFormation, Terraform), take it out here, and pass its name or ARN with `${param:NAME}`.
    ");
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
     7 |       - schedule: rate(1 hour)
       |         ^^^^^^^^
      try: Call the function on time from outside (`workshop invoke` in a cron job), or let a state machine wait: a `Wait` state.
    error: serverless.yml:12:11: `workshop` makes no event `schedule`: nothing would start the state machine.
     12 |         - schedule: {rate: cron(0 3 * * ? *), input: {all: true}}
        |           ^^^^^^^^
      try: Start it on time from outside: `workshop start` in a cron job, or let it wait in a `Wait` state.
    error: serverless.yml:13:11: `workshop` makes no event `http`: nothing would start the state machine.
     13 |         - http: {path: orders, method: POST}
        |           ^^^^
      try: Start it from a function with an event `http`, as the lesson does, or with `workshop start`.
    error: serverless.yml:14:11: `workshop` makes no event `cloudwatchEvent`: nothing would start the state machine.
     14 |         - cloudwatchEvent: {event: {source: [aws.s3]}}
        |           ^^^^^^^^^^^^^^^
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
     5 |   apiGateway: {apiKeys: [partner]}
       |                ^^^^^^^
      try: Without it the endpoint would be open to everybody: check the key or the caller in the function, then take it out.
    error: serverless.yml:11:56: `functions.place.events.http.authorizer` can't be honoured: `workshop` makes no authorizers.
     11 |       - http: {path: orders, method: post, cors: true, authorizer: check}
        |                                                        ^^^^^^^^^^
      try: The endpoint would be open to everybody: check the caller in the function, then take it out.
    error: serverless.yml:12:43: `functions.place.events.http.private` can't be honoured: the HTTP API has no API keys.
     12 |       - http: {path: orders, method: get, private: true}
        |                                           ^^^^^^^
      try: The endpoint would be open to everybody: check the caller in the function, then take it out.
    error: serverless.yml:13:39: `functions.place.events.http.authorizer` can't be honoured: `workshop` makes no authorizers.
     13 |       - http: {path: me, method: get, authorizer: {type: COGNITO_USER_POOLS, authorizerId: {Ref: Authorizer}}}
        |                                       ^^^^^^^^^^
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
     4 |   secrets: ${ssm:/aws/reference/secretsmanager/orders}
       |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      try: Write `${param:NAME}` and deploy with `--param NAME=value`, or `${env:NAME}` and set the environment variable.
    error: serverless.yml:9:10: `${ssm:...}` reads the Parameter Store or the Secrets Manager of an account, which `workshop` does not do.
     9 |     KEY: ${ssm:/orders/${sls:stage}/key}
       |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      try: Write `${param:NAME}` and deploy with `--param NAME=value`, or `${env:NAME}` and set the environment variable.
    error: serverless.yml:10:12: `${cf:...}` reads an output of a CloudFormation stack, which `workshop` does not do.
     10 |     TOPIC: ${cf:network-dev.Topic, 'none'}
        |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      try: Write `${param:NAME}` and deploy with `--param NAME=value`, or `${env:NAME}` and set the environment variable.
    ");
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
     3 | plugins: [serverless-step-functions, serverless-stepfunctions, ./plugins/own, serverless-domain-manager]
       |                                      ^^^^^^^^^^^^^^^^^^^^^^^^
      try: Did you mean `serverless-step-functions`? Take it out of `plugins` if the service is the same without it.
    error: serverless.yml:3:64: `workshop` does not know the plugin `./plugins/own`, and runs no plugins.
     3 | plugins: [serverless-step-functions, serverless-stepfunctions, ./plugins/own, serverless-domain-manager]
       |                                                                ^^^^^^^^^^^^^
      try: Take it out of `plugins` if the service is the same without it.
    error: serverless.yml:3:79: `workshop` does not do what the plugin serverless-domain-manager does.
     3 | plugins: [serverless-step-functions, serverless-stepfunctions, ./plugins/own, serverless-domain-manager]
       |                                                                               ^^^^^^^^^^^^^^^^^^^^^^^^^
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
     12 |     OrderRole: {Type: 'AWS::IAM::Role', Properties: {}}
        |     ^^^^^^^^^
      try: Functions and state machines get roles of their own: list what they need under `iamRoleStatements`.
    ");
}
