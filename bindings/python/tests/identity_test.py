"""Whose result it is: functions, classes and instances never share results by accident."""

import asyncio
import dataclasses
import enum
import functools
import gc
import importlib
import os
import subprocess
import sys
import tempfile
import unittest
from collections import namedtuple

from coffer import Cache, keys


class Slotted:
    __slots__ = ("number",)

    def __init__(self, number):
        self.number = number


def stores():
    """A store of live objects, and one whose keys other processes may see."""
    return Cache(), Cache(serializer="json")


class Functions(unittest.TestCase):
    def test_one_name_is_not_one_function(self):
        for cache in stores():
            made = []
            for factor in (1, 2, 3):
                names = {"cache": cache, "factor": factor, "__name__": "cell"}
                exec("@cache\ndef scale(x):\n    return x * factor", names)
                made.append(names["scale"])
            self.assertEqual([one(10) for one in made * 2], [10, 20, 30] * 2)
            self.assertEqual(len({str(one.key(10)) for one in made}), 3)

    def test_closures_and_lambdas(self):
        def maker(n):
            def closure(x):
                return x + n

            return closure

        for cache in stores():
            for make in (maker, lambda n: lambda x: x + n, lambda n: functools.partial(pow, n)):
                made = [cache(make(n)) for n in (1, 2, 3, 1)]
                expected = [make(n)(2) for n in (1, 2, 3, 1)]
                self.assertEqual([one(2) for one in made * 2], expected * 2)

    def test_one_function_is_one_name(self):
        def square(x):
            return x * x

        for cache in stores():
            self.assertEqual(cache(square).key(1), cache(square).key(1))
            self.assertEqual(cache(len).key("a"), cache(len).key("a"))

    def test_bound_methods_and_callable_objects(self):
        class Scale:
            def __init__(self, factor):
                self.factor = factor

            def of(self, x):
                return x * self.factor

            def __call__(self, x):
                return x * self.factor

        for cache in stores():
            one, other = Scale(2), Scale(3)
            methods, objects = (cache(one.of), cache(other.of)), (cache(one), cache(other))
            for f, g in (methods, objects):
                self.assertEqual((f(1), g(1), f(1), g(1)), (2, 3, 2, 3))
                self.assertNotIn("0x", str(f.key(1)) + str(g.key(1)))

    def test_a_module_that_is_loaded_again(self):
        cache = Cache()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "reloaded_module.py")
            sys.path.insert(0, folder)
            try:
                results = []
                for factor in (2, 3):
                    with open(path, "w") as file:
                        file.write(f"# {'x' * factor}\ndef scale(x):\n    return x * {factor}\n")
                    module = sys.modules.get("reloaded_module")
                    importlib.invalidate_caches()
                    module = (
                        importlib.reload(module)
                        if module
                        else importlib.import_module("reloaded_module")
                    )
                    results.append(cache(module.scale)(1))
            finally:
                sys.path.remove(folder)
                sys.modules.pop("reloaded_module", None)
        self.assertEqual(results, [2, 3])

    def test_keys_are_the_same_in_every_process(self):
        program = (
            "import functools\n"
            "from coffer import Cache\n"
            "cache = Cache(serializer='json')\n"
            "def f(x): return 1\n"
            "def make(n): return lambda x: n\n"
            "class Scale:\n"
            "    def __init__(self, by): self.by, self.held = by, f\n"
            "    def __call__(self, x): return x\n"
            "    def of(self, x): return x\n"
            "one = Scale(2), Scale(3), Scale(2).of, Scale(3).of, functools.partial(f), f\n"
            "told = [str(cache(each).key(1)) for each in one[:5]]\n"
            "assert len(set(told)) == 5, told\n"
            "print(told)\n"
            "g = cache(lambda x: {1, 'a', 'b', 'c'})\n"
            "print(cache(f).key(1), g.key(1), cache(make(1)).key(1), cache(f, version='code').key(1))\n"
        )
        told = {
            subprocess.run(
                [sys.executable, "-c", program],
                env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": ":".join(sys.path)},
                stdout=subprocess.PIPE,
                check=True,
            ).stdout
            for seed in (1, 2)
        }
        self.assertEqual(len(told), 1, told)
        told = told.pop()
        self.assertIn(b"__main__.f(i1) ", told)
        self.assertNotIn(b"~", told)

    def test_functions_and_classes_as_arguments(self):
        cache = Cache()
        apply = cache(lambda function, x: function(x))
        for factor in (2, 3):
            names = {"factor": factor, "__name__": "cell"}
            exec("def scale(x): return x * factor\nclass Scale(int):\n    by = factor", names)
            self.assertEqual(apply(names["scale"], 1), factor)
            self.assertEqual(cache(lambda kind: kind.by)(names["Scale"]), factor)

    def test_caches_over_caches_have_one_name(self):
        near, far = Cache(), Cache()

        def f(x):
            return x

        inner = far(f)
        outer = near(inner)
        self.assertEqual(outer.key(1), inner.key(1))
        self.assertEqual((outer(1), outer(1)), (1, 1))
        self.assertEqual(near(near(f))(1), 1)


