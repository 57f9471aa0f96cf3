"""Runs the commands that work on files, replay and convert, as a user does."""

import json
import re
import tempfile
import unittest

from bindings.cli.testing import FAILED, TRACE, USAGE, YES, coffer, on_terminal


class Replay(unittest.TestCase):
    LRU = "memory://?capacity=687&shards=1&strategy=lru"

    def test_side_by_side(self):
        code, out, err = coffer(
            "replay", TRACE, "-c", self.LRU, "-c", "memory://?strategy=lru", "-o", "json"
        )
        self.assertEqual((code, err), (YES, ""))
        report = json.loads(out)
        self.assertEqual((report["requests"], report["distinct_keys"]), (95607, 13756))
        lru, endless = report["caches"]
        self.assertEqual(f"{lru['hit_ratio']:.4f}", "0.6000")
        self.assertEqual(lru["hits"] + lru["misses"], 95607)
        self.assertLessEqual(lru["entries"], 687)
        self.assertEqual(lru["misses"] - lru["entries"], lru["evictions"])
        self.assertEqual(
            (endless["misses"], endless["entries"], endless["evictions"]), (13756, 13756, 0)
        )
        for cache in (lru, endless):
            self.assertGreater(cache["ns_per_op"], 0)
            self.assertTrue(100 < cache["bytes_per_entry"] < 1000, cache)

    def test_plain(self):
        code, out, _ = coffer("replay", TRACE, "-c", self.LRU)
        self.assertEqual(code, YES)
        url, ratio, nanoseconds, entries, _, _, _ = out.rstrip("\n").split("\t")
        self.assertEqual((url, ratio, entries), (self.LRU, "60.00 %", "687"))
        self.assertGreater(int(nanoseconds), 0)

    def test_table_and_progress_on_a_terminal(self):
        code, shown = on_terminal("replay", TRACE, "-c", self.LRU)
        self.assertEqual(code, YES)
        self.assertRegex(shown, r"\r\x1b\[K" + re.escape(self.LRU) + r" +\d+ %")
        lines = shown.split("\x1b[K")[-1].splitlines()
        self.assertEqual(
            lines[0],
            "95,607 requests for 13,756 different keys; " "no cache can hit more than 85.61 %",
        )
        self.assertRegex(lines[1], r"^cache +hit ratio +ns/op +entries")
        self.assertIn("60.00 %", lines[2])

    def test_value_size_and_limit(self):
        args = ("-c", "memory://", "-o", "json", "--limit", "1k")
        small = json.loads(coffer("replay", TRACE, *args)[1])
        large = json.loads(coffer("replay", TRACE, *args, "--value-size", "5000")[1])
        self.assertEqual((small["requests"], large["value_size"]), (1000, 5000))
        grown = large["caches"][0]["bytes_per_entry"] - small["caches"][0]["bytes_per_entry"]
        self.assertTrue(4500 < grown < 6500, grown)

    def test_standard_input(self):
        code, out, _ = coffer("replay", "-", "-c", "memory://", "-o", "json", stdin="1\n2\n1\n")
        self.assertEqual((code, json.loads(out)["caches"][0]["hits"]), (YES, 1))
        self.assertEqual(coffer("shell", stdin="replay -")[0], USAGE)

    def test_mistakes(self):
        code, _, err = coffer("replay", "-", "-c", "memory://", stdin="1\ntwo\n")
        self.assertEqual(code, FAILED)
        self.assertIn('standard input:2: "two" is not a key', err)
        self.assertEqual(coffer("replay", "/nonexistent", "-c", "memory://")[0], FAILED)
        self.assertEqual(coffer("replay", TRACE)[0], USAGE)
        self.assertEqual(coffer("replay", TRACE, "-c", "memory://", "--limit", "x")[0], USAGE)
        self.assertEqual(coffer("replay", TRACE, "-c", "memory://?strategy=lrv")[0], FAILED)


class Convert(unittest.TestCase):
    ARGS = ("convert", "--from", "json", "--to", "json")

    def test_standard_input_and_file(self):
        text = '{"b": [1, 2.5, "ü"], "a": null}'
        code, out, err = coffer(*self.ARGS, stdin=text)
        self.assertEqual((code, json.loads(out), err), (YES, json.loads(text), ""))
        with tempfile.NamedTemporaryFile() as file:
            file.write(text.encode())
            file.flush()
            self.assertEqual(coffer(*self.ARGS, file.name)[1], out)

    def test_mistakes(self):
        code, out, err = coffer(*self.ARGS, stdin='{"a": ')
        self.assertEqual((code, out), (FAILED, ""))
        self.assertTrue(err.startswith("coffer: "))
        self.assertEqual(coffer(*self.ARGS, "/nonexistent")[0], FAILED)
        self.assertEqual(coffer("convert", "--from", "json")[0], USAGE)
        self.assertEqual(coffer(*self.ARGS, "--to-option", "x", stdin="1")[0], USAGE)
        self.assertEqual(coffer(*self.ARGS, "--to-option", "nonsense=1", stdin="1")[0], USAGE)
        self.assertEqual(coffer("convert", "--from", "jsno", "--to", "json", stdin="1")[0], FAILED)


if __name__ == "__main__":
    unittest.main()
