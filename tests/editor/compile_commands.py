"""Writes compile_commands.json into the root of the workspace, for clangd and other editors' helpers.

Asks Bazel how it would compile each source and writes that down. Run it again when BUILD files change.
Optional arguments are Bazel's: `-- --config=asan` writes the commands of that mode.
"""

import json
import os
import subprocess
import sys

# Where headers come from the build (protobuf's, say), they are found once the target was built.
QUERY = 'mnemonic("(C|Cpp)Compile", //core/... + //capi/... + //plugins/... + //bindings/... + //tests/... + //benchmarks/...)'
SOURCES = (".c", ".cc")


def bazel(*words):
    return subprocess.run(["bazel", *words], check=True, stdout=subprocess.PIPE).stdout


def commands(actions, directory):
    """One entry for each source, the first of several ways to compile it."""
    found = {}
    for action in actions:
        words = action["arguments"]
        source = next((w for w in words if w.endswith(SOURCES) and not w.startswith("-")), None)
        if source is not None and not source.startswith("external/"):
            found.setdefault(source, {"directory": directory, "file": source, "arguments": words})
    return [found[source] for source in sorted(found)]


def main():
    workspace = os.environ.get("BUILD_WORKSPACE_DIRECTORY")
    if workspace is None:
        sys.exit("run me as: ./bazelw run //tests/editor:compile_commands")
    os.chdir(workspace)
    options = sys.argv[1:]
    directory = bazel("info", "execution_root").decode().strip()
    answer = json.loads(bazel("aquery", *options, "--output=jsonproto", QUERY))
    entries = commands(answer.get("actions", []), directory)
    if not entries:
        sys.exit("Bazel names no compile actions: nothing was written")
    with open("compile_commands.json", "w", encoding="utf-8") as file:
        json.dump(entries, file, indent=1)
    print("compile_commands.json: %d sources" % len(entries))


if __name__ == "__main__":
    main()
