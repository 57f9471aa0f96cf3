"""Runs the quickstart as a newcomer does, and reads what it shows."""

import os
import re
import subprocess
import unittest

QUICKSTART = os.path.abspath("bindings/cli/quickstart")


class Quickstart(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        done = subprocess.run([QUICKSTART], capture_output=True, check=True, text=True, cwd="/")
        cls.shown = done.stdout
        cls.errors = done.stderr

    def test_is_one_screen(self):
        lines = self.shown.splitlines()
        self.assertLessEqual(len(lines), 24)
        self.assertLessEqual(max(len(line) for line in lines), 100)
        self.assertEqual(self.errors, "")

    def test_finds_the_plugins(self):
        title, *plugins = self.shown.splitlines()[:3]
        self.assertRegex(title, r"^Coffer \d+\.\d+\.\d+ ")
        self.assertRegex(
            plugins[0], r"^  stores .*\bmemory\b.* · strategies .*\blfu\b.*\blru\b.*\bttl\b"
        )
        self.assertRegex(plugins[1], r"^  serializers .*\bjson\b.* · codecs .*\bzstd\b")

    def test_the_second_call_is_cheap(self):
        units = {"ns": 1, "µs": 1e3, "ms": 1e6, "s": 1e9}
        first, second = [
            float(n) * units[u]
            for n, u in re.findall(r"(?:first|second) call +([\d.]+) (\S+)", self.shown)
        ]
        self.assertGreater(first, 1e6)
        self.assertLess(second, first / 10)
        self.assertEqual(self.shown.count("664,579"), 2)  # the primes below ten million

    def test_the_other_handle_reads_json(self):
        self.assertRegex(self.shown, r'"primes": ?664579')

    def test_replays_the_trace(self):
        rows = re.findall(
            r"^  (ttl|lru|lfu) +([\d.]+) % +(\d+) +([\d,]+) +(\d+) .* ([\d,]+)$", self.shown, re.M
        )
        self.assertEqual([row[0] for row in rows], ["ttl", "lru", "lfu"])
        for _, ratio, nanoseconds, entries, size, _ in rows:
            self.assertTrue(50 < float(ratio) < 86, rows)
            self.assertGreater(int(nanoseconds), 0)
            self.assertLessEqual(int(entries.replace(",", "")), 1000)
            self.assertTrue(100 < int(size) < 1000, rows)


if __name__ == "__main__":
    unittest.main()
