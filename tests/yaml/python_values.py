"""Random Python values of the types that PyYAML's safe dumper and loader know, with a liking for what goes wrong."""

import datetime
import random
import struct


class PythonValues:
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
        1e21,
        1e22,
        1e23,
        float("inf"),
        float("-inf"),
        float("nan"),
        2.2250738585072014e-308,
        9007199254740993.0,
    ]
    ODD_INTEGERS = [
        0,
        1,
        -1,
        2**31,
        2**53 + 1,
        2**63 - 1,
        2**63,
        -(2**63),
        -(2**63) - 1,
        2**64 - 1,
        2**64,
        2**200,
        -(2**200),
    ]
    # What looks like something else, or means something in YAML.
    ODD_TEXTS = [
        "",
        " ",
        "~",
        "null",
        "Null",
        "true",
        "yes",
        "No",
        "on",
        "OFF",
        "y",
        "n",
        "<<",
        "=",
        "-",
        "- ",
        "--",
        "---",
        "...",
        "?",
        "? ",
        ":",
        ": ",
        "a: b",
        "a:b",
        "a #b",
        "#",
        "%",
        "@",
        "`",
        "!",
        "!!str",
        "&a",
        "*a",
        "|",
        ">",
        "'",
        '"',
        "[",
        "]",
        "{}",
        ",",
        "a, b",
        "0",
        "007",
        "08",
        "0o7",
        "0x1F",
        "0b1",
        "1_000",
        "1:30",
        "1:30.5",
        "1.",
        ".5",
        "1e5",
        "1.0e+5",
        ".inf",
        "-.inf",
        ".nan",
        "2001-12-14",
        "2001-12-14 21:59:43",
        "12:30:45",
        "\n",
        "\n\n",
        "a\n",
        "a\nb",
        "a\nb\n",
        "a\n\n",
        "a\n\nb\n\n\n",
        " a\nb",
        "a \nb",
        "a\n b\n",
        "\ta",
        "a\t",
        "a\n\tb",
        "\na",
        "a\r\nb",
        "a\rb",
        "a\x85b",
        "a\u2028b\u2029c",
        "\ufeff",
        "a\ufeffb",
        "\x00",
        "\x7f",
        "\x80",
        "\x1b[0m",
        "\U0001f600",
        "\ud7ff\ue000\ufffd\ufffe\uffff",
        "x" * 127,
        "x" * 128,
        "x" * 129,
        "k" * 1100,
        "word " * 30,
        "trailing ",
        " leading",
        "http://a.b/c?d=e&f",
        "key: [1, 2]",
        "...\n",
        "---\n",
        "a\n---\nb\n",
        "a\n...\nb",
        "# no comment\n# at all\n",
        "\u00e4\u00f6\u00fc",
        "it's",
        "(a) b",
        "a,b",
    ]
    ODD_CHARACTERS = (
        '\0\x01\x1f"\\/\b\f\n\r\t\x7f\x80\x85\xa0\u07ff\u0800\ud7ff\ue000\uffff\u2028\u2029\ufeff'
        "\U00010000\U0010ffff:#-?![]{},&*|>'%@`~=<. \n\n\n  "
    )

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.shared = []

    def integer(self):
        if self.random.random() < 0.4:
            return self.random.choice(self.ODD_INTEGERS) + self.random.randint(-1, 1)
        bits = self.random.choice([3, 16, 32, 63, 64, 65, 128, 700])
        return self.random.getrandbits(bits) * self.random.choice([1, -1])

    def real(self):
        if self.random.random() < 0.4:
            return self.random.choice(self.ODD_FLOATS)
        if self.random.random() < 0.4:
            return round(self.random.uniform(-1e6, 1e6), self.random.randint(0, 6))
        return struct.unpack("<d", struct.pack("<Q", self.random.getrandbits(64)))[0]

    def text(self):
        if self.random.random() < 0.4:
            return self.random.choice(self.ODD_TEXTS)
        out = []
        for _ in range(self.random.choice([1, 3, 9, 30])):
            kind = self.random.random()
            if kind < 0.7:
                out.append(chr(self.random.randint(32, 126)))
            elif kind < 0.9:
                out.append(self.random.choice(self.ODD_CHARACTERS))
            else:
                code = self.random.randint(0x80, 0x10FFFF)
                out.append(chr(code) if not 0xD800 <= code < 0xE000 else "x")
        return "".join(out)

    def blob(self):
        return self.random.randbytes(self.random.choice([0, 1, 2, 3, 57, 130]))

    def date(self):
        return datetime.date.fromordinal(self.random.randint(1, datetime.date.max.toordinal()))

    def moment(self):
        """Within a day of the first and last that there are, a zone could leave the years."""
        span = datetime.datetime.max - datetime.datetime.min - datetime.timedelta(days=3)
        day = datetime.timedelta(
            days=self.random.randrange(span.days),
            seconds=self.random.randrange(86400),
            microseconds=self.random.choice([0, 500000, 1000, self.random.randrange(10**6)]),
        )
        moment = datetime.datetime.min + datetime.timedelta(days=1) + day
        if self.random.random() < 0.5:
            return moment
        return moment.replace(
            tzinfo=datetime.timezone(datetime.timedelta(minutes=self.random.randint(-1439, 1439)))
        )

    def scalar(self):
        return self.random.choice(
            [
                lambda: None,
                lambda: True,
                lambda: False,
                self.integer,
                self.integer,
                self.real,
                self.real,
                self.text,
                self.text,
                self.text,
                self.blob,
                self.date,
                self.moment,
            ]
        )()

    def value(self, depth):
        if self.shared and self.random.random() < 0.05:
            return self.random.choice(self.shared)
        if depth == 0 or self.random.random() < 0.25:
            return self.scalar()
        size = self.random.choice([0, 1, 1, 2, 3, 5])
        kind = self.random.random()
        if kind < 0.45:
            made = [self.value(depth - 1) for _ in range(size)]
        elif kind < 0.9:
            made = {self.key(): self.value(depth - 1) for _ in range(size)}
        else:
            made = {self.key() for _ in range(size)}
        if depth <= 1:  # small ones, or the sizes multiply
            self.shared.append(made)
        return made

    def key(self):
        return self.text() if self.random.random() < 0.6 else self.scalar()

    def tree(self):
        """Lists and maps in it may be in it more than once: PyYAML writes aliases then."""
        self.shared = []
        return self.value(self.random.choice([0, 1, 2, 2, 3, 4]))
