"""Validation, HEAD, invalidation and what passes by the ASGI middleware: RFC 9111 §4.3, §4.4; RFC
9211."""

import unittest

from asgi_client import Site

PLAIN = ()
TAGGED = ("Cache-Control: max-age=60", 'ETag: "a"')


def conditions(call):
    """The preconditions that the application was called with."""
    return {
        name.decode(): value.decode()
        for name, value in call[1].items()
        if name in (b"if-none-match", b"if-modified-since")
    }


class OfTheClient(unittest.TestCase):
    """RFC 9111 §4.3.2: preconditions of requests, judged by what is stored."""

    def statuses(self, site, *lines):
        site.ask()
        return [site.ask(line).status for line in lines]

    def test_rfc9111_4_3_2_if_none_match(self):
        site = Site(*TAGGED)
        asked = ['"a"', 'W/"a"', '"b", "a"', '"b","a,"', "*", '"b"', "a", '"a', "", '"A"']
        statuses = self.statuses(site, *(f"If-None-Match: {value}" for value in asked))
        self.assertEqual(statuses, [304, 304, 304, 200, 304, 200, 200, 200, 200, 200])
        self.assertEqual(len(site.calls), 1)

    def test_rfc9111_4_3_2_weak_tag_of_the_answer(self):
        site = Site("Cache-Control: max-age=60", 'ETag: W/"a"')
        self.assertEqual(
            self.statuses(site, 'If-None-Match: "a"', 'If-None-Match: W/"a"'), [304, 304]
        )

    def test_rfc9111_4_3_2_if_modified_since(self):
        modified = "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT"
        site = Site("Cache-Control: max-age=60", modified)
        asked = [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
            "Sun, 06 Nov 2040 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:36 GMT", "yesterday",
        ]  # fmt: skip
        statuses = self.statuses(site, *(f"If-Modified-Since: {value}" for value in asked))
        self.assertEqual(statuses, [304, 304, 304, 304, 200, 200])
        site = Site("Cache-Control: max-age=60", 'ETag: "a"', modified)
        site.ask()
        answer = site.ask('If-None-Match: "b"', f"If-Modified-Since: {asked[0]}")
        self.assertEqual(answer.status, 200)  # If-None-Match wins

    def test_rfc9111_4_3_2_of_a_missing_answer(self):
        site = Site(*TAGGED)
        answer = site.ask('If-None-Match: "a"')
        self.assertEqual((answer.status, answer.body, answer["etag"]), (304, b"", '"a"'))
        self.assertEqual(
            conditions(site.calls[0]), {}
        )  # the whole answer was asked for, and stored
        self.assertEqual(site.bodies(PLAIN), ["1"])

    def test_rfc9111_4_3_2_not_of_errors(self):
        site = Site(*TAGGED, status=404)
        self.assertEqual(self.statuses(site, 'If-None-Match: "a"', "If-None-Match: *"), [404, 404])

    def test_rfc9110_15_4_5_fields_of_a_304(self):
        site = Site(*TAGGED, "Content-Type: a/b", "Vary: X", "Content-Language: de")
        site.ask()
        answer = site.ask('If-None-Match: "a"')
        names = [name for name, _ in answer.fields]
        self.assertEqual(sorted(names), [b"age", b"cache-control", b"etag", b"vary"])

    def test_preconditions_of_what_is_not_stored(self):
        site = Site("Cache-Control: no-store", 'ETag: "a"')
        site.ask()
        site.ask('If-None-Match: "a"')
        self.assertEqual(conditions(site.calls[1]), {"if-none-match": '"a"'})


