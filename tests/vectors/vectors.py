"""Holds the published vectors against the library: vectors.py check|write DRIVER PLUGINS FILE.json...

`check` fails where bytes differ. `write` computes what a case lacks or has wrong, and writes the files: how a format's first
vectors are made, and how those of a format that changed on purpose are. README.md says what is in the files.
"""

import json
import os
import struct
import subprocess
import sys

LISTS = {"list": 0, "tuple": 1, "set": 2, "frozenset": 3}
EXTENSIONS = {
    "decimal": 1,
    "uuid": 2,
    "date": 3,
    "time": 4,
    "datetime": 5,
    "datetime_tz": 6,
    "duration": 7,
}
COLUMNS = {
    name: 1 + at
    for at, name in enumerate(
        "any bool integer float decimal text bytes date time datetime instant uuid".split()
    )
}


class Driver:
    """The library, a line for a line."""

    def __init__(self, program, plugins):
        environment = dict(os.environ, COFFER_PLUGIN_PATH=plugins)
        self.process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
        )

    def ask(self, *fields):
        self.process.stdin.write("\t".join(fields) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit("the driver ended at %s" % (fields,))
        return answer[:-1]


def notation(value):
    """A value of the files as the driver takes it."""
    if value is None:
        return "n "
    if isinstance(value, bool):
        return "t " if value else "f "
    if isinstance(value, str):
        return "s%s " % value.encode().hex()
    ((kind, content),) = value.items()
    if kind == "int":
        return "i%s " % content
    if kind == "float":
        return "d%s " % content
    if kind == "bytes":
        return "b%s " % content
    if kind in LISTS:
        return "[%d %s] " % (LISTS[kind], "".join(map(notation, content)))
    if kind == "map":
        return "{ %s} " % "".join(notation(key) + notation(item) for key, item in content)
    if kind in EXTENSIONS:
        return "x%d:%s " % (EXTENSIONS[kind], content)
    raise SystemExit("unknown kind of value: %s" % kind)


def value_of(words):
    """The value of the files that a list of words in the driver's notation begins with; takes them from the list."""
    word = words.pop(0)
    sign, rest = word[0], word[1:]
    if sign in "ntf":
        return {"n": None, "t": True, "f": False}[sign]
    if sign == "s":
        return bytes.fromhex(rest).decode()
    if sign in "idb":
        return {{"i": "int", "d": "float", "b": "bytes"}[sign]: rest}
    if sign == "x":
        number, content = rest.split(":")
        return {name_of(EXTENSIONS, int(number)): content}
    items = []
    while words[0] not in ("]", "}"):
        items.append(value_of(words))
    words.pop(0)
    if sign == "[":
        return {name_of(LISTS, int(rest)): items}
    return {"map": [list(pair) for pair in zip(items[::2], items[1::2])]}


def name_of(names, number):
    return next(name for name, each in names.items() if each == number)


def key_bytes(text):
    """Keys and namespaces are text, or {"bytes": hex}."""
    return text["bytes"] if isinstance(text, dict) else text.encode().hex()


class Check:
    """One file: what the library answers to its cases."""

    def __init__(self, driver, path):
        self.driver = driver
        self.path = path
        with open(path, encoding="utf-8") as file:
            self.content = json.load(file)
        self.wrong = []

    def run(self):
        about = getattr(self, "case_of_" + self.content["kind"])
        names = [case["name"] for case in self.content["cases"]]
        if len(set(names)) != len(names):
            self.wrong.append("two cases of one name")
        for case in self.content["cases"]:
            about(case)

    def expect(self, case, member, answer):
        """The case's member must be the answer; when writing, it becomes it."""
        if case.get(member) != answer:
            self.wrong.append(
                "%s: %s is %s, but the library says %s"
                % (case["name"], member, case.get(member), answer)
            )
            case[member] = answer

    def outcome(self, case, member, answer):
        """A result, or a refusal."""
        if answer[0] == "!":
            self.expect(case, "refused", answer[1:])
        elif "refused" in case:
            self.wrong.append(
                "%s: refused is %s, but the library takes it" % (case["name"], case.pop("refused"))
            )
        else:
            self.expect(case, member, answer)

    def case_of_serializer(self, case):
        name = self.content["format"]
        options = ",".join("%s=%s" % item for item in case.get("options", {}).items())
        if "value" in case:
            self.outcome(
                case, "bytes", self.driver.ask("encode", name, options, notation(case["value"]))
            )
        if "refused" in case and "value" in case:
            return
        back = self.driver.ask("decode", name, options, case["bytes"])
        if "value" not in case and (back.startswith("!") or "refused" in case):
            self.outcome(case, "reads_as", back)
            return
        expected = [notation(case[member]) for member in ("reads_as", "value") if member in case][
            :1
        ]
        if [back] != expected:
            self.wrong.append("%s: it is read as %s" % (case["name"], back))
            if not back.startswith("!"):
                case["reads_as"] = value_of(back.split())

    def case_of_keys(self, case):
        spaces = [key_bytes(space) for space in case["namespaces"]]
        self.outcome(case, "bytes", self.driver.ask("key", *spaces, key_bytes(case["key"])))

    def case_of_dependencies(self, case):
        scope = key_bytes(case["scope"])
        if "rows" in case:
            words = []
            for cell in case["rows"]:
                words += [
                    key_bytes(cell["column"]),
                    str(COLUMNS[cell.get("type", "any")]),
                    notation(cell["value"]),
                ]
            answer = self.driver.ask("rows", scope, key_bytes(case["space"]), *words)
        else:
            kind = "tag" if "tag" in case else "space"
            answer = self.driver.ask(kind, scope, key_bytes(case[kind]))
        self.outcome(case, "id", answer if answer[0] == "!" else answer.split(":"))

    def case_of_envelope(self, case):
        key = key_bytes(case.get("key", ""))
        if "entry" not in case:
            answer = self.driver.ask("entry", case["bytes"], key).rstrip("\t")
            self.outcome(case, "reads_as", answer)
            return
        fields = []
        for name, content in case["entry"].items():
            if name == "stamps":
                fields += ["stamp=" + ":".join(stamp) for stamp in content]
            elif name == "codecs":
                fields += [
                    "codec=%s:%s" % (codec["codec"], codec["parameters"]) for codec in content
                ]
            else:
                fields.append("%s=%s" % (name, content))
        self.outcome(case, "bytes", self.driver.ask("envelope", "key=" + key, *fields))
        if "context" in case:
            self.expect(case, "context", self.driver.ask("context", "key=" + key, *fields))
        expected = ["revision=1"] + fields
        back = self.driver.ask("entry", case["bytes"], key).split("\t")[:-1]
        if sorted(back) != sorted(expected):
            self.wrong.append("%s: it is read as %s" % (case["name"], back))


def float_bits(number):
    """What a float of the files looks like: for those who write cases by hand."""
    return struct.pack(">d", number).hex()


def main():
    mode, program, plugins, *paths = sys.argv[1:]
    driver = Driver(program, plugins)
    failed = False
    cases = 0
    for path in paths:
        check = Check(driver, path)
        check.run()
        cases += len(check.content["cases"])
        for problem in check.wrong:
            print("%s: %s" % (path, problem))
        if mode == "write" and check.wrong:
            target = os.path.join(os.environ.get("BUILD_WORKSPACE_DIRECTORY", "."), path)
            with open(target, "w", encoding="utf-8") as file:
                json.dump(check.content, file, indent=1, ensure_ascii=False)
                file.write("\n")
        failed = failed or bool(check.wrong)
    print("%d cases in %d files" % (cases, len(paths)))
    if cases < 20:
        raise SystemExit("vectors are missing")
    if failed and mode == "check":
        raise SystemExit("the library disagrees with what is published; see README.md")


if __name__ == "__main__":
    main()
