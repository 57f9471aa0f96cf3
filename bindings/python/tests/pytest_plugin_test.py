"""The fixtures for pytest, in a run of it."""

import os
import subprocess
import sys
import tempfile
import unittest


class Pytest(unittest.TestCase):
    def test_fixtures(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "test_it.py")
            with open(path, "w", encoding="utf-8") as file:
                file.write(
                    "def test_one(coffer_cache, coffer_clock):\n"
                    "    coffer_cache.set('k', 1, ttl='1h')\n"
                    "    coffer_clock.advance('30m')\n"
                    "    assert coffer_cache.get('k') == 1\n"
                    "    coffer_clock.advance('30m')\n"
                    "    assert coffer_cache.get('k') is None\n"
                    "def test_fresh(coffer_cache):\n"
                    "    assert list(coffer_cache.keys()) == []\n"
                )
            environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
            done = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "pytest",
                    "-q",
                    "-p",
                    "coffer.pytest_plugin",
                    "-p",
                    "no:cacheprovider",
                    path,
                ],
                env=environment,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            self.assertIn("2 passed", done.stdout, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
