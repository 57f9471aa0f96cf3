"""Decisions of a shared cache of HTTP: what may be stored, for how long, and for whom it may be
used. No I/O.

RFC 9111 throughout, with stale-while-revalidate and stale-if-error of RFC 5861. Times are seconds;
the present is an argument. Where the RFC leaves a choice, the choice is the one that cannot show an
answer to the wrong user.
"""

from __future__ import annotations

from typing import Any, List, NamedTuple, Optional, Tuple

from coffer.contrib._http_fields import (
    MOST_SECONDS,
    Fields,
    age_of,
    cache_control,
    combined,
    date,
    directives_of,
    first,
    lines_by_name,
    members,
    names_in,
    opaque,
    seconds,
)

# RFC 9110 §15.1, without 206, which is never stored here.
HEURISTIC = {200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501}
# Of these, the ones that the default ttl is for: errors are kept only if they say so themselves.
_BY_DEFAULT = {200, 203, 204, 300, 301, 308}
# What must-understand is about (RFC 9111 §5.2.2.3): the codes whose caching is done as specified.
_UNDERSTOOD = HEURISTIC | {302, 307, 400, 401, 403, 409, 500, 502, 503, 504}
_HEURISTIC_PART, _HEURISTIC_MOST = 0.1, 86400.0  # RFC 9111 §4.2.2

# RFC 9111 §3.1 and RFC 9110 §7.6.1: fields of the connection. Age is written anew.
_OF_THE_CONNECTION = {
    b"age", b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authentication-info",
    b"proxy-authorization", b"proxy-connection", b"te", b"transfer-encoding", b"upgrade",
}  # fmt: skip
# What a 304 does not change: fields that describe the stored content (RFC 9111 §3.2).
_OF_THE_CONTENT = {b"content-encoding", b"content-type", b"content-range", b"content-length"}
# What a 304 has (RFC 9110 §15.4.5).
_OF_NOT_MODIFIED = {
    b"cache-control", b"content-location", b"date", b"etag", b"expires", b"vary", b"last-modified",
    b"age", b"cache-status",
}  # fmt: skip
# Requests that are not about a whole stored answer (RFC 9110 §13.1, §14.2).
_FOR_THE_ORIGIN = {b"range", b"if-match", b"if-unmodified-since", b"if-range"}

FOR_AUTHORIZED, FOR_COOKIES, NEVER_STALE, ALWAYS_VALIDATE, BORN_STALE = 1, 2, 4, 8, 16

FRESH, STALE, UNUSABLE = "fresh", "stale", "unusable"


class Defaults(NamedTuple):
    """What is assumed of answers that do not say it themselves. Seconds; None: nothing is
    assumed."""

    ttl: Optional[float] = None
    while_revalidate: float = 0.0
    if_error: float = 0.0


class Terms(NamedTuple):
    """How long an answer may be used, and how."""

    lifetime: float
    while_revalidate: float
    if_error: float
    flags: int

    def serves_others(self, age: float = 0.0) -> bool:
        """Whether an answer of that age may be given to later requests without asking the
        application again."""
        asks = self.flags & (ALWAYS_VALIDATE | BORN_STALE)
        return not asks and age < self.lifetime + self.while_revalidate


class Stored(NamedTuple):
    """A stored answer: plain data, which every serializer can hold."""

    status: int
    fields: Any  # pairs of bytes
    body: bytes
    born: float  # the time at which its age was 0
    lifetime: float
    while_revalidate: float
    if_error: float
    flags: int

    def age(self, now: float) -> float:
        """RFC 9111 §4.2.3."""
        return max(0.0, now - self.born)

    def serves_others(self) -> bool:
        return Terms(*self[4:]).serves_others()

    def validators(self) -> Tuple[Optional[bytes], Optional[bytes]]:
        """ETag and Last-Modified."""
        return first(self.fields, b"etag"), first(self.fields, b"last-modified")


class Asked:
    """What a request wants of a cache."""

    def __init__(self, method: str, fields: Fields) -> None:
        self.method, self.fields = method, fields
        self.lines = lines_by_name(fields)
        directives = directives_of(self.lines.get(b"cache-control"))
        pragma = b"no-cache" in names_in(self.lines.get(b"pragma"))  # RFC 9111 §5.4
        self.max_age = seconds(directives, "max-age")
        self.reload = (
            "no-cache" in directives
            or (pragma and b"cache-control" not in self.lines)
            or (self.max_age == 0 and "max-stale" not in directives)
        )
        self.no_store = "no-store" in directives
        self.only_if_cached = "only-if-cached" in directives
        self.min_fresh = seconds(directives, "min-fresh") or 0
        self.if_error = seconds(directives, "stale-if-error") or 0
        self.max_stale = seconds(directives, "max-stale")
        if "max-stale" in directives and directives["max-stale"] is None:
            self.max_stale = MOST_SECONDS
        self.authorized = b"authorization" in self.lines
        self.cookies = b"cookie" in self.lines

    @property
    def personal(self) -> bool:
        """Whether the answer may be for one user alone."""
        return self.authorized or self.cookies

    @property
    def conditional(self) -> bool:
        """Whether the client has an answer already, and asks for another one only."""
        return b"if-none-match" in self.lines or b"if-modified-since" in self.lines

    def passes_by(self) -> bool:
        """Whether a cache has no part in it: parts of answers, preconditions that only the
        application can judge, requests with content, and those that forbid to store."""
        content = self.lines.get(b"content-length", b"0").strip() != b"0"
        return (
            not _FOR_THE_ORIGIN.isdisjoint(self.lines)
            or content
            or b"transfer-encoding" in self.lines
            or self.no_store
        )


