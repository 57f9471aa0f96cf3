"""Nothing is served after its end, and what has no time to live leaves nothing; by the real clock and by one moved by hand."""

import asyncio
import time
import unittest
from datetime import timedelta

from coffer import KEEP, MISS, Cache, Runtime, errors


class Ends(unittest.TestCase):
    """By the real clock: a read that began after the end of an entry must miss, however slow the machine is."""

    def expect_end(self, what, cache, look, ttl=0.002, **how):
        for _ in range(20):
            cache.set("k", [1], ttl, **how)
            end = time.monotonic() + ttl  # or before
            there = True
            while there:
                before = time.monotonic()
                there = look() is not MISS
                self.assertFalse(there and before >= end, f"{what} finds it {before - end} s late")

    def test_every_way_to_look(self):
        for name, cache in (
            ("objects", Cache()),
            ("clones", Cache(copy="clone")),
            ("bytes", Cache(serializer="json")),
            ("compressed", Cache("memory://?codec=lz4", serializer="json")),
        ):
            looks = {
                "get": lambda: cache.get("k", MISS),
                "get_many": lambda: cache.get_many(["k"]).get("k", MISS),
                "exists": lambda: cache.exists("k") or MISS,
                "get_versioned": lambda: cache.get_versioned("k") or MISS,
                "ttl": lambda: MISS if cache.ttl("k") is None else 1,
                "keys": lambda: list(cache.keys()) or MISS,
                "get_or_set": lambda: (
                    cache.get_or_set("k", lambda: 7, store_if=lambda _: False) == [1] or MISS
                ),
            }
            for what, look in looks.items():
                self.expect_end(f"{what} of {name}", cache, look)
            self.expect_end("get with grace", cache, lambda: cache.get("k", MISS), stale="1h")

    def test_a_cached_function(self):
        cache, numbers, stored = Cache(), iter(range(10**9)), {}

        @cache(ttl=0.002)
        def computed():
            return next(numbers)

        while len(stored) < 50:
            before = time.monotonic()
            number = computed()
            if number in stored:
                self.assertLess(before, stored[number] + 0.002)
            else:
                stored[number] = time.monotonic()  # or before


class NoTime(unittest.TestCase):
    """A ttl of zero or less, given to all that writes."""

    OVER = (0, -1, 0.0, -0.5, 1e-12, timedelta(0), timedelta(seconds=-1), "0s", "-3", float("-inf"))

    def caches(self):
        runtime = Runtime(clock="manual", housekeeping=0)
        for how in ({}, {"serializer": "json"}, {"grace": "1h"}, {"copy": "clone"}):
            yield Cache(runtime=runtime, **how)

    def gone(self, cache, key):
        self.assertIs(cache.get(key, MISS), MISS)
        self.assertFalse(cache.exists(key))
        self.assertEqual(list(cache.keys()), [])

    def test_writes_leave_nothing(self):
        for cache in self.caches():
            for ttl in self.OVER:
                cache.set("k", 1, ttl)
                self.gone(cache, "k")
                self.assertTrue(cache.add("k", 1, ttl), "there was none")
                self.gone(cache, "k")
                self.assertFalse(cache.replace("k", 1, ttl))
                cache.set_many({"k": 1, "l": 2}, ttl)
                self.gone(cache, "k")
                self.assertEqual(cache.incr("k", 2, 40, ttl), 42)
                self.gone(cache, "k")
                self.assertEqual(cache.get_or_set("k", lambda: 7, ttl), 7)
                self.gone(cache, "k")

    def test_writes_over_an_entry(self):
        for cache in self.caches():
            for ttl in self.OVER:
                cache.set("k", 1)
                self.assertFalse(cache.add("k", 2, ttl))
                self.assertEqual(cache.get("k"), 1)
                self.assertTrue(cache.replace("k", 2, ttl))
                self.gone(cache, "k")
                cache.set("k", 1)
                version = cache.get_versioned("k")[1]
                self.assertFalse(cache.compare_and_set("k", 2, version + 1, ttl))
                self.assertTrue(cache.compare_and_set("k", 2, version, ttl))
                self.gone(cache, "k")
                cache.set("k", 1)
                self.assertTrue(cache.touch("k", ttl))
                self.gone(cache, "k")
                cache.set("k", 1)
                self.assertEqual(cache.incr("k", ttl=ttl), 2)
                self.gone(cache, "k")

    def test_functions_and_coroutines(self):
        for cache in self.caches():
            calls = []
            cached = cache(ttl=0)(lambda: calls.append(1))
            by_value = cache(ttl=lambda value: -1)(lambda: calls.append(1))
            for function in (cached, by_value):
                function(), function()
            self.assertEqual(len(calls), 4)
            self.gone(cache, "k")

            async def main():
                await cache.aset("k", 1, 0)
                self.gone(cache, "k")
                self.assertTrue(await cache.aadd("k", 1, -1))
                await cache.aset_many({"k": 1}, -1)
                self.assertEqual(await cache.aincr("k", ttl=0), 1)
                self.gone(cache, "k")
                cache.set("k", 1)
                self.assertTrue(await cache.atouch("k", 0))
                self.gone(cache, "k")

                async def load():
                    return 7

                self.assertEqual(await cache.aget_or_set("k", load, -1), 7)
                self.gone(cache, "k")

            asyncio.run(main())

    def test_a_short_time_is_one(self):
        for cache in self.caches():
            cache.set("k", 1, 1e-9)
            self.assertEqual(cache.get("k"), 1, "the clock stands still")
            cache.set("k", 2, KEEP)
            self.assertEqual(cache.get("k"), 2)

    def test_too_much_time_is_refused(self):
        cache = Cache()
        for ttl in (10**12, 2**63, float("inf"), timedelta.max):
            with self.assertRaisesRegex(errors.ArgumentError, "FOREVER"):
                cache.set("k", 1, ttl)
        with self.assertRaisesRegex(errors.ArgumentError, "no number"):
            cache.set("k", 1, float("nan"))


if __name__ == "__main__":
    unittest.main()
