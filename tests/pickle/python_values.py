"""Python's own values: at random, and as the neutral values that they are pickled from and to."""

import datetime
import decimal
import math
import os
import random
import struct
import uuid
from collections import OrderedDict

from tests.values import values

EPOCH = datetime.datetime(1970, 1, 1)
KINDS = {list: values.LIST, tuple: values.TUPLE, set: values.SET, frozenset: values.FROZENSET}
DRIVER = values.Driver(os.path.join("tests", "pickle", "driver"))
REFUSALS = {"CORRUPT", "REFUSED"}  # of the driver


def _offset(value):
    delta = value.utcoffset()
    return delta.days * 86400 + delta.seconds


def _extension(value):
    if isinstance(value, decimal.Decimal):
        return values.Ext(values.DECIMAL, str(value).encode())
    if isinstance(value, uuid.UUID):
        return values.Ext(values.UUID, value.bytes)
    if isinstance(value, datetime.datetime):
        local = value.replace(tzinfo=None) - EPOCH
        seconds, nanoseconds = local.days * 86400 + local.seconds, local.microseconds * 1000
        if value.tzinfo is None:
            return values.Ext(values.DATETIME, struct.pack("<qi", seconds, nanoseconds))
        offset = _offset(value)
        return values.Ext(
            values.DATETIME_TZ, struct.pack("<qii", seconds - offset, nanoseconds, offset)
        )
    if isinstance(value, datetime.date):
        return values.Ext(values.DATE, struct.pack("<i", (value - EPOCH.date()).days))
    if isinstance(value, datetime.time):
        nanoseconds = (
            (value.hour * 60 + value.minute) * 60 + value.second
        ) * 10**9 + value.microsecond * 1000
        zone = struct.pack("<i", _offset(value)) if value.tzinfo else b""
        return values.Ext(values.TIME, struct.pack("<q", nanoseconds) + zone)
    if isinstance(value, datetime.timedelta):
        seconds = value.days * 86400 + value.seconds
        return values.Ext(values.DURATION, struct.pack("<qi", seconds, value.microseconds * 1000))
    raise TypeError("no neutral value: %r" % (value,))


def neutral(value):
    """The neutral value, by the exact type; the members of sets as they come."""
    kind = type(value)
    if value is None or kind in (bool, int, float, str, bytes):
        return value
    if kind is bytearray:
        return bytes(value)
    if kind is list:
        return [neutral(item) for item in value]
    if kind in KINDS:
        return values.Kind(KINDS[kind], [neutral(item) for item in value])
    if kind in (dict, OrderedDict):
        return values.Map([(neutral(k), neutral(v)) for k, v in value.items()])
    return _extension(value)


def _sorted(value):
    """The same with the members of sets in order, so that equal sets look equal."""
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    if isinstance(value, values.Map):
        return values.Map([(_sorted(k), _sorted(v)) for k, v in value.pairs])
    if isinstance(value, values.Kind):
        items = [_sorted(item) for item in value.items]
        is_set = value.kind in (values.SET, values.FROZENSET)
        return values.Kind(value.kind, sorted(items, key=values.notation) if is_set else items)
    return value


def notation(value):
    """The value in one line, as the driver prints it."""
    return values.notation(neutral(value))


def same(value):
    """A line that is the same for equal values of equal types."""
    return values.notation(_sorted(neutral(value)))


def encode(python_values, *options):
    """What is written for each: bytes, or None if it is refused."""
    return DRIVER.encode([neutral(value) for value in python_values], *options)


