"""How values are kept: live, frozen, cloned, or as bytes of a serializer."""

import asyncio
import datetime
import decimal
import gc
import pickle
import unittest
import uuid
import weakref

from coffer import MISS, Cache, Pickle, Runtime, Serializer, errors
from coffer import _coffer


class Thing:
    def __init__(self, number=0):
        self.number = number


class Live(unittest.TestCase):
    def setUp(self):
        self.runtime = Runtime(clock="manual", housekeeping=0)

    def test_each_way_of_leaving_lets_the_object_go(self):
        cache = Cache("memory://?capacity=4&shards=1&strategy=lru", runtime=self.runtime)
        gone = {}
        for way in ("overwritten", "deleted", "expired", "evicted", "cleared", "dropped"):
            thing = Thing()
            gone[way] = weakref.ref(thing)
            cache.set(way, thing, 1 if way == "expired" else None)
            del thing
            if way == "overwritten":
                cache.set(way, 1)
            elif way == "deleted":
                cache.delete(way)
            elif way == "expired":
                self.runtime.advance(1)
                self.runtime.maintain()
            elif way == "evicted":
                cache.set_many({str(i): i for i in range(5)})
            elif way == "cleared":
                cache.clear()
                self.runtime.maintain()
            else:
                self.assertIsNotNone(gone[way]())
                del cache
            gc.collect()
            _coffer.drain()
            self.assertIsNone(gone[way](), way)

    def test_a_destructor_that_uses_the_cache(self):
        cache = Cache(runtime=self.runtime)

        class Loud:
            def __del__(self):
                cache.set("farewell", 1)

        cache.set("k", Loud())
        cache.delete("k")
        self.assertEqual(cache.get("farewell"), 1)

    def test_a_copy_for_each_reader(self):
        cache = Cache(runtime=self.runtime, copy="clone")
        value = {"a": [1]}
        cache.set("k", value)
        value["a"].append(2)
        first = cache.get("k")
        first["a"].append(3)
        self.assertEqual(cache.get("k"), {"a": [1]})
        self.assertEqual(cache.get_many(["k"]), {"k": {"a": [1]}})

    def test_frozen(self):
        cache = Cache(runtime=self.runtime, copy="freeze")
        cache.set("k", {"a": [1, {2}]})
        value = cache.get("k")
        self.assertEqual(dict(value), {"a": (1, frozenset({2}))})
        with self.assertRaises(TypeError):
            value["b"] = 1

    def test_whoever_computes_gets_what_is_kept(self):
        cache = Cache(runtime=self.runtime, copy="freeze")
        f = cache(lambda: [1, {"a": []}])
        self.assertEqual(f(), (1, {"a": ()}))
        self.assertIs(f(), f())
        self.assertEqual(cache.get_or_set("k", lambda: [1]), (1,))
        self.assertEqual(cache.get_or_set_many([1], lambda ids: {1: [1]}), {1: (1,)})

        async def load(*ids):
            return {1: [2]} if ids else [2]

        self.assertEqual(asyncio.run(cache.aget_or_set("a", load)), (2,))
        self.assertEqual(asyncio.run(cache.aget_or_set_many([1], load, key="a{}")), {1: (2,)})

    def test_clones_are_the_callers_own(self):
        f = Cache(runtime=self.runtime, copy="clone")(lambda: [1])
        for _ in range(3):
            f().append(2)
        self.assertEqual(f(), [1])

    def test_pickle_gives_each_reader_its_own(self):
        cache = Cache(runtime=self.runtime, copy="pickle")
        value = {"a": [1], "at": datetime.date(2024, 2, 29), "thing": Thing(7)}
        cache.set("k", value)
        value["a"].append(2)
        cache.get("k")["a"].append(3)
        self.assertEqual(cache.get("k")["a"], [1])
        self.assertEqual(cache.get_many(["k"])["k"]["thing"].number, 7)
        self.assertEqual(cache.get_versioned("k")[0]["at"], datetime.date(2024, 2, 29))
        f = cache(lambda: [1])
        for _ in range(3):
            f().append(2)
        self.assertEqual(f(), [1])

    def test_pickle_runs_when_a_value_is_stored(self):
        cache = Cache(runtime=self.runtime, copy="pickle")
        cache.set("k", Thing(1))
        Thing.__setstate__ = lambda self, state: self.__dict__.update(number=state["number"] + 1)
        self.addCleanup(delattr, Thing, "__setstate__")
        self.assertEqual(cache.get("k").number, 2)
        with self.assertRaises((pickle.PicklingError, AttributeError)):
            cache.set("k", lambda: 1)
        self.assertEqual(cache.get("k").number, 2)
        del cache
        gone = Cache(runtime=self.runtime, copy="pickle")
        gone.set("k", Thing(1))
        Thing.__setstate__ = lambda self, state: 1 / 0
        self.assertIs(gone.get("k", MISS), MISS)
        self.assertEqual(gone.stats()["undecodable"], 1)

    def test_pickle_leaves_the_immutable_alone(self):
        cache = Cache(runtime=self.runtime, copy="pickle")
        for value in ("text", b"bytes", 1.5, True, 2**70, None):
            cache.set("k", value)
            self.assertIs(cache.get("k"), value)
        cache.set("n", 41)
        self.assertEqual((cache.incr("n"), cache.get("n")), (42, 42))

    def test_pickle_is_read_by_all_handles(self):
        cache = Cache(runtime=self.runtime, copy="pickle")
        cache.set("k", [1])
        self.assertEqual(cache.with_options(copy="share").get("k"), [1])
        cache.with_options(serializer="pickle!").set("k", [2])
        self.assertEqual(cache.get("k"), [2])

    def test_shared(self):
        f = Cache(runtime=self.runtime, copy="share")(lambda: [1])
        f().append(2)
        self.assertEqual(f(), [1, 2])

    def test_handles_that_keep_values_in_another_way(self):
        cache = Cache(runtime=self.runtime)
        cache.with_options(copy="freeze").set("k", [1])
        self.assertEqual(cache.get("k"), (1,))
        text = cache.with_options(serializer="json", serializer_options={"ext": "plain"})
        text.set("k", (1, 2))
        self.assertEqual(text.namespace("n")._serializer_options, {"ext": "plain"})
        self.assertEqual((text.get("k"), cache.get("k")), ([1, 2], [1, 2]))
        cache.set("k", value := [object()])
        self.assertIs(text.get("k"), value)

    def test_an_unknown_copy(self):
        with self.assertRaises(errors.ArgumentError):
            Cache(copy="deep")


