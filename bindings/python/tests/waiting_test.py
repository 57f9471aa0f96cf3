"""Who waits for a computation: never for itself, never in a queue for nothing, and told of failures as they were."""

import asyncio
import contextvars
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from coffer import Cache, errors

# Nothing here may take as long as a computation may (hard).
HARD = 600


class Waiting(unittest.TestCase):
    def setUp(self):
        self.cache = Cache(hard=HARD)

    def together(self, *calls):
        """The results of calls on threads of their own, or what they raised."""

        def run(call):
            try:
                return call()
            except Exception as error:  # noqa: BLE001: the test looks at it
                return error

        with ThreadPoolExecutor(len(calls)) as pool:
            return [done.result(60) for done in [pool.submit(run, call) for call in calls]]

    def wait_for(self, condition):
        for _ in range(3000):
            if condition():
                return
            time.sleep(0.01)
        self.fail("it did not happen in 30 s")

    def refused(self, *names):
        return self.assertRaisesRegex(errors.StateError, ".*".join(f"'{name}'" for name in names))


class Self(Waiting):
    def test_a_str_and_a_bytes_key_are_one(self):
        with self.refused("k", "k"):
            self.cache.get_or_set("k", lambda: self.cache.get_or_set(b"k", lambda: 1))

    def test_a_namespace_spelled_out(self):
        inner = self.cache.namespace("a")
        with self.refused("a:k", "a:k"):
            self.cache.get_or_set("a:k", lambda: inner.get_or_set("k", lambda: 1))

    def test_one_key_in_two_namespaces_is_two(self):
        a, b = self.cache.namespace("a"), self.cache.namespace("b")
        inside, go = threading.Event(), threading.Event()

        def slow():
            inside.set()
            go.wait(30)
            return 2

        def behind():
            inside.wait(30)
            return a.get_or_set("k", lambda: b.get_or_set("k", lambda: 3))

        def release():
            self.wait_for(lambda: self.cache.explain("b:k").get("computing", {}).get("waiting"))
            go.set()

        results = self.together(lambda: b.get_or_set("k", slow), behind, release)
        self.assertEqual(results[:2], [2, 2])

    def test_two_handles_on_a_named_store(self):
        one, two = Cache("memory://waiting", hard=HARD), Cache("memory://waiting", hard=HARD)
        with self.refused("k", "k"):
            one.get_or_set("k", lambda: two.get_or_set("k", lambda: 1))

    def test_one_key_in_two_stores_is_two(self):
        other = Cache()
        self.assertEqual(
            self.cache.get_or_set("k", lambda: other.get_or_set("k", lambda: 1) + 1), 2
        )

    def test_a_batch_marks_what_it_computes(self):
        with self.refused("q", "q"):
            self.cache.get_or_set_many(
                ["p", "q"], lambda ids: {"q": self.cache.get_or_set("q", lambda: 1)}
            )
        with self.refused("q", "q"):
            self.cache.get_or_set(
                "q", lambda: self.cache.get_or_set_many(["p", "q"], lambda ids: {})["p"]
            )

    def test_a_batch_that_calls_itself(self):
        @self.cache.batch(key="v:{ids}")
        def f(ids):
            return {one: f([one])[one] for one in ids}

        with self.refused("v:1", "v:1"):
            f([1, 2])

    def test_without_lock_it_is_refused_as_well(self):
        @self.cache(lock=False, key="n")
        def f():
            return f()

        with self.refused("n", "n"):
            f()

    def test_hit_for_miss_does_not_recurse(self):
        @self.cache(key="n", store_if=lambda value: False)
        def f(again):
            return f(True) if again else 1

        self.assertEqual(f(False), 1)
        with self.refused("n", "n"):
            f(True)

    def test_the_key_is_free_afterwards(self):
        with self.assertRaises(errors.StateError):
            self.cache.get_or_set("k", lambda: self.cache.get_or_set("k", lambda: 1))
        self.assertEqual(self.cache.get_or_set("k", lambda: 1), 1)

    def test_a_value_that_is_there_is_no_wait(self):
        def load():
            self.cache.set("k", "written")
            return self.cache.get_or_set("k", lambda: "computed")

        self.assertEqual(self.cache.get_or_set("k", load), "written")

    def test_a_background_refresh_belongs_to_nobody(self):
        """It may wait for the computation that happened to start it."""
        self.cache.set("stale", "old", ttl=0.01, stale=600)
        time.sleep(0.05)
        started, results = threading.Event(), []

        def refresh():
            started.set()
            results.append(self.cache.get_or_set("k", lambda: "wrong"))
            return "new"

        def load():
            self.assertEqual(self.cache.get_or_set("stale", refresh), "old")
            started.wait(30)
            self.wait_for(lambda: self.cache.explain("k")["computing"]["waiting"])
            return "right"

        self.assertEqual(self.cache.get_or_set("k", load), "right")
        self.wait_for(lambda: results)
        self.assertEqual(results, ["right"])


