"""The life of a function's process: find the handler, then serve one invocation after the other."""

import os
import sys

from . import logs, modules
from .context import LambdaContext
from .errors import error_document
from .handler import find_handler
from .marshal import Marshaller
from .runtime_api import RuntimeApi


def main():
    """Runs until the process is ended, or exits with status 1 when there is no handler."""
    sys.stdout, sys.stderr = logs.Unbuffered(sys.stdout), logs.Unbuffered(sys.stderr)
    log = logs.Log()
    marshaller = Marshaller()
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    modules.arrange(os.environ["LAMBDA_TASK_ROOT"], log.set_up_logging)
    try:
        handler = find_handler(os.environ["_HANDLER"])
    except Exception as error:
        fail_initialisation(api, log, marshaller, error)
    while True:
        serve(api, log, marshaller, handler, *api.next_invocation())


def fail_initialisation(api, log, marshaller, error):
    """Logs why there is no handler, says so, and exits."""
    log.warn_unhandled()
    document = error_document(error)
    log.error(document, marshaller)
    log.missing_module(modules.missing_provided(error.__cause__))
    api.post_init_error(marshaller.encode(document), document["errorType"])
    sys.exit(1)


def serve(api, log, marshaller, handler, headers, body):
    """One invocation."""
    request_id = log.request_id = headers.get("lambda-runtime-aws-request-id")
    log.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
    if "lambda-runtime-trace-id" in headers:
        os.environ["_X_AMZN_TRACE_ID"] = headers["lambda-runtime-trace-id"]
    else:
        os.environ.pop("_X_AMZN_TRACE_ID", None)
    failure = missing = None
    try:
        context = LambdaContext(headers, log.write)
        event = marshaller.event(body, headers.get("content-type"))
        # Kept until the answer is posted: only then Python warns of a coroutine that nobody awaited.
        result = handler(event, context)
        answer, content_type = marshaller.response(result)
    except Exception as error:
        failure = error_document(error, request_id)
        missing = modules.missing_provided(error)
    # What fails from here on ends the process, as it ends AWS's client: half a surrogate pair, which is no UTF-8, or a result
    # that the Runtime API refuses.
    if failure is None:
        api.post_response(request_id, answer if isinstance(answer, bytes) else answer.encode(), content_type)
    else:
        log.error(failure, marshaller)
        log.missing_module(missing)
        api.post_error(request_id, marshaller.encode(failure))
