"""NumPy and pandas in keys: contents count."""

import dataclasses
import unittest

import numpy
import pandas

from coffer import Cache
from coffer.keys import encode_key


def moments():
    return pandas.date_range("2024-01-01", periods=2)


class Arrays(unittest.TestCase):
    def assertAllDifferent(self, values):
        seen = {}
        for value in values:
            key = encode_key(value)
            self.assertNotIn(key, seen, (value, seen.get(key)))
            seen[key] = value

    def assertSame(self, make):
        one, other = make(), make()
        self.assertEqual(encode_key(one), encode_key(other), one)
        self.assertNotIn(b"0x", encode_key(one))

    def test_scalars(self):
        self.assertAllDifferent(
            [
                1,
                1.0,
                *(kind(1) for kind in (numpy.int8, numpy.int64, numpy.uint64, numpy.float32)),
                *(kind(1) for kind in (numpy.float64, numpy.complex128, numpy.bool_, numpy.str_)),
                numpy.int64(2),
                numpy.bytes_(b"1"),
                numpy.datetime64("2024-01-01"),
                numpy.datetime64("2024-01-01", "ns"),
                numpy.timedelta64(1, "D"),
                numpy.void(b"1"),
                numpy.array(1),
                numpy.array([1]),
            ]
        )
        self.assertSame(lambda: numpy.float32(1.5))

    def test_arrays(self):
        numbers = numpy.arange(6)
        self.assertAllDifferent(
            [
                numbers,
                numbers.reshape(2, 3),
                numbers.reshape(3, 2),
                numbers.reshape(2, 3).T,
                numbers.astype("float64"),
                numbers.astype(">i8"),
                numbers.astype("i4"),
                numbers + 1,
                numpy.arange(10_000),
                numpy.where(numpy.arange(10_000) == 5_000, -1, numpy.arange(10_000)),
                numpy.array(["a", "b"]),
                numpy.array(["a", "c"]),
                numpy.array(["a", "b"], dtype=object),
                numpy.array(["a", 1], dtype=object),
                numpy.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
                numpy.array([(1, 2.0)], dtype=[("a", "i4"), ("c", "f8")]),
                numpy.array([(1, "x")], dtype=[("a", "i4"), ("b", object)]),
                numpy.array([(1, "y")], dtype=[("a", "i4"), ("b", object)]),
                numpy.array(["2024-01-01"], dtype="M8[D]"),
                numpy.array(["2024-01-01"], dtype="M8[s]"),
                numpy.matrix([[1, 2]]),
                numpy.array([[1, 2]]),
                numpy.array([]),
                numpy.array([], dtype="i4"),
                numpy.dtype("i4"),
                numpy.dtype([("a", "i4")]),
                numpy.ma.array([1, 2, 3], mask=[0, 1, 0]),
                numpy.ma.array([1, 2, 3], mask=[0, 0, 1]),
                numpy.ma.array([1, 2, 3]),
            ]
        )

    def test_what_is_equal_has_one_key(self):
        numbers = numpy.arange(12)
        for one, other in (
            (numbers[::2], numpy.arange(0, 12, 2)),
            (numpy.asfortranarray(numbers.reshape(3, 4)), numbers.reshape(3, 4)),
            (numpy.ma.array([1, 7], mask=[0, 1]), numpy.ma.array([1, 8], mask=[0, 1])),
            (numpy.array(["a", "b"], dtype=object), numpy.array(["ab"[0], "ab"[1]], dtype=object)),
        ):
            self.assertEqual(encode_key(one), encode_key(other))
        aligned = numpy.dtype([("a", "i1"), ("b", "i8")], align=True)  # with bytes between
        one, other = numpy.empty(3, aligned), numpy.full(3, b"\xff" * 16, "V16").view(aligned)
        for each in one, other:
            each["a"], each["b"] = 1, 2
        self.assertEqual(encode_key(one), encode_key(other))

    def test_objects_within_are_asked(self):
        with self.assertRaisesRegex(TypeError, "cache key"):
            encode_key(numpy.array([object()], dtype=object))

    def test_tables(self):
        frame = pandas.DataFrame({"a": [1, 2], "b": ["x", "y"]})
        category = pandas.Categorical(["x", "y"])
        self.assertAllDifferent(
            [
                frame,
                frame[["b", "a"]],
                frame.rename(columns={"a": "c"}),
                frame.set_index("b"),
                frame.iloc[::-1],
                frame.iloc[:1],
                frame.astype({"a": "float64"}),
                frame.astype({"b": "category"}),
                frame.astype({"b": "string"}),
                frame.assign(a=[1, 3]),
                frame.assign(b=["x", "z"]),
                frame["a"],
                frame["a"].rename("c"),
                frame["a"].astype("Int64"),
                frame["a"].astype("Int64").where(frame["a"] > 1),
                frame["b"],
                frame["b"].astype("category"),
                frame.index,
                pandas.Index([0, 1]),
                pandas.Index([0, 1], name="n"),
                pandas.MultiIndex.from_product([[0], ["a", "b"]]),
                pandas.MultiIndex.from_product([[0], ["a", "c"]]),
                moments(),
                moments().tz_localize("UTC"),
                moments().tz_localize("Europe/Berlin"),
                pandas.Series(moments()),
                pandas.Series(moments().tz_localize("UTC")),
                pandas.Series([1, None], dtype=object),
                pandas.Series([1, "None"], dtype=object),
                category,
                category.reorder_categories(["y", "x"]),
                category.as_ordered(),
                pandas.array([1, None], dtype="Int64"),
                pandas.array([1, 2], dtype="Int64"),
                pandas.DataFrame([[1, 2]], columns=["a", "a"]),
                pandas.DataFrame([[2, 1]], columns=["a", "a"]),
                pandas.DataFrame(),
                pandas.Series([], dtype="float64"),
            ]
        )
        self.assertEqual(encode_key(frame), encode_key(frame.copy()))
        self.assertEqual(encode_key(frame.iloc[:1]), encode_key(frame.head(1)))

    def test_values_of_pandas(self):
        moment = pandas.Timestamp("2024-01-01 00:00:00.000000001")
        self.assertAllDifferent(
            [
                moment,
                pandas.Timestamp("2024-01-01"),
                pandas.Timestamp("2024-01-01").to_pydatetime(),
                pandas.Timestamp("2024-01-01", tz="UTC"),
                pandas.Timestamp("2024-01-01", tz="Europe/London"),
                pandas.Timedelta(1, "ns"),
                pandas.Timedelta(2, "ns"),
                pandas.Timedelta(1, "D"),
                pandas.Period("2024", "Y"),
                pandas.Period("2024-12", "M"),
                pandas.Interval(0, 1),
                pandas.Interval(0, 1, closed="left"),
                pandas.NaT,
                pandas.NA,
                None,
            ]
        )

    def test_functions_of_arrays(self):
        cache = Cache()

        @dataclasses.dataclass
        class Problem:
            matrix: numpy.ndarray

        total = cache(lambda array: array.sum())
        solve = cache(lambda problem: problem.matrix.sum())
        big = numpy.zeros(1_000_000)
        other = big.copy()
        other[500_000] = 1  # str() of both is the same
        for array, expected in ((big, 0), (other, 1), (big, 0), (other, 1)):
            self.assertEqual(total(array), expected)
            self.assertEqual(solve(Problem(array)), expected)
        self.assertEqual((total.stats()["loads"], solve.stats()["loads"]), (2, 2))
        self.assertLess(len(total.key(big).bytes), 300)

    def test_subclasses_say_what_they_hold(self):
        class Quantity(numpy.ndarray):
            unit = "m"

        class Keyed(Quantity):
            def __cache_key__(self):
                return self.unit, self.view(numpy.ndarray)

        class Frame(pandas.DataFrame):
            pass

        class Speed(numpy.float64):
            pass

        with self.assertRaisesRegex(TypeError, "Quantity.*__cache_key__"):
            encode_key(numpy.zeros(2).view(Quantity))
        with self.assertRaisesRegex(TypeError, "Frame.*coffer.keys.register"):
            encode_key(Frame({"a": [1]}))
        self.assertNotEqual(encode_key(Speed(1)), encode_key(numpy.float64(1)))
        one, other = numpy.zeros(2).view(Keyed), numpy.zeros(2).view(Keyed)
        self.assertEqual(encode_key(one), encode_key(other))
        other.unit = "km"
        self.assertNotEqual(encode_key(one), encode_key(other))

    def test_templates(self):
        f = Cache()(lambda a: a, key="x:{a}")
        array, other = numpy.zeros(10_000), numpy.zeros(10_000)
        other[5_000] = 1
        self.assertNotEqual(f.key(array), f.key(other))
        self.assertNotEqual(f.key(numpy.int64(7)), f.key(7))
        for value in (array, pandas.DataFrame({"a": array})):
            for template in ("x:{a!s}", "x:{a!r}"):
                with self.assertRaisesRegex(TypeError, "abridged"):
                    Cache()(lambda a: a, key=template).key(value)


if __name__ == "__main__":
    unittest.main()