# ---- Storing (RFC 9111 §3) ----


def terms_of(
    asked: Asked, status: int, fields: Fields, now: float, defaults: Defaults
) -> Optional[Terms]:
    """The terms on which an answer may be stored; None if it must not be, or if nobody could use
    it."""
    said = cache_control(fields)
    if not _may_store(asked, status, fields, said):
        return None
    lifetime = _lifetime(status, fields, said, now, defaults)
    validate = "no-cache" in said and said["no-cache"] is None
    if lifetime is None or (validate and not has_validator(fields)):
        return None
    flags = _users(fields, said)
    explicit = {name: seconds(said, name) for name in ("stale-while-revalidate", "stale-if-error")}
    strict = "must-revalidate" in said or "proxy-revalidate" in said or validate
    # s-maxage implies proxy-revalidate (§5.2.2.10), unless the same answer says how stale it may
    # get.
    if strict or ("s-maxage" in said and not any(explicit.values())):
        flags |= NEVER_STALE
    if validate:
        flags |= ALWAYS_VALIDATE
    windows = [
        default if explicit[name] is None else float(explicit[name] or 0)
        for name, default in (
            ("stale-while-revalidate", defaults.while_revalidate),
            ("stale-if-error", defaults.if_error),
        )
    ]
    if flags & NEVER_STALE:
        windows = [0.0, 0.0]
    if lifetime <= 0 and not any(windows) and not has_validator(fields):
        return None
    return Terms(lifetime, windows[0], windows[1], flags)


def _may_store(asked: Asked, status: int, fields: Fields, said: Any) -> bool:
    if status < 200 or status in (206, 304):
        return False
    if "must-understand" in said:
        if status not in _UNDERSTOOD:
            return False
    elif "no-store" in said:
        return False
    if "private" in said and said["private"] is None:
        return False
    if b"*" in members(combined(fields, b"vary")):  # no later request could match (§4.1)
        return False
    if (first(fields, b"content-type") or b"").lower().startswith(b"text/event-stream"):
        return False
    if any(name.lower() == b"set-cookie" for name, _ in kept_fields(fields)):
        return False
    users = _users(fields, said)
    return is_for(asked, users) or (
        not asked.authorized and b"cookie" in names_in(combined(fields, b"vary"))
    )


def _users(fields: Fields, said: Any) -> int:
    """For which requests with credentials the answer is, besides those without."""
    shared = "public" in said or "s-maxage" in said
    flags = FOR_AUTHORIZED if shared or "must-revalidate" in said else 0  # §3.5
    if shared or b"cookie" in names_in(combined(fields, b"vary")):
        flags |= FOR_COOKIES
    return flags


def is_for(asked: Asked, flags: int) -> bool:
    """Whether the answer is for a request with such credentials."""
    return (not asked.authorized or bool(flags & FOR_AUTHORIZED)) and (
        not asked.cookies or bool(flags & FOR_COOKIES)
    )


def _lifetime(
    status: int, fields: Fields, said: Any, now: float, defaults: Defaults
) -> Optional[float]:
    """The freshness lifetime (§4.2.1); None if the answer has none and the status allows no guess
    (§4.2.2)."""
    for name in ("s-maxage", "max-age"):
        explicit = seconds(said, name)
        if explicit is not None:
            return float(explicit)
    made = date(first(fields, b"date"))
    made_at = now if made is None else float(made)
    if any(name.lower() == b"expires" for name, _ in fields):
        expires = date(first(fields, b"expires"))
        return 0.0 if expires is None else max(0.0, expires - made_at)
    if status not in HEURISTIC and "public" not in said:
        return None
    if defaults.ttl is not None and status in _BY_DEFAULT:
        return defaults.ttl
    modified = date(first(fields, b"last-modified"))
    if modified is None:
        return 0.0
    return min(_HEURISTIC_MOST, max(0.0, made_at - modified) * _HEURISTIC_PART)


def has_validator(fields: Fields) -> bool:
    return first(fields, b"etag") is not None or first(fields, b"last-modified") is not None


