"""Requests at once to the ASGI middleware: one computes what all may use, and nobody waits for what
is not stored."""

import asyncio
import logging
import threading
import unittest

from asgi_client import Site, until

from coffer import Cache

FRESH = "Cache-Control: max-age=60"


class AtOnce(unittest.IsolatedAsyncioTestCase):
    def site(self, *lines, **options):
        site = Site(*lines, **options)
        app, self.open, self.most = site.middleware.app, 0, 0

        async def slow(scope, receive, send):
            self.open += 1
            self.most = max(self.most, self.open)
            await asyncio.sleep(0.02)
            try:
                await app(scope, receive, send)
            finally:
                self.open -= 1

        site.middleware.app = slow
        return site

    async def ask(self, site, count, *lines):
        answers = await asyncio.gather(
            *(site.aask(*lines) for _ in range(count)), return_exceptions=True
        )
        return [getattr(answer, "body", answer) for answer in answers]

    async def test_one_call_for_all(self):
        site = self.site(FRESH)
        self.assertEqual(await self.ask(site, 50), [b"1"] * 50)
        site = self.site(FRESH, "Vary: X")  # which is not known before the first answer
        answers = await asyncio.gather(*(site.aask(f"X: {n % 5}") for n in range(50)))
        self.assertEqual((len({answer.body for answer in answers}), len(site.calls)), (5, 5))

    async def test_rfc9211_collapsed(self):
        site = self.site(FRESH, cache_status="c")
        answers = await asyncio.gather(*(site.aask() for _ in range(3)))
        told = [answer["cache-status"] for answer in answers]
        self.assertEqual(told, ["c; fwd=miss; stored"] + ["c; fwd=miss; collapsed; ttl=60"] * 2)

    async def test_uncacheable_ones_in_parallel(self):
        for lines, status in (
            (["Cache-Control: no-store"], 200),
            ([], 500),
            (["Cache-Control: private"], 200),
        ):
            site = self.site(*lines, status=status, ttl=60)
            await self.ask(site, 10)
            self.assertGreaterEqual(self.most, 9)  # all but the first
            await self.ask(site, 10)
            self.assertEqual((self.most, len(site.calls)), (10, 20))

    async def test_stale_ones_in_parallel(self):
        for lines in (
            ["Age: 60"],
            ["Age: 60", 'ETag: "a"'],
            ["Date: Sun, 06 Nov 1994 08:49:37 GMT"],
        ):
            site = self.site(FRESH, *lines)
            await self.ask(site, 10)
            self.assertGreaterEqual(self.most, 9)
            await self.ask(site, 10)
            self.assertEqual((self.most, len(site.calls)), (10, 20))

    async def test_too_large_ones_in_parallel(self):
        site = self.site(cache=Cache("memory://?bytes=64KiB"))
        site.answers(FRESH, body=b"x" * 2**19)
        for _ in range(2):
            await self.ask(site, 10)
        self.assertGreaterEqual(self.most, 9)
        self.assertLessEqual(site.cache.stats()["bytes"], 2**16)

    async def test_failures_in_parallel(self):
        site = self.site(ttl=60)
        site.answers(error=ZeroDivisionError())
        self.assertEqual({type(one) for one in await self.ask(site, 10)}, {ZeroDivisionError})
        self.assertGreaterEqual(self.most, 9)

    async def test_credentials_wait_for_nobody(self):
        site = self.site("Cache-Control: private")
        await self.ask(site, 10, "Cookie: a=b")
        self.assertEqual(self.most, 10)

    async def test_reloads_wait_for_nobody(self):
        for directive in ("no-cache", "max-age=0"):
            site = self.site(FRESH)
            await self.ask(site, 10, f"Cache-Control: {directive}")
            self.assertEqual((self.most, len(site.calls)), (10, 10))

    async def test_what_becomes_cacheable(self):
        site = self.site("Cache-Control: no-store")
        await self.ask(site, 3)
        site.answers(FRESH)
        await self.ask(site, 3)
        self.assertEqual(await self.ask(site, 3), [(await site.aask()).body] * 3)
        self.assertEqual(len(site.calls), 6)

    async def test_those_who_wait_get_the_stale_answer(self):
        site = self.site("Cache-Control: max-age=60, stale-if-error=60")
        await site.aask()
        site.advance(70)
        site.answers(status=503)
        self.assertEqual(await self.ask(site, 10), [b"1"] * 10)
        self.assertEqual(len(site.calls), 2)

    async def test_invalidated_while_it_is_computed(self):
        for event in (
            lambda site: site.aask(method="POST"),
            lambda site: site.cache.ainvalidate_tag("t"),
        ):
            for lines in ([], ["Vary: X"]):
                site = self.site(FRESH, *lines, tags=lambda scope: ["t"])
                task = asyncio.create_task(site.aask())
                await until(lambda: self.open == 1)
                await event(site)
                calls = [(await task).body, (await site.aask()).body, (await site.aask()).body]
                self.assertEqual(calls[1], calls[2])
                self.assertNotEqual(calls[0], calls[1])

    async def test_an_application_that_asks_itself(self):
        site = Site(FRESH)
        app = site.middleware.app

        async def twice(scope, receive, send):
            if not site.calls:
                site.calls.append(None)
                await asyncio.create_task(site.aask())
            await app(scope, receive, send)

        site.middleware.app = twice
        self.assertEqual((await asyncio.wait_for(site.aask(), 5)).status, 200)

    async def test_two_loops(self):
        site = self.site(FRESH)
        bodies = []

        def other():
            bodies.append(asyncio.run(site.aask()).body)

        threads = [threading.Thread(target=other) for _ in range(5)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            await asyncio.sleep(0.001)
        self.assertEqual((bodies, len(site.calls)), ([b"1"] * 5, 1))


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    unittest.main()