class Instances(unittest.TestCase):
    def test_an_instance_counts_as_itself(self):
        for cache in stores():

            class Service:
                def __init__(self, tenant):
                    self.tenant = tenant

                @cache
                def get(self, x):
                    return f"{self.tenant}{x}"

            a, b = Service("a"), Service("b")
            self.assertEqual([a.get(1), b.get(1), a.get(1), b.get(1)], ["a1", "b1"] * 2)
            self.assertEqual(Service.get.stats()["loads"], 2)
            self.assertNotIn("0x", str(a.get.key(1)))

    def test_the_next_one_at_an_address(self):
        cache = Cache()

        class Service:
            @cache
            def get(self, x):
                return x

        keys_seen, addresses = set(), set()
        for _ in range(3000):  # more than are kept before those that are gone are swept
            service = Service()
            addresses.add(id(service))
            keys_seen.add(service.get.key(1).bytes)
            del service
            gc.collect(0)
        self.assertEqual(len(keys_seen), 3000)
        if os.environ.get("PYTHONMALLOC") != "malloc":  # sanitizers keep addresses apart
            self.assertLess(len(addresses), 3000)

    def test_dataclasses_count_by_contents(self):
        cache = Cache()

        @dataclasses.dataclass
        class Account:
            number: int
            note: str = dataclasses.field(default="", compare=False)

            @cache
            def owner(self):
                return f"owner of {self.number}"

        @dataclasses.dataclass(eq=False)
        class Other(Account):
            pass

        self.assertEqual(Account(1).owner(), "owner of 1")
        self.assertEqual(Account(1, "again").owner(), "owner of 1")
        self.assertEqual(Account(2).owner(), "owner of 2")
        self.assertEqual(Account.owner.stats()["loads"], 2)
        self.assertEqual(Other(1).owner.key(), Other(1).owner.key())  # eq is inherited

    def test_what_says_that_equals_are_equal(self):
        cache = Cache()

        class Keyed:
            def __init__(self, n):
                self.n = n

            def __cache_key__(self):
                return self.n

            @cache
            def get(self):
                return self.n

        class Color(enum.Enum):
            RED = 1
            BLUE = 2

            get = cache(lambda self: self.value)

        class Pair(namedtuple("Pair", "a b")):
            @cache
            def get(self):
                return self.a

        class Foreign:
            def __init__(self, n):
                self.n = n

            @cache
            def get(self):
                return self.n

        keys.register(Foreign, lambda value: value.n)
        for kind in (Keyed, lambda n: Pair(n, 0), Foreign, Color):
            self.assertEqual(kind(1).get(), kind(1).get())
            self.assertEqual(kind(1).get.key(), kind(1).get.key())
            self.assertNotEqual(kind(1).get.key(), kind(2).get.key())

    def test_equality_alone_says_nothing(self):
        cache = Cache()

        class Same:
            def __eq__(self, other):
                return True

            def __hash__(self):
                return 1

            get = cache(lambda self: id(self))

        class Unhashable(list):
            get = cache(lambda self: id(self))

        for kind in (Same, Unhashable):
            one, other = kind(), kind()
            self.assertEqual((one.get(), other.get()), (id(one), id(other)))

    def test_what_cannot_be_told_apart_is_refused(self):
        cache = Cache()
        Slotted.get = cache(lambda self: self.number)
        with self.assertRaisesRegex(TypeError, r"Slotted cannot be told apart.*__cache_key__"):
            Slotted(1).get()
        Slotted.all = cache(lambda self: "all", ignore=("self",))
        self.assertEqual(Slotted(1).all.key(), Slotted(2).all.key())

    def test_two_classes_of_one_name(self):
        cache = Cache()

        class Base:
            @cache
            @classmethod
            def name(cls):
                return cls.number

        kinds = [type("Kind", (Base,), {"number": n}) for n in (1, 2)]
        self.assertEqual([kind.name() for kind in kinds * 2], [1, 2, 1, 2])

    def test_batches_and_coroutines_of_instances(self):
        cache = Cache()

        class Service:
            def __init__(self, n):
                self.n = n

            @cache.batch
            def many(self, ids):
                return {i: i * self.n for i in ids}

            @cache
            async def one(self, x):
                return x * self.n

        a, b = Service(1), Service(2)
        self.assertEqual((a.many([1]), b.many([1])), ({1: 1}, {1: 2}))
        for service in (a, b, a):
            self.assertEqual(asyncio.run(service.one(5)), 5 * service.n)

    def test_copies_are_others(self):
        import copy
        import pickle

        cache = Cache()
        Copied.get = cache(lambda self: self.n)
        one = Copied()
        one.n = 1
        others = copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))
        self.assertEqual(len({str(each.get.key()) for each in (one, *others)}), 4)


class Copied:
    pass


class Versions(unittest.TestCase):
    def test_results_end_with_the_code(self):
        def make(source, version="code", **names):
            exec(source, names)
            return Cache()(names["f"], version=version, name="f").key(1)

        one = "def f(x):\n    return x + 1"
        self.assertEqual(make(one), make("\n\n# moved\n" + one))
        for other in (
            "def f(x):\n    return x + 2",
            "def f(x):\n    return x - 1",
            "def f(x):\n    return abs(x + 1)",
            "def f(x, y=1):\n    return x + 1",
        ):
            self.assertNotEqual(make(one), make(other))
        self.assertEqual(make(one, 1), make(one, 1))
        self.assertNotEqual(make(one, 1), make(one, 2))

    def test_wrapped_code_counts(self):
        def wrap(function):
            @functools.wraps(function)
            def wrapper(*args):
                return function(*args)

            return wrapper

        cache = Cache()
        made = [
            str(cache(wrap(f), version="code", name="f", key=key).key(1))
            for f in (lambda x: x + 1, lambda x: x + 2)
            for key in (None, "f:{x}", lambda x: f"f:{x}")
        ]
        self.assertEqual(len(set(made[:3]) & set(made[3:])), 0, made)

    def test_code_that_cannot_be_seen(self):
        with self.assertRaisesRegex(ValueError, "not written in Python"):
            Cache()(len, version="code")


if __name__ == "__main__":
    unittest.main()
