"""Every public header compiles in each language and compiler we promise, alone and included twice.

The C headers: C11, C17 and C++11 to C++20, and nothing in them may leave a hole in a struct. Headers for
authors in C++ (coffer/plugin/*.hpp): C++17 up. The C++ binding: C++20, also without exceptions and RTTI.
All headers together are compiled by every compiler in every standard. Whether a header includes what
it needs depends on neither, so each is compiled alone by one compiler in one standard.
A compiler that is missing is a failure, not a reason to test less.
"""

import concurrent.futures
import os
import re
import subprocess
import unittest

COMPILERS = [("gcc", "g++"), ("clang-14", "clang++-14")]
C_STANDARDS = ["c11", "c17"]
CXX_STANDARDS = ["c++11", "c++14", "c++17", "c++20"]
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]

CAPI = "capi"
BINDING = "bindings/cpp"


def headers(root):
    """Paths below `root`/coffer, as programs include them."""
    found = []
    for folder, _, files in os.walk(os.path.join(root, "coffer")):
        for name in files:
            if name.endswith((".h", ".hpp")):
                found.append(os.path.relpath(os.path.join(folder, name), root))
    return sorted(found)


def structs(name):
    """Names of the structs that a C header defines."""
    with open(os.path.join(CAPI, name)) as file:
        return re.findall(r"^} (coffer_\w+);", file.read(), re.MULTILINE)


def source(names):
    """Includes the headers, twice, and asks for each struct: compilers only judge the layout of those."""
    lines = ['#include "%s"' % name for name in names + names]
    for name in names:
        if name.endswith(".h"):
            lines += ["extern char size_of_%s[sizeof(%s)];" % (s, s) for s in structs(name)]
    return "\n".join(lines) + "\n"


def c_together(names):
    for cc, cxx in COMPILERS:
        for standard in C_STANDARDS:
            yield [cc, "-x", "c", "-std=" + standard, "-Wpadded"], names
        for standard in CXX_STANDARDS:
            yield [cxx, "-x", "c++", "-std=" + standard, "-Wpadded"], names


def cxx_together(names, standards, extra=()):
    for _, cxx in COMPILERS:
        for standard in standards:
            yield [cxx, "-x", "c++", "-std=" + standard] + list(extra), names


def alone(names, command):
    for name in names:
        yield command, [name]


def compile_all(compilations):
    """Returns a line for each compilation that failed, and how many there were."""

    def run(compilation):
        command, names = compilation
        command = command + STRICT + ["-fsyntax-only", "-I" + CAPI, "-I" + BINDING, "-"]
        try:
            done = subprocess.run(command, input=source(names), capture_output=True, text=True)
        except FileNotFoundError as missing:
            return "%s: install it (./bazelw does)" % missing
        if done.returncode == 0:
            return None
        return "%s\n  for %s\n%s" % (" ".join(command), ", ".join(names), done.stderr)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = list(pool.map(run, compilations))
    return [a for a in answers if a], len(answers)


class Headers(unittest.TestCase):
    def check(self, compilations, expected):
        failures, count = compile_all(compilations)
        self.assertEqual([], failures[:5], "\n".join(failures[:5]))
        self.assertEqual(expected, count)

    def c_headers(self):
        names = [name for name in headers(CAPI) if name.endswith(".h")]
        self.assertIn("coffer/coffer.h", names)
        self.assertIn("coffer/plugin/plugin.h", names)
        return names

    def test_c_headers_in_every_standard(self):
        self.check(c_together(self.c_headers()), 12)

    def test_each_c_header_alone(self):
        names = self.c_headers()
        self.check(alone(names, ["gcc", "-x", "c", "-std=c11", "-Wpadded"]), len(names))

    def test_c_headers_stand_on_two_of_the_language(self):
        for name in headers(CAPI):
            if name.endswith(".h"):
                with open(os.path.join(CAPI, name)) as file:
                    included = re.findall(r"#\s*include\s*(\S+)", file.read())
                for header in included:
                    self.assertTrue(
                        header in ("<stddef.h>", "<stdint.h>") or header.startswith('"coffer/'),
                        "%s includes %s" % (name, header),
                    )

    def test_author_headers_for_cxx(self):
        names = [name for name in headers(CAPI) if name.endswith(".hpp")]
        self.assertIn("coffer/plugin/guard.hpp", names)
        self.check(cxx_together(names, ["c++17", "c++20"]), 4)
        self.check(alone(names, ["g++", "-x", "c++", "-std=c++17"]), len(names))

    def test_cxx_binding(self):
        names = headers(BINDING)
        self.assertIn("coffer/coffer.hpp", names)
        self.check(cxx_together(names, ["c++20"]), 2)
        self.check(cxx_together(names, ["c++20"], ["-fno-exceptions", "-fno-rtti"]), 2)

    def test_each_header_of_the_binding_alone(self):
        names = headers(BINDING)
        command = ["g++", "-x", "c++", "-std=c++20", "-fno-exceptions", "-fno-rtti"]
        self.check(alone(names, command), len(names))

    def test_structs_are_found(self):
        self.assertEqual(
            ["coffer_bytes", "coffer_option", "coffer_outcome"], structs("coffer/base.h")
        )

    def test_a_hole_in_a_struct_is_seen(self):
        hole = "struct hole { char a; int b; };\nextern char size[sizeof(struct hole)];\n"
        for cc, _ in COMPILERS:
            command = [cc, "-x", "c", "-std=c11", "-Wpadded"] + STRICT + ["-fsyntax-only", "-"]
            done = subprocess.run(command, input=hole, capture_output=True, text=True)
            self.assertIn("pad", done.stderr, cc)
            self.assertNotEqual(0, done.returncode, cc)


if __name__ == "__main__":
    unittest.main()
