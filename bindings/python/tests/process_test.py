"""Life in real processes: fork, spawn, shutdown, interrupts, leaks."""

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import tracemalloc
import unittest

import coffer
from coffer import Cache
from coffer import _coffer

shared = Cache()


def run(source, *arguments):
    """Runs a program of its own; returns (exit code, output, errors)."""
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", textwrap.dedent(source), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def in_child(pipe):
    """For multiprocessing: uses the cache it has, in threads, too."""
    threads = [threading.Thread(target=lambda i=i: shared.set(f"t{i}", i)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    value = shared.get_or_set("computed", lambda: os.getpid())
    pipe.send((shared.get("before"), value == os.getpid(), shared.get("t3")))


class Fork(unittest.TestCase):
    def test_the_child_has_a_copy(self):
        shared.set("before", 1)
        for method in ("fork", "spawn"):
            context = multiprocessing.get_context(method)
            ours, theirs = context.Pipe()
            child = context.Process(target=in_child, args=(theirs,))
            child.start()
            self.assertTrue(ours.poll(60), method)
            before = 1 if method == "fork" else None
            self.assertEqual(ours.recv(), (before, True, 3))
            child.join(60)
            self.assertEqual(child.exitcode, 0)
        self.assertIsNone(shared.get("t3"))

    def test_fork_while_threads_work(self):
        code, out, errors = run(
            """
            import os, sys, threading
            import coffer
            cache = coffer.Cache("memory://?capacity=100")
            stop = threading.Event()
            def work():
                i = 0
                while not stop.is_set():
                    i += 1
                    cache.set(f"k{i % 200}", [i])
                    cache.get(f"k{i % 150}")
                    cache.get_or_set(f"c{i % 50}", lambda: i, ttl="1ms", stale="1s")
            threads = [threading.Thread(target=work) for _ in range(3)]
            for thread in threads: thread.start()
            for _ in range(10):
                child = os.fork()
                if child == 0:
                    for i in range(200):
                        cache.set(f"k{i}", i)
                        assert cache.get_or_set(f"new{i}", lambda: i) == i
                    os._exit(7 if cache.get("k199") == 199 else 1)
                assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
            stop.set()
            for thread in threads: thread.join()
            print("done")
        """
        )
        self.assertEqual((code, out), (0, "done\n"), errors)

    def test_asyncio_in_the_child(self):
        code, out, errors = run(
            """
            import asyncio, os
            import coffer
            cache = coffer.Cache()
            async def compute():
                await asyncio.sleep(0.001)
                return 5
            async def both():
                return await asyncio.gather(*(cache.aget_or_set("k", compute) for _ in range(3)))
            print(asyncio.run(both()), flush=True)
            cache.delete("k")
            if os.fork() == 0:
                print(asyncio.run(both()), flush=True)
                os._exit(0)
            os.wait()
        """
        )
        self.assertEqual((code, out), (0, "[5, 5, 5]\n" * 2), errors)


class Shutdown(unittest.TestCase):
    def test_with_work_in_the_background(self):
        code, out, errors = run(
            """
            import time
            import coffer
            runtime = coffer.Runtime(clock="manual")
            cache = coffer.Cache(runtime=runtime)
            @cache(ttl=1, stale=100)
            def f():
                time.sleep(0.05)
                return [1]
            f()
            runtime.advance(2)
            print(f())
        """
        )
        self.assertEqual((code, out, errors), (0, "[1]\n", ""))

    def test_with_objects_whose_end_runs_code(self):
        code, out, errors = run(
            """
            import coffer
            class Loud:
                def __del__(self):
                    print("gone")
            cache = coffer.Cache()
            cache.set("k", Loud())
            cache.set("cycle", cache)
            def use():
                local = coffer.Cache()
                local.set("k", Loud())
            use()
        """
        )
        self.assertEqual(code, 0, errors)
        self.assertIn("gone", out)
        self.assertEqual(errors, "")

    def test_with_a_thread_that_waits(self):
        code, out, errors = run(
            """
            import threading, time
            import coffer
            cache = coffer.Cache()
            started = threading.Event()
            def slow():
                started.set()
                time.sleep(60)
            threading.Thread(target=lambda: cache.get_or_set("k", slow), daemon=True).start()
            started.wait()
            threading.Thread(target=lambda: cache.get_or_set("k", slow), daemon=True).start()
            time.sleep(0.05)
            print("end")
        """
        )
        self.assertEqual((code, out), (0, "end\n"), errors)


class Interrupts(unittest.TestCase):
    def test_ctrl_c_reaches_a_thread_that_waits_for_another(self):
        cache, go = Cache(), threading.Event()
        leader = threading.Thread(target=lambda: cache.get_or_set("k", lambda: go.wait(60)))
        leader.start()
        while cache.stats()["leads"] == 0:
            time.sleep(0.001)
        timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        with self.assertRaises(KeyboardInterrupt):
            cache.get_or_set("k", lambda: 2)
        go.set()
        leader.join(60)
        self.assertIs(cache.get("k"), True)

    def test_ctrl_c_within_a_computation_frees_the_key(self):
        cache = Cache()

        @cache(ttl=60)
        def slow(seconds):
            time.sleep(seconds)
            return 1

        @cache.batch
        def many(ids):
            time.sleep(60)

        for call in (
            lambda: slow(60),
            lambda: cache.get_or_set("k", lambda: time.sleep(60)),
            lambda: many([1, 2]),
        ):
            timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT))
            timer.start()
            with self.assertRaises(KeyboardInterrupt):
                call()
            timer.join()
        self.assertEqual(cache.get_or_set("k", lambda: 2), 2)
        slow.key(60).set(3)
        self.assertEqual(slow(60), 3)
        self.assertEqual(cache.get_or_set(many.key(1).bytes.decode(), lambda: 4), 4)


