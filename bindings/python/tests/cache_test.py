"""Single keys, many keys, scans, options and errors of a cache in this process."""

import unittest
from datetime import timedelta

import coffer
from coffer import FOREVER, KEEP, MISS, Cache, Runtime, errors


class CacheTest(unittest.TestCase):
    def setUp(self):
        self.runtime = Runtime(clock="manual", housekeeping=0)
        self.cache = self.open()

    def open(self, url="memory://", **options):
        return Cache(url, runtime=self.runtime, **options)


class SingleKeys(CacheTest):
    def test_a_miss_is_no_value_and_none_is_one(self):
        self.assertIsNone(self.cache.get("k"))
        self.assertIs(self.cache.get("k", MISS), MISS)
        self.assertEqual(self.cache.get(key="k", default=3), 3)
        self.cache.set("k", None)
        self.assertIsNone(self.cache.get("k", MISS))
        self.assertTrue(self.cache.exists("k"))
        self.assertFalse(MISS)

    def test_the_object_itself_comes_back(self):
        value = {"a": [1, 2]}
        self.cache.set("k", value)
        self.assertIs(self.cache.get("k"), value)

    def test_keys_are_text_or_bytes(self):
        self.cache.set("ключ", 1)
        self.assertEqual(self.cache.get("ключ".encode()), 1)
        self.cache.set(b"\xff\x00", 2)
        self.assertEqual(list(self.cache.keys(prefix=b"\xff")), [b"\xff\x00"])
        with self.assertRaisesRegex(TypeError, "str or bytes"):
            self.cache.get(7)
        with self.assertRaises(UnicodeEncodeError):
            self.cache.get("\ud800")

    def test_arguments_are_checked(self):
        for call in (
            lambda: self.cache.get(),
            lambda: self.cache.get("a", 1, 2),
            lambda: self.cache.get("a", key="b"),
            lambda: self.cache.get("a", other=1),
            lambda: self.cache.set("a"),
            lambda: self.cache.delete(),
        ):
            self.assertRaises(TypeError, call)

    def test_add_replace_delete(self):
        self.assertFalse(self.cache.replace("k", 1))
        self.assertTrue(self.cache.add("k", 1))
        self.assertFalse(self.cache.add("k", 2))
        self.assertEqual(self.cache.get("k"), 1)
        self.assertTrue(self.cache.replace("k", 3))
        self.assertTrue(self.cache.delete("k"))
        self.assertFalse(self.cache.delete("k"))
        self.assertNotIn("k", self.cache)

    def test_compare_and_set(self):
        self.assertIsNone(self.cache.get_versioned("k"))
        self.cache.set("k", 1)
        value, version = self.cache.get_versioned("k")
        self.assertEqual(value, 1)
        self.cache.set("k", 2)
        self.assertFalse(self.cache.compare_and_set("k", 3, version))
        self.assertTrue(self.cache.compare_and_set("k", 3, self.cache.get_versioned("k")[1]))
        self.assertEqual(self.cache.get("k"), 3)

    def test_counters(self):
        self.assertEqual(self.cache.incr("n"), 1)
        self.assertEqual(self.cache.incr("n", 5), 6)
        self.assertEqual(self.cache.decr("n"), 5)
        self.assertEqual(self.cache.get("n"), 5)
        self.assertEqual(self.cache.incr("new", initial=10), 11)
        self.cache.set("set", 41, "1h")
        self.assertEqual(self.cache.incr("set"), 42)
        self.assertEqual(self.cache.ttl("set"), 3600)
        for value in ("text", True, 2**70):
            self.cache.set("other", value)
            with self.assertRaises(errors.StateError):
                self.cache.incr("other")
            self.assertEqual(self.cache.get("other"), value)


class Time(CacheTest):
    def test_durations(self):
        for ttl, seconds in (
            (1, 1),
            (0.5, 0.5),
            ("250ms", 0.25),
            ("1h30m", 5400),
            ("90", 90),
            ("1.5s", 1.5),
            (timedelta(minutes=2), 120),
            (None, FOREVER),
            (FOREVER, FOREVER),
            ("forever", FOREVER),
        ):
            self.cache.set("k", 1, ttl)
            self.assertEqual(self.cache.ttl("k"), seconds, ttl)
        self.assertIsNone(self.cache.ttl("none"))

    def test_expiry(self):
        self.cache.set("k", 1, 10)
        self.runtime.advance(9.5)
        self.assertEqual(self.cache.get("k"), 1)
        self.assertTrue(self.cache.touch("k", "1m"))
        self.runtime.advance("59s")
        self.assertEqual(self.cache.get("k"), 1)
        self.runtime.advance("1s")
        self.assertIs(self.cache.get("k", MISS), MISS)
        self.assertFalse(self.cache.touch("k", 1))

    def test_no_time_is_no_life(self):
        self.cache.set("k", 1)
        self.cache.set("k", 2, 0)
        self.assertIs(self.cache.get("k", MISS), MISS)

    def test_keep(self):
        self.cache.set("k", 1, 10)
        self.cache.set("k", 2, KEEP)
        self.assertEqual(self.cache.ttl("k"), 10)

    def test_wrong_durations(self):
        for wrong in ("5x", "", "m", float("inf"), 10**12, "1h x"):
            with self.assertRaises(errors.ArgumentError, msg=repr(wrong)):
                self.cache.set("k", 1, wrong)
        for wrong in ([], True):
            with self.assertRaises(TypeError, msg=repr(wrong)):
                self.cache.set("k", 1, wrong)

    def test_default_ttl(self):
        cache = self.open(ttl=timedelta(seconds=3))
        cache.set("k", 1)
        self.assertEqual(cache.ttl("k"), 3)
        self.assertEqual(cache.with_options(ttl="5s").namespace("x")._live, True)


