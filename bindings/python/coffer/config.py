"""Caches described in a file: YAML, TOML or JSON, by its ending.

    caches:
      default: {url: "memory://?bytes=64MiB", ttl: 5m}
      sessions: {url: "memory://sessions", ttl: 1h, copy: clone}

`Cache.from_file(path)` opens "default", or the only one; `Cache.from_file(path, "sessions")` another. A file without
"caches" describes one cache.
"""

from __future__ import annotations

import json
import os
from typing import Any, Dict, Optional, Union

from coffer.errors import ArgumentError


def read(path: Union[str, "os.PathLike[str]"], name: Optional[str] = None) -> Dict[str, Any]:
    """The keyword arguments of Cache(...) for one cache of the file."""
    content = _parse(os.fspath(path))
    if not isinstance(content, dict):
        raise ArgumentError(f"{path}: it must hold a map, of options or with the key \"caches\"")
    caches = content.get("caches")
    if caches is None:
        if name is not None:
            raise ArgumentError(f"{path}: there is no \"caches\", so there is none named {name!r}")
        return content
    if name is None:
        name = next(iter(caches)) if len(caches) == 1 else "default"
    if name not in caches:
        raise ArgumentError(f"{path}: there is no cache {name!r}; there are: {', '.join(map(repr, caches))}")
    return dict(caches[name])


def _parse(path: str) -> Any:
    with open(path, "rb") as file:
        data = file.read()
    if path.endswith((".yaml", ".yml")):
        return _yaml(path, data)
    if path.endswith(".toml"):
        return _toml(path, data)
    if path.endswith(".json"):
        return json.loads(data)
    raise ArgumentError(f"{path}: its name must end in .yaml, .yml, .toml or .json")


def _yaml(path: str, data: bytes) -> Any:
    from coffer.runtime import default_runtime

    if default_runtime().plugin("yaml") is not None:
        from coffer.serializers import Serializer

        return Serializer("yaml").loads(data)
    try:
        import yaml
    except ImportError:
        raise ArgumentError(f"{path}: neither the plugin \"yaml\" nor the package PyYAML is there; "
                            "install one, or use TOML or JSON") from None
    return yaml.safe_load(data)


def _toml(path: str, data: bytes) -> Any:
    try:
        import tomllib
    except ImportError:
        try:
            import tomli as tomllib  # type: ignore[no-redef]
        except ImportError:
            raise ArgumentError(f"{path}: TOML needs Python 3.11, or the package tomli") from None
    return tomllib.loads(data.decode())
