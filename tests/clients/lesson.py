"""The lesson through boto3 alone: what AWS's own client library makes of the embedded cloud's answers."""

import io
import json
import time
import zipfile

import boto3
from botocore.exceptions import ClientError

STACK = "step-functions-example-dev"
sfn, lam, iam, logs = (boto3.client(name) for name in ("stepfunctions", "lambda", "iam", "logs"))
apis = boto3.client("apigatewayv2")


def eventually(what, ask, patience_s=60):
    """Asks until the answer is true; the deadline is for a machine that hangs, not for a slow one."""
    end = time.monotonic() + patience_s
    while not (answer := ask()):
        assert time.monotonic() < end, f"waited {patience_s} s for {what}"
        time.sleep(0.02)
    return answer


def refused(code, call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return error.response["Error"]["Message"]
    raise AssertionError(f"{call} was not refused with {code}")


def ended(arn):
    answer = sfn.describe_execution(executionArn=arn)
    return answer if answer["status"] != "RUNNING" else None


def executions():
    machine = sfn.list_state_machines()["stateMachines"][0]["stateMachineArn"]
    described = sfn.describe_state_machine(stateMachineArn=machine)
    assert described["status"] == "ACTIVE" and described["type"] == "STANDARD", described
    assert "#{" not in described["definition"], "pseudo-parameters are replaced"

    text = '{"trigger_date": "2017-11-16T14:33:21.000Z", "taskName": "boto"}'
    arn = sfn.start_execution(stateMachineArn=machine, name="boto", input=text)["executionArn"]
    answer = eventually("the end", lambda: ended(arn))
    assert answer["status"] == "SUCCEEDED", answer
    assert answer["startDate"] <= answer["stopDate"]
    assert json.loads(answer["output"])["statusCode"] == 200, answer["output"]
    history = [event["type"] for event in sfn.get_execution_history(executionArn=arn)["events"]]
    assert history == [
        "ExecutionStarted", "WaitStateEntered", "WaitStateExited", "TaskStateEntered", "LambdaFunctionScheduled",
        "LambdaFunctionStarted", "LambdaFunctionSucceeded", "TaskStateExited", "ExecutionSucceeded",
    ], history

    far = '{"trigger_date": "2999-01-01T00:00:00.000Z"}'
    message = refused("ExecutionAlreadyExists", sfn.start_execution, stateMachineArn=machine, name="boto", input=far)
    assert "boto" in message, message
    refused("InvalidName", sfn.start_execution, stateMachineArn=machine, name="a b", input="{}")
    refused("InvalidExecutionInput", sfn.start_execution, stateMachineArn=machine, name="bad", input="{")
    refused("ExecutionDoesNotExist", sfn.describe_execution, executionArn=arn + "x")
    refused("StateMachineDoesNotExist", sfn.start_execution, stateMachineArn=machine + "x", input="{}")

    no_date = sfn.start_execution(stateMachineArn=machine, name="nodate", input="{}")["executionArn"]
    assert eventually("the failure", lambda: ended(no_date))["error"] == "States.Runtime"

    soon = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + 3600))
    waiting = sfn.start_execution(
        stateMachineArn=machine, name="waits", input=json.dumps({"trigger_date": soon}))["executionArn"]
    same = sfn.start_execution(stateMachineArn=machine, name="waits", input=json.dumps({"trigger_date": soon}))
    assert same["executionArn"] == waiting, "the same name and input while it runs is the same execution"
    running = sfn.list_executions(stateMachineArn=machine, statusFilter="RUNNING")["executions"]
    assert [one["name"] for one in running] == ["waits"], running
    sfn.stop_execution(executionArn=waiting, error="Enough", cause="the test is over")
    stopped = sfn.describe_execution(executionArn=waiting)
    assert (stopped["status"], stopped["error"]) == ("ABORTED", "Enough"), stopped
    pages = sfn.get_paginator("list_executions").paginate(stateMachineArn=machine, PaginationConfig={"PageSize": 1})
    assert len([one for page in pages for one in page["executions"]]) == 3


def functions():
    name = f"{STACK}-sendEmail"
    answer = lam.invoke(FunctionName=name, Payload=b'{"taskName": "x"}', LogType="Tail")
    assert answer["StatusCode"] == 200 and "FunctionError" not in answer, answer
    assert json.loads(answer["Payload"].read())["statusCode"] == 200
    assert answer["LogResult"]
    refused("ResourceNotFoundException", lam.get_function, FunctionName="nobody")
    script = "#!/bin/sh\necho this one fails >&2\nexit 3\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        archive.writestr(entry, script)
    role = iam.get_role(RoleName=f"{STACK}-us-east-1-sendEmail")["Role"]["Arn"]
    # The role may write to this group alone.
    group = f"/aws/lambda/{name}"
    lam.create_function(FunctionName="broken", Runtime="provided.al2023", Role=role, Handler="bootstrap",
                        Code={"ZipFile": packed.getvalue()}, Timeout=3, LoggingConfig={"LogGroup": group})
    lam.get_waiter("function_active_v2").wait(FunctionName="broken")
    answer = lam.invoke(FunctionName="broken", Payload=b"{}")
    assert answer["FunctionError"] == "Unhandled", answer
    assert json.loads(answer["Payload"].read())["errorType"].startswith("Runtime."), answer
    eventually("its last words", lambda: [
        event for event in logs.filter_log_events(logGroupName=group)["events"] if "this one fails" in event["message"]])
    lam.delete_function(FunctionName="broken")


def the_rest():
    api = apis.get_apis()["Items"][0]
    assert api["Name"] == STACK and api["ProtocolType"] == "HTTP", api
    assert [route["RouteKey"] for route in apis.get_routes(ApiId=api["ApiId"])["Items"]] == ["POST /start"]
    stage = apis.get_stages(ApiId=api["ApiId"])["Items"][0]
    assert stage["DefaultRouteSettings"]["ThrottlingBurstLimit"] > 0, stage
    refused("NotFoundException", apis.get_api, ApiId="nobody")
    refused("NoSuchEntity", iam.get_role, RoleName="nobody")
    group = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{STACK}-sendEmail")["logGroups"][0]
    assert group["retentionInDays"] == 14, group
    refused("ResourceNotFoundException", logs.filter_log_events, logGroupName="/nobody")


if __name__ == "__main__":
    functions()
    executions()
    the_rest()
