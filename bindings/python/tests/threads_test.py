"""Many threads at one cache."""

import threading
import time
import unittest

from coffer import Cache


class Threads(unittest.TestCase):
    def test_others_run_while_one_waits(self):
        cache, ticks, stop = Cache(), [0], threading.Event()

        def tick():
            while not stop.is_set():
                ticks[0] += 1
                time.sleep(0.0005)

        started, go = threading.Event(), threading.Event()

        def slow():
            started.set()
            go.wait(60)
            return 1

        others = [
            threading.Thread(target=tick),
            threading.Thread(target=lambda: cache.get_or_set("k", slow)),
            threading.Timer(0.2, go.set),
        ]
        for other in others:
            other.start()
        started.wait(60)
        before = ticks[0]
        self.assertEqual(cache.get_or_set("k", lambda: 2), 1)
        self.assertGreater(ticks[0], before + 5)
        stop.set()
        for other in others:
            other.join(60)

    def test_a_store_of_bytes(self):
        cache, failures = Cache("bytes://"), []

        def work(seed):
            try:
                for i in range(150):
                    cache.set(f"k{i % 20}", {"seed": [seed, i]}, tags=["t"])
                    found = cache.get(f"k{(i * seed) % 20}")
                    assert found is None or isinstance(found["seed"], list), found
                    cache.explain(f"k{i % 20}"), cache.describe(), cache.stats(), list(cache.keys())
                    assert cache.get_or_set(f"c{i}", lambda: i) in range(150)
            except BaseException as error:  # noqa: BLE001: the test shows it
                failures.append(error)

        threads = [threading.Thread(target=work, args=(seed,)) for seed in (1, 3, 7)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(failures, [])

    def test_all_at_once(self):
        cache = Cache("memory://?capacity=64&shards=2")
        failures = []

        @cache(ttl=0.001, stale=0.001, tags=["t"])
        def f(x):
            return [x]

        def work(seed):
            try:
                for i in range(400):
                    key = f"k{(i * seed) % 100}"
                    cache.set(key, [i], ttl=0.0005 if i % 3 else None)
                    found = cache.get(key)
                    assert found is None or isinstance(found, list), found
                    assert f(i % 10) == [i % 10]
                    if i % 50 == 0:
                        cache.invalidate_tag("t")
                        cache.set_many({f"m{n}": n for n in range(10)})
                        cache.get_many([f"m{n}" for n in range(20)])
                        list(cache.keys())
                        cache.stats()
                    if i % 150 == 0:
                        cache.clear()
            except BaseException as error:  # noqa: BLE001: the test shows it
                failures.append(error)

        threads = [threading.Thread(target=work, args=(seed,)) for seed in (1, 3, 7, 9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(failures, [])


if __name__ == "__main__":
    unittest.main()
