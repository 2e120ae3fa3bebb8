"""The judge judged: requests that botocore itself writes pass, and every mutation of one is caught.

`test_judge.py [SEED]`: the seed chooses the mutations, and is printed.
"""

import base64
import copy
import json
import random
import sys
import time
import unittest

import botocore.awsrequest
import botocore.serialize

import check
import decode
import judge

ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:flow"
ROLE = "arn:aws:iam::000000000000:role/r"
SEED = int(sys.argv.pop(1)) if sys.argv[1:] and sys.argv[1].isdigit() else time.time_ns() % 1_000_000

VALID = [
    ("states", "CreateStateMachine", {
        "name": "flow", "definition": "{}", "roleArn": ROLE, "type": "STANDARD", "publish": True,
        "loggingConfiguration": {"level": "OFF"}, "tags": [{"key": "a", "value": "b"}]}),
    ("states", "ListExecutions", {"stateMachineArn": ARN, "statusFilter": "RUNNING", "maxResults": 100}),
    ("logs", "PutRetentionPolicy", {"logGroupName": "/aws/lambda/f", "retentionInDays": 14}),
    ("logs", "FilterLogEvents", {"logGroupName": "/aws/lambda/f", "startTime": 1, "limit": 100}),
    ("iam", "CreateRole", {
        "RoleName": "r", "AssumeRolePolicyDocument": "{}", "Tags": [{"Key": "a", "Value": "b"}]}),
    ("iam", "ListRoles", {"MaxItems": 1000}),
    ("lambda", "CreateFunction", {
        "FunctionName": "f", "Role": ROLE, "Runtime": "provided.al2023", "Handler": "bootstrap", "MemorySize": 128,
        "Timeout": 3, "Code": {"ZipFile": b"PK"}, "Environment": {"Variables": {"NAME": "b"}}, "Publish": True}),
    ("lambda", "GetPolicy", {"FunctionName": "f", "Qualifier": "live"}),
    ("lambda", "Invoke", {"FunctionName": "f", "InvocationType": "Event", "Payload": b"{}"}),
    ("apigateway", "CreateApi", {"Name": "a", "ProtocolType": "HTTP", "Tags": {"a": "b"}}),
    ("apigateway", "CreateStage", {
        "ApiId": "x", "StageName": "dev", "AutoDeploy": True,
        "DefaultRouteSettings": {"ThrottlingRateLimit": 1.0, "ThrottlingBurstLimit": 5}}),
    ("apigateway", "GetRoutes", {"ApiId": "x", "MaxResults": "100"}),
]


def written(scope, name, parameters):
    """A request as botocore writes it."""
    service = decode.model(scope)
    operation = service.operation_model(name)
    serializer = botocore.serialize.create_serializer(service.metadata["protocol"], include_validation=False)
    request = serializer.serialize_to_request(parameters, operation)
    botocore.awsrequest.prepare_request_dict(request, "http://localhost")
    body = request["body"]
    if isinstance(body, dict):
        body = botocore.awsrequest.urlencode(body, doseq=True)
    body = body.encode() if isinstance(body, str) else body or b""
    headers = {key.lower(): value for key, value in request["headers"].items()}
    headers["authorization"] = f"AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/{scope}/aws4_request, S"
    target = request["url"].removeprefix("http://localhost")
    return {"step": "test", "method": request["method"], "target": target, "headers": headers,
            "body": base64.b64encode(body).decode()}


def shape_of(scope, name):
    return decode.model(scope).operation_model(name).input_shape


def mutations(scope, name, parameters):
    """Every way in which these parameters can be made wrong: what was done, and the parameters."""
    shape = shape_of(scope, name)
    for member, value in parameters.items():
        of = shape.members[member]
        changed = lambda wrong: {**copy.deepcopy(parameters), member: wrong}
        if member in shape.required_members and of.serialization.get("location") != "uri":
            yield f"without {member}", {key: it for key, it in parameters.items() if key != member}
        if of.type_name == "string" and of.serialization.get("location") != "uri":
            if of.enum:
                yield f"another {member}", changed("NO-SUCH-VALUE")
            if "max" in of.metadata:
                yield f"a long {member}", changed(value + "a" * of.metadata["max"])
            if "pattern" in of.metadata and "location" not in of.serialization:
                yield f"an odd {member}", changed("\x00 ")
        if of.type_name == "integer" and "max" in of.metadata:
            yield f"a high {member}", changed(of.metadata["max"] + 1)
        if of.type_name == "integer" and of.metadata.get("min") is not None:
            yield f"a low {member}", changed(of.metadata["min"] - 1)


