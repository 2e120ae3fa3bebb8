"""Every configuration and event for which the two clients are compared."""

import ast
import json

from clients import HERE, Case
from runtime_api import Event

CLIENT_CONTEXT = json.dumps({
    "client": {"installation_id": "i", "app_title": "é", "app_version_name": "1", "app_version_code": "2", "unknown": 3},
    "custom": {"a": [1, None]},
    "env": {"locale": "fr"},
    "w3c": {"traceparent": "00-1", "tracestate": 5, "baggage": "b", "other": "o"},
}, ensure_ascii=False)
IDENTITY = json.dumps({"cognitoIdentityId": "id", "cognitoIdentityPoolId": "pool", "more": 1})
MOBILE = {"Lambda-Runtime-Client-Context": CLIENT_CONTEXT, "Lambda-Runtime-Cognito-Identity": IDENTITY}

#: These end the process with AWS's client, so each has one of its own.
ENDINGS = (
    "surrogate", "exit", "exit with text", "exit with nothing", "exit builtin", "hard exit", "base exception", "interrupt", "killed",
)

NOT_JSON = (
    b"", b"  ", b"{", b"[", b"[1", b"[1,", b"[1,]", b'{"a"', b'{"a":', b'{"a":1', b'{"a":1,', b'{"a":1,}', b"{a:1}", b"nul", b"NaN",
    b"[NaN]", b'{"NaN": -Infinity}', b"Infinity", b"1 2", b'"abc', b'"a\x01b"', b'"\\x"', b'"\\u12"', b'"\\u12G4"', b"01", b"-",
    b"1.", b"1e", b".5", b"\x0b1", b"1\x0c", b'"\xff"', b'"a\x00b"', b"[1 2]", b'{"a" 1}', b'{"a":1 "b":2}', b'{"a":}', b'{"a":1}}',
    b"[1]\n\n 3", b"{,}", b"{'a':1}", b'"\n"', b"[1,\n2,\n x]", b"\xed\xa0\x80", b"[" * 100000, b"1" * 5000, b"[[1, {}] 2]",
    b'{"a": [1], "b": {"c": 2} 3}', b'["\\"[" 1]', b'[1,\n ]', b'{"a": 1 ,\n}', b'"\\', b'{"a', b"[NaN", b'["NaN", nope]',
)

JSON = (
    b"null", b"true", b" 1 ", b"\t\r\n[1, 2.0, 1e400, -0]\n", b"1.10", b'"\\ud83d\\ude00 \\u00e9"', '"é😀"'.encode(), b'"\\ud800"',
    b'{"a":1,"a":2}', b"\xef\xbb\xbf1", b"{}", b'"' + b"x" * 3_000_000 + b'"', b"12345678901234567890", b"[" * 300 + b"]" * 300,
)


def keys(file, name):
    """The literal keys of a dictionary in a handler's file."""
    for node in ast.parse((HERE / "handlers" / file).read_text()).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == name:
            return [key.value for key in node.value.keys]
    raise LookupError(name)


def event(value, headers=None, **more):
    return Event(json.dumps(value).encode(), headers or {}, **more)


def events(values):
    return [event(value) for value in values]