def _from_extension(kind, data):
    if kind == values.DECIMAL:
        return decimal.Decimal(data.decode())
    if kind == values.UUID:
        return uuid.UUID(bytes=data)
    if kind == values.DATE:
        return EPOCH.date() + datetime.timedelta(days=struct.unpack("<i", data)[0])
    if kind == values.TIME:
        micros = struct.unpack_from("<q", data)[0] // 1000
        time = (EPOCH + datetime.timedelta(microseconds=micros)).time()
        return (
            time
            if len(data) == 8
            else time.replace(tzinfo=_zone(struct.unpack_from("<i", data, 8)[0]))
        )
    seconds, nanoseconds = struct.unpack_from("<qi", data)
    delta = datetime.timedelta(seconds=seconds, microseconds=nanoseconds // 1000)
    if kind == values.DURATION:
        return delta
    if kind == values.DATETIME:
        return EPOCH + delta
    offset = struct.unpack_from("<i", data, 12)[0]
    return (EPOCH + (delta + datetime.timedelta(seconds=offset))).replace(tzinfo=_zone(offset))


def _zone(seconds):
    return datetime.timezone(datetime.timedelta(seconds=seconds))


def _read(word, words):
    if word in "ntf":
        return {"n": None, "t": True, "f": False}[word]
    if word[0] == "i":
        return int(word[1:])
    if word[0] == "d":
        return struct.unpack("<d", struct.pack("<Q", int(word[1:], 16)))[0]
    if word[0] in "sb":
        data = bytes.fromhex(word[1:])
        return data.decode() if word[0] == "s" else data
    if word[0] == "x":
        kind, data = word[1:].split(":")
        return _from_extension(int(kind), bytes.fromhex(data))
    items = [
        _read(item, words) for item in iter(lambda: next(words), "]" if word[0] == "[" else "}")
    ]
    return (
        list(KINDS)[int(word[1:])](items) if word[0] == "[" else dict(zip(items[::2], items[1::2]))
    )


def from_notation(line):
    """The Python value of a line."""
    words = iter(line.split())
    return _read(next(words), words)


class PythonValues:
    """Random values, with a liking for what goes wrong."""

    ODD_CHARACTERS = "\0\x01\x1f\\u/\n\r\t\x7f\x80\xff\u07ff\u0800\ud7ff\ue000\uffff\u2028\U00010000\U0010ffff'\""
    ODD_FLOATS = [
        0.0,
        -0.0,
        1.0,
        0.1,
        1e16,
        1e-5,
        5e-324,
        1.7976931348623157e308,
        2.2250738585072014e-308,
        math.inf,
        -math.inf,
        math.nan,
    ]
    ODD_DECIMALS = [
        "0",
        "-0",
        "0E-10",
        "1E+999",
        "NaN",
        "-sNaN12",
        "Infinity",
        "-Infinity",
        "1.10",
        "1E-1999",
    ]

    def __init__(self, seed):
        self.random = random.Random(seed)

    def integer(self):
        bits = self.random.choice(
            [3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 62, 63, 64, 65, 127, 128, 200, 2050]
        )
        return self.random.getrandbits(bits) * self.random.choice([1, -1]) + self.random.randint(
            -1, 1
        )

    def power(self):
        return self.random.choice([1, -1]) * 2 ** self.random.randint(0, 300) + self.random.randint(
            -1, 1
        )

    def real(self):
        if self.random.random() < 0.5:
            return self.random.choice(self.ODD_FLOATS)
        value = struct.unpack("<d", struct.pack("<Q", self.random.getrandbits(64)))[0]
        return value if math.isfinite(value) else 1.5

    def text(self):
        out = []
        for _ in range(
            self.random.choice([0, 1, 5, 9, 30, 300]) if self.random.random() < 0.2 else 4
        ):
            kind = self.random.random()
            if kind < 0.6:
                out.append(chr(self.random.randint(32, 126)))
            elif kind < 0.8:
                out.append(self.random.choice(self.ODD_CHARACTERS))
            else:
                code = self.random.randint(0x80, 0x10FFFF)
                out.append(chr(code) if not 0xD800 <= code < 0xE000 else "x")
        return "".join(out)

    def blob(self):
        return bytes(
            self.random.getrandbits(8) for _ in range(self.random.choice([0, 1, 5, 40, 300]))
        )

    def bytearray(self):
        return bytearray(self.blob())

    def decimal(self):
        if self.random.random() < 0.3:
            return decimal.Decimal(self.random.choice(self.ODD_DECIMALS))
        return decimal.Decimal(self.integer()).scaleb(
            self.random.randint(-20, 20), decimal.Context(prec=700)
        )

    def zone(self):
        if self.random.random() < 0.4:
            return datetime.timezone.utc
        return _zone(
            self.random.choice(
                [self.random.randint(-86399, 86399), 3600 * self.random.randint(-12, 14)]
            )
        )

    def date(self):
        return datetime.date.fromordinal(
            self.random.choice([1, 3652059, self.random.randint(1, 3652059)])
        )

    def time(self):
        value = datetime.time(
            self.random.randint(0, 23),
            self.random.randint(0, 59),
            self.random.randint(0, 59),
            self.random.choice([0, 1, 999999, self.random.randint(0, 999999)]),
        )
        return value.replace(tzinfo=self.zone()) if self.random.random() < 0.3 else value

    def datetime(self):
        value = datetime.datetime.combine(self.date(), self.time().replace(tzinfo=None))
        return value.replace(tzinfo=self.zone()) if self.random.random() < 0.5 else value

    def duration(self):
        return datetime.timedelta(
            self.random.choice([0, -1, 999999999, -999999999, self.random.randint(-9999, 9999)]),
            self.random.randint(0, 86399),
            self.random.choice([0, 1, 999999]),
        )

    def uuid(self):
        return uuid.UUID(
            int=self.random.choice(
                [
                    0,
                    1,
                    127,
                    128,
                    2**63,
                    2**64,
                    2**127,
                    2**128 - 1,
                    self.random.getrandbits(128),
                ]
            )
        )

    def scalar(self):
        return self.random.choice(
            [
                lambda: None,
                lambda: True,
                lambda: False,
                self.integer,
                self.integer,
                self.power,
                self.real,
                self.text,
                self.text,
                self.blob,
                self.decimal,
                self.date,
                self.time,
                self.datetime,
                self.duration,
                self.uuid,
            ]
        )()

    def hashable(self, depth):
        if depth > 0 and self.random.random() < 0.2:
            items = [self.hashable(depth - 1) for _ in range(self.random.randint(0, 3))]
            return self.random.choice([tuple, frozenset])(items)
        value = self.scalar()
        signalling = isinstance(value, decimal.Decimal) and value.is_snan()  # which has no hash
        return None if signalling else value

    def value(self, depth):
        if depth == 0 or self.random.random() < 0.2:
            return self.bytearray() if self.random.random() < 0.03 else self.scalar()
        size = self.random.choice([0, 1, 2, 3, 4, 6])
        kind = self.random.randrange(10)
        if kind < 3:
            return [self.value(depth - 1) for _ in range(size)]
        if kind < 5:
            return tuple(self.value(depth - 1) for _ in range(size))
        if kind < 6:
            return self.random.choice([set, frozenset])(
                self.hashable(depth - 1) for _ in range(size)
            )
        pairs = [
            (
                self.text() if self.random.random() < 0.7 else self.hashable(depth - 1),
                self.value(depth - 1),
            )
            for _ in range(size)
        ]
        return self.random.choice([dict, dict, dict, OrderedDict])(pairs)

    def shared(self, depth):
        """A value with some parts in it more than once."""
        part = [self.value(depth) for _ in range(3)]
        key = self.text()
        return [
            part[0],
            {key: part[1], "b": [part[0], part[2]]},
            (part[2], part[1]),
            {key: part[0]},
        ]
