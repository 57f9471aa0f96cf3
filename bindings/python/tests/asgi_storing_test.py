"""What the ASGI middleware stores and for how long: RFC 9111 §3, §4.2, §5. Each test names its
section."""

import unittest

from asgi_client import Site

PLAIN = ()


class Storing(unittest.TestCase):
    def assert_stored(self, site, *lines):
        self.assertEqual(site.bodies(lines, lines), ["1", "1"])

    def assert_not_stored(self, site, *lines):
        self.assertEqual(site.bodies(lines, lines, lines), ["1", "2", "3"])

    def test_rfc9111_3_no_store(self):
        for value in ("no-store", "max-age=60, no-store", "NO-STORE", "no-store,max-age=60"):
            self.assert_not_stored(Site(f"Cache-Control: {value}", ttl=60))

    def test_rfc9111_3_no_store_in_another_line(self):
        self.assert_not_stored(Site("Cache-Control: max-age=60", "Cache-Control: no-store"))

    def test_rfc9111_3_private(self):
        for value in ("private", "Private, max-age=60", 'private="X-A", private, max-age=60'):
            self.assert_not_stored(Site(f"Cache-Control: {value}", ttl=60))

    def test_rfc9111_3_status_codes(self):
        for status in (200, 203, 300, 301, 308):
            self.assert_stored(Site("X: y", status=status, ttl=60))
        for status in (302, 307, 404, 410, 500, 503):
            self.assert_not_stored(Site("X: y", status=status, ttl=60))
            self.assert_stored(Site("Cache-Control: max-age=60", status=status))
        for status, calls in ((204, 1), (206, 2), (304, 2)):
            site = Site("Cache-Control: max-age=60", status=status)
            site.answers("Cache-Control: max-age=60", status=status, body=b"")
            self.assertEqual([site.ask().status, site.ask().status], [status] * 2)
            self.assertEqual(len(site.calls), calls, status)

    def test_rfc9111_3_must_understand(self):
        lines = ["Cache-Control: must-understand, no-store, max-age=60"]
        self.assert_stored(Site(*lines))
        self.assert_not_stored(Site(*lines, status=299))

    def test_rfc9111_3_1_fields_left_out(self):
        site = Site(
            "Cache-Control: max-age=60", "Connection: X-Hop", "X-Hop: 1", "Keep-Alive: 5", "X-End: 2"
        )  # fmt: skip
        site.ask()
        answer = site.ask()
        self.assertEqual(
            [answer[name] for name in ("x-hop", "keep-alive", "x-end")], [None, None, "2"]
        )

    def test_rfc9111_3_3_incomplete(self):
        site = Site("Cache-Control: max-age=60", "Content-Length: 100")
        self.assert_not_stored(site)

    def test_rfc9111_3_5_authorization(self):
        self.assert_not_stored(Site("Cache-Control: max-age=60"), "Authorization: Basic eA==")
        for value in ("public, max-age=60", "s-maxage=60", "max-age=60, must-revalidate"):
            site = Site(f"Cache-Control: {value}")
            self.assert_stored(site, "Authorization: Basic eA==")
            others = site.bodies(("Authorization: Basic eB==",), PLAIN)
            self.assertEqual(others, ["1", "1"], value)

    def test_rfc9111_3_5_not_for_authorized(self):
        site = Site("Cache-Control: max-age=60")
        self.assertEqual(site.bodies(PLAIN, ("Authorization: x",), PLAIN), ["1", "2", "1"])

    def test_rfc9111_7_3_set_cookie(self):
        self.assert_not_stored(Site("Cache-Control: public, max-age=60", "Set-Cookie: a=b"))
        site = Site('Cache-Control: max-age=60, no-cache="Set-Cookie"', "Set-Cookie: a=b")
        self.assertEqual([site.ask()["set-cookie"], site.ask()["set-cookie"]], ["a=b", None])
        self.assertEqual(len(site.calls), 1)

    def test_cookies_never_leak(self):
        site = Site("Cache-Control: max-age=60")
        asked = [("Cookie: user=a",), ("Cookie: user=b",), PLAIN, ("Cookie: user=a",)]
        self.assertEqual(site.bodies(*asked), ["1", "2", "3", "4"])
        site = Site("Cache-Control: max-age=60", "Vary: Cookie")
        self.assertEqual(site.bodies(*asked), ["1", "2", "3", "1"])
        site = Site("Cache-Control: public, max-age=60")
        self.assertEqual(site.bodies(*asked), ["1"] * 4)
        site = Site("Cache-Control: max-age=60, must-revalidate")
        self.assertEqual(site.bodies(*asked), ["1", "2", "3", "4"])

    def test_event_streams(self):
        self.assert_not_stored(Site("Content-Type: text/event-stream; charset=utf-8", ttl=60))

    def test_content_too_large(self):
        site = Site("Cache-Control: max-age=60", largest=4)
        site.answers("Cache-Control: max-age=60", body=b"12345")
        site.ask(), site.ask()
        self.assertEqual(len(site.calls), 2)
        site.answers("Cache-Control: max-age=60", body=b"1234")
        site.ask(), site.ask(), site.ask()
        self.assertEqual(len(site.calls), 3)

    def test_serializers(self):
        import coffer

        signed = coffer.Pickle(secret=b"x" * 32)
        choices = [{}, *({"copy": copy} for copy in ("freeze", "clone", "pickle"))]
        choices += [{"serializer": name} for name in ("json", "yaml", "msgpack", signed)]
        for options in choices:
            site = Site(cache=coffer.Cache(**options))
            site.answers("Cache-Control: max-age=60", "Vary: X", "X: \xe9", body=b"\xff\x00")
            self.assertEqual([site.ask().body for _ in range(3)], [b"\xff\x00"] * 3)
            self.assertEqual(len(site.calls), 1, options)


