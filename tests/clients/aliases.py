"""Aliases, versions and their permissions, through boto3: what leads where, and who may invoke what."""

import http.client
import io
import json
import time
import zipfile

import boto3
from botocore.exceptions import ClientError

lam, iam, logs, sfn, apis = (
    boto3.client(name) for name in ("lambda", "iam", "logs", "stepfunctions", "apigatewayv2"))
NAME = "pinned"

SOURCE = '''
import os

calls = 0

def handler(event, context):
    global calls
    calls += 1
    return {
        "code": CODE, "version": context.function_version, "arn": context.invoked_function_arn, "calls": calls,
        "variable": os.environ["AWS_LAMBDA_FUNCTION_VERSION"], "stream": context.log_stream_name,
    }
'''


def packed(code):
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("handler.py", f"CODE = {code!r}\n{SOURCE}")
    return zipped.getvalue()


def refused(code, call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return error.response["Error"]["Message"]
    raise AssertionError(f"{call} was not refused with {code}")


def role():
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {
        "Service": ["lambda.amazonaws.com", "states.amazonaws.com"]}}]}
    arn = iam.create_role(RoleName="pinned", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    iam.put_role_policy(RoleName="pinned", PolicyName="all", PolicyDocument=json.dumps(document))
    return arn


def invoked(function=NAME, **more):
    answer = lam.invoke(FunctionName=function, **more)
    assert "FunctionError" not in answer, answer["Payload"].read()
    told = json.loads(answer["Payload"].read())
    assert answer["ExecutedVersion"] == told["version"] == told["variable"], (answer, told)
    assert f"/[{told['version']}]" in told["stream"], told
    return told


def versions(arn):
    """Version 1 comes with the function, version 2 with other code; gives the function's ARN."""
    lam.create_function(FunctionName=NAME, Runtime="python3.12", Role=arn, Handler="handler.handler", Publish=True,
                        Description="first", Code={"ZipFile": packed("one")})
    function = lam.get_function_configuration(FunctionName=NAME)["FunctionArn"]
    one = lam.get_function_configuration(FunctionName=NAME, Qualifier="1")
    assert (one["Version"], one["Description"], one["FunctionArn"]) == ("1", "first", f"{function}:1"), one
    warm = invoked(Qualifier="1")
    assert (warm["code"], warm["calls"], warm["arn"]) == ("one", 1, f"{function}:1"), warm

    before = lam.update_function_code(FunctionName=NAME, ZipFile=packed("two"))
    message = refused("InvalidParameterValueException", lam.publish_version, FunctionName=NAME, CodeSha256="x")
    assert message.startswith("CodeSHA256 (x) is different from current CodeSHA256 in $LATEST"), message
    refused("PreconditionFailedException", lam.publish_version, FunctionName=NAME, RevisionId=one["RevisionId"])
    published = lam.publish_version(FunctionName=NAME, CodeSha256=before["CodeSha256"], Description="second")
    assert (published["Version"], published["Description"]) == ("2", "second"), published
    again = lam.publish_version(FunctionName=NAME, Description="not used")
    assert (again["Version"], again["Description"]) == ("2", "second"), again
    assert invoked(Qualifier="1")["calls"] == 2, "the process of a version is not that of $LATEST"
    assert (invoked()["code"], invoked(f"{NAME}:2")["code"]) == ("two", "two")

    first = lam.list_versions_by_function(FunctionName=NAME, MaxItems=2)
    rest = lam.list_versions_by_function(FunctionName=NAME, MaxItems=2, Marker=first["NextMarker"])
    assert "NextMarker" not in rest, rest
    listed = [(one["Version"], one["Description"]) for one in first["Versions"] + rest["Versions"]]
    assert listed == [("$LATEST", "first"), ("1", "first"), ("2", "second")], listed
    return function


def aliases(function):
    made = lam.create_alias(FunctionName=NAME, Name="live", FunctionVersion="1", Description="what runs")
    assert made.pop("ResponseMetadata")["HTTPStatusCode"] == 201
    revision = made.pop("RevisionId")
    assert made == {"AliasArn": f"{function}:live", "Name": "live", "FunctionVersion": "1", "Description": "what runs"}
    message = refused("ResourceConflictException", lam.create_alias, FunctionName=NAME, Name="live", FunctionVersion="2")
    assert message == f"Alias already exists: {function}:live", message
    for name in ["123", "a b", "a.b"]:
        refused("ValidationException", lam.create_alias, FunctionName=NAME, Name=name, FunctionVersion="1")
    message = refused("ResourceNotFoundException", lam.create_alias, FunctionName=NAME, Name="x", FunctionVersion="9")
    assert message == f"Function not found: {function}:9", message
    message = refused("ResourceNotFoundException", lam.get_alias, FunctionName=NAME, Name="x")
    assert message == f"Cannot find alias arn: {function}:x", message
    message = refused("ResourceNotFoundException", lam.update_alias, FunctionName=NAME, Name="x", FunctionVersion="1")
    assert message == f"Alias not found: {function}:x", message

    account = function.split(":")[4]
    for named in [{"function": NAME, "Qualifier": "live"}, {"function": f"{NAME}:live"}, {"function": f"{function}:live"},
                  {"function": f"{account}:function:{NAME}:live"}]:
        told = invoked(**named)
        assert (told["version"], told["arn"]) == ("1", f"{function}:live"), told
    message = refused("InvalidParameterValueException", lam.invoke, FunctionName=f"{NAME}:live", Qualifier="1")
    assert message.startswith("The derived qualifier from the function name does not match"), message
    message = refused("ResourceNotFoundException", lam.invoke, FunctionName=NAME, Qualifier="x")
    assert message == f"Function not found: {function}:x", message
    found = lam.get_function(FunctionName=f"{NAME}:live")["Configuration"]
    assert (found["Version"], found["FunctionArn"]) == ("1", f"{function}:live"), found

    refused("PreconditionFailedException", lam.update_alias, FunctionName=NAME, Name="live", RevisionId="r")
    moved = lam.update_alias(FunctionName=NAME, Name="live", FunctionVersion="2", RevisionId=revision)
    assert (moved["FunctionVersion"], moved["Description"]) == ("2", "what runs"), moved
    assert moved["RevisionId"] == lam.get_alias(FunctionName=NAME, Name="live")["RevisionId"] != revision
    assert invoked(Qualifier="live")["code"] == "two"

    weights = {"AdditionalVersionWeights": {"1": 1.0}}
    split = lam.create_alias(FunctionName=NAME, Name="split", FunctionVersion="2", RoutingConfig=weights)
    assert split["RoutingConfig"] == weights, split
    assert {invoked(Qualifier="split")["version"] for _ in range(5)} == {"1"}
    lam.update_alias(FunctionName=NAME, Name="split", RoutingConfig={"AdditionalVersionWeights": {"1": 0.5}})
    assert {invoked(Qualifier="split")["version"] for _ in range(60)} == {"1", "2"}

    def names(**more):
        pages = lam.get_paginator("list_aliases").paginate(FunctionName=NAME, **more)
        return [alias["Name"] for page in pages for alias in page["Aliases"]]

    assert names(PaginationConfig={"PageSize": 1}) == ["live", "split"]
    assert names(FunctionVersion="1") == ["split"], names(FunctionVersion="1")
    message = refused("ResourceConflictException", lam.delete_function, FunctionName=NAME, Qualifier="1")
    assert message == "Unable to delete version because the following aliases reference it: [split]", message
    lam.update_alias(FunctionName=NAME, Name="split", RoutingConfig={"AdditionalVersionWeights": {}})
    assert {invoked(Qualifier="split")["version"] for _ in range(5)} == {"2"}
    assert lam.delete_alias(FunctionName=NAME, Name="split")["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert lam.delete_alias(FunctionName=NAME, Name="split")["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert names() == ["live"]


def ended(execution):
    end = time.monotonic() + 60
    while (answer := sfn.describe_execution(executionArn=execution))["status"] == "RUNNING":
        assert time.monotonic() < end, answer
        time.sleep(0.02)
    return answer


def tasks(function, arn):
    """A task runs the version, or the alias, that its definition names."""
    def ran(task):
        definition = {"StartAt": "T", "States": {"T": {"Type": "Task", "End": True, **task}}}
        machine = sfn.create_state_machine(name="pinned", definition=json.dumps(definition), roleArn=arn)
        answer = ended(sfn.start_execution(stateMachineArn=machine["stateMachineArn"])["executionArn"])
        sfn.delete_state_machine(stateMachineArn=machine["stateMachineArn"])
        while any(one["name"] == "pinned" for one in sfn.list_state_machines()["stateMachines"]):
            time.sleep(0.02)
        if answer["status"] == "FAILED":
            return answer["error"]
        output = json.loads(answer["output"])
        told = output.get("Payload", output)
        assert output.get("ExecutedVersion", told["version"]) == told["version"], output
        return told["version"], told["arn"].removeprefix(function)

    def through(**parameters):
        return ran({"Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"Payload": {}, **parameters}})

    assert ran({"Resource": function}) == ("$LATEST", "")
    assert ran({"Resource": f"{function}:1"}) == ("1", ":1")
    assert ran({"Resource": f"{function}:live"}) == ("2", ":live")
    assert ran({"Resource": f"{function}:9"}) == "Lambda.ResourceNotFoundException"
    assert through(FunctionName=f"{NAME}:1") == ("1", ":1")
    assert through(FunctionName=f"{function}:1") == ("1", ":1")
    assert through(FunctionName=f"{function}:live") == ("2", ":live")
    assert through(FunctionName=NAME, Qualifier="live") == ("2", ":live")
    assert through(FunctionName=f"{NAME}:1", Qualifier="1") == ("1", ":1")
    assert through(FunctionName=f"{NAME}:1", Qualifier="live") == "Lambda.InvalidParameterValueException"


def api(target):
    """An API whose only route goes to a function; gives its id and what a request to it is answered with."""
    made = apis.create_api(Name="pinned", ProtocolType="HTTP")
    integration = apis.create_integration(ApiId=made["ApiId"], IntegrationType="AWS_PROXY", PayloadFormatVersion="2.0",
                                          IntegrationUri=target)
    apis.create_route(ApiId=made["ApiId"], RouteKey="GET /run", Target=f"integrations/{integration['IntegrationId']}")
    apis.create_stage(ApiId=made["ApiId"], StageName="$default", AutoDeploy=True)

    def answer():
        # The name is under .localhost, which not every resolver knows: the address is this machine's anyhow.
        host = made["ApiEndpoint"].removeprefix("http://")
        connection = http.client.HTTPConnection("127.0.0.1", int(host.split(":")[1]))
        connection.request("GET", "/run", headers={"Host": host})
        response = connection.getresponse()
        return json.loads(response.read())["version"] if response.status == 200 else response.status

    return made["ApiId"], answer


def permissions(function):
    """A statement holds for what it names alone."""
    region, account = function.split(":")[3:5]
    id, live = api(f"{function}:live")
    path = f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{function}:live/invocations"
    other, by_path = api(path)
    source = f"arn:aws:execute-api:{region}:{account}"
    statement = {"StatementId": "api", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"}
    assert live() == 500
    lam.add_permission(FunctionName=NAME, SourceArn=f"{source}:*", **statement)
    assert live() == 500, "what may invoke the function may not therefore invoke its alias"
    refused("ResourceNotFoundException", lam.get_policy, FunctionName=NAME, Qualifier="live")

    before = lam.get_alias(FunctionName=NAME, Name="live")["RevisionId"]
    refused("PreconditionFailedException", lam.add_permission, FunctionName=NAME, Qualifier="live", RevisionId="r", **statement)
    added = lam.add_permission(FunctionName=NAME, Qualifier="live", SourceArn=f"{source}:{id}/*/GET/run",
                               RevisionId=before, **statement)
    assert json.loads(added["Statement"])["Resource"] == f"{function}:live", added
    refused("ResourceConflictException", lam.add_permission, FunctionName=NAME, Qualifier="live", **statement)
    assert (live(), by_path()) == ("2", 500)
    lam.add_permission(FunctionName=f"{NAME}:live", SourceArn=f"{source}:{other}/*", **{**statement, "StatementId": "two"})
    assert by_path() == "2"
    lam.update_alias(FunctionName=NAME, Name="live", FunctionVersion="1")
    assert live() == "1", "a permission stays with its alias"

    got = lam.get_policy(FunctionName=f"{function}:live")
    sids = [(one["Sid"], one["Resource"]) for one in json.loads(got["Policy"])["Statement"]]
    assert sids == [("api", f"{function}:live"), ("two", f"{function}:live")], sids
    assert got["RevisionId"] == lam.get_alias(FunctionName=NAME, Name="live")["RevisionId"] != before
    own = lam.get_policy(FunctionName=NAME)
    assert own["RevisionId"] == lam.get_function_configuration(FunctionName=NAME)["RevisionId"]
    assert [one["Resource"] for one in json.loads(own["Policy"])["Statement"]] == [function]

    message = refused("InvalidParameterValueException", lam.add_permission, FunctionName=NAME, Qualifier="$LATEST", **statement)
    assert message == "We currently do not support adding policies for $LATEST.", message
    message = refused("ResourceNotFoundException", lam.add_permission, FunctionName=NAME, Qualifier="x", **statement)
    assert message == f"Cannot find alias arn: {function}:x", message
    message = refused("ResourceNotFoundException", lam.add_permission, FunctionName=NAME, Qualifier="9", **statement)
    assert message == f"Function not found: {function}:9", message
    message = refused("ResourceNotFoundException", lam.remove_permission, FunctionName=NAME, Qualifier="1", StatementId="api")
    assert message == "No policy is associated with the given resource.", message
    lam.remove_permission(FunctionName=NAME, Qualifier="live", StatementId="api")
    assert (live(), by_path()) == (500, "1")
    assert lam.get_policy(FunctionName=NAME), "the function's own statement is still there"


def deletion(arn):
    assert invoked(Qualifier="1")["calls"] > 1
    lam.update_alias(FunctionName=NAME, Name="live", FunctionVersion="2")
    message = refused("InvalidParameterValueException", lam.delete_function, FunctionName=NAME, Qualifier="live")
    assert message == "Deletion of aliases is not currently supported.", message
    lam.delete_function(FunctionName=NAME, Qualifier="1")
    refused("ResourceNotFoundException", lam.invoke, FunctionName=NAME, Qualifier="1")
    assert invoked(Qualifier="live")["version"] == "2"
    lam.delete_function(FunctionName=NAME)
    refused("ResourceNotFoundException", lam.list_aliases, FunctionName=NAME)
    lam.create_function(FunctionName=NAME, Runtime="python3.12", Role=arn, Handler="handler.handler",
                        Code={"ZipFile": packed("three")})
    assert lam.list_aliases(FunctionName=NAME)["Aliases"] == []
    refused("ResourceNotFoundException", lam.get_policy, FunctionName=NAME)


if __name__ == "__main__":
    made = role()
    the_function = versions(made)
    aliases(the_function)
    tasks(the_function, made)
    permissions(the_function)
    deletion(made)
