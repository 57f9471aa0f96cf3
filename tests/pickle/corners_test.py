"""Hand-picked values and pickles, by Python's pickle module: what is odd, what is shared, and what must be refused."""

import collections
import copyreg
import datetime
import decimal
import enum
import fractions
import io
import math
import os
import pickle
import sys
import unittest
import uuid
import zoneinfo

from tests.pickle.python_values import DRIVER, REFUSALS, encode, notation, same

UTC = datetime.timezone.utc


class Command:
    """What a hostile pickle does."""

    def __reduce__(self):
        return os.system, ("exit 7",)


class Plain:
    pass


class Colour(enum.Enum):
    RED = 1


def deep(make, depth):
    value = None
    for _ in range(depth):
        value = make(value)
    return value


ODD = [
    math.nan,
    math.inf,
    -math.inf,
    -0.0,
    5e-324,
    0,
    -1,
    255,
    256,
    65535,
    65536,
    2**31 - 1,
    2**31,
    -(2**31),
    -(2**31) - 1,
    2**63 - 1,
    2**63,
    -(2**63),
    -(2**63) - 1,
    2**64 - 1,
    2**64,
    -(2**64),
    2**200,
    -(2**200),
    2**2040,
    2**2039 - 1,
    -(2**2039),
    10**39456 - 1,
    1 - 10**39456,
    "",
    b"",
    bytearray(),
    [],
    (),
    {},
    set(),
    frozenset(),
    "x" * 255,
    "x" * 256,
    "ü" * 40000,
    b"\xff" * 255,
    b"\x80" * 256,
    b"y" * 3000000,
    "z" * 3000000,
    bytes(range(256)),
    bytearray(range(256)) * 300,
    "".join(map(chr, range(0xD800))),
    "\\u0041\\\\u0041\\",
    "\r\n\0\x1a",
    [[]],
    ((),),
    {"": {}},
    [None] * 1001,
    list(range(2500)),
    tuple(range(2500)),
    set(range(2500)),
    frozenset(range(2500)),
    dict.fromkeys(range(2500)),
    {(): frozenset([((1, 2), frozenset([None]))])},
    deep(lambda v: [v], 300),
    deep(lambda v: (v,), 300),
    deep(lambda v: {"k": v}, 300),
    deep(lambda v: frozenset([v]), 200),
    datetime.date.min,
    datetime.date.max,
    datetime.time.min,
    datetime.time.max,
    datetime.datetime.min,
    datetime.datetime.max,
    datetime.datetime.min.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=23))),
    datetime.datetime.max.replace(
        tzinfo=datetime.timezone(-datetime.timedelta(hours=23, seconds=1))
    ),
    datetime.datetime(2000, 2, 29, tzinfo=UTC),
    datetime.datetime(1900, 2, 28),
    datetime.timedelta.min,
    datetime.timedelta.max,
    datetime.timedelta(microseconds=-1),
    datetime.timedelta(0),
    datetime.time(1, 2, 3, 4, tzinfo=datetime.timezone(datetime.timedelta(minutes=-90))),
    decimal.Decimal("-0.00"),
    decimal.Decimal("sNaN77"),
    decimal.Decimal("1E-999999"),
    decimal.Decimal(7) / 3,
    decimal.Decimal("9.99E+999999999999999999"),
    uuid.UUID(int=0),
    uuid.UUID(int=2**128 - 1),
    uuid.uuid4(),
    collections.OrderedDict([("b", 1), ("a", collections.OrderedDict())]),
]


class CornersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        sys.set_int_max_str_digits(0)  # this is about pickle

    def reads(self, data, value, *options):
        self.assertEqual(DRIVER.decode([data], *options), [notation(value)], data[:200])

    def test_odd_values_are_read(self):
        for protocol in range(6):
            pickles = [pickle.dumps(value, protocol) for value in ODD]
            for value, line in zip(ODD, DRIVER.decode(pickles)):
                self.assertEqual(line, notation(value))

    def test_odd_values_are_written(self):
        for protocol in range(2, 6):
            for value, data in zip(ODD, encode(ODD, "protocol=%d" % protocol)):
                loaded = pickle.loads(data)
                self.assertEqual(same(loaded), same(value))
                if isinstance(
                    value,
                    (int, str, bytes, datetime.date, datetime.time, datetime.timedelta, uuid.UUID),
                ):
                    self.assertEqual(loaded, value)

    def test_shared_values(self):
        inner = [1, "text"]
        key = "a key of some length"
        values = [
            [inner, inner, [inner]],
            (inner, {key: inner, 1: key}),
            [key, {key: {key: key}}],
            [(inner,), (inner,)],
            [datetime.datetime(2024, 1, 1, tzinfo=UTC)] * 3,
            [b"bytes"] * 2,
            [frozenset([1])] * 2,
        ]
        shared = ({"x": 1},)
        values.append([shared, shared, shared[0]])
        for protocol in range(6):
            for value in values:
                self.reads(pickle.dumps(value, protocol), value)

    def test_recursive_values_are_refused(self):
        a_list = []
        a_list.append(a_list)
        a_dict = {}
        a_dict["self"] = [a_dict]
        a_tuple = ([],)
        a_tuple[0].append(a_tuple)
        ordered = collections.OrderedDict()
        ordered[1] = ordered
        for value in (a_list, a_dict, a_tuple, [1, a_tuple], ordered):
            for protocol in range(6):
                self.assertEqual(DRIVER.decode([pickle.dumps(value, protocol)]), ["REFUSED"])

    def test_surrogates(self):
        for protocol in range(6):
            for text in ("\ud800", "a\udfffz", "\ud83d\ude00", "é\udc80\udc80"):
                data = pickle.dumps([text], protocol)
                self.assertEqual(DRIVER.decode([data]), ["REFUSED"])
                replaced = "".join("\ufffd" if 0xD800 <= ord(c) < 0xE000 else c for c in text)
                self.reads(data, [replaced], "surrogates=replace")

    def test_what_the_neutral_value_has_not_is_left_out(self):
        moment = datetime.datetime(2024, 10, 27, 2, 30)
        named = datetime.timezone(datetime.timedelta(hours=1), "CET")
        for protocol in range(6):
            self.reads(pickle.dumps(moment.replace(fold=1), protocol), moment)
            self.reads(pickle.dumps(datetime.time(1, fold=1), protocol), datetime.time(1))
            self.reads(
                pickle.dumps(moment.replace(tzinfo=named), protocol), moment.replace(tzinfo=named)
            )
            safe = uuid.UUID(int=5, is_safe=uuid.SafeUUID.safe)
            self.reads(pickle.dumps(safe, protocol), safe)

    def test_objects_are_refused(self):
        values = [
            Command(),
            [1, {"x": Command()}],
            Plain(),
            Plain,
            Colour.RED,
            len,
            os.system,
            int,
            datetime.date,
            UTC,
            1j,
            range(3),
            slice(1),
            fractions.Fraction(1, 2),
            collections.deque([1]),
            collections.defaultdict(list),
            collections.Counter("a"),
            ValueError("x"),
            zoneinfo.ZoneInfo("UTC"),
            datetime.datetime(2024, 1, 1, tzinfo=zoneinfo.ZoneInfo("UTC")),
            datetime.time(1, tzinfo=datetime.timezone(datetime.timedelta(microseconds=5))),
            NotImplemented,
            ...,
        ]
        for protocol in range(6):
            pickles = [pickle.dumps(value, protocol) for value in values]
            for value, line in zip(values, DRIVER.decode(pickles)):
                self.assertEqual(line, "REFUSED", (protocol, value))

    def test_what_is_not_in_the_pickle_is_refused(self):
        class Outside(pickle.Pickler):
            def persistent_id(self, value):
                return "id" if isinstance(value, list) else None

        for protocol in range(6):
            out = io.BytesIO()
            Outside(out, protocol).dump({"a": []})
            self.assertEqual(DRIVER.decode([out.getvalue()]), ["REFUSED"])
        buffers = []
        for buffer in (bytearray(b"xyz"), b"xyz"):
            data = pickle.dumps(pickle.PickleBuffer(buffer), 5, buffer_callback=buffers.append)
            self.assertEqual(DRIVER.decode([data]), ["REFUSED"])
            self.reads(pickle.dumps(pickle.PickleBuffer(buffer), 5), buffer)  # in band it is bytes
        copyreg.add_extension("tests.pickle.nowhere", "Nothing", 1234)
        self.assertEqual(DRIVER.decode([b"\x80\x02\x83\xd2\x04."]), ["REFUSED"])

    def test_pickles_of_python_2(self):
        """As Python 2.7 wrote them, by protocols 0 and 2."""
        day = datetime.datetime(2015, 6, 7, 8, 9, 10, 11)
        self.reads(
            b"(lp0\nI1\naL2L\naS'three'\np1\naVf\xfcnf\np2\naI01\naF6.5\na.",
            [1, 2, "three", "fünf", True, 6.5],
        )
        self.reads(
            b"\x80\x02}q\x00U\x01aq\x01]q\x02(K\x01\x8a\x05\x00\x00\x00\x80\x00NeU\x01bq\x03\x88s.".replace(
                b"}q\x00U", b"}q\x00(U"
            ).replace(
                b"\x88s", b"\x88u"
            ),
            {"a": [1, 2**31, None], "b": True},
        )
        self.reads(
            b"cdatetime\ndatetime\np0\n(S'\\x07\\xdf\\x06\\x07\\x08\\t\\n\\x00\\x00\\x0b'\np1\ntp2\nRp3\n.",
            day,
        )
        self.reads(
            b"\x80\x02cdatetime\ndatetime\nq\x00U\n\x07\xdf\x06\x07\x08\t\n\x00\x00\x0bq\x01\x85q\x02Rq\x03.",
            day,
        )
        self.reads(
            b"ccollections\nOrderedDict\np0\n((lp1\n(lp2\nS'k'\np3\naI1\naatp4\nRp5\n.", {"k": 1}
        )
        self.reads(b"c__builtin__\nset\np0\n((lp1\nI1\natp2\nRp3\n.", {1})

    def test_every_cut_of_a_pickle_is_refused(self):
        value = {
            "a": [1, 2.5, "x", b"y", (None, True)],
            "b": {3, 4},
            "c": decimal.Decimal("1.5"),
            "d": uuid.UUID(int=9),
            "e": datetime.datetime(2024, 1, 1, tzinfo=UTC),
        }
        for protocol in range(6):
            data = pickle.dumps(value, protocol)
            for line in DRIVER.decode([data[:size] for size in range(len(data))]):
                self.assertEqual(line, "CORRUPT")

    def test_unhashable_keys_are_neither_read_nor_written(self):
        for data in (b"}]Ns.", b"\x8f(}\x90.", b"}(]tNs."):
            with self.assertRaises(TypeError):
                pickle.loads(data)
            self.assertIn(DRIVER.decode([data])[0], REFUSALS)


if __name__ == "__main__":
    unittest.main()
