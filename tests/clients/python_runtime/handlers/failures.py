"""Fails in one of many ways."""

import functools
import os
import sys


class CustomError(Exception):
    pass


class Unprintable(Exception):
    def __str__(self):
        return ""


class BaseTrouble(BaseException):
    pass


def inner(depth):
    if depth:
        inner(depth - 1)
    raise CustomError("deep down")


def recursion(depth=0):
    return recursion(depth + 1)


def chained():
    try:
        {}["missing"]
    except KeyError as error:
        raise CustomError("over another") from error


def noted():
    error = CustomError("with a note")
    if hasattr(error, "add_note"):
        error.add_note("the note")
    raise error


def raises(error):
    raise error


def many_lines():
    raise ValueError(
        "first line\n  second line\n\n"
        "last line"
    )


def evaluated():
    eval("1 +\n nonsense")


def grouped():
    if sys.version_info >= (3, 11):
        raise ExceptionGroup("group", [ValueError(1), CustomError(2)])  # noqa: F821
    raise CustomError("no groups")


class Decorated:
    def __call__(self):
        return self.method(1)

    def method(self, value):
        return (lambda number: number / 0)(
            value
        )


WAYS = {
    "custom": lambda: inner(2),
    "recursion": recursion,
    "chained": chained,
    "noted": noted,
    "empty": lambda: raises(CustomError()),
    "several arguments": lambda: raises(CustomError("a", 1, None)),
    "unprintable": lambda: raises(Unprintable()),
    "key error": lambda: {}["key"],
    "unicode": lambda: raises(CustomError("é \u2028 \U0001f600 \x00 \x1b[31m")),
    "tabs": lambda: raises(CustomError("\tindented\r\nagain")),
    "many lines": many_lines,
    "evaluated": evaluated,
    "group": grouped,
    "class": Decorated(),
    "partial": functools.partial(raises, OSError(2, "No such file", "/nowhere")),
    "stop iteration": lambda: raises(StopIteration(1)),
    "assertion": lambda: raises(AssertionError()),
    "import": lambda: __import__("no_such_module"),
    "unicode error": lambda: b"\xff".decode(),
    "surrogate": lambda: raises(CustomError("\ud800")),
    "exit": lambda: sys.exit(7),
    "exit with text": lambda: sys.exit("last words"),
    "exit with nothing": lambda: sys.exit(),
    "exit builtin": lambda: exit(3),
    "hard exit": lambda: os._exit(9),
    "base exception": lambda: raises(BaseTrouble("not an Exception")),
    "interrupt": lambda: raises(KeyboardInterrupt()),
    "killed": lambda: os.kill(os.getpid(), 9),
}


def handler(event, context):
    return WAYS[event]()


def no_arguments():
    return 1


def one_argument(event):
    return event


not_callable = {"a": 1}


async def asynchronous(event, context):
    return event


def generator(event, context):
    yield event


class Callable:
    def __call__(self, event, context):
        return ["called", event]


callable_object = Callable()


class Constructed:
    def __init__(self, event, context):
        self.event = event


class Methods:
    @staticmethod
    def static(event, context):
        return ["static", event]


static = Methods.static
partial = functools.partial(lambda extra, event, context: [extra, event], "extra")


def named_arguments(*arguments, **named):
    return [len(arguments), named]
