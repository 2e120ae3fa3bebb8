"""Runs a Python function: asks the Lambda Runtime API for events, calls the handler, and answers as AWS's runtime does.

Answers, error documents and log lines follow AWS's runtime interface client for Python; the code is our own."""

import decimal
import http.client
import importlib
import json
import logging
import os
import sys
import time
import traceback

API = "/2018-06-01/runtime"
TASK_ROOT = os.environ["LAMBDA_TASK_ROOT"]
#: Where the function's code lies on AWS: what stack traces tell.
AWS_TASK_ROOT = "/var/task"
#: AWS's runtime writes the indent of a logged stack trace with these, so that it survives on its way.
NO_BREAK_SPACE = "\u00a0"

request_id = ""


class Fault(Exception):
    """An error of the runtime's own: its type, its text, and lines in place of a stack trace."""

    def __init__(self, error_type, message, trace=()):
        super().__init__(message)
        self.error_type = f"Runtime.{error_type}"
        self.trace = list(trace)


class Identity:
    """Who calls through Cognito: nobody, here."""

    cognito_identity_id = None
    cognito_identity_pool_id = None


class Context:
    """What a handler gets beside its event."""

    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.client_context = None
        self.identity = Identity()
        self.tenant_id = None
        self._deadline_ms = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(self._deadline_ms - int(time.time() * 1000), 0)

    def log(self, message):
        sys.stdout.write(str(message))


class RequestId(logging.Filter):
    """Puts the invocation's id into every record that is logged."""

    def filter(self, record):
        record.aws_request_id = request_id
        return True


def set_up_logging():
    logging.Formatter.converter = time.gmtime
    form = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter(form, "%Y-%m-%dT%H:%M:%S"))
    handler.addFilter(RequestId())
    logging.getLogger().addHandler(handler)


def on_aws(path):
    """A path as it is on AWS."""
    inside = path == TASK_ROOT or path.startswith(TASK_ROOT + os.sep)
    return AWS_TASK_ROOT + path[len(TASK_ROOT):] if inside else path


def find_handler(name):
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        raise Fault("MalformedHandlerName", f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)")
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise Fault("BuiltInModuleConflict", f"Cannot use built-in module {module_name} as a handler module")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise Fault("ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        trace = f'  File "{on_aws(error.filename or "")}" Line {error.lineno}\n    {error.text}'
        raise Fault("UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}", [trace]) from error
    try:
        return getattr(module, function_name)
    except AttributeError:
        raise Fault("HandlerNotFound", f"Handler '{function_name}' missing on module '{module_name}'") from None


def plain_number(value):
    if not isinstance(value, decimal.Decimal):
        raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
    return int(value) if value.is_finite() and value == value.to_integral_value() else float(value)


def keeps_unicode():
    """Since Python 3.12 AWS's runtime leaves characters beyond ASCII as they are."""
    minor = os.environ.get("AWS_EXECUTION_ENV", "").rpartition("python3.")[2]
    return minor.isdigit() and int(minor) >= 12


ENCODER = json.JSONEncoder(ensure_ascii=not keeps_unicode(), default=plain_number)


def result_bytes(value):
    """The answer's body: JSON, or the very bytes that the handler gave."""
    if isinstance(value, bytes):
        return value
    try:
        return ENCODER.encode(value).encode()
    except Exception as error:
        raise Fault("MarshalError", f"Unable to marshal response: {error}") from error


def event_of(body):
    try:
        return json.loads(body)
    except Exception as error:
        raise Fault("UnmarshalError", f"Unable to unmarshal input: {error}") from error


def described(error, for_request):
    """The error document."""
    if isinstance(error, Fault):
        error_type, trace = error.error_type, error.trace
    else:
        frames = traceback.extract_tb(error.__traceback__)
        own = [(on_aws(frame.filename), frame.lineno, frame.name, frame.line) for frame in frames
               if frame.filename != __file__ and not frame.filename.startswith("<frozen importlib")]
        error_type, trace = type(error).__name__, traceback.format_list(own)
    return {"errorMessage": str(error), "errorType": error_type, "requestId": for_request, "stackTrace": trace}


def log_error(document):
    message = f": {document['errorMessage']}" if document["errorMessage"] else ""
    lines = [f"[ERROR] {document['errorType']}{message}", "Traceback (most recent call last):"]
    for line in "\n".join(document["stackTrace"]).splitlines():
        text = line.lstrip(" ")
        if text:
            lines.append(NO_BREAK_SPACE * (len(line) - len(text)) + text)
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


class RuntimeApi:
    """The Runtime API, through one connection that stays open."""

    def __init__(self, address):
        self._connection = http.client.HTTPConnection(address)

    def next(self):
        self._connection.request("GET", f"{API}/invocation/next")
        answer = self._connection.getresponse()
        return answer.headers, answer.read()

    def post(self, path, body):
        self._connection.request("POST", f"{API}/{path}", body, {"Content-Type": "application/json"})
        self._connection.getresponse().read()


def serve(api, handler):
    global request_id
    while True:
        headers, body = api.next()
        request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        os.environ["_X_AMZN_TRACE_ID"] = headers.get("Lambda-Runtime-Trace-Id", "")
        try:
            answer, outcome = result_bytes(handler(event_of(body), Context(headers))), "response"
        except Exception as error:
            document = described(error, request_id)
            log_error(document)
            answer, outcome = ENCODER.encode(document).encode(errors="replace"), "error"
        api.post(f"invocation/{request_id}/{outcome}", answer)


def main():
    # The folder of this file stood there.
    sys.path[0] = TASK_ROOT
    set_up_logging()
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        handler = find_handler(os.environ["_HANDLER"])
    except Exception as error:
        document = described(error, "")
        log_error(document)
        api.post("init/error", json.dumps(document).encode())
        sys.exit(1)
    serve(api, handler)


if __name__ == "__main__":
    main()
