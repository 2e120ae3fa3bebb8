"""No member of any operation's input is left out in silence: each is read, which a value of a wrong type shows, or refused by
its name. It goes over every member of every input shape of the API models, for the operations on the page in the argument."""

import http.client
import io
import json
import os
import sys
import zipfile
from urllib.parse import quote, urlencode, urlsplit

import boto3
import botocore.session

ENDPOINT = urlsplit(os.environ["AWS_ENDPOINT_URL"])
TITLES = {
    "stepfunctions": "Step Functions",
    "lambda": "Lambda",
    "logs": "CloudWatch Logs",
    "apigatewayv2": "API Gateway v2",
    "iam": "IAM",
    "sts": "STS",
}
SERVICES = {"stepfunctions": "states", "lambda": "lambda", "logs": "logs", "apigatewayv2": "apigateway", "iam": "iam", "sts": "sts"}

# Members that are read although no wrong value shows it, or that change nothing wherever they are taken, with the reason.
KNOWN = {
    ("lambda", "ListEventSourceMappings"): "there are none, whatever is asked for",
    ("lambda", "ListLayers"): "there are none, whatever is asked for",
    ("lambda", "ListCodeSigningConfigs"): "there are none, whatever is asked for",
    ("lambda", "ListFunctionsByCodeSigningConfig"): "there is no such thing, whatever else is asked for",
    ("lambda", "RemovePermission.RevisionId"): "compared once the statement is found",
    ("lambda", "Invoke.Payload"): "the body itself",
    ("lambda", "UntagResource.TagKeys"): "a key that no tag has is no error",
    ("apigatewayv2", "UntagResource.TagKeys"): "a key that no tag has is no error",
    ("apigatewayv2", "NextToken"): "the key of the last item given: every text is one",
    ("logs", "FilterLogEvents.interleaved"): "always so, as on AWS since 2019",
    ("logs", "FilterLogEvents.unmask"): "nothing is masked here",
    ("logs", "GetLogEvents.unmask"): "nothing is masked here",
    ("logs", "PutLogEvents.sequenceToken"): "AWS ignores it too",
    ("logs", "DescribeMetricFilters"): "there are none, whatever is asked for",
}

# What the handlers of the query protocol read: all is text there, and no wrong type shows it.
ROLE = {"RoleName"}
PROFILE = {"InstanceProfileName"}
PAGE = {"Marker", "MaxItems"}
TAGS = {"Tags", "Tags.Key", "Tags.Value"}
SIMULATED = PAGE | {
    "PolicyInputList", "PermissionsBoundaryPolicyInputList", "ActionNames", "ResourceArns", "ResourcePolicy", "ResourceOwner",
    "CallerArn", "ContextEntries", "ContextEntries.ContextKeyName", "ContextEntries.ContextKeyValues",
    # All values are texts here, and operators read them as what they compare.
    "ContextEntries.ContextKeyType",
}
FORMS = {
    "AddRoleToInstanceProfile": PROFILE | ROLE,
    "AttachRolePolicy": ROLE | {"PolicyArn"},
    "CreateInstanceProfile": PROFILE | TAGS | {"Path"},
    "CreatePolicy": {"PolicyName", "Path", "PolicyDocument", "Description"} | TAGS,
    "CreatePolicyVersion": {"PolicyArn", "PolicyDocument", "SetAsDefault"},
    "CreateRole": ROLE | TAGS | {"Path", "AssumeRolePolicyDocument", "Description", "MaxSessionDuration", "PermissionsBoundary"},
    "DeleteInstanceProfile": PROFILE,
    "DeletePolicy": {"PolicyArn"},
    "DeletePolicyVersion": {"PolicyArn", "VersionId"},
    "DeleteRole": ROLE,
    "DeleteRolePermissionsBoundary": ROLE,
    "DeleteRolePolicy": ROLE | {"PolicyName"},
    "DetachRolePolicy": ROLE | {"PolicyArn"},
    "GetInstanceProfile": PROFILE,
    "GetPolicy": {"PolicyArn"},
    "GetPolicyVersion": {"PolicyArn", "VersionId"},
    "GetRole": ROLE,
    "GetRolePolicy": ROLE | {"PolicyName"},
    "GetUser": {"UserName"},
    "ListAccountAliases": PAGE,
    "ListAttachedRolePolicies": ROLE | PAGE | {"PathPrefix"},
    "ListEntitiesForPolicy": PAGE | {"PolicyArn", "EntityFilter", "PathPrefix", "PolicyUsageFilter"},
    "ListInstanceProfileTags": PAGE | PROFILE,
    "ListInstanceProfiles": PAGE | {"PathPrefix"},
    "ListInstanceProfilesForRole": ROLE | PAGE,
    "ListPolicies": PAGE | {"Scope", "OnlyAttached", "PathPrefix", "PolicyUsageFilter"},
    "ListPolicyTags": PAGE | {"PolicyArn"},
    "ListPolicyVersions": PAGE | {"PolicyArn"},
    "ListRolePolicies": ROLE | PAGE,
    "ListRoleTags": ROLE | PAGE,
    "ListRoles": PAGE | {"PathPrefix"},
    "SimulateCustomPolicy": SIMULATED,
    "SimulatePrincipalPolicy": SIMULATED | {"PolicySourceArn"},
    "PutRolePermissionsBoundary": ROLE | {"PermissionsBoundary"},
    "PutRolePolicy": ROLE | {"PolicyName", "PolicyDocument"},
    "RemoveRoleFromInstanceProfile": PROFILE | ROLE,
    "SetDefaultPolicyVersion": {"PolicyArn", "VersionId"},
    "TagInstanceProfile": TAGS | PROFILE,
    "TagPolicy": TAGS | {"PolicyArn"},
    "TagRole": ROLE | TAGS,
    "UntagInstanceProfile": PROFILE | {"TagKeys"},
    "UntagPolicy": {"PolicyArn", "TagKeys"},
    "UntagRole": ROLE | {"TagKeys"},
    "UpdateAssumeRolePolicy": ROLE | {"PolicyDocument"},
    "UpdateRole": ROLE | {"Description", "MaxSessionDuration"},
    "AssumeRole": TAGS
    | {"RoleArn", "RoleSessionName", "PolicyArns", "PolicyArns.arn", "Policy", "DurationSeconds", "TransitiveTagKeys", "ExternalId"}
    | {"SourceIdentity"},
    "AssumeRoleWithWebIdentity": {"RoleArn", "RoleSessionName", "WebIdentityToken", "PolicyArns", "PolicyArns.arn", "Policy"}
    | {"DurationSeconds"},
    "GetSessionToken": {"DurationSeconds"},
}


