"""Runs a Python function with our client or with AWS's, against a Runtime API of the tests, and collects what happens."""

import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import sysconfig
import threading
import time
import typing

from runtime_api import RuntimeApi

HERE = pathlib.Path(__file__).resolve().parent
CLIENT = HERE.parents[2] / "crates" / "runtimes" / "clients" / "python"
LIMIT_SECONDS = 60
STANDARD_LIBRARY = os.path.dirname(os.__file__)
AWS_PACKAGES = sysconfig.get_path("platlib")
AWS_LIBRARY = "/var/lang/lib/python%d.%d" % sys.version_info[:2]

#: How a process of each client is started; the handler is in `_HANDLER`.
COMMANDS = {
    "ours": [sys.executable, "-S", "-X", "utf8", str(CLIENT / "bootstrap.py")],
    # AWS's is kept apart from the function, so that what it imports is never the function's.
    "awslambdaric": [sys.executable, str(HERE / "awslambdaric_main.py")],
}

#: A frame of a client in a logged or answered stack trace, with the line of code that it shows; not where the handler is called.
CLIENT_FRAME = re.compile(
    r'"?[ \u00a0]{2}File \\?"[^"\\]*(?:awslambdaric|workshop_runtime)[^"\\]*\\?", line \d+, in (?!handle_event_request\b)\w+'
    r'(?:\\n|[\r\n])[ \u00a0]{4}.*?(?:\\n", |\\n"|[\r\n])'
)


@dataclasses.dataclass
class Case:
    """A function's configuration, and the events that one process of it gets."""

    name: str
    handler: str
    events: typing.List[typing.Any]
    environment: typing.Dict[str, str] = dataclasses.field(default_factory=dict)
    task_root: str = "handlers"
    #: Log messages go to a descriptor of their own, as on Lambda.
    telemetry: bool = False


@dataclasses.dataclass
class Outcome:
    """What a process did."""

    posts: typing.List[typing.Any]
    #: Standard output and standard error, in the order in which they were written.
    output: str
    #: Type and text of each frame that came through the telemetry descriptor.
    frames: typing.List[typing.Any]
    #: None when it waited for one more event.
    exit_status: typing.Optional[int]


def environment(case, api):
    """The variables that Lambda sets, and nothing of this machine's."""
    variables = {
        "AWS_EXECUTION_ENV": "AWS_Lambda_python%d.%d" % sys.version_info[:2],
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_FUNCTION_NAME": "judged",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/judged",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/02/[$LATEST]0123456789abcdef0123456789abcdef",
        "AWS_LAMBDA_RUNTIME_API": api.address,
        "AWS_REGION": "us-east-1",
        "LAMBDA_TASK_ROOT": str(HERE / case.task_root),
        "LANG": "C.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "TZ": ":UTC",
        "_HANDLER": case.handler,
    }
    variables.update(case.environment)
    return variables


def run(client, case):
    """Runs one process until it waits for an event that is not there, or ends."""
    api = RuntimeApi(case.events)
    variables = environment(case, api)
    frames = bytearray()
    pipe = os.pipe() if case.telemetry else None
    if pipe:
        variables["_LAMBDA_TELEMETRY_LOG_FD"] = str(pipe[1])
    process = subprocess.Popen(
        COMMANDS[client], cwd=HERE / case.task_root, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, pass_fds=pipe[1:] if pipe else (),
    )
    if pipe:
        os.close(pipe[1])
    output = bytearray()
    readers = [threading.Thread(target=read_all, args=(process.stdout, output))]
    if pipe:
        readers.append(threading.Thread(target=read_all, args=(open(pipe[0], "rb"), frames)))
    for reader in readers:
        reader.start()
    try:
        status = wait(process, api)
    finally:
        process.kill()
        process.wait()
        for reader in readers:
            reader.join()
        api.close()
    return Outcome(api.posts, output.decode("utf-8", "backslashreplace"), split_frames(bytes(frames)), status)


def read_all(stream, into):
    with stream:
        into.extend(stream.read())


def wait(process, api):
    """The exit status, or None once the process waits for another event."""
    end = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            return process.returncode
        if api.drained.wait(0.005):
            return None
    raise TimeoutError("the client neither ended nor asked for another event")


def split_frames(data):
    frames = []
    while data:
        kind, length = int.from_bytes(data[:4], "big"), int.from_bytes(data[4:8], "big")
        frames.append((hex(kind), data[16:16 + length].decode("utf-8", "backslashreplace")))
        data = data[16 + length:]
    return frames


def masked(text, task_root):
    """The text without what differs from run to run, and with paths as on AWS."""
    text = text.replace(str(HERE / task_root), "/var/task").replace(STANDARD_LIBRARY, AWS_LIBRARY)
    text = text.replace(AWS_PACKAGES + os.sep, AWS_LIBRARY + "/site-packages/")
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", "TIMESTAMP", text)
    text = re.sub(r"\[ERROR\] \[\d{13}\]", "[ERROR] [MILLISECONDS]", text)
    text = re.sub(r"line repeated \d+ more times", "line repeated N more times", text)
    text = re.sub(r" at 0x[0-9a-f]+", " at ADDRESS", text)
    text = re.sub(r"(?m)^Traceback \(most recent call last\):\n(  .*\n)+", without_client_frames, text)
    text = CLIENT_FRAME.sub("", text)
    # Where a coroutine that nobody awaited was dropped: in the client.
    return re.sub(r"(?m)^[^\s:]+:\d+: (RuntimeWarning: coroutine .*)\n  .*\n", r"\1\n", text)


def without_client_frames(found):
    """Python's own report of an error that ended the process: its frames in the client differ."""
    head, *frames = re.split(r"(?m)^(?=  File )", found.group())
    client = re.compile(r'  File "([^"]*(awslambdaric|workshop_runtime)[^"]*|[^"]*/bootstrap\.py|<frozen runpy>)"')
    return head + "".join(frame for frame in frames if not client.match(frame))
