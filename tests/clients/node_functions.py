"""Functions written in JavaScript, through boto3: answers, errors, logs in text and JSON, and Lambda's own modules."""

import io
import json
import sys
import time
import zipfile

import boto3

lam, iam, logs, sfn = (boto3.client(name) for name in ("lambda", "iam", "logs", "stepfunctions"))

MODULE = """
import { inner } from './lib/inner.mjs';

let calls = 0;
export const echo = async (event) => event;
export const counts = async () => ++calls;
export const fails = async (event) => inner(event.what);
export const leaves = async () => { console.log('last words'); process.exit(7); };
export const sleeps = async () => new Promise((resolve) => setTimeout(resolve, 60_000));
export const callback = (event, context, done) => done(null, { called: context.functionName });
export const says = async (event, context) => {
  console.log('told', { a: 1 });
  console.error('failed');
  console.debug('detail');
  return [context.functionName, context.functionVersion, context.memoryLimitInMB, context.logGroupName,
    context.invokedFunctionArn, context.awsRequestId, process.env.AWS_EXECUTION_ENV, process.env.TZ,
    process.env.LAMBDA_RUNTIME_DIR !== undefined, process.env.WORKSHOP_NODE_MODULES === undefined];
};
export const streams = awslambda.streamifyResponse(async (event, stream) => {
  stream.setContentType('application/json');
  stream.write('{"streamed": ');
  stream.write(JSON.stringify(event));
  stream.end('}');
});
export const writes = async () => {
  const { writeFileSync, readFileSync } = await import('node:fs');
  const mine = `${process.env.TMPDIR ?? '/tmp'}/mine`;
  writeFileSync(mine, 'kept');
  try {
    writeFileSync(`${process.env.LAMBDA_TASK_ROOT}/index.mjs`, '');
    return 'wrote its own code';
  } catch (error) {
    return [readFileSync(mine, 'utf8'), error.code];
  }
};
"""

STARTS = """
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';

const client = new SFNClient();
export const handler = async (event) => {
  const { executionArn } = await client.send(new StartExecutionCommand(event));
  return executionArn;
};
"""

INNER = "export function inner(what) { throw new TypeError(`no ${what}`); }\n"


def packed(**files):
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/") + ".mjs", text)
    return zipped.getvalue()


def role():
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]},
         "Action": "sts:AssumeRole"}]}
    arn = iam.create_role(RoleName="node", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    allowed = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["logs:*", "states:StartExecution"], "Resource": "*"}]}
    iam.put_role_policy(RoleName="node", PolicyName="own", PolicyDocument=json.dumps(allowed))
    return arn


def function(arn, handler, files=None, runtime="nodejs22.x", name=None, **more):
    name = name or handler.replace(".", "-")
    # Lambda's own default of 3 seconds is short for a first invocation on a machine that does much else.
    more = {"Timeout": 60} | more
    lam.create_function(FunctionName=name, Runtime=runtime, Role=arn, Handler=handler,
                        Code={"ZipFile": files or packed(index=MODULE, lib__inner=INNER)}, **more)
    lam.get_waiter("function_active_v2").wait(FunctionName=name)
    return name


def invoke(name, event=None, fails=False):
    answer = lam.invoke(FunctionName=name, Payload=json.dumps(event))
    text = answer["Payload"].read().decode()
    assert ("FunctionError" in answer) == fails, text
    return json.loads(text)


def results(arn):
    echo = function(arn, "index.echo")
    for event in [None, True, 0, "text", [1, {"a": []}], {"a": 1, "b": [1, "é"]}]:
        assert invoke(echo, event) == event, event
    counts = function(arn, "index.counts")
    assert [invoke(counts), invoke(counts)] == [1, 2], "a warm process is used again"
    lam.update_function_code(FunctionName=counts, ZipFile=packed(index="export const counts = async () => 'new';"))
    assert invoke(counts) == "new"
    assert invoke(function(arn, "index.callback")) == {"called": "index-callback"}
    modern = function(arn, "index.echo", runtime="nodejs24.x", name="modern")
    assert invoke(modern, {"a": 1}) == {"a": 1}
    assert invoke(function(arn, "index.streams"), {"a": 1}) == {"streamed": {"a": 1}}
    assert invoke(function(arn, "index.writes")) in (["kept", "EROFS"], ["kept", "EACCES"])


def failures(arn):
    document = invoke(function(arn, "index.fails"), {"what": "way"}, fails=True)
    assert (document["errorType"], document["errorMessage"]) == ("TypeError", "no way"), document
    assert "at inner (file:///var/task/lib/inner.mjs:1:" in document["trace"][1], document
    assert "Invoke Error" in logged("/aws/lambda/index-fails", "Invoke Error")

    def kind(handler, files=None, **more):
        answer = invoke(function(arn, handler, files, **more), {}, fails=True)
        return answer["errorType"], answer["errorMessage"]

    assert kind("index.missing")[0] == "Runtime.HandlerNotFound"
    assert kind("nowhere.handler")[0] == "Runtime.ImportModuleError"
    assert kind("broken.handler", packed(broken="export const handler = (")) [0] == "Runtime.UserCodeSyntaxError"
    error_type, message = kind("index.leaves")
    assert error_type == "Runtime.ExitError" and message.endswith("Error: Runtime exited with error: exit status 7"), message
    assert "last words" in logged("/aws/lambda/index-leaves", "last words")
    error_type, message = kind("index.sleeps", Timeout=1)
    assert error_type == "Sandbox.Timedout" and message.endswith("Task timed out after 1.00 seconds"), message


