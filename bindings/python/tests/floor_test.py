"""The package runs on CPython 3.9, the oldest that it is made for, though tests have a newer one: its syntax, and what it
imports from the standard library.

What the C extension calls is held to 3.9 by Py_LIMITED_API (src/python.h).
"""

import ast
import glob
import os
import unittest

import coffer

FLOOR = (3, 9)

# What the modules that the package uses have gained since, by module.
NEWER = {
    "asyncio": {"TaskGroup", "Runner", "timeout", "timeout_at", "Barrier"},
    "contextlib": {"aclosing", "chdir"},
    "dataclasses": {"KW_ONLY"},
    "datetime": {"UTC"},
    "enum": {"StrEnum", "verify", "member", "nonmember", "global_enum"},
    "inspect": {"get_annotations", "getmembers_static", "markcoroutinefunction"},
    "itertools": {"pairwise", "batched"},
    "sys": {"exception", "orig_argv", "stdlib_module_names", "monitoring"},
    "types": {"EllipsisType", "NoneType", "NotImplementedType", "UnionType", "get_original_bases"},
    "typing": {
        "Concatenate",
        "LiteralString",
        "Never",
        "NotRequired",
        "ParamSpec",
        "Required",
        "Self",
        "TypeAlias",
        "TypeGuard",
        "TypeVarTuple",
        "Unpack",
        "assert_never",
        "assert_type",
        "is_typeddict",
        "override",
        "reveal_type",
    },
}
NEWER_MODULES = {"tomllib"}


def sources():
    folder = os.path.dirname(coffer.__file__)
    return sorted(glob.glob(os.path.join(folder, "**", "*.py"), recursive=True))


def guarded(tree):
    """Nodes that only newer interpreters, or only type checkers, run: within `try` beside an `except`, or `if` with a
    test of TYPE_CHECKING, hasattr or a version."""
    found = set()
    for node in ast.walk(tree):
        asks = isinstance(node, ast.If) and any(
            word in ast.dump(node.test) for word in ("TYPE_CHECKING", "hasattr", "version_info")
        )
        if asks or (isinstance(node, ast.Try) and node.handlers):
            for child in node.body:
                found.update(ast.walk(child))
    return found


def problems(path):
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read(), path, feature_version=FLOOR)
    exempt = guarded(tree)
    deferred = any(
        isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body
    )
    for node in ast.walk(tree):
        if node in exempt:
            continue
        if isinstance(node, ast.Import) and any(name.name in NEWER_MODULES for name in node.names):
            yield node.lineno, "imports a module of a later release"
        elif isinstance(node, ast.ImportFrom):
            for name in node.names:
                if name.name in NEWER.get(node.module, ()):
                    yield node.lineno, f"{node.module}.{name.name}"
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.attr in NEWER.get(node.value.id, ()):
                yield node.lineno, f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.Call) and any(key.arg == "strict" for key in node.keywords):
            yield node.lineno, "zip(strict=)"
        elif isinstance(node, ast.Call) and "dataclass" in ast.dump(node.func):
            for key in node.keywords:
                if key.arg in ("slots", "kw_only", "match_args"):
                    yield node.lineno, f"dataclass({key.arg}=)"
    if not deferred:
        for node in ast.walk(tree):
            annotated = getattr(node, "annotation", None) or getattr(node, "returns", None)
            if annotated is not None and "BitOr" in ast.dump(annotated):
                yield annotated.lineno, "X | Y is evaluated, for want of `from __future__ import annotations`"


class FloorTest(unittest.TestCase):
    def test_all_sources(self):
        found = sources()
        self.assertGreater(len(found), 25)
        self.assertEqual([(path, *problem) for path in found for problem in problems(path)], [])

    def test_that_it_finds_what_is_newer(self):
        path = os.path.join(os.environ["TEST_TMPDIR"], "newer.py")
        for text in (
            "from typing import ParamSpec",
            "import tomllib",
            "import types\ntypes.NoneType",
            "zip(a, b, strict=True)",
            "def f(x: int | str): pass",
            "@dataclass(slots=True)\nclass A: pass",
        ):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            self.assertEqual(len(list(problems(path))), 1, text)
        with open(path, "w", encoding="utf-8") as file:
            file.write("match x:\n  case 1: pass")
        with self.assertRaises(SyntaxError):
            list(problems(path))


if __name__ == "__main__":
    unittest.main()
