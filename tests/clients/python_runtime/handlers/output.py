"""Writes to the log in one of many ways."""

import json
import logging
import os
import subprocess
import sys
import warnings

logger = logging.getLogger("named.logger")
print("at import")
logging.warning("at import, logged")
logging.info("at import, not shown by default")


class Strange:
    def __str__(self):
        return "strange"


def raise_logged():
    try:
        {}["missing"]
    except KeyError:
        logger.exception("it failed with %s", "a key")


def logged_outside():
    logging.error("no exception here", exc_info=True)


def chained():
    try:
        try:
            1 / 0
        except ZeroDivisionError as error:
            raise ValueError("over it") from error
    except ValueError:
        logging.error("chained", exc_info=True)


def own_handler():
    handler = logging.StreamHandler(sys.stdout)
    own = logging.getLogger("own")
    own.addHandler(handler)
    own.warning("through both handlers")
    own.removeHandler(handler)


def levels():
    for level in ("debug", "info", "warning", "error", "critical"):
        getattr(logging, level)("at %s", level)
    logging.log(35, "between levels")
    logging.log(60, "above all levels")
    logger.log(5, "below all levels")


def order():
    print("1 out")
    print("2 err", file=sys.stderr)
    logging.warning("3 log")
    print("4 out", end="")
    print("5 err", file=sys.stderr)
    os.write(1, b"6 raw\n")
    subprocess.run([sys.executable, "-S", "-c", "print('7 child')"], check=True)
    sys.stdout.writelines(["8 ", "lines\n"])
    sys.__stdout__.write("9 original\n")
    sys.__stdout__.flush()


def changed_level():
    logging.getLogger().setLevel(logging.INFO)
    logging.info("info is shown now")
    logging.getLogger().setLevel(logging.WARNING)


WAYS = {
    "print": lambda: print("one", 2, None, {"a": "é"}, sep=" | "),
    "print lines": lambda: print("first\nsecond\r\nthird\rfourth\n\n"),
    "print unicode": lambda: print("é 😀 \u2028 \x1b[31mred\x1b[0m \x00"),
    "print nothing": lambda: print(),
    "print large": lambda: print("x" * 300_000),
    "print surrogate": lambda: print("\udc80"),
    "standard error": lambda: print("to standard error, é \udc80", file=sys.stderr),
    "write result": lambda: print(sys.stdout.write("written\n")),
    "binary": lambda: (sys.stdout.buffer.write(b"bytes\n"), sys.stdout.flush()) and None,
    "order": order,
    "levels": levels,
    "arguments": lambda: logging.warning("%s and %d", "text", 3),
    "bad arguments": lambda: logging.warning("%d", "text"),
    "too many arguments": lambda: logging.warning("nothing", 1),
    "dictionary": lambda: logging.warning({"a": 1, "b": Strange(), "c": [None]}),
    "dictionary with arguments": lambda: logging.warning("%(a)s", {"a": 1}),
    "object": lambda: logging.warning(Strange()),
    "json text": lambda: logging.warning(json.dumps({"a": "é"})),
    "multiline": lambda: logging.warning("first\nsecond\n\tthird"),
    "unicode": lambda: logging.warning("é 😀 \u2028 \x1b[31m"),
    "extra": lambda: logger.warning("extra", extra={"order": 7, "none": None, "thing": Strange(), "requestId": "mine", "level": "mine"}),
    "exception": raise_logged,
    "exception outside": logged_outside,
    "chained": chained,
    "stack": lambda: logging.warning("stack", stack_info=False),
    "own handler": own_handler,
    "changed level": changed_level,
    "root handlers": lambda: print(len(logging.getLogger().handlers), logging.getLogger().level),
    "basic config": lambda: (logging.basicConfig(format="own %(message)s"), logging.warning("still Lambda's format")) and None,
    "warnings": lambda: warnings.warn("a warning"),
    "fails": lambda: [][0],
    "unserialisable": lambda: {1},
}


def handler(event, context):
    return WAYS[event]()