def wrong(shape):
    """A JSON value that this shape can't be."""
    return 17 if shape.type_name in ("string", "structure", "list", "map", "blob") else {"no": "such value"}


def members(shape, path=(), seen=()):
    """Every member with its path of names, `0` for an item of a list and `*` for a value of a map."""
    if shape.type_name == "structure":
        if shape.name in seen:
            return
        for name, member in shape.members.items():
            step = (*path, (name, member.serialization.get("name", name)))
            yield step, member
            yield from members(member, step, (*seen, shape.name))
    elif shape.type_name == "list":
        yield from members(shape.member, (*path, ("0", 0)), seen)
    elif shape.type_name == "map":
        yield from members(shape.value, (*path, ("*", "key")), seen)


def body_with(path, value):
    for _, wire in reversed(path):
        value = [value] if wire == 0 else {wire: value}
    return value


class Cloud:
    def __init__(self, service):
        self.signed_for = SERVICES[service]
        self.model = botocore.session.get_session().get_service_model(service)
        self.connection = http.client.HTTPConnection(ENDPOINT.hostname, ENDPOINT.port)

    def send(self, method, path, headers, body):
        credential = f"Credential=test/20260101/us-east-1/{self.signed_for}/aws4_request"
        signature = f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=00"
        self.connection.request(method, path, body, {"Authorization": signature, **headers})
        answer = self.connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        return answer.status, answer.getheader("x-amzn-ErrorType"), text

    def json(self, operation, body):
        headers = {"X-Amz-Target": f"{self.model.metadata['targetPrefix']}.{operation}", "Content-Type": "application/json"}
        return self.send("POST", "/", headers, json.dumps(body))

    def form(self, operation, fields):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", "/", headers, urlencode({"Action": operation, **fields}))

    def rest(self, operation, labels, query, headers, body):
        uri, _, fixed = operation.http["requestUri"].partition("?")
        query = dict(pair.split("=") for pair in fixed.split("&") if pair) | (query or {})
        for name, member in (operation.input_shape.members if operation.input_shape else {}).items():
            if member.serialization.get("location") == "uri":
                wire = member.serialization.get("name", name)
                label = quote(labels.get(wire, "xxxx"), safe="")
                uri = uri.replace("{" + wire + "}", label).replace("{" + wire + "+}", label)
        content = json.dumps(body) if body is not None else ""
        return self.send(operation.http["method"], f"{uri}?{urlencode(query)}" if query else uri, headers, content)


