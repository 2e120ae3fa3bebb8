"""The root logger's handler: Lambda's text format, and its JSON format."""

import logging
import time

from .logs import Telemetry

_DATE_FORMAT = "%Y-%m-%dT%H:%M:%S"
_TEXT_FORMAT = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"

#: Attributes of a record that are no extra fields of the function's.
_OWN_ATTRIBUTES = frozenset(
    "name msg args levelname levelno pathname filename module exc_info exc_text stack_info lineno funcName created msecs "
    "relativeCreated thread threadName processName process aws_request_id tenant_id _frame_type".split()
)


def set_up(log):
    """Gives the root logger its handler and its level."""
    logging.Formatter.converter = time.gmtime
    handler = LambdaLoggerHandler(log)
    handler.setFormatter(JsonFormatter() if log.json_format else logging.Formatter(_TEXT_FORMAT, _DATE_FORMAT))
    handler.addFilter(RequestFilter(log))
    root = logging.getLogger()
    # Every other text leaves the level as it is: WARNING.
    if log.level in logging._nameToLevel:
        root.setLevel(log.level)
    root.addHandler(handler)


def rounded_level(record):
    """The record's level, down to one of the five."""
    return min(50, max(0, record.levelno)) // 10 * 10


class RequestFilter(logging.Filter):
    """Puts the invocation's id into every record that is logged."""

    def __init__(self, log):
        super().__init__()
        self._log = log

    def filter(self, record):
        record.aws_request_id = self._log.request_id or ""
        record.tenant_id = self._log.tenant_id
        return True


class LambdaLoggerHandler(logging.Handler):
    """Writes records to the log. As with AWS's client, a record that can't be formatted is an error where it was logged."""

    def __init__(self, log):
        super().__init__()
        self._log = log

    def emit(self, record):
        text = self.format(record)
        frame_type = None
        if self._log.json_format or self._log.level:
            frame_type = getattr(record, "_frame_type", None) or Telemetry.frame_type(False, rounded_level(record))
        self._log.write(text, frame_type)


class JsonFormatter(logging.Formatter):
    """One JSON object per record ("Using structured JSON logs with Python" in the Lambda developer guide)."""

    def __init__(self):
        super().__init__(datefmt=_DATE_FORMAT + "Z")
        import json

        self._encode = json.JSONEncoder(ensure_ascii=False, default=str).encode

    def format(self, record):
        record.levelno = rounded_level(record)
        record.levelname = logging.getLevelName(record.levelno)
        record._frame_type = Telemetry.frame_type(True, record.levelno)
        fields = {
            "timestamp": self.formatTime(record, self.datefmt),
            "level": record.levelname,
            "message": record.msg if isinstance(record.msg, dict) and not record.args else record.getMessage(),
            "logger": record.name,
            **self._exception(record),
            "requestId": getattr(record, "aws_request_id", None),
            "location": f"{record.pathname}:{record.funcName}:{record.lineno}" if record.exc_info else None,
        }
        tenant_id = getattr(record, "tenant_id", None)
        if tenant_id is not None:
            fields["tenantId"] = tenant_id
        for name, value in vars(record).items():
            if name not in _OWN_ATTRIBUTES:
                fields.setdefault(name, value)
        return self._encode({name: value for name, value in fields.items() if value is not None}) + "\n"

    @staticmethod
    def _exception(record):
        if not record.exc_info:
            # Extra fields of these names do not show.
            return dict.fromkeys(("stackTrace", "errorType", "errorMessage"))
        import traceback

        kind, error, trace = record.exc_info
        return {"stackTrace": traceback.format_tb(trace), "errorType": kind.__name__, "errorMessage": str(error)}
