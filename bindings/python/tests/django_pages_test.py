"""What Django itself keeps in CofferCache: models and querysets, pages, fragments of templates,
sessions.
"""

import os
import pickle
import threading
import unittest

from django_settings import alias, runtime  # first: it configures Django

from django.contrib.sessions.backends import cache as cached_sessions
from django.contrib.sessions.backends import cached_db as cached_db_sessions
from django.core.cache import cache, caches
from django.core.cache.utils import make_template_fragment_key
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.contrib.contenttypes.models import ContentType as Book
from django.db import connection
from django.http import HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.template import Context, Template, engines
from django.template.response import ContentNotRenderedError, TemplateResponse
from django.test import RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control, cache_page, never_cache
from django.views.decorators.vary import vary_on_cookie, vary_on_headers


def setUpModule():
    call_command("migrate", verbosity=0)


class Case(unittest.TestCase):
    def setUp(self):
        for name in ("default", "other"):
            caches[name].clear()
        self.factory = RequestFactory()


class Models(Case):
    def setUp(self):
        super().setUp()
        Book.objects.filter(app_label="shelf").delete()
        Book.objects.create(app_label="shelf", model="old")

    def test_queryset_is_evaluated_when_stored(self):
        for store in (lambda key, value: cache.set(key, value), cache.add, cache.get_or_set):
            cache.clear()
            books = Book.objects.filter(app_label="shelf")
            store("books", books)
            Book.objects.filter(app_label="shelf").update(model="new")
            with CaptureQueriesContext(connection) as queries:
                for _ in range(2):
                    self.assertEqual([book.model for book in cache.get("books")], ["old"])
            self.assertEqual(len(queries), 0)
            Book.objects.filter(app_label="shelf").update(model="old")

    def test_queryset_of_many(self):
        cache.set_many({"all": Book.objects.filter(app_label="shelf"), "none": Book.objects.none()})
        Book.objects.filter(app_label="shelf").update(model="new")
        found = cache.get_many(["all", "none"])
        self.assertEqual(
            [[book.model for book in books] for books in found.values()], [["old"], []]
        )

    def test_models_are_copies(self):
        book = Book.objects.get(app_label="shelf")
        cache.set("book", book)
        book.model = "changed"
        cache.get("book").model = "spoilt"
        self.assertEqual((cache.get("book").model, cache.get("book")), ("old", book))

    def test_lazy_objects(self):
        cache.set("user", SimpleLazyObject(lambda: Book.objects.get(app_label="shelf")))
        Book.objects.filter(app_label="shelf").delete()
        self.assertEqual(cache.get("user").model, "old")
        cache.set("text", gettext_lazy("Yes"))
        with translation.override("de"):
            self.assertEqual(str(cache.get("text")), "Ja")
        cache.set("safe", mark_safe("<b>"))
        self.assertIs(type(cache.get("safe")), SafeString)


