"""What a serializer takes, it gives back; and hostile bytes end in errors of this package alone."""

import datetime
import decimal
import os
import pickle
import random
import struct
import sys
import unittest
import uuid

from coffer import Cache, Pickle, Runtime, Serializer, errors

MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)
EAST, WEST = (datetime.timezone(sign * (DAY - MINUTE)) for sign in (1, -1))
ODD = datetime.timezone(datetime.timedelta(hours=-1, seconds=-1))
ZONES = [None, datetime.timezone.utc, EAST, WEST, ODD]


class Berlin(datetime.tzinfo):
    """In the hour that summer's end brings twice; without a date it has no offset."""

    def utcoffset(self, moment):
        return None if moment is None else datetime.timedelta(hours=1 if moment.fold else 2)

    dst = utcoffset


FOLD = datetime.datetime(2024, 10, 27, 2, 30, tzinfo=Berlin())

MOMENTS = [
    datetime.datetime.min,
    datetime.datetime.max,
    datetime.datetime(1, 1, 1, 23, 59),
    datetime.datetime(9999, 12, 31),
    datetime.datetime(1969, 12, 31, 23, 59, 59, 999999),
    datetime.datetime(1970, 1, 1),
    datetime.datetime(2024, 2, 29, 12, 0, 0, 1),
    datetime.datetime(2024, 10, 27, 2, 30, fold=1),
]
FLOATS = [0.0, -0.0, 5e-324, -5e-324, 2.2250738585072014e-308, 2.225073858507201e-308]
FLOATS += [sys.float_info.max, -sys.float_info.max, sys.float_info.epsilon, 1e16, 1e-7, 1.0, 0.1]
FLOATS += [float("inf"), float("-inf"), float("nan")]
DECIMALS = [
    decimal.Decimal(text)
    for text in (
        "0 -0 0.00 0E+10 1E+999999 1E-999999 -9.99E+999999999 1E-1000000000 12.50 1E+3 100 NaN -NaN "
        "NaN123 sNaN -sNaN7 Infinity -Infinity"
    ).split()
] + [decimal.Decimal((1, tuple([9] * 200), -100))]
INTEGERS = [0, 1, -1, 2**4000, -(2**4000), 10**4299, -(10**4299)] + [
    sign * 2**bits + more
    for bits in (5, 7, 8, 15, 16, 31, 32, 53, 63, 64, 65, 128)
    for sign in (1, -1)
    for more in (-1, 0, 1)
]
TEXTS = [
    "",
    "\0",
    "a\0b",
    "\ufeff",
    "\ufeffx",
    "x\ufeff",
    "\ufffe\uffff",
    "\ud7ff\ue000",
    "\U0010ffff",
    "😀",
]
TEXTS += [
    "\x85\u2028\u2029",
    "\r\n",
    "\x7f\x80\x9f",
    "$tuple",
    "$$",
    "null",
    "~",
    "NaN",
    "1",
    "x" * 70_000,
]
TEXTS += [
    "é",
    "e\u0301",
    " ",
    "\t",
    "---",
    "...",
    "2024-02-29",
    "1e5",
    "0x1F",
    "1:30",
    "<<",
    "=",
    '"',
    "\\",
]
SCALARS = (
    [None, True, False]
    + INTEGERS
    + FLOATS
    + DECIMALS
    + TEXTS
    + [b"", b"\0", b"\xff\xfe", bytes(range(256)), b"x" * 70_000]
    + [uuid.UUID(int=0), uuid.UUID(int=2**128 - 1), uuid.UUID(int=1)]
    + [datetime.date.min, datetime.date.max, datetime.date(1970, 1, 1), datetime.date(1969, 12, 31)]
    + [moment.replace(tzinfo=zone) for moment in MOMENTS for zone in ZONES]
    + [FOLD, FOLD.replace(fold=1)]
    + [
        time.replace(tzinfo=zone)
        for time in (datetime.time.min, datetime.time.max)
        for zone in ZONES
    ]
    + [datetime.timedelta.min, datetime.timedelta.max, datetime.timedelta(0)]
    + [datetime.timedelta(microseconds=-1), datetime.timedelta(-1, 1, 1)]
)


def nested(wrap, depth):
    value = None
    for _ in range(depth):
        value = wrap(value)
    return value


def hashable(value):
    try:
        return hash(value) is not None
    except TypeError:  # a signaling NaN
        return False


CONTAINERS = (
    [[], (), set(), frozenset(), {}, [[]], [()], ((),), {"": {}}, [{}, [], ()], [None] * 1000]
    + [nested(lambda v: [v], 120), nested(lambda v: {"k": v}, 120), nested(lambda v: (v,), 120)]
    + [
        {(): 1, (1, "a"): 2, frozenset({1}): 3},
        {frozenset({(1, 2)})},
        {str(i): i for i in range(999)},
    ]
    + [[value, (value,)] for value in SCALARS]
    + [{"k": value} for value in SCALARS]
    + [{value: "v"} for value in SCALARS if hashable(value)]
    + [{value, "other"} for value in SCALARS if hashable(value)]
    + [frozenset({value}) for value in SCALARS if hashable(value)]
)
VALUES = SCALARS + CONTAINERS

