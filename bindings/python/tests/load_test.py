"""Computing once, staleness, tags, rows and transactions, in threads."""

import threading
import time
import unittest

from coffer import MISS, Cache, Rows, Runtime, errors
from coffer import _background


class LoadTest(unittest.TestCase):
    def setUp(self):
        self.runtime = Runtime(clock="manual", housekeeping=0)
        self.cache = Cache(runtime=self.runtime)

    def threads(self, count, run):
        results = [None] * count

        def one(i):
            try:
                results[i] = run()
            except BaseException as error:  # noqa: BLE001: the test looks at it
                results[i] = error

        threads = [threading.Thread(target=one, args=(i,)) for i in range(count)]
        for thread in threads:
            thread.start()
        return threads, results

    @staticmethod
    def join(threads):
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive(), "a thread hangs"

    def settle(self):
        """Waits for what runs in the background."""
        if _background._pool is not None:
            for done in [_background._pool.submit(lambda: None) for _ in range(8)]:
                done.result(30)

    def wait_for(self, condition):
        for _ in range(3000):
            if condition():
                return
            time.sleep(0.01)
        self.fail("it did not happen in 30 s")


class Once(LoadTest):
    def test_threads_share_one_computation(self):
        started, go, calls = threading.Event(), threading.Event(), []

        @self.cache
        def f(x):
            calls.append(x)
            started.set()
            go.wait(30)
            return [x]

        threads, results = self.threads(8, lambda: f(1))
        started.wait(30)
        self.wait_for(lambda: self.cache.stats()["waits"] >= 7)
        go.set()
        self.join(threads)
        self.assertEqual(calls, [1])
        self.assertTrue(all(result is results[0] for result in results), results)

    def test_different_keys_do_not_wait_for_each_other(self):
        @self.cache
        def f(x):
            return f(x - 1) + 1 if x else 0

        self.assertEqual(f(50), 50)

    def test_without_lock_nobody_waits(self):
        go, inside = threading.Event(), []

        @self.cache(lock=False)
        def f(x):
            inside.append(x)
            go.wait(30)
            return x

        threads, results = self.threads(3, lambda: f(1))
        self.wait_for(lambda: len(inside) == 3)
        go.set()
        self.join(threads)
        self.assertEqual(results, [1, 1, 1])

    def test_after_a_failure_the_next_in_line_computes(self):
        started, go, calls = threading.Event(), threading.Event(), []

        @self.cache
        def f():
            calls.append(1)
            if len(calls) == 1:
                started.set()
                go.wait(30)
                raise ZeroDivisionError
            return 7

        threads, results = self.threads(4, f)
        started.wait(30)
        self.wait_for(lambda: self.cache.stats()["waits"] >= 3)
        go.set()
        self.join(threads)
        self.assertEqual(sum(isinstance(result, ZeroDivisionError) for result in results), 1)
        self.assertEqual(results.count(7), 3)
        self.assertLessEqual(len(calls), 4)  # they retry side by side; see waiting_test

    def test_on_error_fail_gives_the_failure_to_all(self):
        started, go, calls = threading.Event(), threading.Event(), []

        @self.cache(on_error="fail")
        def f():
            calls.append(1)
            started.set()
            go.wait(30)
            raise ZeroDivisionError("no luck")

        threads, results = self.threads(3, f)
        started.wait(30)
        self.wait_for(lambda: self.cache.stats()["waits"] >= 2)
        go.set()
        self.join(threads)
        self.assertEqual(len(calls), 1)
        self.assertTrue(all(isinstance(result, ZeroDivisionError) for result in results), results)

    def test_an_interrupt_in_the_function_frees_the_key(self):
        def interrupted():
            raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            self.cache.get_or_set("k", interrupted)
        self.assertEqual(self.cache.get_or_set("k", lambda: 1), 1)

    def test_get_or_set(self):
        self.assertEqual(self.cache.get_or_set("k", lambda: 1, "5s", tags=["t"]), 1)
        self.assertEqual(self.cache.get_or_set("k", lambda: 2), 1)
        self.assertEqual(self.cache.ttl("k"), 5)
        with self.cache.disabled():
            self.assertEqual(self.cache.get_or_set("k", lambda: 3), 3)
        with self.assertRaises(errors.ArgumentError):
            self.cache.get_or_set("k", lambda: 1, on_error="perhaps")
        for ttl in ([1], True):
            with self.assertRaisesRegex(TypeError, "ttl is"):
                self.cache.get_or_set("k", lambda: 1, ttl)
        with self.assertRaisesRegex(TypeError, "tll"):
            self.cache.get_or_set("k", lambda: 1, tll=1)

    def test_batches_of_threads_meet(self):
        calls, lock = [], threading.Lock()

        @self.cache.batch
        def f(ids):
            with lock:
                calls.extend(ids)
            time.sleep(0.01)
            return {i: i for i in ids}

        threads, results = self.threads(8, lambda: f(list(range(20))))
        self.join(threads)
        self.assertEqual(results, [{i: i for i in range(20)}] * 8)
        self.assertEqual(sorted(calls), list(range(20)))