class OneStore(Case):
    def run_in_thread(self, work):
        answers = []
        thread = threading.Thread(target=lambda: answers.append(work()))
        thread.start()
        thread.join()
        return answers[0]

    def test_threads_share_the_store(self):
        cache.set("k", 1)
        self.assertEqual(self.run_in_thread(lambda: cache.get("k")), 1)
        self.run_in_thread(lambda: cache.set("k", 2))
        self.assertEqual(cache.get("k"), 2)
        self.run_in_thread(cache.clear)
        self.assertIsNone(cache.get("k"))

    def test_pages_are_shared_by_threads(self):
        calls = []

        @cache_page(60)
        def view(request):
            calls.append(1)
            return HttpResponse("page")

        for _ in range(3):
            self.run_in_thread(lambda: view(self.factory.get("/threads")))
        self.assertEqual(calls, [1])

    def test_locations_are_apart(self):
        cache.set("k", 1)
        self.assertIsNone(caches["other"].get("k"))
        caches["other"].set("k", 2)
        self.assertEqual(cache.get("k"), 1)
        caches["other"].clear()
        self.assertEqual(cache.get("k"), 1)

    def test_name_is_a_location(self):
        from coffer.contrib.django import CofferCache

        caches["other"].set("k", 1)
        same = CofferCache("memory://other", {"OPTIONS": {"runtime": runtime}})
        self.assertEqual(same.get("k"), 1)
        with override_settings(CACHES={"default": alias("a name/with?signs#")}):
            caches["default"].set("k", 1)
            self.assertEqual(self.run_in_thread(lambda: caches["default"].get("k")), 1)

    def test_options_of_the_store_must_agree(self):
        from coffer.contrib.django import CofferCache

        CofferCache("agree", {"OPTIONS": {"capacity": 10}}).set("k", [1])
        shared = CofferCache("agree", {"OPTIONS": {"capacity": 10, "copy": "share"}})
        self.assertEqual(shared.get("k"), [1])
        with self.assertRaisesRegex(ImproperlyConfigured, "LOCATION 'agree'.*capacity.*same"):
            CofferCache("agree", {"OPTIONS": {"capacity": 20}})
        with self.assertRaisesRegex(ImproperlyConfigured, "LOCATION is .*memory://"):
            CofferCache(["127.0.0.1:11211"], {})

    def test_processes_forked_later_see_it(self):
        cache.set("k", [1])
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            cache.set("mine", 1)
            os.write(writer, pickle.dumps((cache.get("k"), cache.get("mine"))))
            os._exit(0)
        os.waitpid(child, 0)
        self.assertEqual(pickle.loads(os.read(reader, 99)), ([1], 1))
        self.assertIsNone(cache.get("mine"))

    def test_close_loses_nothing(self):
        cache.set("k", 1)
        cache.close()
        caches.close_all() if hasattr(caches, "close_all") else None
        self.assertEqual(cache.get("k"), 1)

    def test_values_behind_a_codec(self):
        from coffer.contrib.django import CofferCache

        packed = CofferCache("memory://?codec=zstd", {})
        packed.set("k", {"set": {1}, "class": Book, "safe": mark_safe("x" * 99)})
        self.assertEqual(packed.get("k")["class"], Book)
        self.assertIs(type(packed.get("k")["safe"]), SafeString)
        packed.set("n", 1)
        self.assertEqual((packed.incr("n"), packed.get("n")), (2, 2))


class Pages(Case):
    def view(self, *decorators, **headers):
        """A view that counts how often it ran, and the counts that requests saw."""
        calls = []

        def view(request, *arguments):
            calls.append(1)
            return (
                HttpResponse(str(len(calls)), headers=headers)
                if headers
                else HttpResponse(str(len(calls)))
            )

        for decorator in decorators:
            view = decorator(view)
        return lambda *arguments, **given: view(
            self.factory.get(*arguments, **given)
        ).content.decode()

    def test_cache_page(self):
        view = self.view(cache_page(60))
        self.assertEqual(
            [view("/a"), view("/a"), view("/b"), view("/a?q=1"), view("/a")], list("11231")
        )
        runtime.advance(61)
        self.assertEqual([view("/a"), view("/a")], ["4", "4"])

    def test_page_without_a_timeout(self):
        view = self.view(cache_page(0))
        self.assertEqual([view("/z"), view("/z")], ["1", "2"])

    def test_pages_that_vary(self):
        view = self.view(vary_on_headers("Accept"), cache_page(60))
        answers = [view("/v", HTTP_ACCEPT=kind) for kind in ("json", "html", "json", "html")]
        self.assertEqual(answers, ["1", "2", "1", "2"])
        by_cookie = self.view(vary_on_cookie, cache_page(60))
        answers = [by_cookie("/c", HTTP_COOKIE=value) for value in ("a=1", "a=2", "a=1")]
        self.assertEqual(answers, ["1", "2", "1"])

    def test_pages_that_are_not_kept(self):
        for decorator in (cache_control(private=True), never_cache):
            view = self.view(decorator, cache_page(60))
            self.assertEqual([view("/p"), view("/p")], ["1", "2"])

    def test_pages_by_prefix_and_cache(self):
        one = self.view(cache_page(60, key_prefix="one"))
        two = self.view(cache_page(60, key_prefix="two"))
        self.assertEqual([one("/x"), one("/x"), two("/x")], ["1", "1", "1"])
        other = self.view(cache_page(60, cache="other"))
        self.assertEqual([other("/o"), other("/o")], ["1", "1"])
        caches["default"].clear()
        self.assertEqual(other("/o"), "1")
        caches["other"].clear()
        self.assertEqual(other("/o"), "2")

    def test_pages_by_language_and_zone(self):
        view = self.view(cache_page(60))
        seen = []
        for language in ("en", "de", "en"):
            with translation.override(language):
                seen.append(view("/language"))
        self.assertEqual(seen, ["1", "2", "1"])
        for hours in (1, 2, 1):
            with timezone.override(timezone.get_fixed_timezone(60 * hours)):
                seen.append(view("/zone"))
        self.assertEqual(seen[3:], ["3", "4", "3"])
        by_locale = LocaleMiddleware(lambda request: HttpResponse(translation.get_language()))
        german = by_locale(self.factory.get("/", HTTP_ACCEPT_LANGUAGE="de"))
        self.assertEqual(german.content, b"de")

    def test_template_response(self):
        template = engines["django"].from_string("{{ n }}")
        calls = []

        @cache_page(60)
        def view(request):
            calls.append(1)
            return TemplateResponse(request, template, {"n": len(calls)})

        def answer():
            response = view(self.factory.get("/t"))
            return response.render().content if not response.is_rendered else response.content

        self.assertEqual([answer(), answer()], [b"1", b"1"])
        with self.assertRaises(ContentNotRenderedError):
            cache.set("raw", TemplateResponse(self.factory.get("/"), template, {}))


