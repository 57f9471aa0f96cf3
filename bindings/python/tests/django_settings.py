"""A Django for the tests: caches of Coffer, whose clock the tests move, and a database in memory.
"""

import os
import sys

import django
from django.conf import settings

from coffer import Runtime

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

runtime = Runtime(clock="manual", housekeeping=0)


def alias(location="memory://?bytes=64MiB", options=(), **settings_):
    return {
        "BACKEND": "coffer.contrib.django.CofferCache",
        "LOCATION": location,
        "OPTIONS": {"runtime": runtime, **dict(options)},
        **settings_,
    }


def reversed_key(key, prefix, version):
    """A KEY_FUNCTION that has nothing in common with the default one."""
    return f"{version}/{prefix}/{key[::-1]}"


CACHES = {
    "default": alias(),
    # Of the same store:
    "prefix": alias(KEY_PREFIX="p"),
    "v2": alias(VERSION=2),
    "reversed": alias(KEY_FUNCTION=reversed_key),
    "by_name": alias(KEY_FUNCTION="django_settings.reversed_key"),
    "short": alias(TIMEOUT=5),
    "never": alias(TIMEOUT=None),
    "small": alias(options={"MAX_ENTRIES": 30}),
    "emptied": alias(options={"MAX_ENTRIES": 30, "CULL_FREQUENCY": 0}),
    # Not of the same:
    "other": alias("other"),
}

settings.configure(
    ALLOWED_HOSTS=["*"],
    CACHES=CACHES,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.sessions"],
    LANGUAGES=[("en", "English"), ("de", "German")],
    ROOT_URLCONF=__name__,
    SECRET_KEY="not secret",
    SESSION_ENGINE="django.contrib.sessions.backends.cache",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    USE_I18N=True,
    USE_TZ=True,
)
django.setup()

urlpatterns = []
