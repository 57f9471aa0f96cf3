"""The exporters of counters."""

import sys
import unittest

from coffer import Cache


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
            metrics.opentelemetry({"users": cache})
        self.assertIn((1, {"cache.name": "users", "cache.result": "miss"}), made["cache.gets"])
        self.assertEqual(made["cache.size"], [(0, {"cache.name": "users"})])


if __name__ == "__main__":
    unittest.main()
