"""How the arguments of a call become its key."""

from __future__ import annotations

import hashlib
import inspect
import re
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple, Union

from coffer._coffer import encode_key
from coffer._keys import Keywords, encode_receiver
from coffer._sentinel import MISS
from coffer._template import Template
from coffer.errors import ArgumentError

_TYPED, _TEXT, _RECEIVER = 0, 1, 2

# The longest key that stays readable, as in function.cc.
_LONGEST = 240

_P = inspect.Parameter

# A literal, and for each argument (its number, _TYPED, _TEXT or _RECEIVER, the literal behind it, what separates fields).
NativePlan = Tuple[str, List[Tuple[int, int, str, str]]]

_ANY = inspect.Signature([_P("args", _P.VAR_POSITIONAL), _P("kwargs", _P.VAR_KEYWORD)])

# The name under which `bind` gives arguments that do not fit the signature of a wrapped function.
_LOOSE = "*"


class Parameters:
    """The parameters of a function, and the values of a call in their order.

    A wrapper with parameters of its own is called with those. One that takes anything (*args, **kwargs) has the names of
    the function it says it wraps, as far as a call fits them: it may add arguments of its own, or take some away.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        own = _signature(function, follow_wrapped=False)
        kinds = {parameter.kind for parameter in own.parameters.values()}
        self._own = own
        takes_any = _P.VAR_POSITIONAL in kinds or _P.VAR_KEYWORD in kinds
        self._loosely = False
        self._read(_signature(function, follow_wrapped=True) if takes_any else own)
        self._loosely = takes_any and self.signature != own

    def _read(self, signature: inspect.Signature) -> None:
        self.signature = signature
        self.names = list(self.signature.parameters)
        self._kinds = [parameter.kind for parameter in self.signature.parameters.values()]
        self._plain = all(
            kind in (_P.POSITIONAL_OR_KEYWORD, _P.KEYWORD_ONLY) for kind in self._kinds
        )
        self._positional = sum(
            kind in (_P.POSITIONAL_ONLY, _P.POSITIONAL_OR_KEYWORD) for kind in self._kinds
        )
        self.keywords = next(
            (n for n, kind in zip(self.names, self._kinds) if kind == _P.VAR_KEYWORD), None
        )

    def one_of_many(self) -> Optional[str]:
        """Makes one parameter of `*ids`, for keys of single ids, and gives its name; None if there is no such one."""
        parameters = list(self.signature.parameters.values())
        for i, parameter in enumerate(parameters):
            if parameter.kind == _P.VAR_POSITIONAL:
                parameters[i] = parameter.replace(kind=_P.POSITIONAL_OR_KEYWORD)
                before = [one.replace(default=_P.empty) for one in parameters[:i]]
                self._read(self.signature.replace(parameters=[*before, *parameters[i:]]))
                return parameter.name
        return None

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
        try:
            bound = self.signature.bind(*args, **(kwargs or {}))
        except TypeError:
            if not self._loosely:
                raise
            self._own.bind(*args, **(kwargs or {}))
            return {_LOOSE: (tuple(args), Keywords(kwargs or {}))}
        bound.apply_defaults()
        if self.keywords is not None:
            bound.arguments[self.keywords] = Keywords(bound.arguments[self.keywords])
        return bound.arguments

    def check(self, names: Iterable[str], what: str) -> None:
        for name in names:
            if name not in self.names:
                raise ArgumentError(
                    f"{what} names {name!r}, which is no parameter; there are: {', '.join(self.names)}"
                )


def _signature(function: Callable[..., Any], follow_wrapped: bool) -> inspect.Signature:
    try:
        return inspect.signature(function, follow_wrapped=follow_wrapped)
    except ValueError:  # a function written in C need not tell
        return _ANY


class TypedKey:
    """The default key: the name of the function and all arguments with their types."""

    def __init__(
        self, name: str, parameters: Parameters, ignore: Sequence[str], method: bool
    ) -> None:
        self.name = name
        self._receiver = parameters.names[0] if method and parameters.names else None
        self._used = [one for one in parameters.names if one not in ignore]

    def format(self, bound: Dict[str, Any]) -> bytes:
        if _LOOSE in bound:
            args, kwargs = bound[_LOOSE]
            first = [encode_receiver(args[0])] if self._receiver is not None and args else []
            rest = [encode_key(value) for value in args[len(first) :]]
            parts = [b"*", *first, *rest, encode_key(kwargs)]
        else:
            parts = [self._part(one, bound[one]) for one in self._used]
        return shorten(self.name.encode() + b"(" + b",".join(parts) + b")", self.name)

    def _part(self, name: str, value: Any) -> bytes:
        return encode_receiver(value) if name == self._receiver else encode_key(value)

    def plan(self, parameters: Parameters) -> NativePlan:
        if not self._used:
            return self.name + "()", []
        last = len(self._used) - 1
        return self.name + "(", [
            (
                parameters.names.index(one),
                _RECEIVER if one == self._receiver else _TYPED,
                ")" if i == last else ",",
                "",
            )
            for i, one in enumerate(self._used)
        ]


class TemplateKey:
    """The key that a template of the program's makes, with `after` behind it."""

    def __init__(self, template: str, after: str, name: str, parameters: Parameters) -> None:
        self.template = Template(template, parameters.names, "the key")
        self._after, self._name = after, name
        self.prefix = self.template.parts[0][0] if self.template.parts else ""
        literals = (re.escape(literal.encode()) for literal, *_ in self.template.parts)
        fields = (field is not None for _, field, _, _ in self.template.parts)
        pattern = b"".join(one + b".*" * there for one, there in zip(literals, fields))
        self._pattern = re.compile(pattern + re.escape(after.encode()), re.DOTALL)

    def made(self, key: Union[str, bytes]) -> bool:
        """Whether the template could have made this key."""
        return bool(self._pattern.fullmatch(key.encode() if isinstance(key, str) else key))

    def format(self, bound: Dict[str, Any]) -> bytes:
        if _LOOSE in bound:
            raise TypeError(
                f"the arguments do not fit the names in the key {self.template.text!r}; give a function of "
                "the arguments as the key"
            )
        return shorten(self.template.key(bound) + self._after.encode(), self._name)

    def plan(self, parameters: Parameters) -> Optional[NativePlan]:
        """For the native half, if all fields are plain parameters and something separates them."""
        template = self.template
        if template.closed or _P.VAR_KEYWORD in parameters._kinds:
            return None
        literals: List[str] = [""]
        indexes: List[int] = []
        for literal, field, spec, conversion in template.parts:
            literals[-1] += literal
            if field is None:
                continue
            index = template.index(field)
            if index is None or spec or conversion:
                return None
            indexes.append(index)
            literals.append("")
        literals[-1] += self._after
        last = len(indexes) - 1
        return literals[0], [
            (index, _TEXT, literals[i + 1], template.separators if i < last else "")
            for i, index in enumerate(indexes)
        ]


def shorten(key: bytes, name: str) -> bytes:
    if len(key) <= _LONGEST:
        return key
    return f"{name}(#{hashlib.blake2b(key, digest_size=20).hexdigest()})".encode()
