"""Get many values, or compute the missing ones in one call."""

from __future__ import annotations

from typing import Any, Awaitable, Callable, Dict, Iterable, List, Mapping, Sequence, Tuple, Union

from coffer import _background, _computing, _context, _load, _load_async
from coffer._computing import Computing
from coffer._copy import freeze
from coffer._load import LEAD, NONE, UNREACHABLE, WAIT, Spec
from coffer._previous import renewing_async, renewing_many
from coffer._rows import Dependencies
from coffer._sentinel import MISS
from coffer._storable import checked

Answer = Tuple[int, int, Any]


def complete(ids: Sequence[Any], computed: Any) -> Dict[Any, Any]:
    """A value for each id, None for those the function did not return. A list answers the ids in their order."""
    if isinstance(computed, Mapping):
        return {one: checked(computed.get(one)) for one in ids}
    if not isinstance(computed, Iterable):
        checked(computed)
    values = [checked(value) for value in computed]
    if len(values) != len(ids):
        raise ValueError(
            f"{len(ids)} ids were asked for and {len(values)} values returned; return a dict, "
            "or a list with a value for each id"
        )
    return dict(zip(ids, values))


class Plan:
    """What a call of many ids does with the answers of the cache."""

    def __init__(
        self, ids: Sequence[Any], keys: Sequence[Any], answers: Sequence[Answer], lock: bool
    ) -> None:
        self.found: Dict[Any, Any] = {}
        self.lead: Dict[Any, Tuple[Any, int]] = {}  # to compute and store: id -> (key, lease)
        self.alone: Dict[Any, Tuple[Any, int]] = {}  # to compute for this call only: no lease
        self.wait: Dict[Any, Tuple[Any, int]] = {}
        self.refresh: Dict[Any, Tuple[Any, int]] = {}
        self.release: List[int] = []
        for one, key, (state, lease, value) in zip(ids, keys, answers):
            if state == WAIT and lock:
                self.wait[one] = (key, lease)
            elif state == WAIT:
                self.release.append(lease)
                self.alone[one] = (key, 0)
            elif lease and (state == LEAD or value is MISS):
                self.lead[one] = (key, lease)
            elif state == NONE or value is MISS:
                self.alone[one] = (key, 0)
            else:
                self.found[one] = value
                if lease:
                    self.refresh[one] = (key, lease)

    @property
    def missing(self) -> Dict[Any, Tuple[Any, int]]:
        return {**self.lead, **self.alone}


# Of all ids together, or a function of one.
ManyDependencies = Union[Dependencies, Callable[[Any], Dependencies]]


def _fetch(
    cache: Any, ids: Sequence[Any], keys: Sequence[Any], spec: Spec, dependencies: ManyDependencies
) -> List[Answer]:
    transaction = _context.transaction()
    if not callable(dependencies):
        return cache._fetch_many(keys, spec.options, dependencies, transaction)
    return [
        cache._fetch(key, spec.options, dependencies(one), transaction)
        for one, key in zip(ids, keys)
    ]


def _of(dependencies: ManyDependencies, one: Any) -> Dependencies:
    return dependencies(one) if callable(dependencies) else dependencies


def load(
    cache: Any,
    ids: Sequence[Any],
    keys: Sequence[Any],
    compute: Callable[[List[Any]], Any],
    spec: Spec,
    dependencies: ManyDependencies,
) -> Dict[Any, Any]:
    try:
        answers = _fetch(cache, ids, keys, spec, dependencies)
    except UNREACHABLE:
        return _compute(cache, {one: (key, 0) for one, key in zip(ids, keys)}, compute, spec)
    plan = Plan(ids, keys, answers, spec.lock)
    _release(cache, plan.release)
    values = plan.found
    try:
        # First what this call leads, then what others do: two such calls cannot wait for each other.
        if plan.missing:
            values.update(_compute(cache, plan.missing, compute, spec))
    except BaseException:
        _release(cache, [lease for _, lease in [*plan.wait.values(), *plan.refresh.values()]])
        raise
    if plan.refresh:
        old = {one: (key, plan.found[one]) for one, (key, _) in plan.refresh.items()}
        renew = renewing_many(compute, cache, old)
        if not _background.run(_refresh, cache, plan.refresh, renew, spec):
            _release(cache, [lease for _, lease in plan.refresh.values()])
    for one, (key, lease) in plan.wait.items():
        values[one] = _await(cache, one, key, lease, compute, spec, dependencies)
    return {one: values[one] for one in ids}


