"""Who is compared: each with its own decorator, or its own `get`, holding one small result that every call hits.

Each function returns {name: (statement, names it uses)}; those of coroutines return {name: coroutine function}.
A peer that is not installed raises ImportError, and is left out of the table by name.
"""

import datetime
import functools
import tempfile

import coffer

SIZE = 1000


def function(x):
    return [x]


async def coroutine(x):
    return [x]


def cache():
    return coffer.Cache("memory://?bytes=64MiB&strategy=lru")


# ---- Decorated functions ----


def coffer_decorated():
    class Service:
        @cache()
        def method(self, x):
            return [x]

    return {
        "coffer": ("f(1)", {"f": cache()(function)}),
        'coffer, key="user:{x}"': ("f(1)", {"f": cache()(key="user:{x}")(function)}),
        "coffer, a method": ("s.method(1)", {"s": Service()}),
    }


def lru_cache_decorated():
    class Service:
        @functools.lru_cache(SIZE)
        def method(self, x):
            return [x]

    return {
        "functools.lru_cache": ("f(1)", {"f": functools.lru_cache(SIZE)(function)}),
        "functools.lru_cache, a method": ("s.method(1)", {"s": Service()}),
    }


def cachetools_decorated():
    import threading

    import cachetools

    return {
        "cachetools": (
            "f(1)",
            {"f": cachetools.cached(cachetools.LRUCache(SIZE), lock=threading.Lock())(function)},
        )
    }


def cachebox_decorated():
    import cachebox

    return {
        "cachebox": (
            "f(1)",
            {"f": cachebox.cached(cachebox.LRUCache(SIZE), copy_level=0)(function)},
        )
    }


def theine_decorated():
    import theine

    return {"theine": ("f(1)", {"f": theine.Memoize(SIZE, datetime.timedelta(hours=1))(function)})}


def dogpile_decorated():
    from dogpile.cache import make_region

    region = make_region().configure("dogpile.cache.memory", expiration_time=3600)
    return {"dogpile.cache (memory)": ("f(1)", {"f": region.cache_on_arguments()(function)})}


def diskcache_decorated():
    import diskcache

    return {"diskcache": ("f(1)", {"f": diskcache.Cache(tempfile.mkdtemp()).memoize()(function)})}


# ---- get ----


def coffer_get():
    made = cache()
    made.set("a", 1)
    return {"coffer": ("f('a')", {"f": made.get})}


def dict_get():
    return {"dict": ("f('a')", {"f": {"a": 1}.get})}


def cachetools_get():
    import cachetools

    made = cachetools.LRUCache(SIZE)
    made["a"] = 1
    return {"cachetools (no lock)": ("f('a')", {"f": made.get})}


def cachebox_get():
    import cachebox

    made = cachebox.LRUCache(SIZE)
    made["a"] = 1
    return {"cachebox": ("f('a')", {"f": made.get})}


def theine_get():
    import theine

    made = theine.Cache(SIZE)
    made.set("a", 1)
    return {"theine": ("f('a')", {"f": made.get})}


def dogpile_get():
    from dogpile.cache import make_region

    region = make_region().configure("dogpile.cache.memory")
    region.set("a", 1)
    return {"dogpile.cache (memory)": ("f('a')", {"f": region.get})}


def diskcache_get():
    import diskcache

    made = diskcache.Cache(tempfile.mkdtemp())
    made.set("a", 1)
    return {"diskcache": ("f('a')", {"f": made.get})}


# ---- Decorated coroutine functions ----


def coffer_awaited():
    return {"coffer": cache()(coroutine)}


def aiocache_awaited():
    import aiocache

    return {"aiocache (memory)": aiocache.cached(ttl=3600)(coroutine)}


def cashews_awaited():
    import cashews

    made = cashews.Cache()
    made.setup(f"mem://?size={SIZE}")
    return {"cashews (memory)": made(ttl="1h")(coroutine)}


DECORATED = (
    lru_cache_decorated,
    coffer_decorated,
    cachebox_decorated,
    theine_decorated,
    cachetools_decorated,
    dogpile_decorated,
    diskcache_decorated,
)
GET = (dict_get, coffer_get, cachebox_get, theine_get, cachetools_get, dogpile_get, diskcache_get)
AWAITED = (coffer_awaited, aiocache_awaited, cashews_awaited)
