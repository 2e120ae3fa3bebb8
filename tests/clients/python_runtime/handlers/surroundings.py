"""What a handler sees around it."""

import os
import sys
import time

calls = 0


def context_fields(context):
    names = (
        "aws_request_id log_group_name log_stream_name function_name memory_limit_in_mb function_version "
        "invoked_function_arn tenant_id"
    ).split()
    return {name: getattr(context, name) for name in names}


def client_context(context):
    one = context.client_context
    if one is None:
        return None
    client = one.client and {name: getattr(one.client, name) for name in one.client.__slots__}
    return [one.custom, one.env, client]


def remaining(context):
    left_ms = context.get_remaining_time_in_millis()
    return [type(left_ms).__name__, left_ms > 0]


def stopped(context):
    context._epoch_deadline_time_in_ms = int(time.time() * 1000) - 5
    return context.get_remaining_time_in_millis()


ASKED = {
    "fields": context_fields,
    "client context": client_context,
    "identity": lambda context: [context.identity.cognito_identity_id, context.identity.cognito_identity_pool_id],
    "repr": repr,
    "reprs": lambda context: [repr(context.identity), repr(context.client_context)],
    "public": lambda context: sorted(name for name in dir(context) if not name.startswith("_")),
    "remaining": remaining,
    "stopped": stopped,
    "w3c": lambda context: context.w3c(),
    "trace": lambda context: os.environ.get("_X_AMZN_TRACE_ID"),
    "context itself": lambda context: context,
    "log": lambda context: context.log("as it is, without a line's end; "),
    "log object": lambda context: context.log({"a": 1}),
    "variables": lambda context: sorted(name for name in os.environ if name.startswith(("AWS_", "_", "LAMBDA_", "WORKSHOP_"))),
    "path": lambda context: sys.path[0] == os.environ["LAMBDA_TASK_ROOT"],
    "folder": lambda context: os.getcwd() == os.environ["LAMBDA_TASK_ROOT"],
    "streams": lambda context: [sys.stdout.encoding, sys.stdout.errors, sys.stderr.encoding, sys.stderr.errors, sys.stdout.isatty()],
    "encodings": lambda context: [sys.getdefaultencoding(), sys.getfilesystemencoding(), "é".encode().decode()],
    "builtins": lambda context: [callable(exit), callable(quit), callable(help)],
    "main": lambda context: __name__,
}


def handler(event, context):
    return ASKED[event](context)


def echo(event, context):
    return event


def shown(event, context):
    return [type(event).__name__, repr(event)]


def counts(event, context):
    global calls
    calls += 1
    return calls
