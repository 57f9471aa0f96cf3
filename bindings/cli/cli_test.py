"""Runs the command `coffer` as a user does: exit codes, output in each form, help, the shell."""

import base64
import json
import os
import pty
import re
import subprocess
import tempfile
import unittest

from bindings.cli.testing import COFFER, FAILED, NO, TRACE, USAGE, YES, coffer, on_terminal, shell

# Plugins that print, or end the process, as they are loaded.
DISTURBING = os.path.abspath("core/loader/testdata/disturbing")


class Help(unittest.TestCase):
    def test_overview(self):
        for args in [("help",), (), ("--help",), ("-h",)]:
            code, out, err = coffer(*args)
            self.assertEqual((code, err), (YES, ""))
            self.assertIn("Usage: coffer", out)
            self.assertIn("Exit codes:", out)

    def test_every_command_and_its_example(self):
        overview = coffer("help")[1]
        block = overview.split("Commands:\n")[1].split("\n\n")[0]
        names = [line.split()[0] for line in block.splitlines()]
        self.assertGreaterEqual(
            set(names),
            set("get put add del incr keys stats plugins replay convert help version".split()),
        )
        with tempfile.TemporaryDirectory() as folder:
            os.symlink(COFFER, os.path.join(folder, "coffer"))
            os.symlink(TRACE, os.path.join(folder, "web.txt.gz"))
            path = folder + ":" + os.environ["PATH"]
            for name in names:
                text = coffer("help", name)[1]
                self.assertEqual(text, coffer(name, "--help")[1])
                example = text.split("Example:\n")[1].split("\n\n")[0].replace("\n  ", "\n")[2:]
                done = subprocess.run(
                    ["sh", "-c", example],
                    cwd=folder,
                    capture_output=True,
                    env=dict(os.environ, PATH=path),
                    check=False,
                )
                self.assertIn(done.returncode, (YES, NO), (example, done.stderr))
                self.assertTrue(done.stdout, example)

    def test_unknown_words(self):
        self.assertEqual(
            coffer("stast"), (USAGE, "", 'coffer: unknown command "stast"; did you mean "stats"?\n')
        )
        code, _, err = coffer("put", "k", "v", "--tll", "5m")
        self.assertEqual(code, USAGE)
        self.assertIn('did you mean "--ttl"?', err)
        self.assertEqual(coffer("help", "putt")[0], USAGE)
        self.assertEqual(coffer("-o", "xml", "version")[0], USAGE)

    def test_version(self):
        code, out, _ = coffer("version")
        self.assertEqual(code, YES)
        self.assertRegex(out, r"^coffer \d+\.\d+\.\d+, plugin ABI \d+\.\d+\n$")
        self.assertEqual(coffer("--version")[1], out)
        self.assertIn(json.loads(coffer("version", "-o", "json")[1])["version"], out)


