"""Functions written in Python, through boto3: what AWS's runtime makes of results, errors and logs."""

import io
import json
import sys
import time
import zipfile

import boto3

lam, iam, logs, sfn = (boto3.client(name) for name in ("lambda", "iam", "logs", "stepfunctions"))

SOURCE = '''
import decimal
import logging
import os
import sys
import time

logger = logging.getLogger()
logger.setLevel(logging.INFO)
calls = 0

def echo(event, context):
    return event

def raw(event, context):
    return b'"bytes"'

def typed(event, context):
    return {"int": 1, "float": 1.0, "none": None, "text": "é", "decimal": [decimal.Decimal("1"), decimal.Decimal("2.5")]}

def strange(event, context):
    return {1, 2}

class CustomError(Exception):
    pass

def fails(event, context):
    inner(event)

def inner(event):
    raise CustomError("no " + event["what"])

def leaves(event, context):
    print("last words")
    sys.exit(7)

def sleeps(event, context):
    time.sleep(60)

def counts(event, context):
    global calls
    calls += 1
    return calls

def context(event, context):
    print("to stdout")
    print("to stderr", file=sys.stderr)
    logger.info("to the logger")
    logging.debug("not shown")
    return [
        context.function_name, context.function_version, context.memory_limit_in_mb, context.log_group_name,
        context.invoked_function_arn, context.aws_request_id, context.get_remaining_time_in_millis(),
        context.log_stream_name == os.environ["AWS_LAMBDA_LOG_STREAM_NAME"], os.environ["AWS_EXECUTION_ENV"],
        os.environ["_X_AMZN_TRACE_ID"].startswith("Root=1-"),
    ]
'''


def packed(**files):
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/") + ".py", text)
    return zipped.getvalue()


def role():
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    arn = iam.create_role(RoleName="python", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}
    policy = iam.create_policy(PolicyName="logging", PolicyDocument=json.dumps(document))["Policy"]
    iam.attach_role_policy(RoleName="python", PolicyArn=policy["Arn"])
    assert iam.get_policy(PolicyArn=policy["Arn"])["Policy"]["AttachmentCount"] == 1
    version = iam.get_policy_version(PolicyArn=policy["Arn"], VersionId="v1")["PolicyVersion"]
    assert version["Document"] == document, version
    assert [one["PolicyName"] for one in iam.list_policies(Scope="Local")["Policies"]] == ["logging"]
    try:
        iam.delete_policy(PolicyArn=policy["Arn"])
        raise AssertionError("an attached policy was deleted")
    except iam.exceptions.DeleteConflictException:
        pass
    iam.put_role_policy(RoleName="python", PolicyName="logging", PolicyDocument=json.dumps(document))
    iam.detach_role_policy(RoleName="python", PolicyArn=policy["Arn"])
    iam.delete_policy(PolicyArn=policy["Arn"])
    return arn


def function(arn, handler, files=None, **more):
    name = handler.replace(".", "-").replace("/", "-")
    # Lambda's own default of 3 seconds is short for a first invocation on a machine that does much else.
    more = {"Timeout": 60} | more
    lam.create_function(FunctionName=name, Runtime="python3.12", Role=arn, Handler=handler,
                        Code={"ZipFile": files or packed(handler=SOURCE)}, **more)
    lam.get_waiter("function_active_v2").wait(FunctionName=name)
    return name


def invoke(name, event=None, fails=False):
    answer = lam.invoke(FunctionName=name, Payload=json.dumps(event))
    assert ("FunctionError" in answer) == fails, answer
    return answer["Payload"].read().decode()