def is_refused(answer, name):
    return answer[0] == 501 and f"implement {name} of" in answer[2]


def is_known(service, operation, path):
    names = ".".join(name for name, _ in path)
    return any((service, key) in KNOWN for key in (operation, names, f"{operation}.{names}"))


def plain(path):
    return ".".join(name for name, _ in path if name != "0")


def of_forms(cloud, operation):
    taken = FORMS.get(operation.name, set())
    for path, _ in members(operation.input_shape):
        if plain(path) in taken:
            continue
        field = ".".join("member.1" if wire == 0 else wire for _, wire in path)
        if not is_refused(cloud.form(operation.name, {field: "x"}), path[0][0]):
            yield path


def of_json(cloud, service, operation):
    baseline = cloud.json(operation.name, {})
    for path, shape in members(operation.input_shape):
        answer = cloud.json(operation.name, body_with(path, wrong(shape)))
        if answer == baseline and not is_known(service, operation.name, path):
            yield path


def of_rest(cloud, service, operation, labels):
    method = operation.http["method"]
    has_body = method in ("POST", "PUT", "PATCH")
    ask = lambda query=None, headers=None, body=None: cloud.rest(operation, labels, query, headers or {}, body)
    baseline = ask(body={} if has_body else None)
    for path, shape in members(operation.input_shape):
        place = path[0][1]
        top = operation.input_shape.members[path[0][0]]
        location = top.serialization.get("location")
        if location == "uri" or is_known(service, operation.name, path):
            continue
        if location == "querystring":
            answer = ask(query={place: "\x01 no such value"}, body={} if has_body else None)
        elif location == "header":
            answer = ask(headers={place: "no such value"}, body={} if has_body else None)
        else:
            answer = ask(body=body_with(path, wrong(shape)))
        if answer == baseline:
            yield path



def listed_operations(page):
    """The operations on the page, by the title of their service."""
    listed, title = {}, None
    for line in page:
        if line.startswith("### "):
            title = line[4:].strip()
        elif line.startswith("| `"):
            listed.setdefault(title, set()).add(line.split("`")[1])
    return listed


def zipped():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("index.py", "def handler(event, context):\n    return event\n")
    return archive.getvalue()


def main():
    with open(sys.argv[1], encoding="utf-8") as page:
        listed = listed_operations(page)
    gateway = boto3.client("apigatewayv2")
    api = gateway.create_api(Name="a", ProtocolType="HTTP")["ApiId"]
    role = "arn:aws:iam::000000000000:role/r"
    code = {"ZipFile": zipped()}
    made = boto3.client("lambda").create_function(
        FunctionName="f", Runtime="python3.12", Role=role, Handler="index.handler", Code=code
    )
    function = made["FunctionArn"]
    integration = gateway.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=function, PayloadFormatVersion="2.0"
    )["IntegrationId"]
    route = gateway.create_route(ApiId=api, RouteKey="GET /a", Target=f"integrations/{integration}")["RouteId"]
    gateway.create_stage(ApiId=api, StageName="s")
    labels = {"apiId": api, "integrationId": integration, "routeId": route, "stageName": "s", "FunctionName": "f"}
    tokens = {"Audience": ["a"], "Issuer": "https://example.com"}
    labels["authorizerId"] = gateway.create_authorizer(
        ApiId=api, Name="t", AuthorizerType="JWT", IdentitySource=["$request.header.Authorization"], JwtConfiguration=tokens
    )["AuthorizerId"]
    labels["resource-arn"] = f"arn:aws:apigateway:us-east-1::/apis/{api}"
    labels["Resource"] = labels["ARN"] = function
    silent = []
    count = 0
    for service in SERVICES:
        cloud = Cloud(service)
        for name in cloud.model.operation_names:
            operation = cloud.model.operation_model(name)
            if name not in listed[TITLES[service]] or operation.input_shape is None or name.startswith("Delete"):
                continue
            count += sum(1 for _ in members(operation.input_shape))
            protocol = cloud.model.metadata["protocol"]
            if protocol == "query":
                found = of_forms(cloud, operation)
            elif protocol == "json":
                found = of_json(cloud, service, operation)
            else:
                found = of_rest(cloud, service, operation, labels)
            silent += [f"{service}: {name}.{plain(path)}" for path in found]
    print(f"{count} members")
    if silent:
        sys.exit("left out in silence:\n" + "\n".join(silent))
    assert count > 600, count


main()