class ManyKeys(CacheTest):
    def test_batches(self):
        self.cache.set_many({"a": 1, "b": [2], "n": None}, ttl=10)
        self.assertEqual(self.cache.get_many(["a", "zz", "n", "b"]), {"a": 1, "n": None, "b": [2]})
        self.assertEqual(self.cache.ttl("b"), 10)
        self.assertEqual(self.cache.delete_many(["a", "zz"]), 1)
        self.assertEqual(self.cache.get_many(iter(["a"])), {})
        self.assertEqual(self.cache.get_many([]), {})

    def test_scans(self):
        self.cache.set_many({f"user:{i}": i for i in range(1000)})
        self.cache.set("other", 1)
        self.assertEqual(set(self.cache.keys()), {"other", *(f"user:{i}" for i in range(1000))})
        self.assertEqual(len(list(self.cache.keys(prefix="user:"))), 1000)
        self.assertEqual(set(self.cache.keys(glob="user:?")), {f"user:{i}" for i in range(10)})
        with self.assertRaises(TypeError):
            self.cache.keys(prefix="a", glob="b")
        half = self.cache.keys()
        next(half)
        del half

    def test_clear_and_prefix(self):
        self.cache.set_many({"a:1": 1, "a:2": 2, "b": 3})
        self.assertEqual(self.cache.delete_prefix("a:"), 2)
        self.assertEqual(list(self.cache.keys()), ["b"])
        self.cache.clear()
        self.assertEqual(self.cache.get_many(["a:1", "b"]), {})


class Handles(CacheTest):
    def test_namespaces(self):
        tenant = self.cache.namespace("tenant")
        tenant.set("k", 1)
        self.assertIsNone(self.cache.get("k"))
        self.assertEqual(list(tenant.keys()), ["k"])
        inner = tenant.namespace("inner", ttl=5)
        inner.set("k", 2)
        self.assertEqual(inner.ttl("k"), 5)
        tenant.clear()
        self.assertEqual(inner.get("k"), None)

    def test_named_stores_are_shared(self):
        a, b = self.open("memory://sessions"), self.open("memory://sessions")
        a.set("k", 1)
        self.assertEqual(b.get("k"), 1)

    def test_options_win_over_the_url(self):
        cache = self.open("memory://?capacity=5&ttl=1", ttl=2, strategy="lru")
        cache.set("k", 1)
        self.assertEqual(cache.ttl("k"), 2)
        self.assertIn("capacity=5", cache.describe()["url"])
        self.assertIn("memory://", repr(cache))

    def test_a_wrong_option_is_named(self):
        with self.assertRaises(errors.ArgumentError) as caught:
            self.open(capasity=5)
        self.assertIn("capacity", str(caught.exception))
        self.assertEqual(caught.exception.status, "INVALID_ARGUMENT")
        self.assertEqual(caught.exception.details["option"], "capasity")
        self.assertIsInstance(caught.exception, ValueError)
        self.assertIsInstance(caught.exception, coffer.CacheError)

    def test_an_unknown_store(self):
        with self.assertRaises(errors.NotFoundError):
            self.open("nosuchstore://")

    def test_stats(self):
        self.cache.set("k", 1)
        self.cache.get("k")
        self.cache.get("none")
        stats = self.cache.stats()
        self.assertEqual(
            (stats["gets"], stats["hits"], stats["misses"], stats["puts"], stats["entries"]),
            (2, 1, 1, 1, 1),
        )

    def test_bounded_by_bytes(self):
        cache = self.open("memory://?bytes=1MiB&shards=1&strategy=lru")
        for i in range(300):
            cache.set(f"k{i}", "x" * 10_000)
        stats = cache.stats()
        self.assertLess(stats["entries"], 110)
        self.assertGreater(stats["evictions"], 150)
        self.assertLessEqual(stats["bytes"], 2**20)

    def test_runtime(self):
        before = self.runtime.now()
        self.runtime.advance("1h")
        self.assertEqual(self.runtime.now() - before, 3600)
        self.assertEqual(self.runtime.plugin("memory")["kind"], "store")
        self.assertIsNone(self.runtime.plugin("none"))
        self.assertTrue(self.runtime.explain_plugin("memory")["found"])
        self.assertIn("version", self.runtime.describe())
        with self.assertRaises(errors.StateError):
            Runtime().advance(1)

    def test_a_handle_that_was_never_opened(self):
        broken = Cache.__new__(Cache)
        with self.assertRaises((errors.CacheError, RuntimeError)):
            broken.get("k")


class Contexts(CacheTest):
    def test_disabled(self):
        other = self.open()
        self.cache.set("k", 1)
        other.set("k", 2)
        with self.cache.disabled():
            self.assertIsNone(self.cache.get("k"))
            self.assertFalse(self.cache.exists("k"))
            self.assertIsNone(self.cache.namespace("x").get("k"))
            self.assertEqual(self.cache.get_many(["k"]), {})
            self.cache.set("k", 3)
            self.cache.set_many({"k": 3})
            self.assertFalse(self.cache.add("new", 3))
            self.assertEqual(other.get("k"), 2)
            with self.cache.disabled():
                pass
            self.assertIsNone(self.cache.get("k"))
        self.assertEqual(self.cache.get("k"), 1)
        self.assertNotIn("new", self.cache)


if __name__ == "__main__":
    unittest.main()
