"""The backends for other libraries, against those libraries."""

import asyncio
import os
import subprocess
import sys
import tempfile
import unittest

from coffer import Cache, Runtime


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
        self.assertFalse(self.cache.has("past"))
        self.runtime.advance(11)
        self.assertEqual((self.cache.get("default"), self.cache.get("ever")), (None, 1))


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

        settings.configure(CACHES={"default": {
            "BACKEND": "coffer.contrib.django.CofferCache", "LOCATION": "memory://?bytes=1MiB",
            "OPTIONS": {"strategy": "lru"}, "KEY_PREFIX": "p"}})
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

    def test_values_are_copies(self):
        value = [1]
        self.cache.set("k", value)
        value.append(2)
        self.cache.get("k").append(3)
        self.assertEqual(self.cache.get("k"), [1])


class Metrics(unittest.TestCase):
    def test_prometheus(self):
        from prometheus_client import CollectorRegistry, generate_latest

        from coffer.contrib import metrics

        cache = Cache()
        cache.set("k", 1)
        cache.get("k"), cache.get("none"), cache.delete("k")
        registry = CollectorRegistry()
        metrics.prometheus({"users": cache}, registry)
        text = generate_latest(registry).decode()
        for line in ('coffer_cache_gets_total{cache="users",result="hit"} 1.0',
                     'coffer_cache_gets_total{cache="users",result="miss"} 1.0',
                     'coffer_cache_removals_total{cache="users",reason="delete"} 1.0',
                     'coffer_cache_size{cache="users"} 0.0'):
            self.assertIn(line, text)

    def test_opentelemetry(self):
        import types
        from unittest import mock

        from coffer.contrib import metrics

        made = {}

        class Meter:
            def create_observable_counter(self, name, callbacks, unit="", description=""):
                made[name] = [(o.value, o.attributes) for call in callbacks for o in call(None)]

            create_observable_gauge = create_observable_counter

        # The package is not in Debian: what it is given is looked at here.
        module = types.ModuleType("opentelemetry.metrics")
        module.Observation = lambda value, attributes: types.SimpleNamespace(value=value, attributes=attributes)
        module.get_meter = lambda name: Meter()
        cache = Cache()
        cache.get("none")
        with mock.patch.dict(sys.modules, {"opentelemetry": types.ModuleType("opentelemetry"),
                                           "opentelemetry.metrics": module}):
            metrics.opentelemetry({"users": cache})
        self.assertIn((1, {"cache.name": "users", "cache.result": "miss"}), made["cache.gets"])
        self.assertEqual(made["cache.size"], [(0, {"cache.name": "users"})])


class Asgi(unittest.TestCase):
    def ask(self, app, path="/", method="GET", headers=()):
        sent = []

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": list(headers)}
        asyncio.run(app(scope, None, send))
        return sent[0]["status"], sent[1]["body"]

    def test_responses(self):
        from coffer.contrib.asgi import CachedResponses

        calls, cache = [], Cache()

        async def app(scope, receive, send):
            calls.append(scope["path"])
            extra = [(b"cache-control", b"no-store")] if scope["path"] == "/private" else []
            await send({"type": "http.response.start", "status": 404 if scope["path"] == "/none" else 200,
                        "headers": [(b"content-type", b"text/plain"), *extra]})
            await send({"type": "http.response.body", "body": b"%d" % len(calls), "more_body": True})
            await send({"type": "http.response.body", "body": b"!"})

        cached = CachedResponses(app, cache, ttl=60, tags=lambda scope: [scope["path"]])
        self.assertEqual((self.ask(cached), self.ask(cached)), ((200, b"1!"),) * 2)
        self.assertEqual(self.ask(cached, headers=[(b"accept", b"text/html")]), (200, b"2!"))
        self.assertEqual(self.ask(cached, headers=[(b"accept", b"text/html")]), (200, b"2!"))
        cache.namespace("http").invalidate_tag("/")
        self.assertEqual(self.ask(cached), (200, b"3!"))
        for path, how in (("/private", {}), ("/none", {}), ("/", {"method": "POST"}),
                          ("/", {"headers": [(b"cookie", b"a=b")]})):
            before = len(calls)
            self.ask(cached, path, **how), self.ask(cached, path, **how)
            self.assertEqual(len(calls), before + 2, path)


class Pytest(unittest.TestCase):
    def test_fixtures(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "test_it.py")
            with open(path, "w", encoding="utf-8") as file:
                file.write("def test_one(coffer_cache, coffer_clock):\n"
                           "    coffer_cache.set('k', 1, ttl='1h')\n"
                           "    coffer_clock.advance('30m')\n"
                           "    assert coffer_cache.get('k') == 1\n"
                           "    coffer_clock.advance('30m')\n"
                           "    assert coffer_cache.get('k') is None\n"
                           "def test_fresh(coffer_cache):\n"
                           "    assert list(coffer_cache.keys()) == []\n")
            environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
            done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "coffer.pytest_plugin", "-p",
                                   "no:cacheprovider", path], env=environment, capture_output=True, text=True,
                                  timeout=60, check=False)
            self.assertIn("2 passed", done.stdout, done.stdout + done.stderr)


class Files(unittest.TestCase):
    def test_configuration(self):
        import coffer

        texts = {
            "a.toml": '[caches.default]\nurl = "memory://?capacity=5"\nttl = "7s"\n'
                      '[caches.other]\nurl = "memory://"\ncopy = "clone"\n',
            "a.json": '{"url": "memory://", "ttl": 7}',
            "a.yaml": "caches:\n  default: {url: 'memory://?capacity=5', ttl: 7}\n  other: {copy: clone}\n",
        }
        with tempfile.TemporaryDirectory() as folder:
            for name, text in texts.items():
                path = os.path.join(folder, name)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
                cache = Cache.from_file(path)
                cache.set("k", 1)
                self.assertEqual(round(cache.ttl("k")), 7, name)
                if name != "a.json":
                    self.assertEqual(Cache.from_file(path, "other", copy="share")._copy, "share")
                with self.assertRaises(coffer.errors.ArgumentError):
                    Cache.from_file(path, "nosuch")


if __name__ == "__main__":
    unittest.main()