def tampered(request, scope):
    """Every way in which the request itself can be made wrong."""
    body = base64.b64decode(request["body"])
    yield "another method", {**request, "method": "OPTIONS"} if scope in ("lambda", "apigateway") else None
    if scope in ("states", "logs") or (scope in ("lambda", "apigateway") and body.startswith(b"{\"")):
        members = json.loads(body)
        more = json.dumps({**members, "noSuchMember": 1}).encode()
        yield "a member more", {**request, "body": base64.b64encode(more).decode()}
    if scope == "iam":
        yield "a parameter more", {**request, "body": base64.b64encode(body + b"&NoSuch=1").decode()}
        old = body.replace(b"2010-05-08", b"2009-05-08")
        yield "another version", {**request, "body": base64.b64encode(old).decode()}
    if scope in ("states", "logs"):
        target = request["headers"]["x-amz-target"] + "s"
        yield "another operation", {**request, "headers": {**request["headers"], "x-amz-target": target}}
        kind = {**request["headers"], "content-type": "application/json"}
        yield "another content type", {**request, "headers": kind}
    if scope in ("lambda", "apigateway"):
        mark = "&" if "?" in request["target"] else "?"
        yield "a query more", {**request, "target": f"{request['target']}{mark}noSuch=1"}
        yield "another path", {**request, "target": "/v9" + request["target"]}


def patterns(shape, seen):
    """Every pattern of a shape and of what is in it."""
    if shape is None or shape.name in seen:
        return
    seen.add(shape.name)
    if "pattern" in shape.metadata:
        yield shape.metadata["pattern"]
    inner = list(shape.members.values()) if shape.type_name == "structure" else []
    inner += [getattr(shape, part) for part in ("member", "key", "value") if hasattr(shape, part)]
    for each in inner:
        yield from patterns(each, seen)


class Judge(unittest.TestCase):
    def test_every_pattern_of_the_models_can_be_read(self):
        for scope in decode.SERVICES:
            service = decode.model(scope)
            seen = set()
            for name in service.operation_names:
                for text in patterns(service.operation_model(name).input_shape, seen):
                    with self.subTest(scope, pattern=text):
                        check.pattern(text)

    def test_what_botocore_writes_passes(self):
        for scope, name, parameters in VALID:
            operation, wrong = judge.judge(written(scope, name, parameters))
            self.assertEqual(wrong, [], f"{scope} {name}")
            self.assertEqual(operation.name, name)

    def test_every_mutation_is_caught(self):
        chosen = random.Random(SEED)
        cases = [(f"{name} {what}", written(scope, name, wrong))
                 for scope, name, parameters in VALID for what, wrong in mutations(scope, name, parameters)]
        cases += [(f"{name} {what}", wrong) for scope, name, parameters in VALID
                  for what, wrong in tampered(written(scope, name, parameters), scope) if wrong]
        self.assertGreater(len(cases), 60)
        for what, request in chosen.sample(cases, len(cases)):
            with self.subTest(what, seed=SEED):
                self.assertNotEqual(judge.judge(request)[1], [], what)
        print(f"{len(cases)} mutations caught, seed {SEED}", file=sys.stderr)

    def test_two_mutations_at_once_are_caught(self):
        chosen = random.Random(SEED)
        for _ in range(100):
            scope, name, parameters = chosen.choice(VALID)
            first = list(mutations(scope, name, parameters))
            second = [it for it in tampered(written(scope, name, parameters), scope) if it[1]]
            if first and second:
                what, wrong = chosen.choice(first)
                request = written(scope, name, wrong)
                again = [it for it in tampered(request, scope) if it[1]]
                self.assertNotEqual(judge.judge(chosen.choice(again)[1])[1], [], f"{name} {what}, seed {SEED}")


if __name__ == "__main__":
    unittest.main()
