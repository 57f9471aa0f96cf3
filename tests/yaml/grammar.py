"""Random YAML by the grammar, odd in every way that it has: tags, merges, blocks, tabs, quotes."""

SCALARS = (
    r"""a b c 1 0 -1 1.5 .5 1e3 1.0e+3 0x1F 017 0b11 1:30 1:30.5 1_0 ~ null true Yes no on .inf -.inf .nan
    2001-12-14 2001-12-14t21:59:43.10-05:00 << = - ? : x:y a#b "q" 'q' "" '' "\n" "\x41" 'it''s' "\u263a"
    "\ud83d\ude00" '\ud83d' äö 😀 word-with-dash http://x/y *a *b"""
).split()
ODD = r"@ ` %x & ! | > , [ ] { } #c".split()
TAGS = (
    "!!str !!int !!float !!bool !!null !!binary !!timestamp !!seq !!map !!set !!omap !!pairs ! !!merge !x "
    "!<tag:yaml.org,2002:str>"
).split()
COLLECTION_TAGS = "!!seq !!map !!set !!omap !!pairs".split()
SPOILERS = " \n\t-:?,[]{}#&*!|>'\"%@`~=<.0a\\\u2028\x85\ufeff"


class Texts:
    def __init__(self, random):
        self.random = random
        self.choose = random.choice

    def chance(self, probability):
        return self.random.random() < probability

    def scalar(self):
        word = self.choose(SCALARS)
        if self.chance(0.1):
            word = self.choose(TAGS) + " " + word
        return "&%s %s" % (self.choose("ab"), word) if self.chance(0.08) else word

    def key(self):
        return "<<" if self.chance(0.15) else self.scalar()

    def flow(self, depth):
        if depth == 0 or self.chance(0.45):
            return self.scalar()
        count = self.random.randrange(4)
        if self.chance(0.45):
            items = [self.flow(depth - 1) for _ in range(count)]
            return (
                "["
                + self.choose(["", " ", "\n "])
                + self.choose([", ", ",", " , "]).join(items)
                + "]"
            )
        forms = ["%s: %s", "%s : %s", "? %s : %s", "%s:%s"]
        pairs = [self.choose(forms) % (self.key(), self.flow(depth - 1)) for _ in range(count)]
        return "{" + ", ".join(pairs) + "}"

    def literal(self, indent):
        lines = [
            " " * indent + "  " + self.choose(["a", "", " b", "\tc", "- d", "#e"])
            for _ in range(self.random.randrange(1, 4))
        ]
        return " " + self.choose("|>") + self.choose(["", "-", "+", "2"]) + "\n" + "\n".join(lines)

    def block(self, depth, indent):
        """What follows a `-` or `key:` at this indentation."""
        if depth == 0 or self.chance(0.3):
            return " " + self.flow(1)
        if self.chance(0.12):
            return self.literal(indent)
        head = " " + self.choose(COLLECTION_TAGS + ["&a", "&b"]) if self.chance(0.15) else ""
        lines = []
        for _ in range(self.random.randrange(1, 4)):
            lines.append((self.key() + ":", depth - 1))
        if self.chance(0.45):
            lines = [("-", below) for _, below in lines]
        pad = "\n" + " " * indent
        return head + "".join(pad + start + self.block(below, indent + 2) for start, below in lines)

    def soup(self):
        words = SCALARS + ODD + TAGS + [" ", "\n", "\t", " ", ": ", "- ", ", ", "\n ", "\n  "]
        return "".join(self.choose(words) for _ in range(self.random.randrange(1, 9)))

    def spoilt(self, text):
        text = list(text)
        for _ in range(self.random.randrange(1, 3)):
            at = self.random.randrange(len(text) + 1)
            text[at : at + self.random.randrange(2)] = self.choose([[], [self.choose(SPOILERS)]])
        return "".join(text)

    def text(self):
        make = self.choose([self.soup, lambda: self.flow(3), lambda: self.block(3, 0).lstrip(" ")])
        return (self.spoilt(make()) if self.chance(0.4) else make()).encode()
