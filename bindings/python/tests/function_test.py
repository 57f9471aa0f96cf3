"""The decorator on functions and methods of all kinds."""

import abc
import copy
import functools
import gc
import inspect
import pickle
import unittest
import weakref

import coffer
from coffer import FOREVER, MISS, Cache, Runtime


class FunctionTest(unittest.TestCase):
    def setUp(self):
        self.runtime = Runtime(clock="manual", housekeeping=0)
        self.cache = Cache(runtime=self.runtime)
        self.calls = []

    def square(self, **options):
        @self.cache(**options)
        def square(x):
            """The square."""
            self.calls.append(x)
            return x * x

        return square


pickled = Cache()(len)


class Pickled:
    @pickled.cache
    def method(self, x):
        return x


class Functions(FunctionTest):
    def test_it_computes_once(self):
        f = self.square()
        self.assertEqual([f(2), f(2), f(x=2), f(3)], [4, 4, 4, 9])
        self.assertEqual(self.calls, [2, 3])
        self.assertEqual(
            {k: f.stats()[k] for k in ("hits", "misses", "loads", "errors")},
            {"hits": 2, "misses": 2, "loads": 2, "errors": 0},
        )

    def test_it_looks_like_the_function(self):
        f = self.square()
        self.assertEqual(
            (f.__name__, f.__doc__, f.__wrapped__), ("square", "The square.", f.original)
        )
        self.assertEqual(str(inspect.signature(f)), "(x)")
        self.assertIn("square", repr(f))

    def test_with_and_without_parentheses(self):
        self.assertEqual(self.cache(lambda: 1)(), 1)
        self.assertEqual(self.cache()(lambda: 2)(), 2)

    def test_none_is_a_result(self):
        f = self.cache(lambda x: self.calls.append(x))
        f(1), f(1)
        self.assertEqual(self.calls, [1])

    def test_time(self):
        f = self.square(ttl="10s")
        f(1)
        self.runtime.advance(9)
        f(1)
        self.assertEqual(f.key(1).ttl(), 1)
        self.runtime.advance(1)
        f(1)
        self.assertEqual(self.calls, [1, 1])

    def test_time_by_result_and_what_is_not_stored(self):
        f = self.square(ttl=lambda value: value, store_if=lambda value: value != 9)
        f(2), f(3), f(3)
        self.assertEqual(f.key(2).ttl(), 4)
        self.assertEqual(self.calls, [2, 3, 3])

    def test_null_ttl(self):
        f = self.cache(ttl=100, null_ttl=5)(lambda x: x)
        f(None), f(1)
        self.assertEqual((f.key(None).ttl(), f.key(1).ttl()), (5, 100))

    def test_null_ttl_beside_a_ttl_by_result(self):
        f = self.cache(ttl=lambda value: value, null_ttl=5)(lambda x: x)
        f(None), f(7)
        self.assertEqual((f.key(None).ttl(), f.key(7).ttl()), (5, 7))

    def test_handles(self):
        f = self.square(ttl=50)
        self.assertEqual(f.nocache(2), 4)
        key = f.key(2)
        self.assertFalse(key.exists())
        self.assertIs(key.get(MISS), MISS)
        key.set(5)
        self.assertEqual((f(2), key.get(), key.ttl()), (5, 5, 50))
        self.assertEqual(f.refresh(2), 4)
        self.assertEqual(f(2), 4)
        self.assertTrue(f.invalidate(2))
        self.assertFalse(f.invalidate(2))
        f(2)
        self.assertTrue(key.delete())
        key.set(6, ttl=FOREVER)
        self.assertIs(key.ttl(), FOREVER)
        self.assertEqual(self.calls, [2, 2, 2])

    def test_exceptions_are_not_cached(self):
        f = self.cache(lambda x: self.calls.append(x) or 1 // x)
        for _ in range(2):
            with self.assertRaises(ZeroDivisionError):
                f(0)
        self.assertEqual(self.calls, [0, 0])
        self.assertEqual(f.stats()["errors"], 2)

    def test_namespace(self):
        f = self.square(namespace="n")
        f(2)
        self.assertEqual(list(self.cache.namespace("n").keys()), [str(f.key(2))])

    def test_disabled(self):
        f = self.square()
        f(1)
        with self.cache.disabled():
            f(1), f.refresh(1)
            f.key(1).set(7)
        self.assertEqual(self.calls, [1, 1, 1])
        self.assertEqual(f(1), 1)

    def test_what_cannot_be_cached(self):
        def generator():
            yield 1

        async def asynchronous():
            yield 1

        for function in (generator, asynchronous):
            with self.assertRaisesRegex(TypeError, "generator"):
                self.cache(function)
        for thing in (int, 5, property(lambda self: 1)):
            with self.assertRaises(TypeError):
                self.cache(thing)
        with self.assertRaisesRegex(TypeError, "no option 'tll'.*did you mean 'ttl'"):
            self.cache(tll=5)(lambda: 1)
        with self.assertRaises(TypeError):
            self.cache(tags="abc")(lambda: 1)

    def test_it_can_be_pickled_by_name(self):
        pickled.__module__, pickled.__qualname__ = __name__, "pickled"
        self.assertIs(pickle.loads(pickle.dumps(pickled)), pickled)

    def test_a_function_that_needs_its_own_result(self):
        @self.cache
        def f(x):
            return f(x)

        with self.assertRaisesRegex(coffer.errors.StateError, "itself"):
            f(1)

    def test_recursion(self):
        @self.cache
        def fib(n):
            self.calls.append(n)
            return n if n < 2 else fib(n - 1) + fib(n - 2)

        self.assertEqual(fib(80), 23416728348467685)
        self.assertEqual(len(self.calls), 81)

    def test_any_number_of_arguments(self):
        f = self.cache(lambda *args, **named: self.calls.append(args) or (args, named))
        many, named = tuple(range(40)), {f"n{i}": i for i in range(40)}
        for _ in range(2):
            self.assertEqual(f(*many, **named), (many, named))
            self.assertEqual(f(1, a=2), ((1,), {"a": 2}))
        wide = eval(f"lambda {', '.join(f'p{i}' for i in range(30))}: p29")
        self.assertEqual(self.cache(wide)(*range(29), p29=7), 7)
        self.assertEqual(len(self.calls), 2)

    def test_wrong_arguments(self):
        f = self.square()
        for call in (lambda: f(), lambda: f(1, 2), lambda: f(1, x=1), lambda: f(y=1)):
            self.assertRaises(TypeError, call)

    def test_a_partial(self):
        f = self.cache(
            functools.wraps(len)(functools.partial(lambda a, b: self.calls.append(a) or a + b, b=5))
        )
        self.assertEqual((f(1), f(1)), (6, 6))
        self.assertEqual(self.calls, [1])


class Methods(FunctionTest):
    def make(self):
        cache, calls = self.cache, self.calls

        class Base:
            def __init__(self, tenant):
                self.tenant = tenant

            def __cache_key__(self):
                return self.tenant

            @cache
            def plain(self, x):
                calls.append(("plain", self.tenant, x))
                return x

            @cache
            @classmethod
            def outer_class(cls, x):
                calls.append((cls.__name__, x))
                return cls.__name__, x

            @classmethod
            @cache
            def inner_class(cls, x):
                calls.append((cls.__name__, x))
                return cls.__name__, x

            @cache
            @staticmethod
            def outer_static(x):
                calls.append(x)
                return x

            @staticmethod
            @cache
            def inner_static(x):
                calls.append(x)
                return x

        class Derived(Base):
            pass

        return Base, Derived

    def test_instances_count_by_what_they_say(self):
        Base, Derived = self.make()
        for owner in (Base("a"), Base("a"), Base("b"), Derived("a")):
            self.assertEqual((owner.plain(1), owner.plain(1), Base.plain(owner, 1)), (1, 1, 1))
        self.assertEqual(self.calls, [("plain", "a", 1), ("plain", "b", 1), ("plain", "a", 1)])

    def test_handles_of_methods(self):
        Base, _ = self.make()
        owner = Base("a")
        owner.plain(1)
        self.assertTrue(owner.plain.key(1).exists())
        self.assertEqual(owner.plain.nocache(1), 1)
        self.assertTrue(owner.plain.invalidate(1))
        self.assertEqual(owner.plain.refresh(1), 1)
        self.assertEqual(len(self.calls), 3)
        self.assertEqual(owner.plain, owner.plain)
        self.assertEqual(owner.plain.stats()["loads"], 2)
        self.assertEqual(owner.plain.__name__, "plain")

    def test_class_methods_in_either_order(self):
        Base, Derived = self.make()
        for name in ("outer_class", "inner_class"):
            for owner in (Base, Derived, Base("x")):
                self.assertEqual(getattr(owner, name)(1), getattr(owner, name)(1))
            self.assertEqual(getattr(Derived, name)(1), ("Derived", 1))
            self.assertEqual(self.calls, [("Base", 1), ("Derived", 1)])
            self.calls.clear()

    def test_static_methods_in_either_order(self):
        Base, _ = self.make()
        for name in ("outer_static", "inner_static"):
            self.assertEqual((getattr(Base, name)(1), getattr(Base("x"), name)(1)), (1, 1))
            self.assertEqual(self.calls, [1])
            self.calls.clear()
            self.assertTrue(getattr(Base, name).invalidate(1))

    def test_however_a_method_is_reached(self):
        Base, Derived = self.make()

        class Further(Derived):
            def plain(self, x):
                return super().plain(x)

        owner = Derived("a")
        call = owner.plain
        calls = (
            lambda: owner.plain(1),
            lambda: owner.plain(x=1),
            lambda: call(1),
            lambda: call(x=1),
            lambda: getattr(owner, "plain")(1),
            lambda: Derived.plain(owner, 1),
            lambda: Derived.plain(self=owner, x=1),
            lambda: functools.partial(owner.plain, 1)(),
        )
        self.assertEqual([one() for one in calls], [1] * len(calls))
        self.assertEqual(self.calls, [("plain", "a", 1)])
        self.assertEqual(Further("a").plain(1), 1)
        self.assertEqual(len(self.calls), 2)

    def test_a_function_that_becomes_a_method_later(self):
        @self.cache
        def get(self, x):
            return x

        class Service:
            pass

        Service.get = get
        service = Service()
        self.assertEqual((service.get(1), service.get(1), get.stats()["loads"]), (1, 1, 1))

    def test_what_tools_see_of_a_method(self):
        Base, _ = self.make()
        owner = Base("a")
        for bound, expected in (
            (owner.plain, "(x)"),
            (Base.plain, "(self, x)"),
            (Base.outer_class, "(x)"),
            (owner.outer_static, "(x)"),
        ):
            self.assertEqual(str(inspect.signature(bound)), expected)
        there = pickle.loads(pickle.dumps(Pickled().method))
        self.assertIsInstance(there.__self__, Pickled)
        self.assertIs(there.__func__, Pickled.method)
        self.assertEqual(there(1), 1)
        self.assertIs(copy.deepcopy(Pickled.method), Pickled.method)

    def test_abstract_methods_stay_abstract(self):
        class Base(abc.ABC):
            @self.cache
            @abc.abstractmethod
            def get(self, x):
                raise NotImplementedError

        with self.assertRaisesRegex(TypeError, "abstract"):
            Base()

    def test_handles_of_class_methods(self):
        Base, Derived = self.make()
        Derived.outer_class(1)
        self.assertTrue(Derived.outer_class.key(1).exists())
        self.assertFalse(Base.outer_class.key(1).exists())
        self.assertTrue(Derived.outer_class.invalidate(1))

    def test_more_classes_than_are_remembered(self):
        Base, _ = self.make()
        owners = [type(f"Derived{i}", (Base,), {})("a") for i in range(20)]
        for _ in range(3):
            self.assertEqual([owner.plain(1) for owner in owners], [1] * 20)
        self.assertEqual(len(self.calls), 20)

    def test_a_class_with_cached_methods_can_go(self):
        Base, Derived = self.make()
        Derived("a").plain(1), Derived.inner_class(1), Derived.outer_class(1), Derived.outer_static(
            1
        )
        gone = [weakref.ref(thing) for thing in (Base, Derived, Base.__dict__["plain"])]
        del Base, Derived
        gc.collect()
        self.assertEqual([one() for one in gone], [None] * 3)

    def test_templates_with_self(self):
        calls = self.calls

        class Service:
            tenant = "t"

            @self.cache(key="{self.tenant}:{x}", tags=["tenant:{self.tenant}"])
            def get(self, x):
                calls.append(x)
                return x

        service = Service()
        service.get(1), service.get(1)
        self.assertEqual(str(service.get.key(1)), "t:1")
        service.get.invalidate_tag("tenant:t")
        service.get(1)
        self.assertEqual(calls, [1, 1])


class Batches(FunctionTest):
    def load(self, **options):
        @self.cache.batch(**options)
        def load(ids, factor=1):
            self.calls.append(list(ids))
            return {i: i * factor for i in ids if i >= 0}

        return load

    def test_one_call_for_what_is_missing(self):
        f = self.load()
        self.assertEqual(f([1, 2, 2]), {1: 1, 2: 2})
        self.assertEqual(f([3, 2, 1]), {3: 3, 2: 2, 1: 1})
        self.assertEqual(list(f([2, 1, 3])), [2, 1, 3])
        self.assertEqual(f([1], factor=2), {1: 2})
        self.assertEqual(f([]), {})
        self.assertEqual(self.calls, [[1, 2], [3], [1]])

    def test_what_there_is_not_is_cached_as_none(self):
        f = self.load()
        self.assertEqual((f([-1, 1]), f([-1, 1])), ({-1: None, 1: 1},) * 2)
        self.assertEqual(self.calls, [[-1, 1]])

    def test_a_list_answers_in_order(self):
        f = self.cache.batch(lambda ids: [i + 1 for i in ids])
        self.assertEqual(f((1, 5)), {1: 2, 5: 6})
        wrong = self.cache.batch(lambda ids: [1])
        with self.assertRaisesRegex(ValueError, "2 ids"):
            wrong([1, 2])
        self.assertEqual(wrong([1]), {1: 1})

    def test_keys_tags_and_handles_are_those_of_one_id(self):
        f = self.load(key="row:{ids}", tags=["row:{ids}"], ttl=9)
        f([1, 2])
        self.assertEqual(sorted(self.cache.keys()), ["row:1", "row:2"])
        f.invalidate_tag("row:1")
        f([1, 2])
        self.assertTrue(f.invalidate(2))
        f([1, 2])
        self.assertEqual(f.refresh([2]), {2: 2})
        self.assertEqual(self.calls, [[1, 2], [1], [2], [2]])

    def test_a_failure_frees_all(self):
        f = self.cache.batch(lambda ids: self.calls.append(ids) or 1 // 0)
        for _ in range(2):
            with self.assertRaises(ZeroDivisionError):
                f([1, 2])
        self.assertEqual(self.calls, [[1, 2], [1, 2]])

    def test_ids_however_they_are_given(self):
        calls = self.calls

        class Owner:
            @self.cache.batch(ignore=("self",))
            def of(self, ids, factor=1):
                calls.append(list(ids))
                return {i: i * factor for i in ids}

            @self.cache.batch(ignore=("self",), key="of:{ids}:{factor}")
            def spread(self, *ids, factor=1):
                calls.append(list(ids))
                return {i: i * factor for i in ids}

        @self.cache.batch(tags=["t:{ids}"])
        def spread(*ids):
            calls.append(list(ids))
            return [i for i in ids]

        @self.cache.batch
        def named(*, ids):
            calls.append(list(ids))
            return {i: i for i in ids}

        owner, f = Owner(), self.load()
        for call, more in (
            (lambda ids: f(ids=ids), lambda ids: f(ids)),
            (lambda ids: named(ids=ids), lambda ids: named(ids=tuple(ids))),
            (lambda ids: spread(*ids), lambda ids: spread(*ids)),
            (lambda ids: owner.of(ids=ids), lambda ids: owner.of(ids, 1)),
            (lambda ids: owner.of(factor=1, ids=ids), lambda ids: owner.of(ids)),
            (lambda ids: owner.spread(*ids), lambda ids: owner.spread(*ids, factor=1)),
        ):
            self.cache.clear()
            calls.clear()
            self.assertEqual(call([1, 2]), {1: 1, 2: 2})
            self.assertEqual(more([2, 3]), {2: 2, 3: 3})
            self.assertEqual(calls, [[1, 2], [3]])
        self.assertEqual(spread.refresh(1, 2), {1: 1, 2: 2})
        spread.invalidate_tag("t:1")
        self.assertEqual((spread.key(1).exists(), spread.key(2).exists()), (False, True))
        self.assertTrue(spread.invalidate(2))
        self.assertTrue(owner.spread.key(3).exists())
        self.assertEqual(str(owner.spread.key(3)), "of:3:1")
        for wrong in (lambda: f(), lambda: f(factor=2), lambda: named()):
            with self.assertRaisesRegex(TypeError, "first argument"):
                wrong()

    def test_get_or_set_many(self):
        def load(ids):
            self.calls.append(ids)
            return {i: i * i for i in ids if i != 4}

        self.assertEqual(
            self.cache.get_or_set_many([2, 3, 4], load, key="sq:{}"), {2: 4, 3: 9, 4: None}
        )
        self.assertEqual(
            self.cache.get_or_set_many([4, 3, 5], load, key="sq:{}"), {4: None, 3: 9, 5: 25}
        )
        self.assertEqual(self.calls, [[2, 3, 4], [5]])
        self.assertEqual(self.cache.get("sq:2"), 4)


if __name__ == "__main__":
    unittest.main()
