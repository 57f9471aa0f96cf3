"""What a serializer takes through the public header, it gives back: at the ends of every type.

ends_test.py DRIVER PLUGINS: the driver is that of the published vectors.
"""

import os
import struct
import subprocess
import sys
import unittest

DECIMAL, UUID, DATE, TIME, DATETIME, DATETIME_TZ, DURATION, APPLICATION = [*range(1, 8), 1024]


def ext(kind, data):
    return "x%d:%s " % (kind, data.hex())


def exts():
    """Typed extensions in their canonical bytes (coffer/value.h), those that cannot be, too."""
    for text in (
        "0 -0 0.00 0E+10 .5 5. 1E+999999999999999999 1e-999999999999999999 12.50 NaN -sNaN7 Infinity -inf "
        "1E+3 " + "9" * 5000
    ).split():
        yield ext(DECIMAL, text.encode())
    for data in (bytes(16), bytes(range(16)), b"\xff" * 16, b"short"):
        yield ext(UUID, data)
    years = [-(2**31), -719529, -719528, -719163, -719162, -1, 0, 2932896, 2932897, 2**31 - 1]
    for days in years:
        yield ext(DATE, struct.pack("<i", days))
    offsets = [0, 1, -1, 3600, 86340, -86340, 86399, -86399, 86400, -86400, 2**31 - 1, -(2**31)]
    for ns in (0, 1, 999, 1000, 86399999999999, 86399999999000, 86400000000000, -1, 2**63 - 1):
        yield ext(TIME, struct.pack("<q", ns))
        for offset in offsets:
            yield ext(TIME, struct.pack("<qi", ns, offset))
    seconds = [day * 86400 + more for day in years for more in (-1, 0, 1, 86399)]
    seconds += [-(2**63), 2**63 - 1, -(2**53), 2**34 - 1, 2**34, 2**32, -(2**31)]
    for second in seconds:
        for ns in (0, 1, 1000, 999999999, 1000000000, -1):
            yield ext(DURATION, struct.pack("<qi", second, ns))
            yield ext(DATETIME, struct.pack("<qi", second, ns))
            for offset in offsets:
                yield ext(DATETIME_TZ, struct.pack("<qii", second, ns, offset))
    for kind in (APPLICATION, 2**32 - 1, 8, 0):
        yield ext(kind, b"")
        yield ext(kind, b"\x00\xff" * 100)


def scalars():
    yield from ("n ", "t ", "f ")
    for bits in (5, 7, 8, 15, 16, 31, 32, 53, 63, 64, 65, 128, 4096):
        for more in (-1, 0, 1):
            yield "i%d " % (2**bits + more)
            yield "i%d " % (more - 2**bits)
    for number in (0.0, -0.0, 5e-324, -5e-324, 2.2250738585072014e-308, 2.225073858507201e-308):
        yield "d%s " % struct.pack(">d", number).hex()
    for number in (sys.float_info.max, -sys.float_info.max, float("inf"), float("-inf"), 1e16, 0.1):
        yield "d%s " % struct.pack(">d", number).hex()
    yield "d7ff8000000000000 "
    for text in [
        "",
        "\0",
        "\ufeff",
        "\ufeffx",
        "\ufffe\uffff",
        "\U0010ffff",
        "\x7f\x85\u2028",
        "$x",
        "~",
    ]:
        yield "s%s " % text.encode().hex()
    for text in ["null", "1", "1e5", "2024-02-29", "<<", "=", " x ", "a\r\nb", "x" * 70_000]:
        yield "s%s " % text.encode().hex()
    for blob in (b"", b"\0", bytes(range(256)), b"x" * 70_000):
        yield "b%s " % blob.hex()
    yield from exts()


def containers(values):
    for kind in range(4):
        yield "[%d ] " % kind
        yield "[%d [%d ] ] " % (kind, kind)
    yield "{ } "
    yield "{ [1 ] [0 { } ] } "
    yield "[0 " * 120 + "n " + "] " * 120
    yield "{ s " * 120 + "n " + "} " * 120
    for value in values:
        yield "[0 %s[1 %s] ] " % (value, value)
        yield "{ %sn } " % value
        yield "{ s %s} " % value
        yield "[2 %s] " % value
        yield "[3 %s] " % value
        yield "{ [1 %s] t } " % value


# With options, and how many of the values each takes at the least.
SERIALIZERS = {
    ("json", ""): 156,
    ("json", "ext=tagged"): 4724,
    ("json", "ext=tagged,nan=number"): 4735,
    ("yaml", ""): 686,
    ("yaml", "indent=0,keys=any"): 687,
    ("msgpack", ""): 6176,
    ("pickle", ""): 1658,
    ("protobuf", ""): 6176,
}


class EndsTest(unittest.TestCase):
    driver, plugins = "", ""

    def answers(self, lines):
        done = subprocess.run(
            [self.driver],
            input="".join(line + "\n" for line in lines),
            env=dict(os.environ, COFFER_PLUGIN_PATH=self.plugins),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=True,
        )
        return done.stdout.splitlines()

    def test_what_is_taken_is_given_back(self):
        simple = list(scalars())
        values = simple + list(containers(simple[::3]))
        for (name, options), least in SERIALIZERS.items():
            with self.subTest(name=name, options=options):
                encoded = self.answers("encode\t%s\t%s\t%s" % (name, options, v) for v in values)
                self.assertEqual(len(encoded), len(values))
                taken = [(v, e) for v, e in zip(values, encoded) if not e.startswith("!")]
                refusals = {e for e in encoded if e.startswith("!")}
                self.assertLessEqual(refusals, {"!UNSUPPORTED", "!TOO_LARGE", "!INVALID_ARGUMENT"})
                decoded = self.answers("decode\t%s\t%s\t%s" % (name, options, e) for _, e in taken)
                for (value, bytes_), back in zip(taken, decoded):
                    self.assertEqual(back, value, bytes_[:200])
                self.assertGreaterEqual(len(taken), least, len(values))


if __name__ == "__main__":
    EndsTest.driver, EndsTest.plugins = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1])
