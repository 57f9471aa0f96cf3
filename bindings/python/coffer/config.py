"""Caches described in a file: YAML, TOML or JSON, by its ending.

    caches:
      default: {url: "memory://?bytes=64MiB", ttl: 5m}
      sessions: {url: "memory://sessions", ttl: 1h, copy: clone}

`Cache.from_file(path)` opens "default", or the only one; `Cache.from_file(path, "sessions")` another. A file without
"caches" describes one cache. Options are those of coffer.Cache; whatever is wrong is an ArgumentError that names the
file, the cache and, for a misspelt name, the nearest right one.
"""

from __future__ import annotations

import contextlib
import difflib
import json
import os
from typing import Any, Callable, Dict, Iterable, Iterator, Optional, Union

from coffer.errors import ArgumentError, CacheError, CorruptError

# Options that this package knows; of all others the library tells.
_OURS = ("url", "copy", "serializer", "serializer_options")

Path = Union[str, "os.PathLike[str]"]


def read(path: Path, name: Optional[str] = None) -> Dict[str, Any]:
    """The keyword arguments of Cache(...) for one cache of the file."""
    content = _parse(os.fspath(path))
    if not isinstance(content, dict):
        raise ArgumentError(f'{path}: it must hold a map, of options or with the key "caches"')
    if "caches" not in content:
        if name is not None:
            raise ArgumentError(f'{path}: there is no "caches", so there is none named {name!r}')
        return _options(f"{path}", content)
    for other in content:
        if other != "caches":
            raise ArgumentError(
                f'{path}: there is {other!r} beside "caches"; options belong to one of the caches'
            )
    caches = content["caches"]
    if not isinstance(caches, dict) or not caches:
        raise ArgumentError(
            f'{path}: "caches" is a map of names to options, such as '
            '{default: {url: "memory://"}}'
        )
    if name is None:
        name = next(iter(caches)) if len(caches) == 1 else "default"
    if name not in caches:
        raise ArgumentError(
            f"{path}: there is no cache {name!r}; there are: {', '.join(map(repr, caches))}"
            f"{nearest(name, caches)}"
        )
    return _options(f"{path}: cache {name!r}", caches[name] if caches[name] is not None else {})


@contextlib.contextmanager
def explained(path: Path, name: Optional[str]) -> Iterator[None]:
    """Says of what goes wrong which file it comes from."""
    where = f"{path}" if name is None else f"{path}: cache {name!r}"
    try:
        yield
    except (CacheError, TypeError, ValueError) as error:
        option = getattr(error, "details", {}).get("option")
        hint = nearest(option, _OURS) if option is not None else ""
        kind = type(error) if isinstance(error, CacheError) else ArgumentError
        raised = kind(f"{where}: {error}{hint}")
        raised.__dict__.update(getattr(error, "__dict__", {}))
        raise raised from error


def _options(where: str, options: Any) -> Dict[str, Any]:
    if not isinstance(options, dict):
        raise ArgumentError(f"{where}: its options are a map, not {options!r}")
    for option, value in options.items():
        if not isinstance(option, str):
            raise ArgumentError(f"{where}: an option's name is text, not {option!r}")
        nested = isinstance(value, (dict, list)) and option != "serializer_options"
        if nested or (option == "serializer_options" and not isinstance(value, dict)):
            raise ArgumentError(
                f'{where}: option {option!r} is {value!r}; only "serializer_options" is a map'
                f"{nearest(option, ('caches', *_OURS))}"
            )
    if not isinstance(options.get("url", ""), str):
        raise ArgumentError(
            f"{where}: \"url\" is {options['url']!r}; it is text, such as \"memory://\""
        )
    if "runtime" in options:
        raise ArgumentError(
            f"{where}: a runtime cannot be described in a file; give it to Cache.from_file"
        )
    return dict(options)


def nearest(word: Any, words: Iterable[Any]) -> str:
    """What to add to a message about an unknown word."""
    found = (
        difflib.get_close_matches(str(word), [str(one) for one in words], 1)
        if word not in words
        else []
    )
    return f"; did you mean {found[0]!r}?" if found else ""


def _parse(path: str) -> Any:
    parsers: Dict[str, Callable[[bytes], Any]] = {
        ".yaml": _yaml,
        ".yml": _yaml,
        ".toml": _toml,
        ".json": json.loads,
    }
    ending = os.path.splitext(path)[1]
    if ending not in parsers:
        raise ArgumentError(f"{path}: its name must end in .yaml, .yml, .toml or .json")
    with open(path, "rb") as file:
        data = file.read()
    try:
        return parsers[ending](data)
    except (CorruptError, ValueError) as error:  # JSON's and TOML's are ValueErrors
        raise ArgumentError(f"{path}: {error}") from error


def _yaml(data: bytes) -> Any:
    from coffer.serializers import Serializer

    return Serializer("yaml").loads(data)


def _toml(data: bytes) -> Any:
    try:
        import tomllib
    except ImportError:
        try:
            import tomli as tomllib  # type: ignore[no-redef]
        except ImportError:
            raise ArgumentError(
                "TOML needs Python 3.11, or the package tomli; or use YAML or JSON"
            ) from None
    return tomllib.loads(data.decode())
