"""Every operation of the services' API models is either on the page of operations or refused by its name, in the shape that
its client reads; so is every operation of services that are not there. Arguments: the page."""

import sys

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

SERVED = {
    "stepfunctions": "Step Functions",
    "lambda": "Lambda",
    "logs": "CloudWatch Logs",
    "apigatewayv2": "API Gateway v2",
    "iam": "IAM",
    "sts": "STS",
}
# One of each protocol.
ABSENT = {"events": "json", "sqs": "json", "scheduler": "rest-json", "ec2": "ec2", "cloudformation": "query", "s3": "rest-xml"}
# They are sent without a signature, which is asked for before the body tells which operation it is.
UNSIGNED = {"AssumeRoleWithSAML"}
# Their answers are streams of events; a refusal is read before that.
SKIPPED = {"InvokeWithResponseStream"}


def client(service):
    config = Config(parameter_validation=False, retries={"max_attempts": 0}, inject_host_prefix=False, s3={"addressing_style": "path"})
    return boto3.client(service, config=config)


def dummy(shape, depth=0):
    kind = shape.type_name
    if kind == "structure":
        return {name: dummy(member, depth + 1) for name, member in shape.members.items() if name in shape.required_members and depth < 3}
    if kind == "list":
        return []
    if kind == "map":
        return {}
    if kind in ("integer", "long"):
        return 1
    if kind in ("float", "double"):
        return 1.0
    if kind == "boolean":
        return False
    if kind == "blob":
        return b"{}"
    if kind == "timestamp":
        return 0
    return shape.enum[0] if getattr(shape, "enum", None) else "xxxx"


def answer(client, operation):
    model = client.meta.service_model.operation_model(operation)
    parameters = dummy(model.input_shape) if model.input_shape else {}
    try:
        getattr(client, xform_name(operation))(**parameters)
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]
    return 200, {}


def listed_operations(page):
    """The operations on the page, by the title of their service."""
    listed, title = {}, None
    for line in page:
        if line.startswith("### "):
            title = line[4:].strip()
        elif line.startswith("| `"):
            listed.setdefault(title, set()).add(line.split("`")[1])
    return listed


def main():
    with open(sys.argv[1], encoding="utf-8") as page:
        listed = listed_operations(page)
    wrong = []
    counts = {"served": 0, "refused": 0}
    for service in [*SERVED, *ABSENT]:
        asked = client(service)
        served = listed[SERVED[service]] if service in SERVED else set()
        for operation in asked.meta.service_model.operation_names:
            if operation in UNSIGNED | SKIPPED:
                continue
            status, error = answer(asked, operation)
            if status != 501 or operation in served:
                counts["served"] += 1
                if operation not in served:
                    wrong.append(f"{service}: {operation} is answered with {status} {error}, and is on no list")
                continue
            counts["refused"] += 1
            # The answer to HEAD has no body.
            if asked.meta.service_model.operation_model(operation).http.get("method") == "HEAD":
                continue
            # A method and a path are all that names an operation of a REST service that is not there.
            named = ABSENT.get(service, "").startswith("rest") or operation in error.get("Message", "")
            if error.get("Code") != "NotImplemented" or not named:
                wrong.append(f"{service}: {operation} is refused without its name: {error}")
    print(counts)
    if wrong:
        sys.exit("\n".join(wrong))
    assert counts["served"] > 140 and counts["refused"] > 600, counts


main()