class Bytes(unittest.TestCase):
    def setUp(self):
        self.runtime = Runtime(clock="manual", housekeeping=0)

    def open(self, serializer="json", **options):
        return Cache(runtime=self.runtime, serializer=serializer, **options)

    def test_plain_values(self):
        cache = self.open()
        for value in (
            0,
            -1,
            2**63 - 1,
            2**64 - 1,
            -(2**90),
            1.5,
            1e300,
            True,
            False,
            "",
            "é\0😀",
            [],
            {},
            {"a": [1, {"b": None}]},
            [[[]]],
        ):
            cache.set("k", value)
            self.assertEqual(cache.get("k"), value)
            self.assertIs(type(cache.get("k")), type(value))
        cache.set("k", [1])
        self.assertIsNot(cache.get("k"), cache.get("k"))

    def test_what_json_has_not_is_refused_with_its_place(self):
        with self.assertRaises(errors.UnsupportedError) as caught:
            self.open().set("k", {"a": [(1, 2)]})
        self.assertEqual(caught.exception.details["at"], "$.a[0]")
        with self.assertRaisesRegex(errors.UnsupportedError, "Thing"):
            self.open().set("k", [Thing()])

    def test_a_value_that_contains_itself(self):
        loop = []
        loop.append(loop)
        with self.assertRaises(errors.TooLargeError):
            self.open().set("k", loop)

    def test_extensions_by_option(self):
        plain = Serializer("json", ext="plain")
        self.assertEqual(
            plain.dumps((decimal.Decimal("1.50"), datetime.date(2024, 2, 29))),
            b'["1.50","2024-02-29"]',
        )
        self.assertEqual(plain.media_type, "application/json")
        cache = self.open(serializer_options={"ext": "plain"})
        cache.set("k", (uuid.UUID(int=1),))
        self.assertEqual(cache.get("k"), [str(uuid.UUID(int=1))])

    def test_errors_of_the_decoder(self):
        with self.assertRaises(errors.CorruptError) as caught:
            Serializer("json").loads(b"[1, 2")
        self.assertIn("offset", caught.exception.details)

    def test_pickle_is_asked_for_by_name(self):
        cache = self.open("pickle!")
        cache.set("k", Thing(7))
        self.assertEqual(cache.get("k").number, 7)

    def test_signed_pickle(self):
        signed = Pickle(secret="s")
        data = signed.dumps({1, 2})
        self.assertEqual(signed.loads(data), {1, 2})
        for wrong in (data[:-1], data[1:], b"", b"x" * 40):
            with self.assertRaises(errors.CorruptError):
                signed.loads(wrong)
        with self.assertRaises(errors.CorruptError):
            Pickle(secret="other").loads(data)

    def test_a_serializer_of_ones_own(self):
        class Reverse:
            format = 5000

            def dumps(self, value):
                return value[::-1].encode()

            def loads(self, data):
                return data.decode()[::-1]

        cache = self.open(Reverse())
        cache.set("k", "abc")
        self.assertEqual(cache.get("k"), "abc")
        by_class = self.open(Reverse)
        by_class.set("k", "abc")
        self.assertEqual((by_class.get("k"), by_class.namespace("n").get("k")), ("abc", None))
        for wrong in (object(), object, type("Low", (Reverse,), {"format": 3})()):
            with self.assertRaises((TypeError, errors.ArgumentError)):
                self.open(wrong)

    def test_what_cannot_be_decoded_is_a_miss_and_counted(self):
        class Deployed:
            format = 5000
            broken = False

            def dumps(self, value):
                return b"x"

            def loads(self, data):
                if self.broken:
                    raise KeyError("the class is gone")
                return 1

        serializer = Deployed()
        cache = self.open(serializer)
        cache.set("k", 1)
        self.assertEqual(cache.get("k"), 1)
        serializer.broken = True
        self.assertIs(cache.get("k", MISS), MISS)
        self.assertEqual(cache.get_many(["k"]), {})
        self.assertIsNone(cache.get_versioned("k"))
        self.assertEqual(cache.stats()["undecodable"], 3)
        self.assertEqual(cache.get_or_set("k", lambda: 5), 5)

    def test_an_interrupt_while_decoding_is_no_miss(self):
        class Interrupted:
            format = 5000

            def dumps(self, value):
                return b"x"

            def loads(self, data):
                raise KeyboardInterrupt

        cache = self.open(Interrupted())
        cache.set("k", 1)
        with self.assertRaises(KeyboardInterrupt):
            cache.get("k")

    def test_exceptions_of_the_encoder_come_through(self):
        class Broken(dict):
            def items(self):
                raise ZeroDivisionError

        class Failing:
            format = 5000

            def dumps(self, value):
                raise ZeroDivisionError

            loads = None

        Failing.loads = lambda self, data: data
        with self.assertRaises(ZeroDivisionError):
            self.open(Failing()).set("k", 1)

    def test_counters(self):
        cache = self.open()
        cache.set("n", 5)
        self.assertEqual(cache.incr("n"), 6)
        self.assertEqual(cache.get("n"), 6)