def result_cases():
    names = [name for name in keys("results.py", "VALUES") if name != "surrogate"]
    yield Case("results", "results.handler", events(names))
    yield Case("half a surrogate pair", "results.handler", events(["surrogate"]))
    ascii_only = {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.11"}
    texts = ["text", "surrogate", "decimals and text", "named tuple"]
    yield Case("results in ASCII", "results.handler", events(texts), ascii_only)
    yield Case("results in Unicode", "results.handler", events(["text", "named tuple"]), {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.14"})
    yield Case("result too large", "results.handler", [event("large", answer_status=413), event("int")])
    yield Case("result refused", "results.handler", [event("int", answer_status=400), event("int")])


def failure_cases():
    names = [name for name in keys("failures.py", "WAYS") if name not in ENDINGS]
    yield Case("failures", "failures.handler", events(names))
    yield Case("failures in ASCII", "failures.handler", events(["unicode", "custom"]), {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.11"})
    yield Case("failures in JSON", "failures.handler", events(names), {"AWS_LAMBDA_LOG_FORMAT": "JSON"})
    yield Case("failures in frames", "failures.handler", events(names), telemetry=True)
    for name in ENDINGS:
        yield Case(f"ends: {name}", "failures.handler", events([name, "custom"]))
    yield Case("error refused", "failures.handler", [event("custom", answer_status=413), event("custom")])
    for handler in ("no_arguments", "one_argument", "not_callable", "asynchronous", "generator", "callable_object", "Callable",
                    "Constructed", "static", "partial", "named_arguments", "CustomError"):
        yield Case(f"handler: {handler}", f"failures.{handler}", events([{"a": 1}]))


def input_cases():
    yield Case("not JSON", "surroundings.shown", [Event(body) for body in NOT_JSON])
    yield Case("JSON", "surroundings.shown", [Event(body) for body in JSON])
    yield Case("JSON returned", "surroundings.echo", [Event(body) for body in JSON if b"ud800" not in body])
    other = [{"Content-Type": name} for name in ("text/plain", "application/json; charset=utf-8", "application/octet-stream")]
    yield Case("other content types", "surroundings.shown", [Event(b'{"a": "\xc3\xa9"}', headers) for headers in other])
    yield Case("warm", "surroundings.counts", events([1, 2, 3]))


def context_cases():
    names = keys("surroundings.py", "ASKED")
    yield Case("context", "surroundings.handler", events(names))
    yield Case("context of a mobile", "surroundings.handler", [event(name, MOBILE) for name in names])
    yield Case("tenant", "surroundings.handler", [event(name, {"Lambda-Runtime-Aws-Tenant-Id": "t"}) for name in ("fields", "repr")])
    partial = [{}, {"client": None}, {"client": {}}, {"w3c": 1}, {"custom": "text"}]
    mobiles = [{"Lambda-Runtime-Client-Context": json.dumps(one)} for one in partial]
    asked = ("client context", "reprs", "w3c")
    yield Case("partial client contexts", "surroundings.handler", [event(name, one) for one in mobiles for name in asked])
    broken = [{"Lambda-Runtime-Client-Context": "{"}, {"Lambda-Runtime-Cognito-Identity": "nonsense"}]
    yield Case("broken contexts", "surroundings.handler", [event("fields", one) for one in broken])
    yield Case("no trace", "surroundings.handler", [event("trace"), event("trace", {"Lambda-Runtime-Trace-Id": None}), event("trace")])


def log_cases():
    names = keys("output.py", "WAYS")
    formats = {
        "text": {},
        "text INFO": {"AWS_LAMBDA_LOG_LEVEL": "INFO", "AWS_LAMBDA_LOG_FORMAT": "Text"},
        "JSON": {"AWS_LAMBDA_LOG_FORMAT": "JSON"},
        "JSON TRACE": {"AWS_LAMBDA_LOG_FORMAT": "json", "AWS_LAMBDA_LOG_LEVEL": "TRACE"},
        "JSON FATAL": {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "FATAL"},
        "odd level": {"AWS_LAMBDA_LOG_LEVEL": "verbose"},
        "lower case level": {"AWS_LAMBDA_LOG_LEVEL": "debug"},
    }
    for name, variables in formats.items():
        yield Case(f"log: {name}", "output.handler", events(names), variables)
        yield Case(f"log in frames: {name}", "output.handler", events(names), variables, telemetry=True)
    no_locale = {"LANG": "C", "LC_ALL": "C"}
    yield Case("log: UTF-8 mode", "output.handler", events(names), {**no_locale, "PYTHONUTF8": "1"})
    yield Case("log of a tenant", "output.handler", [event(name, {"Lambda-Runtime-Aws-Tenant-Id": "t"}) for name in ("levels", "extra")],
               {"AWS_LAMBDA_LOG_FORMAT": "JSON"})


def initialisation_cases():
    handlers = (
        "nodot", "", ".", ".handler", "failures.", "failures.missing", "failures.CustomError.__name__", "nowhere.handler", "sys.exit",
        "time.sleep", "_json.scanner", "builtins.print", "raises_at_import.handler", "imports_missing.handler",
        "imports_missing_name.handler", "broken.handler", "indented.handler", "imports_broken.handler", "exits_at_import.handler",
        "raises_import_error.handler", "prints_and_fails.handler", "package.module.handler", "package/module.handler",
        "package/inner.handler", "package.inner.handler", "/package/module.handler", "./package/module.handler", "package/.handler",
        "handlers/failures.handler", "package/nowhere.handler", "json.dumps", "failures..handler", "é.handler", "package.NAME",
    )
    for name in handlers:
        yield Case(f"handler {name!r}", name, events([1]))
    failing = ("prints_and_fails.handler", "broken.handler", "nowhere.handler", "raises_at_import.handler")
    for name in failing:
        yield Case(f"handler {name!r} in JSON", name, events([1]), {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "INFO"})
        yield Case(f"handler {name!r} in frames", name, events([1]), telemetry=True)
    yield Case("own modules with names of the standard library's", "handler.handler", events([1]), task_root="shadows")
    yield Case("a pinned name as handler", "string.handler", events([1]), task_root="shadows")
    yield Case("another name of the standard library's as handler", "colorsys.handler", events([1]), task_root="shadows")
    yield Case("PYTHONPATH", "module.handler", events([1]), {"PYTHONPATH": str(HERE / "handlers" / "package")})


GROUPS = {
    "results": result_cases,
    "failures": failure_cases,
    "inputs": input_cases,
    "contexts": context_cases,
    "logs": log_cases,
    "initialisations": initialisation_cases,
}
