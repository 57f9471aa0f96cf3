"""The backends for other libraries, against those libraries."""

import unittest
from datetime import timedelta

from coffer import Runtime


class Cachelib(unittest.TestCase):
    def setUp(self):
        from coffer.contrib.cachelib import CofferCache

        self.runtime = Runtime(clock="manual", housekeeping=0)
        self.cache = CofferCache("memory://", default_timeout=10, runtime=self.runtime)

    def test_operations(self):
        cache = self.cache
        self.assertTrue(cache.set("a", [1]))
        self.assertEqual(cache.get("a"), [1])
        self.assertFalse(cache.add("a", 2))
        self.assertEqual(cache.set_many({"b": 2, "c": 3}), ["b", "c"])
        self.assertEqual(cache.get_many("a", "none", "b"), [[1], None, 2])
        self.assertEqual(cache.get_dict("b", "none"), {"b": 2, "none": None})
        self.assertEqual((cache.inc("n", 5), cache.dec("n")), (5, 4))
        self.assertEqual((cache.has("a"), cache.has("none")), (True, False))
        self.assertEqual(cache.delete_many("b", "none"), ["b"])
        self.assertTrue(cache.delete("c"))
        self.assertTrue(cache.clear())
        self.assertIsNone(cache.get("a"))

    def test_timeouts(self):
        self.cache.set("default", 1)
        self.cache.set("ever", 1, timeout=0)
        self.cache.set("past", 1, timeout=-1)
        self.cache.set("long", 1, timeout=timedelta(seconds=12))
        self.assertFalse(self.cache.has("past"))
        self.runtime.advance(11)
        self.assertEqual([self.cache.get(key) for key in ("default", "ever", "long")], [None, 1, 1])


class FlaskCaching(unittest.TestCase):
    def test_views_and_functions(self):
        import flask
        import flask_caching

        app = flask.Flask(__name__)
        app.config.update(
            CACHE_TYPE="coffer.contrib.flask.backend",
            CACHE_DEFAULT_TIMEOUT=60,
            CACHE_COFFER_URL="memory://?bytes=1MiB",
            CACHE_OPTIONS={"copy": "clone"},
        )
        cache = flask_caching.Cache(app)
        calls = []

        @app.route("/")
        @cache.cached()
        def index():
            calls.append("/")
            return "hello"

        @cache.memoize()
        def square(x):
            calls.append(x)
            return [x * x]

        client = app.test_client()
        self.assertEqual([client.get("/").text for _ in range(2)], ["hello"] * 2)
        with app.app_context():
            self.assertEqual([square(2), square(2), square(3)], [[4], [4], [9]])
            self.assertEqual(calls, ["/", 2, 3])
            cache.delete_memoized(square, 2)
            self.assertEqual([square(2), square(3)], [[4], [9]])
            self.assertEqual(calls, ["/", 2, 3, 2])
            self.assertEqual(cache.set_many({"a": 1, "b": 2}), ["a", "b"])
            self.assertEqual(cache.get_many("a", "none"), [1, None])
            self.assertEqual(cache.get_dict("a", "b"), {"a": 1, "b": 2})
            self.assertTrue(cache.has("a"))
            self.assertTrue(cache.delete("a"))
            self.assertTrue(cache.unlink("b"))
            self.assertTrue(cache.clear())
            self.assertFalse(cache.has("a"))


class Dogpile(unittest.TestCase):
    def test_a_region(self):
        from dogpile.cache import make_region
        from dogpile.cache.api import NO_VALUE

        import coffer.contrib.dogpile  # noqa: F401: it registers the name

        region = make_region().configure("coffer", arguments={"url": "memory://?capacity=100"})
        calls = []

        @region.cache_on_arguments()
        def f(x):
            calls.append(x)
            return [x]

        self.assertEqual((f(1), f(1)), ([1], [1]))
        self.assertEqual(calls, [1])
        self.assertIs(region.get("none"), NO_VALUE)
        region.set_multi({"a": 1, "b": None})
        self.assertEqual(region.get_multi(["a", "b", "c"]), [1, None, NO_VALUE])
        region.delete_multi(["a"])
        region.delete("b")
        self.assertIs(region.get("a"), NO_VALUE)
        self.assertEqual(region.get_or_create("k", lambda: 5), 5)


class Django(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        import django
        from django.conf import settings

        settings.configure(
            CACHES={
                "default": {
                    "BACKEND": "coffer.contrib.django.CofferCache",
                    "LOCATION": "memory://?bytes=1MiB",
                    "OPTIONS": {"strategy": "lru"},
                    "KEY_PREFIX": "p",
                }
            }
        )
        django.setup()

    def setUp(self):
        from django.core.cache import cache

        self.cache = cache
        cache.clear()

    def test_operations(self):
        cache = self.cache
        self.assertTrue(cache.add("k", 1))
        self.assertFalse(cache.add("k", 2))
        self.assertEqual(cache.get("k"), 1)
        self.assertEqual(cache.get("none", "default"), "default")
        cache.set("none", None)
        self.assertIsNone(cache.get("none", "default"))
        self.assertEqual(cache.set_many({"a": 1, "b": 2}), [])
        self.assertEqual(cache.get_many(["a", "b", "zz"]), {"a": 1, "b": 2})
        cache.delete_many(["a"])
        self.assertFalse(cache.delete("a"))
        self.assertIn("b", cache)
        self.assertEqual((cache.incr("b"), cache.decr("b", 2)), (3, 1))
        with self.assertRaises(ValueError):
            cache.incr("zz")
        cache.set("text", "x")
        with self.assertRaises(TypeError):
            cache.incr("text")
        self.assertEqual(cache.get_or_set("made", lambda: 5), 5)
        self.assertEqual(cache.incr_version("made"), 2)
        self.assertEqual(cache.get("made", version=2), 5)

    def test_timeouts(self):
        self.cache.set("k", 1, timeout=0)
        self.assertNotIn("k", self.cache)
        self.cache.set("k", 1, timeout=None)
        self.assertTrue(self.cache.touch("k", 100))
        self.assertTrue(self.cache.touch("k", 0))
        self.assertNotIn("k", self.cache)
        self.assertFalse(self.cache.touch("k", 100))

    def test_options_of_djangos_own(self):
        from coffer.contrib.django import CofferCache

        cache = CofferCache("", {"OPTIONS": {"MAX_ENTRIES": 7, "CULL_FREQUENCY": 3}})
        self.assertEqual(cache.cache.stats()["capacity"], 7)
        self.assertEqual(CofferCache("memory://?capacity=8", {}).cache.stats()["capacity"], 8)

    def test_values_are_copies(self):
        value = [1]
        self.cache.set("k", value)
        value.append(2)
        self.cache.get("k").append(3)
        self.assertEqual(self.cache.get("k"), [1])


if __name__ == "__main__":
    unittest.main()
