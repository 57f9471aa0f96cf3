"""CofferCache as a cache of cachelib, and as a backend of Flask-Caching."""

import json
import threading
import unittest
from datetime import timedelta

import cachelib
import flask
import flask_caching

from coffer import Cache, Runtime
from coffer.contrib.cachelib import CofferCache


class Cachelib(unittest.TestCase):
    def setUp(self):
        self.runtime = Runtime(clock="manual", housekeeping=0)
        self.cache = CofferCache("memory://", default_timeout=10, runtime=self.runtime)

    def test_operations(self):
        cache = self.cache
        self.assertTrue(cache.set("a", [1]))
        self.assertEqual(cache.get("a"), [1])
        self.assertFalse(cache.add("a", 2))
        self.assertTrue(cache.add("new", 2))
        self.assertEqual(cache.set_many({"b": 2, "c": 3}), ["b", "c"])
        self.assertEqual(cache.get_many("a", "none", "b"), [[1], None, 2])
        self.assertEqual(cache.get_dict("b", "none"), {"b": 2, "none": None})
        self.assertEqual((cache.has("a"), cache.has("none")), (True, False))
        self.assertEqual(cache.delete_many("b", "none"), ["b", "none"])
        self.assertFalse(cache.has("b"))
        self.assertEqual((cache.delete("c"), cache.delete("c")), (True, False))
        self.assertTrue(cache.clear())
        self.assertIsNone(cache.get("a"))

    def test_all_that_its_base_class_offers(self):
        for name in dir(cachelib.BaseCache):
            if not name.startswith("_"):
                self.assertTrue(callable(getattr(self.cache, name)) or name.startswith("ignore"))

    def test_timeouts(self):
        self.cache.set("default", 1)
        self.cache.set_many({"ever": 1}, timeout=0)
        self.cache.set("huge", 1, timeout=10**30)
        self.cache.set("past", 1, timeout=-1)
        self.cache.set("long", 1, timeout=timedelta(seconds=12))
        self.assertFalse(self.cache.has("past"))
        self.runtime.advance(11)
        self.assertFalse(self.cache.has("default"))
        self.assertTrue(self.cache.has("long"))
        self.runtime.advance(10 * 365 * 86400)
        self.assertEqual(self.cache.get_many("ever", "huge", "long"), [1, 1, None])
        by_delta = CofferCache(default_timeout=timedelta(seconds=5), runtime=self.runtime)
        by_delta.set("k", 1)
        self.runtime.advance(6)
        self.assertFalse(by_delta.has("k"))

    def test_counters(self):
        cache = self.cache
        self.assertEqual((cache.inc("n", 5), cache.dec("n"), cache.get("n")), (5, 4, 4))
        self.assertEqual(cache.dec("below", 2), -2)
        cache.set("set", 10)
        self.assertEqual((cache.inc("set"), cache.get("set")), (11, 11))
        cache.set("edge", 2**63 - 1)
        self.assertEqual(cache.inc("edge"), 2**63)
        cache.set("text", "x")
        with self.assertRaises(TypeError):
            cache.inc("text")

    def test_counters_of_many_threads(self):
        def count():
            for _ in range(200):
                self.cache.inc("n")

        threads = [threading.Thread(target=count) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.cache.get("n"), 800)

    def test_readers_cannot_spoil_the_value(self):
        value = {"list": [1], "class": CofferCache}
        self.cache.set("k", value)
        self.cache.set_many({"many": value})
        self.cache.add("added", value)
        value["list"].append(2)
        for read in (
            self.cache.get,
            lambda key: self.cache.get_many(key)[0],
            lambda key: self.cache.get_dict(key)[key],
        ):
            for key in ("k", "many", "added"):
                read(key)["list"].append(3)
                self.assertEqual(read(key), {"list": [1], "class": CofferCache})

    def test_values_behind_a_codec(self):
        cache = CofferCache("memory://?codec=zstd")
        cache.set("k", {1: {"class": CofferCache}})
        self.assertEqual(cache.get("k"), {1: {"class": CofferCache}})

    def test_cache_of_ones_own(self):
        own = Cache(runtime=self.runtime, copy="share")
        CofferCache(own).set("k", [1])
        self.assertIs(own.get("k"), CofferCache(own).get("k"))

    def test_threshold_is_the_capacity(self):
        self.assertEqual(CofferCache(threshold=7).cache.stats()["capacity"], 7)

    def test_serializer_of_cachelib(self):
        class Json:
            dumps = staticmethod(lambda value: json.dumps(value).encode())
            loads = staticmethod(json.loads)

        class Plain(CofferCache):
            serializer = Json()

        cache = Plain()
        cache.set_many({"a": {"x": (1,)}, "b": None})
        self.assertTrue(cache.add("c", [1]))
        self.assertEqual(cache.get_many("a", "b", "c", "none"), [{"x": [1]}, None, [1], None])
        self.assertEqual(cache.cache.get("a"), b'{"x": [1]}')
        self.assertEqual((cache.inc("n", 2), cache.get("n")), (2, 2))

    def test_keys_of_any_length(self):
        for key in ("", "a b", "x" * 100_000, "\ud800"):
            self.cache.set(key, key)
            self.assertEqual((self.cache.get(key), self.cache.delete(key)), (key, True))


