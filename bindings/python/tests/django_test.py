"""CofferCache as a cache of Django: the rules of its documentation, and of its own backends.

Source: https://docs.djangoproject.com/en/5.2/topics/cache/, and what the suites of Django ask of
every backend.
"""

import asyncio
import pickle
import unittest
import warnings
import zlib
from datetime import date, timedelta

from django_settings import runtime  # first: it configures Django

import django
from django.core.cache import CacheKeyWarning, cache, caches


class Case(unittest.TestCase):
    def setUp(self):
        for alias in ("default", "other"):
            caches[alias].clear()


class Values(Case):
    def test_set_and_get(self):
        cache.set("k", "value")
        self.assertEqual(
            (cache.get("k"), cache.get("none"), cache.get("none", 5)), ("value", None, 5)
        )
        cache.set("nothing", None)
        self.assertIsNone(cache.get("nothing", "default"))
        self.assertTrue("nothing" in cache and cache.has_key("k"))
        self.assertFalse("none" in cache or cache.has_key("none"))

    def test_add_and_delete(self):
        self.assertIs(cache.add("k", 1), True)
        self.assertIs(cache.add("k", 2), False)
        self.assertEqual(cache.get("k"), 1)
        cache.set("nothing", None)
        self.assertIs(cache.add("nothing", 1), False)
        self.assertEqual((cache.delete("k"), cache.delete("k")), (True, False))

    def test_many(self):
        self.assertEqual(cache.set_many({"a": 1, "b": None}), [])
        self.assertEqual(cache.set_many({}), [])
        self.assertEqual(cache.get_many(["a", "b", "none"]), {"a": 1, "b": None})
        self.assertEqual(cache.get_many(key for key in "ab"), {"a": 1, "b": None})
        cache.set_many({"a": 1}, version=2)
        cache.delete_many(["a", "none"])
        self.assertEqual((cache.get("a"), cache.get("a", version=2)), (None, 1))

    def test_get_or_set(self):
        self.assertEqual(cache.get_or_set("k", 1), 1)
        self.assertEqual(cache.get_or_set("k", lambda: 2), 1)
        self.assertEqual(cache.get_or_set("made", lambda: 2, version=3), 2)
        self.assertEqual(cache.get("made", version=3), 2)
        self.assertEqual(cache.get_or_set("n", lambda: 1, 5), 1)
        runtime.advance(6)
        self.assertNotIn("n", cache)
        with self.assertRaises(TypeError):
            cache.get_or_set("k")

    def test_types(self):
        lazy_values = {
            "text": "ünïcödé ☃ \0", "bytes": zlib.compress(b"x" * 99), "list": [1, [2]], "float": 1.5,
            "dict": {"a": {"b": (1, 2)}}, "date": date(2024, 2, 29), "function": zlib.compress,
            "class": Case, "bool": True, "large": 2**100,
        }  # fmt: skip
        for name, value in lazy_values.items():
            cache.set(name, value)
            self.assertEqual(cache.get(name), value)
            self.assertIs(type(cache.get(name)), type(value))
        self.assertEqual(cache.get_many(lazy_values), lazy_values)

    def test_what_cannot_be_pickled(self):
        cache.set("k", 1)
        for write in (cache.set, cache.add, lambda key, value: cache.set_many({key: value})):
            with self.assertRaises((pickle.PicklingError, AttributeError, TypeError)):
                write("k", lambda: 1)
        self.assertEqual(cache.get("k"), 1)

    def test_values_are_copies(self):
        value = {"list": [1]}
        cache.set("k", value)
        value["list"].append(2)
        cache.get("k")["list"].append(3)
        self.assertEqual(cache.get("k"), {"list": [1]})
        self.assertEqual(cache.get_many(["k"]), {"k": {"list": [1]}})


