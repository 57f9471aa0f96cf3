"""Caches described in files."""

import os
import tempfile
import unittest

from coffer import Cache


class Files(unittest.TestCase):
    def test_configuration(self):
        import coffer

        texts = {
            "a.toml": '[caches.default]\nurl = "memory://?capacity=5"\nttl = "7s"\n'
                      '[caches.other]\nurl = "memory://"\ncopy = "clone"\n',
            "a.json": '{"url": "memory://", "ttl": 7}',
            "a.yaml": "caches:\n  default: {url: 'memory://?capacity=5', ttl: 7}\n  other: {copy: clone}\n",
        }
        with tempfile.TemporaryDirectory() as folder:
            for name, text in texts.items():
                path = os.path.join(folder, name)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
                cache = Cache.from_file(path)
                cache.set("k", 1)
                self.assertEqual(round(cache.ttl("k")), 7, name)
                if name != "a.json":
                    self.assertEqual(Cache.from_file(path, "other", copy="share")._copy, "share")
                with self.assertRaises(coffer.errors.ArgumentError):
                    Cache.from_file(path, "nosuch")


if __name__ == "__main__":
    unittest.main()
