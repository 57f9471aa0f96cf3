"""Runs what README.md shows.

Each fenced block says by its info string what it is, and a block that nobody here knows is a failure:

  ```sh               commands, run in order in one shell, in a folder with the installed tarball
  ```text             exactly what the block of commands before it prints; "…" stands for anything
  ```sh repository    commands for a clone: their targets exist (.ci/run runs the commands)
  ```c NAME           a file, which a later block of commands must compile; ```cpp NAME too
  ```starlark FILE    lines for that file of a workspace: loaded here, and BUILD rules are in ours
"""

import json
import os
import re
import subprocess
import unittest

RUNFILES = os.getcwd()
BUILD_RULES = ["cc_binary", "genquery", "genrule", "package", "py_test"]
MODULE_RULES = ["module", "bazel_dep", "use_extension", "use_repo"]
README = os.path.join(RUNFILES, "README.md")


class Block:
    def __init__(self, line, info, text):
        self.line, self.text = line, text
        self.language, _, self.name = info.strip().partition(" ")

    def __str__(self):
        return "README.md:%d (%s %s)" % (self.line, self.language, self.name)


def blocks(text):
    """All fenced blocks."""
    found, info, start, lines = [], None, 0, []
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("```"):
            if info is None:
                info, start, lines = line.strip()[3:], number, []
            else:
                found.append(Block(start, info, "".join(l + "\n" for l in lines)))
                info = None
        elif info is not None:
            lines.append(line)
    if info is not None:
        raise ValueError("README.md:%d: the block has no end" % start)
    return found


def tables(text):
    """The rows of all tables, as lists of cells, by the first cell of the head."""
    found, head = {}, None
    for line in text.split("\n"):
        if not line.startswith("|"):
            head = None
            continue
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if head is None:
            head = cells[0]
            found[head] = []
        elif not set(line) <= set("|- "):
            found[head].append(cells)
    return found


def matches(expected, actual):
    """Whether the output is as shown, "…" standing for anything within a line."""
    pattern = "[^\n]*".join(re.escape(part) for part in expected.split("…"))
    return re.fullmatch(pattern, actual) is not None


def calls(starlark, names, load=None):
    """The calls in a Starlark file, as (name, arguments); `load` sees what it loads."""
    found = []

    def recorder(name):
        def record(*args, **kwargs):
            found.append((name, args, kwargs))
            return []

        return record

    def default_load(label, *symbols):
        for symbol in symbols:
            scope[symbol] = recorder(symbol)
        if load is not None:
            load(label, *symbols)

    scope = {name: recorder(name) for name in names}
    scope["load"] = default_load
    scope["use_repo_rule"] = lambda *args: recorder("use_repo_rule")
    exec(starlark, scope)  # Starlark is a subset of Python
    return found


def read(path):
    with open(os.path.join(RUNFILES, path)) as file:
        return file.read()


