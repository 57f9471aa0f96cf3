"""The yaml serializer and PyYAML agree, both ways, on thousands of random values and spoilt texts."""

import json
import os
import re
import sys
import unittest

import yaml

from tests.values.values import Driver, test_count, test_seed
from tests.yaml import canonical
from tests.yaml.grammar import Texts
from tests.yaml.python_values import PythonValues

COUNT = test_count()
PURE = 40  # one in that many is also given to PyYAML's own parser and emitter, which are slow

# PyYAML refuses these and the serializer does not, as its README says.
KNOWN_TO_REFUSE = (
    "unhashable",
    "tag:yaml.org,2002:value",
    "tag:yaml.org,2002:merge",
    "tag:yaml.org,2002:yaml'",
    "found invalid Unicode character escape code",
)


DRIVER = Driver(os.path.join("tests", "yaml", "driver"))


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
    b"",
    [],
    {},
    set(),
    float("nan"),
    float("inf"),
    float("-inf"),
    -0.0,
    5e-324,
    2**63 - 1,
    2**63,
    -(2**63),
    -(2**63) - 1,
    2**64 - 1,
    2**64,
    2**200,
    -(2**200),
    "x" * 100_000,
    "word " * 20_000,
    b"\xff" * 100_000,
    "\U0010ffff" * 1_000,
    [[], [[]], {}, [{}]],
    {"": {"": []}},
    deep(lambda v: [v], 100),
    deep(lambda v: {"k": v}, 100),
    [None] * 10_000,
    {str(i): i for i in range(10_000)},
]


def encode(values, *options):
    return DRIVER.encode_notations(map(canonical.to_notation, values), *options)


def python_reads(text, loader):
    """The canonical value, or the error."""
    try:
        return canonical.of_python(yaml.load(text, Loader=loader))
    except RecursionError:
        return RecursionError("a value that contains itself")
    except Exception as error:  # whatever it is: PyYAML lets errors of int() and the like pass
        return error


class PythonTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        sys.set_int_max_str_digits(0)
        cls.make = PythonValues(test_seed())
        cls.random = cls.make.random
        cls.values = [cls.make.tree() for _ in range(COUNT)] + CORNERS

    def assert_same(self, ours, theirs, context):
        if ours != theirs:
            self.fail("%r\nours:   %s\ntheirs: %s" % (context, ours, theirs))

    def dumped(self, value, dumper):
        """By one of the many ways that the dumper has."""
        choose = self.random.choice
        return yaml.dump(
            value,
            Dumper=dumper,
            encoding="utf-8",
            sort_keys=False,
            default_flow_style=choose([None, False, True]),
            default_style=choose([None, None, None, "'", '"', "|", ">"]),
            allow_unicode=choose([True, False]),
            indent=choose([None, 2, 4, 7]),
            width=choose([None, 20, 1000]),
            explicit_start=choose([None, True]),
            explicit_end=choose([None, True]),
        )

    def test_reads_what_pyyaml_writes(self):
        texts = [
            self.dumped(value, yaml.SafeDumper if i % PURE == 0 else yaml.CSafeDumper)
            for i, value in enumerate(self.values)
        ]
        for i, (text, line) in enumerate(zip(texts, DRIVER.decode(texts))):
            # What PyYAML's emitters write is not always what they were given.
            expected = python_reads(text, yaml.SafeLoader if i % PURE == 0 else yaml.CSafeLoader)
            ours = canonical.of_notation(line)
            if isinstance(expected, Exception):
                self.assertIsNone(ours, text)
            else:
                self.assert_same(ours, expected, text)

    def test_pyyaml_reads_what_is_written(self):
        ways = ([], ["indent=0"], ["indent=5", "ascii=true"])
        for way, options in enumerate(ways):
            values = [canonical.of_python(value) for value in self.values[way :: len(ways)]]
            texts = encode(values, *options)
            for i, (value, text) in enumerate(zip(values, texts)):
                self.assert_same(python_reads(text, yaml.CSafeLoader), value, text)
                if i % PURE == 0:
                    self.assert_same(python_reads(text, yaml.SafeLoader), value, text)
                if "ascii=true" in options:
                    self.assertTrue(text.isascii(), text)
            for text, value, line in zip(texts, values, DRIVER.decode(texts)):
                self.assert_same(canonical.of_notation(line), value, text)

    def test_each_odd_text_by_itself(self):
        """Alone, in a list, as a key and as a value: both parsers of PyYAML read each."""
        values = []
        for text in self.make.ODD_TEXTS:
            values += [text, [text, text], {text: text}, {"k": [{text: [text]}]}, {text, "other"}]
        values = [canonical.of_python(value) for value in values]
        for options in ([], ["indent=0"], ["ascii=true"]):
            for value, text in zip(values, encode(values, *options)):
                for loader in (yaml.SafeLoader, yaml.CSafeLoader):
                    self.assert_same(python_reads(text, loader), value, text)

    def test_scalars_without_quotes(self):
        """All that could be a number, a date or a word, read as the same type or refused by both."""
        texts = [
            word.encode()
            for word in (
                "0b_ 0x_ 0_ -0 +0 0b1_0 -0x1F 0b102 0777 -0777 0778 1_000 _1 1__ 1:30 -1:30 1:60 1:5:9 01:30 0:30 00:30.5 "
                "190:20:30 190:20:30.15 -190:20:30.15 1:2:3:4:5:6:7:8:9:10:11:12:13:14:15:16:17.5 +.5 -.5 .5 .5_0 5. 5._ "
                "5.e+3 5.e3 5e3 1.5e+3 1.5E-3 1.0e+400 -1.0e+400 1.0e-400 .inf +.inf -.Inf .INF .iNF .nan .NaN -.nan ~ ~~ "
                "null NULL nULL yes YES yEs y n on ON off OFF true True tRUE = << 2001-12-14 2001-1-1 2001-13-01 "
                "2001-02-29 2000-02-29 1900-02-29 0000-01-01 0001-01-01 9999-12-31 2001-12-14t21:59:43.10-05:00 "
                "2001-12-14T1:59:43Z 2001-1-1T1:00:00 2001-12-14T21:59:60 2001-12-14T24:00:00 2001-12-14T21:59:43+24:00 "
                "2001-12-14T21:59:43+23:59 2001-12-14T21:59:43-3 2001-12-14T21:59:43. 2001-12-14T21:59:43.123456 "
                "18446744073709551615 18446744073709551616 -9223372036854775808 -9223372036854775809 "
                "0xFFFFFFFFFFFFFFFF 0x10000000000000000 -0x8000000000000000 -0x8000000000000001 07777777777777777777777 "
                "999999999999999999999:59:59 -12345678901234567890:00"
            ).split(" ")
        ]
        texts += [
            b"2001-12-14 21:59:43.10 -5:30",
            b"2001-12-14 \t 21:59:43 Z",
            b"2001-12-14  1:59:43",
        ]
        for _ in range(COUNT):
            length = self.random.randint(1, 12)
            texts.append(
                "".join(
                    self.random.choice("0123456789012345678901+-._:eExb~afnuloty")
                    for _ in range(length)
                ).encode()
            )
        for _ in range(COUNT // 4):
            moment = "%04d-%02d-%02d %02d:%02d:%02d.5 +%d:%02d" % tuple(
                self.random.randint(0, most) for most in (9999, 13, 32, 25, 61, 61, 25, 61)
            )
            texts.append(moment.encode()[: self.random.choice([10, 10, 19, 21, 24, 99])])
        self.compare(texts)

    def test_tags_anchors_and_merges(self):
        texts = [
            text.encode()
            for text in (
                "!!str 12",
                "! 12",
                "! '12'",
                "!!int '12'",
                '!!int "0x1F"',
                "!!float 1",
                "!!float '1'",
                "!!null x",
                "!!bool 'YeS'",
                "!!bool maybe",
                "!!int x",
                "!!timestamp 2001-1-1",
                "!!timestamp x",
                "!!binary aGk=",
                "!!binary |\n  aGVs\n  bG8=\n",
                "!!binary aGk",
                "!!set {a, b}",
                "!!set {a: 1, b: [2]}",
                "!!set {}",
                "!!set [a]",
                "!!omap [a: 1, b: 2]",
                "!!omap [{a: 1, b: 2}]",
                "!!omap {a: 1}",
                "!!omap []",
                "!!omap [a]",
                "!!pairs [a: 1, a: 2]",
                "!!pairs [{}]",
                "!!seq [1]",
                "!!seq {}",
                "!!map {a: 1}",
                "!!map []",
                "!!str [1]",
                "!!python/tuple [1]",
                "!!python/object:os.system {}",
                "!custom 1",
                "!<tag:yaml.org,2002:str> 1",
                "%TAG !y! tag:yaml.org,2002:\n---\n!y!str 1",
                "%YAML 1.1\n---\na",
                "%YAML 2.0\n---\na",
                "!unknown! 1",
                "[&a 1, *a]",
                "[*a]",
                "&a [*a]",
                "[&a 1, &a 2]",
                "{a: &x {b: 1}, c: *x}",
                "&a a: *a",
                "? &k key\n: *k",
                "{<<: {a: 1}, a: 2}",
                "{a: 2, <<: {a: 1, b: 3}}",
                "{<<: [{a: 1}, {a: 2, b: 3}]}",
                "{<<: 1}",
                "{<<: [1]}",
                "{<<: {a: 1}, <<: {a: 2}}",
                "[&m {a: 1}, {<<: *m, b: 2}, {<<: [*m, {c: 3}], a: 4}]",
                "{<<: {<<: {a: 1, b: 1}, b: 2}, c: 3}",
                "{<<: {}}",
                "{<<: []}",
                "{<<: {a: 1, a: 2}, a: 3}",
                "{'<<': {a: 1}}",
                "{!!merge x: {a: 1}}",
                "{a: <<}",
                "[<<]",
                "{=: 1}",
                "[=]",
                "!!set {<<: {a, b}, c}",
                "- &x {p: 1, q: 2}\n- " "<<: *x\n  q: 3\n  r: 4\n",
                "{a: 1, a: 2}",
                "--- a\n--- b",
                "--- a\n...\n",
                "---\n",
                "a: b\n...\nc: d",
                "--- !!map\n",
                "\ufeffa: b",
                "a: |\n  b\n c",
                "{1: a, 1.0: b}",
                "{[1]: 2}",
                "{{a: 1}: 2}",
                "? [a]\n: b",
                "!",
                "- !\n- a",
                "a:\tb",
                "\ta: b",
            )
        ]
        for word in (
            ".nan .inf -.INF 1.5 5. 1_0.5_ 12 0x1F 1:30 1:30.5 yes NO true ~ null 2001-12-14 "
            "2001-12-14t21:59:43Z << = word"
        ).split(" "):
            texts += [
                text % word.encode()
                for text in (
                    b"! |\n %s\n",
                    b"! >\n %s\n",
                    b"! |-\n %s\n",
                    b"! |+\n %s\n\n",
                    b"- ! |\n %s\n- x",
                    b"! %s",
                    b"! '%s'",
                )
            ]
        self.compare(texts)

    def test_spoilt_texts(self):
        """Texts with something changed in them: the same value, or refused, by both."""
        texts = []
        for value in self.values:
            text = bytearray(self.dumped(value, yaml.CSafeDumper)[:2000])
            for _ in range(self.random.randint(1, 3)):
                at = self.random.randrange(len(text) + 1)
                odd = self.random.choice(b"0123456789-+.:?!&*|>'\"[]{}, #\n\t%@~=<\x00\x1f\x80\xff")
                change = self.random.randrange(3)
                text[at : at + (change > 0)] = bytes([odd] if change < 2 else [])
            texts.append(bytes(text))
        agreed = self.compare(texts)
        self.assertGreater(agreed, COUNT // 20)  # not all of them are broken

    def test_texts_by_the_grammar(self):
        texts = Texts(self.random)
        agreed = self.compare([texts.text() for _ in range(COUNT // 2)])
        self.assertGreater(agreed, COUNT // 10)

    def test_base64_with_anything_in_it(self):
        texts = [b'!!binary "%s"' % word for word in (b"aGk=aGk=", b"aG=k", b"=", b"====", b"a")]
        for _ in range(COUNT // 2):
            word = "".join(
                self.random.choices("AQgw+/z9==  *-_.~\u00e9", k=self.random.randrange(12))
            )
            texts.append(('!!binary "%s"' % word).encode())
        self.assertGreater(self.compare(texts), COUNT // 10)

    def test_json_text_is_read(self):
        values = [
            "".join(
                chr(code) if not 0xD800 <= code < 0xE000 else "x"
                for code in self.random.choices(
                    [self.random.randrange(0x10000, 0x110000), 0x1F600, 0x61, 0x5C, 0x22, 0x0A],
                    k=self.random.randrange(9),
                )
            )
            for _ in range(COUNT // 10)
        ]
        for value, line in zip(values, DRIVER.decode([json.dumps([v]).encode() for v in values])):
            self.assert_same(canonical.of_notation(line), canonical.of_python([value]), value)

    def compare(self, texts):
        agreed = 0
        for text, line in zip(texts, DRIVER.decode(texts)):
            ours, theirs = canonical.of_notation(line), python_reads(text, yaml.CSafeLoader)
            if ours != theirs:
                if self.has_lone_mark(text):
                    continue
                # PyYAML has two parsers, and they are not of one opinion.
                pure = python_reads(text, yaml.SafeLoader)
                theirs = pure if pure == ours else theirs
            if isinstance(theirs, Exception):
                if not self.is_read_on_purpose(text, theirs):
                    self.assertIsNone(ours, "%r, which PyYAML refuses: %s" % (text, theirs))
            elif ours is not None or not self.is_refused_on_purpose(text, theirs):
                self.assert_same(ours, theirs, text)
                agreed += 1
        return agreed

    @staticmethod
    def has_lone_mark(text):
        """A "!" that is no part of a tag: null for PyYAML's own parser and us, text for libyaml."""
        return re.search(rb"!(?=[\s,\]}]|$)", text)

    @staticmethod
    def is_read_on_purpose(text, error):
        """What the README says that we read and PyYAML does not."""
        # Values that do not count are not looked at: those of a set, and those that others replace.
        passed_over = b"!!set" in text or b"<<" in text
        return passed_over or any(reason in str(error) for reason in KNOWN_TO_REFUSE)

    @staticmethod
    def is_refused_on_purpose(text, theirs):
        """What the README says that PyYAML reads and we do not."""
        if theirs == ("n",) and yaml.compose(text, Loader=yaml.CSafeLoader) is None:
            return True  # no document at all
        merged_by_another_name = re.search(rb"<<\s*:\s*!!(seq|omap|pairs|set)", text)
        called_a_number = re.search(rb"!!(int|float)", text)  # Python's int() reads " 1"
        half = re.search(rb"\\u[dD][89a-fA-F]", text)
        return merged_by_another_name or called_a_number or half


if __name__ == "__main__":
    unittest.main()