class Leaks(unittest.TestCase):
    def test_nothing_grows(self):
        runtime = coffer.Runtime(clock="manual", housekeeping=0)
        cache = Cache("memory://?capacity=10&shards=1&strategy=lru", runtime=runtime)
        text = Cache("memory://?capacity=10", runtime=runtime, serializer="json")
        f = cache(tags=["t{x}"], ttl=5)(lambda x: [x])
        batch = cache.batch(lambda ids: {i: [i] for i in ids})

        def use(i):
            cache.set(
                "k", [i], 5, tags=["a"]
            )  # text would leave scanners of `re` behind, which it keeps for a while
            cache.get("k"), cache.get("none"), cache.get_versioned("k"), cache.exists(
                "k"
            ), cache.ttl("k")
            cache.set_many({"a": [i], "b": None})
            cache.get_many(["a", "b", "c"])
            cache.delete("a"), cache.incr("n"), cache.touch("k", 3), cache.stats(), cache.describe()
            list(cache.keys())
            text.set("k", {"a": [i, 1.5, None, "é"]})
            text.get("k")
            f(i % 5), f.refresh(1), f.invalidate(1), f.key(2), batch([1, 2])
            for wrong in (
                lambda: cache.get(1),
                lambda: text.set("k", object()),
                lambda: Cache("none://"),
                lambda: cache.get_or_set("x", lambda: 1 // 0),
                lambda: f(object()),
            ):
                try:
                    wrong()
                except Exception:  # noqa: BLE001, S110: what they raise is for other tests
                    pass
            with cache.transaction():
                cache.invalidate_tag("a")
            cache.namespace("n").set("k", 1)

        def settle():
            gc.collect()
            _coffer.drain()

        def grown():
            """Bytes after 200 more rounds."""
            before = tracemalloc.get_traced_memory()[0]
            for i in range(200):
                use(i)
            settle()
            return tracemalloc.get_traced_memory()[0] - before

        for i in range(200):
            use(i)
        settle()
        tracemalloc.start()
        objects = len(gc.get_objects())
        # The interpreter's own tables grow now and then; what leaks grows each time.
        grew = [grown() for _ in range(3)]
        tracemalloc.stop()
        self.assertLess(len(gc.get_objects()) - objects, 100)
        self.assertLess(min(grew), 10_000, grew)

    def test_references_are_balanced(self):
        cache, value = Cache(), object()
        key = "a key of its own"
        before = sys.getrefcount(value), sys.getrefcount(key), sys.getrefcount(None)
        for _ in range(1000):
            cache.set(key, value)
            cache.get(key), cache.get_many([key]), cache.get_versioned(key)
            cache.get("none"), cache.exists(key), cache.set("n", None), cache.get("n")
        cache.clear()
        cache.delete(key)
        del cache
        gc.collect()
        _coffer.drain()
        after = sys.getrefcount(value), sys.getrefcount(key), sys.getrefcount(None)
        self.assertEqual(after[:2], before[:2])
        self.assertLess(abs(after[2] - before[2]), 50)


if __name__ == "__main__":
    unittest.main()
