"""Default keys of functions: equal for equal calls, different for all others."""

import dataclasses
import datetime
import decimal
import enum
import functools
import pathlib
import random
import sqlite3
import unittest
import uuid
from collections import OrderedDict, namedtuple

from coffer import Cache, keys
from coffer.keys import encode_key


class Color(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    ONE = 1


@dataclasses.dataclass
class Point:
    x: int
    y: int
    note: str = dataclasses.field(default="", compare=False)


class User:
    def __init__(self, number):
        self.number = number

    def __cache_key__(self):
        return self.number


class Opaque:
    pass


Pair = namedtuple("Pair", "a b")


def module_function():
    pass


class Encoding(unittest.TestCase):
    def test_different_values_have_different_keys(self):
        values = [
            None,
            True,
            False,
            0,
            1,
            -1,
            1.0,
            0.0,
            -0.0,
            "1",
            b"1",
            "",
            b"",
            "True",
            (1,),
            [1],
            {1},
            frozenset({1}),
            {1: 2},
            {"1": 2},
            (),
            [],
            set(),
            {},
            (1, 2),
            (12,),
            ("1", "2"),
            ("1,2",),
            ("a", ("b",)),
            (("a",), "b"),
            "s1:a",
            ("s1:a",),
            ["a", "b"],
            ["a,s1:b"],
            2**64,
            -(2**64),
            2**200,
            float("inf"),
            float("nan"),
            1j,
            Color.RED,
            Level.ONE,
            Point(1, 2),
            Point(2, 1),
            User(1),
            User("1"),
            Pair(1, 2),
            datetime.date(2024, 1, 1),
            datetime.datetime(2024, 1, 1),
            datetime.timedelta(1),
            datetime.time(1),
            datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),
            decimal.Decimal("1.5"),
            decimal.Decimal("1.50"),
            uuid.UUID(int=1),
            pathlib.PurePosixPath("a"),
            int,
            Point,
            module_function,
            len,
            functools.partial(module_function, 1),
            range(3),
            slice(1, 2),
            OrderedDict(a=1),
            bytearray(b"1"),
        ]
        encoded = {}
        for value in values:
            text = encode_key(value)
            self.assertNotIn(text, encoded, (value, encoded.get(text)))
            encoded[text] = value

    def test_equal_values_have_equal_keys(self):
        for one, other in (
            ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
            ({1, 2, 3}, {3, 2, 1}),
            (User(1), User(1)),
            (Point(1, 2, "x"), Point(1, 2, "y")),
            ("é", "\u00e9"),
        ):
            self.assertEqual(encode_key(one), encode_key(other))

    def test_random_nested_values(self):
        seed = random.randrange(2**32)
        rng = random.Random(seed)

        def value(depth):
            kind = rng.randrange(8 if depth else 5)
            if kind < 3:
                return rng.choice(
                    [None, True, 0, 1, 10, "", "1", "a,b", ")", "s1:", b"", b"1", 0.5]
                )
            if kind == 3:
                return rng.randrange(-100, 100)
            if kind == 4:
                return "".join(rng.choice("ab,():[]{}=@\\") for _ in range(rng.randrange(6)))
            items = [value(depth - 1) for _ in range(rng.randrange(4))]
            return (
                tuple(items) if kind == 5 else items if kind == 6 else {repr(i): i for i in items}
            )

        seen = {}
        for _ in range(20_000):
            made = value(3)
            told = _tell(made)
            text = encode_key(made)
            self.assertEqual(seen.setdefault(text, told), told, f"seed {seed}")

    def test_what_has_only_an_address_is_refused(self):
        for value in (Opaque(), [Opaque()], lambda: 1, object()):
            with self.assertRaisesRegex(TypeError, "cache key"):
                encode_key(value)

    def test_what_a_class_says_wins(self):
        class Said(dict):
            def __cache_key__(self):
                return 1

        class Registered(list):
            pass

        keys.register(Registered, len)
        self.assertEqual(encode_key(Said(a=1)), encode_key(Said(a=2)))
        self.assertEqual(encode_key(Registered([1])), encode_key(Registered([2])))

    def test_handles_do_not_count(self):
        with sqlite3.connect(":memory:") as one, sqlite3.connect(":memory:") as other:
            self.assertEqual(encode_key(one), encode_key(other))

    def test_classes_of_others_are_registered(self):
        class Foreign:
            number = 7

        keys.register(Foreign, lambda value: value.number)
        self.assertIn(b"i7", encode_key(Foreign()))
        keys.register(Foreign, None)
        self.assertEqual(encode_key(Foreign()), encode_key(Foreign()))

    def test_a_value_that_contains_itself(self):
        loop = []
        loop.append(loop)
        with self.assertRaises(RecursionError):
            encode_key(loop)


