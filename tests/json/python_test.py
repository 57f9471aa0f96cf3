"""The json serializer and Python's json module agree, both ways, on thousands of random values.

Texts are compared byte for byte: what one writes, the other writes too.
"""

import json
import math
import os
import random
import struct
import sys
import unittest

from tests.values.values import Driver, test_count, test_seed

DRIVER = Driver(os.path.join("tests", "json", "driver"))
COUNT = test_count()


def notation(value):
    """One value as plugins/serializers/testing/value.h prints it."""
    if value is None:
        return "n "
    if value is True:
        return "t "
    if value is False:
        return "f "
    if isinstance(value, int):
        return "i%d " % value
    if isinstance(value, float):
        return "d%016x " % struct.unpack("<Q", struct.pack("<d", value))
    if isinstance(value, str):
        return "s%s " % value.encode().hex()
    if isinstance(value, list):
        return "[0 %s] " % "".join(map(notation, value))
    if isinstance(value, Pairs):
        return "{ %s} " % "".join(notation(k) + notation(v) for k, v in value.pairs)
    return "{ %s} " % "".join(notation(k) + notation(v) for k, v in value.items())


class Pairs:
    """An object as it stood in the text: in order, with keys that come twice."""

    def __init__(self, pairs):
        self.pairs = pairs


class Values:
    """Random values, with a liking for what goes wrong."""

    ODD_CHARACTERS = (
        '\0\x01\x1f"\\/\b\f\n\r\t\x7f\x80\u07ff\u0800\ud7ff\ue000\uffff\u2028\U00010000\U0010ffff'
    )
    ODD_FLOATS = [
        0.0,
        -0.0,
        1.0,
        0.1,
        1e15,
        1e16,
        1e17,
        1e-4,
        1e-5,
        5e-324,
        1.7976931348623157e308,
        2.2250738585072014e-308,
        9007199254740993.0,
        1e21,
        1e22,
        1e23,
        123456789012345680.0,
    ]

    def __init__(self, seed):
        self.random = random.Random(seed)

    def integer(self):
        bits = self.random.choice([3, 31, 32, 33, 53, 62, 63, 64, 65, 128, 1500])
        return self.random.getrandbits(bits) * self.random.choice([1, -1]) + self.random.randint(
            -1, 1
        )

    def real(self):
        if self.random.random() < 0.3:
            return self.random.choice(self.ODD_FLOATS)
        if self.random.random() < 0.3:
            return round(self.random.uniform(-1e6, 1e6), self.random.randint(0, 6))
        while True:
            value = struct.unpack("<d", struct.pack("<Q", self.random.getrandbits(64)))[0]
            if math.isfinite(value):
                return value

    def text(self):
        out = []
        for _ in range(self.random.choice([0, 1, 5, 9, 30])):
            kind = self.random.random()
            if kind < 0.6:
                out.append(chr(self.random.randint(32, 126)))
            elif kind < 0.8:
                out.append(self.random.choice(self.ODD_CHARACTERS))
            else:
                code = self.random.randint(0x80, 0x10FFFF)
                out.append(chr(code) if not 0xD800 <= code < 0xE000 else "x")
        return "".join(out)

    def value(self, depth):
        if depth == 0 or self.random.random() < 0.3:
            return self.random.choice(
                [lambda: None, lambda: True, lambda: False, self.integer, self.real, self.text]
            )()
        size = self.random.randint(0, 5)
        if self.random.random() < 0.5:
            return [self.value(depth - 1) for _ in range(size)]
        return {self.text(): self.value(depth - 1) for _ in range(size)}


def deep(make, depth):
    value = None
    for _ in range(depth):
        value = make(value)
    return value


CORNERS = [
    None,
    True,
    False,
    0,
    -1,
    "",
    [],
    {},
    [[]],
    [{}],
    {"": {}},
    -0.0,
    5e-324,
    2.2250738585072014e-308,
    1.7976931348623157e308,
    1e15,
    1e16,
    1e-4,
    1e-5,
    0.1 + 0.2,
    999999999.999999,
    1e9 + 1e-6,
    2**53 + 1,
    2.0**53,
    2**63 - 1,
    2**63,
    -(2**63),
    -(2**63) - 1,
    2**64 - 1,
    2**64,
    2**200,
    -(2**200),
    10**5000,
    "x" * 5_000_000,
    "\U0010ffff" * 20_000,
    '\n"\\' * 20_000,
    "\x00",
    "".join(map(chr, range(0xD800))),
    deep(lambda v: [v], 300),
    deep(lambda v: {"k": v}, 300),
    [None] * 70_000,
    {str(i): i for i in range(70_000)},
    {"$tuple": [1]},
    "NaN",
]


def encode(values, *options):
    return DRIVER.encode_notations(map(notation, values), *options)


def python_reads(text, nan=False):
    """Python's reading of a text in notation, or CORRUPT, by the rules of RFC 8259 and, if so, NaN."""

    def constant(name):
        if not nan:
            raise ValueError(name)
        return float(name)

    def finite(digits):
        value = float(digits)
        if math.isinf(value):
            raise ValueError(digits)  # Python reads 1e400 as infinity
        return value

    try:
        value = json.loads(
            text.decode(),
            object_pairs_hook=Pairs,
            parse_constant=constant,
            parse_float=finite,
            parse_int=int,
        )
        return notation(value)  # which cannot encode half a surrogate pair
    except ValueError:
        return "CORRUPT"
    except RecursionError:
        return None


class PythonTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        sys.set_int_max_str_digits(0)
        make = Values(test_seed())
        cls.random = make.random
        cls.values = [make.value(make.random.randint(0, 4)) for _ in range(COUNT)] + CORNERS

    def test_writes_what_python_writes(self):
        for options, arguments in (
            ([], {"ensure_ascii": False, "separators": (",", ":")}),
            (["ascii=true"], {"ensure_ascii": True, "separators": (",", ":")}),
            (["indent=3"], {"ensure_ascii": False, "indent": 3}),
        ):
            for value, text in zip(self.values, encode(self.values, *options)):
                self.assertEqual(text, json.dumps(value, **arguments).encode(), options)

    def test_reads_what_python_writes(self):
        for arguments in ({"ensure_ascii": False}, {"ensure_ascii": True, "indent": 1}):
            texts = [json.dumps(value, **arguments).encode() for value in self.values]
            for value, text, line in zip(self.values, texts, DRIVER.decode(texts)):
                self.assertEqual(line, notation(value), text)

    def test_what_json_has_not_is_refused(self):
        """Though Python's module writes and reads it."""
        for value in (math.nan, math.inf, -math.inf):
            self.assertEqual(encode([value, [1, {"a": value}]]), [None, None])
            self.assertEqual(
                DRIVER.decode([json.dumps(value).encode(), json.dumps([value]).encode()]),
                ["CORRUPT"] * 2,
            )
        halves = ["\ud800", "a\udfffz", "\udc00\ud800"]
        self.assertEqual(
            DRIVER.decode([json.dumps(half).encode() for half in halves]), ["CORRUPT"] * 3
        )
        pair = json.dumps("\U0001f600").encode()
        self.assertEqual(
            (pair, DRIVER.decode([pair])), (b'"\\ud83d\\ude00"', [notation("\U0001f600")])
        )

    def test_reads_what_python_reads_and_nothing_else(self):
        """Texts with something changed in them: the same value, or CORRUPT, by both."""
        texts = []
        for value in self.values[:COUNT]:
            text = bytearray(json.dumps(value, ensure_ascii=self.random.random() < 0.5).encode())
            for _ in range(self.random.randint(1, 3)):
                at = self.random.randrange(len(text) + 1)
                odd = self.random.choice(b'0123456789-+.eE"\\[]{},: \tnulu\x00\x1f\x80\xff')
                change = self.random.randrange(3)
                if change == 0:
                    text[at:at] = bytes([odd])
                elif change == 1:
                    text[at : at + 1] = bytes([odd])
                else:
                    del text[at : at + 1]
            texts.append(bytes(text))
        agreed = 0
        for text, line in zip(texts, DRIVER.decode(texts)):
            expected = python_reads(text)
            if expected is not None:
                self.assertEqual(line, expected, text)
                agreed += line != "CORRUPT"
        self.assertGreater(agreed, COUNT // 100)  # not all of them are broken

    def test_nan_as_python_reads_it(self):
        texts = []
        for _ in range(COUNT // 4):
            numbers = self.random.choices(
                [math.nan, math.inf, -math.inf, 1.5, "NaN", None], k=self.random.randrange(1, 5)
            )
            text = json.dumps(self.random.choice([numbers, {"k": numbers}, numbers[0]]))
            if self.random.random() < 0.5:
                at = self.random.randrange(len(text) + 1)
                odd = self.random.choice(["N", "a", "-", "I", "+", " ", ",", '"', ""])
                text = text[:at] + odd + text[at + self.random.randrange(2) :]
            texts.append(text.encode())
        for text, line in zip(texts, DRIVER.decode(texts, "nan=number")):
            self.assertEqual(line, python_reads(text, nan=True), text)

    def test_floats_to_the_nearest(self):
        """Decimal texts of all lengths, and those half-way between two floats."""
        texts = []
        for _ in range(COUNT):
            digits = "".join(
                self.random.choice("0123456789") for _ in range(self.random.randint(1, 40))
            )
            texts.append(
                "%d.%se%d" % (self.random.randint(0, 9), digits, self.random.randint(-345, 307))
            )
            low = struct.unpack("<d", struct.pack("<Q", self.random.getrandbits(62)))[0]
            high = math.nextafter(low, math.inf)
            exact = (low.as_integer_ratio(), high.as_integer_ratio())
            half = (
                exact[0][0] * exact[1][1] + exact[1][0] * exact[0][1],
                2 * exact[0][1] * exact[1][1],
            )
            scale = half[1].bit_length()  # half[1] is a power of two
            texts.append("%de-%d" % (half[0] * 5 ** (scale - 1), scale - 1))
        lines = DRIVER.decode([text.encode() for text in texts])
        for text, line in zip(texts, lines):
            expected = float(text)
            self.assertEqual(
                line, notation(expected) if math.isfinite(expected) else "CORRUPT", text
            )


if __name__ == "__main__":
    unittest.main()
