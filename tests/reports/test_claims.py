"""What code a PDF carries, also where its links are packed, and never more work than its bounds allow."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.reports import claims
from techfloor.reports.claims import codes_in

LINK = b"<</S /URI/URI (http://plant/verify/PQ74K7FD9JWG)>>"


def packed(text: bytes) -> bytes:
    """Return a text as a packed stream of a PDF."""
    return b"1 0 obj <</Filter /FlateDecode>>\nstream\n" + zlib.compress(text) + b"\nendstream\n"


@pytest.mark.parametrize("data", [LINK, packed(LINK), packed(b"another") + b"stream\nnot packed" + packed(LINK)])
def test_a_code_is_found_open_and_packed(data: bytes) -> None:
    assert codes_in(b"%PDF-1.7\n" + data) == ["PQ74K7FD9JWG"]


def test_a_code_is_told_once() -> None:
    assert codes_in(LINK + packed(LINK)) == ["PQ74K7FD9JWG"]


def test_a_stream_that_unfolds_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "MOST_BYTES", 1000)
    assert codes_in(packed(b"x" * 2000 + LINK) + packed(LINK)) == []


@given(st.binary(max_size=300))
def test_whatever_is_uploaded_is_read_without_a_fault(data: bytes) -> None:
    assert codes_in(b"stream\n" + data) == codes_in(b"stream\r\n" + data)


def test_of_a_file_full_of_codes_a_few_are_looked_up() -> None:
    data = b"".join(b"/verify/%012d\n" % number for number in range(5000))
    assert len(codes_in(data)) == claims.MOST_CODES
