"""The PDF file itself: PDF/A-3a, its attachment, its fonts, and what it may reach."""

import json
import logging
from collections.abc import Callable, Iterator
from io import BytesIO

import pikepdf
import pytest

from techfloor.reports import pdf

from .conftest import canonical
from .samples import SAMPLES, Content, caliper, torque_wrench

Drawn = Callable[[Callable[[], Content]], bytes]


@pytest.fixture
def opened(certificate: Drawn) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(certificate(torque_wrench))) as document:
        yield document


def test_it_declares_pdf_a_3a(opened: pikepdf.Pdf) -> None:
    with opened.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert metadata["dc:title"] == "Certificate CAL-2026-00412"
    assert opened.Root.OutputIntents[0].S == "/GTS_PDFA1"


def test_it_is_tagged_in_a_named_language(opened: pikepdf.Pdf) -> None:
    assert str(opened.Root.Lang) == "en"
    assert opened.Root.MarkInfo.Marked
    tags = {str(o.S) for o in opened.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") is not None}
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure"} <= tags
    assert "/StructTreeRoot" in opened.Root


def test_every_figure_says_in_words_what_it_shows(opened: pikepdf.Pdf) -> None:
    figures = [o for o in opened.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"]
    assert sorted(str(f.Alt) for f in figures) == [
        "Error in %, by point in N·m",
        "https://techfloor.plant-north.example/verify/7K4MQ2XDHB3P",
    ]


@pytest.mark.clause("21 CFR 11.10(b)")
def test_the_canonical_bytes_travel_inside(opened: pikepdf.Pdf) -> None:
    assert list(opened.attachments) == ["CAL-2026-00412.json"]
    attached = opened.attachments["CAL-2026-00412.json"].get_file()
    assert attached.read_bytes() == canonical(torque_wrench())
    assert attached.mime_type == "application/json"
    assert [str(f.AFRelationship) for f in opened.Root.AF] == ["/Source"]
    assert json.loads(attached.read_bytes())["number"] == "CAL-2026-00412"


@pytest.mark.clause("PI 041 Legible")
@pytest.mark.parametrize("make", SAMPLES.values(), ids=SAMPLES)
def test_every_font_is_embedded_and_is_the_house_font(certificate: Drawn, make: Callable[[], Content]) -> None:
    with pikepdf.open(BytesIO(certificate(make))) as document:
        descriptors = [
            o for o in document.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"
        ]
        assert descriptors
        for descriptor in descriptors:
            assert any(f"/FontFile{n}" in descriptor for n in ("", "2", "3"))
            assert "Techfloor" in str(descriptor.FontName)


def test_drawing_the_samples_warns_of_nothing(caplog: pytest.LogCaptureFixture) -> None:
    from .conftest import drawn  # noqa: PLC0415

    with caplog.at_level(logging.WARNING, "techfloor.reports"):
        drawn(caliper())
    assert caplog.messages == []


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/x.png",
        "https://example.org/x.png",
        "file:///etc/passwd",
        "job:../secret.png",
        "job:missing.png",
        "font:../../../../etc/passwd",
        "ftp://example.org/x",
        "data:image/png;base64,AAAA",
    ],
)
def test_nothing_but_the_documents_own_assets_is_fetched(address: str, caplog: pytest.LogCaptureFixture) -> None:
    channels = [
        f'<img src="{address}" alt="x">',
        f'<object data="{address}">x</object>',
        f'<link rel="stylesheet" href="{address}">',
        f'<link rel="attachment" href="{address}">',
        f'<style>@import "{address}"; p {{ background: url("{address}") }}</style>',
        f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{address}" width="9" height="9"/></svg>',
    ]
    with caplog.at_level(logging.WARNING, "techfloor.reports"):
        made = pdf.render(f"<p>{''.join(channels)}</p>", title="Attack", lang="en")
    assert any("not an asset of this document" in line for line in caplog.messages)
    with pikepdf.open(BytesIO(made)) as document:
        assert not document.attachments
        assert not any(o.get("/Subtype") == "/Image" for o in document.objects if isinstance(o, pikepdf.Stream))


def test_a_picture_given_with_the_job_is_drawn() -> None:
    from PIL import Image  # noqa: PLC0415

    buffer = BytesIO()
    Image.new("RGB", (4, 4), "#0b4f5c").save(buffer, "PNG")
    picture = pdf.Asset("photo-1.png", "image/png", buffer.getvalue())
    made = pdf.render('<img src="job:photo-1.png" alt="Photo">', title="Photo", lang="en", assets=[picture])
    with pikepdf.open(BytesIO(made)) as document:
        assert any(o.get("/Subtype") == "/Image" for o in document.objects if isinstance(o, pikepdf.Stream))
