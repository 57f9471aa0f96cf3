"""refs_test.py EXTENSION: no call gains or loses a reference, as a debug build of CPython counts them.

EXTENSION is the extension module built with Py_REF_DEBUG, so that its own references are counted, too.
"""

import asyncio
import gc
import importlib.util
import os
import sys
import unittest

PYTHON = "/usr/bin/python3-dbg"


class Finder:
    """Has `coffer._coffer` come from EXTENSION."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        return (
            importlib.util.spec_from_file_location(name, sys.argv[1])
            if name == "coffer._coffer"
            else None
        )


if hasattr(sys, "gettotalrefcount"):
    sys.meta_path.insert(0, Finder)
    import coffer
    from coffer import Cache, Pickle, Rows, _coffer

RUNS = 40


class Thing:
    pass


def operations():
    """name -> what to do with the number of the run."""
    runtime = coffer.Runtime(clock="manual", housekeeping=0)
    cache = Cache("memory://?capacity=50&shards=1&strategy=lru", runtime=runtime)
    text = Cache("bytes://", runtime=runtime)
    wide = Cache("bytes://wide", runtime=runtime, serializer=Pickle(secret="s"))
    cloned, frozen = cache.with_options(copy="clone"), cache.with_options(copy="freeze")
    pickled = cache.with_options(copy="pickle")
    loop = asyncio.new_event_loop()
    plain = cache(lambda x, y=1, *, z=2: [x])
    tagged = cache(key="t:{x}", tags=["t:{x}"], ttl=5)(lambda x: [x])
    batch = cache.batch(lambda ids: {i: [i] for i in ids})

    class Service:
        @cache
        def method(self, x):
            return [x]

        @cache
        @classmethod
        def klass(cls, x):
            return [x]

        @staticmethod
        @cache
        def static(x):
            return [x]

    @cache
    async def slow(x):
        return [x]

    def refused(call, *args, **named):
        def run(i):
            try:
                call(*args, **named)
            except Exception:
                return
            raise AssertionError("it was not refused")

        return run

    def transaction(i):
        with cache.transaction() as txn:
            cache.invalidate_tag("a")
            cache.row_changed("t", {"a": i, "b": 1.5}, {"a": 2**70, "b": None})
            cache.invalidate("k")
            txn.mark_dirty()
            cache.get("k")

    async def gathered():
        await text.aset("k", [1])
        return await asyncio.gather(
            slow(1), slow(2), text.aget("k"), text.aget_many(["k", "no"]), text.adelete("no")
        )

    def disabled(i):
        with cache.disabled():
            plain(1), cache.get("k"), cache.exists("k")

    return {
        "set, get": lambda i: (
            cache.set("k", [i]),
            cache.get("k"),
            cache.get("none"),
            cache.get(key="k", default=i),
        ),
        "set with all": lambda i: cache.set(
            "k", i, 5, stale=3, tags=["a"], rows=[Rows("t", {"a": i, "b": "x"})]
        ),
        "versions": lambda i: cache.compare_and_set(
            "k", [i], (cache.get_versioned("k") or (0, 0))[1]
        ),
        "delete": lambda i: (
            cache.set("d", [i]),
            cache.delete("d"),
            cache.delete("d"),
            cache.exists("d"),
        ),
        "conditions": lambda i: (
            cache.add("k", [i]),
            cache.replace("k", [i]),
            cache.touch("k", 3),
            cache.ttl("k"),
        ),
        "incr": lambda i: (cache.set("n", 5), cache.incr("n"), cache.get("n"), cache.delete("n")),
        "many": lambda i: (
            cache.set_many({"a": [i], "b": None}),
            cache.get_many(["a", "b", "c"]),
            cache.delete_many(["a", "b", "c"]),
        ),
        "evictions": lambda i: cache.set_many({f"e{n}": [n] for n in range(60)}),
        "scan": lambda i: (
            list(cache.keys()),
            list(cache.keys(prefix="e")),
            next(cache.keys(glob="*"), None),
        ),
        "looks without the GIL": lambda i: (
            text.set("k", 1),
            text.describe(),
            text.explain("k"),
            text.stats(),
        ),
        "looks": lambda i: (
            cache.stats(),
            cache.describe(),
            cache.explain("k"),
            runtime.plugins(),
            repr(cache),
        ),
        "copies": lambda i: (
            cloned.set("c", [[i]]),
            cloned.get("c"),
            frozen.set("c", [{i}]),
            frozen.get("c"),
            pickled.set("c", [i]),
            pickled.get("c"),
            pickled.set("c", i),
            pickled.get("c"),
        ),
        "bytes": lambda i: (
            text.set("k", {"a": [i, 1.5, None, "é", b"x", (2**70, {1}), frozenset()]}),
            text.get("k"),
        ),
        "pickle": lambda i: (wide.set("k", Thing()), wide.get("k"), text.get("k")),
        "a function": lambda i: (plain(1), plain(x=1), plain(1, z=3), plain(1, 2, z=[i % 3])),
        "its handles": lambda i: (
            plain.refresh(1),
            plain.key(1).bytes,
            plain.invalidate(1),
            plain.stats(),
        ),
        "a long key": lambda i: plain("x" * 500),
        "tags": lambda i: (tagged(1), cache.invalidate_tag("t:1"), tagged(1)),
        "methods": lambda i: (
            Service().method(1),
            Service().method,
            Service.klass(1),
            Service.static(1),
        ),
        "a batch": lambda i: (batch([1, 2, i % 3]), batch.invalidate(1)),
        "get_or_set": lambda i: (cache.get_or_set("g", lambda: [i], tags=["a"]), cache.delete("g")),
        "transaction": transaction,
        "disabled": disabled,
        "handles": lambda i: cache.namespace("n", ttl=5).with_options(copy="clone").set("k", [1]),
        "a cache": lambda i: Cache("memory://?capacity=5", runtime=runtime).set("k", [i]),
        "coroutines": lambda i: (loop.run_until_complete(gathered()), cache.clear()),
        "a wrong key": refused(cache.get, 1),
        "wrong arguments": refused(cache.get),
        "a wrong call": refused(plain, 1, x=1),
        "a wrong option": refused(Cache, "memory://", runtime=runtime, capasity=1),
        "a wrong store": refused(Cache, "none://", runtime=runtime),
        "a wrong value": refused(text.set, "k", [object()]),
        "an argument without meaning": refused(plain, object()),
        "a failing load": refused(cache.get_or_set, "x", lambda: 1 // 0),
        "broken bytes": refused(coffer.Serializer("msgpack", runtime=runtime).loads, b"\xc1"),
    }


class RefsTest(unittest.TestCase):
    def test_every_operation(self):
        for name, run in operations().items():
            with self.subTest(name):
                gained = [self.gained(run) for _ in range(4)]
                # Tables of the interpreter fill up at first; a leak is in every pass.
                self.assertLess(min(map(abs, gained[1:])), RUNS // 4, gained)

    def test_that_a_leak_is_seen(self):
        kept = []
        self.assertGreaterEqual(
            min(self.gained(lambda i: kept.append(object())) for _ in range(3)), RUNS
        )

    @staticmethod
    def gained(run):
        for i in range(5):
            run(i)
        gc.collect()
        _coffer.drain()
        before = sys.gettotalrefcount()
        for i in range(RUNS):
            run(i)
        gc.collect()
        _coffer.drain()
        return sys.gettotalrefcount() - before


if __name__ == "__main__":
    if not hasattr(sys, "gettotalrefcount"):
        if not os.path.exists(PYTHON):
            sys.exit(f"refs_test: there is no {PYTHON}; install python3-dbg (./bazelw installs it)")
        os.execv(PYTHON, [PYTHON, *sys.argv])
    unittest.main(argv=sys.argv[:1])
