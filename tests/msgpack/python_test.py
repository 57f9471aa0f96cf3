"""The msgpack serializer and Python's msgpack agree, both ways, on thousands of random values.

Bytes are compared: what one writes, the other writes too. The extension types are written and read here by what the
README says of them, without a look at our code.
"""

import datetime
import os
import struct
import sys
import unittest

import msgpack

from tests.values import values
from tests.values.values import Ext, Kind, Map, notation

DRIVER = values.Driver(os.path.join("tests", "msgpack", "driver"))
COUNT = values.test_count()


def packed(value):
    return msgpack.packb(to_msgpack(value))


def to_msgpack(value):
    """A neutral value as what the module packs."""
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**64:
        return msgpack.ExtType(64, b"%d" % value)
    if isinstance(value, list):
        return [to_msgpack(item) for item in value]
    if isinstance(value, Kind):
        return msgpack.ExtType(71 + value.kind, packed(value.items))
    if isinstance(value, Map):
        return Raw(value)
    if isinstance(value, Ext):
        return ext_to_msgpack(value)
    return value


class Raw(dict):
    """A map in the order of its pairs, whose keys may be lists and come twice: for the module, a dict all the same."""

    def __init__(self, value):
        super().__init__()
        self.pairs = [(to_msgpack(k), to_msgpack(v)) for k, v in value.pairs]

    def __len__(self):
        return len(self.pairs)

    def items(self):
        return self.pairs


def ext_to_msgpack(value):
    data = value.data
    if value.type == values.DECIMAL:
        return msgpack.ExtType(65, data)
    if value.type == values.UUID:
        return msgpack.ExtType(66, data)
    if value.type == values.DATE:
        return msgpack.ExtType(67, data[::-1])
    if value.type == values.TIME:
        return msgpack.ExtType(68, data[7::-1] + data[:7:-1])
    if value.type in (values.DATETIME, values.DURATION):
        code = 69 if value.type == values.DATETIME else 71
        return msgpack.ExtType(code, struct.pack(">qI", *struct.unpack("<qI", data)))
    if value.type == values.DATETIME_TZ:
        seconds, nanoseconds, offset = struct.unpack("<qIi", data)
        if offset == 0:
            return msgpack.Timestamp(seconds, nanoseconds)
        return msgpack.ExtType(70, struct.pack(">qIi", seconds, nanoseconds, offset))
    return msgpack.ExtType(75, struct.pack(">I", value.type) + data)


def unpacked(data):
    return from_msgpack(
        msgpack.unpackb(
            data, strict_map_key=False, object_pairs_hook=Map, list_hook=list, use_list=True
        )
    )


def from_msgpack(value):
    if isinstance(value, Map):
        return Map([(from_msgpack(k), from_msgpack(v)) for k, v in value.pairs])
    if isinstance(value, (list, tuple)) and not isinstance(value, msgpack.ExtType):
        return [from_msgpack(item) for item in value]
    if isinstance(value, msgpack.Timestamp):
        return Ext(values.DATETIME_TZ, struct.pack("<qIi", value.seconds, value.nanoseconds, 0))
    if isinstance(value, msgpack.ExtType):
        return ext_from_msgpack(value.code, value.data)
    return value


def ext_from_msgpack(code, data):
    if code == 64:
        return int(data)
    if code == 65:
        return Ext(values.DECIMAL, data)
    if code == 66:
        return Ext(values.UUID, data)
    if code == 67:
        return Ext(values.DATE, struct.pack("<i", *struct.unpack(">i", data)))
    if code == 68:
        time, offset = data[:8], data[8:]
        return Ext(values.TIME, time[::-1] + offset[::-1])
    if code in (69, 71):
        kind = values.DATETIME if code == 69 else values.DURATION
        return Ext(kind, struct.pack("<qI", *struct.unpack(">qI", data)))
    if code == 70:
        return Ext(values.DATETIME_TZ, struct.pack("<qIi", *struct.unpack(">qIi", data)))
    if code in (72, 73, 74):
        return Kind(code - 71, unpacked(data))
    if code == 75:
        return Ext(struct.unpack(">I", data[:4])[0], data[4:])
    raise ValueError("extension type %d" % code)