class Fragments(Case):
    def render(self, text, **values):
        return Template("{% load cache %}" + text).render(Context(values))

    def test_fragment(self):
        text = "{% cache 60 title user %}{{ n }}{% endcache %}"
        answers = [self.render(text, n=n, user=user) for n, user in ((1, "a"), (2, "a"), (3, "b"))]
        self.assertEqual(answers, ["1", "1", "3"])
        cache.delete(make_template_fragment_key("title", ["a"]))
        self.assertEqual(self.render(text, n=4, user="a"), "4")
        runtime.advance(61)
        self.assertEqual(self.render(text, n=5, user="b"), "5")

    def test_fragment_without_end_or_elsewhere(self):
        text = "{% cache None title %}{{ n }}{% endcache %}"
        self.assertEqual(self.render(text, n=1), "1")
        runtime.advance(10**8)
        self.assertEqual(self.render(text, n=2), "1")
        text = '{% cache 60 title using="other" %}{{ n }}{% endcache %}'
        self.assertEqual([self.render(text, n=1), self.render(text, n=2)], ["1", "1"])
        self.assertIn(make_template_fragment_key("title"), caches["other"])


class Sessions(Case):
    def test_session_of_the_cache(self):
        for backend in (cached_sessions, cached_db_sessions):
            session = backend.SessionStore()
            session["cart"] = [1]
            session.save()
            session["cart"].append(2)
            again = backend.SessionStore(session.session_key)
            self.assertEqual(again["cart"], [1])
            again["cart"].append(3)
            again.save()
            self.assertEqual(backend.SessionStore(session.session_key)["cart"], [1, 3])
            again.cycle_key()
            self.assertIs(again.exists(session.session_key), False)
            self.assertEqual(backend.SessionStore(again.session_key)["cart"], [1, 3])
            again.flush()
            self.assertEqual(dict(again.items()), {})

    def test_session_that_expires(self):
        session = cached_sessions.SessionStore()
        session["k"] = 1
        session.set_expiry(60)
        session.save()
        runtime.advance(59)
        self.assertIn("k", cached_sessions.SessionStore(session.session_key))
        runtime.advance(2)
        self.assertNotIn("k", cached_sessions.SessionStore(session.session_key))

    def test_session_lost_by_the_cache(self):
        session = cached_db_sessions.SessionStore()
        session["k"] = 1
        session.save()
        cache.clear()
        self.assertEqual(cached_db_sessions.SessionStore(session.session_key)["k"], 1)


if __name__ == "__main__":
    unittest.main()
