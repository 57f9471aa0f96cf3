"""Which stored answers the ASGI middleware uses: RFC 9111 §4, §5.2.1, RFC 5861. Each test names its
section."""

import unittest
from contextlib import nullcontext

from asgi_client import Site

PLAIN = ()
FAILURE = ZeroDivisionError("the application")


class Vary(unittest.TestCase):
    def site(self, *vary):
        return Site("Cache-Control: max-age=60", *(f"Vary: {names}" for names in vary))

    def test_rfc9111_4_1_vary(self):
        site = self.site("X-Tenant")
        asked = [("X-Tenant: red",), ("X-Tenant: blue",), PLAIN, ("X-Tenant:",)]
        self.assertEqual(site.bodies(*asked, *asked), ["1", "2", "3", "4"] * 2)

    def test_rfc9111_4_1_vary_lists(self):
        for vary in (["a, B"], ["a", "b"], ["A,b"], ["b ,, A"]):
            site = self.site(*vary)
            asked = [("A: 1", "B: 1"), ("a: 1", "b: 2"), ("a: 2", "b: 1")]
            self.assertEqual(site.bodies(*asked, *asked), ["1", "2", "3"] * 2, vary)

    def test_rfc9111_4_1_vary_star(self):
        for vary in ("*", "a, *", "*, *"):
            self.assertEqual(self.site(vary).bodies(PLAIN, PLAIN), ["1", "2"])

    def test_rfc9111_4_1_space_does_not_count(self):
        site = self.site("X")
        asked = [("X: a,b",), ("X: a ,  b",), ("X: a", "X: b"), ("X: b,a",)]
        self.assertEqual(site.bodies(*asked), ["1", "1", "1", "2"])

    def test_rfc9111_4_1_vary_that_changes(self):
        site = self.site("a")
        site.bodies(("a: 1", "b: 1"))
        site.answers("Cache-Control: max-age=60", "Vary: b")
        self.assertEqual(site.bodies(("a: 2", "b: 1"), ("a: 2", "b: 2")), ["2", "3"])
        asked = [("a: 1", "b: 1"), ("a: 2", "b: 1"), ("a: 2", "b: 2")]
        self.assertEqual(len({*site.bodies(*asked)}), 3)
        self.assertEqual(len(site.calls), 4)

    def test_rfc9111_4_1_variants_are_bounded(self):
        site = Site("Cache-Control: max-age=60", "Vary: X", variants=4)
        site.bodies(*((f"X: {number}",) for number in range(50)))
        self.assertLessEqual(len(list(site.cache.keys())), 5)
        self.assertEqual(site.bodies(("X: 49",), ("X: 0",)), ["50", "51"])

    def test_vary_in_too_many_fields(self):
        site = self.site(", ".join(f"x{number}" for number in range(17)))
        self.assertEqual(site.bodies(PLAIN, PLAIN), ["1", "2"])

    def test_fields_of_the_option_vary(self):
        site = Site("Cache-Control: max-age=60")
        self.assertEqual(site.bodies(("Accept: a/b",), ("Accept: a/c",)), ["1", "2"])
        site = Site("Cache-Control: max-age=60", vary=())
        self.assertEqual(site.bodies(("Accept: a/b",), ("Accept: a/c",)), ["1", "1"])


class Directives(unittest.TestCase):
    """Cache-Control of requests, RFC 9111 §5.2.1."""

    def site(self, *lines):
        site = Site(*(lines or ["Cache-Control: max-age=60"]))
        site.ask()
        site.advance(10)
        return site

    def test_rfc9111_5_2_1_1_max_age(self):
        for value, body in (
            ("max-age=0", "2"),
            ("max-age=9", "2"),
            ("max-age=10", "1"),
            ("max-age=x", "2"),
        ):
            self.assertEqual(self.site().bodies((f"Cache-Control: {value}",)), [body], value)

    def test_rfc9111_5_2_1_2_max_stale(self):
        for value, body in (
            ("max-stale", "1"),
            ("max-stale=25", "1"),
            ("max-stale=19", "2"),
            ("max-stale=x", "2"),
        ):
            site = self.site()
            site.advance(70)
            self.assertEqual(site.bodies((f"Cache-Control: {value}",)), [body], value)

    def test_rfc9111_5_2_1_3_min_fresh(self):
        for value, body in (("min-fresh=50", "1"), ("min-fresh=51", "2")):
            self.assertEqual(self.site().bodies((f"Cache-Control: {value}",)), [body], value)

    def test_rfc9111_5_2_1_4_no_cache(self):
        for line in (
            "Cache-Control: no-cache",
            "Pragma: no-cache",
            "Cache-Control: No-Cache, max-age=99",
        ):
            self.assertEqual(self.site().bodies((line,), PLAIN), ["2", "2"], line)
        line = ("Pragma: no-cache", "Cache-Control: max-age=99")  # RFC 9111 §5.4
        self.assertEqual(self.site().bodies(line), ["1"])

    def test_rfc9111_5_2_1_5_no_store(self):
        self.assertEqual(self.site().bodies(("Cache-Control: no-store",), PLAIN), ["2", "1"])
        site = Site("Cache-Control: max-age=60")
        self.assertEqual(site.bodies(("Cache-Control: no-store",), PLAIN), ["1", "2"])

    def test_rfc9111_5_2_1_7_only_if_cached(self):
        site = self.site()
        asked = "Cache-Control: only-if-cached"
        self.assertEqual(site.ask(asked).body, b"1")
        self.assertEqual(
            [site.ask(asked, path="/b").status, site.ask(asked, "Range: bytes=0-").status],
            [504] * 2,
        )
        self.assertEqual(len(site.calls), 1)


