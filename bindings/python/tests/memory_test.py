"""Where memory runs out a call raises MemoryError and the next one works: every allocation of a call fails in turn."""

import unittest

import _testcapi

import coffer
from coffer import Cache, Rows

MOST = 2000  # allocations of one call


class Thing:
    pass


def operations():
    """name -> a call that may be repeated."""
    runtime = coffer.Runtime(clock="manual", housekeeping=0)
    cache = Cache("memory://?capacity=50&shards=1&strategy=lru", runtime=runtime)
    text = Cache("memory://?capacity=50&serializer=msgpack&namespace=text", runtime=runtime)
    cloned = cache.with_options(copy="clone")
    value = {"list": [1, 2.5, "text", None, True, b"bytes"], "number": 2**70}

    def transaction():
        with cache.transaction() as txn:
            cache.invalidate_tag("a")
            cache.row_changed("t", {"a": 1, "b": 1.5}, {"a": 2**70, "b": None})
            cache.invalidate("k")
            txn.mark_dirty()

    return {
        "set": lambda: cache.set("k", [1]),
        "get": lambda: cache.get("k"),
        "set with all": lambda: cache.set(
            "k", 1, 5, stale=3, tags=["a"], rows=[Rows("t", {"a": 1, "b": "x"})]
        ),
        "set and get bytes": lambda: (text.set("k", value), text.get("k")),
        "clone": lambda: (cloned.set("c", value), cloned.get("c")),
        "delete": lambda: (cache.set("d", [1]), cache.delete("d"), cache.exists("d")),
        "conditions": lambda: (
            cache.add("k", [1]),
            cache.replace("k", [1]),
            cache.touch("k", 3),
            cache.ttl("k"),
        ),
        "incr": lambda: (cache.set("n", 5), cache.incr("n"), cache.get("n")),
        "many": lambda: (
            cache.set_many({"a": [1], "b": None}),
            cache.get_many(["a", "b", "c"]),
            cache.delete_many(["a", "b", "c"]),
        ),
        "evictions": lambda: cache.set_many({f"e{n}": [n] for n in range(60)}),
        "scan": lambda: (list(cache.keys()), list(cache.keys(prefix="e"))),
        "transaction": transaction,
        "clear": lambda: (cache.set("k", 1), cache.clear()),
        "open": lambda: Cache("memory://?capacity=5", runtime=runtime).set("k", Thing()),
        "describe": lambda: (cache.stats(), cache.describe(), cache.explain("k")),
    }


class MemoryTest(unittest.TestCase):
    def test_memory_error_and_the_next_call_works(self):
        for name, call in operations().items():
            with self.subTest(name):
                for number in range(MOST):
                    if self.without(number, call):
                        break
                else:
                    self.fail(f"more than {MOST} allocations")

    def without(self, number, call):
        """Calls it with the allocation of that number failing; true if there was none of that number."""
        failed = None
        _testcapi.set_nomemory(number, number + 1)
        try:
            call()
        except BaseException as error:
            failed = type(error)
        finally:
            _testcapi.remove_mem_hooks()
        if failed is not None:
            self.assertTrue(
                issubclass(failed, (MemoryError, coffer.CacheError)),
                f"allocation {number}: {failed}",
            )
        call()
        return failed is None and number > 0 and not self.fails_later(number, call)

    def fails_later(self, number, call):
        """Whether some allocation after that number would still make it fail."""
        _testcapi.set_nomemory(number, 0)
        try:
            call()
        except BaseException:
            return True
        finally:
            _testcapi.remove_mem_hooks()
        return False


if __name__ == "__main__":
    unittest.main()
