"""Recorded requests as parameters of API operations, by the published models: JSON, query and REST protocols."""

import base64
import functools
import json
import re
import urllib.parse

from botocore.loaders import Loader
from botocore.model import ServiceModel

# The name in a signature's scope, and that of the service's model.
SERVICES = {
    "apigateway": "apigatewayv2",
    "iam": "iam",
    "lambda": "lambda",
    "logs": "logs",
    "states": "stepfunctions",
    "sts": "sts",
}


class Undecodable(Exception):
    """A request that is none of the service's operations, or not written as its protocol wants."""


@functools.cache
def model(scope):
    """The model of the service that a request is signed for."""
    if scope not in SERVICES:
        raise Undecodable(f"no model of the service {scope}")
    name = SERVICES[scope]
    return ServiceModel(Loader().load_service_model(name, "service-2"), name)


def signed_for(request):
    """The service that a request is signed for; nothing when it is not signed."""
    found = re.search(r"Credential=[^/]+/\d{8}/[^/]+/([^/]+)/aws4_request", request["headers"].get("authorization", ""))
    return found and found.group(1)


def decode(request):
    """The operation of a signed request and its parameters, as in the model."""
    service = model(signed_for(request))
    body = base64.b64decode(request["body"])
    protocol = service.metadata["protocol"]
    if protocol == "json":
        return decode_json(service, request, body)
    if protocol == "query":
        return decode_query(service, body)
    if protocol == "rest-json":
        return decode_rest(service, request, body)
    raise Undecodable(f"protocol {protocol}")


def operation_named(service, name):
    if name not in service.operation_names:
        raise Undecodable(f"{service.service_name} has no operation {name}")
    return service.operation_model(name)


def parsed(body):
    try:
        return json.loads(body)
    except ValueError as error:
        raise Undecodable(f"the body is no JSON: {error}") from error


def decode_json(service, request, body):
    prefix, _, name = request["headers"].get("x-amz-target", "").partition(".")
    if prefix != service.metadata["targetPrefix"]:
        raise Undecodable(f"x-amz-target begins with {prefix!r}")
    wanted = f"application/x-amz-json-{service.metadata['jsonVersion']}"
    if request["headers"].get("content-type") != wanted:
        raise Undecodable(f"content-type is {request['headers'].get('content-type')!r}, not {wanted!r}")
    operation = operation_named(service, name)
    return operation, from_json(operation.input_shape, parsed(body))


def decode_query(service, body):
    form = urllib.parse.parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)
    params = dict(form)
    if len(params) != len(form):
        raise Undecodable("a parameter stands in the form twice")
    if params.pop("Version", None) != service.api_version:
        raise Undecodable("not the model's API version")
    operation = operation_named(service, params.pop("Action", None))
    used = set()
    shape = operation.input_shape
    decoded = from_form(shape, params, "", used) if shape else {}
    decoded.update({name: params[name] for name in params.keys() - used})
    return operation, decoded


def decode_rest(service, request, body):
    path, _, query = request["target"].partition("?")
    query = urllib.parse.parse_qsl(query, keep_blank_values=True)
    operation, labels = rest_operation(service, request["method"], path, query)
    shape = operation.input_shape
    decoded, known = {}, set()
    for name, member in (shape.members if shape else {}).items():
        location = member.serialization.get("location")
        wire = member.serialization.get("name", name)
        if location == "uri":
            decoded[name] = from_text(member, labels[wire])
        elif location == "querystring":
            known.add(wire)
            values = [value for key, value in query if key == wire]
            if values:
                is_list = member.type_name == "list"
                decoded[name] = values if is_list else from_text(member, values[0])
        elif location == "header" and wire.lower() in request["headers"]:
            decoded[name] = from_text(member, request["headers"][wire.lower()])
    fixed = dict(urllib.parse.parse_qsl(operation.http["requestUri"].partition("?")[2], keep_blank_values=True))
    decoded.update({f"?{key}": value for key, value in query if key not in known and key not in fixed})
    payload = shape.serialization.get("payload") if shape else None
    if payload and shape.members[payload].type_name == "blob":
        decoded[payload] = body
    elif payload:
        decoded[payload] = from_json(shape.members[payload], parsed(body))
    elif body and body != b"{}":
        if not shape or not any("location" not in it.serialization for it in shape.members.values()):
            raise Undecodable(f"{operation.name} has a body")
        decoded.update(from_json(shape, parsed(body), in_body=True))
    return operation, decoded


def rest_operation(service, method, path, query):
    """The operation with the longest fixed path that fits, and the values of its labels."""
    best = None
    for name in service.operation_names:
        operation = service.operation_model(name)
        uri, _, fixed = operation.http["requestUri"].partition("?")
        wanted = dict(urllib.parse.parse_qsl(fixed, keep_blank_values=True))
        if operation.http["method"] != method or not all((k, v) in query for k, v in wanted.items()):
            continue
        pieces = re.split(r"\{([^}]+)\}", uri)
        expression = "".join(
            re.escape(piece) if place % 2 == 0 else ("(.+)" if piece.endswith("+") else "([^/]+)")
            for place, piece in enumerate(pieces)
        )
        found = re.fullmatch(expression, path)
        rank = len("".join(pieces[::2])), len(wanted)
        if found and (best is None or rank > best[0]):
            names = [piece.rstrip("+") for piece in pieces[1::2]]
            best = rank, operation, dict(zip(names, map(urllib.parse.unquote, found.groups())))
    if best is None:
        raise Undecodable(f"no operation of {service.service_name} is {method} {path}")
    return best[1:]


def from_text(shape, text):
    """A value of a path, query or header."""
    try:
        if shape.type_name in ("integer", "long"):
            return int(text)
        if shape.type_name in ("double", "float"):
            return float(text)
    except ValueError:
        return text
    return {"true": True, "false": False}.get(text, text) if shape.type_name == "boolean" else text


def from_form(shape, params, prefix, used):
    """A structure out of the flat names of a form."""
    decoded = {}
    for name, member in shape.members.items():
        key = prefix + member.serialization.get("name", name)
        if member.type_name == "list":
            items, place = [], 1
            while any(it == f"{key}.member.{place}" or it.startswith(f"{key}.member.{place}.") for it in params):
                at = f"{key}.member.{place}"
                if member.member.type_name == "structure":
                    items.append(from_form(member.member, params, at + ".", used))
                else:
                    used.add(at)
                    items.append(from_text(member.member, params[at]))
                place += 1
            if items:
                decoded[name] = items
        elif key in params:
            used.add(key)
            decoded[name] = from_text(member, params[key])
    return decoded


def from_json(shape, value, in_body=False):
    """A JSON value with the model's names of members; what the model does not know keeps its own name."""
    if shape is None:
        return value
    if shape.type_name == "structure" and isinstance(value, dict):
        members = {
            member.serialization.get("name", name): (name, member)
            for name, member in shape.members.items()
            if not (in_body and "location" in member.serialization)
        }
        decoded = {}
        for key, item in value.items():
            name, member = members.get(key, (f"{key} (in the body)" if in_body else key, None))
            decoded[name] = from_json(member, item) if member else item
        return decoded
    if shape.type_name == "list" and isinstance(value, list):
        return [from_json(shape.member, item) for item in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {key: from_json(shape.value, item) for key, item in value.items()}
    return value