class Stores(unittest.TestCase):
    """A store that keeps bytes alone."""

    def setUp(self):
        self.runtime = Runtime(clock="manual", housekeeping=0)

    def test_msgpack_is_the_default(self):
        cache = Cache("bytes://", runtime=self.runtime)
        value = {
            "a": [1, (2.5, {None}), b"x", frozenset()],
            7: [decimal.Decimal("1.50"), uuid.UUID(int=3), 2**80],
            "when": [datetime.datetime(2024, 2, 29, 12), datetime.timedelta(1)],
        }
        cache.set("k", value)
        self.assertEqual(cache.get("k"), value)
        self.assertEqual(cache.explain("k")["format"], Serializer("msgpack").format)
        self.assertEqual(asyncio.run(cache.aget("k")), value)
        with self.assertRaises(errors.UnsupportedError):
            cache.set("k", Thing())
        self.assertEqual(cache.get("k"), value)

    def test_every_plugin_by_name(self):
        for name in ("msgpack", "json", "yaml", "pickle"):
            for cache in (
                Cache("bytes://", runtime=self.runtime, serializer=name),
                Cache(f"bytes://?serializer={name}", runtime=self.runtime),
            ):
                cache.set("k", {"a": [1, None, "x"]})
                self.assertEqual(cache.explain("k")["format"], Serializer(name).format)
                self.assertEqual(cache.get("k"), {"a": [1, None, "x"]})

    def test_options_of_the_serializer(self):
        for cache in (
            Cache("memory://?serializer=json&serializer.ext=plain", runtime=self.runtime),
            Cache(
                "bytes://",
                runtime=self.runtime,
                serializer="json",
                serializer_options={"ext": "plain"},
            ),
        ):
            cache.set("k", (1,))
            self.assertEqual(cache.get("k"), [1])
        with self.assertRaisesRegex(errors.ArgumentError, "'ext'"):
            Cache(
                "bytes://",
                runtime=self.runtime,
                serializer="json",
                serializer_options={"exx": "plain"},
            )

    def test_an_unknown_serializer(self):
        for open_it in (lambda: Cache("bytes://?serializer=jsn"), lambda: Cache(serializer="jsn")):
            with self.assertRaisesRegex(errors.NotFoundError, "did you mean 'json'"):
                open_it()

    def test_plain_pickle_runs_no_code_of_others(self):
        plain = Cache("bytes://", runtime=self.runtime, serializer="pickle")
        with self.assertRaises(errors.UnsupportedError):
            plain.set("k", Thing())
        hostile = pickle.dumps(print)
        with self.assertRaises(errors.CacheError):
            Serializer("pickle").loads(hostile)

    def test_entries_of_other_formats_are_misses_and_counted(self):
        wide = Cache("bytes://", runtime=self.runtime, serializer="pickle!")
        signed = wide.with_options(serializer="pickle!", serializer_options={"secret": "s"})
        other = wide.with_options(serializer=Pickle(secret="other"))
        wide.set("plain", Thing(1))
        signed.set("signed", Thing(2))
        self.assertEqual((wide.get("plain").number, signed.get("signed").number), (1, 2))
        self.assertEqual(
            [
                cache.get(key)
                for cache, key in ((wide, "signed"), (signed, "plain"), (other, "signed"))
            ],
            [None] * 3,
        )
        self.assertEqual(
            [cache.stats()["undecodable"] for cache in (wide, signed, other)], [1, 1, 1]
        )
        self.assertEqual(signed.get_or_set("plain", lambda: 3), 3)
        self.assertEqual(signed.get("plain"), 3)
        with self.assertRaises(errors.ArgumentError):
            Pickle(secret="")


