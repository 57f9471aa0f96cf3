"""The kit finds what is wrong with each plugin of cases.txt, and nothing wrong with the good ones.

Usage: kit_test.py KIT CASES PLUGIN.so...
"""

import concurrent.futures
import json
import os
import subprocess
import sys
import unittest

# Enough for any check on a busy machine; only what hangs on purpose waits for less.
LIMIT = 120
SHORT_LIMIT = 3


def run_kit(plugin, *arguments):
    done = subprocess.run(
        [KIT, plugin, "--json", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)


def read_cases(path):
    cases = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                cases.append(line.split())
    return cases


def check_case(case):
    """What is wrong with the kit's answer, or None."""
    name, check, status = case
    limit = SHORT_LIMIT if status == "timeout" else LIMIT
    code, report = run_kit(PLUGINS[name], "--only", "^%s$" % check, "--timeout", str(limit))
    found = [(entry["id"], entry["status"]) for entry in report["checks"]]
    if found != [(check, status)]:
        return "%s: expected %s to %s, but got %s" % (name, check, status, report["checks"][:2])
    if code not in (1, 3) or (code == 3) != (report["error"] is not None):
        return "%s: exit code %d" % (name, code)
    return None


class KitTest(unittest.TestCase):
    def test_every_broken_plugin_is_found(self):
        cases = read_cases(CASES)
        self.assertGreater(len(cases), 20)
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            problems = [problem for problem in pool.map(check_case, cases) if problem]
        self.assertEqual(problems, [])

    def test_every_file_has_a_case(self):
        named = {name for name, _, _ in read_cases(CASES)}
        broken = {name for name in PLUGINS if not name.startswith("good_")}
        self.assertEqual(named, broken)

    def test_good_plugins_pass(self):
        for name in ("good_store", "good_strategy", "good_serializer", "good_codec", "good_cipher"):
            code, report = run_kit(PLUGINS[name], "--timeout", str(LIMIT))
            bad = [c for c in report["checks"] if c["status"] not in ("pass", "skip", "warn")]
            self.assertEqual(bad, [], name)
            self.assertEqual(code, 0, name)
            self.assertTrue(report["good"], name)

    def test_what_cannot_be_loaded(self):
        code, report = run_kit("/no/such/libcoffer_x.so")
        self.assertEqual(code, 3)
        self.assertIn("/no/such", report["error"])

    def test_wrong_usage(self):
        for arguments in ([], ["--nonsense", "x"], ["x.so", "y.so"], ["x.so", "--seed", "many"]):
            done = subprocess.run([KIT, *arguments], stderr=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn(b"usage:", done.stderr)

    def test_list_names_every_check_once(self):
        done = subprocess.run([KIT, "--list", "--json"], stdout=subprocess.PIPE, check=True)
        ids = [check["id"] for check in json.loads(done.stdout)]
        self.assertEqual(len(ids), len(set(ids)))
        for _, check, _ in read_cases(CASES):
            self.assertIn(check, ids)

    def test_quirk_makes_a_failure_a_warning(self):
        path = os.path.join(os.environ.get("TEST_TMPDIR", "/tmp"), "quirks")
        with open(path, "w", encoding="utf-8") as quirks:
            quirks.write("# known faults\nstore.clear  prefixes come with the next release\n")
        code, report = run_kit(
            PLUGINS["clears_too_much"], "--only", "^store.clear$", "--quirks", path
        )
        self.assertEqual(code, 0)
        self.assertEqual(report["checks"][0]["status"], "warn")
        self.assertIn("next release", report["checks"][0]["message"])

    def test_a_seed_gives_the_same_run(self):
        def texts():
            _, report = run_kit(
                PLUGINS["reuses_version"], "--only", "^store.versions$", "--seed", "42"
            )
            return [check["message"] for check in report["checks"]]

        self.assertEqual(texts(), texts())

    def test_in_process(self):
        code, _ = run_kit(PLUGINS["good_strategy"], "--only", "^strategy", "--in-process")
        self.assertEqual(code, 0)


if __name__ == "__main__":
    KIT, CASES = sys.argv[1:3]
    PLUGINS = {
        os.path.basename(path)[len("libcoffer_") : -len(".so")]: path for path in sys.argv[3:]
    }
    unittest.main(argv=sys.argv[:1])