class Cycles(Waiting):
    def needs(self, first, second, barrier, get):
        """A call that computes `first`, which needs `second`, once all others compute, too."""

        def load():
            barrier.wait(30)
            return get(second, lambda: 1)

        return lambda: get(first, load)

    def check(self, results, *names):
        """One is refused, and the others go on: their second need is another loader's."""
        cycles = [one for one in results if isinstance(one, errors.StateError)]
        self.assertEqual(len(cycles), 1, results)
        self.assertEqual(results.count(1), len(results) - 1, results)
        for name in names:
            self.assertIn(f"'{name}'", str(cycles[0]))
        self.assertEqual(cycles[0].details["cycle"], str(cycles[0]))

    def test_without_a_way_out_all_are_refused(self):
        barrier, calls = threading.Barrier(2), []

        @self.cache(key="f:{name}")
        def f(name):
            calls.append(name)
            if len(calls) <= 2:
                barrier.wait(30)
            return f("b" if name == "a" else "a")

        results = self.together(lambda: f("a"), lambda: f("b"))
        self.assertTrue(all(isinstance(one, errors.StateError) for one in results), results)

    def test_of_threads(self):
        for size in (2, 3, 7):
            with self.subTest(size):
                names = [f"{size}:{i}" for i in range(size)]
                barrier = threading.Barrier(size)
                calls = [
                    self.needs(names[i], names[(i + 1) % size], barrier, self.cache.get_or_set)
                    for i in range(size)
                ]
                self.check(self.together(*calls), *names)

    def test_of_batches(self):
        def many(key, load):
            return self.cache.get_or_set_many([key], lambda ids: {key: load()})[key]

        barrier = threading.Barrier(2)
        calls = [self.needs("a", "b", barrier, many), self.needs("b", "a", barrier, many)]
        self.check(self.together(*calls), "a", "b")

    def test_of_stores(self):
        other = Cache(hard=HARD)
        barrier = threading.Barrier(2)

        def load(into, key):
            barrier.wait(30)
            return into.get_or_set(key, lambda: 1)

        results = self.together(
            lambda: self.cache.get_or_set("a", lambda: load(other, "b")),
            lambda: other.get_or_set("b", lambda: load(self.cache, "a")),
        )
        self.check(results, "a", "b")

    def test_of_tasks(self):
        async def one(first, second, others):
            async def load():
                others.append(first)
                while len(others) < 3:
                    await asyncio.sleep(0)
                return await self.cache.aget_or_set(second, self.value)

            return await self.cache.aget_or_set(first, load)

        async def main():
            others = []
            pairs = [("a", "b"), ("b", "c"), ("c", "a")]
            return await asyncio.wait_for(
                asyncio.gather(*(one(*pair, others) for pair in pairs), return_exceptions=True), 60
            )

        self.check(asyncio.run(main()), "a", "b", "c")

    @staticmethod
    async def value():
        return 1

    def test_of_a_thread_and_a_task(self):
        barrier = threading.Barrier(2)

        def task():
            async def load():
                await asyncio.to_thread(barrier.wait, 30)
                return await self.cache.aget_or_set("b", self.value)

            return asyncio.run(self.cache.aget_or_set("a", load))

        call = self.needs("b", "a", barrier, self.cache.get_or_set)
        self.check(self.together(task, call), "a", "b")

    def test_through_child_tasks(self):
        async def main():
            async def load():
                return await asyncio.gather(
                    self.cache.aget_or_set("other", self.value),
                    self.cache.aget_or_set("k", self.value),
                )

            return await self.cache.aget_or_set("k", load)

        with self.refused("k", "k"):
            asyncio.run(main())

    def test_through_a_thread_that_has_the_context(self):
        def load():
            context = contextvars.copy_context()
            with ThreadPoolExecutor(1) as pool:
                call = pool.submit(context.run, self.cache.get_or_set, "k", lambda: 1)
                return call.result(60)

        with self.refused("k", "k"):
            self.cache.get_or_set("k", load)

        async def handed():
            return await asyncio.to_thread(self.cache.get_or_set, "t", lambda: 1)

        with self.refused("t", "t"):
            asyncio.run(self.cache.aget_or_set("t", handed))

    def test_a_task_that_outlives_its_computation_may_wait(self):
        async def main():
            tasks, go = [], asyncio.Event()

            async def later():
                await go.wait()
                return await self.cache.aget_or_set("k", self.value)

            async def load():
                tasks.append(asyncio.create_task(later()))
                return 1

            self.cache.delete("k")
            await self.cache.aget_or_set("k", load)
            self.cache.delete("k")

            async def slow():
                go.set()
                while not self.cache.explain("k")["computing"]["waiting"]:
                    await asyncio.sleep(0)
                return 2

            return await self.cache.aget_or_set("k", slow), await tasks[0]

        self.assertEqual(asyncio.run(main()), (2, 2))

    def test_of_a_batch_that_waits_for_something_else(self):
        """It is a batch's turn with y while it waits for x, which needs y."""
        inside, go = threading.Event(), threading.Event()

        def x():
            go.wait(30)
            return self.cache.get_or_set("y", lambda: 2) + 1

        def slow():
            inside.set()
            go.wait(30)
            return 1

        def batch():
            inside.wait(30)
            self.wait_for(lambda: "computing" in self.cache.explain("x"))
            return self.cache.get_or_set_many(["x", "y"], lambda ids: {one: 3 for one in ids})

        def writer():
            self.wait_for(lambda: self.waiting("x") and self.waiting("y"))
            self.cache.delete("y")
            go.set()

        results = self.together(
            lambda: self.cache.get_or_set("x", x),
            lambda: self.cache.get_or_set("y", slow),
            batch,
            writer,
        )
        self.assertEqual(results[:3], [3, 1, {"x": 3, "y": 2}])

    def waiting(self, key):
        return self.cache.explain(key).get("computing", {}).get("waiting")

    def test_what_needs_only_greater_keys_is_never_refused(self):
        def get(i):
            def load():
                return sum(get(j) for j in range(i + 1, min(i + 4, 12))) + 1

            return self.cache.get_or_set(f"{i}", load)

        results = self.together(*[lambda i=i: get(i % 12) for i in range(16)])
        self.assertFalse([one for one in results if not isinstance(one, int)])


