"""Counters of caches for Prometheus and OpenTelemetry. Names follow coffer's, labels are bounded:
never a key.

    from coffer.contrib import metrics
    metrics.prometheus({"users": cache})      # needs prometheus-client
    metrics.opentelemetry({"users": cache})   # needs opentelemetry-api

Every part of a program may export caches of its own, to one registry or meter or to several. A name
stands for one cache in each of them. What is exported is held until it is removed.
"""

from __future__ import annotations

import weakref
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from coffer.errors import ArgumentError, CacheError

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


class Exported:
    """The caches that one registry or meter exports, by name."""

    def __init__(self) -> None:
        self._caches: Dict[str, Any] = {}

    def add(self, caches: Mapping[str, Any]) -> None:
        """Exports these as well: all, or none if a name stands for another cache already
        (ArgumentError).
        """
        for name, cache in caches.items():
            if self._caches.get(name, cache) is not cache:
                raise ArgumentError(
                    f"another cache is exported as {name!r} already; give this one "
                    f"another name, or remove({name!r}) "
                    "that one first"
                )
        self._caches.update(caches)

    def remove(self, *names: str) -> None:
        """Exports these no longer, and lets go of them. ArgumentError if there is none of such a
        name.
        """
        for name in names:
            if name not in self._caches:
                raise ArgumentError(f"no cache is exported as {name!r}; {sorted(self._caches)} are")
        for name in names:
            self._caches.pop(name, None)

    def stats(self) -> Iterator[Tuple[str, Dict[str, int]]]:
        """The counters of each cache that can tell them: one that is out of reach must not hide all
        others.
        """
        for name, cache in list(self._caches.items()):
            try:
                yield name, cache.stats()
            except CacheError:
                continue


class Collector(Exported):
    """A collector of prometheus_client, which reads the counters when it is scraped."""

    def collect(self) -> Iterator[Any]:
        return self._families(dict(self.stats()))

    def describe(self) -> Iterator[Any]:
        """What the registry asks for the names, without a look at the caches."""
        return self._families({})

    def _families(self, stats: Mapping[str, Mapping[str, int]]) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

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


# A registry takes each name of a metric from one collector only.
_collectors: "weakref.WeakKeyDictionary[Any, Collector]" = weakref.WeakKeyDictionary()


def prometheus(caches: Mapping[str, Any], registry: Optional[Any] = None) -> Collector:
    """Exports these caches, by name; returns the registry's collector, which can remove() them
    again.

    ArgumentError if a name stands for another cache in this registry. The default is
    prometheus_client's REGISTRY.
    """
    from prometheus_client import REGISTRY

    target: Any = REGISTRY if registry is None else registry
    collector = Collector()
    try:
        target.register(collector)
        _collectors[target] = collector
    except ValueError:
        if target not in _collectors:
            raise  # somebody else's metrics have these names
        collector = _collectors[target]
    collector.add(caches)
    return collector


_instruments: "weakref.WeakKeyDictionary[Any, Exported]" = weakref.WeakKeyDictionary()
_default_meter: List[Any] = []


def opentelemetry(caches: Mapping[str, Any], meter: Optional[Any] = None) -> Exported:
    """Observes these caches, by name, with instruments of the meter "coffer"; what is returned can
    remove() them.

    ArgumentError if a name stands for another cache with this meter.
    """
    if meter is None:
        if not _default_meter:
            from opentelemetry.metrics import get_meter

            _default_meter.append(get_meter("coffer"))
        meter = _default_meter[0]
    exported = _instruments.get(meter)
    if exported is None:
        exported = _instruments[meter] = Exported()
        _create_instruments(meter, exported)
    exported.add(caches)
    return exported


def _create_instruments(meter: Any, exported: Exported) -> None:
    from opentelemetry.metrics import Observation

    def observer(sources: List[Tuple[str, Mapping[str, str]]]) -> Any:
        def observe(options: Any) -> Iterator[Any]:
            for name, counters in exported.stats():
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
