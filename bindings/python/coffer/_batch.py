"""Functions of many ids, each of which is cached by itself."""

from __future__ import annotations

import inspect
from typing import Any, Dict, List, Tuple

from coffer import _load_many
from coffer._function import AsyncCachedFunction, CachedFunction
from coffer._rows import Dependencies

_P = inspect.Parameter

# The arguments of a call.
Call = Tuple[Tuple[Any, ...], Dict[str, Any]]


class _Batch:
    """What both kinds share: a call of many ids as calls of one.

    The ids are the first argument (behind self or cls), by position or by name, or all of `*ids`.
    """

    __slots__ = ()

    def _parameters_of(self: Any, function: Any) -> Any:
        """Those of a call of one id."""
        parameters = super()._parameters_of(function)  # type: ignore[misc]
        self._spread = parameters.one_of_many()
        return parameters

    def _split(self: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Tuple[Any, List[Any]]:
        """(what makes a call of ids, the ids)."""
        names = self._parameters.names
        position = 1 if self._is_method() else 0
        name = names[position] if len(names) > position else None
        if self._spread == name and name is not None:
            ids, rest = args[position:], dict(kwargs)

            def call(ids: Any, many: bool = False) -> Call:
                return (*args[:position], *(ids if many else (ids,))), rest

        elif len(args) > position:
            ids = args[position]

            def call(ids: Any, many: bool = False) -> Call:
                return (*args[:position], ids, *args[position + 1 :]), kwargs

        elif name in kwargs:
            ids = kwargs[name]

            def call(ids: Any, many: bool = False) -> Call:
                return args, {**kwargs, name: ids}

        else:
            raise TypeError(
                f"{self.__qualname__}() takes the ids as its first argument, by position or as {name}=[...]"
            )
        return call, list(dict.fromkeys(ids))

    def _prepared(
        self: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any]
    ) -> Tuple[Any, List[Any], List[bytes], Any]:
        call, ids = self._split(args, kwargs)
        keys = [self._key(*call(one)) for one in ids]
        key_of = dict(zip(ids, keys))

        def compute(missing: List[Any]) -> Any:
            self._counters["misses"] += len(missing)
            return self._run(*call(missing, many=True), *(key_of[one] for one in missing))

        def dependencies(one: Any) -> Dependencies:
            return self._dependencies(*call(one))

        templates = self._tag_templates
        constant = (
            templates is not None
            and all(one.constant for one in templates)
            and not callable(self._rows)
        )
        return compute, ids, keys, dependencies(None) if constant else dependencies


class BatchFunction(_Batch, CachedFunction):
    """Called with ids it returns a dict with a value for each; None for those the function does not return."""

    def __call__(self, *args: Any, **kwargs: Any) -> Dict[Any, Any]:
        if self.cache._bypassed():
            ids = self._split(args, kwargs)[1]
            return _load_many.complete(ids, self.original(*args, **kwargs))
        compute, ids, keys, dependencies = self._prepared(args, kwargs)
        return _load_many.load(self.cache, ids, keys, compute, self._spec, dependencies)

    def _run(self, *call: Any) -> Any:
        return self._compute(*call)

    def refresh(self, *args: Any, **kwargs: Any) -> Dict[Any, Any]:
        """Computes the values of these ids anew, all in one call."""
        call, ids = self._split(args, kwargs)
        values = _load_many.complete(ids, self._compute(*call(ids, many=True)))
        for one, value in values.items():
            args, kwargs = call(one)
            self.key(*args, **kwargs).set(value)
        return values


class AsyncBatchFunction(_Batch, AsyncCachedFunction):
    """The same for a coroutine function."""

    async def __call__(self, *args: Any, **kwargs: Any) -> Dict[Any, Any]:
        if self.cache._bypassed():
            ids = self._split(args, kwargs)[1]
            return _load_many.complete(ids, await self.original(*args, **kwargs))
        compute, ids, keys, dependencies = self._prepared(args, kwargs)
        return await _load_many.load_async(self.cache, ids, keys, compute, self._spec, dependencies)

    def _run(self, *call: Any) -> Any:
        return self._acompute(*call)

    async def refresh(self, *args: Any, **kwargs: Any) -> Dict[Any, Any]:
        call, ids = self._split(args, kwargs)
        values = _load_many.complete(ids, await self._acompute(*call(ids, many=True)))
        for one, value in values.items():
            args, kwargs = call(one)
            self.key(*args, **kwargs).set(value)
        return values
