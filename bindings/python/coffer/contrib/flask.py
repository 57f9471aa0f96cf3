"""A cache for Flask-Caching.

    app.config["CACHE_TYPE"] = "coffer.contrib.flask.CofferCache"
    app.config["CACHE_COFFER_URL"] = "memory://?bytes=64MiB"

CACHE_OPTIONS are options of coffer.Cache, CACHE_KEY_PREFIX is the namespace of the keys, or a
function that gives what each key starts with. A cache of your own goes in as CACHE_ARGS = [cache].
As for all backends but Flask-Caching's SimpleCache and FileSystemCache, CACHE_THRESHOLD means
nothing: the bounds are those of the URL, `bytes` and `capacity`.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Optional, Union

from flask_caching.backends.base import BaseCache

from coffer.contrib import cachelib


class CofferCache(cachelib.CofferCache, BaseCache):
    """coffer.Cache as a backend of Flask-Caching."""

    _prefix: Optional[Callable[[], str]] = None

    def _key(self, key: str) -> Union[str, bytes]:
        return super()._key(key if self._prefix is None else self._prefix() + key)

    @classmethod
    def factory(
        cls, app: Any, config: Mapping[str, Any], args: List[Any], kwargs: Dict[str, Any]
    ) -> "CofferCache":
        """What Flask-Caching calls to make its cache: `args` are CACHE_ARGS, `kwargs`
        CACHE_OPTIONS.
        """
        options = {"default_timeout": config["CACHE_DEFAULT_TIMEOUT"], **kwargs}
        if args:
            return cls(*args, **options)
        prefix = config.get("CACHE_KEY_PREFIX")
        if not callable(prefix):
            options.setdefault("namespace", prefix or None)
        made = cls(config.get("CACHE_COFFER_URL", "memory://"), **options)
        made._prefix = prefix if callable(prefix) else None
        return made


backend = CofferCache.factory  # the same, for a CACHE_TYPE that is a function