class Extensions(unittest.TestCase):
    """The canonical bytes of coffer/value.h."""

    def test_round_trips(self):
        from coffer import _extensions

        east = datetime.timezone(datetime.timedelta(hours=2))
        for value in (
            decimal.Decimal("-12.50"),
            decimal.Decimal("NaN"),
            uuid.uuid4(),
            datetime.date.min,
            datetime.date.max,
            datetime.date(1969, 12, 31),
            datetime.time(23, 59, 59, 999999),
            datetime.time(1, 2, tzinfo=east),
            datetime.datetime.min,
            datetime.datetime.max,
            datetime.datetime(1969, 12, 31, 23, 59, 59, 1),
            datetime.datetime(2024, 2, 29, 12, tzinfo=east),
            datetime.timedelta(-1, 1, 1),
            datetime.timedelta.max,
        ):
            back = _extensions.decode(*_extensions.encode(value))
            self.assertEqual(str(back), str(value))
            self.assertIs(type(back), type(value))
        self.assertIsNone(_extensions.encode(object()))
        self.assertEqual(_extensions.encode(datetime.date(1970, 1, 2)), (3, b"\x01\0\0\0"))
        with self.assertRaises(errors.UnsupportedError):
            _extensions.decode(99, b"")


if __name__ == "__main__":
    unittest.main()
