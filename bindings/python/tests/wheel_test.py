"""wheel_test.py FOLDER [PYTHON...]: the wheel, installed by pip into a clean virtual environment without a network,
works: for the system's Python, or for each interpreter named.
"""

import glob
import os
import re
import subprocess
import sys
import tempfile
import unittest

PROGRAM = """
import asyncio, coffer
cache = coffer.Cache("memory://?bytes=1MiB&strategy=lru", ttl="5m")
@cache(tags=["n:{n}"])
def square(n):
    return n * n
assert square(4) == square(4) == 16 and square.stats()["loads"] == 1
cache.invalidate_tag("n:4")
assert square(4) == 16 and square.stats()["loads"] == 2
assert asyncio.run(cache.aget(square.key(4).bytes)) == 16
assert coffer.Serializer("json").loads(b"[1]") == [1]
assert coffer.__file__.startswith(__import__("sys").prefix), coffer.__file__
print(coffer.__version__)
"""


class WheelTest(unittest.TestCase):
    def test_it_installs_and_runs(self):
        for python in sys.argv[2:] or ["/usr/bin/python3"]:
            with self.subTest(python):
                self.install_and_run(python)

    def install_and_run(self, interpreter):
        (wheel,) = glob.glob(os.path.abspath(os.path.join(sys.argv[1], "*.whl")))
        with tempfile.TemporaryDirectory() as folder:
            environment = {"PATH": "/usr/bin:/bin", "HOME": folder}

            def run(*command):
                done = subprocess.run(
                    command,
                    cwd=folder,
                    env=environment,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                return done.stdout

            run(interpreter, "-m", "venv", "venv")
            python = os.path.join(folder, "venv", "bin", "python")
            run(
                python,
                "-m",
                "pip",
                "install",
                "--no-index",
                "--no-deps",
                "--disable-pip-version-check",
                wheel,
            )
            version = run(python, "-I", "-c", PROGRAM).strip()
            self.assertIn(f"coffer-{version}-cp39-abi3-manylinux_2_", os.path.basename(wheel))
            self.assertIn(f"coffer {version}", run(python, "-m", "coffer", "version"))
            self.assertIn(
                f"coffer {version}", run(os.path.join(folder, "venv", "bin", "coffer"), "version")
            )
            run(python, "-m", "pip", "check", "--disable-pip-version-check")
            installed = os.path.dirname(
                run(python, "-c", "import coffer; print(coffer.__file__)").strip()
            )
            for name in ("py.typed", "_coffer.pyi", "_coffer.abi3.so", "lib/libcoffer.so.1"):
                self.assertTrue(os.path.exists(os.path.join(installed, name)), name)
            if interpreter == "/usr/bin/python3":
                self.use_pytest(folder, run, python)
            run(python, "-m", "pip", "uninstall", "-y", "--disable-pip-version-check", "coffer")
            self.assertFalse(os.path.exists(os.path.join(installed, "__init__.py")))

    def test_platform_tag_is_what_auditwheel_finds(self):
        (wheel,) = glob.glob(os.path.abspath(os.path.join(sys.argv[1], "*.whl")))
        done = subprocess.run(
            [sys.executable, "-m", "auditwheel", "show", wheel],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        (tag,) = re.findall(r'platform tag:\s+"(\w+)"', done.stdout)
        self.assertTrue(wheel.endswith(f"-cp39-abi3-{tag}.whl"), f"{wheel}: {done.stdout}")

    @staticmethod
    def use_pytest(folder, run, python):
        """pytest, which is the system's, finds the fixtures by themselves."""
        settings = os.path.join(folder, "venv", "pyvenv.cfg")
        with open(settings, encoding="utf-8") as file:
            text = file.read()
        with open(settings, "w", encoding="utf-8") as file:
            file.write(
                text.replace(
                    "include-system-site-packages = false", "include-system-site-packages = true"
                )
            )
        with open(os.path.join(folder, "test_it.py"), "w", encoding="utf-8") as file:
            file.write(
                "def test_clock(coffer_cache, coffer_clock):\n"
                "    coffer_cache.set('k', 1, ttl='1h')\n"
                "    coffer_clock.advance('2h')\n"
                "    assert coffer_cache.get('k') is None\n"
            )
        assert "1 passed" in run(python, "-m", "pytest", "-q", "test_it.py")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
