"""The engine that caches live in: its plugins, its clock, its background work."""

from __future__ import annotations

import os
import threading
from typing import Any, Dict, List, Optional

from coffer import _coffer
from coffer._durations import Duration, to_ns
from coffer._options import to_options


class Runtime(_coffer.Runtime):
    """One loaded engine. Most programs never create one: `Cache(...)` uses the process's own.

    Options: plugin_path (folders searched first, separated by ':'), plugin_exclude (plugin files to
    pass over), plugin_files (True: plugins may be named by the path of their file, too; otherwise
    that raises an error, so that whoever writes a URL cannot load any file), clock ("system", or
    "manual" for tests), housekeeping (how often expired entries are swept, 0: never), workers (threads for stores
    that wait).
    """

    def __new__(cls, **options: Any) -> "Runtime":
        return super().__new__(cls, to_options(options))

    def now(self) -> float:
        """Seconds of the runtime's clock; only differences mean something."""
        return self.now_ns() / 1e9

    def advance(self, duration: Duration) -> None:
        """Moves a manual clock forward."""
        self._advance(to_ns(duration))

    def plugin(self, name: str) -> Optional[Dict[str, Any]]:
        """What is known of the plugin of that name, or None if there is none."""
        found: List[Dict[str, Any]] = self.plugins()
        return next((plugin for plugin in found if plugin.get("id") == name), None)


_default: Optional[Runtime] = None
_lock = threading.Lock()


def default_runtime() -> Runtime:
    """The runtime of this process, created when first asked for."""
    global _default
    with _lock:
        if _default is None:
            _default = Runtime()
        return _default


def _after_fork() -> None:
    # Another thread may have held it; the runtime itself is the child's own copy and stays.
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_after_fork)
