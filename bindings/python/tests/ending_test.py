"""How results end: softly, under a condition, all of a function; and what the loader of the next one sees."""

import asyncio
import time
import unittest

import coffer
from coffer import MISS, Cache, Runtime, _background

run = asyncio.run


class EndingTest(unittest.TestCase):
    def setUp(self):
        self.runtime = Runtime(clock="manual", housekeeping=0)
        self.caches = (
            Cache(runtime=self.runtime, early=0),
            Cache(runtime=self.runtime, early=0, serializer="json"),
        )

    def settle(self):
        """Waits for what runs in the background."""
        if _background._pool is not None:
            for done in [_background._pool.submit(lambda: None) for _ in range(8)]:
                done.result(30)


class Expire(EndingTest):
    def test_expire_keeps_the_grace(self):
        for cache in self.caches:
            cache.set("k", [1], ttl=100, stale=50)
            self.assertTrue(cache.expire("k"))
            self.assertFalse(cache.expire("k"))
            self.assertEqual((cache.get("k", MISS), cache.get("k", stale=True)), (MISS, [1]))
            self.assertEqual(cache.get_or_set("k", lambda: [2], stale=50), [1])  # one recomputes
            self.settle()
            self.assertEqual(cache.get("k"), [2])
            cache.set("k", [1], ttl=100, stale=50)
            cache.expire("k")
            self.runtime.advance(51)
            self.assertIs(cache.get("k", MISS, stale=True), MISS)

    def test_expire_without_a_grace_removes(self):
        for cache in self.caches:
            cache.set("k", 1)
            self.assertTrue(cache.expire("k"))
            self.assertIs(cache.get("k", MISS, stale=True), MISS)
            self.assertFalse(cache.expire("k"))

    def test_expire_of_functions(self):
        for cache in self.caches:
            calls = []

            class Owner:
                def __cache_key__(self):
                    return 1

                @cache(ttl=100, stale=50)
                def get(self, x):
                    calls.append(x)
                    return len(calls)

            owner = Owner()
            self.assertEqual(owner.get(1), 1)
            self.assertTrue(owner.get.expire(1))
            self.assertEqual(owner.get.key(1).get(stale=True), 1)
            self.assertEqual(owner.get(1), 1)
            self.settle()
            self.assertEqual(owner.get(1), 2)
            self.assertTrue(owner.get.key(1).expire())
            self.assertFalse(owner.get.key(1).exists())

    def test_expire_awaited(self):
        for cache in self.caches:

            @cache(ttl=100, stale=50)
            async def get(x):
                return x

            async def use():
                await get(1)
                self.assertTrue(await get.aexpire(1))
                self.assertFalse(await cache.aexpire(get.key(1).bytes))
                self.assertEqual(await cache.aget(get.key(1).bytes, stale=True), 1)
                self.assertIs(await cache.aget(get.key(1).bytes, MISS), MISS)

            run(use())

    def test_expire_in_a_transaction_waits_for_the_commit(self):
        cache = self.caches[0]
        cache.set("k", 1, stale=50)
        with cache.transaction():
            cache.expire("k")
            self.assertEqual(cache.get("k"), 1)
        self.assertIs(cache.get("k", MISS, stale=True), MISS)
        cache.set("k", 1, stale=50)
        with cache.no_invalidation():
            self.assertFalse(cache.expire("k"))
        self.assertEqual(cache.get("k"), 1)

    def test_compare_and_delete(self):
        for cache in self.caches:
            cache.set("k", 1)
            version = cache.get_versioned("k")[1]
            cache.set("k", 2)
            self.assertFalse(cache.compare_and_delete("k", version))
            self.assertEqual(cache.get("k"), 2)
            self.assertTrue(run(cache.acompare_and_delete("k", cache.get_versioned("k")[1])))
            self.assertFalse(cache.compare_and_delete("k", version))
            with self.assertRaisesRegex(ValueError, "version is 0"):
                cache.compare_and_delete("k", 0)


