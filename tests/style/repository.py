"""The source tree that a test was started from, and tools that look at all of it."""

import os
import subprocess

# No source of ours lies in these folders, nor in these at the top.
NOT_SOURCES = {".git", ".bazel", ".cache", "__pycache__", "node_modules"}
NOT_SOURCES_AT_TOP = {"build", "dist", "target"}


def root():
    """The folder with WORKSPACE, which the runfiles link to."""
    folder = os.path.dirname(os.path.realpath("WORKSPACE"))
    if not os.path.isfile(os.path.join(folder, ".clang-format")):
        raise FileNotFoundError("%s is not the source tree: it has no .clang-format" % folder)
    return folder


def files(folder):
    """Paths below `folder`: those that git knows or would add, or all in a tree without git."""
    command = ["git", "-C", folder, "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        listed = None
    if listed is not None and listed.returncode == 0:
        found = listed.stdout.split("\0")
    else:
        found = [os.path.relpath(path, folder) for path in walk(folder)]
    return sorted(f for f in found if f and os.path.isfile(os.path.join(folder, f)))


def walk(folder):
    for place, folders, names in os.walk(folder):
        folders[:] = [f for f in folders if f not in NOT_SOURCES]
        if place == folder:
            folders[:] = [
                f for f in folders if f not in NOT_SOURCES_AT_TOP and not f.startswith("bazel-")
            ]
        for name in names:
            yield os.path.join(place, name)


def run(command, folder, **kwargs):
    """What a tool says and its exit code. A tool that is missing is a failure."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **kwargs,
        )
    except FileNotFoundError as missing:
        raise AssertionError("%s: install it (./bazelw does)" % missing) from None
    return done.returncode, done.stdout
