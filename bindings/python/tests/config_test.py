"""Caches described in files."""

import os
import tempfile
import unittest

from coffer import Cache, CacheError, Runtime, errors


class ConfigTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.runtime = Runtime(clock="manual", housekeeping=0)

    def open(self, text, *args, name="coffer.yaml", **options):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return Cache.from_file(path, *args, runtime=self.runtime, **options)

    def refused(self, text, *args, **how):
        with self.assertRaises(errors.ArgumentError) as caught:
            self.open(text, *args, **how)
        self.assertIn(
            os.path.join(self.folder, how.get("name", "coffer.yaml")), str(caught.exception)
        )
        return str(caught.exception)

    TWO = """
# what our service caches
caches:
  default:
    url: memory://?bytes=1MiB
    ttl: 7m
    strategy: lru
  sessions: {url: "memory://sessions", ttl: 30, copy: clone, capacity: 5}
  plain:
"""


class Files(ConfigTest):
    def test_yaml(self):
        cache = self.open(self.TWO)
        cache.set("k", 1)
        self.assertEqual((cache.ttl("k"), cache.stats()["byte_limit"]), (420, 2**20))
        sessions = self.open(self.TWO, "sessions")
        sessions.set("k", value := [1])
        self.assertIsNot(sessions.get("k"), value)
        self.assertEqual((sessions.ttl("k"), sessions.stats()["capacity"]), (30, 5))
        self.open(self.TWO, "plain").set("k", 1)

    def test_arguments_win_over_the_file(self):
        self.assertEqual(self.open(self.TWO, "sessions", capacity=9).stats()["capacity"], 9)

    def test_toml_and_json(self):
        toml = '[caches.default]\nurl = "memory://?capacity=5"\nttl = "7s"\n[caches.other]\ncopy = "freeze"\n'
        cache = self.open(toml, name="a.toml")
        cache.set("k", 1)
        self.assertEqual((cache.ttl("k"), cache.stats()["capacity"]), (7, 5))
        other = self.open(toml, "other", name="a.toml")
        other.set("k", [1])
        self.assertEqual(other.get("k"), (1,))
        self.assertEqual(
            self.open('{"caches": {"one": {"capacity": 3}}}', name="a.json").stats()["capacity"], 3
        )

    def test_a_file_of_one_cache(self):
        cache = self.open(
            "url: memory://?capacity=5\nserializer: json\nserializer_options: {ext: plain}\n"
        )
        cache.set("k", (1,))
        self.assertEqual(cache.get("k"), [1])

    def test_a_secret_for_pickled_values(self):
        text = "url: bytes://\nserializer: pickle!\nserializer_options: {secret: xyz}\n"
        cache = self.open(text)
        cache.set("k", {1: object})
        self.assertEqual(cache.get("k"), {1: object})


class Mistakes(ConfigTest):
    def test_misspelt_names(self):
        for text, right in (
            ("tll: 5m", "ttl"),
            ("cpoy: clone", "copy"),
            ("ulr: memory://", "url"),
            ("capasity: 7", "capacity"),
            ("caches: {a: {tll: 7}}", "ttl"),
            ("cachs: {a: {ttl: 7}}", "caches"),
            ("serialiser: json", "serializer"),
            ("serializer: jsn", "json"),
            ("strategy: lrw", "lru"),
        ):
            with self.assertRaises(CacheError, msg=text) as caught:
                self.open(text)
            self.assertIn(f"did you mean {right!r}", str(caught.exception))
            self.assertIn("coffer.yaml", str(caught.exception))

    def test_the_exception_is_that_of_opening(self):
        with self.assertRaises(errors.ArgumentError) as caught:
            self.open("capasity: 7")
        self.assertEqual(
            (caught.exception.status, caught.exception.details["option"]),
            ("INVALID_ARGUMENT", "capasity"),
        )
        with self.assertRaises(errors.NotFoundError):
            self.open("url: nosuchstore://")

    def test_unknown_caches(self):
        self.assertIn("did you mean 'sessions'", self.refused(self.TWO, "session"))
        self.assertIn("'a', 'b'", self.refused("caches: {a: {}, b: {}}"))
        self.assertIn("none named 'a'", self.refused("ttl: 5", "a"))

    def test_values(self):
        for text, part in (
            ("ttl: 5x", "'5x'"),
            ("ttl: [1]", "'ttl'"),
            ("copy: deep", "'deep'"),
            ("url: 5", '"url"'),
            ("serializer_options: 5", "serializer_options"),
            ("5: 5", "name is text"),
            ("runtime: x", "runtime"),
            ("serializer: json\nserializer_options: {exx: 1}", "'ext'"),
        ):
            self.assertIn(part, self.refused(text))

    def test_shapes(self):
        for text in (
            "- x",
            "x",
            "",
            "caches: [1]",
            "caches: {}",
            "caches:",
            "caches: {a: 3}",
            "caches: {a: {}}\nttl: 5",
        ):
            self.refused(text)

    def test_syntax(self):
        for name, text in (
            ("a.yaml", "a: {b"),
            ("a.json", "{"),
            ("a.toml", "[x"),
            ("a.json", "{'a': 1}"),
            ("a.ini", ""),
        ):
            self.refused(text, name=name)

    def test_there_is_no_file(self):
        with self.assertRaises(FileNotFoundError):
            Cache.from_file(os.path.join(self.folder, "none.yaml"))


if __name__ == "__main__":
    unittest.main()
