"""Every source file is what the formatter of its language makes of it.

C and C++: clang-format with .clang-format. Python: black with pyproject.toml. Bazel: buildifier.
"""

import os
import shutil
import tempfile
import unittest

from tests.style import repository

BUILDIFIER = os.path.realpath("../buildifier/buildifier")

CLANG_FORMAT = ["clang-format", "--dry-run", "-Werror"]
BLACK = ["/usr/bin/black", "--check", "--quiet"]
BUILD_FORMAT = [BUILDIFIER, "-lint=off", "-mode=check"]

REPAIR = {
    "clang-format": "clang-format -i",
    "black": "black -q",
    "buildifier": "buildifier -lint=off",
}


def is_bazel(path):
    return os.path.basename(path) in ("BUILD", "WORKSPACE", "MODULE.bazel") or path.endswith(".bzl")


class Format(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = repository.root()
        cls.files = repository.files(cls.root)

    def check(self, command, files, at_least):
        self.assertGreaterEqual(len(files), at_least, "the source tree has more such files")
        unformatted = self.unformatted(command, files)
        tool = os.path.basename(command[0])
        self.assertEqual([], unformatted, "run: %s %s" % (REPAIR[tool], " ".join(unformatted)))

    def unformatted(self, command, files):
        """The files that the tool would change: all at once first, each alone if there are any."""
        code, said = repository.run(command + files, self.root)
        if code == 0:
            return []
        bad = [f for f in files if repository.run(command + [f], self.root)[0] != 0]
        self.assertNotEqual([], bad, said)
        return bad

    def test_c_and_cxx(self):
        files = [f for f in self.files if f.endswith((".c", ".cc", ".h", ".hpp"))]
        self.check(CLANG_FORMAT, files, 800)

    def test_python(self):
        self.check(BLACK, [f for f in self.files if f.endswith((".py", ".pyi"))], 100)

    def test_bazel(self):
        self.check(BUILD_FORMAT, [f for f in self.files if is_bazel(f)], 80)

    def test_bad_format_is_seen(self):
        """Each tool, with the settings of the source tree, refuses a file of another style."""
        bad = {
            "a.cc": (CLANG_FORMAT, "int  f( )\n{\n    return 1 ;\n}\n"),
            "a.py": (BLACK, "x = {  'a':1 }\n"),
            "BUILD": (BUILD_FORMAT, "cc_library(srcs=['b','a'],name='x')\n"),
        }
        with tempfile.TemporaryDirectory() as folder:
            for settings in (".clang-format", "pyproject.toml"):
                shutil.copy(os.path.join(self.root, settings), folder)
            for name, (command, text) in bad.items():
                with open(os.path.join(folder, name), "w") as file:
                    file.write(text)
                code, said = repository.run(command + [name], folder)
                self.assertNotEqual(0, code, "%s accepts %s: %s" % (command[0], name, said))

    def test_files_without_git(self):
        """A tree that is no clone has the same sources."""
        walked = {os.path.relpath(path, self.root) for path in repository.walk(self.root)}
        missing = [f for f in self.files if f.endswith((".cc", ".h", ".py")) and f not in walked]
        self.assertEqual([], missing)


if __name__ == "__main__":
    unittest.main()