class Stale(unittest.TestCase):
    """RFC 9111 §4.2.4, RFC 5861."""

    def site(self, value, **options):
        site = Site(f"Cache-Control: {value}", **options)
        site.ask()
        site.advance(70)
        return site

    def test_rfc5861_3_stale_while_revalidate(self):
        site = self.site("max-age=60, stale-while-revalidate=30")
        self.assertEqual(site.bodies(PLAIN, PLAIN), ["1", "2"])  # it was renewed in the background
        site.advance(100)
        self.assertEqual(site.bodies(PLAIN), ["3"])
        self.assertEqual(self.site("max-age=60", stale=30).bodies(PLAIN, PLAIN), ["1", "2"])
        self.assertEqual(
            self.site("max-age=60, stale-while-revalidate=5", stale=99).bodies(PLAIN), ["2"]
        )

    def test_rfc9111_4_2_4_never_stale(self):
        for value in ("must-revalidate", "proxy-revalidate", "s-maxage=60"):
            site = self.site(f"max-age=60, {value}", stale=30)
            self.assertEqual(site.bodies(("Cache-Control: max-stale",)), ["2"], value)
            site = self.site(f"max-age=60, {value}", stale=30)
            site.answers(error=FAILURE)
            with self.assertRaises(ZeroDivisionError):
                site.ask()

    def test_stale_by_both_s_maxage_and_consent(self):
        site = self.site("s-maxage=60, stale-while-revalidate=30")
        self.assertEqual(site.bodies(PLAIN, PLAIN), ["1", "2"])

    def test_a_background_renewal_that_fails(self):
        site = self.site("max-age=60, stale-while-revalidate=30")
        site.answers(error=FAILURE)
        with self.assertLogs("coffer", "WARNING"):
            self.assertEqual(site.bodies(PLAIN, PLAIN), ["1", "1"])
        site.answers(status=503)
        self.assertEqual(site.bodies(PLAIN, PLAIN), ["1", "1"])
        self.assertEqual(len(site.calls), 5)

    def test_rfc5861_4_stale_if_error(self):
        for failure in ({"status": 500}, {"status": 503}, {"error": FAILURE}):
            site = self.site("max-age=60, stale-if-error=30")
            site.answers(**failure)
            with self.assertLogs("coffer", "WARNING") if "error" in failure else nullcontext():
                self.assertEqual((site.ask().status, site.ask().body), (200, b"1"))
            site.advance(30)
            if "error" in failure:
                with self.assertRaises(ZeroDivisionError):
                    site.ask()
            else:
                self.assertEqual(site.ask().status, failure["status"])

    def test_rfc5861_4_of_what_is_never_fresh(self):
        site = Site("Cache-Control: max-age=0, stale-if-error=30")
        self.assertEqual(site.bodies(PLAIN, PLAIN), ["1", "2"])
        site.answers(status=503)
        self.assertEqual(site.bodies(PLAIN), ["2"])

    def test_rfc5861_4_not_without_consent(self):
        site = Site("Cache-Control: max-age=60")
        site.ask()
        site.advance(10)
        site.answers(status=503)
        self.assertEqual(site.ask("Cache-Control: max-age=5").status, 503)
        self.assertEqual(site.ask("Cache-Control: max-age=20").status, 200)

    def test_rfc5861_4_stale_if_error_of_the_request(self):
        site = self.site("max-age=60")
        site.answers(status=503)
        self.assertEqual(site.ask("Cache-Control: stale-if-error=30").status, 200)
        self.assertEqual(site.ask().status, 503)

    def test_errors_that_are_no_failures(self):
        site = self.site("max-age=60, stale-if-error=30")
        site.answers(status=404)
        self.assertEqual(site.ask().status, 404)

    def test_an_error_after_a_reload(self):
        site = Site("Cache-Control: max-age=60, stale-if-error=60")
        site.ask()
        site.answers(status=500)
        self.assertEqual(site.ask("Cache-Control: no-cache").status, 500)
        self.assertEqual(site.ask().body, b"1")  # it is still there for others


if __name__ == "__main__":
    unittest.main()
