"""How the arguments of a call become its key and its tags."""

from __future__ import annotations

import hashlib
import inspect
import string
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple, Union

from coffer._coffer import encode_key
from coffer._keys import encode_receiver
from coffer._sentinel import MISS
from coffer.errors import ArgumentError

_TYPED, _TEXT, _RECEIVER = 0, 1, 2

# The longest key that stays readable, as in function.cc.
_LONGEST = 240

_P = inspect.Parameter

NativePlan = Tuple[str, List[Tuple[int, int, str]]]


class Parameters:
    """The parameters of a function, and the values of a call in their order."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.signature = inspect.signature(function)
        self.names = list(self.signature.parameters)
        kinds = [parameter.kind for parameter in self.signature.parameters.values()]
        self._plain = all(kind in (_P.POSITIONAL_OR_KEYWORD, _P.KEYWORD_ONLY) for kind in kinds)
        self._positional = sum(
            kind in (_P.POSITIONAL_ONLY, _P.POSITIONAL_OR_KEYWORD) for kind in kinds
        )

    def native(self) -> Tuple[Tuple[str, ...], Tuple[Any, ...], int, bool]:
        """As the native half takes them."""
        defaults = tuple(
            MISS if p.default is _P.empty else p.default for p in self.signature.parameters.values()
        )
        # MISS as a default of the program's own would be taken for none.
        plain = self._plain and not any(
            p.default is MISS for p in self.signature.parameters.values()
        )
        return tuple(self.names), defaults, self._positional, plain

    def bind(self, args: Sequence[Any], kwargs: Optional[Dict[str, Any]]) -> Dict[str, Any]:
        """name -> value, defaults included. TypeError as the call itself would raise it."""
        bound = self.signature.bind(*args, **(kwargs or {}))
        bound.apply_defaults()
        return bound.arguments

    def check(self, names: Iterable[Union[str, int]], what: str) -> None:
        for name in names:
            if name not in self.names and not (isinstance(name, int) and name < len(self.names)):
                raise ArgumentError(
                    f"{what} names {name!r}, which is no parameter; there are: {', '.join(self.names)}"
                )

    def index(self, field: str) -> Optional[int]:
        if field.isdecimal():
            return int(field)
        return self.names.index(field) if field in self.names else None


def template_fields(template: str) -> List[Tuple[str, Optional[str], str, Optional[str]]]:
    """(literal, field or None, format, conversion) of each part."""
    fields = []
    automatic = 0
    for literal, field, spec, conversion in string.Formatter().parse(template):
        if field == "":
            field, automatic = str(automatic), automatic + 1
        fields.append((literal, field, spec or "", conversion))
    return fields


class Template:
    """Text with arguments in it: "user:{user_id}", "{0}", "{user.id}", "{day:%Y}"."""

    def __init__(self, template: str, parameters: Parameters, what: str) -> None:
        self._template = template
        self._names = parameters.names
        self._fields = template_fields(template)
        first = [
            str(field).split(".")[0].split("[")[0]
            for _, field, _, _ in self._fields
            if field is not None
        ]
        parameters.check(
            [int(name) if name.isdecimal() else name for name in first], f"{what} {template!r}"
        )
        self.constant = not first
        self.uses = {self._names[int(name)] if name.isdecimal() else name for name in first}

    def format(self, bound: Dict[str, Any]) -> str:
        return self._template.format(*(bound.get(name) for name in self._names), **bound)

    def plan(self, parameters: Parameters, prefix: str) -> Optional[NativePlan]:
        """For the native half, if all fields are plain parameters."""
        literals, parts = [prefix], []
        for literal, field, spec, conversion in self._fields:
            literals[-1] += literal
            if field is None:
                continue
            index = parameters.index(field)
            if index is None or spec or conversion:
                return None
            parts.append(index)
            literals.append("")
        return literals[0], [(index, _TEXT, after) for index, after in zip(parts, literals[1:])]


class TypedKey:
    """The default key: the name of the function and all arguments with their types."""

    def __init__(
        self, name: str, parameters: Parameters, ignore: Sequence[str], method: bool
    ) -> None:
        self.name = name
        self._receiver = parameters.names[0] if method and parameters.names else None
        self._used = [one for one in parameters.names if one not in ignore]

    def format(self, bound: Dict[str, Any]) -> bytes:
        parts = [
            encode_receiver(bound[one]) if one == self._receiver else encode_key(bound[one])
            for one in self._used
        ]
        return shorten(self.name.encode() + b"(" + b",".join(parts) + b")", self.name)

    def plan(self, parameters: Parameters) -> NativePlan:
        if not self._used:
            return self.name + "()", []
        last = len(self._used) - 1
        return self.name + "(", [
            (
                parameters.names.index(one),
                _RECEIVER if one == self._receiver else _TYPED,
                ")" if i == last else ",",
            )
            for i, one in enumerate(self._used)
        ]


def shorten(key: bytes, name: str) -> bytes:
    if len(key) <= _LONGEST:
        return key
    return f"{name}#{hashlib.blake2b(key, digest_size=20).hexdigest()}".encode()
