//! The lesson's own folder, as its readers have it: a serverless.yml and a handler.js, deployed and run as they are.

use std::process::Command;

use crate::support::{Ended, Home, epoch_ms, eventually};

const SERVICE: &str = r#"service: step-functions-example

plugins:
  - serverless-step-functions
  - serverless-pseudo-parameters

provider:
  name: aws
  runtime: nodejs22.x
  stage: dev
  region: us-west-2
  environment:
    STATE_MACHINE_ARN: ${self:resources.Outputs.MyStateMachine.Value}
  iamRoleStatements:
    - Effect: Allow
      Action:
        - states:*
      Resource: ${self:resources.Outputs.MyStateMachine.Value}

functions:
  sendEmail:
    handler: handler.sendEmail
  startStateMachine:
    handler: handler.startStateMachine
    events:
      - http:
          path: start
          method: post
          cors: true

stepFunctions:
  stateMachines:
    waitToSendStateMachine:
      name: myStateMachine
      definition:
        Comment: Waits for a moment and then sends an e-mail
        StartAt: WaitForTimestamp
        States:
          WaitForTimestamp:
            Type: Wait
            TimestampPath: "$.trigger_date"
            Next: SendEmail
          SendEmail:
            Type: Task
            Resource: "arn:aws:lambda:#{AWS::Region}:#{AWS::AccountId}:function:#{AWS::StackName}-sendEmail"
            End: true

resources:
  Outputs:
    MyStateMachine:
      Value:
        Ref: MyStateMachine
"#;

const HANDLER: &str = r#"import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";

export const sendEmail = async (event) => {
  console.log("send email triggered at", new Date().toISOString(), "for", event.taskName);
  return { sent: true };
};

export const startStateMachine = async (event) => {
  const { taskName, startAt } = JSON.parse(event.body);
  const client = new SFNClient({});
  await client.send(new StartExecutionCommand({
    stateMachineArn: process.env.STATE_MACHINE_ARN,
    name: taskName,
    input: JSON.stringify({ taskName, trigger_date: new Date(startAt).toISOString() }),
  }));
  return {
    statusCode: 200,
    headers: { "Access-Control-Allow-Origin": "*" },
    body: JSON.stringify({ message: "Started the step function. View the scheduled step function in aws console." }),
  };
};
"#;

const PACKAGE: &str = "{\n  \"name\": \"step-functions-example\",\n  \"private\": true,\n  \"type\": \"module\"\n}\n";

#[test]
fn the_lessons_folder_runs_as_it_is() {
    let home = Home::new();
    for (name, text) in [("serverless.yml", SERVICE), ("handler.js", HANDLER), ("package.json", PACKAGE)] {
        std::fs::write(home.path("work").join(name), text).expect("a file");
    }
    let deployed = home.ok(&["deploy", "--local"]);
    assert!(deployed.contains("region: us-west-2") && deployed.contains("myStateMachine"), "{deployed}");
    let info = home.ok(&["info", "--local"]);
    let url = info.lines().find_map(|line| line.strip_prefix("endpoint: POST - ")).expect("the endpoint");

    let tail = home.spawn(&["logs", "--local", "-f", "sendEmail", "-t"]);
    let at = epoch_ms(3_000);
    // The lesson's own command, word for word but for the address and the moment.
    let command = format!(
        r#"curl -vvv -X POST -d '{{"taskName": "tasktwo", "startAt": {at}}}' -H "Content-Type: application/json" {url}"#
    );
    let mut shell: Command = home.command("sh");
    let answer = Ended::of(shell.args(["-c", &command]).output().expect("sh"));
    assert!(answer.stdout.contains("Started the step function."), "{answer:#?}");
    let line = tail.line_with("send email triggered at");
    assert!(epoch_ms(0) >= at, "it fired early: {line}");
    assert!(line.contains("tasktwo"), "{line}");
    assert_eq!(tail.interrupt(), Some(0));

    eventually("tasktwo to end", || {
        let shown = home.json(&["show", "--local", "tasktwo", "--json"]);
        if shown["status"] == "SUCCEEDED" { Ok(()) } else { Err(shown["status"].to_string()) }
    });
    assert!(home.ok(&["list", "--local"]).contains("tasktwo"));
    let removed = home.ok(&["remove", "--local", "--yes"]);
    assert!(removed.contains("all gone"), "{removed}");
}
