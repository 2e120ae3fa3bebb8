//! The lesson's folder in three languages, written as its readers have it.

use std::path::Path;

use runtimes::{Interpreter, Machine, Runtime, modules};

use crate::support::Home;

/// A folder: the lesson in one language.
pub struct Folder {
    pub runtime: Runtime,
    /// How the handlers are named: `handler.sendEmail`.
    send: &'static str,
    start: &'static str,
    files: &'static [(&'static str, &'static str)],
    /// Lambda's own modules that the functions import.
    modules: &'static [&'static str],
}

/// The original: ES modules.
pub const ES_MODULES: Folder = Folder {
    runtime: Runtime::Nodejs22,
    send: "handler.sendEmail",
    start: "handler.startStateMachine",
    files: &[("handler.js", ES_HANDLER), ("package.json", PACKAGE)],
    modules: &["@aws-sdk/client-sfn"],
};

/// The same with `require`, and one handler that calls back.
pub const COMMON_JS: Folder = Folder {
    runtime: Runtime::Nodejs20,
    send: "handler.sendEmail",
    start: "handler.startStateMachine",
    files: &[("handler.js", COMMON_JS_HANDLER)],
    modules: &["@aws-sdk/client-sfn"],
};

/// The same in Python.
pub const PYTHON: Folder = Folder {
    runtime: Runtime::Python312,
    send: "handler.send_email",
    start: "handler.start_state_machine",
    files: &[("handler.py", PYTHON_HANDLER)],
    modules: &["boto3"],
};

impl Folder {
    /// Writes the folder into the one that commands run in.
    pub fn write(&self, home: &Home) {
        let service = SERVICE
            .replace("RUNTIME", self.runtime.as_str())
            .replace("SEND_HANDLER", self.send)
            .replace("START_HANDLER", self.start);
        for (name, text) in [("serverless.yml", service.as_str())].iter().chain(self.files) {
            std::fs::write(home.path("work").join(name), text).expect("a file");
        }
    }

    /// Gives a home the modules that Lambda has. They are installed once for all tests: what npm and pip install stays in the
    /// target folder.
    pub fn give_modules(&self, home: &Home) {
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let path = std::env::var_os("PATH").expect("a PATH");
        let user = std::env::var_os("HOME").expect("a HOME");
        let machine = Machine::with([("PATH", path), ("HOME", user), ("XDG_CACHE_HOME", cache.into())]);
        let declared = self.runtime.declared().expect("an interpreter runs it");
        let interpreter = Interpreter::find(&declared, &machine).expect("this machine has the interpreter");
        let needed = modules::Needed { names: self.modules.iter().map(|name| (*name).to_owned()).collect() };
        modules::install(&needed, &interpreter, &machine).expect("the SDK is installed");
        std::fs::create_dir_all(home.path(".cache/workshop")).expect("a folder");
        std::os::unix::fs::symlink(cache.join("workshop/modules"), home.path(".cache/workshop/modules"))
            .expect("a link");
    }
}

const SERVICE: &str = r#"service: step-functions-example

plugins:
  - serverless-step-functions
  - serverless-pseudo-parameters

provider:
  name: aws
  runtime: RUNTIME
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
    handler: SEND_HANDLER
  startStateMachine:
    handler: START_HANDLER
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

const ES_HANDLER: &str = r#"import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";

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

const COMMON_JS_HANDLER: &str = r#"'use strict'
const { SFNClient, StartExecutionCommand } = require('@aws-sdk/client-sfn')

module.exports.sendEmail = (event, context, callback) => {
  console.log('send email triggered at', new Date().toISOString(), 'for', event.taskName)
  return callback(null, { sent: true })
}

module.exports.startStateMachine = async (event) => {
  const { taskName, startAt } = JSON.parse(event.body)
  await new SFNClient({}).send(new StartExecutionCommand({
    stateMachineArn: process.env.STATE_MACHINE_ARN,
    name: taskName,
    input: JSON.stringify({ taskName, trigger_date: new Date(startAt).toISOString() })
  }))
  return {
    statusCode: 200,
    headers: { 'Access-Control-Allow-Origin': '*' },
    body: JSON.stringify({ message: 'Started the step function. View the scheduled step function in aws console.' })
  }
}
"#;

const PYTHON_HANDLER: &str = r#"import json
import os
from datetime import datetime, timezone

import boto3

states = boto3.client("stepfunctions")


def send_email(event, context):
    print("send email triggered at", datetime.now(timezone.utc).isoformat(), "for", event["taskName"])
    return {"sent": True}


def start_state_machine(event, context):
    body = json.loads(event["body"])
    moment = datetime.fromtimestamp(body["startAt"] / 1000, timezone.utc)
    states.start_execution(
        stateMachineArn=os.environ["STATE_MACHINE_ARN"],
        name=body["taskName"],
        input=json.dumps({"taskName": body["taskName"], "trigger_date": moment.isoformat().replace("+00:00", "Z")}),
    )
    return {
        "statusCode": 200,
        "headers": {"Access-Control-Allow-Origin": "*"},
        "body": json.dumps({"message": "Started the step function. View the scheduled step function in aws console."}),
    }
"#;
