"""CofferBackend as a backend of dogpile.cache: values, serializers, keys and locks."""

import functools
import json
import pickle
import threading
import time
import unittest
from unittest import mock

from dogpile.cache import make_region
from dogpile.cache.api import NO_VALUE, CacheMutex, CachedValue
from dogpile.cache.util import sha1_mangle_key

from coffer import Cache, Runtime
from coffer.contrib._mutex import StoreMutex
from coffer.contrib.dogpile import CofferBackend

URLS = (
    "memory://", "memory://?codec=zstd", "memory://?serializer=msgpack", "memory://?serializer=json",
    "memory://?serializer=yaml", "memory://?serializer=pickle", "memory://?serializer=protobuf",
    "memory://?serializer=pickle!",
)  # fmt: skip


def region(url="memory://", how=(), **arguments):
    return make_region(**dict(how)).configure(
        "coffer", expiration_time=60, arguments={"url": url, **arguments}
    )


def each_url(test):
    @functools.wraps(test)
    def tests(self):
        for url in URLS:
            with self.subTest(url=url):
                test(self, url)

    return tests


class Values(unittest.TestCase):
    @each_url
    def test_values_and_what_is_known_of_them(self, url):
        cached = region(url)
        for value in ({"a": [1, None]}, "text", 5, None, [], ["a", "b"]):
            self.assertEqual(cached.get_or_create("k", lambda: value), value)
            self.assertEqual(cached.get_or_create("k", lambda: "anew"), value)
            found = cached.backend.get("k")
            self.assertIs(type(found), CachedValue)
            self.assertEqual((found.payload, found.metadata["v"]), (value, 2))
            self.assertAlmostEqual(found.metadata["ct"], time.time(), delta=60)
            cached.delete("k")
        self.assertIs(cached.get("k"), NO_VALUE)

    @each_url
    def test_many_values(self, url):
        cached = region(url)
        cached.set_multi({"a": [1], "b": None})
        self.assertEqual(cached.get_multi(["a", "none", "b"]), [[1], NO_VALUE, None])
        made = cached.get_or_create_multi(["a", "c"], lambda *keys: [key * 2 for key in keys])
        self.assertEqual(made, [[1], "cc"])
        cached.delete_multi(["a", "none"])
        self.assertEqual(
            (cached.get_multi(["a", "b"]), cached.get_multi([])), ([NO_VALUE, None], [])
        )
        cached.set_multi({})

    @each_url
    def test_serializer_of_the_region(self, url):
        for dumps, loads in (
            (lambda value: json.dumps(value).encode(), json.loads),
            (pickle.dumps, pickle.loads),
        ):
            cached = region(url, how={"serializer": dumps, "deserializer": loads})
            cached.set("k", {"a": [1, None]})
            cached.set_multi({"l": [2]})
            self.assertEqual(cached.get_multi(["k", "l", "m"]), [{"a": [1, None]}, [2], NO_VALUE])
            raw = cached.backend.get_serialized("k")
            self.assertIs(type(raw), bytes)
            self.assertEqual(loads(raw[raw.index(b"|") + 1 :]), {"a": [1, None]})

    @each_url
    def test_bytes_stay_as_they_are(self, url):
        backend = CofferBackend({"url": url})
        for value in (b"", b"some value", b"12", b"007", b"-0", b"=", bytes(range(256))):
            backend.set_serialized("k", value)
            backend.set_serialized_multi({"l": value})
            self.assertEqual(backend.get_serialized("k"), value)
            self.assertEqual(
                backend.get_serialized_multi(["k", "l", "m"]), [value, value, NO_VALUE]
            )

    @each_url
    def test_functions(self, url):
        calls = []

        @region(url).cache_on_arguments()
        def f(x):
            calls.append(x)
            return {"x": x}

        self.assertEqual((f(1), f(1), calls), ({"x": 1}, {"x": 1}, [1]))
        f.invalidate(1)
        f.set({"x": "set"}, 2)
        self.assertEqual((f(1), f(2), f.get(3), calls), ({"x": 1}, {"x": "set"}, NO_VALUE, [1, 1]))
        self.assertEqual(f.refresh(2), {"x": 2})

    def test_expiration(self):
        cached = make_region().configure("coffer", expiration_time=10)
        cached.set("k", 1)
        with mock.patch("time.time", return_value=time.time() + 11):
            self.assertIs(cached.get("k"), NO_VALUE)
            self.assertEqual(cached.get("k", ignore_expiration=True), 1)
            self.assertEqual(cached.get_or_create("k", lambda: 2), 2)
            cached.invalidate()
        runtime = Runtime(clock="manual", housekeeping=0)
        dropped = region(expiration_time=5, runtime=runtime)
        dropped.set("k", 1)
        runtime.advance(6)
        self.assertIs(dropped.get("k", ignore_expiration=True), NO_VALUE)
        region(expiration_time=10**30).set("k", 1)

    def test_cache_of_ones_own(self):
        own = Cache()
        cached = make_region().configure("coffer", arguments={"cache": own})
        value = [1]
        cached.set("k", value)
        self.assertIs(cached.get("k"), value)
        self.assertTrue(own.exists("k"))


