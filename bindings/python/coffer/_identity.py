"""Names of functions and classes in keys: each its own, the same in every process if it can be.

The first function of a name has just that name, so that processes which share a store share its results. Another one of
the same name (a cell of a notebook run again, a second closure, code that was executed twice) gets a suffix: it must
never answer with the results of the first.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import os
import threading
import types
import weakref
from typing import Any, Dict, Iterator, List, Set, Tuple

from coffer._kind import layers

_lock = threading.RLock()
_serial = itertools.count(2)
_token = os.urandom(4).hex()

# The code of all that had a name, by name; and the names that were given out, by whether they are shared.
_taken: Dict[str, Set[str]] = {}
_given: "weakref.WeakKeyDictionary[Any, Dict[bool, str]]" = weakref.WeakKeyDictionary()


def plain_name(thing: Any) -> str:
    """module.qualname of a function or class; of other callables what says most of them, but no address."""
    if isinstance(thing, functools.partial):
        return f"partial({plain_name(thing.func)})"
    module, name = getattr(thing, "__module__", None), getattr(thing, "__qualname__", None)
    if isinstance(name, str):
        return f"{module}.{name}" if isinstance(module, str) else name
    held = ",".join(plain_name(one) for _, one in _attributes(thing) if _is_function(one))
    return f"{plain_name(type(thing))}({held})" if held else plain_name(type(thing))


def unique_name(thing: Any, shared: bool) -> str:
    """The name of a function or class that no other one of this process has.

    `shared` says that other processes may see it: then what has no name of its own (a lambda, a closure) is known by its
    code, and not by which came first.
    """
    with _lock:
        known = _known(thing)
        if shared not in known:
            known[shared] = _new_name(thing, shared)
        return known[shared]


def _new_name(thing: Any, shared: bool) -> str:
    name = plain_name(thing)
    taken = _taken.setdefault(f"{name}*" if shared else name, set())
    digest = code_digest(thing, values=True) if shared else ""
    anonymous = "<" in name or not isinstance(
        thing, (type, types.FunctionType, types.BuiltinFunctionType)
    )
    if shared and digest in taken:
        made = f"{name}~{_token}.{next(_serial)}"
    elif shared and (anonymous or taken):
        made = f"{name}#{digest}"
    else:
        made = f"{name}~{next(_serial)}" if taken else name
    taken.add(digest)
    return made


def _known(thing: Any) -> Dict[bool, str]:
    """What was given out for this very object; nothing is remembered of what cannot tell when it goes."""
    if type(thing).__hash__ is not object.__hash__ and not isinstance(
        thing, (type, types.FunctionType, types.BuiltinFunctionType)
    ):
        return {}
    try:
        return _given.setdefault(thing, {})
    except TypeError:
        return {}


def code_digest(function: Any, values: bool = False) -> str:
    """A digest of the code that a call runs, wrapped functions and those in closures included: equal in all processes
    that run the same version of Python. `values`: what closures hold counts, too, as far as it has a meaning.
    """
    hasher = hashlib.blake2b(digest_size=8)
    for part in _parts(function, values, set()):
        hasher.update(b"%d:" % len(part) + part)
    return hasher.hexdigest()


def has_code(function: Any) -> bool:
    return any(isinstance(one, types.FunctionType) for one in _functions(function))


def _functions(function: Any) -> Iterator[Any]:
    """Everything that runs, from the outside in."""
    seen: Set[int] = set()
    while function is not None and id(function) not in seen:
        seen.add(id(function))
        yield from layers(function)
        inner = [one for one in layers(function) if hasattr(one, "__wrapped__")]
        function = inner[0].__wrapped__ if inner else None


def _parts(function: Any, values: bool, seen: Set[int]) -> Iterator[bytes]:
    for one in _functions(function):
        if id(one) in seen:
            continue
        seen.add(id(one))
        if not isinstance(one, types.FunctionType):
            yield from _object(one, values, seen)
            continue
        yield from _code(one.__code__)
        yield _value(one.__defaults__)
        yield _value(one.__kwdefaults__)
        for cell in one.__closure__ or ():
            held = _contents(cell)
            if isinstance(held, types.FunctionType):
                yield from _parts(held, values, seen)
            elif values:
                yield _value(held)


def _object(thing: Any, values: bool, seen: Set[int]) -> Iterator[bytes]:
    """What tells one callable object, bound method or partial from another."""
    yield plain_name(thing).encode()
    if isinstance(thing, functools.partial):
        yield _value((thing.args, thing.keywords))
    if isinstance(thing, types.MethodType) and not isinstance(thing.__self__, type):
        thing = thing.__self__
    for name, held in _attributes(thing):
        if _is_function(held):
            yield from _parts(held, values, seen)
        elif values:
            yield name.encode() + b"=" + _value(held)


def _attributes(thing: Any) -> List[Tuple[str, Any]]:
    if isinstance(thing, (type, types.ModuleType)):
        return []
    return sorted(getattr(thing, "__dict__", {}).items(), key=lambda item: str(item[0]))


def _is_function(thing: Any) -> bool:
    return isinstance(thing, (types.FunctionType, types.MethodType, functools.partial))


def _contents(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not filled yet
        return None


def _code(code: types.CodeType) -> Iterator[bytes]:
    yield code.co_code
    names: Tuple[Tuple[str, ...], ...] = (
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
    )
    yield repr((names, code.co_argcount, code.co_kwonlyargcount, code.co_flags)).encode()
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _code(constant)
        else:
            yield _value(constant)


def _value(value: Any) -> bytes:
    """The meaning of a value, or its type if it has none."""
    from coffer._coffer import encode_key

    try:
        return encode_key(value)
    except Exception:  # noqa: BLE001: whatever its __cache_key__ raises
        return plain_name(type(value)).encode()


def _after_fork() -> None:
    # What parent and child name from now on are different things.
    global _lock, _token
    _lock = threading.RLock()
    _token = os.urandom(4).hex()


os.register_at_fork(after_in_child=_after_fork)
