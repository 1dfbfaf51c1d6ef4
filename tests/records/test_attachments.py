"""What is let in as a file of a record, and under which name."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from techfloor.records.attachments import JPEG, LARGEST, LONGEST_NAME, LONGEST_SIDE, PDF, PNG, clean_name, look_at
from techfloor.refusals import Refusal


def picture(kind: str, size: tuple[int, int] = (40, 30), **more: object) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, "white").save(data, kind, **more)
    return data.getvalue()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("certificate.pdf", "certificate.pdf"),
        ("C:\\fakepath\\scan 1.PDF", "scan 1.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("..", "attachment.pdf"),
        ("", "attachment.pdf"),
        (".pdf", "pdf.pdf"),
        ("pass\r\nwd.pdf", "passwd.pdf"),
        ("a\u202efdp.exe", "afdp.pdf"),
        ('say "hi".pdf', "say hi.pdf"),
        ("x" * 300 + ".pdf", "x" * LONGEST_NAME + ".pdf"),
    ],
)
def test_a_name_is_only_a_name(typed: str, kept: str) -> None:
    assert clean_name(typed, PDF) == kept


@given(st.text())
def test_no_name_leads_anywhere_else(typed: str) -> None:
    kept = clean_name(typed, PDF)
    assert not set(kept) & set('/\\\r\n\0":')
    assert kept.endswith(".pdf")
    assert not kept.startswith(".")
    assert len(kept) <= LONGEST_NAME + 4


def test_a_pdf_is_kept_byte_for_byte() -> None:
    assert look_at("a.pdf", b"%PDF-1.4 anything").data == b"%PDF-1.4 anything"


@pytest.mark.parametrize(("kind", "media_type", "name"), [("JPEG", JPEG, "a.jpg"), ("PNG", PNG, "a.png")])
def test_a_picture_is_known_by_its_bytes_and_named_after_them(kind: str, media_type: str, name: str) -> None:
    found = look_at("a.pdf", picture(kind))
    assert (found.media_type, found.name) == (media_type, name)
    assert Image.open(io.BytesIO(found.data)).size == (40, 30)


def test_where_a_photo_was_taken_is_left_behind() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Maker of the camera"
    found = look_at("a.jpg", picture("JPEG", exif=exif))
    assert b"Maker of the camera" not in found.data


def test_a_photo_stands_upright_when_its_file_says_that_it_was_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert Image.open(io.BytesIO(look_at("a.jpg", picture("JPEG", exif=exif)).data)).size == (30, 40)


def test_a_large_photo_is_made_smaller() -> None:
    found = look_at("a.png", picture("PNG", (LONGEST_SIDE + 500, 10)))
    assert Image.open(io.BytesIO(found.data)).size[0] == LONGEST_SIDE


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"PK\x03\x04", b"<svg xmlns=", b" %PDF-1.4", b"\xff\xd8\xff broken"])
def test_what_is_none_of_the_three_is_refused(data: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        look_at("certificate.pdf", data)
    assert refused.value.field == "file"


def test_a_file_larger_than_the_limit_is_refused_in_megabytes() -> None:
    with pytest.raises(Refusal, match=r"^The file is larger than 15 MB\. Choose a smaller one\.$"):
        look_at("a.pdf", b"%PDF-1.4" + b"0" * LARGEST)


def test_a_picture_of_far_too_many_points_is_refused() -> None:
    bomb = picture("PNG", (12_000, 12_000), compress_level=9)
    with pytest.raises(Refusal):
        look_at("a.png", bomb)