class Stale(LoadTest):
    def test_a_stale_value_is_served_while_a_new_one_is_computed(self):
        calls = []

        @self.cache(ttl=10, stale=100)
        def f():
            calls.append(1)
            return len(calls)

        self.assertEqual(f(), 1)
        self.runtime.advance(11)
        self.assertEqual(f(), 1)
        self.settle()
        self.wait_for(lambda: f() == 2)
        self.assertEqual(len(calls), 2)

    def test_beyond_its_grace_it_is_computed(self):
        calls = []
        f = self.cache(ttl=10, stale=100)(lambda: calls.append(1) or len(calls))
        f()
        self.runtime.advance(111)
        self.assertEqual(f(), 2)

    def test_a_failed_refresh_leaves_the_stale_value(self):
        calls = []

        @self.cache(ttl=10, stale=100)
        def f():
            calls.append(1)
            if len(calls) > 1:
                raise ZeroDivisionError
            return 1

        f()
        self.runtime.advance(11)
        with self.assertLogs("coffer", "WARNING"):
            self.assertEqual(f(), 1)
            self.settle()
        self.assertEqual(f(), 1)
        self.assertEqual(len(calls), 2)

    def test_costly_results_are_computed_anew_early(self):
        for early, expected in (
            (1e9, 2),
            (0, 1),
        ):  # 1e9: as good as certain, for the draw is at random
            calls = []

            @self.cache(ttl=100, early=early, name=f"f{early}")
            def f():
                calls.append(1)
                self.runtime.advance(1)  # what it costs
                return len(calls)

            self.assertEqual(f(), 1)
            self.runtime.advance(50)
            self.assertEqual(f(), 1)
            self.settle()
            if early:
                self.wait_for(lambda: len(calls) == expected)
            self.assertEqual(f(), expected)
            self.assertEqual(f.stats()["misses"], 1)

    def test_refresh_computes_in_the_caller(self):
        calls = []
        f = self.cache(ttl=10, stale=100)(lambda: calls.append(1) or len(calls))
        f()
        self.runtime.advance(11)
        self.assertEqual(f.refresh(), 2)
        self.assertEqual(f(), 2)