class Previous(EndingTest):
    def test_a_loader_sees_what_it_replaces(self):
        for cache in self.caches:
            seen = []

            def load():
                seen.append((coffer.previous(MISS), cache.get("k", MISS), cache.get("other", MISS)))
                return len(seen)

            get = lambda: cache.get_or_set("k", load, ttl=10, stale=100)  # noqa: E731
            get()
            self.runtime.advance(20)
            self.assertEqual(get(), 1)
            self.settle()
            self.assertEqual(seen, [(MISS, MISS, MISS), (1, 1, MISS)])
            self.runtime.advance(20)
            self.assertIs(cache.get("k", MISS), MISS)  # nobody computes it here
            self.assertEqual(cache.namespace("n").get("k", MISS), MISS)

    def test_loaders_of_functions(self):
        cache = self.caches[0]

        @cache(ttl=10, stale=100)
        def token(x):
            return (coffer.previous(0) or 0) + 1

        token(1)
        self.assertEqual(token.refresh(1), 2)
        self.runtime.advance(11)
        self.assertEqual(token(1), 2)
        self.settle()
        self.assertEqual(token(1), 3)
        self.assertIs(coffer.previous(MISS), MISS)

    def test_loaders_that_are_awaited(self):
        for cache in self.caches:

            @cache(ttl=10, stale=100)
            async def token(x):
                await asyncio.sleep(0)
                return (coffer.previous() or 0) + 1

            async def use():
                self.assertEqual(await token(1), 1)
                self.assertEqual(await token.refresh(1), 2)
                self.runtime.advance(11)
                self.assertEqual(await token(1), 2)
                for _ in range(1000):
                    if await token(1) == 3:
                        break
                    await asyncio.sleep(0.01)
                self.assertEqual(await token(1), 3)

            run(use())

    def test_loaders_of_many(self):
        for cache in self.caches:
            seen = []

            def load(ids):
                seen.append((coffer.previous(), cache.get("x:1", MISS)))
                return {one: one * 10 for one in ids}

            get = lambda ids: cache.get_or_set_many(ids, load, "x:{}", ttl=10)  # noqa: E731
            get([1])
            cache.set("x:1", 10, ttl=10, stale=100)
            cache.set("x:2", 20, ttl=10, stale=100)
            self.runtime.advance(11)
            self.assertEqual(get([1, 2]), {1: 10, 2: 20})
            self.settle()
            self.assertEqual(seen, [(None, MISS), ({1: 10, 2: 20}, 10)])


class Clear(EndingTest):
    def test_clear_ends_all_results_of_one_function(self):
        for cache in self.caches:

            def f(x, y=0):
                return x

            def g(x):
                return x

            for options in ({}, {"key": "f:{x}"}, {"key": "{x}:f"}, {"key": lambda x, y=0: f"{x}"}):
                one = cache(f, **options)
                other = cache(g)
                long = "x" * 1000
                for x in (1, "1", None, "a:b", long):
                    one(x), other(x)
                one.clear()
                for x in (1, "1", None, "a:b", long):
                    self.assertFalse(one.key(x).exists(), (options, x))
                    self.assertTrue(other.key(x).exists(), (options, x))
                self.assertEqual(one(1), 1)
                cache.clear()

    def test_clear_ends_what_is_being_computed(self):
        for cache in self.caches:
            for options in ({}, {"key": "{x}:f"}, {"key": lambda x: f"{x}"}):

                @cache(**options)
                def f(x):
                    f.clear()
                    return x

                self.assertEqual(f(1), 1)
                self.assertFalse(f.key(1).exists(), options)

    def test_clear_awaited_and_of_batches(self):
        for cache in self.caches:
            for key in (None, "b:{ids}"):
                clears = []

                @cache.batch(key=key)
                async def many(ids):
                    if clears:
                        await many.aclear()
                    return {one: one for one in ids}

                run(many([1, 2]))
                run(many.aclear())
                self.assertFalse(many.key(1).exists() or many.key(2).exists())
                clears.append(1)
                run(many([1]))
                self.assertFalse(many.key(1).exists(), key)


class Removals(EndingTest):
    def test_evicted_and_expired_entries_are_told(self):
        told, others, wrong = [], [], []
        for name, options in (("a", {}), ("b", {"serializer": "json"})):
            cache = Cache(f"memory://{name}?capacity=100", runtime=self.runtime, **options)
            other = Cache(f"memory://other{name}?capacity=100", runtime=self.runtime)
            space = cache.namespace("n")
            stop = cache.on_removed(lambda key, reason: told.append((key, reason)))
            space.on_removed(lambda key, reason: others.append((key, reason)))
            space.on_removed(lambda key, reason: wrong.append(1 // 0))
            space.set("short", 1, ttl=1)
            for i in range(50):
                other.set(f"o{i}", i, ttl=1)
            self.runtime.advance(2)
            with self.assertLogs("coffer", "ERROR"):
                self.runtime.maintain()
                self.wait_for(lambda: ("short", "expired") in others)
            for i in range(300):
                cache.set(f"k{i}", i)
            self.wait_for(lambda: sum(reason == "evicted" for _, reason in told) >= 200)
            self.assertIn(("n:short", "expired"), told)
            self.assertEqual([key for key, _ in told if str(key).startswith("o")], [])
            self.assertEqual(others, [("short", "expired")])
            cache.delete("k299")
            stop()
            told.clear(), others.clear()

    def test_a_store_without_a_name_is_refused(self):
        with self.assertRaisesRegex(ValueError, "memory://users"):
            self.caches[0].on_removed(print)

    def wait_for(self, condition):
        for _ in range(3000):
            if condition():
                return
            time.sleep(0.01)
        self.fail("it did not happen in 30 s")


class Statistics(EndingTest):
    def test_statistics_are_reset(self):
        for cache in self.caches:
            f = cache(lambda x: x)
            f(1), f(1), cache.get("none")
            f.reset_stats()
            cache.reset_stats()
            self.assertEqual({name: number for name, number in f.stats().items() if number}, {})
            left = {name: number for name, number in cache.stats().items() if number}
            self.assertEqual(set(left) - {"entries", "bytes", "capacity", "byte_limit"}, set())
            self.assertEqual(cache.stats()["entries"], 1)
            f(1)
            self.assertEqual((f.stats()["hits"], cache.stats()["hits"]), (1, 1))


if __name__ == "__main__":
    unittest.main()