class FlaskCaching(unittest.TestCase):
    def make(self, kind="coffer.contrib.flask.CofferCache", **config):
        app = flask.Flask(__name__)
        app.config.update(CACHE_TYPE=kind, CACHE_DEFAULT_TIMEOUT=60, **config)
        return app, flask_caching.Cache(app)

    def test_views(self):
        app, cache = self.make(CACHE_COFFER_URL="memory://?bytes=1MiB")
        calls = []

        @app.route("/")
        @cache.cached()
        def index():
            calls.append("/")
            return {"n": len(calls)}

        @app.route("/query")
        @cache.cached(query_string=True)
        def query():
            calls.append("q")
            return flask.make_response(flask.request.args["q"], 203, {"X-Kind": "query"})

        client = app.test_client()
        self.assertEqual([client.get("/").json for _ in range(2)], [{"n": 1}] * 2)
        answers = [client.get(f"/query?q={q}") for q in "aba"]
        self.assertEqual([answer.text for answer in answers], ["a", "b", "a"])
        self.assertEqual((answers[2].status_code, answers[2].headers["X-Kind"]), (203, "query"))
        self.assertEqual(calls, ["/", "q", "q"])

    def test_memoized_functions(self):
        app, cache = self.make()
        calls = []

        @cache.memoize()
        def square(x):
            calls.append(x)
            return [x * x]

        @cache.memoize()
        def other(x):
            calls.append(-x)
            return x

        with app.app_context():
            for _ in range(2):
                square(2).append("spoilt")
                square(3), other(2)
            self.assertEqual((square(2), square(3)), ([4], [9]))
            self.assertEqual(calls, [2, 3, -2])
            cache.delete_memoized(square, 2)
            square(2), square(3)
            self.assertEqual(calls, [2, 3, -2, 2])
            cache.delete_memoized(square)
            square(2), square(3), other(2)
            self.assertEqual(calls, [2, 3, -2, 2, 2, 3])

    def test_ways_to_name_the_class(self):
        from coffer.contrib.flask import CofferCache as Backend

        for kind in ("coffer.contrib.flask.CofferCache", "coffer.contrib.flask.backend"):
            app, cache = self.make(kind)
            with app.app_context():
                self.assertIsInstance(cache.cache, Backend)
                cache.set("k", [1])
                cache.get("k").append(2)
                self.assertEqual((cache.get("k"), cache.get_many("k", "none")), ([1], [[1], None]))
                self.assertTrue(cache.add("new", 1) and cache.has("new") and cache.delete("new"))
                cache.clear()
                self.assertIsNone(cache.get("k"))

    def test_options(self):
        runtime = Runtime(clock="manual", housekeeping=0)
        options = {"capacity": 7, "copy": "share", "runtime": runtime}
        app, cache = self.make(CACHE_KEY_PREFIX="app", CACHE_OPTIONS=options)
        with app.app_context():
            self.assertEqual(cache.cache.cache.stats()["capacity"], 7)
            self.assertEqual(cache.cache.cache.describe()["namespace"], "app")
            cache.set("k", [1])
            self.assertIs(cache.get("k"), cache.get("k"))
            cache.set("five", 1, timeout=5)
            runtime.advance(6)
            self.assertEqual((cache.get("five"), cache.get("k")), (None, [1]))
            runtime.advance(60)
            self.assertIsNone(cache.get("k"))

    def test_cache_of_ones_own(self):
        own = Cache()
        app, cache = self.make(CACHE_ARGS=[own])
        with app.app_context():
            cache.set("k", 1)
            self.assertEqual(own.get("k"), 1)

    def test_prefix_that_is_a_function(self):
        tenant = ["a:"]
        app, cache = self.make(CACHE_KEY_PREFIX=lambda: tenant[0])
        with app.app_context():
            cache.set("k", 1)
            tenant[0] = "b:"
            self.assertIsNone(cache.get("k"))
            self.assertEqual(cache.set_many({"k": 2}), ["k"])
            tenant[0] = "a:"
            self.assertEqual((cache.get_many("k"), cache.delete("k")), ([1], True))
            self.assertEqual(cache.cache.cache.get("b:k"), 2)

    def test_applications_are_apart(self):
        (one, first), (two, second) = self.make(), self.make()
        with one.app_context():
            first.set("k", 1)
        with two.app_context():
            self.assertIsNone(second.get("k"))


if __name__ == "__main__":
    unittest.main()
