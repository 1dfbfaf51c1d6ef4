"""A small file that asks for much work is given up: what is read of it, tried, counted and kept has an end."""

import struct
import zlib
from types import SimpleNamespace
from typing import Any

import pytest

from techfloor.refusals import Refusal
from techfloor.reports import claims, unpacking
from techfloor.reports.dcc import opening

EMPTY_BLOCK = b"\x00\x00\x00\xff\xff"


def overlapping(streams: int, tail: int, words: bytes = b"") -> bytes:
    """Return a PDF of packed streams, each a few words and a block that jumps over the later ones to the same tail."""
    block = b"\x00" + struct.pack("<HH", len(words), len(words) ^ 0xFFFF) + words if words else b""
    long = len(b"stream\n\x78\x9c") + len(block) + len(EMPTY_BLOCK)
    left = [(streams - 1 - n) * long for n in range(streams)]
    heads = [b"stream\n\x78\x9c" + block + b"\x00" + struct.pack("<HH", rest, rest ^ 0xFFFF) for rest in left]
    return b"%PDF-1.7\n" + b"".join(heads) + EMPTY_BLOCK * (tail // 5) + b"\x07\xff\xff"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note how many packed bytes each piece had that was unpacked."""
    noted: list[int] = []

    class Noting:
        def __init__(self) -> None:
            self.own = zlib.decompressobj()

        def __getattr__(self, name: str) -> Any:
            return getattr(self.own, name)

        def decompress(self, piece: memoryview, most: int) -> bytes:
            noted.append(len(piece))
            return self.own.decompress(piece, most)

    monkeypatch.setattr(unpacking, "zlib", SimpleNamespace(decompressobj=Noting, error=zlib.error))
    return noted


def test_streams_that_run_into_one_tail_are_read_once_and_not_sixty_times(read: list[int]) -> None:
    assert claims.codes_in(overlapping(60, 1_500_000)) == []
    assert sum(read) <= claims.MOST_READ
    whole = sum(read)
    assert claims.codes_in(overlapping(1, 1_500_000)) == []
    assert sum(read) - whole > 1_500_000, "a stream alone is read to its end"


def test_of_a_pdf_whose_streams_all_begin_like_a_certificate_only_so_much_is_read(read: list[int]) -> None:
    with pytest.raises(Refusal, match="carries no digital certificate|no whole XML"):
        opening.root_of(opening.certificate_in(overlapping(60, 1_000_000, b"<digitalCalibrationCertificate")))
    assert 1_000_000 < sum(read) <= opening.MOST_READ


def test_the_first_bytes_of_streams_count_too(read: list[int]) -> None:
    with pytest.raises(Refusal, match="carries no digital certificate"):
        opening.certificate_in(b"%PDF-1.7\n" + (b"stream\n\x78\x9c" + EMPTY_BLOCK * 850) * 4200)
    assert sum(read) <= opening.MOST_READ