class OfTheCache(unittest.TestCase):
    """RFC 9111 §4.3.1, §4.3.3, §4.3.4: the application is asked whether a stored answer is still
    right."""

    def site(self, *lines):
        site = Site(*(lines or TAGGED))
        site.ask()
        site.advance(70)
        return site

    def test_rfc9111_4_3_1_validators(self):
        modified = "Sun, 06 Nov 1994 08:49:37 GMT"
        site = self.site(*TAGGED, f"Last-Modified: {modified}")
        site.answers(status=304)
        self.assertEqual(site.ask('If-None-Match: "mine"').body, b"1")
        sent = {"if-none-match": '"a"', "if-modified-since": modified}
        self.assertEqual(conditions(site.calls[1]), sent)

    def test_rfc9111_4_3_4_freshening(self):
        site = self.site(*TAGGED, "Content-Type: a/b", "X-Old: 1", "X-Kept: 1")
        site.answers(
            "Cache-Control: max-age=90", 'ETag: "a"', "X-Old: 2", "Content-Type: c/d", status=304
        )
        for _ in range(2):
            answer = site.ask()
            self.assertEqual((answer.status, answer.body), (200, b"1"))
            names = ("cache-control", "content-type", "x-old", "x-kept", "age")
            self.assertEqual([answer[name] for name in names], ["max-age=90", "a/b", "2", "1", "0"])
        self.assertEqual(len(site.calls), 2)
        site.advance(80)
        self.assertEqual((site.ask().body, len(site.calls)), (b"1", 2))

    def test_rfc9111_4_3_4_a_304_about_another(self):
        site = self.site()
        answers = iter([["304", 'ETag: "b"'], ["200", *TAGGED]])

        app = site.middleware.app

        async def changing(scope, receive, send):
            status, *lines = next(answers)
            site.answers(*lines, status=int(status))
            await app(scope, receive, send)

        site.middleware.app = changing
        self.assertEqual((site.ask().body, len(site.calls)), (b"3", 3))
        self.assertEqual(conditions(site.calls[2]), {})

    def test_rfc9111_4_3_3_a_full_answer(self):
        site = self.site()
        site.answers("Cache-Control: max-age=60", 'ETag: "b"')
        self.assertEqual(site.bodies(PLAIN, PLAIN), ["2", "2"])

    def test_rfc9111_4_3_3_an_answer_now_private(self):
        site = self.site()
        site.answers("Cache-Control: private", 'ETag: "b"')
        self.assertEqual(site.bodies(PLAIN, PLAIN), ["2", "3"])

    def test_rfc9111_5_2_2_4_no_cache(self):
        site = Site("Cache-Control: no-cache, max-age=60", 'ETag: "a"')
        site.ask()
        site.answers("Cache-Control: no-cache, max-age=60", status=304)
        self.assertEqual(site.bodies(PLAIN, PLAIN), ["1", "1"])
        self.assertEqual(
            [conditions(call) for call in site.calls[1:]], [{"if-none-match": '"a"'}] * 2
        )
        self.assertEqual(Site("Cache-Control: no-cache", ttl=9).bodies(PLAIN, PLAIN), ["1", "2"])

    def test_vary_of_what_is_always_validated(self):
        modified = "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT"
        site = Site("Cache-Control: max-age=0", modified, "Vary: X")
        for _ in range(2):
            site.bodies(("X: 1",), ("X: 2",))
        site.answers(status=304)
        first, second = site.bodies(("X: 1",), ("X: 2",))
        self.assertNotEqual(first, second)
        self.assertEqual(conditions(site.calls[-1]), {"if-modified-since": modified.split(": ")[1]})

    def test_the_client_has_what_was_confirmed(self):
        site = self.site()
        site.answers(status=304)
        self.assertEqual(site.ask('If-None-Match: "a"').status, 304)
        self.assertEqual(site.ask('If-None-Match: "b"').status, 200)