def _tell(value):
    """As repr, but -0.0, True and 1 differ and dicts are sorted."""
    if isinstance(value, dict):
        return ("dict", tuple(sorted((_tell(k), _tell(v)) for k, v in value.items())))
    if isinstance(value, (list, tuple)):
        return (type(value).__name__, tuple(map(_tell, value)))
    return (type(value).__name__, repr(value))


class Calls(unittest.TestCase):
    def setUp(self):
        self.cache = Cache()

    def test_one_call_has_one_key_however_it_is_written(self):
        @self.cache
        def f(a, b=2, *, c=3):
            return a, b, c

        same = {
            str(f.key(1)),
            str(f.key(1, 2)),
            str(f.key(a=1)),
            str(f.key(b=2, a=1)),
            str(f.key(1, c=3)),
        }
        self.assertEqual(len(same), 1)
        different = {
            str(f.key(1)),
            str(f.key(1, 3)),
            str(f.key(1, c=2)),
            str(f.key("1")),
            str(f.key(1.0)),
            str(f.key(True)),
        }
        self.assertEqual(len(different), 6)
        for wrong in (
            lambda: f.key(),
            lambda: f.key(1, 2, 3),
            lambda: f.key(1, x=1),
            lambda: f.key(1, a=1),
        ):
            self.assertRaises(TypeError, wrong)

    def test_any_number_of_arguments(self):
        @self.cache
        def f(a, /, *args, **kwargs):
            return a, args, kwargs

        self.assertEqual(f(1, 2, x=3), (1, (2,), {"x": 3}))
        self.assertNotEqual(f.key(1, 2, 3), f.key(1, (2, 3)))
        self.assertNotEqual(f.key(1, x=1, y=2), f.key(1, y=2, x=1))  # the function sees the order
        self.assertNotEqual(f.key(1, {"x": 1}), f.key(1, x=1))

    def test_templates(self):
        @self.cache(key="user:{user_id}")
        def f(user_id, session=None):
            return user_id

        self.assertEqual(str(f.key(7)), "user:7")
        self.assertEqual(str(f.key("x", session=object())), "user:x")
        g = self.cache(key="{0}-{b.real}-{a!r:>5}")(lambda a, b: a)
        self.assertEqual(str(g.key("x", 3)), "x-3-  'x'")
        with self.assertRaisesRegex(ValueError, "no parameter; there are: a"):
            self.cache(key="{user}")(lambda a: a)
        h = self.cache(key=lambda a, b=2: f"{a}/{b}")(lambda a, b=2: a)
        self.assertEqual(str(h.key(1)), "1/2")

    def test_keywords_count_in_their_order(self):
        def f(**named):
            return list(named.items())

        for options in ({}, {"key": "f:{named}"}):
            cached = self.cache(f, **options)
            for named in ({"a": 1, "b": 2}, {"b": 2, "a": 1}):
                self.assertEqual(cached(**named), list(named.items()))
        named = self.cache(key="f:{named[a]}")(f)
        self.assertEqual(named.key(a=1, b=2), named.key(b=3, a=1))

    def test_ignored_parameters(self):
        @self.cache(ignore=("session",))
        def f(a, session):
            return a

        self.assertEqual(f.key(1, object()), f.key(1, object()))
        with self.assertRaises(ValueError):
            self.cache(ignore="none")(lambda a: a)

    def test_an_argument_without_meaning_is_an_error_with_advice(self):
        f = self.cache(lambda a: a)
        with self.assertRaisesRegex(TypeError, "ignore="):
            f(Opaque())

    def test_long_keys_end_in_a_digest(self):
        f = self.cache(lambda a: len(a))
        self.assertEqual(f("x" * 10_000), 10_000)
        self.assertEqual(f("y" * 10_000), 10_000)
        self.assertNotEqual(f.key("x" * 10_000), f.key("y" * 10_000))
        self.assertLess(len(f.key("x" * 10_000).bytes), 200)

    def test_closures_of_one_name_do_not_share(self):
        made = [self.cache(lambda a, n=n: n) for n in range(3)]
        self.assertEqual([f(1) for f in made], [0, 1, 2])


if __name__ == "__main__":
    unittest.main()
