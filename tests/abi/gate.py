"""gate.py GATE LIBRARY PLUGINS_FOLDER GOLDEN_FOLDER: compares what was built with what was accepted."""
import glob
import importlib
import os
import sys

GATES = ("symbols", "layout", "binaries", "interface")


class Inputs:
    def __init__(self, library, plugins):
        # The compilers and abidw tell files by their real names, not by the links that lead to them.
        self.library = os.path.realpath(library)
        self.include = os.path.dirname(os.path.dirname(os.path.realpath("capi/coffer/coffer.h")))
        self.plugins = sorted(glob.glob(os.path.join(plugins, "*.so")))
        if not self.plugins:
            raise SystemExit("no plugins in %s" % plugins)


def load(gate):
    return importlib.import_module("tests.abi." + gate)


def main():
    name, library, plugins, golden = sys.argv[1:]
    gate = load(name)
    with open(os.path.join(golden, gate.GOLDEN)) as f:
        problems = list(gate.check(Inputs(library, plugins), f.read()))
    if not problems:
        print("%s is as accepted" % gate.GOLDEN)
        return
    print("The %s of the ABI are not those in tests/abi/golden/%s:" % (name, gate.GOLDEN))
    for problem in problems:
        print("  " + problem)
    sys.exit(
        "If this is meant, and breaks nobody (tests/abi/README.md), accept it with\n"
        '  tests/abi/update.sh "the reason"'
    )


if __name__ == "__main__":
    main()
