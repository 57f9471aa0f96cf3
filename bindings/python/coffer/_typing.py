"""What a decorated function takes, for type checkers; Python itself has it since 3.10 only."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from typing_extensions import Concatenate, ParamSpec

    P = ParamSpec("P")
    Q = ParamSpec("Q")
else:
    P = TypeVar("P")
    Q = TypeVar("Q")

R = TypeVar("R")

__all__ = ["Concatenate", "P", "Q", "R"] if TYPE_CHECKING else ["P", "Q", "R"]
