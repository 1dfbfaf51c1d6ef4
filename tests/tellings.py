"""What tests that go through data say about it first."""

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def seen(things: Iterable[T]) -> list[T]:
    """Return the things; raises AssertionError where there are none: a loop over nothing asserts nothing."""
    found = list(things)
    assert found, "there is nothing to look at"
    return found