def results(arn):
    echo = function(arn, "handler.echo")
    for event in [None, True, 0.0, 1, "text", [1, {"a": []}], {"a": 1, "b": [1, 2]}]:
        assert invoke(echo, event) == json.dumps(event), event
    assert invoke(function(arn, "handler.raw")) == '"bytes"'
    typed = '{"int": 1, "float": 1.0, "none": null, "text": "é", "decimal": [1, 2.5]}'
    assert invoke(function(arn, "handler.typed")) == typed
    counts = function(arn, "handler.counts")
    assert [invoke(counts), invoke(counts)] == ["1", "2"], "a warm process is used again"
    lam.update_function_code(FunctionName=counts, ZipFile=packed(handler="def counts(event, context):\n    return 'new'\n"))
    assert invoke(counts) == '"new"'
    inside = packed(folder__module="from folder import other\ndef handler(event, context):\n    return other.NAME\n",
                    folder__other="NAME = __name__\n")
    assert invoke(function(arn, "folder/module.handler", inside)) == '"folder.other"'


def failures(arn):
    fails = function(arn, "handler.fails")
    document = json.loads(invoke(fails, {"what": "way"}, fails=True))
    assert document.pop("requestId"), document
    lines = SOURCE.splitlines()
    where = [lines.index("    inner(event)") + 1, lines.index('    raise CustomError("no " + event["what"])') + 1]
    assert document == {"errorMessage": "no way", "errorType": "CustomError", "stackTrace": [
        f'  File "/var/task/handler.py", line {where[0]}, in fails\n    inner(event)\n',
        f'  File "/var/task/handler.py", line {where[1]}, in inner\n    raise CustomError("no " + event["what"])\n',
    ]}, document
    assert "[ERROR] CustomError: no way" in logged(fails, "Traceback"), "the error is in the log"

    def kind(handler, files=None, **more):
        answer = json.loads(invoke(function(arn, handler, files, **more), {}, fails=True))
        return answer["errorType"], answer["errorMessage"]

    error_type, message = kind("handler.strange")
    assert (error_type, message) == (
        "Runtime.MarshalError", "Unable to marshal response: Object of type set is not JSON serializable")
    assert kind("handler.missing") == ("Runtime.HandlerNotFound", "Handler 'missing' missing on module 'handler'")
    assert kind("nowhere.handler") == (
        "Runtime.ImportModuleError", "Unable to import module 'nowhere': No module named 'nowhere'")
    assert kind("broken.handler", packed(broken="def handler(:\n"))[0] == "Runtime.UserCodeSyntaxError"
    assert kind("nodot")[0] == "Runtime.MalformedHandlerName"
    assert kind("raises.handler", packed(raises="1 / 0\n")) == ("ZeroDivisionError", "division by zero")
    error_type, message = kind("handler.leaves")
    assert error_type == "Runtime.ExitError" and message.endswith("exit status 7"), message
    assert "last words" in logged("handler-leaves", "last words")
    error_type, message = kind("handler.sleeps", Timeout=1)
    assert error_type == "Sandbox.Timedout" and message.endswith("Task timed out after 1.00 seconds"), message


def surroundings(arn):
    name = function(arn, "handler.context", Timeout=9, MemorySize=256)
    *told, left_ms, same_stream, environment, traced = json.loads(invoke(name, {}))
    found = lam.get_function(FunctionName=name)["Configuration"]
    assert told == [name, "$LATEST", "256", f"/aws/lambda/{name}", found["FunctionArn"], told[-1]], told
    assert 0 < left_ms <= 9000, left_ms
    assert (same_stream, environment, traced) == (True, "AWS_Lambda_python3.12", True)
    text = logged(name, "to the logger")
    assert "to stdout\n" in text and "to stderr\n" in text and "not shown" not in text, text
    line = next(line for line in text.splitlines() if "to the logger" in line)
    assert line.startswith("[INFO]\t2") and line.split("\t")[2] == told[-1], line


def logged(name, wanted):
    end = time.monotonic() + 60
    while True:
        events = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
        text = "\n".join(event["message"] for event in events)
        if wanted in text:
            return text
        assert time.monotonic() < end, f"waited for {wanted} in:\n{text}"
        time.sleep(0.02)


def nowhere_to_run(arn):
    document = json.loads(invoke(function(arn, "handler.echo"), {}, fails=True))
    assert "no working python3 on its PATH" in document["errorMessage"], document


if __name__ == "__main__":
    made = role()
    if "without-python" in sys.argv:
        nowhere_to_run(made)
    else:
        results(made)
        failures(made)
        surroundings(made)