class Lifetime(unittest.TestCase):
    """RFC 9111 §4.2."""

    def fresh_for(self, site):
        """Seconds for which an answer is served again."""
        site.ask()
        for second in range(100):
            site.advance(1)
            if site.ask().body != b"1":
                return second
        return 100

    def test_rfc9111_4_2_1_which_counts(self):
        expires = Site("X: y").date(30)
        for lines, lifetime in (
            (["Cache-Control: max-age=5"], 4),
            (["Cache-Control: max-age=5, s-maxage=9"], 8),
            (["Cache-Control: s-maxage=9, max-age=5"], 8),
            (["Cache-Control: max-age=5", f"Expires: {expires}"], 4),
            (["Cache-Control: max-age=5", "Cache-Control: max-age=9"], 4),
            (['Cache-Control: max-age="5"'], 4),
            (["Cache-Control: MAX-AGE=5"], 4),
            (["Cache-Control: max-age = 5"], 4),
            (['Cache-Control: foo="max-age=9, public", max-age=5'], 4),
            (["Cache-Control: ,, max-age=5 ,"], 4),
            (["Cache-Control: max-age=99999999999999999999"], 100),
            (["X: y"], 20),
        ):
            self.assertEqual(self.fresh_for(Site(*lines, ttl=21)), lifetime, lines)

    def test_rfc9111_4_2_1_invalid_is_stale(self):
        for value in (
            "max-age=-1",
            "max-age=x",
            "max-age",
            "max-age=1.5",
            'max-age="5',
            "max-age=+5",
            "max-age==5",
        ):
            self.assertEqual(self.fresh_for(Site(f"Cache-Control: {value}", ttl=50)), 0, value)

    def test_rfc9111_5_3_expires(self):
        site = Site("X: y")
        site.answers(f"Date: {site.date()}", f"Expires: {site.date(10)}")
        self.assertIn(self.fresh_for(site), (8, 9, 10))
        for value in ("0", "-1", "tomorrow", "", "Mon, 01 Jan 2001 00:00:00 GMT",
                      "Mon, 31 Feb 2040 00:00:00 GMT", "Sun, 01 Jan 2040 00:00:00 +0200"):  # fmt: skip
            self.assertEqual(self.fresh_for(Site(f"Expires: {value}", ttl=50)), 0, value)
        for value in ("Sunday, 06-Nov-39 08:49:37 GMT", "Sun Nov  6 08:49:37 2039"):
            self.assertEqual(self.fresh_for(Site(f"Expires: {value}")), 100, value)

    def test_rfc9111_4_2_2_heuristic(self):
        site = Site("X: y")
        site.answers(f"Date: {site.date()}", f"Last-Modified: {site.date(-200)}")
        self.assertIn(self.fresh_for(site), (18, 19, 20))
        site.answers("Last-Modified: yesterday")
        self.assertEqual(self.fresh_for(Site("Last-Modified: yesterday")), 0)

    def test_rfc9111_4_2_3_age(self):
        site = Site("Cache-Control: max-age=60", "Age: 50")
        self.assertEqual(self.fresh_for(site), 9)
        site = Site("Cache-Control: max-age=60")
        site.answers("Cache-Control: max-age=60", f"Date: {site.date(-50)}")
        self.assertIn(self.fresh_for(site), (8, 9, 10))
        self.assertEqual(self.fresh_for(Site("Cache-Control: max-age=20", "Age: x")), 19)

    def test_rfc9111_5_1_age_is_told(self):
        site = Site("Cache-Control: max-age=60", "Age: 5")
        self.assertEqual(site.ask()["age"], "5")
        site.advance(7)
        self.assertEqual(site.ask()["age"], "12")

    def test_default_ttl_of_the_cache(self):
        import coffer

        runtime = coffer.Runtime(clock="manual", housekeeping=0)
        site = Site("X: y", cache=coffer.Cache(runtime=runtime, ttl=7))
        site.runtime = runtime
        self.assertEqual(self.fresh_for(site), 6)
        self.assertEqual(self.fresh_for(Site("X: y")), 0)
        self.assertEqual(self.fresh_for(Site("X: y", ttl="forever")), 100)


if __name__ == "__main__":
    unittest.main()
