"""What the public headers declare: structs, constants and functions, as the compilers see them.

Names and types come from Clang's syntax tree, so that nothing has to be listed by hand and nothing can be
forgotten; numbers come from a C program that the compiler of the system translates and this machine runs.
"""
import json
import os
import re
import subprocess
import tempfile

from tests.abi import tools

_MACRO = re.compile(r"^#define (COFFER_[A-Z0-9_]+) (.+)$", re.M)
_NOT_A_VALUE = re.compile(r"__attribute__|__declspec|extern")


def describe(include_dir):
    """Everything declared in the C headers below include_dir/coffer."""
    headers = sorted(_c_headers(include_dir))
    if not headers:
        raise SystemExit("no headers below %s/coffer" % include_dir)
    structs, constants, types, functions = _declarations(include_dir, headers)
    _check_names("structs", structs, r"typedef struct (\w+) \{", include_dir, headers)
    _check_names(
        "functions",
        functions,
        r"^COFFER_(?:API|PLUGIN_EXPORT) [^;(]*?(\w+)\(",
        include_dir,
        headers,
    )
    macros = _macros(include_dir, headers)
    numbers = _measure(include_dir, headers, structs, constants + macros)
    return {
        "structs": {
            name: {
                "size": numbers["sizeof " + name],
                "align": numbers["alignof " + name],
                # "offset size name: type"
                "members": [
                    "%d %d %s: %s"
                    % (
                        numbers["offsetof %s %s" % (name, m)],
                        numbers["sizeof %s %s" % (name, m)],
                        m,
                        kind,
                    )
                    for m, kind in members
                ],
            }
            for name, members in structs.items()
        },
        "types": types,
        "constants": {name: numbers["value " + name] for name in constants + macros},
        "functions": functions,
    }


def _check_names(what, found, pattern, include_dir, headers):
    """A second look, by plain text, so that a declaration cannot fall through the first."""
    text = "".join(_read(include_dir, header) for header in headers)
    missed = set(re.findall(pattern, text, re.M)) ^ set(found)
    if missed:
        raise SystemExit(
            "the syntax tree and the text of the headers differ in %s %s" % (what, sorted(missed))
        )


def _read(include_dir, header):
    with open(os.path.join(include_dir, header)) as f:
        return f.read()


def _c_headers(include_dir):
    for folder, _, files in os.walk(os.path.join(include_dir, "coffer")):
        for name in files:
            if name.endswith(".h"):
                yield os.path.relpath(os.path.join(folder, name), include_dir)


def _includes(headers):
    return "".join('#include "%s"\n' % header for header in headers)


def _declarations(include_dir, headers):
    structs, constants, types, functions = {}, [], {}, {}
    tree = _syntax_tree(include_dir, headers)
    for node in _ours(tree, include_dir):
        kind, name = node["kind"], node.get("name", "")
        if kind in ("RecordDecl", "EnumDecl") and not node.get(
            "completeDefinition", kind == "EnumDecl"
        ):
            continue
        if kind == "RecordDecl":
            structs[name] = [
                (member["name"], member["type"]["qualType"])
                for member in node.get("inner", [])
                if member["kind"] == "FieldDecl"
            ]
        elif kind == "EnumDecl":
            constants += [
                e["name"] for e in node.get("inner", []) if e["kind"] == "EnumConstantDecl"
            ]
        elif kind == "TypedefDecl" and not node["type"]["qualType"].startswith("struct "):
            types[name] = node["type"]["qualType"]
        elif kind == "FunctionDecl" and node.get("storageClass") != "static":
            functions[name] = node["type"]["qualType"]
    return structs, constants, types, functions


def _syntax_tree(include_dir, headers):
    with tempfile.NamedTemporaryFile("w", suffix=".c") as source:
        source.write(_includes(headers))
        source.flush()
        clang = tools.find("clang", "clang-14", "clang-15", "clang-16", package="clang-14")
        command = [
            clang,
            "-fsyntax-only",
            "-std=c11",
            "-I",
            include_dir,
            "-Xclang",
            "-ast-dump=json",
        ]
        return json.loads(tools.run(command + [source.name]))


def _ours(tree, include_dir):
    """The declarations at the top of our headers. Clang names a file only where it changes."""
    inside = os.path.join(include_dir, "coffer") + os.sep
    current = ""
    for node in tree["inner"]:
        places = [node.get("loc", {})] + [
            node.get("range", {}).get(end, {}) for end in ("begin", "end")
        ]
        location = places[0].get("expansionLoc", places[0])
        current = location.get("file", current)
        if current.startswith(inside):
            yield node
        # A macro at the end of a declaration may name another file than the start did.
        for place in places[1:]:
            for spot in (place, place.get("spellingLoc", {}), place.get("expansionLoc", {})):
                current = spot.get("file", current)


def _macros(include_dir, headers):
    """Macros that stand for a value."""
    names = []
    for header in headers:
        for name, text in _MACRO.findall(_read(include_dir, header)):
            if not _NOT_A_VALUE.search(text) and name not in names:
                names.append(name)
    return names


_SHOW = """
#include <stdio.h>
static void show_text(const char* what, const char* value) { printf("value %s\\t\\"%s\\"\\n", what, value); }
static void show_number(const char* what, long long value) { printf("value %s\\t%lld\\n", what, value); }
#define VALUE(x) _Generic((x), char*: show_text, const char*: show_text, default: show_number)(#x, x);
#define NUMBER(what, value) printf("%s\\t%llu\\n", what, (unsigned long long)(value));
"""


def _measure(include_dir, headers, structs, values):
    lines = [_includes(headers), _SHOW, "int main(void) {"]
    for name, members in structs.items():
        lines.append('NUMBER("sizeof %s", sizeof(%s))' % (name, name))
        lines.append('NUMBER("alignof %s", _Alignof(%s))' % (name, name))
        for member, _ in members:
            lines.append(
                'NUMBER("offsetof %s %s", offsetof(%s, %s))' % (name, member, name, member)
            )
            lines.append(
                'NUMBER("sizeof %s %s", sizeof(((%s*)0)->%s))' % (name, member, name, member)
            )
    lines += ["VALUE(%s)" % name for name in values]
    lines += ["return 0;", "}"]
    with tempfile.TemporaryDirectory() as work:
        source, program = os.path.join(work, "measure.c"), os.path.join(work, "measure")
        with open(source, "w") as f:
            f.write("\n".join(lines) + "\n")
        cc = tools.find("cc", "gcc", package="gcc")
        # -w: the generic selection of a number is never called with a text.
        tools.run([cc, "-std=c11", "-w", "-I", include_dir, source, "-o", program])
        output = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    return {
        key: json.loads(value) for key, value in (line.split("\t") for line in output.splitlines())
    }
