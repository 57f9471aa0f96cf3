"""Gate: libabigail's comparison of libcoffer with the interface that was accepted last."""
import os
import subprocess
import tempfile

from tests.abi import tools

GOLDEN = "libcoffer.abi"


# What is not declared in our headers stands behind a handle and is ours to change: a type like this label is
# taken for opaque. (--headers-dir tells files by their last name only, and core has a runtime.h as well.)
PRIVATE = """[suppress_type]
  label = Artificial private types suppression specification
  source_location_not_regexp = capi/coffer/
  drop = true
"""


def produce(inputs):
    abidw = tools.find("abidw", package="abigail-tools")
    with tempfile.NamedTemporaryFile("w", suffix=".ini") as private:
        private.write(PRIVATE)
        private.flush()
        text = tools.run(
            [
                abidw,
                "--suppressions",
                private.name,
                "--drop-private-types",
                "--exported-interfaces-only",
                "--no-show-locs",
                "--no-comp-dir-path",
                "--no-corpus-path",
                "--no-elf-needed",
                "--type-id-style",
                "hash",
                inputs.library,
            ]
        )
    if "<function-decl" not in text:
        raise SystemExit(
            "abidw sees no types in %s: were the doors compiled with -g?" % inputs.library
        )
    return text


def check(inputs, golden):
    abidiff = tools.find("abidiff", package="abigail-tools")
    with tempfile.TemporaryDirectory() as work:
        then, now = os.path.join(work, "accepted.abi"), os.path.join(work, "now.abi")
        for path, text in ((then, golden), (now, produce(inputs))):
            with open(path, "w") as f:
                f.write(text)
        done = subprocess.run([abidiff, then, now], capture_output=True, text=True)
    if done.returncode != 0:
        yield "abidiff ends with %d:\n%s%s" % (done.returncode, done.stdout, done.stderr)
