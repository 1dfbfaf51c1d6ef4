"""Unpacking the streams of a PDF that may be hostile: what is read and what comes out both count, also in vain."""

import zlib

_FIRST, _PIECE = 64, 16 * 1024
"""What is no packed stream breaks within a few bytes; from there on pieces grow."""
_TIMES = 1032
"""No byte of deflate gives more (zlib's own limit)."""


class Budget:
    """How many packed bytes may still be read, and how many unpacked ones may come out, of a whole file."""

    def __init__(self, read: int, out: int) -> None:
        self.read, self.out = read, out

    @property
    def spent(self) -> bool:
        """Whether nothing is left of one of them."""
        return self.read <= 0 or self.out <= 0


def unpacked(data: memoryview, budget: Budget, most: int) -> bytes:
    """Return up to `most` bytes of the packed stream with which data begins, b"" for one that breaks.

    Empty blocks give nothing and cost as much as full ones: bytes read count for themselves. Of the piece in which
    a stream breaks nobody knows how much came out: it counts as the most that can.
    """
    unpacking, parts, long, at, size = zlib.decompressobj(), list[bytes](), 0, 0, _FIRST
    while at < len(data) and long < most and not budget.spent and not unpacking.eof:
        piece = data[at : at + min(size, budget.read)]
        at, size = at + len(piece), min(size * 4, _PIECE)
        budget.read -= len(piece)
        asked = min(most - long, budget.out, len(piece) * _TIMES)
        try:
            parts.append(unpacking.decompress(piece, asked))
        except zlib.error:
            budget.out -= asked
            return b""
        long += len(parts[-1])
        budget.out -= len(parts[-1])
    return b"".join(parts)