class HitForMiss(Waiting):
    """Each of `count` callers computes for itself: all are in the function at once."""

    def crowd(self, count, get, value, first=None):
        calls, leader = [], threading.Event()
        crowd = threading.Barrier(count)

        def load():
            calls.append(1)
            if len(calls) == 1:
                leader.set()
                self.wait_for(lambda: self.cache.stats()["waits"] >= before + count)
                return (first or value)()
            crowd.wait(30)  # not one after the other
            return value()

        before = self.cache.stats()["waits"]

        def follow():
            leader.wait(30)
            return get(load)

        results = self.together(lambda: get(load), *[follow] * count)
        self.assertEqual(len(calls), count + 1)
        return results

    def test_store_if_said_no(self):
        results = self.crowd(
            4,
            lambda load: self.cache.get_or_set("k", load, store_if=lambda value: value > 1),
            lambda: 1,
        )
        self.assertEqual(results, [1] * 5)
        self.assertNotIn("k", self.cache)

    def test_an_error_with_retry(self):
        def fail():
            raise ZeroDivisionError

        results = self.crowd(3, lambda load: self.cache.get_or_set("k", load), lambda: 1, fail)
        self.assertIsInstance(results[0], ZeroDivisionError)
        self.assertEqual(results[1:], [1] * 3)
        self.assertEqual(self.cache.get("k"), 1)

    def test_what_the_serializer_cannot_hold(self):
        self.cache = Cache(hard=HARD, serializer="json")
        value = object()
        with self.assertLogs("coffer", "WARNING") as logs:
            results = self.crowd(3, lambda load: self.cache.get_or_set("k", load), lambda: value)
        self.assertEqual(results, [value] * 4)
        self.assertEqual(len(logs.output), 1, "once is enough")

    def test_what_is_too_large(self):
        self.cache = Cache(hard=HARD, max_value=100, serializer="json")
        with self.assertLogs("coffer", "WARNING"):
            results = self.crowd(
                3, lambda load: self.cache.get_or_set("k", load), lambda: "x" * 1000
            )
        self.assertEqual(results, ["x" * 1000] * 4)

    def test_of_a_batch(self):
        results = self.crowd(
            3,
            lambda load: self.cache.get_or_set_many(
                ["k"], lambda ids: {"k": load()}, store_if=lambda value: False
            ),
            lambda: 1,
        )
        self.assertEqual(results, [{"k": 1}] * 4)

    def test_of_tasks(self):
        async def main():
            calls, inside = [], []

            async def load():
                calls.append(1)
                if len(calls) == 1:
                    while self.cache.stats()["waits"] < 4:
                        await asyncio.sleep(0)
                    return 0
                inside.append(1)
                while len(inside) < 4:  # all of them at once
                    await asyncio.sleep(0)
                return len(calls)

            get = self.cache.aget_or_set
            return await asyncio.wait_for(
                asyncio.gather(*(get("k", load, store_if=bool) for _ in range(5))), 60
            )

        self.assertEqual(asyncio.run(main()), [0] + [5] * 4)

    def test_for_a_while_nobody_waits(self):
        self.cache.get_or_set("k", lambda: 0, store_if=bool)
        self.assertGreater(self.cache.explain("k")["unqueued_for"], 0)
        barrier = threading.Barrier(3)  # broken if one waits for another
        call = lambda: self.cache.get_or_set("k", lambda: barrier.wait(30) and 0, store_if=bool)
        self.together(call, call, call)
        self.assertEqual(self.cache.get_or_set("k", lambda: 1), 1)
        self.cache.delete("k")
        self.assertNotIn("unqueued_for", self.cache.explain("k"))

    def test_the_time_is_an_option(self):
        cache = self.cache.with_options(hit_for_miss=0)
        cache.get_or_set("k", lambda: 0, store_if=bool)
        self.assertNotIn("unqueued_for", cache.explain("k"))

    def test_a_ttl_of_nothing_is_shared_with_who_waits(self):
        """Nothing is stored, but it is an answer: one computation serves all that wait for it."""
        calls, inside = [], threading.Event()

        def load():
            calls.append(1)
            inside.set()
            self.wait_for(lambda: self.cache.stats()["waits"] >= 2)
            return 1

        def follow():
            inside.wait(30)
            return self.cache.get_or_set("k", load, 0)

        results = self.together(lambda: self.cache.get_or_set("k", load, 0), follow, follow)
        self.assertEqual((results, calls), ([1] * 3, [1]))


