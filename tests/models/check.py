"""Parameters against the shapes of a model: required and unknown members, types, enums, patterns, lengths and ranges."""

import base64
import binascii
import functools
import re



# What Python's expressions write otherwise, in the order in which it is replaced.
SPELLINGS = [
    (r"\p{L}\p{Z}\p{N}", r"\w\s"),
    (r"\p{L}\p{N}", r"\w"),
    (r"\p{ASCII}", r"[\x00-\x7f]"),
    (r"[\w-_", r"[\w\-_"),
]


@functools.cache
def pattern(text):
    """The model's expression as one of Python. One that can't be read is an error, not a pass."""
    for theirs, ours in SPELLINGS:
        text = text.replace(theirs, ours)
    if r"\p{" in text:
        raise ValueError(f"a class that this program does not know, in {text}")
    return re.compile(text, re.DOTALL)


def violations(shape, value, path=""):
    """What is wrong with a value, each as a path and a sentence."""
    return list(KINDS.get(shape.type_name, unknown_kind)(shape, value, path))


def unknown_kind(shape, _value, path):
    yield path, f"this program knows no {shape.type_name}"


def structure(shape, value, path):
    if not isinstance(value, dict):
        yield path, f"a structure, not {value!r}"
        return
    for name in shape.required_members:
        if name not in value:
            yield f"{path}.{name}", "required, and missing"
    for name, item in value.items():
        if name in shape.members:
            yield from violations(shape.members[name], item, f"{path}.{name}")
        else:
            yield f"{path}.{name}", "unknown"
    if getattr(shape, "is_tagged_union", False) and len(value) != 1:
        yield path, "a union of exactly one"


def array(shape, value, path):
    if not isinstance(value, list):
        yield path, f"a list, not {value!r}"
        return
    yield from sized(shape, len(value), path, "items")
    for place, item in enumerate(value):
        yield from violations(shape.member, item, f"{path}[{place}]")


def mapping(shape, value, path):
    if not isinstance(value, dict):
        yield path, f"a map, not {value!r}"
        return
    yield from sized(shape, len(value), path, "entries")
    for key, item in value.items():
        yield from violations(shape.key, key, f"{path} key {key!r}")
        yield from violations(shape.value, item, f"{path}[{key!r}]")


def text(shape, value, path):
    if not isinstance(value, str):
        yield path, f"a string, not {value!r}"
        return
    yield from sized(shape, len(value), path, "characters")
    if shape.enum and value not in shape.enum:
        yield path, f"one of {', '.join(shape.enum)}, not {value!r}"
    wanted = shape.metadata.get("pattern")
    if wanted and not pattern(wanted).fullmatch(value):
        yield path, f"like {wanted}, not {value[:80]!r}"


def number(shape, value, path):
    whole = shape.type_name in ("integer", "long")
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        yield path, f"a {shape.type_name}, not {value!r}"
        return
    yield from sized(shape, value, path, "")


def boolean(_shape, value, path):
    if not isinstance(value, bool):
        yield path, f"true or false, not {value!r}"


def timestamp(_shape, value, path):
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        yield path, f"a time, not {value!r}"


def blob(shape, value, path):
    if isinstance(value, str):
        try:
            value = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            yield path, "base64, and it is not"
            return
    yield from sized(shape, len(value), path, "bytes")


def sized(shape, size, path, unit):
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield path, f"at least {least} {unit}, not {size}".replace("  ", " ")
    if most is not None and size > most:
        yield path, f"at most {most} {unit}, not {size}".replace("  ", " ")


KINDS = {
    "structure": structure,
    "list": array,
    "map": mapping,
    "string": text,
    "integer": number,
    "long": number,
    "double": number,
    "float": number,
    "boolean": boolean,
    "timestamp": timestamp,
    "blob": blob,
}
