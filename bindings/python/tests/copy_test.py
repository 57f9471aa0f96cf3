"""copy="freeze": what readers get cannot be changed, or is refused."""

import array
import asyncio
import collections
import types
import unittest
from typing import NamedTuple

from coffer import Cache


class Pair(NamedTuple):
    a: int
    b: list


class Plain(dict):
    pass


class Numbers(list):
    pass


class Labelled(list):
    def __init__(self, items, label):
        super().__init__(items)
        self.label = label


class Slotted(dict):
    __slots__ = ("label",)


class Tags(set):
    pass


class Point(tuple):
    pass


Frozen = types.MappingProxyType


class Freeze(unittest.TestCase):
    def setUp(self):
        self.cache = Cache(copy="freeze")

    def kept(self, value):
        self.cache.set("k", value)
        return self.cache.get("k")

    def test_containers_and_their_subclasses(self):
        counter = collections.Counter("aab")
        default = collections.defaultdict(list, a=[1])
        for value, expected in (
            ({"a": [1, {2}]}, Frozen({"a": (1, frozenset({2}))})),
            (collections.OrderedDict(a=[1]), Frozen({"a": (1,)})),
            (default, Frozen({"a": (1,)})),
            (counter, Frozen({"a": 2, "b": 1})),
            (Plain(a=[1]), Frozen({"a": (1,)})),
            (collections.ChainMap({"a": [1]}), Frozen({"a": (1,)})),
            (collections.UserDict(a=[1]), Frozen({"a": (1,)})),
            (Frozen({"a": [1]}), Frozen({"a": (1,)})),
            ([1, [2]], (1, (2,))),
            (Numbers([1, [2]]), (1, (2,))),
            (collections.deque([1, [2]]), (1, (2,))),
            (collections.UserList([1, [2]]), (1, (2,))),
            (array.array("i", [1, 2]), (1, 2)),
            ({1, 2}, frozenset({1, 2})),
            (Tags({1}), frozenset({1})),
            (bytearray(b"a"), b"a"),
            (memoryview(b"a"), b"a"),
            (Pair(1, [2]), Pair(1, (2,))),
            (Point((1, [2])), (1, (2,))),
        ):
            found = self.kept({"within": [value]})["within"][0]
            self.assertEqual(found, expected, value)
            self.assertIs(type(found), type(expected), value)
        self.assertEqual(default, {"a": [1]}, "the caller's own stays as it was")

    def test_what_was_frozen_does_not_follow_the_original(self):
        for make in (dict, Frozen, Plain, collections.ChainMap):
            inner = {"a": [1]}
            found = self.kept(make(inner))
            inner["a"].append(2)
            inner["b"] = 1
            self.assertEqual(found, {"a": (1,)}, make)

    def test_attributes_beside_the_items_are_refused(self):
        slotted = Slotted(a=1)
        slotted.label = "x"
        for value in (Labelled([1], "x"), slotted, [Labelled([1], "x")], {"a": (slotted,)}):
            with self.assertRaisesRegex(TypeError, "attribute 'label'.*clone"):
                self.cache.set("k", value)
            with self.assertRaisesRegex(TypeError, "attribute 'label'"):
                self.cache.get_or_set("k", lambda: value)
            self.assertNotIn("k", self.cache)
        self.assertEqual(self.kept(Slotted(a=1)), {"a": 1})

    def test_whoever_computes_gets_the_frozen_form(self):
        async def load():
            return Plain(a=[1])

        frozen = {"a": (1,)}
        f = self.cache(lambda: Plain(a=[1]))
        self.assertEqual((f(), f()), (frozen, frozen))
        self.assertIs(type(f.refresh()), Frozen)
        self.assertIs(type(asyncio.run(self.cache(load)())), Frozen)
        many = self.cache.get_or_set_many([1], lambda ids: {1: Numbers([1])}, "n:{}")
        self.assertEqual(many, {1: (1,)})

    def test_immutable_values_are_themselves(self):
        for value in (1, "a", (1, ("a",)), frozenset({1}), None, Pair(1, ())):
            self.assertIs(self.kept(value), value)


if __name__ == "__main__":
    unittest.main()
