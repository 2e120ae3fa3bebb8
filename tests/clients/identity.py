"""A function acts as its role, in its own account; its code can be fetched by the link that GetFunction gives."""

import io
import json
import urllib.error
import urllib.request
import zipfile

import boto3
from botocore.config import Config

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
SOURCE = """
import os
def handler(event, context):
    return [os.environ[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")]
"""


def zipped():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("index.py", SOURCE)
    return archive.getvalue()


def client(service, key="test", secret="test", token=None):
    config = Config(retries={"max_attempts": 0})
    return boto3.client(
        service, config=config, aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token
    )


def created(account, role):
    code = {"ZipFile": zipped()}
    return client("lambda", account).create_function(
        FunctionName="f", Runtime="python3.12", Handler="index.handler", Role=role, Code=code
    )


def credentials(account):
    answer = client("lambda", account).invoke(FunctionName="f")
    return json.loads(answer["Payload"].read())


def a_function_acts_as_its_role(account):
    iam = client("iam", account)
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    created(account, role)
    key, secret, token = credentials(account)
    identity = client("sts", key, secret, token).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{account}:assumed-role/r/f", identity
    try:
        client("lambda", key, secret, token).list_functions()
        raise AssertionError("a role without a policy listed functions")
    except client("lambda").exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDeniedException", error
        told = error.response["Error"]["Message"]
        assert told == (f"User: {identity['Arn']} is not authorized to perform: lambda:ListFunctions on resource: * "
                        "because no identity-based policy allows the lambda:ListFunctions action"), told
    allowed = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "lambda:ListFunctions", "Resource": "*"}]}
    iam.put_role_policy(RoleName="r", PolicyName="own", PolicyDocument=json.dumps(allowed))
    names = [function["FunctionName"] for function in client("lambda", key, secret, token).list_functions()["Functions"]]
    assert names == ["f"], names
    try:
        client("sts", key, "another", token).get_caller_identity()
        raise AssertionError("a wrong secret was taken")
    except client("sts").exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "SignatureDoesNotMatch", error


def a_function_without_a_role_acts_in_its_account(account):
    created(account, f"arn:aws:iam::{account}:role/none")
    key, secret, token = credentials(account)
    identity = client("sts", key, secret, token).get_caller_identity()
    assert identity["Account"] == account, identity


def fetched(link):
    try:
        with urllib.request.urlopen(link) as answer:
            return answer.status, answer.headers["content-type"], answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["content-type"], error.read()


def its_code_can_be_fetched():
    link = client("lambda", "000000000003").get_function(FunctionName="f")["Code"]["Location"]
    status, kind, body = fetched(link)
    assert (status, kind) == (200, "application/zip"), (status, kind)
    assert zipfile.ZipFile(io.BytesIO(body)).read("index.py").decode() == SOURCE
    for wrong in (link[:-4] + "0000", link.split("?")[0]):
        status, kind, body = fetched(wrong)
        assert (status, kind) == (403, "text/xml"), (status, kind)
        assert b"<Code>AccessDenied</Code>" in body, body


a_function_acts_as_its_role("000000000000")
a_function_acts_as_its_role("000000000003")
a_function_without_a_role_acts_in_its_account("000000000004")
its_code_can_be_fetched()
