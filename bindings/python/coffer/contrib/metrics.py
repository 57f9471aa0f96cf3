"""Counters of caches for Prometheus and OpenTelemetry. Names follow coffer's, labels are bounded: never a key.

    from coffer.contrib import metrics
    metrics.prometheus({"users": cache})      # needs prometheus-client
    metrics.opentelemetry({"users": cache})   # needs opentelemetry-api
"""

from __future__ import annotations

from typing import Any, Iterator, List, Mapping, Optional, Tuple

# (name, help, [(counter of stats(), labels)])
COUNTERS: List[Tuple[str, str, List[Tuple[str, Mapping[str, str]]]]] = [
    (
        "gets",
        "Reads, by what they found.",
        [("hits", {"result": "hit"}), ("misses", {"result": "miss"})],
    ),
    ("stale_served", "Hits that were past their time.", [("stale", {})]),
    ("coalesced", "Reads that waited for somebody else's computation.", [("waits", {})]),
    ("puts", "Writes.", [("puts", {})]),
    (
        "removals",
        "Entries that left, by reason.",
        [
            ("deletes", {"reason": "delete"}),
            ("evictions", {"reason": "size"}),
            ("expirations", {"reason": "ttl"}),
        ],
    ),
    (
        "superseded",
        "Computed values that were out of date before they could be stored.",
        [("superseded", {})],
    ),
    ("codec_errors", "Entries that could not be decoded.", [("undecodable", {})]),
    ("errors", "Operations that failed.", [("errors", {})]),
]
GAUGES = [
    ("size", "Entries held.", "entries"),
    ("memory_usage_bytes", "Memory held.", "bytes"),
    ("memory_limit_bytes", "Memory allowed, 0 for no limit.", "byte_limit"),
]


class Collector:
    """A collector of prometheus_client, which reads the counters when it is scraped."""

    def __init__(self, caches: Mapping[str, Any]) -> None:
        self._caches = dict(caches)

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        stats = {name: cache.stats() for name, cache in self._caches.items()}
        for name, text, sources in COUNTERS:
            labels = sorted({"cache", *(label for _, added in sources for label in added)})
            family = CounterMetricFamily("coffer_cache_" + name, text, labels=labels)
            for cache, counters in stats.items():
                for source, added in sources:
                    values = {"cache": cache, **added}
                    family.add_metric([values[label] for label in labels], counters[source])
            yield family
        for name, text, source in GAUGES:
            gauge = GaugeMetricFamily("coffer_cache_" + name, text, labels=["cache"])
            for cache, counters in stats.items():
                gauge.add_metric([cache], counters[source])
            yield gauge


def prometheus(caches: Mapping[str, Any], registry: Optional[Any] = None) -> Collector:
    """Registers a collector of these caches, by name."""
    from prometheus_client import REGISTRY

    collector = Collector(caches)
    target: Any = registry or REGISTRY
    target.register(collector)
    return collector


def opentelemetry(caches: Mapping[str, Any], meter: Optional[Any] = None) -> None:
    """Observes these caches, by name, with instruments of the meter "coffer"."""
    from opentelemetry.metrics import Observation, get_meter

    meter = meter or get_meter("coffer")

    def observer(sources: List[Tuple[str, Mapping[str, str]]]) -> Any:
        def observe(options: Any) -> Iterator[Any]:
            for name, cache in caches.items():
                counters = cache.stats()
                for source, added in sources:
                    labels = {f"cache.{label}": value for label, value in added.items()}
                    yield Observation(counters[source], {"cache.name": name, **labels})

        return observe

    for name, text, sources in COUNTERS:
        meter.create_observable_counter("cache." + name, [observer(sources)], description=text)
    for name, text, source in GAUGES:
        unit = "By" if name.endswith("_bytes") else "{entry}"
        meter.create_observable_gauge(
            "cache." + name.replace("_bytes", ""), [observer([(source, {})])], unit, text
        )