class Counters(Case):
    def test_incr_and_decr(self):
        cache.set("n", 41)
        self.assertEqual(
            [cache.incr("n"), cache.incr("n", 10), cache.decr("n"), cache.get("n")],
            [42, 52, 51, 51],
        )
        self.assertEqual((cache.incr("n", -1), cache.decr("n", -1)), (50, 51))
        cache.set("half", 0.5)
        self.assertEqual(cache.incr("half"), 1.5)
        for change in (cache.incr, cache.decr):
            with self.assertRaises(ValueError):
                change("none")
            cache.set("text", "x")
            with self.assertRaises(TypeError):
                change("text")
            cache.set("nothing", None)
            with self.assertRaises(TypeError):
                change("nothing")

    def test_incr_beyond_64_bits(self):
        cache.set("n", 2**63 - 1)
        self.assertEqual((cache.incr("n"), cache.get("n")), (2**63, 2**63))

    def test_incr_keeps_the_expiry(self):
        cache.set("n", 1, 10)
        runtime.advance(6)
        cache.incr("n")
        runtime.advance(6)
        self.assertNotIn("n", cache)
        with self.assertRaises(ValueError):
            cache.incr("n")

    def test_incr_version(self):
        cache.set("k", "v")
        self.assertEqual(
            (cache.incr_version("k"), cache.get("k"), cache.get("k", version=2)), (2, None, "v")
        )
        self.assertEqual(cache.decr_version("k", version=2), 1)
        self.assertEqual(caches["v2"].get("k", version=1), "v")
        with self.assertRaises(ValueError):
            cache.incr_version("none")


class Timeouts(Case):
    def kept(self, after):
        runtime.advance(after)
        return sorted(cache.get_many(["set", "many", "got", "touched"]))

    def store(self, timeout):
        cache.set("set", 1, timeout)
        cache.set_many({"many": 1}, timeout)
        cache.get_or_set("got", 1, timeout)
        cache.set("touched", 1)
        self.assertIs(cache.touch("touched", timeout), True)

    def test_timeout_in_seconds(self):
        for timeout in (10, 10.0, timedelta(seconds=10)):
            self.store(timeout)
            self.assertEqual(self.kept(9.9), ["got", "many", "set", "touched"])
            self.assertEqual(self.kept(0.2), [])

    def test_timeout_that_has_passed(self):
        for timeout in (0, -1, -1000.5):
            self.store(timeout)
            cache.delete("got")
            self.assertEqual(self.kept(0), [])

    def test_timeout_without_end(self):
        for timeout in (None, 10**12, 10**30, float("inf")):
            self.store(timeout)
            self.assertEqual(self.kept(10 * 365 * 86400), ["got", "many", "set", "touched"])

    def test_timeout_of_the_cache(self):
        for alias, seconds in (("default", 300), ("short", 5)):
            caches[alias].set("k", 1)
            caches[alias].set("touched", 1, 1)
            caches[alias].touch("touched")
            runtime.advance(seconds - 1)
            self.assertIn("k", caches[alias])
            self.assertIn("touched", caches[alias])
            runtime.advance(2)
            self.assertNotIn("k", caches[alias])
            self.assertNotIn("touched", caches[alias])
        caches["never"].set("k", 1)
        runtime.advance(10**8)
        self.assertIn("k", caches["never"])

    def test_touch_what_is_not_there(self):
        for timeout in (10, 0, None):
            self.assertIs(cache.touch("none", timeout), False)
        cache.set("k", 1, 5)
        runtime.advance(6)
        self.assertIs(cache.touch("k", 10), False)
        self.assertNotIn("k", cache)


