"""Function URLs, subscription filters and live tails, as boto3 and botocore's own signer meet them."""

import io
import json
import threading
import time
import urllib.error
import urllib.request
import zipfile
from urllib.parse import urlsplit

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

SOURCE = """
import base64, gzip, json

def handler(event, context):
    if "awslogs" in event:
        data = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
        print("GOT " + ",".join(line["message"] for line in data["logEvents"]))
        return None
    return {"statusCode": 201, "headers": {"x-path": event["rawPath"]}, "body": json.dumps(event["requestContext"])}
"""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "000000000000", "Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
NOTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


def client(service):
    return boto3.client(service, config=Config(retries={"max_attempts": 0}, inject_host_prefix=False))


def zipped():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("index.py", SOURCE)
    return archive.getvalue()


def eventually(look):
    for _ in range(600):
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it never came")


def ask(url, headers=None):
    """Asks by the path, which every machine resolves; the signature covers the name that is asked."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {})) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def by_path(functions, address):
    url_id = urlsplit(address).hostname.split(".")[0]
    return f"{functions.meta.endpoint_url}/_url/{url_id}/a/b"


def signed(url, credentials):
    request = AWSRequest("GET", url)
    SigV4Auth(credentials, "lambda", "us-east-1").add_auth(request)
    return dict(request.headers)


def a_public_url(functions):
    address = functions.create_function_url_config(FunctionName="f", AuthType="NONE")["FunctionUrl"]
    url = by_path(functions, address)
    status, headers, body = ask(url)
    assert status == 403 and headers["x-amzn-ErrorType"] == "AccessDeniedException", (status, headers, body)
    functions.add_permission(
        FunctionName="f", StatementId="url", Action="lambda:InvokeFunctionUrl", Principal="*", FunctionUrlAuthType="NONE"
    )
    functions.add_permission(
        FunctionName="f", StatementId="invoke", Action="lambda:InvokeFunction", Principal="*", InvokedViaFunctionUrl=True
    )
    status, headers, body = ask(url)
    assert (status, headers["x-path"], json.loads(body)["accountId"]) == (201, "/a/b", "anonymous"), (status, headers, body)


def a_signed_url(functions):
    functions.update_function_url_config(FunctionName="f", AuthType="AWS_IAM")
    url = by_path(functions, functions.get_function_url_config(FunctionName="f")["FunctionUrl"])
    assert ask(url)[0] == 403
    iam, sts = client("iam"), client("sts")
    iam.put_role_policy(RoleName="caller", PolicyName="own", PolicyDocument=json.dumps(NOTHING))
    role = iam.get_role(RoleName="caller")["Role"]["Arn"]
    given = sts.assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
    credentials = Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    assert ask(url, signed(url, credentials))[0] == 403
    iam.put_role_policy(RoleName="caller", PolicyName="own", PolicyDocument=json.dumps(EVERYTHING))
    status, _, body = ask(url, signed(url, credentials))
    caller = json.loads(body)["authorizer"]["iam"]
    assert (status, caller["userArn"]) == (201, "arn:aws:sts::000000000000:assumed-role/caller/me"), body
    headers = signed(url, credentials)
    status, _, body = ask(url.replace("/a/b", "/a/c"), headers)
    assert status == 403 and "signature we calculated does not match" in body, body


def a_subscribed_function(functions, logs):
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    function = functions.get_function(FunctionName="f")["Configuration"]["FunctionArn"]
    group = "arn:aws:logs:us-east-1:000000000000:log-group:g"
    functions.add_permission(
        FunctionName="f", StatementId="logs", Action="lambda:InvokeFunction", Principal="logs.amazonaws.com", SourceArn=f"{group}:*"
    )
    logs.put_subscription_filter(logGroupName="g", filterName="e", filterPattern="ERROR", destinationArn=function)
    assert len(logs.describe_subscription_filters(logGroupName="g")["subscriptionFilters"]) == 1
    put(logs, ["ERROR one", "INFO two", "ERROR three"])
    wanted = dict(logGroupName="/aws/lambda/f", filterPattern="GOT")
    line = eventually(lambda: logs.filter_log_events(**wanted)["events"])[0]["message"]
    assert line.strip() == "GOT ERROR one,ERROR three", line


def put(logs, messages):
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": message} for message in messages]
    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=events)


def a_live_tail(logs):
    group = "arn:aws:logs:us-east-1:000000000000:log-group:g"
    stream = logs.start_live_tail(logGroupIdentifiers=[group], logEventFilterPattern="tailed")["responseStream"]
    events = iter(stream)
    assert next(events)["sessionStart"]["logGroupIdentifiers"] == [group]
    writing = threading.Thread(target=put, args=(client("logs"), ["tailed line", "another"]))
    writing.start()
    for event in events:
        results = event["sessionUpdate"]["sessionResults"]
        if results:
            assert [result["message"] for result in results] == ["tailed line"], results
            break
    writing.join()
    stream.close()


def main():
    iam, functions, logs = client("iam"), client("lambda"), client("logs")
    roles = {}
    for name in ("own", "caller"):
        roles[name] = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    iam.put_role_policy(RoleName="own", PolicyName="own", PolicyDocument=json.dumps(EVERYTHING))
    functions.create_function(
        FunctionName="f", Runtime="python3.12", Handler="index.handler", Role=roles["own"], Code={"ZipFile": zipped()}
    )
    a_public_url(functions)
    a_signed_url(functions)
    a_subscribed_function(functions, logs)
    a_live_tail(logs)


main()
