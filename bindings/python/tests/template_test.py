"""Templates of keys and tags."""

import datetime
import decimal
import enum
import random
import unittest
import uuid

from coffer import MISS, Cache


class Opaque:
    number = 7

    def method(self):
        pass


class Named:
    def __init__(self, name):
        self.name = name

    def __str__(self):
        return self.name


class Keyed(Named):
    def __cache_key__(self):
        return self.name


class Color(enum.Enum):
    RED = 1


def key_of(template, *values):
    names = "abcdef"[: len(values)]
    function = eval(f"lambda {', '.join(names)}: 1")
    return str(Cache()(function, key=template).key(*values))


class KeyTemplates(unittest.TestCase):
    def test_what_reads_well_is_itself(self):
        for value, text in (
            (7, "7"),
            (-7, "-7"),
            (2**70, str(2**70)),
            ("ada", "ada"),
            ("ada@b.example", "ada@b.example"),
            ("a:b/c", "a:b/c"),
            ("2024-01-01", "2024-01-01"),
            ("6b5c", "6b5c"),
            ("", ""),
            ("é", "é"),
            (None, "None"),
            (True, "True"),
            (1.5, "1.5"),
        ):
            self.assertEqual(key_of("user:{a}", value), f"user:{text}")
            self.assertEqual(key_of("user:{a!s:}", value), f"user:{text}")

    def test_text_that_reads_like_something_else(self):
        for text in (
            "7",
            "-7",
            "1.5",
            "1e5",
            "None",
            "True",
            "False",
            "nan",
            "inf",
            "-inf",
            "@x",
            "'a'",
        ):
            self.assertEqual(key_of("{a}", text)[0], "'", text)
        self.assertEqual(key_of("{a}", "it's"), "it's")
        self.assertEqual(key_of("{a}", "'\\"), "'\\'\\\\'")

    def test_different_arguments_are_different_keys(self):
        moment = datetime.datetime(2024, 1, 1)
        values = [
            *(
                "a",
                "b",
                "a:b",
                ":",
                "a'",
                "'",
                "\\",
                "'a':'b'",
                "{a}",
                "{}",
                "@(n)",
                "@(s1:a)",
                "a-b",
            ),
            *(
                None,
                "None",
                True,
                "True",
                False,
                0,
                1,
                -1,
                "0",
                "1",
                "-1",
                1.0,
                "1.0",
                1.5,
                "1.5",
                "",
            ),
            *(
                float("nan"),
                "nan",
                b"a",
                "b'a'",
                (),
                "()",
                (1, 2),
                [1, 2],
                {"a": 1},
                {1},
                Color.RED,
            ),
            *(
                "Color.RED",
                moment,
                str(moment),
                moment.date(),
                uuid.UUID(int=1),
                str(uuid.UUID(int=1)),
            ),
            *(
                decimal.Decimal("1.5"),
                Keyed("a"),
                2**70,
                str(2**70),
                -(2**70),
                "a_b",
                "_",
                "-",
            ),
        ]
        templates = (
            "d:{a}:{b}",
            "{a}-{b}",
            "{a}_{b}",
            "{a}{b}",
            "{a}x{b}",
            "{b}'{a}",
            "{a} : {b}!",
            "{a}{{{b}",
        )
        for template in templates:
            f = Cache()(lambda a, b: 1, key=template)
            seen = {}
            for i, a in enumerate(values):
                for j, b in enumerate(values):
                    key = f.key(a, b).bytes
                    self.assertEqual(seen.setdefault(key, (i, j)), (i, j), (template, key, a, b))

    def test_random_text(self):
        seed = random.randrange(2**32)
        rng = random.Random(seed)
        f = Cache()(lambda a, b, c: 1, key="{a}:{b}, {c}")
        seen = {}
        for _ in range(20_000):
            values = tuple(
                "".join(rng.choice("ab:, '\\1@") for _ in range(rng.randrange(4))) for _ in "abc"
            )
            self.assertEqual(seen.setdefault(f.key(*values).bytes, values), values, f"seed {seed}")

    def test_native_and_python_agree(self):
        f = Cache()(lambda a, b: 1, key="{a}:{b}")
        for a in (
            1,
            -1,
            "a",
            "a:b",
            "7",
            None,
            1.5,
            (1,),
            "",
            "N",
            "None",
            "-",
            "--1",
            "+1",
            "1_0",
        ):
            maker = f._maker.format({"a": a, "b": a})
            self.assertEqual(f.key(a, a).bytes, maker, a)

    def test_conversions_and_formats_are_text(self):
        day = datetime.date(2024, 5, 1)
        self.assertEqual(
            key_of("{a:%Y-%m}:{b!s}", day, uuid.UUID(int=1)), f"2024-05:{uuid.UUID(int=1)}"
        )
        self.assertEqual(key_of("{a!s}:{b}", "x:y", 1), "'x:y':1")
        self.assertEqual(key_of("{a!r}:{b:04}", "x", 7), "'\\'x\\'':0007")
        self.assertEqual(key_of("{a.number}:{b[0]}:{c:{d}}", Opaque, ["7"], 1, 3), "7:'7':  1")

    def test_an_address_is_refused(self):
        cache = Cache()

        class Owner:
            by_name = cache(lambda self: 1, key="{self}")
            by_number = cache(lambda self: 1, key="{0}")
            tagged = cache(lambda self: 1, tags=["owner:{self}"])
            converted = cache(lambda self: 1, key="{self!r}")

        for name in ("by_name", "by_number", "tagged", "converted"):
            with self.assertRaisesRegex(TypeError, "address"):
                getattr(Owner(), name)()
        for template in (
            "u:{a}",
            "u:{a!r}",
            "u:{a!s}",
            "u:{a!a}",
            "u:{a:>9}",
            "u:{a.method}",
            "u:{a!r:>90}",
        ):
            with self.assertRaises(TypeError, msg=template):
                cache(lambda a: 1, key=template)(Opaque())
        for value in (Opaque(), [Opaque()], {"a": Opaque()}, object(), lambda: 1, Opaque().method):
            for template in ("u:{a}", "u:{a!r}", "u:{a!s}"):
                for options in ({"key": template}, {"tags": [template]}):
                    with self.assertRaises(TypeError, msg=(value, options)):
                        cache(lambda a: 1, ignore="a" if "tags" in options else (), **options)(
                            value
                        )
        for options in (
            {"key": lambda a: f"u:{a}"},
            {"key": lambda a: a},
            {"tags": lambda a: [f"u:{a}"]},
        ):
            with self.assertRaises(TypeError, msg=options):
                cache(lambda a: 1, ignore="a" if "tags" in options else (), **options)(Opaque())
        with self.assertRaisesRegex(TypeError, "address"):
            cache.get_or_set_many([Opaque()], lambda ids: {}, key="u:{}")

    def test_objects_that_say_who_they_are(self):
        self.assertEqual(key_of("u:{a!s}", Named("ada")), "u:ada")
        self.assertEqual(key_of("u:{a.name}", Named("ada")), "u:ada")
        self.assertIn("s3:ada", key_of("u:{a}", Keyed("ada")))
        with self.assertRaisesRegex(TypeError, "__cache_key__"):
            key_of("u:{a}", Named("ada"))

    def test_keys_of_functions_may_be_any_value(self):
        cache = Cache()
        f = cache(lambda a, b: (a, b), key=lambda a, b: (a, b))
        self.assertEqual((f(1, "1"), f("1", 1)), ((1, "1"), ("1", 1)))
        self.assertEqual(cache(lambda a: a, key=lambda a: b"\xff").key(1).bytes, b"\xff")

    def test_ids_are_told_apart(self):
        cache = Cache()
        load = lambda ids: {one: (one,) for one in ids}  # noqa: E731
        ids = [1, "1", None, "None", "a:b", 1.5]
        self.assertEqual(cache.get_or_set_many(ids, load, key="x:{}"), {one: (one,) for one in ids})
        self.assertEqual(cache.get("x:1"), (1,))
        self.assertIs(cache.get("x:'1'", MISS)[0], "1")

    def test_templates_that_cannot_be_read(self):
        for template in ("{a", "a}", "{b}", "{1}"):
            for options in ({"key": template}, {"tags": [template]}):
                with self.assertRaises(ValueError, msg=template):
                    Cache()(lambda a: 1, **options)


class TagTemplates(unittest.TestCase):
    def test_tags_are_what_a_program_writes(self):
        cache = Cache()
        f = cache(lambda a, b: 1, tags=["a:{a}", "{b!s}:{a}"])
        for a, b, tag in (
            (7, 1, "a:7"),
            ("7", 1, "a:7"),
            ("x:y", 1, "a:x:y"),
            (None, 1, "a:None"),
            (Keyed("ada"), 2, "2:ada"),
            (uuid.UUID(int=1), 2, f"a:{uuid.UUID(int=1)}"),
        ):
            loads = f.stats()["loads"]
            f(a, b), f(a, b)
            cache.invalidate_tag(tag)
            f(a, b)
            self.assertEqual(f.stats()["loads"], loads + 2, tag)


if __name__ == "__main__":
    unittest.main()
