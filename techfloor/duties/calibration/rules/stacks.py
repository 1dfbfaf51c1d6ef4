"""Which pieces of a standard add up to a value: blocks wrung together, weights on one pan. Pure."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

MOST_OF_MANY, MOST_OF_FEW, FEW = 4, 8, 24
"""So many pieces stand in one stack at most: blocks are wrung by few, a set of up to FEW weights is put on by more."""


def stack(value: Decimal, pieces: Iterable[str]) -> tuple[str, ...] | None:
    """Return the nominal values of pieces that add up to `value`, each used once, the largest first.

    The fewest pieces win; of as few, those whose first piece is the largest. None where no stack does; the empty one
    for zero, where nothing lies.
    """
    if value == 0:
        return ()
    known = {Decimal(piece): piece for piece in pieces if Decimal(piece) > 0}
    sizes = sorted((size for size in known if size <= value), reverse=True)
    for count in range(1, (MOST_OF_FEW if len(sizes) <= FEW else MOST_OF_MANY) + 1):
        found = _of(value, sizes, frozenset(sizes), 0, count)
        if found is not None:
            return tuple(known[size] for size in found)
    return None


def _of(
    value: Decimal, sizes: Sequence[Decimal], there: frozenset[Decimal], start: int, count: int
) -> list[Decimal] | None:
    """Find `count` sizes from `start` on that add up to `value`."""
    if count == 1:
        above = sizes[start - 1] if start else None
        return [value] if value in there and (above is None or value < above) else None
    for at in range(start, len(sizes) - count + 1):
        size = sizes[at]
        if size * count < value:
            return None  # all that follow are smaller still
        rest = _of(value - size, sizes, there, at + 1, count - 1) if size < value else None
        if rest is not None:
            return [size, *rest]
    return None