class Head(unittest.TestCase):
    def test_rfc9111_4_head_from_get(self):
        site = Site(*TAGGED)
        site.ask()
        answer = site.ask(method="HEAD")
        self.assertEqual((answer.status, answer.body, answer["content-length"]), (200, b"", "1"))
        self.assertEqual(site.ask('If-None-Match: "a"', method="HEAD").status, 304)
        self.assertEqual(len(site.calls), 1)

    def test_rfc9110_9_3_2_get_not_from_head(self):
        site = Site("Cache-Control: max-age=60", "Content-Length: 1")
        self.assertEqual(site.ask(method="HEAD")["content-length"], "1")
        self.assertEqual(site.ask(method="HEAD")["content-length"], "1")
        self.assertEqual(len(site.calls), 1)
        self.assertEqual(site.ask().body, b"2")

    def test_rfc9110_8_6_no_content_length_is_made_up(self):
        site = Site("Cache-Control: max-age=60")
        for _ in range(2):
            self.assertIsNone(site.ask(method="HEAD")["content-length"])

    def test_methods(self):
        site = Site(*TAGGED, methods=["get"])
        site.ask(), site.ask(method="HEAD"), site.ask(method="HEAD"), site.ask()
        self.assertEqual([method for method, _ in site.calls], ["GET", "HEAD", "HEAD"])
        with self.assertRaisesRegex(ValueError, "'POST'; GET and HEAD can be cached"):
            Site(methods=["GET", "POST"])


class Invalidation(unittest.TestCase):
    """RFC 9111 §4.4."""

    def after(self, method, *lines, status=200, there="/a"):
        site = Site(*TAGGED, "Vary: X")
        site.ask(path="/a"), site.ask("X: 1", path="/a"), site.ask(path="/b")
        site.answers(*lines, status=status)
        site.ask(method=method, path=there)
        site.answers(*TAGGED, "Vary: X")
        found = [site.ask(path="/a"), site.ask("X: 1", path="/a"), site.ask(path="/b")]
        return [answer["age"] is not None for answer in found]

    def test_rfc9111_4_4_unsafe_methods(self):
        for method in ("POST", "PUT", "DELETE", "PATCH", "UNKNOWN"):
            self.assertEqual(self.after(method), [False, False, True], method)
        for method in ("OPTIONS", "TRACE"):
            self.assertEqual(self.after(method), [True] * 3, method)

    def test_rfc9111_4_4_not_after_errors(self):
        for status, ends in ((204, True), (303, True), (400, False), (500, False)):
            self.assertEqual(self.after("POST", status=status)[0], not ends, status)

    def test_what_is_committed_after_the_answer(self):
        site = Site(*TAGGED)
        app = site.middleware.app

        async def late(scope, receive, send):
            await app(scope, receive, send)
            if scope["method"] == "POST":
                await site.aask()  # computed from what was there before the commit

        site.middleware.app = late
        site.ask(method="POST")
        self.assertEqual(site.bodies(PLAIN), ["3"])

    def test_rfc9111_4_4_location(self):
        for name in ("Location", "Content-Location"):
            for place in ("/b", "http://test/b", "http://TEST/b", "./b", "%62"):
                found = self.after("POST", f"{name}: {place}")
                self.assertEqual(found, [False, False, False], place)
            for place in ("http://other/b", "https://test/b", "http://[", "/c"):
                self.assertEqual(
                    self.after("POST", f"{name}: {place}"), [False, False, True], place
                )


