"""The exporters of counters."""

import gc
import re
import sys
import unittest
import weakref

from coffer import Cache, errors


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
        for line in (
            'coffer_cache_gets_total{cache="users",result="hit"} 1.0',
            'coffer_cache_gets_total{cache="users",result="miss"} 1.0',
            'coffer_cache_removals_total{cache="users",reason="delete"} 1.0',
            'coffer_cache_size{cache="users"} 0.0',
        ):
            self.assertIn(line, text)

    def exported(self, registry):
        """The names of the caches that a scrape shows, once each metric has one HELP line."""
        from prometheus_client import generate_latest

        text = generate_latest(registry).decode()
        self.assertLessEqual(text.count("# HELP coffer_cache_size "), 1)
        return sorted(re.findall(r'^coffer_cache_size{cache="(.*)"} ', text, re.MULTILINE))

    def test_prometheus_for_parts_of_a_program(self):
        from prometheus_client import CollectorRegistry, Counter
        from prometheus_client.openmetrics.exposition import generate_latest
        from prometheus_client.openmetrics.parser import text_string_to_metric_families

        from coffer.contrib import metrics

        for describes in (True, False):
            registry = CollectorRegistry(auto_describe=describes)
            Counter("requests", "Of the program itself.", registry=registry)
            for name in ("users", "posts", "tags"):
                metrics.prometheus({name: Cache()}, registry)
            self.assertEqual(self.exported(registry), ["posts", "tags", "users"])
            families = text_string_to_metric_families(generate_latest(registry).decode())
            self.assertIn("coffer_cache_gets", [family.name for family in families])
        other = CollectorRegistry()
        metrics.prometheus({"users": Cache()}, other)
        self.assertEqual(self.exported(other), ["users"])
        metrics.prometheus({"of the default registry": Cache()})

    def test_prometheus_names_stand_for_one_cache(self):
        from prometheus_client import CollectorRegistry

        from coffer.contrib import metrics

        registry, cache = CollectorRegistry(), Cache()
        collector = metrics.prometheus({"users": cache}, registry)
        self.assertIs(metrics.prometheus({"users": cache, "posts": Cache()}, registry), collector)
        with self.assertRaisesRegex(errors.ArgumentError, "'users' already.*another name"):
            metrics.prometheus({"tags": Cache(), "users": Cache()}, registry)
        self.assertEqual(self.exported(registry), ["posts", "users"])

    def test_prometheus_forgets_what_is_removed(self):
        from prometheus_client import CollectorRegistry

        from coffer.contrib import metrics

        registry, cache = CollectorRegistry(), Cache()
        gone = weakref.ref(cache)
        collector = metrics.prometheus({"users": cache, "posts": Cache()}, registry)
        collector.remove("users")
        del cache
        gc.collect()
        self.assertIsNone(gone())
        self.assertEqual(self.exported(registry), ["posts"])
        with self.assertRaisesRegex(errors.ArgumentError, "'users'.*posts"):
            collector.remove("users")
        metrics.prometheus({"users": Cache()}, registry)
        self.assertEqual(self.exported(registry), ["posts", "users"])
        registry.unregister(collector)
        self.assertEqual(self.exported(registry), [])
        metrics.prometheus({"users": Cache()}, registry)
        self.assertEqual(self.exported(registry), ["users"])

    def test_prometheus_names_of_somebody_else(self):
        from prometheus_client import CollectorRegistry, Gauge

        from coffer.contrib import metrics

        registry = CollectorRegistry()
        Gauge("coffer_cache_size", "Of somebody else.", registry=registry)
        with self.assertRaisesRegex(ValueError, "coffer_cache_size"):
            metrics.prometheus({"users": Cache()}, registry)

    def test_prometheus_without_a_cache_that_fails(self):
        from prometheus_client import CollectorRegistry

        from coffer.contrib import metrics

        class Broken:
            def stats(self):
                raise errors.UnavailableError("out of reach")

        registry = CollectorRegistry()
        metrics.prometheus({"broken": Broken(), "users": Cache()}, registry)
        self.assertEqual(self.exported(registry), ["users"])

    def test_opentelemetry(self):
        import types
        from unittest import mock

        from coffer.contrib import metrics

        made = {}

        class Meter:
            def create_observable_counter(self, name, callbacks, unit="", description=""):
                assert name not in made, name
                made[name] = callbacks

            create_observable_gauge = create_observable_counter

        def observed(name):
            return [(o.value, o.attributes) for call in made[name] for o in call(None)]

        # The package is not in Debian: what it is given is looked at here.
        module = types.ModuleType("opentelemetry.metrics")
        module.Observation = lambda value, attributes: types.SimpleNamespace(
            value=value, attributes=attributes
        )
        module.get_meter = lambda name: Meter()
        cache = Cache()
        cache.get("none")
        with mock.patch.dict(
            sys.modules,
            {"opentelemetry": types.ModuleType("opentelemetry"), "opentelemetry.metrics": module},
        ):
            exported = metrics.opentelemetry({"users": cache})
            metrics.opentelemetry({"posts": Cache()})
            with self.assertRaisesRegex(errors.ArgumentError, "'users' already"):
                metrics.opentelemetry({"users": Cache()})
            self.assertIn(
                (1, {"cache.name": "users", "cache.result": "miss"}), observed("cache.gets")
            )
            sizes = [(0, {"cache.name": "users"}), (0, {"cache.name": "posts"})]
            self.assertEqual(observed("cache.size"), sizes)
            exported.remove("users")
            self.assertEqual(observed("cache.size"), sizes[1:])


if __name__ == "__main__":
    unittest.main()