# Each with options under which nothing changes, and what it must take, lest it refuse all.
SERIALIZERS = {
    "json": ({}, 300),
    "json tagged": ({"ext": "tagged"}, 1100),
    "json of Python": ({"nan": "number", "ext": "tagged"}, 1120),
    "yaml": ({}, 709),
    "yaml in a line": ({"indent": 0, "keys": "any"}, 709),
    "msgpack": ({}, len(VALUES)),
    "pickle": ({}, len(VALUES)),
    "protobuf": ({}, len(VALUES)),
}


def open_serializer(name):
    return Serializer(name.split()[0], **SERIALIZERS[name][0])


def same(a, b):
    """Equal, of one type, and all the way down: 1 is not True, 0.0 is not -0.0, NaN is NaN."""
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return a != a and b != b or struct.pack("<d", a) == struct.pack("<d", b)
    if isinstance(a, decimal.Decimal):
        return a.as_tuple() == b.as_tuple()
    if isinstance(a, datetime.datetime) and a.tzinfo is not None:
        local = a.replace(tzinfo=None, fold=0) == b.replace(tzinfo=None, fold=0)
        return local and a.utcoffset() == b.utcoffset()
    if isinstance(a, datetime.time):
        return a == b and a.utcoffset() == b.utcoffset()
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, (set, frozenset)):
        left = list(b)
        return len(a) == len(b) and all(any(same(x, y) for y in left) for x in a)
    if isinstance(a, dict):
        return same(list(a), list(b)) and same(list(a.values()), list(b.values()))
    return a == b


def short(value):
    try:
        text = repr(value)
    except ValueError:  # an integer of too many digits
        text = "an integer"
    return text if len(text) < 200 else text[:200] + "..."


class RoundTrips(unittest.TestCase):
    def check(self, value, store):
        """False if it is refused; it must say why."""
        try:
            back = store(value)
        except (errors.UnsupportedError, errors.TooLargeError) as error:
            self.assertGreater(len(str(error)), 10)
            return False
        self.assertTrue(same(value, back), f"{short(value)} came back as {short(back)}")
        return True

    def test_by_a_serializer(self):
        for name, (_, least) in SERIALIZERS.items():
            with self.subTest(name):
                serializer = open_serializer(name)
                taken = sum(
                    self.check(value, lambda v: serializer.loads(serializer.dumps(v)))
                    for value in VALUES
                )
                self.assertGreaterEqual(taken, least)

    def test_through_a_cache(self):
        runtime = Runtime(housekeeping=0)
        for name, (options, least) in SERIALIZERS.items():
            with self.subTest(name):
                cache = Cache(
                    runtime=runtime, serializer=name.split()[0], serializer_options=options
                )

                def store(value):
                    cache.set("k", value)
                    return cache.get("k", KeyError)

                taken = sum(self.check(value, store) for value in VALUES)
                self.assertGreaterEqual(taken, least)

    def test_what_has_no_equal_is_refused(self):
        class Vague(datetime.tzinfo):
            utcoffset = dst = lambda self, moment: None

        class Nanoseconds(datetime.datetime):
            nanosecond = 1

        micro = datetime.timezone(datetime.timedelta(microseconds=1))
        refused = {
            "half a surrogate pair": ["\ud800", ["a\udfff"], {"\udc80": 1}],
            "fraction of a second": [datetime.datetime(2024, 1, 1, tzinfo=micro)],
            "has a zone that does not say": [
                datetime.time(1, tzinfo=Berlin()),
                datetime.datetime(2024, 1, 1, tzinfo=Vague()),
            ],
            "has nanoseconds": [Nanoseconds(2024, 1, 1)],
            "of type complex": [1j],
        }
        for name in SERIALIZERS:
            serializer = open_serializer(name)
            for message, values in refused.items():
                for value in values:
                    with self.assertRaisesRegex(errors.UnsupportedError, message, msg=name):
                        serializer.dumps(value)
            with self.assertRaisesRegex(errors.TooLargeError, "an integer cannot be encoded"):
                serializer.dumps(10**5000)

    def test_json_is_yaml(self):
        """Text of json with ascii=true; but floats without a point are text in YAML 1.1."""
        json, yaml = Serializer("json", ascii=True), Serializer("yaml")
        for text in TEXTS + [chr(code) for code in range(0x10FFF, 0x110000, 0xFFF)]:
            for value in (text, [text, "x" + text, text * 2], {text[:500]: {"k": text}}):
                self.assertEqual(yaml.loads(json.dumps(value)), value)


