"""The same in asyncio: nothing blocks the loop, tasks and threads compute once together."""

import asyncio
import inspect
import threading
import unittest

from coffer import MISS, Cache, Rows, Runtime, errors


class AsyncTest(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.runtime = Runtime(clock="manual", housekeeping=0)
        self.cache = Cache(runtime=self.runtime)


class Operations(AsyncTest):
    async def test_twins(self):
        await self._twins(self.cache)

    async def test_twins_of_a_cache_that_may_wait(self):
        cache = Cache("bytes://", runtime=self.runtime)
        self.assertTrue(cache._blocking)
        await self._twins(cache)

    async def _twins(self, cache):
        self.assertIsNone(await cache.aget("k"))
        await cache.aset("k", [1], ttl=5)
        self.assertEqual(await cache.aget("k"), [1])
        self.assertEqual(await cache.attl("k"), 5)
        self.assertTrue(await cache.aexists("k"))
        self.assertTrue(await cache.atouch("k", 9))
        self.assertEqual(await cache.attl("k"), 9)
        self.assertFalse(await cache.aadd("k", 1))
        self.assertTrue(await cache.areplace("k", None))
        self.assertIsNone(await cache.aget("k", MISS))
        await cache.aset_many({"a": 1, "b": 2})
        self.assertEqual(await cache.aget_many(["a", "b", "c"]), {"a": 1, "b": 2})
        self.assertEqual(await cache.adelete_many(["a", "c"]), 1)
        self.assertTrue(await cache.adelete("b"))
        self.assertFalse(await cache.adelete("b"))
        self.assertEqual(await cache.aincr("n", 2), 2)
        self.assertEqual(await cache.adecr("n", 0), 2)
        version = (await cache.aget_versioned("n"))[1]
        self.assertFalse(await cache.acompare_and_set("n", 3, version + 1))
        self.assertTrue(await cache.acompare_and_set("n", 3, version))
        await cache.aset_many({"p:1": 1, "p:2": 2})
        self.assertEqual(await cache.adelete_prefix("p:"), 2)
        self.assertEqual((await cache.astats())["entries"], 2)
        self.assertEqual(sorted(await cache.akeys()), ["k", "n"])
        await cache.aset("t", 1, tags=["t"])
        await cache.ainvalidate_tag("t")
        self.assertIs(await cache.aget("t", MISS), MISS)
        for event in (
            cache.arow_changed("r", {"a": 1}, None),
            cache.ainvalidate_rows("r"),
            cache.ainvalidate("t"),
        ):
            await cache.aset("t", 1, rows=[Rows("r", {"a": 1})])
            await event
            self.assertIs(await cache.aget("t", MISS), MISS)
        self.assertEqual(await cache.aget_or_set("g", self._seven), 7)
        await cache.aclear()
        self.assertIs(await cache.aget("k", MISS), MISS)
        with cache.disabled():
            await cache.aset("k", 1)
            self.assertIsNone(await cache.aget("k"))
            self.assertEqual(await cache.aget_or_set("g", self._seven), 7)

    @staticmethod
    async def _seven():
        return 7


class _Waiting:
    """A cache in this process that is treated as one whose store may wait: batches go through the queue."""

    def __init__(self, cache):
        class Slow(type(cache)):
            _blocking = True

        cache.__class__ = Slow
        self.cache = cache


class Functions(AsyncTest):
    async def test_tasks_share_one_computation(self):
        calls, go = [], asyncio.Event()

        @self.cache
        async def f(x):
            calls.append(x)
            await go.wait()
            return [x]

        tasks = [asyncio.create_task(f(1)) for _ in range(5)]
        await asyncio.sleep(0.01)
        go.set()
        results = await asyncio.wait_for(asyncio.gather(*tasks), 30)
        self.assertEqual(calls, [1])
        self.assertTrue(all(result is results[0] for result in results))
        self.assertIs(await f(1), results[0])
        self.assertEqual(f.stats()["loads"], 1)

    async def test_a_store_that_may_wait(self):
        cache, calls = Cache("bytes://", runtime=self.runtime), []

        @cache(ttl=10, tags=["t"])
        async def f(x):
            calls.append(x)
            await asyncio.sleep(0.001)
            return {"x": (x,)}

        self.assertEqual(
            await asyncio.gather(*(f(i % 2) for i in range(6))), [{"x": (0,)}, {"x": (1,)}] * 3
        )
        self.assertEqual(await f(1), {"x": (1,)})
        self.assertEqual(sorted(calls), [0, 1])
        self.assertEqual(
            {name: f.stats()[name] for name in ("hits", "misses", "loads")},
            {"hits": 1, "misses": 6, "loads": 2},
        )
        await cache.ainvalidate_tag("t")
        await f(1)
        self.assertEqual(len(calls), 3)

    async def test_it_is_a_coroutine_function(self):
        @self.cache
        async def f():
            return 1

        self.assertTrue(asyncio.iscoroutinefunction(f))
        self.assertTrue(inspect.iscoroutinefunction(f.__call__))
        self.assertEqual(await asyncio.create_task(f()), 1)
        self.assertEqual(await f.refresh(), 1)
        self.assertEqual(await f.nocache(), 1)
        self.assertTrue(await f.ainvalidate())

    async def test_methods(self):
        cache = self.cache

        class Service:
            @cache(key="{x}")
            async def get(self, x):
                return object()

        service = Service()
        first = await service.get(1)
        self.assertIs(await asyncio.create_task(service.get(1)), first)
        self.assertTrue(service.get.invalidate(1))
        self.assertIsNot(await service.get(1), first)

    async def test_methods_of_classes_in_either_order(self):
        cache, calls = self.cache, []

        class Service:
            @cache
            @classmethod
            async def outer_class(cls, x):
                calls.append((cls.__name__, x))
                return x

            @classmethod
            @cache
            async def inner_class(cls, x):
                calls.append((cls.__name__, x))
                return x

            @cache
            @staticmethod
            async def outer_static(x):
                calls.append(x)
                return x

            @staticmethod
            @cache
            async def inner_static(x):
                calls.append(x)
                return x

        class Derived(Service):
            pass

        for name, expected in (
            ("outer_class", [("Service", 1), ("Derived", 1)]),
            ("outer_static", [1]),
            ("inner_class", [("Service", 1), ("Derived", 1)]),
            ("inner_static", [1]),
        ):
            for owner in (Service, Service(), Derived, Derived()):
                self.assertEqual(
                    [await getattr(owner, name)(1), await getattr(owner, name)(x=1)], [1, 1]
                )
            self.assertEqual(calls, expected)
            calls.clear()

    async def test_a_task_cancelled_while_its_fetch_runs_leaves_no_lease(self):
        cache = _Waiting(self.cache).cache
        entered, go = threading.Event(), threading.Event()

        class Slow(type(cache)):
            def _fetch(self, *args):
                entered.set()
                go.wait(30)
                return super()._fetch(*args)

        async def seven():
            return 7

        cache.__class__ = Slow
        task = asyncio.create_task(cache.aget_or_set("k", seven))
        await asyncio.get_running_loop().run_in_executor(None, entered.wait, 30)
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task
        go.set()
        # A lead that nobody holds any more would be waited for until its deadline of 30 seconds.
        self.assertEqual(await asyncio.wait_for(cache.aget_or_set("k", seven), 10), 7)

    async def test_tasks_and_threads_compute_once_together(self):
        calls, started, go = [], threading.Event(), threading.Event()

        def slow():
            calls.append("thread")
            started.set()
            go.wait(30)
            return 1

        thread = threading.Thread(target=lambda: self.cache.get_or_set("k", slow))
        thread.start()
        await asyncio.get_running_loop().run_in_executor(None, started.wait, 30)

        async def never():
            calls.append("task")
            return 2

        task = asyncio.create_task(self.cache.aget_or_set("k", never))
        await asyncio.sleep(0.02)  # the loop goes on
        self.assertFalse(task.done())
        go.set()
        self.assertEqual(await asyncio.wait_for(task, 30), 1)
        thread.join()
        self.assertEqual(calls, ["thread"])

    async def test_a_cancelled_leader_gives_way(self):
        calls = []

        async def compute():
            calls.append(1)
            if len(calls) == 1:
                await asyncio.sleep(60)
            return len(calls)

        leader = asyncio.create_task(self.cache.aget_or_set("k", compute))
        await asyncio.sleep(0.01)
        follower = asyncio.create_task(self.cache.aget_or_set("k", compute))
        await asyncio.sleep(0.01)
        leader.cancel()
        self.assertEqual(await asyncio.wait_for(follower, 30), 2)

    async def test_a_cancelled_follower_leaves_the_line(self):
        go = asyncio.Event()

        async def compute():
            await go.wait()
            return 1

        leader = asyncio.create_task(self.cache.aget_or_set("k", compute))
        await asyncio.sleep(0.01)
        follower = asyncio.create_task(self.cache.aget_or_set("k", compute))
        await asyncio.sleep(0.01)
        follower.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await follower
        go.set()
        self.assertEqual(await asyncio.wait_for(leader, 30), 1)

    async def test_exceptions(self):
        @self.cache
        async def f():
            raise ZeroDivisionError

        for _ in range(2):
            with self.assertRaises(ZeroDivisionError):
                await f()
        self.assertEqual(f.stats()["errors"], 2)

        @self.cache
        async def g():
            return await g()

        with self.assertRaises(errors.StateError):
            await asyncio.wait_for(g(), 30)

    async def test_stale_values_are_computed_anew_by_a_task(self):
        calls = []

        @self.cache(ttl=10, stale=100)
        async def f():
            calls.append(1)
            return len(calls)

        await f()
        self.runtime.advance(11)
        self.assertEqual(await f(), 1)
        for _ in range(100):
            await asyncio.sleep(0.001)
            if len(calls) == 2:
                break
        self.assertEqual(await f(), 2)

    async def test_costly_results_are_computed_anew_early(self):
        calls = []

        @self.cache(ttl=100, early=1e9)  # as good as certain, for the draw is at random
        async def f():
            calls.append(1)
            self.runtime.advance(1)  # what it costs
            return len(calls)

        self.assertEqual(await f(), 1)
        self.runtime.advance(50)
        self.assertEqual(await f(), 1)
        for _ in range(1000):
            if len(calls) == 2:
                break
            await asyncio.sleep(0.001)
        self.assertEqual(await f(), 2)

    async def test_batches(self):
        calls = []

        @self.cache.batch(key="{ids}")
        async def f(ids):
            calls.append(list(ids))
            await asyncio.sleep(0.001)
            return {i: i for i in ids}

        both = await asyncio.wait_for(asyncio.gather(f([1, 2, 3]), f([3, 4])), 30)
        self.assertEqual(both, [{1: 1, 2: 2, 3: 3}, {3: 3, 4: 4}])
        self.assertEqual(calls, [[1, 2, 3], [4]])
        self.assertEqual(await f.refresh([1]), {1: 1})

        async def load(ids):
            return {i: i for i in ids}

        self.assertEqual(await self.cache.aget_or_set_many([7, 8], load, key="x:{}"), {7: 7, 8: 8})


class Loops(unittest.TestCase):
    def test_each_loop_has_its_own_queue(self):
        cache = Cache()

        async def once(i):
            async def compute():
                await asyncio.sleep(0.001)
                return i

            return await asyncio.gather(*(cache.aget_or_set(f"k{i}", compute) for _ in range(3)))

        for i in range(5):
            self.assertEqual(asyncio.run(once(i)), [i] * 3)

    def test_loops_of_many_threads(self):
        cache, calls = Cache(), []

        async def compute():
            calls.append(1)
            await asyncio.sleep(0.02)
            return 5

        results = []
        threads = [
            threading.Thread(
                target=lambda: results.append(asyncio.run(cache.aget_or_set("k", compute)))
            )
            for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        self.assertEqual(results, [5] * 6)
        self.assertEqual(len(calls), 1)

    def test_a_loop_is_not_kept(self):
        import gc
        import weakref

        cache = Cache()
        slow = _Waiting(Cache(serializer="json")).cache

        async def use():
            await slow.aset("k", 1)
            return await cache.aget_or_set("k", lambda: asyncio.sleep(0, 1))

        loop = asyncio.new_event_loop()
        self.assertEqual(loop.run_until_complete(use()), 1)
        loop.close()
        gone = weakref.ref(loop)
        del loop
        gc.collect()
        self.assertIsNone(gone())


if __name__ == "__main__":
    unittest.main()
