"""A Lambda Runtime API for tests: hands out given events, keeps what a runtime client answers, then ends the client."""

import dataclasses
import http.client
import http.server
import threading
import typing

PREFIX = "/2018-06-01/runtime/"
FUNCTION_ARN = "arn:aws:lambda:us-east-1:123456789012:function:judged"
#: 2100-01-01: no test waits for it.
DEADLINE_MS = 4_102_444_800_000
#: AWS's client sends a stack trace in a header, of up to 1 MiB.
http.client._MAXLINE = 2 << 20
#: Kept of each request: what the platform reads.
KEPT_HEADERS = ("Content-Type", "Lambda-Runtime-Function-Error-Type")


@dataclasses.dataclass
class Event:
    """One invocation: the body, and headers that replace or add to the usual ones."""

    body: bytes
    headers: typing.Dict[str, typing.Optional[str]] = dataclasses.field(default_factory=dict)
    #: What the answer gets.
    answer_status: int = 202
    #: How long the client waits for the event.
    delay_ms: int = 0
    #: Whether the connection is closed after the answer, without a word.
    closes: bool = False


@dataclasses.dataclass
class Post:
    """What the client sent."""

    path: str
    headers: typing.Dict[str, str]
    body: bytes


class RuntimeApi:
    """Serves on a free port of the loopback until it is closed."""

    def __init__(self, events):
        self._events = list(events)
        self._next = 0
        self.posts = []
        #: Set when the client asks for an event that is not there: it is done.
        self.drained = threading.Event()
        self._closing = threading.Event()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def address(self):
        """`host:port`, as in AWS_LAMBDA_RUNTIME_API."""
        return "127.0.0.1:%d" % self._server.server_address[1]

    def close(self):
        """Ends the server; a client that waits for an event loses its connection."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def next_event(self):
        """The next event's headers and body, or None after the last."""
        if self._next == len(self._events):
            self.drained.set()
            self._closing.wait()
            return None
        self._next += 1
        event = self._events[self._next - 1]
        self._closing.wait(event.delay_ms / 1000)
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": "00000000-0000-4000-8000-%012d" % self._next,
            "Lambda-Runtime-Deadline-Ms": str(DEADLINE_MS),
            "Lambda-Runtime-Invoked-Function-Arn": FUNCTION_ARN,
            "Lambda-Runtime-Trace-Id": "Root=1-00000000-%024d;Sampled=0" % self._next,
        }
        headers.update(event.headers)
        return {name: value for name, value in headers.items() if value is not None}, event.body

    def answered(self, path):
        """The status that this post gets, and whether the connection is closed after it."""
        if path == "init/error":
            return 202, False
        event = self._events[self._next - 1]
        return event.answer_status, event.closes

    def _handler(api):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Headers and body are two writes.
            disable_nagle_algorithm = True

            def do_GET(self):
                answer = api.next_event()
                if answer is None:
                    self.close_connection = True
                    return
                headers, body = answer
                self.send_response(200)
                for name, value in headers.items():
                    # As UTF-8: `send_header` writes Latin-1.
                    self.send_header(name, value.encode().decode("latin-1"))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                path = self.path[len(PREFIX):]
                kept = {name: self.headers[name] for name in KEPT_HEADERS if name in self.headers}
                status, self.close_connection = api.answered(path)
                api.posts.append(Post(path, kept, body))
                answer = b'{"status":"OK"}' if status == 202 else b'{"errorMessage":"too large","errorType":"Size"}'
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        return Handler
