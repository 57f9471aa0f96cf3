"""Neutral values (coffer/value.h) in Python, and serializers to give them to.

None, bool, int, float, str, bytes and list are themselves; Kind is a tuple, set or frozen set, Map a map, whose keys
may be anything and come twice, and Ext a typed extension with its canonical bytes.
"""

import dataclasses
import os
import random
import struct
import subprocess

LIST, TUPLE, SET, FROZENSET = range(4)
DECIMAL, UUID, DATE, TIME, DATETIME, DATETIME_TZ, DURATION = range(1, 8)
APPLICATION = 1024


@dataclasses.dataclass
class Kind:
    kind: int
    items: list


@dataclasses.dataclass
class Map:
    pairs: list


@dataclasses.dataclass(frozen=True)
class Ext:
    type: int
    data: bytes


def notation(value):
    """One value as plugins/serializers/testing/value.h prints it."""
    if value is None:
        return "n "
    if value is True:
        return "t "
    if value is False:
        return "f "
    if isinstance(value, int):
        return "i%d " % value
    if isinstance(value, float):
        return "d%016x " % struct.unpack("<Q", struct.pack("<d", value))
    if isinstance(value, str):
        return "s%s " % value.encode().hex()
    if isinstance(value, bytes):
        return "b%s " % value.hex()
    if isinstance(value, list):
        return "[0 %s] " % "".join(map(notation, value))
    if isinstance(value, Kind):
        return "[%d %s] " % (value.kind, "".join(map(notation, value.items)))
    if isinstance(value, Map):
        return "{ %s} " % "".join(notation(k) + notation(v) for k, v in value.pairs)
    if isinstance(value, Ext):
        return "x%d:%s " % (value.type, value.data.hex())
    raise TypeError("%r is no neutral value" % (value,))


