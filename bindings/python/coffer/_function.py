"""What stands in the place of a decorated function."""

from __future__ import annotations

import asyncio
import functools
import inspect
import time
import types
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Dict,
    Generic,
    Iterable,
    List,
    Optional,
    Sequence,
    Tuple,
    Type,
    Union,
)

from coffer import _coffer, _load, _load_async
from coffer._handles import AsyncBound, Bound, CallKey
from coffer._identity import code_digest, has_code, plain_name, unique_name
from coffer._kind import Kind, kind_of, to_function
from coffer._load import Spec
from coffer._rows import Dependencies, Rows, to_dependencies
from coffer._sentinel import MISS
from coffer._signature import Parameters, TemplateKey, TypedKey, shorten
from coffer._storable import awaited, checked
from coffer._template import Template, checked_text
from coffer._typing import P, R
from coffer.config import nearest
from coffer.errors import ArgumentError

if TYPE_CHECKING:
    from coffer._typing import Concatenate, Q

# What calling a cached function through an object or a class does, as in function.cc.
_FUNCTION, _METHOD, _STATIC, _CLASS = range(4)
_METHOD_TYPE = functools.partialmethod
_KINDS: Dict[Optional[type], int] = {
    None: _FUNCTION,
    _METHOD_TYPE: _METHOD,
    staticmethod: _STATIC,
    classmethod: _CLASS,
}

# Nanoseconds: what costs less is computed anew once it has expired, by whoever asks.
_COSTLY = 100_000

_SPEC_OPTIONS = tuple(Spec.__dataclass_fields__)
_OPTIONS = ("key", "ignore", "tags", "rows", "namespace", "name", "version", *_SPEC_OPTIONS)


def decorate(cache: Any, function: Any, options: Dict[str, Any], batch: bool = False) -> Any:
    """The cached form of a function, coroutine function, staticmethod, classmethod or method."""
    kind: Optional[type] = None
    if isinstance(function, (staticmethod, classmethod)):
        kind, function = type(function), function.__func__
    if isinstance(function, functools.partialmethod):
        kind, function = _METHOD_TYPE, to_function(function)
    if isinstance(function, (type, property)) or not callable(function):
        raise TypeError(f"@cache decorates functions and methods, not {function!r}")
    gives = kind_of(function)
    if gives is Kind.GENERATOR:
        raise TypeError(
            f"{plain_name(function)} is a generator: what it yields is gone once it was read. "
            "Return a list, or cache the function that makes the items"
        )
    if batch:
        from coffer._batch import AsyncBatchFunction, BatchFunction

        made: Any = AsyncBatchFunction if gives is Kind.COROUTINE else BatchFunction
    elif gives is Kind.COROUTINE:
        made = AsyncCachedFunction
    else:
        made = CachedFunction if kind in (None, _METHOD_TYPE) else WrappedFunction
    return made(cache, function, _KINDS[kind], **options)


