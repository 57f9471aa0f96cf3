"""What a hit costs in Python, next to a dict, functools.lru_cache and what else is installed.

    ./bazelw run --config=opt //benchmarks/python:hits

The best of nine rounds, in nanoseconds; read the ratios, not the numbers. Peers that are not installed are left out.
"""

import functools
import importlib.util
import timeit

import coffer

ROUND = 100_000


def contenders():
    """name -> (statement, names it uses)."""
    cache = coffer.Cache("memory://?bytes=64MiB&strategy=lru")
    cache.set("a", 1)

    def function(x):
        return x

    class Service:
        @cache
        def method(self, x):
            return x

    made = {
        "dict.get": ("f('a')", {"f": {"a": 1}.get}),
        "functools.lru_cache": ("f(1)", {"f": functools.lru_cache(1000)(function)}),
        "coffer get": ("f('a')", {"f": cache.get}),
        "coffer function": ("f(1)", {"f": cache(function)}),
        "coffer function, template": ("f(1)", {"f": cache(key="user:{x}")(function)}),
        "coffer method": ("s.method(1)", {"s": Service()}),
        "coffer miss": ("f('none')", {"f": cache.get}),
        "coffer set": ("f('a', 1)", {"f": cache.set}),
    }
    if importlib.util.find_spec("cachetools"):
        import cachetools

        made["cachetools LRU"] = ("f(1)", {"f": cachetools.cached(cachetools.LRUCache(1000))(function)})
    if importlib.util.find_spec("cachebox"):
        import cachebox

        made["cachebox LRU"] = ("f(1)", {"f": cachebox.cached(cachebox.LRUCache(1000))(function)})
    return made


def main():
    for name, (statement, names) in contenders().items():
        best = min(timeit.repeat(statement, statement, globals=names, number=ROUND, repeat=9))
        print(f"{name:28}{best / ROUND * 1e9:8.0f} ns")


if __name__ == "__main__":
    main()
