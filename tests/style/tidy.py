"""clang-tidy over sources that are no tests: ./bazelw run //tests/style:tidy [-- FILE...]

Without files it takes all of core, capi, plugins and bindings, which is a quarter of an hour on two cores.
"""

import concurrent.futures
import os
import sys

from tests.style import repository

FOLDERS = ("core/", "capi/", "plugins/", "bindings/")
NOT_THESE = ("_test.cc", "/testing/", "/testdata/")
FLAGS = ["-std=c++20", "-I.", "-isystem", "capi", "-isystem", "bindings/cpp"]


def sources(root):
    return [
        f
        for f in repository.files(root)
        if f.endswith(".cc") and f.startswith(FOLDERS) and not any(part in f for part in NOT_THESE)
    ]


def python_headers():
    return ["-isystem", "/usr/include/python3.%d" % sys.version_info.minor]


def main(files):
    root = repository.root()
    files = files or sources(root)

    def tidy(file):
        command = ["clang-tidy-14", "--quiet", file, "--"] + FLAGS + python_headers()
        return repository.run(command, root)

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for file, (code, said) in zip(files, pool.map(tidy, files)):
            if code != 0:
                failed += 1
                print("%s:\n%s" % (file, said), flush=True)
    print("%d files, %d with faults" % (len(files), failed))
    return 1 if failed or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