class Readme(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.text = read("README.md")
        cls.blocks = blocks(cls.text)
        cls.work = os.path.join(os.environ["TEST_TMPDIR"], "work")
        os.makedirs(os.path.join(cls.work, "home"))
        os.makedirs(os.path.join(cls.work, ".bazel/bin/tests/dist"))
        os.makedirs(os.path.join(cls.work, "tests"))
        for name, target in {
            ".bazel/bin/tests/dist/dist": "tests/dist/dist",
            "tests/data": "tests/data",
        }.items():
            os.symlink(os.path.join(RUNFILES, target), os.path.join(cls.work, name))
        for block in cls.blocks:
            if block.language in ("c", "cpp"):
                with open(os.path.join(cls.work, block.name), "w") as file:
                    file.write(block.text)
        cls.run_commands()

    @classmethod
    def commands(cls):
        return [b for b in cls.blocks if b.language == "sh" and b.name == ""]

    @classmethod
    def run_commands(cls):
        """One shell for all blocks; the output of each goes to a file."""
        script = ["set -euo pipefail"]
        for number, block in enumerate(cls.commands()):
            script.append("echo 'running %s' >&2" % block)
            script.append("{\n%s} >out.%d\necho $? >status.%d" % (block.text, number, number))
        script.append("env >environment")
        cls.shell = subprocess.run(
            ["bash", "-c", "\n".join(script)],
            cwd=cls.work,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": os.path.join(cls.work, "home")},
        )

    def output(self, number):
        with open(os.path.join(self.work, "out.%d" % number)) as file:
            return file.read()

    def coffer(self, *arguments):
        """The installed tool, in the environment the commands made."""
        with open(os.path.join(self.work, "environment")) as file:
            env = dict(line.rstrip("\n").split("=", 1) for line in file if "=" in line)
        return subprocess.run(["coffer"] + list(arguments), capture_output=True, text=True, env=env)

    def test_every_block_has_a_runner(self):
        for block in self.blocks:
            if block.language == "sh":
                self.assertIn(block.name, ("", "repository"), block)
            elif block.language in ("c", "cpp"):
                self.assertRegex(block.name, r"^\w+\.(c|cc)$", block)
            elif block.language == "text":
                self.assertEqual("", block.name, block)
            else:
                self.assertEqual("starlark", block.language, "%s has no runner" % block)
                self.assertIn(block.name, ("WORKSPACE", "MODULE.bazel", "BUILD"), block)
        for language in ("sh", "c", "cpp", "text", "starlark"):
            self.assertIn(language, [b.language for b in self.blocks])

    def test_commands_succeed(self):
        self.assertEqual(0, self.shell.returncode, self.shell.stderr)
        for number, block in enumerate(self.commands()):
            with open(os.path.join(self.work, "status.%d" % number)) as file:
                self.assertEqual("0\n", file.read(), "%s\n%s" % (block, self.shell.stderr))

    def test_commands_print_what_is_shown(self):
        shown = 0
        for before, block in zip(self.blocks, self.blocks[1:]):
            if block.language == "text":
                self.assertIn(before, self.commands(), "%s follows no commands" % block)
                actual = self.output(self.commands().index(before))
                if not matches(block.text, actual):
                    self.assertEqual(block.text, actual, "%s\n%s" % (block, self.shell.stderr))
                shown += 1
        self.assertEqual(shown, len([b for b in self.blocks if b.language == "text"]))

    def test_every_source_is_compiled(self):
        for block in self.blocks:
            if block.language in ("c", "cpp"):
                later = [c for c in self.commands() if c.line > block.line]
                words = [word for command in later for word in command.text.split()]
                self.assertIn(block.name, words, "%s is never compiled" % block)

    def test_sources_are_free_of_warnings(self):
        include = os.path.join(self.work, "home")
        include = os.path.join(include, os.listdir(include)[0], "include")
        strict = [
            "-Wall",
            "-Wextra",
            "-Wno-unused-parameter",
            "-Wpedantic",
            "-Werror",
            "-fsyntax-only",
            "-I" + include,
        ]
        compilers = {
            "c": [["gcc", "-std=c11"], ["clang-14", "-std=c11"]],
            "cpp": [
                ["g++", "-std=c++20"],
                ["clang++-14", "-std=c++20"],
                ["g++", "-std=c++20", "-fno-exceptions", "-fno-rtti"],
            ],
        }
        for block in self.blocks:
            for compiler in compilers.get(block.language, []):
                done = subprocess.run(
                    compiler + strict + [block.name], cwd=self.work, capture_output=True, text=True
                )
                self.assertEqual(0, done.returncode, done.stderr)

    def test_the_plugin_is_as_short_as_promised(self):
        plugin = [b for b in self.blocks if b.name == "fifo.c"][0]
        self.assertLess(plugin.text.count("\n"), 60)

    def test_targets_exist(self):
        targets = read("tests/readme/targets").split()
        shown = []
        for block in self.blocks:
            if block.language == "sh" and block.name == "repository":
                for line in block.text.splitlines():
                    words = line.split()
                    self.assertEqual("./bazelw", words[0], block)
                    shown += [word for word in words[1:] if word.startswith("//")]
        shown = set(shown) - {"//..."}
        # A query for test suites would load all their tests.
        suites = {"//:" + n for n in re.findall(r'test_suite\(\s*name = "(\w+)"', read("BUILD"))}
        shown -= suites
        self.assertIn("//:fast", suites)
        self.assertGreater(len(shown), 2)
        self.assertLessEqual(shown, set(targets), "add it to _TARGETS")

    def check_load(self, label, *symbols):
        """What is loaded from us is there."""
        if label.startswith("@coffer//"):
            path = label[len("@coffer//") :].replace(":", "/").lstrip("/")
            for symbol in symbols:
                self.assertRegex(read(path), r"(?m)^(def %s\(|%s = )" % (symbol, symbol))

    def starlark(self, name, names):
        found = []
        for block in self.blocks:
            if block.language == "starlark" and block.name == name:
                found += calls(block.text, names, self.check_load)
        return found

    def test_workspace_lines(self):
        found = self.starlark("WORKSPACE", ["local_repository"])
        self.assertEqual(["local_repository", "coffer_deps"], [name for name, _, _ in found])
        workspace = calls(read("WORKSPACE"), ["workspace"])
        self.assertEqual(workspace[0][2]["name"], found[0][2]["name"])

    def test_module_lines(self):
        found = self.starlark("MODULE.bazel", ["bazel_dep", "local_path_override"])
        module = calls(read("MODULE.bazel"), MODULE_RULES)[0]
        self.assertEqual("module", module[0])
        self.assertEqual({"name": module[2]["name"], "version": module[2]["version"]}, found[0][2])
        self.assertEqual(module[2]["name"], found[1][2]["module_name"])

    def test_build_lines(self):
        """Our own BUILD file builds the same targets from the same sources."""
        ours = calls(read("tests/readme/BUILD").replace('"//', '"@coffer//'), BUILD_RULES)
        found = self.starlark("BUILD", ["cc_binary"])
        self.assertGreaterEqual(len(found), 2)
        for call in found:
            self.assertIn(call, ours)

    def test_options_are_those_of_the_plugins(self):
        rows = tables(self.text)["option"]
        unquote = lambda cell: cell.strip("`")
        for plugin, complete in {
            "memory": True,
            "lfu": True,
            "zstd": False,
            "aes_gcm": False,
        }.items():
            done = self.coffer("-o", "json", "plugins", "explain", plugin)
            self.assertEqual(0, done.returncode, done.stderr)
            options = {o["key"]: o for o in json.loads(done.stdout)["plugin"]["options"]}
            shown = [row for row in rows if unquote(row[1]) == plugin]
            keys = [unquote(row[0]).split(".")[-1] for row in shown]
            if complete:
                self.assertEqual(sorted(options), sorted(keys), plugin)
            self.assertLessEqual(set(keys), set(options), plugin)
            for row, key in zip(shown, keys):
                if re.fullmatch("`[^`]*`", row[3]):
                    self.assertEqual(unquote(row[3]), options[key]["default"], row)

    def test_options_of_every_cache(self):
        checked = 0
        for row in tables(self.text)["option"]:
            if row[1] == "every cache":
                name = row[0].strip("`")
                value = row[3].strip("`") if row[3].startswith("`") else "5s"
                if name == "codec":
                    value = "zstd,lz4"
                url = "memory://?capacity=10&%s=%s" % (name, value)
                done = self.coffer("-c", url, "shell", "put a 1", "get a")
                self.assertEqual((0, "1\n"), (done.returncode, done.stdout), done.stderr)
                checked += 1
        self.assertGreaterEqual(checked, 6)

    def test_plugins_are_those_that_come_along(self):
        done = self.coffer("-o", "json", "plugins")
        self.assertEqual(0, done.returncode, done.stderr)
        found = {(plugin["id"], plugin["kind"]) for plugin in json.loads(done.stdout)}
        shown = {(row[0].strip("`"), row[1]) for row in tables(self.text)["plugin"]}
        self.assertEqual(found, shown)


class Runner(unittest.TestCase):
    """The runner itself notices what it should."""

    def test_output_that_differs(self):
        self.assertTrue(matches("a …\n", "a b c\n"))
        self.assertFalse(matches("a …\n", "a b\nc\n"))
        self.assertFalse(matches("a\n", "b\n"))
        self.assertFalse(matches("a.c\n", "abc\n"))

    def test_blocks(self):
        found = blocks("x\n```c a.c\nint a;\n```\n```\nplain\n```\n")
        self.assertEqual(
            [("c", "a.c", "int a;\n"), ("", "", "plain\n")],
            [(b.language, b.name, b.text) for b in found],
        )
        with self.assertRaises(ValueError):
            blocks("```sh\ntrue\n")


if __name__ == "__main__":
    unittest.main()