class Entries(unittest.TestCase):
    def test_no_cache(self):
        code, out, err = coffer("get", "k")
        self.assertEqual((code, out), (USAGE, ""))
        self.assertIn("--cache URL", err)

    def test_cache_by_option_and_variable(self):
        self.assertEqual(coffer("-c", "memory://", "put", "k", "v"), (YES, "", ""))
        self.assertEqual(coffer("put", "k", "v", env={"COFFER_CACHE": "memory://"}), (YES, "", ""))
        code, _, err = coffer("-c", "memory://", "-c", "memory://", "put", "k", "v")
        self.assertEqual(code, USAGE)
        self.assertIn("more than one --cache", err)

    def test_wrong_urls(self):
        code, _, err = coffer("-c", "memory://?capacty=5", "put", "k", "v")
        self.assertEqual(code, USAGE)
        self.assertIn("capacity", err)  # the nearest valid option
        code, _, err = coffer("-c", "nowhere://", "put", "k", "v")
        self.assertEqual(code, FAILED)
        self.assertIn("nowhere", err)

    def test_put_get(self):
        self.assertEqual(
            shell("put greeting 'hello world'", "get greeting"), (YES, "hello world\n", "")
        )

    def test_miss(self):
        self.assertEqual(
            coffer("-c", "memory://", "get", "k"), (NO, "", 'coffer: no entry under "k"\n')
        )
        code, out, err = coffer("-c", "memory://", "get", "k", "-o", "json")
        self.assertEqual((code, err), (NO, ""))
        self.assertEqual(json.loads(out), {"key": "k", "found": False})

    def test_get_json(self):
        code, out, _ = shell("put --ttl 5m k v", "get k -o json")
        entry = json.loads(out)
        self.assertEqual(code, YES)
        self.assertEqual(
            (entry["key"], entry["found"], entry["value"], entry["size"]), ("k", True, "v", 1)
        )
        self.assertGreater(entry["version"], 0)
        self.assertTrue(299 < entry["ttl"] <= 300)
        self.assertFalse(entry["null"])

    def test_get_meta(self):
        code, out, _ = shell("put k value", "get --meta k")
        self.assertEqual(code, YES)
        meta = dict(line.split("\t") for line in out.splitlines())
        self.assertEqual((meta["size"], meta["ttl"], meta["null"]), ("5", "forever", "false"))

    def test_ttl(self):
        code, out, _ = shell("put --ttl 5m k v", "get --ttl k", "put k v", "get --ttl k")
        self.assertEqual(code, YES)
        self.assertRegex(out, r"^(5m|4m59s)\nforever\n$")
        code, _, err = coffer("-c", "memory://", "put", "k", "v", "--ttl", "5 parsecs")
        self.assertEqual(code, USAGE)
        self.assertIn("ttl", err)

    def test_a_ttl_of_zero_leaves_nothing(self):
        for ttl in ("--ttl 0", "--ttl 0s", "--ttl=-5s"):
            for write in ("put {} k v", "add {} k v", "incr {} k", "put {} --json k 1"):
                before = "put k 1" if "add" not in write else "stats"
                code, _, _ = shell(before, write.format(ttl))
                self.assertEqual(code, YES, (ttl, write))
                code, _, _ = shell(before, write.format(ttl), "get k")
                self.assertEqual(code, NO, (ttl, write))

    def test_decode_shows_any_value_as_json(self):
        _, out, _ = shell(
            "put --json user '{\"a\":[1,2.5]}'",
            "get --decode user",
            "put plain hello",
            "get --decode plain",
            "put --null none",
            "get --decode none",
        )
        lines = "".join(out.split())
        self.assertEqual(lines, '{"a":[1,2.5]}"hello"null')
        self.assertEqual(coffer("-c", "memory://", "get", "--decode", "--raw", "k")[0], USAGE)

    def test_bytes_are_kept(self):
        data = bytes(b for b in range(256) if b not in b"\n\\\"'# \t\r") * 3
        done = subprocess.run(
            [COFFER, "shell"],
            input=b"put k " + data + b"\nget --raw k\n",
            capture_output=True,
            check=False,
        )
        self.assertEqual((done.returncode, done.stdout, done.stderr), (YES, data, b""))
        done = subprocess.run(
            [COFFER, "shell"],
            input=b"put k " + data + b"\nget k -o json\n",
            capture_output=True,
            check=True,
        )
        self.assertEqual(base64.b64decode(json.loads(done.stdout)["value"]["base64"]), data)

    def test_value_from_standard_input(self):
        code, out, _ = coffer("-c", "memory://", "put", "k", "-", "-o", "json", stdin=b"\0\xff")
        self.assertEqual((code, json.loads(out)), (YES, {"key": "k", "written": True}))
        self.assertEqual(coffer("shell", stdin="put k -\n")[0], USAGE)

    def test_null_is_no_miss(self):
        code, out, _ = shell("put --null k", "get k", "get k -o json")
        self.assertEqual(code, YES)
        text, _, rest = out.partition("\n")
        self.assertEqual(text, "null")
        self.assertEqual(
            [json.loads(rest)[k] for k in ("found", "null", "value")], [True, True, None]
        )
        self.assertEqual(coffer("-c", "memory://", "put", "--null", "k", "v")[0], USAGE)
        self.assertEqual(coffer("-c", "memory://", "put", "k")[0], USAGE)

    def test_json_values(self):
        value = '{"id": 7, "tags": ["a", null], "big": 123456789012345678901234567890}'
        code, out, _ = shell(f"put --json user '{value}'", "get user", "get user -o json")
        self.assertEqual(code, YES)
        text, _, rest = out.partition("\n")
        self.assertEqual(json.loads(text), json.loads(value))
        self.assertEqual(json.loads(rest)["value"], json.loads(value))
        code, _, err = coffer("-c", "memory://", "put", "--json", "k", '{"id": }')
        self.assertEqual(code, FAILED)
        self.assertTrue(err.startswith("coffer: "))

    def test_add(self):
        code, out, err = shell("add k one", "add k two", "get k")
        self.assertEqual(
            (code, out, err), (NO, "one\n", 'coffer: there is an entry under "k" already\n')
        )

    def test_del(self):
        self.assertEqual(shell("put a 1", "put b 2", "del a b c")[0], YES)
        self.assertEqual(
            shell("put a 1", "del a", "get a"), (NO, "", 'coffer: no entry under "a"\n')
        )
        code, out, _ = shell("put a 1", "del -o json a b")
        self.assertEqual((code, json.loads(out)), (YES, {"deleted": 1, "missing": 1}))
        self.assertEqual(coffer("-c", "memory://", "del", "a", "b")[0], NO)

    def test_del_if_it_has_a_version(self):
        code, out, _ = shell("put a 1", "get --meta -o json a")
        version = json.loads(out)["version"]
        self.assertEqual(shell("put a 1", f"del --version {version} a", "get a")[0], NO)
        code, out, err = shell("put a 1", "put a 2", f"del --version {version} a", "get a")
        self.assertEqual((code, out), (NO, "2\n"))
        self.assertIn("another version", err)
        for wrong in ("del --version 0 a", "del --version 1 a b", "del --version 1 --soft a"):
            self.assertEqual(shell(wrong)[0], USAGE, wrong)

    def test_soft_del(self):
        code, out, _ = shell(
            "put --ttl 1h --grace 1h a 1", "put b 1", "del --soft a b", "get --stale a"
        )
        self.assertEqual((code, out), (YES, "1\n"))
        self.assertEqual(shell("put b 1", "del --soft b", "get --stale b")[0], NO)
        self.assertEqual(shell("put --ttl 1h --grace 1h a 1", "del --soft a", "get a")[0], NO)

    def test_incr(self):
        self.assertEqual(
            shell("incr n", "incr n 10", "incr n -3", "incr m --initial 100 -5"),
            (YES, "1\n11\n8\n95\n", ""),
        )
        self.assertEqual(coffer("-c", "memory://", "incr", "n", "x")[0], USAGE)
        self.assertEqual(shell("put --json n 41", "incr n", "get n"), (YES, "42\n42\n", ""))
        code, _, err = shell("put n 9223372036854775807", "incr n")
        self.assertEqual(code, FAILED)
        self.assertIn("does not fit in 64 bits", err)
        code, _, err = shell("put k text", "incr k")
        self.assertEqual(code, FAILED)
        self.assertTrue(err.startswith("coffer: "))

    def test_namespaces(self):
        code, out, _ = shell("put k v", "keys", options=("-n", "app"))
        self.assertEqual((code, out), (YES, "k\n"))
        self.assertEqual(shell("put -n other k v")[0], USAGE)