class Nan(unittest.TestCase):
    THEIRS = b'[["2012-05-01", NaN], [Infinity, -Infinity]]'

    def test_is_read_as_the_option_says(self):
        self.assertEqual(
            Serializer("json", nan="null").loads(self.THEIRS), [["2012-05-01", None], [None, None]]
        )
        self.assertEqual(
            Serializer("json", nan="text").loads(self.THEIRS),
            [["2012-05-01", "NaN"], ["Infinity", "-Infinity"]],
        )
        numbers = Serializer("json", nan="number")
        self.assertEqual(str(numbers.loads(self.THEIRS)), "[['2012-05-01', nan], [inf, -inf]]")
        self.assertEqual(numbers.dumps([float("nan"), float("-inf")]), b"[NaN,-Infinity]")

    def test_is_refused_by_default(self):
        with self.assertRaisesRegex(errors.CorruptError, 'the option "nan" can read'):
            Serializer("json").loads(self.THEIRS)

    def test_by_the_url_of_a_cache(self):
        cache = Cache("memory://?serializer=json&serializer.nan=number", runtime=Runtime())
        cache.set("k", float("inf"))
        self.assertEqual(cache.get("k"), float("inf"))


class Hostile(unittest.TestCase):
    def test_what_python_cannot_hold(self):
        hostile = {
            "yaml": [b"? [1]\n: 2", b"{{a: 1}: 2}", b"!!set {[a]}", b"0000-01-01"],
            "msgpack": [b"\x81\x90\x01", b"\x81\x80\x01"],
            "pickle": [pickle.dumps(print), b"\x80\x04}]K\x01s.", b"\x80\x04\x8f(]\x90."],
            "json": [b"1" * 5000, b'{"a":' * 2000],
            "json tagged": [
                b'{"$set":[[1]]}',
                b'{"$date":"+10000-01-01"}',
                b'{"$date":"-0001-01-01"}',
                b'{"$set":[{"$decimal":"sNaN"}]}',
                b'{"$decimal":"1E+9999999999999999999999"}',
                b'{"$duration":"PT999999999999999S"}',
                b'{"$datetime_tz":"0001-01-01T00:00:00+25:00"}',
            ],
        }
        for name, documents in hostile.items():
            serializer = open_serializer(name)
            for document in documents:
                with self.assertRaises(
                    errors.CacheError, msg=f"{name}: {document[:50]!r}"
                ) as caught:
                    serializer.loads(document)
                self.assertGreater(len(str(caught.exception)), 10)

    def test_the_cause_is_told(self):
        with self.assertRaisesRegex(errors.UnsupportedError, "unhashable type: 'list'") as caught:
            Serializer("msgpack").loads(b"\x81\x90\x01")
        self.assertIsInstance(caught.exception.__cause__, TypeError)
        self.assertEqual(caught.exception.status, "UNSUPPORTED")

    def test_pickles_of_python(self):
        for document in (b"", b"x", b"\x80\x04.", pickle.dumps([1])[:-1], b"cno_module\nx\n."):
            with self.assertRaises(errors.CorruptError):
                Pickle().loads(document)

    def test_mutants(self):
        seed = int(os.environ.get("COFFER_TEST_SEED") or random.randrange(2**32))
        print("COFFER_TEST_SEED=%d" % seed, file=sys.stderr)
        rng = random.Random(seed)
        for name in SERIALIZERS:
            serializer = open_serializer(name)
            documents = []
            for value in rng.sample(VALUES, 300):
                try:
                    documents.append(serializer.dumps(value)[:2000])
                except errors.CacheError:
                    pass
            read = 0
            for _ in range(4000):
                mutant = mutated(rng, rng.choice(documents), rng.choice(documents))
                try:
                    serializer.loads(mutant)
                    read += 1
                except errors.CacheError:
                    pass
                except BaseException as error:
                    self.fail(f"{name}, seed {seed}: {mutant!r} raises {error!r}")
            self.assertGreater(read, 30, name)  # some mutants are still documents


def mutated(rng, document, other):
    out = bytearray(document)
    for _ in range(rng.choice([1, 1, 2, 3])):
        at = rng.randrange(len(out) + 1)
        kind = rng.randrange(6)
        if kind == 0 and out:
            out[at % len(out)] ^= 1 << rng.randrange(8)
        elif kind == 1 and out:
            out[at % len(out)] = rng.choice(b'\x00\x01\x7f\x80\xff0-9"[{}]')
        elif kind == 2:
            del out[at : at + rng.choice([1, 1, 2, 8])]
        elif kind == 3:
            out[at:at] = rng.randbytes(rng.choice([1, 2, 4]))
        elif kind == 4:
            start = rng.randrange(len(other) + 1)
            out[at:at] = other[start : start + rng.choice([1, 4, 16, 64])]
        else:
            out[at:] = other[at:]
    return bytes(out)


if __name__ == "__main__":
    unittest.main()
