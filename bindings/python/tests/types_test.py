"""What a type checker makes of the package: mypy, on programs of a user. (Methods are not among them: Debian's mypy, of
2023, cannot take the first parameter from a ParamSpec, as later ones do.)"""

import os
import re
import subprocess
import sys
import tempfile
import unittest

PROGRAM = """
from datetime import timedelta
from typing import Dict, List, Optional
from coffer import Cache, MISS, Rows, Serializer

cache = Cache("memory://?bytes=1MiB", ttl="5m", copy="clone")

@cache
def plain(x: int, y: str = "") -> List[int]:
    return [x]

@cache(ttl=timedelta(1), key="user:{user_id}", tags=["t"], rows=lambda user_id: [Rows.where("t", a=user_id)])
def given(user_id: int) -> Optional[str]:
    return None

@cache(ttl=5)
async def slow(x: int) -> bytes:
    return b""

async def use() -> None:
    reveal_type(await slow(1))
    await cache.aset("k", 1)

reveal_type(plain(1, y="a"))
reveal_type(plain.refresh(1))
reveal_type(plain.invalidate(1))
reveal_type(given(user_id=2))
reveal_type(cache.get_many(["a"]))
reveal_type(cache.exists(b"k"))
names: Dict[str, int] = {"a": 1}
cache.set_many(names)
cache.namespace("n").set("k", 1, "5m", tags=["a"])
with cache.transaction(), cache.disabled():
    cache.invalidate_tag("t")
"""

REVEALED = [
    "builtins.bytes",
    "builtins.list[builtins.int]",
    "builtins.list[builtins.int]",
    "builtins.bool",
    "Union[builtins.str, None]",
    "builtins.dict[builtins.str, Any]",
    "builtins.bool",
]

WRONG = [
    "plain('a')",
    "plain(1, z=2)",
    "plain.invalidate()",
    "given(2, 3)",
    "cache.get(1)",
    "cache.set('k', 1, ttl=[])",
    "cache.incr('k', 1.5)",
]


class TypesTest(unittest.TestCase):
    def check(self, program):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "program.py")
            with open(path, "w", encoding="utf-8") as file:
                file.write(program)
            return self.mypy("--strict", "--follow-imports=silent", path)

    def mypy(self, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            environment = dict(
                os.environ, MYPYPATH=os.path.abspath(sys.argv[1]), MYPY_CACHE_DIR=folder
            )
            done = subprocess.run(
                [sys.executable, "-m", "mypy", *arguments],
                env=environment,
                capture_output=True,
                text=True,
                timeout=250,
                check=False,
            )
        self.assertEqual(done.stderr, "")
        return done.stdout

    def test_the_package(self):
        out = self.mypy("--ignore-missing-imports", "-p", "coffer")
        self.assertIn("Success", out)

    def test_a_program(self):
        out = self.check(PROGRAM)
        self.assertEqual(re.findall('Revealed type is "(.*)"', out), REVEALED, out)
        self.assertIn("Success", out)

    def test_mistakes_are_found(self):
        lines = PROGRAM.count("\n")
        out = self.check(PROGRAM.replace("reveal_type", "print") + "\n".join(WRONG))
        found = sorted({int(number) for number in re.findall(r"program.py:(\d+): error", out)})
        self.assertEqual(found, [lines + 1 + i for i in range(len(WRONG))], out)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
