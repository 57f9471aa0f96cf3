"""Templates of keys and tags: "user:{user_id}", "{0}", "{user.id}", "{day:%Y}".

In a key different arguments are different text. Numbers, None, True and False are written as Python does, and text as it
is; text that reads like one of those, or that holds a character which separates fields, is in quotes:

    doc:{user}:{name}    doc:7:a    doc:'7':a    doc:None:a    doc:'None':a    doc:'a:b':c

Everything else is `@(..)` around its typed text, see coffer/_keys.py. A field with a conversion or a format ("{day!s}",
"{day:%Y}") is the text that gives, whatever its type. In a tag every field is its text and nothing more, so that a
program can write it: two arguments of one text end together.
"""

from __future__ import annotations

import functools
import re
import string
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple

from coffer import _arrays
from coffer.errors import ArgumentError

# (literal, field or None, format, conversion)
_Part = Tuple[str, Optional[str], str, Optional[str]]

_formatter = string.Formatter()
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?\Z")
_NAMES = frozenset({"None", "True", "False", "nan", "inf", "-inf"})

# What object.__repr__, functions, methods and generators say of themselves, on their own or within other values.
_ADDRESS = re.compile(r"<.*\bat 0x[0-9a-fA-F]+", re.DOTALL)

# These open or close what stands in a field, so they separate nothing.
_BRACKETS = frozenset("'@()\\")


class Template:
    """A template over the parameters `names`; `what` it makes is named in errors."""

    def __init__(self, template: str, names: Sequence[str], what: str) -> None:
        self.text, self._names, self._what = template, list(names), f"{what} {template!r}"
        self.parts = _parse(template, self._what)
        self.fields = [field for _, field, _, _ in self.parts if field is not None]
        roots = [re.split(r"[.\[]", field, maxsplit=1)[0] for field in self.fields]
        self._check([int(root) if root.isdecimal() else root for root in roots])
        self.constant = not self.fields
        self.separators, self.closed = _separators(self.parts)

    def _check(self, roots: List[Any]) -> None:
        for root in roots:
            if root not in self._names and not (isinstance(root, int) and root < len(self._names)):
                raise ArgumentError(
                    f"{self._what} names {root!r}, which is no parameter; "
                    f"there are: {', '.join(self._names)}"
                )

    def index(self, field: str) -> Optional[int]:
        """The parameter that a field is, if it is a whole one."""
        if field.isdecimal():
            return int(field)
        return self._names.index(field) if field in self._names else None

    def key(self, bound: Dict[str, Any]) -> bytes:
        """The key for these arguments. TypeError for one that has no meaning but its address."""
        made, values, last = b"", [bound.get(name) for name in self._names], len(self.fields) - 1
        index = 0
        for literal, field, spec, conversion in self.parts:
            made += literal.encode()
            if field is None:
                continue
            value, _ = _formatter.get_field(field, values, bound)
            separators = self.separators if index < last else ""
            index += 1
            if spec or conversion:
                value = self._text(value, spec, conversion, values, bound)
                made += _closed(value) if self.closed else _quoted(value, separators)
            else:
                made += _closed(value) if self.closed else insert(value, separators)
        return made

    def tag(self, bound: Dict[str, Any]) -> str:
        """The tag for these arguments."""
        made, values = "", [bound.get(name) for name in self._names]
        for literal, field, spec, conversion in self.parts:
            made += literal
            if field is not None:
                value, _ = _formatter.get_field(field, values, bound)
                made += self._text(value, spec, conversion, values, bound)
        return made

    def _text(
        self, value: Any, spec: str, conversion: Optional[str], values: Any, bound: Dict[str, Any]
    ) -> str:
        if getattr(value, "ndim", 0) and _arrays.encoder(type(value)) is not None:
            raise TypeError(
                f"{self._what} would hold the text of a {type(value).__qualname__}, which is abridged: leave the field "
                "without conversion or format in a key, or name an attribute"
            )
        text = _formatter.format_field(
            _formatter.convert_field(value, conversion),  # type: ignore[arg-type]
            _formatter.vformat(spec, values, bound),
        )
        if not isinstance(value, (str, int)):
            refuse_address(value, text, self._what)
        return text


def _parse(template: str, what: str) -> List[_Part]:
    parts, automatic = [], 0
    try:
        parsed = list(_formatter.parse(template))
    except ValueError as error:
        raise ArgumentError(f"{what} cannot be read: {error}") from None
    for literal, field, spec, conversion in parsed:
        if field == "":
            field, automatic = str(automatic), automatic + 1
        parts.append((literal, field, spec or "", conversion))
    return parts


def _separators(parts: List[_Part]) -> Tuple[str, bool]:
    """The characters that tell fields apart; True if some fields have none between them."""
    literals, open_literal, seen = [], "", False
    for literal, field, _, _ in parts:
        open_literal += literal
        if field is not None:
            literals += [open_literal] if seen else []
            open_literal, seen = "", True
    marks = [{one for one in literal if not one.isalnum()} - _BRACKETS for literal in literals]
    return "".join(sorted(set().union(*marks))), not all(marks)


def insert(value: Any, separators: str) -> bytes:
    """What a plain field of a key is. Also called by the native half, for what it cannot decide at once."""
    kind = type(value)
    if kind is str:
        if _NUMBER.match(value) or value in _NAMES or value.startswith("@"):
            return _in_quotes(value)
        return _quoted(value, separators)
    if kind in (int, float, bool) or value is None:
        text = repr(value)
        if not any(one in separators for one in text):
            return text.encode()
    return _closed(value)


def _closed(value: Any) -> bytes:
    from coffer._coffer import encode_key  # which asks for this module as it is loaded

    return b"@(" + encode_key(value) + b")"


def _quoted(text: str, separators: str) -> bytes:
    if text.startswith("'") or any(one in text for one in separators):
        return _in_quotes(text)
    return text.encode()


def _in_quotes(text: str) -> bytes:
    return b"'" + text.replace("\\", "\\\\").replace("'", "\\'").encode() + b"'"


def refuse_address(value: Any, text: str, what: str) -> None:
    """TypeError if `text`, which was made of `value`, tells where an object lies rather than which it is."""
    kind = type(value)
    opaque = kind.__repr__ is object.__repr__ and kind.__str__ is object.__str__
    if (opaque and text.startswith("<")) or _ADDRESS.search(text):
        raise TypeError(
            f"{what} would hold the address of an object ({text[:80]}), which another object may have tomorrow: "
            f'name an attribute, as in "{{user.id}}"'
            + (f", or define {kind.__qualname__}.__str__" if opaque else "")
        )


def checked_text(made: Any, what: str) -> str:
    """Text that a function of the program's made for a key or tag."""
    if not isinstance(made, str):
        raise TypeError(f"{what} is {made!r}; it must be text")
    refuse_address(None, made, what)
    return made


def keys_of(template: str, ids: Iterable[Any]) -> List[bytes]:
    """Keys of ids, by a template such as "user:{}"."""
    made = _of_ids(template)
    return [made.key({"id": one}) for one in ids]


@functools.lru_cache(maxsize=256)
def _of_ids(template: str) -> Template:
    return Template(template, ["id"], "the key")