class RandomValues:
    """Random values, with a liking for what goes wrong."""

    ODD_CHARACTERS = (
        '\0\x01\x1f"\\/\b\f\n\r\t\x7f\x80\u07ff\u0800\ud7ff\ue000\uffff\u2028\U00010000\U0010ffff'
    )
    ODD_FLOATS = [
        0.0,
        -0.0,
        1.0,
        0.1,
        1e15,
        1e16,
        1e17,
        1e-4,
        1e-5,
        5e-324,
        1.7976931348623157e308,
        float("inf"),
        float("-inf"),
        float("nan"),
        2.2250738585072014e-308,
        9007199254740993.0,
        1e21,
        1e22,
        1e23,
    ]
    DECIMALS = [
        "0",
        "-0",
        "12.50",
        "-12.50",
        "1E+3",
        "1e-9",
        ".5",
        "5.",
        "NaN",
        "-sNaN123",
        "Infinity",
        "-inf",
    ]

    def __init__(self, seed):
        self.random = random.Random(seed)

    def integer(self):
        bits = self.random.choice(
            [1, 3, 5, 7, 8, 15, 16, 31, 32, 33, 53, 62, 63, 64, 65, 128, 200, 1500]
        )
        if self.random.random() < 0.5:
            return self.random.choice([1, -1]) * 2**bits + self.random.randint(-1, 1)
        return self.random.getrandbits(bits) * self.random.choice([1, -1])

    def real(self):
        if self.random.random() < 0.4:
            return self.random.choice(self.ODD_FLOATS)
        while True:
            value = struct.unpack("<d", struct.pack("<Q", self.random.getrandbits(64)))[0]
            if value == value:  # the bits of other NaNs are not every Python function's to keep
                return value

    def size(self):
        return self.random.choice([0, 1, 2, 5, 9, 15, 16, 31, 32, 33])

    def text(self):
        out = []
        for _ in range(self.size()):
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
        return self.random.randbytes(self.size())

    def extension(self):
        seconds = self.random.choice(
            [
                0,
                1,
                -1,
                2**32 - 1,
                2**32,
                2**34 - 1,
                2**34,
                -(2**63),
                2**63 - 1,
                self.random.randint(-(10**11), 10**11),
            ]
        )
        nanoseconds = self.random.choice([0, 1, 999_999_999, self.random.randrange(10**9)])
        offset = self.random.choice(
            [0, 3600, -3600, 86399, -86399, self.random.randint(-86399, 86399)]
        )
        kind = self.random.choice(
            [DECIMAL, UUID, DATE, TIME, DATETIME, DATETIME_TZ, DURATION, APPLICATION]
        )
        if kind == DECIMAL:
            return Ext(kind, self.random.choice(self.DECIMALS).encode())
        if kind == UUID:
            return Ext(kind, self.random.randbytes(16))
        if kind == DATE:
            return Ext(
                kind,
                struct.pack(
                    "<i",
                    self.random.choice(
                        [0, -1, 2**31 - 1, -(2**31), self.random.randint(-(10**6), 10**6)]
                    ),
                ),
            )
        if kind == TIME:
            time = struct.pack(
                "<q",
                self.random.choice([0, 86399_999999999, self.random.randrange(86400 * 10**9)]),
            )
            return Ext(
                kind, time + (struct.pack("<i", offset) if self.random.random() < 0.5 else b"")
            )
        if kind == DATETIME_TZ:
            return Ext(kind, struct.pack("<qii", seconds, nanoseconds, offset))
        if kind == APPLICATION:
            return Ext(
                self.random.choice([APPLICATION, APPLICATION + 5, 77, 2**32 - 1]), self.blob()
            )
        return Ext(kind, struct.pack("<qi", seconds, nanoseconds))

    def scalar(self):
        return self.random.choice(
            [
                lambda: None,
                lambda: True,
                lambda: False,
                self.integer,
                self.integer,
                self.real,
                self.text,
                self.text,
                self.blob,
                self.extension,
            ]
        )()

    def value(self, depth):
        if depth == 0 or self.random.random() < 0.3:
            return self.scalar()
        kind = self.random.random()
        size = (
            self.random.randint(0, 5)
            if self.random.random() < 0.98
            else self.random.randint(14, 40)
        )
        if kind < 0.4:
            return [self.value(depth - 1) for _ in range(size)]
        if kind < 0.55:
            return Kind(
                self.random.choice([TUPLE, SET, FROZENSET]),
                [self.value(depth - 1) for _ in range(size)],
            )
        return Map([(self.key(depth - 1), self.value(depth - 1)) for _ in range(size)])

    def key(self, depth):
        return self.text() if self.random.random() < 0.7 else self.value(depth)


class Driver:
    """A serializer behind plugins/serializers/testing/driver.h."""

    def __init__(self, path):
        self.path = path

    def _run(self, arguments, data):
        return subprocess.run(
            [self.path] + arguments, input=data, stdout=subprocess.PIPE, check=True
        ).stdout

    def decode(self, encodings, *options):
        """What each of the bytes is read as, in notation, or the name of the failure."""
        data = b"".join(b"%d\n%s" % (len(one), one) for one in encodings)
        lines = self._run(["decode"] + list(options), data).decode().split("\n")[:-1]
        assert len(lines) == len(encodings), "an answer to each"
        return lines

    def encode(self, values, *options):
        """What is written for each value; None if it is refused."""
        return self.encode_notations(map(notation, values), *options)

    def encode_notations(self, notations, *options):
        """The same for values in notation."""
        lines = [one + "\n" for one in notations]
        out = self._run(["encode"] + list(options), "".join(lines).encode())
        encodings = []
        at = 0
        while at < len(out):
            end = out.index(b"\n", at)
            length = int(out[at:end])
            at = end + 1
            encodings.append(out[at : at + length] if length >= 0 else None)
            at += max(length, 0)
        assert len(encodings) == len(lines), "an answer to each"
        return encodings


def test_count():
    """How many random values a test tries: every run draws others, so few do for each."""
    return int(os.environ.get("COFFER_TEST_COUNT", "2000"))


def test_seed():
    """COFFER_TEST_SEED, or a new seed; prints it."""
    seed = int(os.environ.get("COFFER_TEST_SEED") or random.SystemRandom().getrandbits(32))
    print("COFFER_TEST_SEED=%d" % seed, flush=True)
    return seed