CORNERS = [
    float("nan"),
    float("inf"),
    float("-inf"),
    -0.0,
    5e-324,
    2**63,
    2**63 - 1,
    -(2**63),
    2**64 - 1,
    2**64,
    -(2**63) - 1,
    2**200,
    -(2**200),
    10**1000,
    "",
    b"",
    [],
    Map([]),
    Kind(values.TUPLE, []),
    Kind(values.SET, []),
    Kind(values.FROZENSET, []),
    "x" * 70000,
    b"\xff" * 70000,
    "\U0010ffff" * 20000,
    [None] * 70000,
    Map([("key", None)] * 70000),
    Kind(values.TUPLE, [1.5] * 70000),
    [[[[[[[[[[[[]]]]]]]]]]]],
    Map([("a", 1), ("a", 2)]),
    Map([(None, 0), (0, 0), (0.0, 0), (False, 0), (b"", 0), ("", 0)]),
    Map([([1], Map([(Map([]), 1)]))]),
    "x" * 5_000_000,
]


class PythonTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        sys.setrecursionlimit(10000)
        sys.set_int_max_str_digits(0)
        make = values.RandomValues(values.test_seed())
        cls.random = make.random
        cls.values = CORNERS + [make.value(make.random.randint(0, 3)) for _ in range(COUNT)]
        deep = None
        for _ in range(300):
            deep = [deep]
        cls.values.append(deep)
        cls.mine = DRIVER.encode(cls.values)

    def test_writes_what_python_writes(self):
        for value, mine in zip(self.values, self.mine):
            self.assertEqual(mine, packed(value), notation(value)[:1000])

    def test_python_reads_what_is_written(self):
        read = 0
        for value, mine in zip(self.values, self.mine):
            try:
                self.assertEqual(notation(unpacked(mine)), notation(value))
                read += 1
            except TypeError as error:
                self.assertIn(
                    "unhashable", str(error)
                )  # the module hashes its map keys, our maps do not
        self.assertGreaterEqual(read, COUNT)

    def test_reads_what_python_writes(self):
        packings = [packed(value) for value in self.values]
        for value, line in zip(self.values, DRIVER.decode(packings)):
            self.assertEqual(line, notation(value))

    def test_moments_are_those_of_datetime(self):
        utc = datetime.timezone.utc
        moments = [
            datetime.datetime(1970, 1, 1, tzinfo=utc),
            datetime.datetime(2024, 2, 29, 12, 30, 1, 999999, utc),
            datetime.datetime(1, 1, 1, tzinfo=utc),
            datetime.datetime(9999, 12, 31, 23, 59, 59, 1, utc),
        ]
        packings = [msgpack.packb(moment, datetime=True) for moment in moments]
        epoch = moments[0]
        lines = DRIVER.decode(packings)
        exts = []
        for moment, line in zip(moments, lines):
            seconds = (moment - epoch) // datetime.timedelta(seconds=1)
            exts.append(
                Ext(values.DATETIME_TZ, struct.pack("<qIi", seconds, moment.microsecond * 1000, 0))
            )
            self.assertEqual(line, notation(exts[-1]))
        for moment, mine in zip(moments, DRIVER.encode(exts)):
            self.assertEqual(msgpack.unpackb(mine, timestamp=3), moment)

    def test_floats_of_single_precision_are_read(self):
        floats = [struct.unpack("<f", self.random.randbytes(4))[0] for _ in range(1000)] + [
            float("inf"),
            -0.0,
            1.5,
        ]
        floats = [number for number in floats if number == number]
        for number, line in zip(
            floats, DRIVER.decode([msgpack.packb(f, use_single_float=True) for f in floats])
        ):
            self.assertEqual(line, notation(number))

    def test_plain(self):
        """Written with ext=plain, everything is read by a Python that knows no extension types."""
        plain = DRIVER.encode(self.values, "ext=plain")
        read = 0
        for value, mine in zip(self.values, plain):
            if mine is None:
                continue  # an application's own type, or a moment without text
            try:
                msgpack.unpackb(
                    mine,
                    strict_map_key=False,
                    object_pairs_hook=Map,
                    ext_hook=lambda code, data: self.fail("extension type %d" % code),
                )
                read += 1
            except TypeError as error:
                self.assertIn("unhashable", str(error))
        self.assertGreater(read, COUNT // 3)

    def test_changed_bytes(self):
        """Bytes with something changed in them: never a crash, and no value that Python would not read so."""
        changed = []
        for mine in self.mine[len(CORNERS) :]:
            one = bytearray(mine[:2000])
            for _ in range(self.random.randint(1, 3)):
                one[self.random.randrange(len(one))] = self.random.getrandbits(8)
            changed.append(bytes(one))
        agreed = 0
        for one, line in zip(changed, DRIVER.decode(changed)):
            if line in ("CORRUPT", "REFUSED"):
                continue
            try:
                self.assertEqual(line, notation(unpacked(one)))
                agreed += 1
            except TypeError as error:
                self.assertIn("unhashable", str(error))
        self.assertGreater(agreed, COUNT // 100)


if __name__ == "__main__":
    unittest.main()
