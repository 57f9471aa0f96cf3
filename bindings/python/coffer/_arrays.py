"""Arrays and tables of NumPy and pandas as parts of keys: their type, shape, labels and contents.

Neither library is imported: what is given is told by the name of its class. Contents count by a digest. Values that NumPy
keeps as pointers (objects, strings of any length) count one by one, as Python objects do.
"""

from __future__ import annotations

import hashlib
import weakref
from typing import Any, Callable, Dict, Optional, Tuple, Type

# Kinds of dtype whose bytes are their contents: numbers, dates, text and bytes of fixed size.
_BY_BYTES = frozenset("biufcmMSU")

Encoder = Callable[[Any], Any]


def encoder(kind: Type[Any]) -> Optional[Encoder]:
    """What makes plain values of an instance of the class, which say all that it says; None for other classes."""
    if kind not in _known:
        _known[kind] = _find(kind)
    return _known[kind]


def _find(kind: Type[Any]) -> Optional[Encoder]:
    if kind.__module__.partition(".")[0] not in ("numpy", "pandas"):
        return None  # a subclass may hold more, such as a unit
    names = (f"{base.__module__}.{base.__qualname__}" for base in kind.__mro__)
    return next((_ENCODERS[name] for name in names if name in _ENCODERS), None)


_known: "weakref.WeakKeyDictionary[Type[Any], Optional[Encoder]]" = weakref.WeakKeyDictionary()


def _array(array: Any) -> Tuple[Any, ...]:
    """dtype, shape and contents of a numpy.ndarray."""
    dtype = array.dtype
    if dtype.names is not None:
        return (_layout(dtype), array.shape, [_array(array[name]) for name in dtype.names])
    if dtype.kind in _BY_BYTES:
        return (dtype.str, array.shape, _digest(array.tobytes()))
    if dtype.kind == "V":
        return (dtype.str, array.shape, array.tobytes())
    return (_layout(dtype), array.shape, array.tolist())


def _masked(array: Any) -> Tuple[Any, ...]:
    # What lies under the mask does not count.
    return (*_array(array.filled()), array.mask.tolist(), array.fill_value.tolist())


def _scalar(scalar: Any) -> Tuple[Any, ...]:
    return _array(_plain(scalar.dtype, scalar))


def _plain(dtype: Any, scalar: Any) -> Any:
    import numpy  # it is there: the scalar is one of its own

    return numpy.asarray(scalar, dtype)


def _layout(dtype: Any) -> str:
    """All of a dtype: names, offsets, units and byte orders of its fields."""
    return repr(dtype)


def _digest(data: bytes) -> bytes:
    return data if len(data) <= 32 else hashlib.blake2b(data, digest_size=32).digest()


def _index(index: Any) -> Tuple[Any, ...]:
    return (type(index).__name__, _dtype(index), list(index.names), _column(index))


def _series(series: Any) -> Tuple[Any, ...]:
    return (series.name, _dtype(series), _index(series.index), _column(series))


def _frame(frame: Any) -> Tuple[Any, ...]:
    columns = [_series_of(frame, i) for i in range(frame.shape[1])]
    return (_index(frame.columns), _index(frame.index), columns)


def _series_of(frame: Any, position: int) -> Tuple[Any, ...]:
    column = frame.iloc[:, position]
    return (_dtype(column), _column(column))


def _dtype(labelled: Any) -> str:
    return repr(getattr(labelled, "dtypes", None)) if labelled.ndim > 1 else repr(labelled.dtype)


def _column(labelled: Any) -> Any:
    """The contents of a Series or Index."""
    if type(labelled.dtype).__module__.startswith("numpy") and labelled.dtype.kind in _BY_BYTES:
        return _array(labelled.to_numpy())
    return list(labelled.astype(object))


def _categories(array: Any) -> Tuple[Any, ...]:
    return (_index(array.categories), array.ordered, _array(array.codes))


def _extension(array: Any) -> Tuple[Any, ...]:
    return (repr(array.dtype), list(array.astype(object)))


_ENCODERS: Dict[str, Encoder] = {
    "numpy.ma.core.MaskedArray": _masked,
    "numpy.ma.MaskedArray": _masked,
    "numpy.ndarray": _array,
    "numpy.generic": _scalar,
    "numpy.dtype": _layout,
    "pandas.core.frame.DataFrame": _frame,
    "pandas.core.series.Series": _series,
    "pandas.core.indexes.base.Index": _index,
    "pandas.core.arrays.categorical.Categorical": _categories,
    "pandas.core.arrays.base.ExtensionArray": _extension,
    "pandas._libs.tslibs.timestamps.Timestamp": lambda value: (
        value.isoformat(),
        value.fold,
        str(value.tz),
    ),
    "pandas._libs.tslibs.timestamps._Timestamp": lambda value: (
        value.isoformat(),
        value.fold,
        str(value.tz),
    ),
    "pandas._libs.tslibs.timedeltas.Timedelta": lambda value: (
        value.value,
        value.resolution_string,
    ),
    "pandas._libs.tslibs.period.Period": lambda value: (value.ordinal, value.freqstr),
    "pandas._libs.interval.Interval": lambda value: (value.left, value.right, value.closed),
    "pandas._libs.tslibs.nattype.NaTType": lambda value: (),
    "pandas._libs.missing.NAType": lambda value: (),
}
