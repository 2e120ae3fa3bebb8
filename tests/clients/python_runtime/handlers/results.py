"""Returns one of many values: what the clients make of them."""

import collections
import dataclasses
import datetime
import decimal
import enum
import uuid

Point = collections.namedtuple("Point", "x y")


class Colour(enum.IntEnum):
    RED = 1


class Flag(enum.Flag):
    UP = 1


class Text(str):
    pass


class Mapping(dict):
    pass


class Row:
    def _asdict(self):
        return {"row": [Point(1, 2)]}


class Odd:
    _asdict = "not callable"


@dataclasses.dataclass
class Data:
    a: int


async def coroutine():
    return 1


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def circular_list():
    value = []
    value.append(value)
    return value


def circular_dict():
    value = {"bytes": b"x"}
    value["value"] = value
    return value


def shared():
    part = {"a": Point(1, b"b")}
    return [part, part, {"again": part}]


VALUES = {
    "none": lambda: None,
    "true": lambda: True,
    "int": lambda: 1,
    "big": lambda: 10**400,
    "floats": lambda: [1.0, -0.0, 1e100, 1e-7, 0.1, 123456789012345680.0],
    "nan": lambda: float("nan"),
    "infinities": lambda: {"a": [float("inf"), float("-inf")]},
    "text": lambda: "é\u2028\u2029\x7f\x00\x1f\"\\\n\t/<>& \U0001f600",
    "surrogate": lambda: "\ud800",
    "tuple": lambda: (1, (2, [3])),
    "named tuple": lambda: Point(1, {"a": Point(2, [Point(3, None)])}),
    "asdict": lambda: Row(),
    "asdict not callable": lambda: Odd(),
    "named tuple class": lambda: Point,
    "enum": lambda: [Colour.RED, {Colour.RED: Colour.RED}],
    "flag": lambda: Flag.UP,
    "str subclass": lambda: [Text("a"), {Text("b"): Text("c")}],
    "dict subclasses": lambda: [Mapping(a=1), collections.OrderedDict(b=2), collections.defaultdict(int, c=3)],
    "counter": lambda: collections.Counter("aab"),
    "bytes": lambda: b"raw \xff",
    "bytes subclass": lambda: type("Bytes", (bytes,), {})(b"sub"),
    "bytes inside": lambda: {"a": "é".encode(), b"key": [b"x"]},
    "bytes not utf-8": lambda: ["\xff", b"\xff"],
    "bytes key not utf-8": lambda: {b"\xff": 1},
    "bytearray": lambda: bytearray(b"x"),
    "memoryview": lambda: memoryview(b"x"),
    "decimals": lambda: [decimal.Decimal(text) for text in ("1.10", "1E+5", "0", "-0.0", "NaN", "sNaN", "Infinity", "-Infinity")],
    "decimal alone": lambda: decimal.Decimal("3.00"),
    "decimals and text": lambda: {"price": decimal.Decimal("9.99"), "name": "é\"", "tuple": Point(decimal.Decimal(1), "1")},
    "decimal key": lambda: {decimal.Decimal(1): 1},
    "keys": lambda: {1: 2, None: 3, 1.5: 6, float("nan"): 7, float("inf"): 8, False: 9, "é": 10},
    "tuple key": lambda: {(1, 2): 3},
    "set": lambda: {1, 2},
    "frozenset": lambda: [frozenset()],
    "generator": lambda: (value for value in [1]),
    "iterator": lambda: iter([1]),
    "map": lambda: map(str, [1]),
    "range": lambda: range(3),
    "deque": lambda: collections.deque([1]),
    "chain map": lambda: collections.ChainMap({}),
    "user dict": lambda: collections.UserDict(a=1),
    "dict views": lambda: {}.keys(),
    "complex": lambda: 1j,
    "datetime": lambda: {"at": datetime.datetime(2026, 1, 2)},
    "uuid": lambda: uuid.UUID(int=1),
    "dataclass": lambda: Data(1),
    "exception": lambda: ValueError("x"),
    "class": lambda: int,
    "function": lambda: len,
    "module": lambda: decimal,
    "coroutine": coroutine,
    "circular list": circular_list,
    "circular dict": circular_dict,
    "shared": shared,
    "nested 400": lambda: nested(400),
    "too deep": lambda: nested(200000),
    "too many digits": lambda: 10**5000,
    "large": lambda: "x" * 3_000_000,
    "empty": lambda: [{}, [], "", ()],
}


def handler(event, context):
    return VALUES[event]()