class Odd(Exception):
    """Its __init__ does not take its args."""

    def __init__(self, name, *, code):
        super().__init__(f"{name}: {code}")
        self.code = code


class Failures(Waiting):
    """Those who wait by on_error="fail" get the leader's kind of error."""

    def failing(self, original, get):
        inside = threading.Event()

        def load():
            inside.set()
            self.wait_for(lambda: self.cache.stats()["waits"] >= before + 2)
            raise original

        before = self.cache.stats()["waits"]

        def follow():
            inside.wait(30)
            return get(load)

        leader, *others = self.together(lambda: get(load), follow, follow)
        self.assertIs(leader, original)
        for other in others:
            self.assertIs(type(other), type(original))
            self.assertIsNot(other, original)
            self.assertIs(other.__cause__, original)
            self.assertEqual(str(other), str(original))
            self.assertEqual(vars(other), vars(original))
        self.assertIsNot(*others)

    def test_of_threads(self):
        for original in (
            ValueError("no"),
            KeyError("k"),
            FileNotFoundError(2, "no such file", "name"),
            UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"),
            Odd("x", code=7),
            errors.StateError("closed"),
            errors.TooLargeError("too large"),
        ):
            with self.subTest(type(original).__name__):
                self.failing(
                    original, lambda load: self.cache.get_or_set("k", load, on_error="fail")
                )

    def test_of_batches(self):
        def get(load):
            return self.cache.get_or_set_many(["k"], lambda ids: {"k": load()}, on_error="fail")

        self.failing(ValueError("no"), get)

    def test_of_tasks(self):
        original = ValueError("no")

        async def load():
            while self.cache.stats()["waits"] < 2:
                await asyncio.sleep(0)
            raise original

        async def many(ids):
            return {"k": await load()}

        async def main():
            return await asyncio.gather(
                self.cache.aget_or_set("k", load, on_error="fail"),
                self.cache.aget_or_set("k", load, on_error="fail"),
                self.cache.aget_or_set_many(["k"], many, on_error="fail"),
                return_exceptions=True,
            )

        leader, *others = asyncio.run(main())
        self.assertIs(leader, original)
        for other in others:
            self.assertIs(type(other), ValueError)
            self.assertIs(other.__cause__, original)


if __name__ == "__main__":
    unittest.main()