def kept_fields(fields: Fields) -> List[Tuple[bytes, bytes]]:
    """The fields of an answer that are stored (§3.1), with names in lower case."""
    said = cache_control(fields)
    left_out = _OF_THE_CONNECTION | names_in(combined(fields, b"connection"))
    for directive in ("no-cache", "private"):
        left_out |= names_in((said.get(directive) or "").encode("latin-1"))
    return [(name.lower(), value) for name, value in fields if name.lower() not in left_out]


def initial_age(fields: Fields, asked_at: float, now: float) -> float:
    """The age of an answer that arrives: from its Date, from the Age that other caches gave it, and
    from the time since the request (§4.2.3)."""
    made = date(first(fields, b"date"))
    apparent = 0.0 if made is None else now - made
    if apparent < 1:  # a Date has whole seconds: what is made in this one is new
        apparent = 0.0
    return max(apparent, age_of(fields) + max(0.0, now - asked_at))


def stored(status: int, fields: Fields, body: bytes, terms: Terms, born: float) -> Stored:
    """The answer as it is kept."""
    kept = tuple((bytes(name), bytes(value)) for name, value in kept_fields(fields))
    return Stored(status, kept, body, born, *terms)


# ---- Using (RFC 9111 §4) ----


def usable(asked: Asked, answer: Stored, now: float) -> str:
    """FRESH; STALE if it may be used although it is not fresh; or UNUSABLE without validation."""
    if asked.reload or answer.flags & ALWAYS_VALIDATE or not is_for(asked, answer.flags):
        return UNUSABLE
    age = answer.age(now)
    left = answer.lifetime - age
    if asked.max_age is not None and age > asked.max_age and asked.max_stale is None:
        return UNUSABLE
    if left > 0 and left >= asked.min_fresh:
        return FRESH
    if answer.flags & NEVER_STALE or asked.min_fresh:
        return UNUSABLE
    if -left < answer.while_revalidate or -left <= (asked.max_stale or -1):
        return STALE
    return UNUSABLE


def within_while_revalidate(answer: Stored, now: float) -> bool:
    """Whether a stale answer is to be renewed in the background (RFC 5861 §3)."""
    return 0 <= answer.age(now) - answer.lifetime < answer.while_revalidate


def usable_on_error(asked: Asked, answer: Stored, now: float) -> bool:
    """Whether it may stand in for an answer that failed (RFC 5861 §4)."""
    if asked.reload or answer.flags & (NEVER_STALE | ALWAYS_VALIDATE):
        return False
    window = max(answer.if_error, asked.if_error)
    stale_for = answer.age(now) - answer.lifetime
    return window > 0 and is_for(asked, answer.flags) and stale_for < window


# ---- Validation (RFC 9111 §4.3) ----


def conditional(fields: Fields, answer: Optional[Stored]) -> List[Tuple[bytes, bytes]]:
    """The fields of a request that asks for the whole answer, or whether the stored one is still
    right (§4.3.1).

    The client's own preconditions are left out: they are about what the client has, and are judged
    here (§4.3.2).
    """
    kept = [
        (name, value)
        for name, value in fields
        if name.lower() not in (b"if-none-match", b"if-modified-since")
    ]
    tag, modified = answer.validators() if answer is not None else (None, None)
    if tag is not None:
        kept.append((b"if-none-match", tag))
    if modified is not None:
        kept.append((b"if-modified-since", modified))
    return kept


def confirms(answer: Stored, fields: Fields) -> bool:
    """Whether a 304 with these fields is about the stored answer (§4.3.4)."""
    tag, stored_tag = first(fields, b"etag"), first(answer.fields, b"etag")
    return tag is None or (stored_tag is not None and opaque(tag) == opaque(stored_tag))


def freshened(answer: Stored, fields: Fields) -> List[Tuple[bytes, bytes]]:
    """The fields of a stored answer, with those of a 304 in the place of the former ones (§3.2)."""
    new = [pair for pair in kept_fields(fields) if pair[0] not in _OF_THE_CONTENT]
    replaced = {name for name, _ in new}
    if b"date" not in replaced:
        replaced.add(b"date")  # the time of the former answer is not that of this one
    return [pair for pair in answer.fields if pair[0] not in replaced] + new


def not_modified(asked: Asked, status: int, fields: Fields) -> bool:
    """Whether the client has this answer already (§4.3.2, RFC 9110 §13.2.2)."""
    if status != 200 or not asked.conditional:
        return False
    if b"if-none-match" in asked.lines:
        wanted = members(asked.lines[b"if-none-match"])
        tag = first(fields, b"etag")
        if b"*" in wanted:
            return True
        return tag is not None and opaque(tag) in [opaque(one) for one in wanted]
    since = date(asked.lines[b"if-modified-since"])
    modified = date(first(fields, b"last-modified"))
    return since is not None and modified is not None and modified <= since


def of_not_modified(fields: Fields) -> List[Tuple[bytes, bytes]]:
    """The fields of the 304 that stands for an answer."""
    return [pair for pair in fields if pair[0].lower() in _OF_NOT_MODIFIED]
