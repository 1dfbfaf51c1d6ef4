"""A small file that asks for much work is given up: what is read of it, tried, counted and kept has an end."""

import io
import struct
import zlib
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st
from imports.sheets import repacked, xlsx_of
from plant_client import PlantClient, SignedInAs
from sqlalchemy import select

from techfloor.equipment import feeds
from techfloor.equipment.models import CertificateFile
from techfloor.imports import xlsx_files
from techfloor.refusals import Refusal
from techfloor.reports import claims, unpacking
from techfloor.reports.charts.parts import MOST_TICKS, nice_ticks
from techfloor.reports.dcc import opening, reading
from techfloor.store import db
from techfloor.web.rates import Rates

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
    with pytest.raises(Refusal, match=r"carries no digital certificate|no whole XML"):
        opening.root_of(opening.certificate_in(overlapping(60, 1_000_000, b"<digitalCalibrationCertificate")))
    assert 1_000_000 < sum(read) <= opening.MOST_READ


def test_the_first_bytes_of_streams_count_too(read: list[int]) -> None:
    with pytest.raises(Refusal, match="carries no digital certificate"):
        opening.certificate_in(b"%PDF-1.7\n" + (b"stream\n\x78\x9c" + EMPTY_BLOCK * 850) * 4200)
    assert sum(read) <= opening.MOST_READ


def test_a_file_let_in_for_one_form_is_nothing_to_another(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    sent = {"what": "gauges", "file": (io.BytesIO(b"code;name\nG-777;x\n"), "list.csv")}
    named = parse_qs(urlsplit(quinn.submit("/imports/", sent).location).query)["file"][0]
    typed = {"number": "9", "laboratory": "L", "issued": "2026-11-18", "valid_until": "2027-11-18", "kept": named}
    typed |= {"uncertainty_kind": "constant", "u": "0.06", "unit": "µm", "k": "2", "certified": "50; 50.0001; 0.0001"}
    quinn.submit("/equipment/S-003/certificates/new", typed)  # its file may be left out
    with app.app_context():
        assert "list.csv" not in db.session.scalars(select(CertificateFile.name)).all()
    outside = quinn.submit("/calibration/gauges/G-020/certificate", {"kept": named})
    assert outside.status_code == 422
    assert "list.csv" not in outside.text


def test_no_secret_of_a_feed_stands_in_the_log(
    app: Flask, nobody: PlantClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_secret: str) -> None:
        raise OverflowError("broken")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.testing = False
    monkeypatch.setattr(feeds, "of_secret", broken)
    with pytest.raises(AssertionError, match="answered 500"):
        nobody.get("/calendar/verysecretverysecret.ics")
    app.extensions["techfloor"].rates = Rates(1)
    app.extensions["techfloor"].rates.take("address 127.0.0.1", 600, 10)
    assert nobody.get("/calendar/verysecretverysecret.ics").status_code == 429
    assert "/calendar/***.ics" in caplog.text
    assert "verysecret" not in caplog.text


def test_the_languages_of_a_certificate_are_looked_at_once() -> None:
    codes = "".join(f"<dcc:mandatoryLangCodeISO639_1>z{n}</dcc:mandatoryLangCodeISO639_1>" for n in range(1000))
    empty = '<dcc:content lang="q"/>' * 1000
    root = ElementTree.fromstring(
        f'<x xmlns:dcc="https://ptb.de/dcc"><dcc:administrativeData><dcc:coreData>{codes}</dcc:coreData>'
        f"</dcc:administrativeData><name>{empty}<dcc:content>Lab</dcc:content></name></x>"
    )
    reader = reading._Reader(root, "", "en")
    assert len(reader.languages) == 1 + reading.MOST_LANGUAGES
    with pytest.MonkeyPatch.context() as patched:
        looked: list[object] = []
        words = reading._words
        patched.setattr(reading, "_words", lambda *given: (looked.append(given), words(*given))[1])  # type: ignore[func-returns-value]
        assert reader._text(root.find("name")) == "Lab"
    assert len(looked) == 1001


@given(st.floats(-1e32, 1e32), st.floats(-1e32, 1e32))
@example(0, 1e31)
@example(-1e31, 1e31)
@example(0, 1e-28)
@example(1e30, 1.0000000000000002e30)
def test_no_magnitude_breaks_the_axis_of_a_chart(one: float, other: float) -> None:
    ticks = nice_ticks(min(one, other), max(one, other))
    assert 1 <= len(ticks) <= MOST_TICKS + 1
    assert all(tick.is_finite() for tick in ticks)


def test_a_workbook_of_empty_cells_is_refused_before_a_parser_sees_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_files, "_first_sheet", lambda _data: pytest.fail("it was parsed"))
    rows = (b"<row>" + b"<c/>" * 100_000 + b"</row>") * 12 + b"</sheetData>"
    sheet = xlsx_of(("a", "b"))
    sheet = repacked(
        xlsx_of(("a", "b")),
        "xl/worksheets/sheet1.xml",
        lambda body: body.replace(b"</sheetData>", rows * 12 + b"</sheetData>"),
    )
    with pytest.raises(Refusal, match="too large"):
        xlsx_files.read_xlsx(sheet)
