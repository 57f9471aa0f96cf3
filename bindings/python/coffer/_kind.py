"""What calling something gives: a value, a coroutine, or a generator.

The thing that is called decides, and what it is made of if it is a functools.partial, a bound method or an object with
`__call__`. Its `__wrapped__` does not: a decorator may have made a coroutine function of a sync one, or the reverse.
"""

from __future__ import annotations

import asyncio
import enum
import functools
import inspect
import types
from typing import Any, Iterator

# What asyncio.iscoroutinefunction looks for; None from Python 3.14 on, where inspect has a mark of its own.
_MARK = getattr(asyncio.coroutines, "_is_coroutine", None)

# More layers than any program has: an object may be its own __call__.
_DEEPEST = 32


class Kind(enum.Enum):
    PLAIN = "plain"
    COROUTINE = "coroutine"
    GENERATOR = "generator"


def kind_of(function: Any) -> Kind:
    """The kind of what `function(...)` returns."""
    for layer in layers(function):
        if inspect.iscoroutinefunction(layer) or _marked(layer):
            return Kind.COROUTINE
        if inspect.isgeneratorfunction(layer) or inspect.isasyncgenfunction(layer):
            return Kind.GENERATOR
    return Kind.PLAIN


def layers(function: Any) -> Iterator[Any]:
    """The callable, and what runs when it is called: the function of a partial, of a method, of `__call__`."""
    for _ in range(_DEEPEST):
        yield function
        if isinstance(function, functools.partial):
            function = function.func
        elif isinstance(function, types.MethodType):
            function = function.__func__
        elif isinstance(partial_method(function), functools.partialmethod):
            function = partial_method(function).func
        elif isinstance(function, type) or not isinstance(
            getattr(type(function), "__call__", None), types.FunctionType
        ):
            return
        else:
            function = type(function).__call__


def partial_method(function: Any) -> Any:
    """The functools.partialmethod that a function stands for, or None."""
    if not isinstance(function, types.FunctionType):
        return None
    return getattr(function, "_partialmethod", None) or getattr(function, "__partialmethod__", None)


def to_function(method: "functools.partialmethod[Any]") -> Any:
    """A partialmethod as a function with `self` as its first parameter, which is how a class gives it out."""
    if isinstance(method.func, (classmethod, staticmethod)):
        raise TypeError(
            f"{method!r} is made of a {type(method.func).__name__}; decorate what it is made of instead"
        )
    function = method.__get__(None, object)
    return function


def _marked(function: Any) -> bool:
    return _MARK is not None and getattr(function, "_is_coroutine", None) is _MARK