def refusals(arn):
    def refused(runtime):
        try:
            function(arn, "index.echo", runtime=runtime, name="refused")
        except lam.exceptions.InvalidParameterValueException as error:
            return error.response["Error"]["Message"]
        raise AssertionError(f"{runtime} was taken")

    assert refused("nodejs18.x") == (
        "The runtime parameter of nodejs18.x is no longer supported for creating or updating AWS Lambda functions. We "
        "recommend you use a supported runtime while creating or updating functions.")
    assert refused("ruby3.4").startswith("The embedded cloud does not run 'ruby3.4'."), refused("ruby3.4")


def surroundings(arn):
    name = function(arn, "index.says", Timeout=9, MemorySize=256)
    *told, request_id, execution, zone, has_folder, is_hidden = invoke(name, {})
    found = lam.get_function(FunctionName=name)["Configuration"]
    assert told == [name, "$LATEST", "256", f"/aws/lambda/{name}", found["FunctionArn"]], told
    assert (execution, zone, has_folder, is_hidden) == ("AWS_Lambda_nodejs22.x", ":UTC", True, True)
    lines = logged(f"/aws/lambda/{name}", "detail")
    assert f"\t{request_id}\tINFO\ttold {{ a: 1 }}\n" in lines and f"\t{request_id}\tERROR\tfailed\n" in lines, lines


def json_logs(arn):
    logging = {"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "DEBUG", "LogGroup": "/own/group"}
    name = function(arn, "index.says", name="json", LoggingConfig=logging)
    assert lam.get_function_configuration(FunctionName=name)["LoggingConfig"] == logging
    invoke(name, {})
    events = [json.loads(line) for line in logged("/own/group", "platform.report").splitlines() if line]
    platform = [event["type"] for event in events if "type" in event]
    assert platform == ["platform.initStart", "platform.initRuntimeDone", "platform.initReport", "platform.start",
                        "platform.runtimeDone", "platform.report"], platform
    own = [(event["level"], event["message"]) for event in events if "level" in event]
    assert own == [("INFO", "told { a: 1 }"), ("ERROR", "failed")], own
    report = events[-1]["record"]
    assert report["status"] == "success" and report["metrics"]["memorySizeMB"] == 128, report
    changed = lam.update_function_configuration(FunctionName=name, LoggingConfig={"LogFormat": "Text"})
    assert changed["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": "/own/group"}, changed


def starts_an_execution(arn):
    """As the lesson's function does, with the SDK that Lambda brings."""
    definition = {"StartAt": "End", "States": {"End": {"Type": "Pass", "End": True}}}
    machine = sfn.create_state_machine(name="started", definition=json.dumps(definition), roleArn=arn)
    event = {"stateMachineArn": machine["stateMachineArn"], "input": '{"a": 1}'}
    execution = invoke(function(arn, "index.handler", packed(index=STARTS), name="starts", Timeout=30, MemorySize=256), event)
    end = time.monotonic() + 60
    while (described := sfn.describe_execution(executionArn=execution))["status"] != "SUCCEEDED":
        assert time.monotonic() < end, described
        time.sleep(0.02)
    assert json.loads(described["output"]) == {"a": 1}, described


def without_modules(arn):
    document = invoke(function(arn, "index.handler", packed(index=STARTS), name="without"), {}, fails=True)
    assert document["errorType"] in ("Runtime.ImportModuleError", "Error"), document
    assert "Cannot find package '@aws-sdk/client-sfn'" in document["errorMessage"], document
    assert "workshop deploy --local" in logged("/aws/lambda/without", "workshop deploy --local")


def logged(group, wanted):
    end = time.monotonic() + 60
    while True:
        try:
            events = logs.filter_log_events(logGroupName=group)["events"]
        except logs.exceptions.ResourceNotFoundException:
            events = []
        text = "\n".join(event["message"] for event in events)
        if wanted in text:
            return text
        assert time.monotonic() < end, f"waited for {wanted} in:\n{text}"
        time.sleep(0.02)


def nowhere_to_run(arn):
    document = invoke(function(arn, "index.echo"), {}, fails=True)
    assert "no working node on its PATH" in document["errorMessage"], document


if __name__ == "__main__":
    made = role()
    if "without-node" in sys.argv:
        nowhere_to_run(made)
    elif "without-modules" in sys.argv:
        without_modules(made)
    elif "with-modules" in sys.argv:
        starts_an_execution(made)
    else:
        results(made)
        failures(made)
        refusals(made)
        surroundings(made)
        json_logs(made)