class Requests(unittest.TestCase):
    """What tells requests apart, and which ones are none of a cache's business."""

    def test_rfc9111_2_cache_key(self):
        site = Site("Cache-Control: max-age=60")
        asked = [
            {}, {"path": "/a"}, {"query": b"a=1"}, {"query": b"a=2"}, {"scheme": "https"},
            {"headers": [(b"host", b"other")]}, {"path": "/a/b", "raw_path": b"/a%2fb"},
            {"path": "/a/b", "raw_path": b"/a/b"}, {"path": "/p", "root_path": "/mounted"},
        ]  # fmt: skip
        bodies = [site.ask(**how).body for how in asked * 2]
        self.assertEqual(bodies, [b"%d" % number for number in range(1, 10)] * 2)
        same = [
            {"headers": [(b"Host", b"TEST")]}, {"raw_path": b"/"}, {"raw_path": b"/?x"},
        ]  # fmt: skip
        self.assertEqual([site.ask(**how).body for how in same], [b"1"] * 3)
        self.assertEqual(site.ask(path="/~a", raw_path=b"/%7ea").body, b"10")
        self.assertEqual(site.ask(path="/~a", raw_path=b"/~a").body, b"10")

    def test_key_of_the_program(self):
        site = Site("Cache-Control: max-age=60", key=lambda scope: scope["path"])
        self.assertEqual([site.ask(query=query).body for query in (b"a", b"b")], [b"1", b"1"])

    def test_rfc9110_14_range_is_left_alone(self):
        site = Site("Cache-Control: max-age=60")
        site.ask()
        for line in ("Range: bytes=0-0", "If-Range: x", 'If-Match: "a"', "If-Unmodified-Since: x"):
            before = len(site.calls)
            site.ask(line)
            self.assertEqual(len(site.calls), before + 1, line)
        site.answers("Cache-Control: max-age=60", "Content-Range: bytes 0-0/9", status=206)
        self.assertEqual(site.ask("Range: bytes=0-0").status, 206)
        self.assertEqual(site.bodies(PLAIN), ["1"])

    def test_requests_with_content(self):
        site = Site("Cache-Control: max-age=60")
        asked = [
            ("Content-Length: 3",),
            ("Transfer-Encoding: chunked",),
            ("Content-Length: 0",),
            PLAIN,
        ]
        self.assertEqual(site.bodies(*asked), ["1", "2", "3", "3"])

    def test_tags(self):
        site = Site("Cache-Control: max-age=60", tags=lambda scope: [scope["path"]])
        site.bodies(PLAIN, PLAIN)
        site.cache.invalidate_tag("/")
        self.assertEqual(site.bodies(PLAIN, PLAIN), ["2", "2"])

    def test_disabled(self):
        site = Site("Cache-Control: max-age=60")
        with site.cache.disabled():
            self.assertEqual(site.bodies(PLAIN, PLAIN), ["1", "2"])


class CacheStatus(unittest.TestCase):
    def test_rfc9211_cache_status(self):
        site = Site(*TAGGED, "Cache-Status: origin; hit", cache_status="coffer")
        told = lambda *lines, **how: site.ask(*lines, **how)["cache-status"].removeprefix(
            "origin; hit, "
        )
        self.assertEqual(told(), "coffer; fwd=miss; stored")
        self.assertEqual(told(), "coffer; hit; ttl=60")
        site.advance(70)
        site.answers(*TAGGED, "Cache-Status: origin; hit", status=304)
        self.assertEqual(told(), "coffer; fwd=stale; fwd-status=304; ttl=60")
        self.assertEqual(told("Cache-Control: no-store"), "coffer; fwd=request")
        self.assertEqual(told("Cache-Control: only-if-cached", path="/x"), "coffer; fwd=request")
        site.answers("Cache-Control: no-store", "Cache-Status: origin; hit")
        self.assertEqual(told("Cache-Control: no-cache"), "coffer; fwd=request")
        self.assertEqual(told(path="/y"), "coffer; fwd=miss")
        self.assertEqual(told("Range: bytes=0-"), "coffer; fwd=bypass")
        self.assertEqual(told(method="OPTIONS"), "coffer; fwd=method")

    def test_rfc9211_a_stored_answer_stands_in(self):
        site = Site("Cache-Control: max-age=60, stale-if-error=60", cache_status="coffer")
        site.ask()
        site.advance(70)
        site.answers(status=503)
        self.assertEqual(site.ask()["cache-status"], "coffer; fwd=stale; fwd-status=503; ttl=-10")
        self.assertEqual(
            site.ask("Cache-Control: max-stale")["cache-status"], "coffer; hit; ttl=-10"
        )

    def test_no_field_unless_asked_for(self):
        site = Site(*TAGGED)
        self.assertEqual([site.ask()["cache-status"] for _ in range(2)], [None, None])


if __name__ == "__main__":
    unittest.main()
