//! Shapes of public state machines.

use super::projects::{HEAD, of};
use super::*;

#[test]
fn definitions_as_texts_of_json() {
    let text = "functions: {pay: {handler: a.pay}}
plugins: [serverless-step-functions]
stepFunctions:
  stateMachines:
    payments:
      definition: |
        {
          \"StartAt\": \"Pay\",
          \"States\": {
            \"Pay\": {\"Type\": \"Task\", \"Resource\": \"arn:aws:lambda:#{AWS::Region}:#{AWS::AccountId}:function:orders-dev-pay\", \"End\": true}
          }
        }
    substituted:
      definition: !Sub '{\"StartAt\": \"Pay\", \"States\": {\"Pay\": {\"Type\": \"Task\", \"Resource\": \"${PayLambdaFunction.Arn}\", \"End\": true}}}'
";
    insta::assert_snapshot!(of(text), @r#"
    orders-dev in us-east-1
    pay: orders-dev-pay nodejs22.x a.pay 1024 MB 6 s x86_64 logs for ever
    payments: orders-dev-payments STANDARD
      serverless.yml {"StartAt":"Pay","States":{"Pay":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:orders-dev-pay","End":true}}}
    substituted: orders-dev-substituted STANDARD
      serverless.yml {"StartAt":"Pay","States":{"Pay":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:orders-dev-pay","End":true}}}
    note serverless.yml:2: `frameworkVersion` has no effect: no version of the Serverless Framework runs.
    "#);
    let broken = text.replace("\"StartAt\": \"Pay\",\n", "\"StartAt\": \"Pay\"\n");
    insta::assert_snapshot!(of(&broken), @r"
    serverless.yml:14:11: The definition is not valid JSON: expected `,` or `}`.
      Look at the end of the value before this place: a missing comma, quote or brace is the usual cause.
    ");
    let parsed = Outside::default().parse(&format!("{HEAD}{text}")).unwrap();
    let (_, machine) = parsed.service.state_machines.first_key_value().unwrap();
    let DefinitionSource::Inline { source, document } = &machine.definition else { panic!("inline") };
    let pay = document.root.member("States").unwrap().value.member("Pay").unwrap();
    assert_eq!(&source.text[pay.key_span.clone()], "\"Pay\"");
    assert_eq!(source.position(pay.key_span.start), crate::source::Position { line: 15, column: 13 });
}

#[test]
fn several_machines_and_activities() {
    let text = "functions:
  check: {handler: a.check}
stepFunctions:
  validate: true
  noOutput: true
  activities:
    - approval
  stateMachines:
    parent:
      name: parent-${sls:stage}
      dependsOn: CustomIamRole
      useExactVersion: true
      tags: {kind: parent}
      iamRoleStatements:
        - {Effect: Allow, Action: 'sns:Publish', Resource: '*'}
      definition:
        StartAt: Child
        States:
          Child:
            Type: Task
            Resource: arn:aws:states:::states:startExecution.sync:2
            Parameters: {StateMachineArn: !Ref Child, 'Input.$': $}
            Next: Approve
          Approve:
            Type: Task
            Resource: !Ref ApprovalStepFunctionsActivity
            Next: Check
          Check:
            Type: Task
            Resource: arn:aws:states:::lambda:invoke
            Parameters: {FunctionName: !GetAtt [check, Arn], 'Payload.$': $}
            End: true
    child:
      id: Child
      role: arn:aws:iam::123456789012:role/child
      inheritGlobalTags: false
      definition: {StartAt: A, States: {A: {Type: Pass, End: true}}}
";
    insta::assert_snapshot!(of(&format!("  tags: {{team: a}}\n{text}")), @r#"
    orders-dev in us-east-1
    check: orders-dev-check nodejs22.x a.check 1024 MB 6 s x86_64 logs for ever
      tags {"team": "a"}
    child: orders-dev-child STANDARD
      role arn:aws:iam::123456789012:role/child
      serverless.yml {"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}
    parent: parent-dev STANDARD
      Allow sns:Publish on *
      tags {"kind": "parent", "team": "a"}
      serverless.yml {"StartAt":"Child","States":{"Child":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution.sync:2","Parameters":{"StateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:orders-dev-child","Input.$":"$"},"Next":"Approve"},"Approve":{"Type":"Task","Resource":"arn:aws:states:us-east-1:123456789012:activity:approval","Next":"Check"},"Check":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"arn:aws:lambda:us-east-1:123456789012:function:orders-dev-check","Payload.$":"$"},"End":true}}}
    approval: activity approval
    note serverless.yml:2: `frameworkVersion` has no effect: no version of the Serverless Framework runs.
    note serverless.yml:10: `stepFunctions.noOutput` has no effect: there is no CloudFormation stack with outputs.
    note serverless.yml:17: `stepFunctions.stateMachines.parent.dependsOn` has no effect: a deployment finds the order itself.
    note serverless.yml:18: `stepFunctions.stateMachines.parent.useExactVersion` has no effect: deployments always name the functions' versions in the definition.
    note serverless.yml:20: `stepFunctions.stateMachines.parent.iamRoleStatements` is added to what the definition shows that the state machine needs; the plugin would replace that.
    "#);
}

#[test]
fn an_express_machine_with_a_log() {
    let text = "functions: {go: {handler: a.b}}
stepFunctions:
  stateMachines:
    fast:
      type: EXPRESS
      tracingConfig: {enabled: true}
      loggingConfig:
        level: ERROR
        includeExecutionData: true
        destinations:
          - arn:aws:logs:us-east-1:123456789012:log-group:/fast:*
          - !GetAtt GoLogGroup.Arn
      definition: {StartAt: A, States: {A: {Type: Pass, End: true}}}
";
    insta::assert_snapshot!(of(text), @r#"
    orders-dev in us-east-1
    go: orders-dev-go nodejs22.x a.b 1024 MB 6 s x86_64 logs for ever
    fast: orders-dev-fast EXPRESS
      logs ERROR true to ["arn:aws:logs:us-east-1:123456789012:log-group:/fast:*", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/orders-dev-go:*"]
      serverless.yml {"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}
    note serverless.yml:2: `frameworkVersion` has no effect: no version of the Serverless Framework runs.
    note serverless.yml:11: `stepFunctions.stateMachines.fast.tracingConfig` has no effect: executions are not traced by X-Ray.
    "#);
    let with_group = text.replace("!GetAtt GoLogGroup.Arn", "!GetAtt FastLog.Arn");
    insta::assert_snapshot!(of(&format!("{with_group}resources:\n  Resources:\n    FastLog: {{Type: 'AWS::Logs::LogGroup'}}\n")), @r"
    serverless.yml:21:5: `workshop` makes no AWS::Logs::LogGroup: the resource `FastLog` would be missing.
      Functions get their log groups, with `logRetentionInDays`. Make another one beforehand, and name it by its ARN.
    ");
}

#[test]
fn activities_have_any_name_and_tags() {
    let text = "stepFunctions:
  activities:
    - approve
    - ${self:service}-${sls:stage}-an-activity-with-a-rather-long-name
    - !Sub '${AWS::StackName}-check'
    - {name: pay, tags: {team: blue}}
  stateMachines:
    m: {definition: {StartAt: A, States: {A: {Type: Task, Resource: !Ref PayStepFunctionsActivity, End: true}}}}
";
    insta::assert_snapshot!(of(text), @r#"
    orders-dev in us-east-1
    m: orders-dev-m STANDARD
      serverless.yml {"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:us-east-1:123456789012:activity:pay","End":true}}}
    AWS-StackName-check-56b4326b: activity orders-dev-check
    approve: activity approve
    orders-dev-an-activity-with-a-r-9aebd5d0: activity orders-dev-an-activity-with-a-rather-long-name
    pay: activity pay
      tags {"team": "blue"}
    note serverless.yml:2: `frameworkVersion` has no effect: no version of the Serverless Framework runs.
    "#);
}
