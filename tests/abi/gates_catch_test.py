"""Each gate finds what it is there for: small libraries and headers, each wrong in one way."""
import json
import os
import subprocess
import tempfile
import types
import unittest

from tests.abi import binaries, changes, elf, interface, layout, symbols, tools

HEADER = """#include <stddef.h>
#include <stdint.h>
#define COFFER_API __attribute__((visibility("default")))
#define COFFER_LIMIT 7
enum { COFFER_ONE = 1 };
typedef struct coffer_private coffer_private;
typedef struct coffer_thing {
  uint32_t struct_size;
  uint32_t flags;
  void (*call)(void* self, int32_t n);
} coffer_thing;
COFFER_API int coffer_do(coffer_private* p, const coffer_thing* thing);
"""

SOURCE = """#include "coffer/a.h"
struct coffer_private { int secret; };
int coffer_do(coffer_private* p, const coffer_thing* thing) { return p->secret + (int)thing->flags; }
"""

SOUND = ["-fvisibility=hidden", "-Wl,-z,relro,-z,now", "-Wl,--as-needed"]


class Workshop(unittest.TestCase):
    """Makes libraries and headers in a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = folder.name

    def headers(self, text):
        folder = tempfile.mkdtemp(dir=self.work)
        include = os.path.join(folder, "capi")
        os.makedirs(os.path.join(include, "coffer"))
        with open(os.path.join(include, "coffer/a.h"), "w") as f:
            f.write(text)
        return include

    def library(self, source=SOURCE, header=HEADER, flags=(), name="libcoffer.so.1"):
        include = self.headers(header)
        path = os.path.join(include, name)
        command = [
            "cc",
            "-std=gnu11",
            "-g",
            "-shared",
            "-fPIC",
            "-I",
            include,
            "-x",
            "c",
            "-",
            "-o",
            path,
            "-Wl,-soname," + name,
        ]
        subprocess.run(command + SOUND + list(flags), input=source, text=True, check=True)
        return types.SimpleNamespace(library=path, include=include, plugins=[])


class SymbolsTest(Workshop):
    def problems(self, **kwargs):
        inputs = self.library(**kwargs)
        return list(symbols.check(inputs, symbols.produce(inputs)))

    def test_sound(self):
        self.assertEqual([], self.problems())

    def test_not_declared(self):
        problems = self.problems(source=SOURCE + "COFFER_API int coffer_more(void) { return 1; }")
        self.assertIn("libcoffer.so.1 exports coffer_more, which no header declares", problems)

    def test_not_exported(self):
        problems = self.problems(header=HEADER + "COFFER_API int coffer_more(void);\n")
        self.assertIn(
            "libcoffer.so.1 does not export coffer_more, which a header declares", problems
        )

    def test_data(self):
        problems = self.problems(source=SOURCE + "COFFER_API int coffer_data = 1;")
        self.assertIn("libcoffer.so.1 exports coffer_data, which is no function", problems)

    def test_unique(self):
        problems = self.problems(
            source=SOURCE
            + '__asm__(".data\\n.global u\\n.type u, @gnu_unique_object\\nu: .long 1\\n.text\\n");'
        )
        self.assertTrue(any("unique symbol u" in p for p in problems), problems)

    def test_golden(self):
        inputs = self.library()
        self.assertEqual(
            ["no longer there: libcoffer.so.1 coffer_old", "new: libcoffer.so.1 coffer_do"],
            list(symbols.check(inputs, "libcoffer.so.1 coffer_old\n")),
        )

    def test_plugin(self):
        inputs = self.library()
        plugin = self.library(
            source="int coffer_do(void); int coffer_plugin_info_v1(void) { return coffer_do(); }",
            name="libcoffer_p.so",
            flags=["-fvisibility=default"],
        )
        inputs.plugins = [plugin.library]
        problems = list(symbols.check(inputs, symbols.produce(inputs)))
        self.assertIn(
            "libcoffer_p.so imports coffer_do; the host gives a plugin all it needs", problems
        )
        self.assertIn(
            "libcoffer_p.so does not export coffer_plugin_create_v1, which a header declares",
            problems,
        )


class BinariesTest(Workshop):
    def problems(self, golden=None, **kwargs):
        inputs = self.library(**kwargs)
        return " ".join(binaries.check(inputs, golden or binaries.produce(inputs)))

    def test_sound(self):
        self.assertEqual("", self.problems())

    def test_linking(self):
        self.assertIn("RUNPATH", self.problems(flags=["-Wl,-rpath,/somewhere"]))
        self.assertIn("executed", self.problems(flags=["-Wl,-z,execstack"]))
        self.assertIn("after relocation", self.problems(flags=["-Wl,-z,norelro"]))
        self.assertIn("after relocation", self.problems(flags=["-Wl,-z,lazy"]))
        self.assertIn("soname", self.problems(name="libother.so"))

    def test_static_tls(self):
        source = '_Thread_local char t[%d] __attribute__((tls_model("initial-exec"))); char* f(void) { return t; }'
        kept = ["-fvisibility=default"]
        self.assertEqual("", self.problems(source=source % 64, flags=kept))
        self.assertIn(
            "65 bytes of static thread-local", self.problems(source=source % 65, flags=kept)
        )

    def test_needs(self):
        golden = binaries.produce(self.library())
        self.assertIn(
            "needs libm.so.6 now", self.problems(golden, flags=["-Wl,--no-as-needed", "-lm"])
        )
        old = json.loads(golden)
        old["libcoffer.so.1"]["versions"] = {"GLIBC": "2.2.5"}
        uses = (
            SOURCE
            + "#include <stdlib.h>\nCOFFER_API void* coffer_x(void* p) { return reallocarray(p, 2, 3); }"
        )
        self.assertIn(
            "GLIBC_2.26 now, it was 2.2.5; because of reallocarray",
            self.problems(json.dumps(old), source=uses),
        )

    def test_versions_compare_as_numbers(self):
        self.assertGreater(elf.number("3.4.30"), elf.number("3.4.9"))


class LayoutTest(Workshop):
    def problems(self, before, after):
        then = types.SimpleNamespace(include=self.headers(HEADER))
        now = types.SimpleNamespace(include=self.headers(HEADER.replace(before, after)))
        return list(layout.check(now, layout.produce(then)))

    def test_same(self):
        self.assertEqual([], self.problems("", ""))

    def test_differences(self):
        for before, after, problem in [
            ("uint32_t flags;", "uint64_t flags;", "coffer_thing: size was 16 and is 24"),
            (
                "uint32_t flags;",
                "int32_t flags;",
                "coffer_thing: '4 4 flags: uint32_t' is gone (offset, size, name: type)",
            ),
            (
                "int32_t n",
                "int64_t n",
                "coffer_thing: '8 8 call: void (*)(void *, int64_t)' is new",
            ),
            ("COFFER_LIMIT 7", "COFFER_LIMIT 8", "COFFER_LIMIT was 7 and is 8"),
            ("COFFER_ONE = 1", "COFFER_ONE = 2", "COFFER_ONE was 1 and is 2"),
            ("COFFER_ONE = 1", "COFFER_ONE = 1, COFFER_TWO", "COFFER_TWO is new"),
            ("#define COFFER_LIMIT 7", "", "COFFER_LIMIT is gone"),
            (
                "typedef struct coffer_thing",
                "typedef struct coffer_other { int x; } coffer_other;\ntypedef struct coffer_thing",
                "coffer_other is new",
            ),
            (
                "const coffer_thing* thing)",
                "coffer_thing* thing)",
                "coffer_do was int (coffer_private *, const coffer_thing *) and is int (coffer_private *, coffer_thing *)",
            ),
        ]:
            with self.subTest(after):
                self.assertIn(problem, self.problems(before, after))


class InterfaceTest(Workshop):
    def problems(self, **kwargs):
        return " ".join(interface.check(self.library(**kwargs), interface.produce(self.library())))

    def test_same(self):
        self.assertEqual("", self.problems())

    def test_private(self):
        self.assertEqual(
            "", self.problems(source=SOURCE.replace("int secret", "long secret, more"))
        )

    def test_member(self):
        self.assertIn(
            "coffer_thing", self.problems(header=HEADER.replace("uint32_t flags", "uint64_t flags"))
        )

    def test_function(self):
        self.assertIn(
            "coffer_do",
            self.problems(
                header=HEADER.replace("int coffer_do", "long coffer_do"),
                source=SOURCE.replace("int coffer_do", "long coffer_do"),
            ),
        )

    def test_no_debug_information(self):
        with self.assertRaisesRegex(SystemExit, "compiled with -g"):
            interface.produce(self.library(flags=["-g0"]))


class OthersTest(Workshop):
    def test_missing_tool(self):
        with self.assertRaisesRegex(
            SystemExit, "no-such-tool is not installed; it is in the package p"
        ):
            tools.find("no-such-tool", package="p")

    def test_digest(self):
        for name, text in (("a", "1"), ("b", "2")):
            with open(os.path.join(self.work, name), "w") as f:
                f.write(text)
        before = changes.digest(self.work)
        with open(os.path.join(self.work, "b"), "a") as f:
            f.write("3")
        self.assertNotEqual(before, changes.digest(self.work))
        self.assertEqual(
            [("2026-01-02", before, "a reason")],
            changes.ENTRY.findall("# Changes\n\n- 2026-01-02 `%s` a reason\n" % before),
        )


if __name__ == "__main__":
    unittest.main()
