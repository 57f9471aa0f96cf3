"""Every Python snippet of the README runs and prints what the README says."""

import contextlib
import io
import os
import re
import sys
import tempfile
import unittest


class ReadmeTest(unittest.TestCase):
    def test_snippets(self):
        with open(sys.argv[1], encoding="utf-8") as file:
            blocks = re.findall(r"```(\w+)[^\n]*\n(.*?)```", file.read(), re.DOTALL)
        snippets = [
            (text, blocks[i + 1]) for i, (kind, text) in enumerate(blocks) if kind == "python"
        ]
        self.assertGreater(len(snippets), 4)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.environ["COFFER_PLUGIN_PATH"] = os.path.abspath(os.environ["COFFER_PLUGIN_PATH"])
        os.chdir(folder.name)
        for source, (kind, expected) in snippets:
            self.assertEqual(kind, "text", f"what does this print?\n{source}")
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(source, "README.md", "exec"), {"__name__": "readme"})  # noqa: S102
            self.assertEqual(printed.getvalue(), expected, source)

    def test_numbers(self):
        with open(sys.argv[1], encoding="utf-8") as readme, open(
            sys.argv[2], encoding="utf-8"
        ) as measured:
            self.assertIn(
                measured.read(),
                readme.read(),
                "the README shows the table that compare.py wrote last",
            )


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
