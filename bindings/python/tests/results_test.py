"""What calling a function gives, and which results can be cached."""

import asyncio
import concurrent.futures
import contextlib
import functools
import inspect
import io
import itertools
import os
import queue
import socket
import sqlite3
import tempfile
import threading
import unittest
import warnings
from unittest import mock

from coffer import MISS, Cache

run = asyncio.run


async def square(x):
    return x * x


def plain(x):
    return x * x


def to_async(function):
    """As asgiref.sync.sync_to_async."""

    @functools.wraps(function)
    async def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


def wait_for(coroutine):
    """What the coroutine gives, in a loop of its own on another thread."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return pool.submit(run, coroutine).result()


def to_sync(function):
    """As asgiref.sync.async_to_sync."""

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return wait_for(function(*args, **kwargs))

    return wrapper


class AsyncObject:
    """As the objects of asgiref: it looks like the function it wraps, and is called by `__call__`."""

    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.function = function
        self.cache = self.key = self.stats = "its own"

    async def __call__(self, *args, **kwargs):
        return self.function(*args, **kwargs)


class SyncObject:
    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.function = function

    def __call__(self, *args, **kwargs):
        return wait_for(self.function(*args, **kwargs))


class Marked:
    """A callable that says it is a coroutine function, as inspect.markcoroutinefunction and asyncio before it."""

    def __init__(self):
        if hasattr(inspect, "markcoroutinefunction"):
            inspect.markcoroutinefunction(self)
        else:
            self._is_coroutine = asyncio.coroutines._is_coroutine

    def __call__(self, x):
        return square(x)


class Kinds(unittest.TestCase):
    def setUp(self):
        self.cache = Cache()

    def test_coroutine_functions(self):
        class Owner:
            async def method(self, x):
                return x * x

            @classmethod
            async def of_class(cls, x):
                return x * x

            @staticmethod
            async def static(x):
                return x * x

        twice = functools.partial(functools.partial(lambda y, x: square(x)), 0)
        for function in (
            square,
            to_async(plain),
            to_async(to_sync(square)),
            AsyncObject(plain),
            AsyncObject(SyncObject(square)),
            Marked(),
            functools.partial(square),
            functools.partial(functools.partial(AsyncObject(plain))),
            functools.partial(to_async(pow), exp=2),
            functools.wraps(plain)(functools.partial(square)),
            Owner().method,
            Owner().of_class,
            Owner.of_class,
            Owner().static,
            self.cache(square),
        ):
            cached = self.cache(function)

            async def calls():
                return await cached(3), await cached(3)

            self.assertTrue(inspect.iscoroutinefunction(type(cached).__call__), function)
            self.assertEqual(run(calls()), (9, 9), function)
            self.assertEqual(cached.stats()["loads"], 1, function)
        with self.assertRaisesRegex(TypeError, "coroutine cannot be cached"):
            self.cache(twice)(3)

    def test_sync_functions(self):
        for function in (
            plain,
            to_sync(square),
            to_sync(to_async(plain)),
            SyncObject(square),
            SyncObject(AsyncObject(plain)),
            functools.partial(SyncObject(square)),
            functools.partial(pow, exp=2),
            functools.lru_cache(plain),
            self.cache(plain),
        ):
            cached = self.cache(function)
            self.assertEqual((cached(3), cached(3)), (9, 9), function)
            self.assertEqual(cached.stats()["loads"], 1, function)

    def test_partial_methods(self):
        cache = self.cache

        class Owner:
            def power(self, exponent, base):
                return base**exponent

            async def apower(self, exponent, base):
                return base**exponent

            square = cache(functools.partialmethod(power, 2))
            asquare = cache(functools.partialmethod(apower, 2))

        owner = Owner()
        self.assertEqual((owner.square(3), owner.square(3), owner.square(4)), (9, 9, 16))
        self.assertEqual(run(owner.asquare(3)), 9)
        self.assertEqual(Owner.square.stats()["loads"], 2)
        with self.assertRaisesRegex(TypeError, "staticmethod"):
            cache(functools.partialmethod(staticmethod(plain), 2))

    def test_methods_written_as_functions(self):
        cache = self.cache

        class Owner:
            @cache
            @classmethod
            async def of_class(cls, x):
                return cls, x

            @staticmethod
            @cache
            async def static(x):
                return x

        self.assertEqual(run(Owner.of_class(1)), (Owner, 1))
        self.assertEqual(run(Owner().static(1)), 1)

    def test_generators_are_refused(self):
        def generator(x):
            yield x

        async def asynchronous(x):
            yield x

        class Object:
            def __call__(self, x):
                yield x

        for function in (
            generator,
            asynchronous,
            functools.partial(generator, 1),
            functools.partial(functools.partial(asynchronous, 1)),
            Object(),
            functools.partial(Object(), 1),
            functools.partialmethod(generator, 1),
        ):
            for decorator in (self.cache, self.cache.batch):
                with self.assertRaisesRegex(TypeError, "generator.*Return a list"):
                    decorator(function)
        # What makes a list of them is no generator, whatever it wraps.
        listed = functools.wraps(generator)(lambda x: list(generator(x)))
        self.assertEqual(self.cache(listed)(1), [1])

    def test_a_function_that_only_says_it_is_async(self):
        class Liar(Marked):
            def __call__(self, x):
                return x

        with self.assertRaisesRegex(TypeError, "returned a int"):
            run(self.cache(Liar())(1))

    def test_attributes_of_a_callable_object_hide_nothing(self):
        f = self.cache(AsyncObject(plain))
        run(f(1))
        self.assertEqual((f.stats()["loads"], f.cache, f.key(1).get()), (1, self.cache, 1))

    def test_wrappers_with_parameters_of_their_own(self):
        def injects(function):
            @functools.wraps(function)
            def wrapper(*args, **kwargs):
                return function("db", *args, **kwargs)

            return wrapper

        def renames(function):
            @functools.wraps(function)
            def wrapper(user_id):
                return function("db", user_id)

            return wrapper

        def load(db, number):
            return db, number

        for wrap in injects, renames:
            f = self.cache(wrap(load))
            self.assertEqual((f(1), f(2), f(1)), (("db", 1), ("db", 2), ("db", 1)))
        self.assertEqual(str(self.cache(key="user:{user_id}")(renames(load)).key(7)), "user:7")

    def test_functions_that_tell_no_signature(self):
        f = self.cache(max)
        self.assertEqual((f(1, 2), f(3, 2), f(1, 2)), (2, 3, 2))


def used_up():
    """(what makes it, how it is told) of values that nobody can get twice."""

    async def asynchronous():
        yield 1

    @contextlib.contextmanager
    def managed():
        yield 1

    class Awaitable:
        def __await__(self):
            return iter(())

    def file():
        return open(os.devnull)

    def connection():
        return socket.socket()

    def cursor():
        return sqlite3.connect(":memory:").execute("SELECT 1")

    return [
        lambda: square(1),
        lambda: (x for x in "ab"),
        asynchronous,
        lambda: iter([1]),
        lambda: map(str, [1]),
        lambda: zip([1], [2]),
        lambda: itertools.count(),
        lambda: reversed([1]),
        lambda: enumerate([1]),
        cursor,
        file,
        lambda: io.BytesIO(b"1"),
        lambda: io.StringIO("1"),
        tempfile.TemporaryFile,
        tempfile.NamedTemporaryFile,
        managed,
        Awaitable,
        threading.Lock,
        threading.RLock,
        threading.Event,
        threading.Condition,
        threading.Thread,
        connection,
        queue.Queue,
        queue.SimpleQueue,
        lambda: [(x for x in "ab")],
        lambda: {"items": ({"a": iter([1])},)},
    ]


class Refusals(unittest.TestCase):
    def setUp(self):
        warnings.simplefilter(
            "ignore"
        )  # coroutines of our own that nobody awaits, files nobody closes
        self.caches = (
            Cache(),
            Cache(serializer="json"),
            Cache(serializer="pickle!"),
            Cache(copy="clone"),
        )

    def refused(self, call):
        with self.assertRaisesRegex(TypeError, "cannot be cached"):
            call()

    def test_every_way_in_refuses(self):
        for make in used_up():
            for cache in self.caches:
                for call in (
                    lambda: cache.set("k", make()),
                    lambda: cache.set("k", make(), ttl="1m", tags=["t"]),
                    lambda: cache.add("k", make()),
                    lambda: cache.set_many({"a": 1, "k": make()}),
                    lambda: cache.get_or_set("k", make),
                    lambda: cache.get_or_set_many(["k"], lambda ids: {"k": make()}),
                    lambda: cache.get_or_set_many(["k"], lambda ids: [make()]),
                    lambda: cache(lambda: make())(),
                    lambda: cache(lambda: make(), lock=False, store_if=lambda value: False)(),
                    lambda: cache.batch(lambda ids: {one: make() for one in ids})(["k"]),
                    lambda: cache(lambda: 1).key().set(make()),
                    lambda: cache(lambda: make()).refresh(),
                ):
                    self.refused(call)
                self.assertIs(cache.get("k", MISS), MISS)

    def test_every_way_in_refuses_async(self):
        for make in used_up():

            async def load():
                return make()

            async def many(ids):
                return {one: make() for one in ids}

            for cache in self.caches[:2]:
                for call in (
                    lambda: run(cache.aset("k", make())),
                    lambda: run(cache.aadd("k", make())),
                    lambda: run(cache.aset_many({"k": make()})),
                    lambda: run(cache.aget_or_set("k", load)),
                    lambda: run(cache.aget_or_set_many(["k"], many)),
                    lambda: run(cache(load)()),
                    lambda: run(cache(load).refresh()),
                    lambda: run(cache.batch(many)(["k"])),
                ):
                    self.refused(call)
                self.assertIs(cache.get("k", MISS), MISS)

    def test_loaders_of_the_other_kind(self):
        cache = Cache()
        self.refused(lambda: cache.get_or_set("k", functools.partial(square, 2)))

        async def many(ids):
            return {}

        self.refused(lambda: cache.get_or_set_many(["k"], many))
        for call in (
            lambda: cache.aget_or_set("k", lambda: 1),
            lambda: cache.aget_or_set_many(["k"], lambda ids: {}),
        ):
            with self.assertRaisesRegex(TypeError, "async def"):
                run(call())

    def test_a_refused_coroutine_leaves_no_warning(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.refused(lambda: Cache().get_or_set("k", lambda: square(1)))
            self.refused(Cache()(lambda: square(1)))

    def test_a_refusal_frees_the_key(self):
        cache = Cache()
        for _ in range(2):
            self.refused(lambda: cache.get_or_set("k", lambda: iter([1])))
        self.assertEqual(cache.get_or_set("k", lambda: 1), 1)

    def test_what_can_be_read_twice_is_stored(self):
        class Client:  # what an object holds is its own affair
            def __init__(self):
                self.lock, self.socket = threading.Lock(), None

        cache = Cache()
        for value in (Client(), range(3), [1, (2, {"a": None})], {1: {2}}, b"", mock.MagicMock()):
            cache.set("k", value)
            self.assertIs(cache.get("k"), value)


class Unstored(unittest.TestCase):
    """Results that the store or its serializer cannot take go to their callers."""

    def check(self, cache, value):
        calls = []

        def load():
            calls.append(1)
            return value

        async def aload():
            return load()

        f, g = cache(load), cache(aload)
        with self.assertLogs("coffer", "WARNING") as logs:
            for call in (
                lambda: cache.get_or_set("k", load),
                lambda: cache.get_or_set_many(["k"], lambda ids: {"k": load()})["k"],
                lambda: f(),
                lambda: run(cache.aget_or_set("k", aload)),
                lambda: run(g()),
                lambda: f.refresh(),
            ):
                for _ in range(2):
                    self.assertIs(call(), value)
        self.assertEqual(len(calls), 12)
        self.assertEqual(cache.stats()["unstored"], 12)
        self.assertEqual(len(logs.output), 1, logs.output)
        self.assertIn("is not stored", logs.output[0])
        self.assertIs(cache.get("k", MISS), MISS)
        cache.get_or_set("k", lambda: 1)  # nothing is left behind
        self.assertEqual(cache.get("k"), 1)

    def test_what_is_larger_than_max_value(self):
        self.check(Cache(max_value=100, serializer="json"), "x" * 1000)

    def test_what_is_larger_than_the_store(self):
        self.check(Cache("memory://?bytes=1MiB"), "x" * 4_000_000)
        self.check(Cache("memory://?bytes=1MiB&serializer=json"), "x" * 4_000_000)

    def test_what_a_serializer_cannot_hold(self):
        class Local:
            pass

        self.check(Cache(serializer="json"), Local())
        self.check(Cache(serializer="msgpack"), [Local()])
        self.check(Cache(serializer="pickle!"), Local())
        self.check(Cache(copy="freeze", serializer="json"), {"a": object()})

    def test_what_is_given_to_be_stored_is_an_error(self):
        cache = Cache(max_value=100, serializer="json")
        for call in (
            lambda: cache.set("k", "x" * 1000),
            lambda: cache(lambda: 1).key().set("x" * 1000),
        ):
            with self.assertRaisesRegex(ValueError, "max_value"):
                call()


if __name__ == "__main__":
    unittest.main()
