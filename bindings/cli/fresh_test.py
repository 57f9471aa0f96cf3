"""Runs the commands about freshness as a user does: invalidate, explain, watch, and put's options for them."""

import json
import time
import unittest

from bindings.cli.testing import NO, USAGE, YES, coffer, shell


def lines_of(out):
    return dict(line.split("\t", 1) for line in out.splitlines())


class Invalidate(unittest.TestCase):
    FILL = ["put --tag user:7 --tag all a 1", "put --tag user:8 b 2", "put c 3"]

    def test_tags(self):
        self.assertEqual(
            shell(*self.FILL, "invalidate --tag user:7", "get b", "get a"),
            (NO, "2\n", 'coffer: no entry under "a"\n'),
        )
        code, out, _ = shell(*self.FILL, "invalidate -o json --tag all --tag user:8", "get c")
        report, _, value = out.rpartition("}\n")
        self.assertEqual(
            (code, json.loads(report + "}"), value), (YES, {"tags": ["all", "user:8"]}, "3\n")
        )

    def test_spaces(self):
        fill = [
            "put --space post all 1",
            "put --space post --where author=7,draft=false of7 2",
            "put --space post --where author=8 --where author=9 of8or9 3",
        ]
        self.assertEqual(shell(*fill, "invalidate --space post", "get all")[0], NO)
        row = "invalidate --space post --new id=1,author=9,draft=true"
        self.assertEqual(shell(*fill, row, "get of7"), (YES, "2\n", ""))
        self.assertEqual(shell(*fill, row, "get of8or9")[0], NO)
        self.assertEqual(shell(*fill, row, "get all")[0], NO)
        changed = "invalidate -o json --space post --old author=1,draft=true --new author=7 --new draft=false"
        code, out, _ = shell(*fill, changed, "get of7")
        self.assertEqual((code, json.loads(out)), (NO, {"space": "post", "rows": "changed"}))
        code, out, _ = shell(*fill, changed, "get of8or9")
        self.assertEqual((code, out.splitlines()[-1]), (YES, "3"))

    def test_typed_values(self):
        put = "put --space s --where day:date=2024-05-01,price=1.50 k v"
        same = "invalidate --space s --new day:date=2024-05-01,price=1.5"
        other = "invalidate --space s --new 'day=2024-05-01,price=1.5'"  # a text is no date
        self.assertEqual(shell(put, same, "get k")[0], NO)
        self.assertEqual(shell(put, other, "get k")[0], YES)

    def test_prefix(self):
        fill = ["put user:1 a", "put user:2 b", "put other c"]
        self.assertEqual(
            shell(*fill, "invalidate --prefix user:", "get other"), (YES, "2 removed\nc\n", "")
        )
        self.assertEqual(shell(*fill, "invalidate --prefix user:", "get user:1")[0], NO)
        code, out, _ = shell("invalidate --prefix x -o json")
        self.assertEqual((code, json.loads(out)), (NO, {"prefix": "x", "removed": 0}))

    def test_all(self):
        self.assertEqual(shell(*self.FILL, "invalidate --all", "get c")[0], NO)
        code, out, _ = shell("invalidate --all -o json")
        self.assertEqual((code, json.loads(out)), (YES, {"all": True}))

    def test_mistakes(self):
        for line, part in {
            "invalidate": "one of --tag TAG",
            "invalidate --tag a --all": "one of --tag TAG",
            "invalidate --tag a --new id=1": "--space SPACE",
            "invalidate --space s --new id": "COLUMN=VALUE",
            "invalidate --space s --new day:date=soon": "column day",
            "invalidate --space s --new 'a=1,a=2'": "a",
            "invalidate --tag ''": "tag",
            "put --where a=1 k v": "--space SPACE",
            "put --grace soon k v": "grace",
        }.items():
            code, out, err = shell(line)
            self.assertEqual((code, out), (USAGE, ""), line)
            self.assertIn(part, err, line)