class Keys(unittest.TestCase):
    @each_url
    def test_keys_of_many_kinds(self, url):
        backend = CofferBackend({"url": url})
        keys = [
            "",
            "k",
            b"k",
            "5",
            5,
            "x" * 100_000,
            "y" * 100_000,
            b"x" * 100_000,
            (1, "a"),
            "a b\n",
            "\ud800",
            "☃",
        ]
        for i, key in enumerate(keys):
            backend.set(key, CachedValue(i, {}))
        self.assertEqual(
            [value.payload for value in backend.get_multi(keys)], list(range(len(keys)))
        )
        backend.delete_multi(keys[1:])
        self.assertEqual([backend.get(key) is NO_VALUE for key in keys], [False] + [True] * 11)

    def test_key_manglers(self):
        for mangler in (sha1_mangle_key, lambda key: "p:" + key, lambda key: key.encode()):
            cached = region(how={"key_mangler": mangler})
            cached.set("k" * 300, 1)
            self.assertEqual(cached.get_or_create("k" * 300, lambda: 2), 1)
            self.assertEqual(cached.get_multi(["k" * 300]), [1])
            cached.delete("k" * 300)
            self.assertIs(cached.get("k" * 300), NO_VALUE)


class Locks(unittest.TestCase):
    def mutexes(self, **arguments):
        """Three makers of locks: of a backend, of backends that share a store, and in the store
        itself.
        """
        backend = CofferBackend({"url": "memory://", **arguments})
        timeout = arguments.get("lock_timeout")
        yield backend.get_mutex
        yield lambda key: CofferBackend({"url": "memory://locks", **arguments}).get_mutex(key)
        yield lambda key: StoreMutex(backend.cache, "_lock" + key, timeout, 0.001)

    def test_mutex(self):
        for make in self.mutexes():
            mutex = make("k")
            self.assertIsInstance(mutex, CacheMutex)
            self.assertFalse(mutex.locked())
            self.assertTrue(mutex.acquire())
            self.assertTrue(mutex.locked())
            self.assertFalse(mutex.acquire(False))
            again, other = make("k"), make("other")
            self.assertFalse(again.acquire(False))
            self.assertTrue(again.locked())
            self.assertTrue(other.acquire(False))
            other.release()
            mutex.release()
            self.assertTrue(again.acquire(wait=True))
            again.release()

    def test_mutex_of_many_threads(self):
        for make in self.mutexes():
            inside, most = [], []

            def work():
                for _ in range(5):
                    mutex = make("k")
                    mutex.acquire()
                    inside.append(1)
                    most.append(len(inside))
                    time.sleep(0.001)
                    inside.pop()
                    mutex.release()

            threads = [threading.Thread(target=work) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(most, [1] * 20)

    def test_mutex_is_released_by_another_thread(self):
        for make in self.mutexes():
            mutex = make("k")
            mutex.acquire()
            thread = threading.Thread(target=mutex.release)
            thread.start()
            thread.join()
            again = make("k")
            self.assertTrue(again.acquire())
            again.release()

    def test_mutex_that_is_not_held(self):
        for make in self.mutexes():
            mutex, other = make("k"), make("k")
            other.acquire()
            with self.assertRaisesRegex(RuntimeError, "not held"):
                mutex.release()
            self.assertTrue(other.locked())
            other.release()
            with self.assertRaisesRegex(RuntimeError, "not held"):
                other.release()

    def test_mutex_lost_by_its_timeout(self):
        for make in self.mutexes(lock_timeout=0.02):
            slow, next_one = make("k"), make("k")
            slow.acquire()
            self.assertTrue(next_one.acquire())
            with self.assertRaisesRegex(RuntimeError, "not held.*lock_timeout"):
                slow.release()
        self.assertTrue(CofferBackend({"lock_timeout": 5}).has_lock_timeout())
        self.assertFalse(CofferBackend({}).has_lock_timeout())

    def test_mutex_survives_a_clear_and_evictions(self):
        backend = CofferBackend({"url": "memory://?capacity=4&shards=1"})
        mutex = backend.get_mutex("k")
        mutex.acquire()
        backend.cache.clear()
        backend.set_multi({str(i): CachedValue(i, {}) for i in range(100)})
        self.assertFalse(backend.get_mutex("k").acquire(False))
        mutex.release()

    def test_one_computes_for_all_regions(self):
        regions = [region("memory://shared-regions") for _ in range(3)]
        calls = []

        def create():
            calls.append(1)
            time.sleep(0.02)
            return len(calls)

        answers = []
        threads = [
            threading.Thread(target=lambda r=r: answers.append(r.get_or_create("k", create)))
            for r in regions
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual((answers, calls), ([1] * 3, [1]))

    def test_values_that_need_each_other(self):
        cached = region()
        self.assertEqual(
            cached.get_or_create("a", lambda: "a" + cached.get_or_create("b", lambda: "b")), "ab"
        )
        if hasattr(cached, "key_is_locked"):
            self.assertFalse(cached.key_is_locked("a"))

    def test_computation_that_fails_releases_its_lock(self):
        cached = region()
        with self.assertRaises(ZeroDivisionError):
            cached.get_or_create("k", lambda: 1 / 0)
        self.assertEqual(cached.get_or_create("k", lambda: 1), 1)


if __name__ == "__main__":
    unittest.main()
