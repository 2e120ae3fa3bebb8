"""Events from JSON, results to JSON, with what AWS's client makes of Python's values.

AWS's client uses `simplejson`: named tuples are objects, bytes are text, decimals are numbers digit for digit. Here the core of
the standard library's `json` does the work, without the package around it, which takes longer to import than to use."""

import _json
import os
import sys

from .errors import Fault

_SCALARS = frozenset((str, int, float, bool, type(None)))
#: Runtimes that leave characters beyond ASCII as they are; those before escape them.
_UNICODE_ENVIRONMENTS = tuple(f"AWS_Lambda_python3.{minor}" for minor in range(12, 16))
#: What `simplejson` says of a value that is nested too deeply.
_TOO_DEEP = "maximum recursion depth exceeded while " + (
    "calling a Python object" if sys.version_info >= (3, 12) else "encoding a JSON object"
)


class _Number(str):
    """Text that stands in the JSON as it is."""


class _Rules:
    """How events are read: the attributes that `_json.make_scanner` asks for."""

    strict = True
    object_hook = object_pairs_hook = None
    parse_float, parse_int = float, int

    @staticmethod
    def parse_constant(name):
        """`NaN` and the infinities are no JSON to AWS's client."""
        raise StopIteration(name)

    def __getattr__(self, name):
        # A later Python may ask for more.
        return None


class Marshaller:
    """Reads events and writes results."""

    def __init__(self):
        keeps_unicode = os.environ.get("AWS_EXECUTION_ENV") in _UNICODE_ENVIRONMENTS
        self._quote = _json.encode_basestring if keeps_unicode else _json.encode_basestring_ascii
        self._scan = _json.make_scanner(_Rules())

    def event(self, body, content_type):
        """What the handler gets: the JSON value, or the bytes as they came if they are not said to be JSON."""
        if content_type != "application/json":
            return body
        try:
            return self._decoded(body.decode())
        except RecursionError as error:
            # Python's own `json` says "from a unicode string".
            text = str(error).replace("a unicode string", "a string")
            raise Fault("UnmarshalError", f"Unable to unmarshal input: {text}") from error
        except Exception as error:
            raise Fault("UnmarshalError", f"Unable to unmarshal input: {error}") from error

    def response(self, value):
        """A result's content and content type: the text of its JSON, or the very bytes that the handler returned."""
        if isinstance(value, bytes):
            return value, "application/unknown"
        try:
            return self._encoded(value), "application/json"
        except RecursionError as error:
            raise Fault("MarshalError", f"Unable to marshal response: {_TOO_DEEP}") from error
        except Exception as error:
            raise Fault("MarshalError", f"Unable to marshal response: {error}") from error

    def encode(self, document):
        """The JSON of an error document."""
        return self._encoded(document).encode()

    def _decoded(self, text):
        start = len(text) - len(text.lstrip(" \t\n\r"))
        if text.startswith("\ufeff"):
            start = 1
        try:
            value, end = self._scan(text, start)
        except (StopIteration, ValueError, SystemError):
            # Python 3.10 and before make no exception of an error, as long as `json` is not imported.
            end = -1
        if end == -1 or text[end:].strip(" \t\n\r"):
            from . import json_errors

            raise ValueError(json_errors.explain(text, start))
        return value

    def _encoded(self, value):
        quote = self._quote
        if not _is_plain(value):
            value = _plain(value, set())

            def quote(text, quote=quote):
                return text if type(text) is _Number else quote(text)

        encoder = _json.make_encoder({}, _refuse, quote, None, ": ", ", ", False, False, True)
        return "".join(encoder(value, 0))


def _refuse(value):
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _is_plain(value):
    """Whether the standard library's encoder makes of this what `simplejson` makes of it."""
    seen = set()
    waiting = [value]
    while waiting:
        one = waiting.pop()
        kind = type(one)
        if kind in _SCALARS or id(one) in seen:
            continue
        if kind is dict:
            if not all(type(key) in _SCALARS for key in one):
                return False
            inner = one.values()
        elif kind is list or kind is tuple:
            inner = one
        else:
            return False
        seen.add(id(one))
        waiting.extend(part for part in inner if type(part) not in _SCALARS)
    return True


def _plain(value, outer):
    """The same value without named tuples, bytes and decimals. `outer` has the ids of what it is in."""
    if type(value) in _SCALARS or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, bytes):
        return value.decode()
    decimal = sys.modules.get("decimal")
    if decimal is not None and isinstance(value, decimal.Decimal):
        return float("nan") if value.is_nan() else _Number(value)
    if id(value) in outer:
        raise ValueError("Circular reference detected")
    outer.add(id(value))
    as_dict = None if isinstance(value, list) else getattr(value, "_asdict", None)
    if callable(as_dict) and not isinstance(value, type):
        value_plain = _plain(as_dict(), outer)
    elif isinstance(value, (list, tuple)):
        value_plain = [_plain(part, outer) for part in value]
    elif isinstance(value, dict):
        value_plain = {_plain_key(key): _plain(part, outer) for key, part in value.items()}
    else:
        value_plain = value
    outer.remove(id(value))
    return value_plain


def _plain_key(key):
    if isinstance(key, bytes):
        return key.decode()
    if key is None or isinstance(key, (str, int, float)):
        return key
    raise TypeError(f"keys must be str, int, float, bool or None, not {type(key).__name__}")