class Explain(unittest.TestCase):
    def test_fresh(self):
        code, out, _ = shell("put --tag t --ttl 5m k v", "explain k")
        told = lines_of(out)
        self.assertEqual((code, told["state"]), (YES, "fresh"))
        self.assertRegex(told["depends on"], r"t.*: present$")
        self.assertRegex(told["fresh_for"], r"^(5m|4m59s)$")

    def test_invalidated(self):
        code, out, _ = shell("put --tag t --tag u k v", "invalidate --tag u", "explain -o json k")
        told = json.loads(out)
        self.assertEqual((code, told["state"]), (NO, "dead"))
        self.assertRegex(told["reason"], "u.* was invalidated")
        self.assertEqual([d["state"] for d in told["dependencies"]], ["present", "moved"])

    def test_missing_and_cleared(self):
        code, out, _ = shell("explain k")
        self.assertEqual((code, lines_of(out)["state"]), (NO, "missing"))
        code, out, _ = shell("put --tag t k v", "invalidate --all", "explain k")
        self.assertEqual(code, NO)
        self.assertIn(lines_of(out)["state"], ("dead", "missing"))

    def test_stale(self):
        code, out, err = coffer(
            "shell",
            stdin="put --ttl 1ms --grace 1h k v\nwatch --for 20ms\n"
            "get k\nget --stale k\nexplain k\n",
        )
        self.assertEqual((code, err), (NO, 'coffer: no entry under "k"\n'))
        value, _, told = out.partition("\n")
        self.assertEqual((value, lines_of(told)["state"]), ("v", "stale"))
        self.assertRegex(lines_of(told)["served_for"], "^59m")
        code, out, _ = shell(
            "put --ttl 1ms --grace 1h k v", "watch --for 20ms", "get --stale --meta k"
        )
        self.assertEqual(lines_of(out)["stale"], "true")


class Watch(unittest.TestCase):
    def test_a_shell_shows_what_each_command_caused(self):
        code, out, err = shell(
            "put --tag t k v",
            "invalidate --tag t",
            "watch",
            "invalidate --tag t",
            "invalidate --space s",
            "get --stale x",
            "invalidate --all",
            "watch --off",
            "invalidate --tag t",
        )
        self.assertEqual((code, out), (NO, "invalidate tag t\ninvalidate space s\nclear\n"))
        self.assertEqual(err, 'coffer: no entry under "x"\n')

    def test_chosen_events(self):
        code, out, _ = shell(
            "watch --events read", "put k v", "invalidate --all", "put k v", "get --stale k"
        )
        self.assertEqual(code, YES)
        self.assertRegex(out, r"^v\nread hit k( after .*)?\n$")
        code, _, err = shell("watch --events evict,reed")
        self.assertEqual(code, USAGE)
        self.assertIn("reed", err)

    def test_json_lines(self):
        code, out, _ = shell("watch", "invalidate --tag t", options=("-o", "json"))
        event = json.loads(out.splitlines()[-1])
        self.assertEqual(
            (code, event["event"], event["key"], event["text"]), (YES, "invalidate", "t", "tag")
        )
        self.assertGreater(event["at"], 0)

    def test_waits_for_so_many(self):
        code, out, _ = shell(
            "watch --events invalidate", "invalidate --tag a", "watch --count 1 --for 10ms"
        )
        self.assertEqual((code, out), (NO, "invalidate tag a\n"))
        code, out, _ = shell(
            "watch --events evict",
            *["put k%d v" % i for i in range(3)],
            options=("-c", "memory://?capacity=1&shards=1"),
        )
        self.assertEqual(code, YES)
        self.assertEqual([line.split()[0] for line in out.splitlines()], ["evict", "evict"])

    def test_ends_after_its_time(self):
        begin = time.monotonic()
        code, out, _ = coffer("-c", "memory://", "watch", "--for", "50ms")
        self.assertEqual((code, out), (NO, ""))
        self.assertGreaterEqual(time.monotonic() - begin, 0.05)
        self.assertEqual(coffer("-c", "memory://", "watch", "--for", "a while")[0], USAGE)
        self.assertEqual(coffer("-c", "memory://", "watch", "--count", "some")[0], USAGE)
        self.assertEqual(coffer("watch")[0], USAGE)  # of what?


class Stats(unittest.TestCase):
    def test_events_are_counted(self):
        stats = json.loads(
            shell(
                "invalidate --tag a --tag b",
                "invalidate --space s",
                "invalidate --space s --new id=1",
                "invalidate --all",
                "stats -o json",
            )[1]
        )
        self.assertEqual(
            [stats[k] for k in ("tag_events", "space_events", "row_events", "clears")], [2, 1, 1, 1]
        )


if __name__ == "__main__":
    unittest.main()