class Keys(Case):
    def test_prefix_and_version(self):
        cache.set("k", "plain")
        self.assertIsNone(caches["prefix"].get("k"))
        caches["prefix"].set("k", "prefixed")
        caches["v2"].set("k", "two")
        self.assertEqual([cache.get("k"), caches["prefix"].get("k")], ["plain", "prefixed"])
        self.assertEqual(
            [cache.get("k", version=2), caches["v2"].get("k", version=1)], ["two", "plain"]
        )
        self.assertEqual(cache.get_many(["k"], version=2), {"k": "two"})
        self.assertIs(cache.has_key("k", version=3), False)
        self.assertIs(cache.touch("k", version=2), True)
        self.assertIs(cache.delete("k", version=2), True)
        self.assertEqual(cache.cache.get(":1:k"), "plain")
        self.assertEqual(cache.cache.get("p:1:k"), "prefixed")

    def test_key_function(self):
        caches["reversed"].set("abc", 1)
        self.assertEqual(caches["by_name"].get("abc"), 1)
        self.assertEqual(caches["reversed"].get_many(["abc"]), {"abc": 1})
        self.assertEqual(cache.cache.get("1//cba"), 1)

    def test_keys_that_other_caches_refuse(self):
        warned = ["with a space", "x" * 300, "x" * 100_000, "line\nfeed", (1, 2)]
        for key in [*warned, "☃", "\ud800", b"bytes", 5]:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                cache.set(key, 1)
                self.assertEqual((cache.get(key), cache.get_many([key])), (1, {key: 1}))
                self.assertEqual(cache.get("y" + str(key).replace(" ", "_")[:99], "none"), "none")
            categories = {warning.category for warning in caught}
            self.assertEqual(categories, {CacheKeyWarning} if key in warned else set(), key)

    def test_keys_by_a_validation_of_ones_own(self):
        from coffer.contrib.django import CofferCache

        class Strict(CofferCache):
            def validate_key(self, key):
                raise ValueError(f"refused: {key}")

        strict = Strict("strict", {})
        calls = {
            "get": ("a b",), "set": ("a b", 1), "add": ("a b", 1), "delete": ("a b",), "touch": ("a b",),
            "incr": ("a b",), "has_key": ("a b",), "get_many": (["a b"],), "set_many": ({"a b": 1},),
            "delete_many": (["a b"],),
        }  # fmt: skip
        for name, arguments in calls.items():
            with self.assertRaisesRegex(ValueError, "refused: :1:a b"):
                getattr(strict, name)(*arguments)


class Bounds(Case):
    def count(self, alias, stored):
        for i in range(1, stored):
            caches[alias].set(f"cull{i}", i)
        return sum(f"cull{i}" in caches[alias] for i in range(1, stored))

    def test_max_entries_and_cull_frequency(self):
        self.assertEqual(self.count("small", 50), 29)
        cache.clear()
        self.assertEqual(self.count("emptied", 50), 19)
        cache.clear()
        self.assertEqual(self.count("default", 1000), 999)

    def test_max_entries_removes_the_least_recently_used(self):
        small = caches["small"]
        small.set_many({f"k{i}": i for i in range(30)})
        small.get("k0")
        small.get_many(["k1"])
        small.incr("k2")
        small.set("k3", 3)
        small.add("new", 1)
        self.assertEqual([i for i in range(30) if f"k{i}" not in small], list(range(4, 13)))

    def test_max_entries_after_deletion(self):
        small = caches["small"]
        small.set_many({f"k{i}": i for i in range(30)})
        small.delete("k0")
        small.delete_many(["k1", "k2"])
        small.set_many({"a": 1, "b": 2, "c": 3})
        self.assertEqual(sum(f"k{i}" in small for i in range(30)), 27)

    def test_options_of_coffer(self):
        from coffer.contrib.django import CofferCache

        made = CofferCache("memory://bounded?capacity=8", {"OPTIONS": {"strategy": "lfu"}})
        self.assertEqual(made.cache.stats()["capacity"], 8)
        shared = CofferCache("memory://?bytes=1MiB", {"OPTIONS": {"copy": "share"}})
        shared.set("k", [1])
        self.assertIs(shared.get("k"), shared.get("k"))


@unittest.skipIf(django.VERSION < (4, 0), "caches have coroutines from Django 4.0 on")
class Coroutines(Case):
    def test_async_twins(self):
        async def main():
            await cache.aset("k", [1])
            self.assertEqual((await cache.aget("k"), await cache.aget("none", 5)), ([1], 5))
            self.assertIs(await cache.aadd("k", 2), False)
            await cache.aset_many({"a": 1, "b": 2})
            self.assertEqual(await cache.aget_many(["a", "b", "c"]), {"a": 1, "b": 2})
            self.assertEqual((await cache.aincr("a"), await cache.adecr("a", 3)), (2, -1))
            self.assertEqual(await cache.aget_or_set("made", lambda: 7), 7)
            self.assertIs(await cache.ahas_key("made"), True)
            self.assertIs(await cache.atouch("made", 100), True)
            self.assertEqual(await cache.aincr_version("made"), 2)
            await cache.adelete_many(["a"])
            self.assertIs(await cache.adelete("b"), True)
            await cache.aclose()
            await cache.aclear()
            self.assertIsNone(await cache.aget("k"))

        asyncio.run(main())


if __name__ == "__main__":
    unittest.main()
