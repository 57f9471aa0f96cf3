"""run.py TEST ARGUMENTS...: runs a test in a process of its own, prepared for how the extension module was built.

Debian's interpreter knows nothing of sanitizers, so the runtime of the one that the module was built with, if it was,
is loaded first. Objects then come from malloc, one by one, that a use after free be seen. What the interpreter itself
does not give back at its end is none of our leaks: those are looked for by process_test.
"""

import os
import sys

# A fork takes more locks at once than the detector of deadlocks can hold; tests in C++ look for those.
_TSAN = "ignore_noninstrumented_modules=1:detect_deadlocks=0"

RUNTIMES = {
    b"libasan.so.8": {"PYTHONMALLOC": "malloc", "ASAN_OPTIONS": "detect_leaks=0"},
    b"libtsan.so.2": {"TSAN_OPTIONS": _TSAN},
}


def module():
    folder = next(
        path for path in sys.path if os.path.exists(os.path.join(path, "coffer", "_coffer.abi3.so"))
    )
    with open(os.path.join(folder, "coffer", "_coffer.abi3.so"), "rb") as file:
        return file.read()


def main():
    test = os.path.join(os.path.dirname(os.path.abspath(__file__)), sys.argv[1])
    environment = dict(os.environ)
    needed = module()
    for runtime, settings in RUNTIMES.items():
        if runtime in needed:
            environment[
                "LD_PRELOAD"
            ] = f"{runtime.decode()} libstdc++.so.6"  # which it looks for as it starts
            for name, value in settings.items():
                environment[name] = ":".join(filter(None, [environment.get(name), value]))
    os.execve(sys.executable, [sys.executable, test, *sys.argv[2:]], environment)


if __name__ == "__main__":
    main()