def _compute(
    cache: Any,
    leases: Mapping[Any, Tuple[Any, int]],
    compute: Callable[[List[Any]], Any],
    spec: Spec,
) -> Dict[Any, Any]:
    """The values of ids, all in one call; each has a key, and a lease or 0."""
    ids = list(leases)
    try:
        with Computing(cache, dict(leases.values())):
            values = _kept(cache, complete(ids, compute(ids)))
        for one, (key, lease) in leases.items():
            if lease:
                _load.commit(cache, key, lease, values[one], spec)
    except BaseException as error:
        _give_up(cache, leases, error)
        raise
    return values


def _kept(cache: Any, values: Dict[Any, Any]) -> Dict[Any, Any]:
    """As everybody will get them."""
    return {one: freeze(value) for one, value in values.items()} if cache._freezes else values


def _await(
    cache: Any,
    one: Any,
    key: Any,
    lease: int,
    compute: Callable[[List[Any]], Any],
    spec: Spec,
    dependencies: ManyDependencies,
) -> Any:
    state, lease, value = _load.wait(cache, lease) or (NONE, 0, MISS)
    if state == LEAD:
        return _compute(cache, {one: (key, lease)}, compute, spec)[one]
    if value is not MISS:
        return value
    return _load.load(
        cache, key, lambda: complete([one], compute([one]))[one], spec, _of(dependencies, one)
    )


def _refresh(
    cache: Any, leases: Mapping[Any, Tuple[Any, int]], compute: Callable[..., Any], spec: Spec
) -> None:
    _computing.leave()
    try:
        _compute(cache, leases, compute, spec)
    except Exception as error:  # noqa: BLE001: the stale values are served on
        _background.report([key for key, _ in leases.values()], error)


async def load_async(
    cache: Any,
    ids: Sequence[Any],
    keys: Sequence[Any],
    compute: Callable[[List[Any]], Awaitable[Any]],
    spec: Spec,
    dependencies: ManyDependencies,
) -> Dict[Any, Any]:
    try:
        answers = await _load_async.leasing(cache, _fetch, cache, ids, keys, spec, dependencies)
    except UNREACHABLE:
        alone = {one: (key, 0) for one, key in zip(ids, keys)}
        return await _compute_async(cache, alone, compute, spec)
    plan = Plan(ids, keys, answers, spec.lock)
    _release(cache, plan.release)
    values = plan.found
    try:
        if plan.missing:
            values.update(await _compute_async(cache, plan.missing, compute, spec))
    except BaseException:
        _release(cache, [lease for _, lease in [*plan.wait.values(), *plan.refresh.values()]])
        raise
    for one, (key, lease) in plan.refresh.items():
        single = renewing_async(_single(compute, one), cache, key, plan.found[one])
        _load_async.refresh_later(cache, key, lease, single, spec)
    for one, (key, lease) in plan.wait.items():
        values[one] = await _await_async(cache, one, key, lease, compute, spec, dependencies)
    return {one: values[one] for one in ids}


async def _compute_async(
    cache: Any,
    leases: Mapping[Any, Tuple[Any, int]],
    compute: Callable[[List[Any]], Awaitable[Any]],
    spec: Spec,
) -> Dict[Any, Any]:
    ids = list(leases)
    try:
        with Computing(cache, dict(leases.values())):
            values = _kept(cache, complete(ids, await compute(ids)))
        for one, (key, lease) in leases.items():
            if lease:
                await _load_async.in_thread(
                    cache, _load.commit, cache, key, lease, values[one], spec
                )
    except BaseException as error:
        _give_up(cache, leases, error)
        raise
    return values


async def _await_async(
    cache: Any,
    one: Any,
    key: Any,
    lease: int,
    compute: Callable[[List[Any]], Awaitable[Any]],
    spec: Spec,
    dependencies: ManyDependencies,
) -> Any:
    state, lease, value = await _load_async.wait(cache, lease) or (NONE, 0, MISS)
    if state == LEAD:
        return (await _compute_async(cache, {one: (key, lease)}, compute, spec))[one]
    if value is not MISS:
        return value
    return await _load_async.load(cache, key, _single(compute, one), spec, _of(dependencies, one))


def _single(
    compute: Callable[[List[Any]], Awaitable[Any]], one: Any
) -> Callable[[], Awaitable[Any]]:
    async def single() -> Any:
        return complete([one], await compute([one]))[one]

    return single


def _give_up(cache: Any, leases: Mapping[Any, Tuple[Any, int]], error: BaseException) -> None:
    for _, lease in leases.values():
        if not lease:
            continue
        try:
            _load.give_up(cache, lease, error)
        except Exception:  # noqa: BLE001: one that was committed already has ended
            continue


def _release(cache: Any, leases: List[int]) -> None:
    for lease in leases:
        cache._lease_release(lease)
