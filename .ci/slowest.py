"""Which actions of a build took longest: slowest.py PROFILE..., each written by `bazel --profile`.

Prints, for each profile, the time of all actions by kind and the slowest of them. Times are those of
the wall clock, so they are longer where actions shared a core.
"""

import collections
import gzip
import json
import os
import sys

SHOWN = 15


def actions(path):
    """(seconds, what) for every action, longest first."""
    with gzip.open(path, "rt") as file:
        events = json.load(file)["traceEvents"]
    found = [
        (event["dur"] / 1e6, event["name"])
        for event in events
        if event.get("cat") == "action processing" and "dur" in event
    ]
    return sorted(found, reverse=True)


def main(paths):
    for path in paths:
        found = actions(path)
        kinds = collections.Counter()
        for seconds, what in found:
            kinds[what.split(" ")[0]] += seconds
        name = os.path.basename(path).split(".")[0]
        print("== %s: %.0f s in %d actions" % (name, sum(kinds.values()), len(found)))
        for kind, seconds in kinds.most_common(6):
            print("%8.0f s  %s" % (seconds, kind))
        for seconds, what in found[:SHOWN]:
            print("%8.1f s  %s" % (seconds, what))


if __name__ == "__main__":
    main(sys.argv[1:])