@_coffer.function_type
class CachedFunction(Generic[P, R]):
    """A function whose results are cached. Calling it on what is cached runs native code only, and so does calling it
    as a method of an object.

    For a coroutine function R is what calling it gives: a coroutine.
    """

    if TYPE_CHECKING:  # native, and what update_wrapper sets
        __name__: str
        __qualname__: str
        _hits: int

        _watch: int

        def _prepare(
            self, cache: Any, kind: int, bound: Any, plan: Any, parameters: Any, runtime: Any
        ) -> None:
            ...

        def _look(self, args: Tuple[Any, ...], kwargs: Any) -> Any:
            ...

        def _key(self, args: Tuple[Any, ...], kwargs: Any) -> bytes:
            ...

        def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
            ...

        # For whoever calls a method through an object, or a class method through its class: checkers cannot tell the
        # latter from a method that is called through its class with an object as its first argument.
        def __get__(
            self: CachedFunction[Concatenate[Any, Q], R],
            instance: Any,
            owner: Any = None,
        ) -> CachedFunction[Q, R]:
            ...

    else:
        __slots__ = ()  # the native class over this one has a __dict__

    def __init__(
        self,
        cache: Any,
        function: Callable[..., Any],
        kind: int = _FUNCTION,
        *,
        key: Union[str, Callable[..., Any], None] = None,
        ignore: Union[str, Sequence[str]] = (),
        tags: Union[Iterable[str], Callable[..., Iterable[str]]] = (),
        rows: Union[Iterable[Rows], Callable[..., Iterable[Rows]]] = (),
        namespace: Optional[str] = None,
        name: Optional[str] = None,
        version: Union[str, int, None] = None,
        **how: Any,
    ) -> None:
        for wrong in sorted(set(how).difference(_SPEC_OPTIONS)):
            raise TypeError(
                f"@cache has no option {wrong!r}; there are: {', '.join(_OPTIONS)}{nearest(wrong, _OPTIONS)}"
            )
        _look_like(self, function)
        self.original = function
        self.cache = cache.namespace(namespace) if namespace else cache
        self._kind = kind
        self._key_option = key
        self._ignore = (ignore,) if isinstance(ignore, str) else tuple(ignore)
        self._spec = Spec(**how)
        self._parameters = self._parameters_of(function)
        if kind == _FUNCTION and self._parameters.names[:1] in (["self"], ["cls"]):
            self._kind = _METHOD
        self._parameters.check(self._ignore, "ignore")
        self._tag_templates = self._templates(tags)
        self._tags, self._rows = tags, rows
        self._version = self._version_text(version)
        self._name = (name or self._identity(function)) + self._version
        # Keys that a function makes tell nobody whose they are, so clear() has a tag to end.
        tagged = callable(key) and not self.cache.describe()["options"]["raw"]
        self._own_tag = [self._name] if tagged else []
        self._default_early: Optional[float] = None
        self._cleared = 0
        self.reset_stats()
        self._plan()

    def _parameters_of(self, function: Any) -> Parameters:
        return Parameters(function)

    def _templates(self, tags: Any) -> Optional[List[Template]]:
        if callable(tags):
            return None
        if isinstance(tags, (str, bytes)):
            raise TypeError(f"tags is {tags!r}; give a list, even of one")
        return [Template(tag, self._parameters.names, "the tag") for tag in tags]

    def _identity(self, function: Any) -> str:
        """The name in keys: that of no other function of this process."""
        # Caches one over the other hold results of one function.
        while (
            isinstance(function, CachedFunction) and function.cache._store is not self.cache._store
        ):
            function = function.original
        return unique_name(function, shared=not self.cache._live)

    def _version_text(self, version: Union[str, int, None]) -> str:
        if version is None:
            return ""
        if version != "code":
            return f"@{version}"
        if not has_code(self.original):
            raise ArgumentError(
                f'version="code": {plain_name(self.original)} is not written in Python; give a version of your own'
            )
        return f"@{code_digest(self.original)}"

    def _plan(self) -> None:
        """Prepares how keys are made; again once it is known that the function is a method."""
        plan: Any = None
        if isinstance(self._key_option, str):
            self._maker: Any = TemplateKey(
                self._key_option, self._version, self._name, self._parameters
            )
            plan = self._maker.plan(self._parameters)
        elif self._key_option is None:
            self._maker = TypedKey(self._name, self._parameters, self._ignore, self._is_method())
            plan = self._maker.plan(self._parameters)
        elif not callable(self._key_option):
            raise ArgumentError(
                f"key is {self._key_option!r}; give a template or a function of the arguments"
            )
        self._prepare(
            self.cache,
            self._kind,
            self._bound_type(),
            plan,
            self._parameters.native(),
            self.cache.runtime,
        )

    def _is_method(self) -> bool:
        return self._kind in (_METHOD, _CLASS)

    def _bound_type(self) -> Type[Bound]:
        return Bound

    def __set_name__(self, owner: type, name: str) -> None:
        self._become_method()

    def _become_method(self) -> None:
        if self._kind == _FUNCTION:
            self._kind = _METHOD
            self._plan()

    # ---- Called by the native half ----

    def _make_key(self, args: Tuple[Any, ...], kwargs: Optional[Dict[str, Any]]) -> bytes:
        bound = self._parameters.bind(args, kwargs)
        if not callable(self._key_option):
            return self._maker.format(bound)
        made = self._key_option(*args, **(kwargs or {}))
        if isinstance(made, str):
            made = checked_text(made, "the key").encode()
        elif not isinstance(made, bytes):
            made = _coffer.encode_key(made)
        return shorten(made + self._version.encode(), self._name)

    def _missed(
        self, args: Tuple[Any, ...], kwargs: Dict[str, Any], key: bytes, anew: bool = False
    ) -> Any:
        self._counters["misses"] += 1
        return self._ending(args, kwargs, key, anew)

    def _ending(
        self, args: Tuple[Any, ...], kwargs: Dict[str, Any], key: bytes, anew: bool = False
    ) -> Any:
        return _load.load(
            self.cache,
            key,
            lambda: self._compute(args, kwargs, key),
            self._spec,
            self._dependencies(args, kwargs),
            anew,
        )

    def _call_in_context(self, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Any:
        if self.cache._bypassed():
            return self.original(*args, **kwargs)
        value = self._look(args, kwargs)
        return self._missed(args, kwargs, self._key(args, kwargs)) if value is MISS else value

    # ---- Computing ----

    def _compute(self, args: Tuple[Any, ...], kwargs: Dict[str, Any], *keys: bytes) -> Any:
        start = self._begin()
        try:
            return checked(self.original(*args, **kwargs), self.original)
        except BaseException:
            self._counters["errors"] += 1
            raise
        finally:
            if self._end(start):
                self.cache.delete_many(keys)

    def _begin(self) -> Tuple[float, int, int]:
        return time.perf_counter(), self.cache.runtime.now_ns(), self._cleared

    def _end(self, start: Tuple[float, int, int]) -> bool:
        """True if what was computed is not to be stored: deleting its key ends the right to."""
        self._counters["loads"] += 1
        self._counters["seconds"] += time.perf_counter() - start[0]
        took = self.cache.runtime.now_ns() - start[1]
        if took > _COSTLY and self._early() > 0:
            # So much earlier, or more, early refresh comes once in 20,000 times.
            self._watch = max(self._watch, min(int(10 * took * self._early()), 2**63))
        return self._cleared != start[2]

    def _early(self) -> float:
        if self._spec.early is not None:
            return self._spec.early
        if self._default_early is None:
            self._default_early = float(self.cache.describe()["options"]["early"])
        return self._default_early

    def _dependencies(self, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Dependencies:
        if not self._tags and not self._rows and not self._own_tag:
            return None
        rows = self._rows(*args, **kwargs) if callable(self._rows) else self._rows
        return to_dependencies(self._tags_of(args, kwargs) + self._own_tag, rows)

    def _tags_of(self, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> List[str]:
        if self._tag_templates is None:
            made = self._tags(*args, **kwargs)  # type: ignore[operator]
            if isinstance(made, (str, bytes)):
                raise TypeError(f"tags gave {made!r}; it must give a list, even of one")
            return [checked_text(tag, "a tag") for tag in made]
        constant = all(template.constant for template in self._tag_templates)
        bound = {} if constant else self._parameters.bind(args, kwargs)
        return [template.tag(bound) for template in self._tag_templates]

    # ---- For programs ----

    def key(self, *args: P.args, **kwargs: P.kwargs) -> CallKey:
        """The entry of a call with these arguments."""
        return CallKey(self, args, kwargs)

    def invalidate(self, *args: P.args, **kwargs: P.kwargs) -> bool:
        """Removes the result of a call with these arguments, also one that is being computed."""
        return self.cache.invalidate(self._key(args, kwargs))

    def refresh(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Computes the result of a call with these arguments anew."""
        if self.cache._bypassed():
            return self.original(*args, **kwargs)
        return self._missed(args, kwargs, self._key(args, kwargs), anew=True)

    def nocache(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Calls the function itself: the cache is neither read nor written."""
        return self.original(*args, **kwargs)

    def invalidate_tag(self, *tags: str) -> None:
        """Ends every result that depends on any of the tags, of this function and of others."""
        self.cache.invalidate_tag(*tags)

    def expire(self, *args: P.args, **kwargs: P.kwargs) -> bool:
        """Ends the result of a call with these arguments, but for its grace (`stale=`): it is served on while a new one
        is computed. True if there was one."""
        return self.cache.expire(self._key(args, kwargs))

    def clear(self) -> None:
        """Ends all results of this function, those that are being computed included.

        Costs as much as there are entries in the store, unless the key is a function. With a template every entry ends
        whose key it could have made.
        """
        self._cleared += 1
        if self._own_tag:
            self.cache._invalidate_tags(tuple(self._own_tag), None)
            return
        if callable(self._key_option):
            raise ArgumentError(
                f"clear() of {plain_name(self.original)}: its keys are made by a function, and values without tags "
                "(raw=1) do not say whose they are; give it a template, or a namespace and clear that"
            )
        self.cache.delete_prefix(f"{self._name}(")
        if isinstance(self._maker, TemplateKey):
            self.cache.delete_many(
                list(filter(self._maker.made, self.cache.keys(self._maker.prefix)))
            )

    def reset_stats(self) -> None:
        """Counts from 0 again."""
        self._hits = 0
        self._counters = {"misses": 0, "loads": 0, "errors": 0, "seconds": 0.0}

    def stats(self) -> Dict[str, Union[int, float]]:
        """hits, misses (calls that found nothing fresh), loads (runs of the function), errors, seconds (in it)."""
        return {"hits": self._hits, **self._counters}

    def __repr__(self) -> str:
        return f"<cached {plain_name(self.original)}>"

    def __reduce__(self) -> str:
        return self.__qualname__


def _look_like(cached: CachedFunction[Any, Any], function: Any) -> None:
    """functools.update_wrapper, but for attributes that would hide those of the cached function, and marks of what the
    function is; an object with `__call__` keeps its own to itself."""
    functools.update_wrapper(cached, function, updated=())
    if not isinstance(function, (types.FunctionType, CachedFunction)):
        return
    for name, value in function.__dict__.items():
        marks = name == "__wrapped__" or name.startswith("_is_coroutine")
        if not marks and (name == "__isabstractmethod__" or not hasattr(type(cached), name)):
            cached.__dict__[name] = value


class WrappedFunction(CachedFunction[P, R]):
    """A function that was within @staticmethod or @classmethod: an object that it is reached through is no argument."""


class AsyncCachedFunction(CachedFunction[P, R]):
    """The same for a coroutine function."""

    _is_coroutine = getattr(asyncio.coroutines, "_is_coroutine", None)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if hasattr(inspect, "markcoroutinefunction"):
            inspect.markcoroutinefunction(self)

    def _bound_type(self) -> Type[Bound]:
        return AsyncBound

    async def __call__(self, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        if _coffer.contexts() and self.cache._bypassed():
            return await self.original(*args, **kwargs)
        if self.cache._blocking:
            key = self._key(args, kwargs)
            value = await self.cache.aget(key, MISS)
            if value is not MISS:
                self._hits += 1
        else:
            value = self._look(args, kwargs)
        return (
            value
            if value is not MISS
            else await self._amissed(args, kwargs, self._key(args, kwargs))
        )

    async def _amissed(
        self, args: Tuple[Any, ...], kwargs: Dict[str, Any], key: bytes, anew: bool = False
    ) -> Any:
        self._counters["misses"] += 1
        return await _load_async.load(
            self.cache,
            key,
            lambda: self._acompute(args, kwargs, key),
            self._spec,
            self._dependencies(args, kwargs),
            anew,
        )

    async def _acompute(self, args: Tuple[Any, ...], kwargs: Dict[str, Any], *keys: bytes) -> Any:
        start = self._begin()
        try:
            return await awaited(self.original(*args, **kwargs), self.original)
        except BaseException:
            self._counters["errors"] += 1
            raise
        finally:
            if self._end(start):
                await self.cache.adelete_many(keys)

    async def refresh(self, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        if self.cache._bypassed():
            return await self.original(*args, **kwargs)
        return await self._amissed(args, kwargs, self._key(args, kwargs), anew=True)

    async def ainvalidate(self, *args: Any, **kwargs: Any) -> bool:
        """`invalidate` for stores that may wait."""
        return await _load_async.in_thread(
            self.cache, self.cache.invalidate, self._key(args, kwargs)
        )

    async def aexpire(self, *args: Any, **kwargs: Any) -> bool:
        """`expire` for stores that may wait."""
        return await _load_async.in_thread(self.cache, self.cache.expire, self._key(args, kwargs))

    async def aclear(self) -> None:
        """`clear` for stores that may wait."""
        await _load_async.in_thread(self.cache, self.clear)
