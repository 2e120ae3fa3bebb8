"""Who may connect: boto3 with the cloud's own keys, with sessions of roles, with wrong and with made-up keys.

Usage: guarded.py owner|other. As `other`, which only root can be, it becomes nobody. The environment names the endpoint, and the cloud's own keys as OWN_KEY and OWN_SECRET.
"""

import json
import os
import socket
import struct
import sys
import urllib.error
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = os.environ["AWS_ENDPOINT_URL"]
HOST, PORT = ENDPOINT.removeprefix("http://").split(":")
OWN = (os.environ["OWN_KEY"], os.environ["OWN_SECRET"], None)
MADE_UP = ("test", "test", None)
CONFIG = Config(retries={"total_max_attempts": 1})


def client(service, keys):
    access_key, secret, token = keys
    return boto3.client(
        service, region_name="us-east-1", endpoint_url=ENDPOINT, config=CONFIG,
        aws_access_key_id=access_key, aws_secret_access_key=secret, aws_session_token=token,
    )


def calls(keys):
    """One call in each protocol."""
    return {
        "states": lambda: client("stepfunctions", keys).list_state_machines(),
        "logs": lambda: client("logs", keys).describe_log_groups(),
        "lambda": lambda: client("lambda", keys).list_functions(),
        "apigateway": lambda: client("apigatewayv2", keys).get_apis(),
        "iam": lambda: client("iam", keys).list_roles(),
        "sts": lambda: client("sts", keys).get_caller_identity(),
    }


def expect(keys, json_code, query_code):
    for service, call in calls(keys).items():
        expected = query_code if service in ("iam", "sts") else json_code
        try:
            call()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            assert code == expected, (service, keys[0], error.response)
            assert status == (400 if service in ("states", "logs") else 403), (service, status)
        else:
            assert False, f"{service} took {keys[0]}"


def succeed(keys):
    for service, call in calls(keys).items():
        try:
            call()
        except ClientError as error:
            assert False, (service, keys[0], error.response)


def sessions():
    iam = client("iam", OWN)
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                       "Principal": {"AWS": "arn:aws:iam::000000000000:root"}}],
    }
    name = f"guarded-{os.getpid()}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    allowed = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(allowed))
    assumed = client("sts", OWN).assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
    own = client("sts", OWN).get_session_token()["Credentials"]
    for given in (assumed, own):
        keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        succeed(keys)
        expect((keys[0], "guessed", keys[2]), "InvalidSignatureException", "SignatureDoesNotMatch")
        expect((keys[0], keys[1], "guessed"), "UnrecognizedClientException", "InvalidClientTokenId")
        expect((keys[0], keys[1], None), "UnrecognizedClientException", "InvalidClientTokenId")
    whole = client("sts", (assumed["AccessKeyId"], assumed["SecretAccessKey"], assumed["SessionToken"]))
    assert whole.get_caller_identity()["Arn"].endswith(f"assumed-role/{name}/me")


def awkward_requests():
    """What is easily signed otherwise than it is read: paths and queries with every kind of character."""
    lambda_, logs = client("lambda", OWN), client("logs", OWN)
    for name in ("a:b", "arn:aws:lambda:us-east-1:000000000000:function:none"):
        try:
            lambda_.get_function(FunctionName=name, Qualifier="$LATEST")
        except ClientError as error:
            expected = ("ResourceNotFoundException", "InvalidParameterValueException")
            assert error.response["Error"]["Code"] in expected, error.response
    lambda_.list_functions(MaxItems=7)
    group = f"/with space/é/{os.getpid()}".replace(" ", "_").replace("é", "e")
    logs.create_log_group(logGroupName=group, tags={"k": "ü+ :/@="})
    logs.delete_log_group(logGroupName=group)


def presigned():
    """A signature in the query is taken of known keys alone."""
    def fetch(keys, service, operation, parameters, headers=None):
        url = client(service, keys).generate_presigned_url(
            operation, Params=parameters, ExpiresIn=60, HttpMethod="GET",
        )
        try:
            answer = urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}))
        except urllib.error.HTTPError as error:
            answer = error
        return answer.status, answer.read().decode()

    given = client("sts", OWN).get_session_token()["Credentials"]
    session = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    for keys in (OWN, session):
        status, body = fetch(keys, "sts", "get_caller_identity", {})
        assert status == 200 and "<Account>000000000000</Account>" in body, (status, body)
        status, body = fetch(keys, "lambda", "get_function", {"FunctionName": "no-ne_", "Qualifier": "$LATEST"})
        assert status == 404 and "Function not found" in body, (status, body)
        status, body = fetch(keys, "lambda", "list_functions", {}, {"X-Amz-Target": "Logs_20140328.DescribeLogGroups"})
        assert status in (400, 403) and "InvalidSignature" in body, (status, body)
    for keys in ((OWN[0], "guessed", None), MADE_UP):
        status, body = fetch(keys, "sts", "get_caller_identity", {})
        expected = "SignatureDoesNotMatch" if keys[0] == OWN[0] else "InvalidClientTokenId"
        assert status == 403 and expected in body, (status, body)


def administration(is_owner):
    for method, path in (("GET", "/_workshop/health"), ("PUT", "/_workshop/eventual"), ("POST", "/_workshop/shutdown")):
        if is_owner and path.endswith("shutdown"):
            continue
        data = None if method == "GET" else b""
        request = urllib.request.Request(ENDPOINT + path, method=method, data=data, headers={"x-workshop": "1"})
        try:
            status = urllib.request.urlopen(request).status
        except urllib.error.HTTPError as error:
            status = error.code
        assert (status < 300) == is_owner, (method, path, status)


def vanishing():
    """A socket whose process is gone looks like root's."""
    body = json.dumps({"logGroupName": "/vanished"})
    request = (
        f"POST / HTTP/1.1\r\nHost: {HOST}:{PORT}\r\nX-Amz-Target: Logs_20140328.CreateLogGroup\r\n"
        "Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/logs/aws4_request, "
        f"SignedHeaders=host, Signature=x\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
    for attempt in range(300):
        with socket.create_connection((HOST, int(PORT))) as stream:
            if attempt % 2:
                stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            stream.sendall(request)
    groups = client("logs", OWN).describe_log_groups(logGroupNamePrefix="/vanished")["logGroups"]
    assert groups == [], groups


def become_nobody():
    """Only once everything that these calls import and read is there: it may lie where only root can read."""
    for keys in (OWN, (OWN[0], "guessed", None)):
        for call in calls(keys).values():
            try:
                call()
            except ClientError:
                pass
    for path in ("/_workshop/health", "/_workshop/none"):
        try:
            urllib.request.urlopen(ENDPOINT + path)
        except urllib.error.HTTPError:
            pass
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)


who = sys.argv[1]
if who == "other":
    become_nobody()
    expect(MADE_UP, "UnrecognizedClientException", "InvalidClientTokenId")
    expect(("000000000002", "test", None), "UnrecognizedClientException", "InvalidClientTokenId")
    vanishing()
else:
    succeed(MADE_UP)
    second = client("sts", ("000000000002", "test", None)).get_caller_identity()
    assert second["Account"] == "000000000002", second
succeed(OWN)
assert client("sts", OWN).get_caller_identity()["Account"] == "000000000000"
expect((OWN[0], "guessed", None), "InvalidSignatureException", "SignatureDoesNotMatch")
expect((OWN[0], OWN[1], "token"), "UnrecognizedClientException", "InvalidClientTokenId")
sessions()
awkward_requests()
presigned()
administration(who == "owner")
print("guarded")
