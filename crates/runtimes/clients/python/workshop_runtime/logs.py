"""What is logged: the function's own output, records of `logging`, and errors, as AWS's client writes them."""

import os
import sys
import time

#: The runtime writes the indentation of a stack trace with these, so that it survives on its way.
_NO_BREAK_SPACE = "\u00a0"

#: Without a telemetry descriptor, the lines of one error are one line of output.
_LINE_BREAK = "\r"

#: AWS logs this before an error of the initialisation.
_UNHANDLED = (
    "LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code. However, in rare cases, a "
    "Lambda runtime update can cause unexpected function behavior. For functions using managed runtimes, runtime updates can "
    "be triggered by a function change, or can be applied automatically. To determine if the runtime has been updated, check "
    "the runtime version in the INIT_START log entry. If this error correlates with a change in the runtime version, you may "
    "be able to mitigate this error by temporarily rolling back to the previous runtime version. For more information, see "
    "https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html\r"
)

_DATE_FORMAT = "%Y-%m-%dT%H:%M:%S"


class Unbuffered:
    """A stream whose every write is out when it returns."""

    def __init__(self, stream):
        self.stream = stream

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def write(self, text):
        self.stream.write(text)
        self.stream.flush()

    def writelines(self, lines):
        self.stream.writelines(lines)
        self.stream.flush()


class StandardOutput:
    """Log messages go to standard output."""

    def write(self, text, frame_type=None):
        sys.stdout.write(text)

    def write_error(self, lines):
        sys.stdout.write(_LINE_BREAK.join(lines) + "\n")


class Telemetry:
    """Log messages go to a descriptor, each in a frame of its own: type and length of 4 bytes, 8 bytes of microseconds since
    1970, the text; big-endian. The types are those of AWS's client: text or JSON, and the level."""

    TEXT = 0xA55A0003
    JSON = 0xA55A0002

    def __init__(self, descriptor, json_format):
        self._descriptor = int(descriptor)
        self._format = self.JSON if json_format else self.TEXT

    @classmethod
    def frame_type(cls, json_format, level):
        """The type of a record of this level (a multiple of 10); that of no level for others."""
        base = cls.JSON if json_format else cls.TEXT
        return base if level == 0 else base + 4 + 4 * level // 10

    def write(self, text, frame_type=None):
        data = text.encode()
        head = (frame_type or self.TEXT).to_bytes(4, "big") + len(data).to_bytes(4, "big")
        frame = head + (time.time_ns() // 1000).to_bytes(8, "big") + data
        while frame:
            frame = frame[os.write(self._descriptor, frame):]

    def write_error(self, lines):
        self.write("\n".join(lines), self.frame_type(self._format == self.JSON, 40))


class Log:
    """The log of one process."""

    def __init__(self):
        #: Of the invocation that runs, or ran last.
        self.request_id = None
        self.tenant_id = None
        self.json_format = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
        level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "")
        self.level = "DEBUG" if level == "TRACE" else level.upper()
        descriptor = os.environ.pop("_LAMBDA_TELEMETRY_LOG_FD", None)
        self._sink = StandardOutput() if descriptor is None else Telemetry(descriptor, self.json_format)
        self.write = self._sink.write

    def set_up_logging(self):
        """Gives the root logger Lambda's handler; called once `logging` is imported."""
        from . import records

        records.set_up(self)

    def error(self, document, marshaller):
        """Logs an error document."""
        if self.json_format:
            timestamp = time.strftime(_DATE_FORMAT + "Z", time.gmtime())
            stamped = {"timestamp": timestamp, "level": "ERROR", **document}
            self._sink.write_error([marshaller.encode(stamped).decode()])
            return
        message = f": {document['errorMessage']}" if document["errorMessage"] else ""
        lines = [f"[ERROR] {document['errorType']}{message}", "Traceback (most recent call last):"]
        for entry in document["stackTrace"]:
            lines += [_indented(line) for line in entry.splitlines()] if entry else [""]
        self._sink.write_error(lines)

    def warn_unhandled(self):
        """Logs what AWS says before an error of the initialisation."""
        import logging

        logging.warning(_UNHANDLED)

    def missing_module(self, module):
        """Says that the function misses a module that Lambda would provide, if there is one."""
        if module is not None:
            sys.stderr.write(
                f"workshop: Lambda provides the Python module {module}, and this machine's Python {sys.version.split()[0]} "
                "does not have it. `workshop deploy --local` installs it; or install it yourself "
                f"({sys.executable} -m pip install {_package(module)}), or put it into the function's package.\n"
            )


def _indented(line):
    text = line.lstrip(" ")
    return _NO_BREAK_SPACE * (len(line) - len(text)) + text


def _package(module):
    """What PyPI calls the package that has the module."""
    names = {"dateutil": "python-dateutil", "snapshot_restore_py": "snapshot-restore-py"}
    return names.get(module, module)
