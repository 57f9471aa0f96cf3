"""A cache for Flask-Caching.

    app.config["CACHE_TYPE"] = "coffer.contrib.flask.backend"
    app.config["CACHE_COFFER_URL"] = "memory://?bytes=64MiB"

CACHE_OPTIONS are options of coffer.Cache.
"""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

from coffer.contrib.cachelib import CofferCache


def backend(
    app: Any, config: Mapping[str, Any], args: List[Any], options: Dict[str, Any]
) -> CofferCache:
    """What Flask-Caching calls to make its cache."""
    chosen = {"default_timeout": config["CACHE_DEFAULT_TIMEOUT"], **options}
    chosen.pop("ignore_delete_many_errors", None)  # there are none
    return CofferCache(config.get("CACHE_COFFER_URL", "memory://"), *args, **chosen)
