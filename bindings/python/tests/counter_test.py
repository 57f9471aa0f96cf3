"""Counters: incr and decr on whatever set has stored."""

import asyncio
import threading
import unittest

from coffer import MISS, Cache, errors

MOST, LEAST = 2**63 - 1, -(2**63)


class Digits:
    """A serializer in Python."""

    format = 1025

    def dumps(self, value):
        return repr(value).encode()

    def loads(self, data):
        return eval(data)


def kinds():
    for copy in ("share", "clone", "freeze"):
        yield copy, Cache(copy=copy)
    for serializer in ("json", "msgpack", "yaml", "pickle", "protobuf", "pickle!", Digits()):
        yield str(serializer), Cache(serializer=serializer)
    yield "compressed", Cache("memory://?codec=zstd", serializer="msgpack")
    yield "bytes", Cache("bytes://", serializer="msgpack")
    yield "bare", Cache("bytes://?raw=true", serializer="json")
    yield "bare msgpack", Cache("bytes://?raw=true", serializer="msgpack")


class Counters(unittest.TestCase):
    def test_incr_counts_what_set_stored(self):
        for kind, cache in kinds():
            with self.subTest(kind):
                for start in (0, 41, -1, MOST - 1, LEAST):
                    cache.set("n", start)
                    self.assertEqual(cache.incr("n"), start + 1)
                    self.assertEqual(cache.get("n"), start + 1)
                    self.assertEqual(cache.decr("n"), start)
                    self.assertEqual(cache.get_many(["n"]), {"n": start})
                    self.assertEqual(cache.get_or_set("n", lambda: 1 / 0), start)

    def test_an_absent_counter_begins(self):
        for kind, cache in kinds():
            with self.subTest(kind):
                self.assertIsNone(cache.incr("n", 1, None))
                self.assertIs(cache.get("n", MISS), MISS)
                self.assertEqual(cache.incr("n", 2, 40), 42)
                self.assertEqual(cache.get("n"), 42)
                self.assertEqual(cache.incr("n", 2, 40), 44)
                self.assertEqual(cache.incr("n", 1, None), 45)
                self.assertEqual(cache.decr("down"), -1)
                self.assertEqual(type(cache.get("n")), int)

    def test_a_step_out_of_64_bits(self):
        for kind, cache in kinds():
            with self.subTest(kind):
                for start, delta in ((MOST, 1), (1, MOST), (LEAST, -1), (-1, LEAST)):
                    cache.set("n", start)
                    with self.assertRaisesRegex(errors.StateError, "64 bits") as raised:
                        cache.incr("n", delta)
                    self.assertEqual(raised.exception.details["reason"], "OVERFLOW")
                    self.assertEqual(cache.get("n"), start, "it does not begin anew")
                with self.assertRaisesRegex(errors.StateError, "64 bits"):
                    cache.incr("absent", 1, MOST)
                self.assertIs(cache.get("absent", MISS), MISS)
                with self.assertRaisesRegex(errors.StateError, "64 bits"):
                    cache.decr("absent", 1, LEAST)

    def test_what_is_no_counter_is_refused(self):
        for kind, cache in kinds():
            for value in ("text", "5", 1.5, 5.0, True, None, [1], {"a": 1}, b"5"):
                with self.subTest(kind, value=value):
                    try:
                        cache.set("k", value)
                    except errors.UnsupportedError:
                        self.assertIsInstance(value, bytes, "which JSON does not have")
                        continue
                    stored = cache.get("k")
                    for step in (cache.incr, cache.decr):
                        with self.assertRaisesRegex(errors.StateError, "not an integer"):
                            step("k")
                    self.assertEqual(cache.get("k"), stored)

    def test_integers_beyond_64_bits_are_refused(self):
        for kind, cache in kinds():
            for value in (2**63, 2**64, 2**70, -(2**70)):
                with self.subTest(kind, value=value):
                    cache.set("k", value)
                    with self.assertRaisesRegex(errors.StateError, "64 bits"):
                        cache.incr("k")
                    self.assertEqual(cache.get("k"), value)

    def test_arguments_are_checked(self):
        cache = Cache()
        for delta in (2**63, -(2**63) - 1, 10**30):
            with self.assertRaisesRegex(errors.ArgumentError, "delta is"):
                cache.incr("n", delta)
        with self.assertRaisesRegex(errors.ArgumentError, "initial is"):
            cache.incr("n", 1, 2**63)
        for wrong in (1.5, "1", None):
            with self.assertRaisesRegex(TypeError, "delta is"):
                cache.incr("n", wrong)
            with self.assertRaisesRegex(TypeError, "delta is"):
                cache.decr("n", wrong)
        self.assertIs(cache.get("n", MISS), MISS)

    def test_expiry_and_tags_stay(self):
        for kind, cache in kinds():
            if "bare" in kind:
                continue  # without tags
            with self.subTest(kind):
                cache.set("n", 1, 100, tags=["t"])
                self.assertEqual(cache.incr("n"), 2)
                self.assertTrue(90 < cache.ttl("n") <= 100)
                cache.invalidate_tag("t")
                self.assertIs(cache.get("n", MISS), MISS)

    def test_any_handle_counts(self):
        writers = [cache for _, cache in kinds()][3:8]
        for writer in writers:
            for serializer in ("json", "msgpack", None):
                cache = writer.with_options(serializer=serializer) if serializer else writer
                writer.set("n", 5)
                self.assertEqual(cache.incr("n"), 6)
                self.assertEqual(writer.get("n"), 6)

    def test_threads_lose_no_step(self):
        for kind, cache in (
            ("objects", Cache()),
            ("msgpack", Cache(serializer="msgpack")),
            ("Python", Cache(serializer=Digits())),
        ):
            cache.set("n", 0)
            steps = [lambda: cache.incr("n"), lambda: cache.decr("n", -2)]
            threads = [
                threading.Thread(target=lambda step=step: [step() for _ in range(300)])
                for step in steps * 2
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(cache.get("n"), 2 * 300 * 3, kind)

    def test_coroutines(self):
        async def main():
            for kind, cache in kinds():
                cache.set("n", 5)
                self.assertEqual(await cache.aincr("n", 2), 7, kind)
                self.assertEqual(await cache.adecr("n"), 6, kind)
                self.assertIsNone(await cache.aincr("none", 1, None), kind)
                await cache.aset("n", MOST)
                with self.assertRaises(errors.StateError):
                    await cache.aincr("n")

        asyncio.run(main())


if __name__ == "__main__":
    unittest.main()
