"""What failed, as AWS's client describes it: the error document, and paths as they are on AWS."""

import os
import sys

#: Where the function's code and Python itself lie on AWS: what stack traces there name.
AWS_TASK_ROOT = "/var/task"
AWS_STANDARD_LIBRARY = f"/var/lang/lib/python{sys.version_info[0]}.{sys.version_info[1]}"

_PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep
_STANDARD_LIBRARY = os.path.dirname(os.__file__)

#: The frame in which AWS's client calls the handler. It is in a trace only where no frame of the function is: the handler was
#: called with arguments that it does not take, or cannot be called.
_CALL_FRAME = (
    AWS_STANDARD_LIBRARY + "/site-packages/awslambdaric/bootstrap.py",
    178,
    "handle_event_request",
    "response = request_handler(event, lambda_context)",
)


class Fault(Exception):
    """An error of the runtime's own: its type without `Runtime.`, its text, and what stands in place of a stack trace."""

    def __init__(self, error_type, message, trace=()):
        super().__init__(message)
        self.error_type = f"Runtime.{error_type}"
        self.trace = list(trace)


def on_aws(path):
    """A path as it is on AWS."""
    for here, there in ((os.environ.get("LAMBDA_TASK_ROOT"), AWS_TASK_ROOT), (_STANDARD_LIBRARY, AWS_STANDARD_LIBRARY)):
        if here and (path == here or path.startswith(here + os.sep)):
            return there + path[len(here):]
    return path


def error_document(error, request_id=""):
    """The JSON object that says what failed."""
    if isinstance(error, Fault):
        error_type, trace = error.error_type, error.trace
    else:
        error_type, trace = type(error).__name__, _stack_trace(error)
    return {"errorMessage": str(error), "errorType": error_type, "requestId": request_id, "stackTrace": trace}


def _stack_trace(error):
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    first = next((index for index, frame in enumerate(frames) if not frame.filename.startswith(_PACKAGE)), None)
    if first is None:
        return traceback.format_list([_CALL_FRAME])
    # As tuples, so that no line of carets marks the place in a line: AWS's client has none either.
    own = [(on_aws(frame.filename), frame.lineno, frame.name, frame.line) for frame in frames[first:]]
    return traceback.format_list(own)
