"""What a hit costs in Python, beside what else there is, in one run. Read the ratios, not the numbers.

    ./bazelw build //bindings/python:wheel
    python3 -m venv /tmp/peers
    /tmp/peers/bin/pip install -r benchmarks/python/requirements.txt .bazel/bin/bindings/python/wheel/coffer-*.whl
    /tmp/peers/bin/python benchmarks/python/compare.py --table benchmarks/python/hits.md --chart benchmarks/python/hits.png

All take turns, round by round, so that a busy moment hits all alike; the best round of each counts. Let nothing else run
beside it, or put it before all else (`chrt -f 10`, as root). Peers that are not installed are named at the end.
"""

import argparse
import asyncio
import platform
import time
import timeit

import contenders

ROUNDS = 15
SECONDS = 0.02  # of a round, about


def collect(makers):
    """({name: what it makes}, [names of modules that are not installed])."""
    made, absent = {}, []
    for maker in makers:
        try:
            made.update(maker())
        except ImportError as error:
            absent.append(error.name)
    return made, absent


def measure(statements):
    """{name: nanoseconds of one call}."""
    timers = {
        name: timeit.Timer(statement, statement, globals=names)
        for name, (statement, names) in statements.items()
    }
    return best_of({name: timer.timeit for name, timer in timers.items()})


def measure_awaited(functions):
    def runner(function):
        async def run(count):
            await function(1)
            start = time.perf_counter()
            for _ in range(count):
                await function(1)
            return time.perf_counter() - start

        return lambda count: asyncio.run(run(count))

    return best_of({name: runner(function) for name, function in functions.items()})


def best_of(runs):
    counts = {name: max(10, int(SECONDS / (run(100) / 100))) for name, run in runs.items()}
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(ROUNDS):
        for name, run in runs.items():
            best[name] = min(best[name], run(counts[name]) / counts[name] * 1e9)
    return best


def table(title, times, base):
    lines = [f"| {title} | ns | times {base} |", "|---|---:|---:|"]
    lines += [
        f"| {name} | {ns:,.0f} | {ns / times[base]:.1f} |"
        for name, ns in sorted(times.items(), key=lambda x: x[1])
    ]
    return "\n".join(lines) + "\n"


def chart(path, results):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    heights = [len(times) for _, times, _ in results]
    figure, axes = pyplot.subplots(
        len(results),
        1,
        figsize=(8, 0.36 * sum(heights) + 1.6),
        height_ratios=heights,
        constrained_layout=True,
    )
    for axis, (title, times, _) in zip(axes, results):
        names = sorted(times, key=times.get, reverse=True)
        bars = axis.barh(
            names,
            [times[name] for name in names],
            color=["#d9742b" if name.startswith("coffer") else "#8a9ba8" for name in names],
        )
        axis.bar_label(bars, [f"{times[name]:,.0f}" for name in names], padding=3, fontsize=8)
        axis.set_xscale("log")
        axis.set_xlim(left=10, right=max(times.values()) * 3)
        axis.set_title(title, loc="left", fontsize=10)
        axis.tick_params(labelsize=8)
        axis.spines[["top", "right"]].set_visible(False)
    axes[-1].set_xlabel("nanoseconds for a hit, less is better (logarithmic)", fontsize=8)
    figure.savefig(path, dpi=110)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--table", metavar="FILE", help="where to write the tables, as Markdown")
    options.add_argument(
        "--chart", metavar="FILE", help="where to write the bar chart, a PNG (needs matplotlib)"
    )
    given = options.parse_args()
    decorated, absent = collect(contenders.DECORATED)
    got, _ = collect(contenders.GET)
    awaited, absent_awaited = collect(contenders.AWAITED)
    results = [
        ("a decorated function", measure(decorated), "functools.lru_cache"),
        ("get", measure(got), "dict"),
        ("a decorated coroutine function", measure_awaited(awaited), "coffer"),
    ]
    machine = f"CPython {platform.python_version()}, {platform.system()} {platform.machine()}; best of {ROUNDS} rounds."
    text = "\n".join([*(table(*result) for result in results), machine]) + "\n"
    print(text)
    if absent or absent_awaited:
        print(f"Not installed, so not here: {', '.join(absent + absent_awaited)}")
    if given.table:
        with open(given.table, "w", encoding="utf-8") as file:
            file.write(text)
    if given.chart:
        chart(given.chart, results)


if __name__ == "__main__":
    main()