class Looking(unittest.TestCase):
    FILL = [f"put user:{i} x" for i in range(500)] + ["put other 1"]

    def test_keys(self):
        code, out, _ = shell(*self.FILL, "keys")
        self.assertEqual(code, YES)
        self.assertEqual(sorted(out.split()), sorted([f"user:{i}" for i in range(500)] + ["other"]))

    def test_keys_chosen(self):
        self.assertEqual(len(shell(*self.FILL, "keys --prefix user:")[1].split()), 500)
        self.assertEqual(
            sorted(shell(*self.FILL, "keys --glob 'user:[12]?'")[1].split()),
            sorted(f"user:{i}" for i in range(10, 30)),
        )
        self.assertEqual(len(shell(*self.FILL, "keys --limit 300")[1].split()), 300)
        self.assertEqual(shell("put a 1", "keys --prefix b"), (NO, "", ""))
        self.assertEqual(shell("keys --prefix a --glob b")[0], USAGE)
        self.assertEqual(shell("keys --limit many")[0], USAGE)

    def test_keys_json(self):
        keys = json.loads(shell("put a 1", "put 'b c' 2", "keys -o json")[1])
        self.assertEqual(sorted(keys), ["a", "b c"])
        done = subprocess.run(
            [COFFER, "shell"],
            input=b"put \xff\x1b 1\nkeys\nkeys -o json\n",
            capture_output=True,
            check=True,
        )
        line, rest = done.stdout.decode().split("\n", 1)
        self.assertEqual(line, "\\xff\\x1b")
        self.assertEqual(json.loads(rest), [{"base64": "/xs="}])

    def test_stats(self):
        lines = ["put a 1", "put b 2", "put c 3", "get c", "get x"]
        url = ("-c", "memory://?capacity=2&shards=1&strategy=lru")
        code, out, _ = shell(*lines, "stats", options=url)
        self.assertEqual(code, NO)  # the miss
        stats = dict(line.split("\t") for line in out.splitlines()[1:])
        self.assertEqual(
            [stats[k] for k in ("gets", "hits", "misses", "hit_ratio", "puts", "capacity")],
            ["2", "1", "1", "50.00 %", "3", "2"],
        )
        self.assertLessEqual(int(stats["entries"]), 2)
        stats = json.loads(shell(*lines[:3], "stats -o json", options=url)[1])
        self.assertIsNone(stats["hit_ratio"])
        self.assertEqual(stats["inserts"], 3)
        self.assertGreaterEqual(stats["evictions"], 1)
        self.assertGreater(stats["bytes"], 0)

    def test_plugins(self):
        code, out, _ = coffer("plugins", "-o", "json")
        self.assertEqual(code, YES)
        found = {p["id"]: p for p in json.loads(out)}
        self.assertGreaterEqual(set(found), {"memory", "ttl", "lru", "lfu", "json"})
        self.assertEqual(found["memory"]["kind"], "store")
        self.assertTrue(os.path.exists(found["lru"]["path"]))
        for line in coffer("plugins")[1].splitlines():
            kind, name, version, capabilities, path = line.split("\t")
            self.assertIn(kind, ("store", "strategy", "serializer", "codec"))
            self.assertEqual(version, found[name]["version"])
            self.assertEqual(capabilities, " ".join(found[name]["capabilities"]) or "-")
            self.assertTrue(path.startswith("/"))

    def test_plugins_broken_file(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "libcoffer_junk.so"), "wb") as junk:
                junk.write(b"no plugin")
            code, out, _ = coffer("plugins", "--plugin-path", folder)
            self.assertEqual(code, YES)
            self.assertRegex(out, r"(?m)^unusable\t.*libcoffer_junk\.so: .")

    def test_plugins_path_told_once(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "libcoffer_junk.so")
            with open(path, "wb") as junk:
                junk.write(b"no plugin")
            _, out, _ = coffer("plugins", "--plugin-path", folder)
            self.assertEqual(out.count(path), 1, out)

    def test_plugins_output_stays_json(self):
        code, out, err = coffer("-o", "json", "plugins", "--plugin-path", DISTURBING)
        self.assertEqual(code, YES)
        found = json.loads(out)
        self.assertIn("a plugin was here", err)
        self.assertNotIn("a plugin was here", out)
        self.assertTrue(any(p.get("path", "").endswith("libcoffer_prints.so") for p in found))

    def test_plugins_that_abort_are_listed(self):
        code, out, _ = coffer("-o", "json", "plugins", "--plugin-path", DISTURBING)
        self.assertEqual(code, YES)
        found = json.loads(out)
        self.assertLessEqual({"memory", "json", "lru"}, {p.get("id") for p in found})
        (aborts,) = [p for p in found if p.get("path", "").endswith("libcoffer_aborts.so")]
        self.assertIn("signal 6", aborts["error"])

    def test_plugin_files_by_option_only(self):
        _, out, _ = coffer("-o", "json", "plugins", "explain", "lru")
        path = json.loads(out)["plugin"]["path"]
        url = "memory://?capacity=10&strategy=" + path
        code, _, err = coffer("-c", url, "shell", "put a 1")
        self.assertEqual(code, FAILED)
        self.assertIn("plugin_files", err)
        self.assertEqual(coffer("-c", url, "--plugin-files", "shell", "put a 1")[0], YES)
        self.assertEqual(coffer("plugins", "explain", path)[0], YES)

    def test_explain(self):
        code, out, _ = coffer("plugins", "explain", "memory")
        self.assertEqual(code, YES)
        self.assertIn("libcoffer_memory.so", out)
        self.assertRegex(out, r"(?m)^capacity\t")
        code, out, _ = coffer("plugins", "explain", "memory", "-o", "json")
        self.assertEqual((code, json.loads(out)["plugin"]["id"]), (YES, "memory"))
        code, out, err = coffer("plugins", "explain", "memry")
        self.assertEqual(code, NO)
        self.assertIn("COFFER_PLUGIN_PATH", out)
        self.assertIn("memry", err)
        self.assertEqual(coffer("plugins", "explian", "memory")[0], USAGE)


