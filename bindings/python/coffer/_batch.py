"""Functions of many ids, each of which is cached by itself."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from coffer import _load_many
from coffer._function import AsyncCachedFunction, CachedFunction
from coffer._rows import Dependencies


class _Batch:
    """What both kinds share: a call of many ids as calls of one."""

    __slots__ = ()

    def _split(self: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Tuple[int, List[Any]]:
        # The ids come behind self or cls.
        position = 1 if self._is_method() else 0
        if len(args) <= position:
            raise TypeError(
                f"{self.__qualname__}() takes the ids as its first argument, by position"
            )
        return position, list(dict.fromkeys(args[position]))

    @staticmethod
    def _with(args: Tuple[Any, ...], position: int, ids: Any) -> Tuple[Any, ...]:
        return (*args[:position], ids, *args[position + 1 :])

    def _prepared(
        self: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any]
    ) -> Tuple[Any, List[Any], List[bytes], Any]:
        position, ids = self._split(args, kwargs)
        keys = [self._key(self._with(args, position, one), kwargs) for one in ids]

        def compute(missing: List[Any]) -> Any:
            self._counters["misses"] += len(missing)
            return self._run(self._with(args, position, missing), kwargs)

        def dependencies(one: Any) -> Dependencies:
            return self._dependencies(self._with(args, position, one), kwargs)

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

    def _run(self, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Any:
        return self._compute(args, kwargs)

    def refresh(self, *args: Any, **kwargs: Any) -> Dict[Any, Any]:
        """Computes the values of these ids anew, all in one call."""
        position, ids = self._split(args, kwargs)
        values = _load_many.complete(ids, self._compute(self._with(args, position, ids), kwargs))
        for one, value in values.items():
            self.key(*self._with(args, position, one), **kwargs).set(value)
        return values


class AsyncBatchFunction(_Batch, AsyncCachedFunction):
    """The same for a coroutine function."""

    async def __call__(self, *args: Any, **kwargs: Any) -> Dict[Any, Any]:
        if self.cache._bypassed():
            ids = self._split(args, kwargs)[1]
            return _load_many.complete(ids, await self.original(*args, **kwargs))
        compute, ids, keys, dependencies = self._prepared(args, kwargs)
        return await _load_many.load_async(self.cache, ids, keys, compute, self._spec, dependencies)

    def _run(self, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Any:
        return self._acompute(args, kwargs)

    async def refresh(self, *args: Any, **kwargs: Any) -> Dict[Any, Any]:
        position, ids = self._split(args, kwargs)
        values = _load_many.complete(
            ids, await self._acompute(self._with(args, position, ids), kwargs)
        )
        for one, value in values.items():
            self.key(*self._with(args, position, one), **kwargs).set(value)
        return values
