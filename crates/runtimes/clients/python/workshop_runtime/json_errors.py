"""What is wrong with an event that is no JSON, in the words of `simplejson`, which AWS's client reads events with."""

import json
import re

#: Texts of the standard library's `json` that differ.
_TRAILING_COMMA = "Illegal trailing comma before end of "
_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|(-?Infinity|NaN)', re.DOTALL)


def explain(text, start):
    """Says what is wrong and where."""
    constant = next((found.start() for found in _CONSTANT.finditer(text) if found.group(1)), None)
    try:
        value, end = json.JSONDecoder().raw_decode(text, start)
    except json.JSONDecodeError as error:
        if constant is None or error.pos <= constant:
            return _placed(*_reworded(error, text), text)
        return _placed("Expecting value", constant, text)
    if constant is not None and constant < end:
        return _placed("Expecting value", constant, text)
    rest = end + len(text[end:]) - len(text[end:].lstrip(" \t\n\r"))
    return f"Extra data: {_place(rest, text)} - {_place(len(text), text)} (char {rest} - {len(text)})"


def _reworded(error, text):
    message, position = error.msg.rstrip(": "), error.pos
    before = text[:position].rstrip(" \t\n\r")[-1:]
    if message == "Expecting value" and before == "[" and position == len(text):
        return "Expecting value or ']'", position
    if message in ("Expecting value", _TRAILING_COMMA + "array") and text[position:position + 1] == "]" and before == ",":
        return _TRAILING_COMMA + "array", text.rindex(",", 0, position)
    if message.startswith("Expecting property name"):
        if before == "," and text[position:position + 1] == "}":
            return _TRAILING_COMMA + "object", text.rindex(",", 0, position)
        return message + (" or '}'" if before == "{" else ""), position
    if message == "Expecting ',' delimiter":
        return f"{message} or '{_innermost(text[:position])}'", position
    if message == "Invalid control character at":
        return f"Invalid control character {text[position]!r} at", position
    if message == "Invalid \\escape":
        return f"Invalid \\X escape sequence {text[position + 1]!r}", position + 1
    if message == "Invalid \\uXXXX escape":
        return "Invalid \\uXXXX escape sequence", position - 1
    return message, position


def _innermost(text):
    """What closes the array or object that is open at the end of a text without errors."""
    closing = []
    for found in re.finditer(r'"(?:[^"\\]|\\.)*"|[][{}]', text, re.DOTALL):
        if found.group() in "[{":
            closing.append("]" if found.group() == "[" else "}")
        elif found.group() in "]}":
            closing.pop()
    return closing[-1] if closing else "}"


def _placed(message, position, text):
    return f"{message}: {_place(position, text)} (char {position})"


def _place(position, text):
    line = text.count("\n", 0, position) + 1
    return f"line {line} column {position - text.rfind(chr(10), 0, position)}"