class Shell(unittest.TestCase):
    def test_commands_from_standard_input(self):
        code, out, err = coffer("shell", stdin="# fill\nput a 1\n\n  get a  # look\nexit\nget b\n")
        self.assertEqual((code, out, err), (YES, "1\n", ""))

    def test_goes_on_after_a_mistake_and_remembers_it(self):
        code, out, err = coffer("shell", stdin="putt a 1\nput a 1\nget a")
        self.assertEqual((code, out), (USAGE, "1\n"))
        self.assertIn('did you mean "put"?', err)

    def test_is_not_nested(self):
        self.assertEqual(shell("shell")[0], USAGE)
        self.assertEqual(shell("put 'a")[0], USAGE)

    def test_output_for_all_commands(self):
        code, out, _ = coffer("-o", "json", "shell", "incr n", "incr n -o plain", "incr n")
        self.assertEqual(code, YES)
        self.assertEqual(re.sub(r"\s+", "", out), '{"key":"n","value":1}2{"key":"n","value":3}')


class Terminal(unittest.TestCase):
    def test_hint_that_a_cache_in_memory_ends(self):
        code, shown = on_terminal("-c", "memory://", "put", "k", "v")
        self.assertEqual(code, YES)
        self.assertIn('"coffer shell" runs many in one', shown)

    def test_values_do_not_steer_the_terminal(self):
        code, shown = on_terminal("shell", "put k a\x1b[31m", "get k")
        self.assertEqual((code, shown), (YES, "a\\x1b[31m\n"))

    def test_a_prompt(self):
        master, slave = pty.openpty()
        process = subprocess.Popen(
            [COFFER, "shell"], stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        os.write(master, b"put k v\nget k\nget x\nexit\n")
        out, err = process.communicate()
        os.close(slave)
        os.close(master)
        self.assertEqual((process.returncode, out), (YES, b"v\n"))
        self.assertEqual(err.count(b"coffer> "), 4)

    def test_tables(self):
        code, shown = on_terminal("plugins")
        self.assertEqual(code, YES)
        self.assertRegex(shown, r"^kind +name +version +capabilities +from\n")


class Output(unittest.TestCase):
    def test_a_full_disk_is_a_failure(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                [COFFER, "help"], stdout=full, stderr=subprocess.PIPE, check=False
            )
        self.assertEqual(done.returncode, FAILED)
        self.assertIn(b"cannot write the output", done.stderr)


if __name__ == "__main__":
    unittest.main()
