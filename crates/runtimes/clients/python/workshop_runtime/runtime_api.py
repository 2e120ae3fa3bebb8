"""Lambda's Runtime API, through one connection that stays open.

Python's `http.client` would take longer to import than all that is imported here: HTTP is spoken by hand, as far as it is needed.
"""

import _socket
import sys
import time

_PATH = "/2018-06-01/runtime/"
_BLOCK_BYTES = 65536


class RuntimeApiError(Exception):
    """The Runtime API is not there, or does not answer as one."""


class RuntimeApi:
    """The API at `host:port`."""

    def __init__(self, address):
        host, _, port = address.rpartition(":")
        self._address = address
        self._family = _socket.AF_INET6 if ":" in host else _socket.AF_INET
        self._peer = (host.strip("[]"), int(port))
        self._connection = None

    def next_invocation(self):
        """Waits for an event: its headers, with lower-case names, and its body."""
        status, headers, body = self._exchange("GET", "invocation/next")
        if status != 200:
            raise RuntimeApiError(f"Failed to get next: status {status} from the Runtime API at {self._address}")
        return headers, body

    def post_response(self, request_id, body, content_type):
        """Answers an invocation."""
        self._answer(f"invocation/{request_id}/response", body, content_type, "response")

    def post_error(self, request_id, body):
        """Answers that an invocation failed."""
        self._answer(f"invocation/{request_id}/error", body, "application/json", "error")

    def post_init_error(self, body, error_type):
        """Says that the function could not be initialised."""
        headers = f"Lambda-Runtime-Function-Error-Type: {error_type}\r\n"
        status, _, answer = self._exchange("POST", "init/error", headers, body)
        if status != 202:
            text = f"Request to Lambda Runtime '{_PATH}init/error' endpoint failed. Reason: '{status}'. Response body: '{answer!r}'"
            raise RuntimeApiError(text)

    def _answer(self, path, body, content_type, what):
        status, _, answer = self._exchange("POST", path, f"Content-Type: {content_type}\r\n", body)
        if 200 <= status < 300:
            return
        # The line that AWS's client writes, for a response and an error alike; too large a response gets 413.
        sys.stderr.write(
            f"[ERROR] [{time.time() * 1000:.0f}] LAMBDA_RUNTIME Failed to post handler success response. "
            f"Http response code: {status}. {answer.decode('utf-8', 'replace')}\n"
        )
        raise RuntimeError(f"Failed to post invocation {what}")

    def _exchange(self, method, path, headers="", body=b""):
        request = f"{method} {_PATH}{path} HTTP/1.1\r\nHost: {self._address}\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
        request = request.encode() + body
        if self._connection is not None:
            try:
                return self._try(request)
            except ConnectionError:
                # The connection was idle, and the other side has closed it: once more, on a new one.
                self._connection.close()
        self._connection = _socket.socket(self._family, _socket.SOCK_STREAM)
        # A function may have set another default.
        self._connection.settimeout(None)
        self._connection.connect(self._peer)
        self._connection.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
        return self._try(request)

    def _try(self, request):
        self._connection.sendall(request)
        received = bytearray()
        while b"\r\n\r\n" not in received:
            block = self._connection.recv(_BLOCK_BYTES)
            if not block:
                if received:
                    raise RuntimeApiError(f"The Runtime API at {self._address} ended in the middle of an answer")
                raise ConnectionResetError(f"the Runtime API at {self._address} closed the connection")
            received += block
        head, _, body = bytes(received).partition(b"\r\n\r\n")
        first, *lines = head.decode("utf-8", "surrogateescape").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        return int(first.split(" ", 2)[1]), headers, self._rest(headers, body)

    def _rest(self, headers, start):
        """The body, of which the first bytes have come."""
        if "content-length" not in headers:
            raise RuntimeApiError(f"The Runtime API at {self._address} sent an answer without Content-Length")
        missing = int(headers["content-length"]) - len(start)
        blocks = [start]
        while missing > 0:
            block = self._connection.recv(min(missing, 1 << 20))
            if not block:
                raise RuntimeApiError(f"The Runtime API at {self._address} ended in the middle of an answer")
            blocks.append(block)
            missing -= len(block)
        return b"".join(blocks)
