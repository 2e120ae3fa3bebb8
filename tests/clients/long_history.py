"""The history of a Map of two hundred Lambda tasks, page by page: each event once. Prints the execution's ARN."""

import io
import json
import time
import zipfile

import boto3

lam, iam, sfn = (boto3.client(name) for name in ("lambda", "iam", "stepfunctions"))

ITEMS = 200
# Start, Map entered, started, succeeded and exited, end; each item: begun, entered, scheduled, started, succeeded, exited, ended.
EVENTS = 6 + 7 * ITEMS


def role(name, service):
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]}
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    allowed = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["lambda:InvokeFunction", "logs:*"], "Resource": "*"}]}
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(allowed))
    return arn


def function():
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("code.py", "def handler(event, context):\n    return event\n")
    arn = lam.create_function(
        FunctionName="echo", Runtime="python3.13", Handler="code.handler", Timeout=60,
        Role=role("for-lambda", "lambda.amazonaws.com"), Code={"ZipFile": zipped.getvalue()})["FunctionArn"]
    lam.get_waiter("function_active_v2").wait(FunctionName="echo")
    return arn


def ids(arn, **settings):
    pages = sfn.get_paginator("get_execution_history").paginate(executionArn=arn, **settings)
    events = [event for page in pages for event in page["events"]]
    assert all(event["previousEventId"] < event["id"] for event in events)
    return [event["id"] for event in events]


task = {"Type": "Task", "Resource": function(), "End": True}
definition = {"StartAt": "M", "States": {"M": {
    "Type": "Map", "End": True, "ItemProcessor": {"StartAt": "T", "States": {"T": task}}}}}
machine = sfn.create_state_machine(
    name="many", definition=json.dumps(definition), roleArn=role("for-states", "states.amazonaws.com"))["stateMachineArn"]
arn = sfn.start_execution(stateMachineArn=machine, input=json.dumps(list(range(ITEMS))))["executionArn"]
while sfn.describe_execution(executionArn=arn)["status"] == "RUNNING":
    time.sleep(0.1)
execution = sfn.describe_execution(executionArn=arn)
assert execution["status"] == "SUCCEEDED", execution
assert json.loads(execution["output"]) == list(range(ITEMS))
every = list(range(1, EVENTS + 1))
assert ids(arn) == every
for size in (7, 100, 1000):
    assert ids(arn, PaginationConfig={"PageSize": size}) == every, size
    assert ids(arn, PaginationConfig={"PageSize": size}, reverseOrder=True) == every[::-1], size
print(arn)