class Freshness(LoadTest):
    def test_tags(self):
        calls = []

        @self.cache(tags=["user:{user_id}", "users"])
        def f(user_id):
            calls.append(user_id)
            return user_id

        f(1), f(2)
        self.cache.invalidate_tag("user:1")
        f(1), f(2)
        self.assertEqual(calls, [1, 2, 1])
        f.invalidate_tag("users")
        f(1), f(2)
        self.assertEqual(calls, [1, 2, 1, 1, 2])

    def test_tags_by_function(self):
        f = self.cache(tags=lambda x: [f"t{x}"])(lambda x: object())
        first = f(1)
        self.cache.invalidate_tag("t1")
        self.assertIsNot(f(1), first)

    def test_tags_of_a_plain_set(self):
        self.cache.set("k", 1, tags=["a", "b"])
        self.assertEqual(self.cache.get("k"), 1)
        self.cache.invalidate_tag("b")
        self.assertIs(self.cache.get("k", MISS), MISS)
        with self.assertRaises(TypeError):
            self.cache.set("k", 1, tags="ab")

    def test_no_stale_write(self):
        """What was computed before an invalidation is its own caller's, and nobody else's."""
        calls = []

        @self.cache(tags=["t"])
        def f():
            calls.append(1)
            if len(calls) == 1:
                self.cache.invalidate_tag("t")
            return len(calls)

        self.assertEqual(f(), 1)
        self.assertEqual(f(), 2)
        self.assertEqual(f(), 2)
        self.assertEqual(self.cache.stats()["superseded"], 1)

    def test_invalidating_a_key_ends_its_computation(self):
        @self.cache
        def f():
            f.invalidate()
            return object()

        self.assertIsNot(f(), f())

    def test_rows(self):
        calls = []

        @self.cache(rows=lambda author: [Rows.where("books", author=author)])
        def f(author):
            calls.append(author)
            return author

        f(1), f(2)
        self.cache.row_changed("books", None, {"author": 1, "title": "x"})
        f(1), f(2)
        self.assertEqual(calls, [1, 2, 1])
        self.cache.row_changed("books", {"author": 2}, {"author": 3})
        f(1), f(2)
        self.assertEqual(calls, [1, 2, 1, 2])
        self.cache.invalidate_rows("books")
        f(1), f(2)
        self.assertEqual(calls, [1, 2, 1, 2, 1, 2])
        with self.assertRaises(ValueError):
            self.cache.row_changed("books", None, None)

    def test_values_of_rows_agree_however_they_are_written(self):
        import datetime
        import decimal
        import uuid

        for one, other in (
            (1, 1.0),
            (decimal.Decimal("1.5"), decimal.Decimal("1.50")),
            (2**64 - 1, 2**64 - 1),
            (2**70, 2**70),
            (None, None),
            (True, True),
            ("x", "x"),
            (b"x", b"x"),
            (datetime.date(2024, 1, 2),) * 2,
            (datetime.datetime(2024, 1, 2, 3),) * 2,
            (datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone.utc),) * 2,
            (datetime.time(1, 2, 3),) * 2,
            (uuid.UUID(int=5),) * 2,
        ):
            self.cache.set("k", 1, rows=[Rows("t", {"c": one})])
            self.cache.row_changed("t", {"c": "no such value"}, None)
            self.assertEqual(self.cache.get("k"), 1, one)
            self.cache.row_changed("t", {"c": other}, None)
            self.assertIs(self.cache.get("k", MISS), MISS, one)
        with self.assertRaises(TypeError):
            self.cache.set("k", 1, rows=[Rows("t", {"c": object()})])

    def test_explain(self):
        self.cache.set("k", 1, tags=["t"])
        self.assertIsInstance(self.cache.explain("k"), dict)

    def test_no_invalidation(self):
        self.cache.set("k", 1, tags=["t"])
        with self.cache.no_invalidation():
            self.cache.invalidate_tag("t")
            self.cache.row_changed("t", {"a": 1}, None)
            self.cache.invalidate_rows("t")
            self.assertFalse(self.cache.invalidate("k"))
        self.assertEqual(self.cache.get("k"), 1)
        self.cache.invalidate_tag("t")
        self.assertIsNone(self.cache.get("k"))


class Transactions(LoadTest):
    def test_events_wait_for_the_commit(self):
        self.cache.set_many({"k": 1, "d": 1})
        self.cache.set("t", 1, tags=["t"])
        with self.cache.transaction():
            self.cache.invalidate_tag("t")
            self.assertTrue(self.cache.invalidate("d"))
            self.assertEqual(self.cache.get_many(["t", "d"]), {"t": 1, "d": 1})
        self.assertEqual(self.cache.get_many(["t", "d", "k"]), {"k": 1})

    def test_an_exception_drops_them(self):
        self.cache.set("t", 1, tags=["t"])
        with self.assertRaises(ZeroDivisionError):
            with self.cache.transaction():
                self.cache.invalidate_tag("t")
                1 // 0
        self.assertEqual(self.cache.get("t"), 1)

    def test_savepoints(self):
        self.cache.set("a", 1, tags=["a"])
        self.cache.set("b", 1, tags=["b"])
        with self.cache.transaction():
            self.cache.invalidate_tag("a")
            with self.assertRaises(ZeroDivisionError):
                with self.cache.transaction():
                    self.cache.invalidate_tag("b")
                    1 // 0
        self.assertEqual(self.cache.get_many(["a", "b"]), {"b": 1})

    def test_a_dirty_transaction_bypasses_the_cache(self):
        calls = []
        f = self.cache(lambda: calls.append(1) or len(calls))
        f()
        self.cache.set("k", 1)
        with self.cache.transaction() as txn:
            self.assertEqual((f(), self.cache.get("k")), (1, 1))
            txn.mark_dirty()
            self.assertTrue(txn.dirty)
            self.assertEqual(
                (f(), f(), self.cache.get("k"), self.cache.exists("k")), (2, 3, None, False)
            )
            self.cache.set("k", 2)
            self.assertEqual(self.cache.get_or_set("k", lambda: 9), 9)
        self.assertEqual((f(), self.cache.get("k")), (1, 1))

    def test_other_threads_are_not_within(self):
        self.cache.set("k", 1)
        with self.cache.transaction() as txn:
            txn.mark_dirty()
            threads, results = self.threads(1, lambda: self.cache.get("k"))
            self.join(threads)
        self.assertEqual(results, [1])


if __name__ == "__main__":
    unittest.main()
