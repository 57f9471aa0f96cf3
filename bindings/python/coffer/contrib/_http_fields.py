"""Header fields of HTTP messages: combined lines, lists, dates, entity tags, Cache-Control. No I/O.

Messages have their fields as ASGI gives them: pairs of bytes, in the order of the message.
"""

from __future__ import annotations

import calendar
import re
from typing import Dict, List, Optional, Sequence, Set, Tuple

Fields = Sequence[Tuple[bytes, bytes]]
Directives = Dict[str, Optional[str]]

MOST_SECONDS = 2**31 - 1
"""The greatest delta-seconds (RFC 9111 §1.2.2)."""

_MEMBER = re.compile(rb'(?:"(?:[^"\\]|\\.)*"|[^,"]|")+')
_DIRECTIVE = re.compile(
    r'\s*([!#$%&\'*+.^_`|~0-9A-Za-z-]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^,]*))?[^,]*,?'
)
_FIELD_NAMES = ("no-cache", "private")  # the directives whose argument is a list of field names
_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_MONTH = f"(?P<month>{'|'.join(_MONTHS)})"
_TIME = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
_DATES = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_DAY}, (?P<day>\d\d) {_MONTH} (?P<year>\d{{4}}) {_TIME} GMT",
        rf"{_DAY}[a-z]*, (?P<day>\d\d)-{_MONTH}-(?P<year>\d\d) {_TIME} GMT",
        rf"{_DAY} {_MONTH} (?P<day>[ \d]\d) {_TIME} (?P<year>\d{{4}})",
    )
]


def combined(fields: Fields, name: bytes) -> Optional[bytes]:
    """All lines of a field as one value (RFC 9110 §5.3), or None if there is none."""
    lines = [value for field, value in fields if field.lower() == name]
    return b", ".join(lines) if lines else None


def lines_by_name(fields: Fields) -> Dict[bytes, bytes]:
    """All fields as `combined` gives them, by name in lower case."""
    lines: Dict[bytes, bytes] = {}
    for name, value in fields:
        name = name.lower()
        lines[name] = lines[name] + b", " + value if name in lines else value
    return lines


def first(fields: Fields, name: bytes) -> Optional[bytes]:
    """The first line of a field that may occur once."""
    return next((value.strip() for field, value in fields if field.lower() == name), None)


def members(value: Optional[bytes]) -> List[bytes]:
    """The members of a list (RFC 9110 §5.6.1): split at commas outside quotes, without empty
    ones."""
    parts = _MEMBER.findall(value or b"")
    return [part.strip() for part in parts if part.strip()]


def names_in(value: Optional[bytes]) -> Set[bytes]:
    """The members of a list of field names, in lower case."""
    return {member.lower() for member in members(value)}


def cache_control(fields: Fields) -> Directives:
    """The directives of the field Cache-Control."""
    return directives_of(combined(fields, b"cache-control"))


def directives_of(value: Optional[bytes]) -> Directives:
    """The directives of Cache-Control by name in lower case, with their arguments without quotes.

    Of a directive that occurs twice the first counts (RFC 9111 §4.2.1), but lists of field names
    add up, and without a list (None) no-cache and private are about the whole answer, whatever else
    there is.
    """
    directives: Directives = {}
    text = (value or b"").decode("latin-1")
    position = 0
    while position < len(text):
        piece = _DIRECTIVE.match(text, position)
        if piece is None or piece.end() == position:
            position += 1
            continue
        position = piece.end()
        name, argument = piece[1].lower(), _unquoted(piece[2])
        if name in _FIELD_NAMES:
            known = directives.get(name, "")
            directives[name] = f"{known},{argument}" if argument and known is not None else None
        else:
            directives.setdefault(name, argument)
    return directives


def _unquoted(argument: Optional[str]) -> Optional[str]:
    if argument is None:
        return None
    argument = argument.strip()
    if len(argument) > 1 and argument[0] == argument[-1] == '"':
        return re.sub(r"\\(.)", r"\1", argument[1:-1])
    return None if argument.startswith('"') else argument  # a quote that does not end


def seconds(directives: Directives, name: str) -> Optional[int]:
    """The delta-seconds of a directive, None if it is absent. One that is no number counts as 0:
    RFC 9111 §4.2.1 advises to take an answer with invalid freshness information as stale."""
    if name not in directives:
        return None
    argument = directives[name] or ""
    digits = argument.isascii() and argument.isdigit()
    return min(int(argument[:20]), MOST_SECONDS) if digits else 0


def age_of(fields: Fields) -> int:
    """The Age that a cache in between has written (RFC 9111 §5.1): the first member; 0 if it is no
    number."""
    value = next(iter(members(combined(fields, b"age"))), b"")
    return min(int(value[:20]), MOST_SECONDS) if value.isdigit() else 0


def date(value: Optional[bytes]) -> Optional[int]:
    """Seconds since 1970 of an HTTP-date in any of its three forms (RFC 9110 §5.6.7); None if it is
    invalid."""
    text = (value or b"").decode("latin-1").strip()
    for form in _DATES:
        found = form.fullmatch(text)
        if found is not None:
            break
    else:
        return None
    year, month = int(found["year"]), _MONTHS.index(found["month"].title()) + 1
    if year < 100:  # of RFC 850: the last year with these digits that is at most 50 years ahead
        year += 2000 if year < 76 else 1900
    day, hour, minute, second = (int(found[part]) for part in ("day", "hour", "minute", "second"))
    if not 1 <= day <= calendar.monthrange(max(year, 1), month)[1]:
        return None
    if hour > 23 or minute > 59 or second > 60 or year < 1:
        return None
    return calendar.timegm((year, month, day, hour, minute, second))


def opaque(tag: bytes) -> bytes:
    """An entity tag without its mark of weakness: what the weak comparison compares (RFC 9110
    §8.8.3.2)."""
    return tag[2:] if tag.startswith(b"W/") else tag


def normalized(value: Optional[bytes]) -> Optional[bytes]:
    """A field's value so that two that match by RFC 9111 §4.1 are equal: without optional space
    around members."""
    if value is None or (b"," not in value and b'"' not in value):
        return value and value.strip()
    return b",".join(members(value))
