"""Our pickle beside CPython's own in C, on the same documents and in the same run.

CPython's side is pickle.loads of its own bytes, and pickle.dumps of the objects, with protocol 4. Our side, coffer.cc,
decodes those same bytes to events, and encodes the same events. Rounds alternate and the best of each side counts, and both count the
processor's time, so that a busy machine disturbs neither; CPython's garbage collector is off, which is to its advantage.

    ./bazelw run --config=opt //benchmarks/pickle [-- ROUNDS]
"""

import datetime
import decimal
import gc
import json
import os
import pickle
import random
import subprocess
import sys
import tempfile
import time
import uuid

PROTOCOL = 4
OURS = os.path.join("benchmarks", "pickle", "coffer")


def records():
    """What web services cache: a page of records."""
    numbers = random.Random(1)
    return {
        "page": 1,
        "items": [
            {
                "id": 100000 + i,
                "name": "Customer number %d" % i,
                "mail": "customer.%d@example.org" % i,
                "balance": numbers.randrange(10**6) / 100,
                "active": numbers.random() < 0.5,
                "tags": ["new", "europe", None],
            }
            for i in range(200)
        ],
    }


def record():
    """One of them."""
    return records()["items"][7]


def numbers():
    numbers = random.Random(2)
    return [
        value
        for _ in range(1000)
        for value in (numbers.uniform(-1e6, 1e6), numbers.randrange(2**30))
    ]


def texts():
    return [
        text
        for i in range(50)
        for text in ("%d" % i + "a" * 2000, "%d Grüße aus Köln, 世界! " % i + "c" * 500)
    ]


def rows():
    """What an ORM caches: typed columns."""
    numbers = random.Random(3)
    start = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
    return [
        (
            i,
            decimal.Decimal(numbers.randrange(10**6)) / 100,
            start + datetime.timedelta(seconds=i),
            start.date(),
            uuid.UUID(int=numbers.getrandbits(128)),
            numbers.randbytes(16),
        )
        for i in range(200)
    ]


def best_of(call, seconds=0.05):
    """Nanoseconds of the processor for one call, the best of some loops."""
    count = 1
    best = float("inf")
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.thread_time_ns()
        for _ in range(count):
            call()
        spent = time.thread_time_ns() - start
        best = min(best, spent / count)
        if spent < 2 * 10**6:
            count *= 2
    return best


def ours(files):
    out = subprocess.run(
        [
            OURS,
            "--benchmark_format=json",
            "--benchmark_min_time=0.002",
            "--benchmark_repetitions=20",
        ]
        + ["%s=%s" % file for file in files.items()],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    ).stdout
    times = {}
    for run in json.loads(out)["benchmarks"]:
        if run["run_type"] == "iteration":
            times[run["name"]] = min(times.get(run["name"], float("inf")), run["cpu_time"])
    return times


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    documents = {make.__name__: make() for make in (record, records, numbers, texts, rows)}
    best = {}
    gc.disable()
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for name, value in documents.items():
            files[name] = os.path.join(folder, name)
            with open(files[name], "wb") as file:
                file.write(pickle.dumps(value, PROTOCOL))
        for _ in range(rounds):
            theirs = {}
            for name, value in documents.items():
                data = pickle.dumps(value, PROTOCOL)
                theirs["decode/" + name] = best_of(lambda: pickle.loads(data))
                theirs["encode/" + name] = best_of(lambda: pickle.dumps(value, PROTOCOL))
            for side, times in (("coffer", ours(files)), ("cpython", theirs)):
                for name, spent in times.items():
                    best[side, name] = min(best.get((side, name), float("inf")), spent)
    print("%-16s %12s %12s %8s" % ("", "coffer ns", "cpython ns", "ratio"))
    for way in ("decode", "encode"):
        for name in documents:
            key = way + "/" + name
            mine, other = best["coffer", key], best["cpython", key]
            print("%-16s %12.0f %12.0f %7.2fx" % (key, mine, other, other / mine))


if __name__ == "__main__":
    main()
