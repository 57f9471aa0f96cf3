"""Values in a form in which two readings of a text can be compared: Python's, and the notation of the driver.

Maps and sets have no order there, a key that comes twice has its last value, as in a dict, and every NaN is one.
"""

import datetime
import struct

from tests.values.values import DATE, DATETIME, DATETIME_TZ, LIST, SET, TUPLE

EPOCH = datetime.datetime(1970, 1, 1)


def as_python_compares(key):
    """For Python 1, 1.0 and True are one key."""
    if key[0] in ("t", "f"):
        return key[0] == "t"
    if key[0] == "i":
        return int(key[1])
    if key[0] == "d" and key[1] != "nan":
        return struct.unpack("<d", bytes.fromhex(key[1]))[0]
    return key


def of_map(pairs):
    last = {}
    for key, value in pairs:
        kept = last.get(as_python_compares(key), (key, None))
        last[as_python_compares(key)] = (kept[0], value)
    return ("map",) + tuple(sorted(last.values(), key=repr))


def of_list(kind, items):
    if kind == SET:
        items = sorted(
            {as_python_compares(item): item for item in reversed(items)}.values(), key=repr
        )
    return ("list", kind) + tuple(items)


def of_float(value):
    return ("d", "nan") if value != value else ("d", struct.pack("<d", value).hex())


def of_ext(kind, data):
    return ("x%d" % kind, data.hex())


def seconds_since_epoch(moment):
    span = moment - EPOCH
    return span.days * 86400 + span.seconds, span.microseconds * 1000


def of_datetime(value):
    if value.tzinfo is None:
        return of_ext(DATETIME, struct.pack("<qi", *seconds_since_epoch(value)))
    offset = value.utcoffset()
    seconds, nanoseconds = seconds_since_epoch(value.replace(tzinfo=None))
    offset = offset.days * 86400 + offset.seconds
    return of_ext(DATETIME_TZ, struct.pack("<qii", seconds - offset, nanoseconds, offset))


def of_python(value):
    """What Python has, deep structures excepted."""
    if value is None or isinstance(value, bool):
        return ({None: "n", True: "t", False: "f"}[value],)
    if isinstance(value, int):
        return ("i", str(value))
    if isinstance(value, float):
        return of_float(value)
    if isinstance(value, str):
        return ("s", value.encode().hex())
    if isinstance(value, bytes):
        return ("b", value.hex())
    if isinstance(value, datetime.datetime):
        return of_datetime(value)
    if isinstance(value, datetime.date):
        return of_ext(DATE, struct.pack("<i", value.toordinal() - EPOCH.toordinal()))
    if isinstance(value, dict):
        return of_map([(of_python(k), of_python(v)) for k, v in value.items()])
    if isinstance(value, (set, frozenset)):
        return of_list(SET, [of_python(item) for item in value])
    if isinstance(value, tuple):
        return of_list(TUPLE, [of_python(item) for item in value])
    return of_list(LIST, [of_python(item) for item in value])


def of_notation(line):
    """A line of the driver; None for a failure."""
    if line in ("CORRUPT", "REFUSED"):
        return None
    words = iter(line.split(" "))
    value = of_words(next(words), words)
    assert list(words) == [""], line
    return value


def of_words(word, words):
    kind, rest = word[0], word[1:]
    if kind == "[":
        return of_list(int(rest), list(until("]", words)))
    if kind == "{":
        items = list(until("}", words))
        return of_map(zip(items[0::2], items[1::2]))
    if kind == "d":
        return of_float(struct.unpack("<d", struct.pack("<Q", int(rest, 16)))[0])
    if kind == "x":
        type_, _, data = rest.partition(":")
        return of_ext(int(type_), to_microseconds(int(type_), bytes.fromhex(data)))
    return (kind, rest) if kind in "isb" else (kind,)


def to_microseconds(kind, data):
    """All that Python keeps."""
    if kind not in (DATETIME, DATETIME_TZ):
        return data
    seconds, nanoseconds = struct.unpack_from("<qi", data)
    return struct.pack("<qi", seconds, nanoseconds // 1000 * 1000) + data[12:]


def until(end, words):
    for word in words:
        if word == end:
            return
        yield of_words(word, words)


def to_notation(value):
    """A canonical value for the driver."""
    if value[0] == "list":
        return "[%d %s] " % (value[1], "".join(map(to_notation, value[2:])))
    if value[0] == "map":
        return "{ %s} " % "".join(to_notation(k) + to_notation(v) for k, v in value[1:])
    if value[0] == "d":
        bits = "7ff8000000000000" if value[1] == "nan" else bytes.fromhex(value[1])[::-1].hex()
        return "d%s " % bits
    if value[0].startswith("x"):
        return "%s:%s " % value
    return "".join(value) + " "
