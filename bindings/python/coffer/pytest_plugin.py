"""Fixtures for pytest: a fresh cache for each test, with a clock that the test moves.

    def test_expiry(coffer_cache, coffer_clock):
        coffer_cache.set("k", 1, ttl="1h")
        coffer_clock.advance("2h")
        assert coffer_cache.get("k") is None
"""

from __future__ import annotations

from typing import Any

import pytest

import coffer


@pytest.fixture
def coffer_clock() -> Any:
    """A runtime whose time stands still until `advance(duration)`."""
    return coffer.Runtime(clock="manual", housekeeping=0)


@pytest.fixture
def coffer_cache(coffer_clock: Any) -> Any:
    """An empty cache in memory on that clock."""
    return coffer.Cache("memory://", runtime=coffer_clock)
