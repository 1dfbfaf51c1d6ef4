"""Files that are not what they say, or far more than they seem: refused beside their box, never kept, never a fault."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from plant_client import PlantClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from attacks.conftest import Besieged
from attacks.papers import PAPER
from techfloor.equipment.models import CertificateFile
from techfloor.records.attachments import JPEG, PDF, PNG, look_at
from techfloor.refusals import Refusal
from techfloor.reports import read_again
from techfloor.store import db

pytestmark = [pytest.mark.database, pytest.mark.pages]

SCRIPT = b"<script>alert(1)</script>"


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), **more: object) -> bytes:
    data = io.BytesIO()
    Image.effect_noise(size, 40).save(data, kind, **more)
    return data.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, *more: bytes) -> bytes:
    """Return a PNG that says how large it is and holds next to nothing."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def packed_zeros(megabytes: int) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../secret.key", b"\0" * (megabytes << 20))
    return data.getvalue()


_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
FILES: dict[str, tuple[str, bytes]] = {
    "nothing": ("certificate.pdf", b""),
    "a page": ("certificate.png", b"<!doctype html>" + SCRIPT),
    "a drawing with a script": ("photo.svg", b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>"),
    "a page before a PDF": ("certificate.pdf", SCRIPT + PAPER),
    "a program": ("certificate.pdf", b"MZ\x90\0" + b"\0" * 60),
    "an archive": ("certificate.pdf", packed_zeros(20)),
    "entities": (
        "certificate.xml",
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "x">{_LAUGHS}]><x>&l9;</x>'.encode(),
    ),
    "a picture of everything": ("photo.png", png(60_000, 60_000)),
    "a picture without sides": ("photo.png", png(0, 0)),
    "a picture cut short": ("photo.png", picture()[:900]),
    "a photo cut short": ("photo.jpg", picture("JPEG", (400, 400))[:3000]),
    "only how a picture begins": ("photo.png", b"\x89PNG\r\n\x1a\n"),
    "words that unfold": ("photo.png", png(9, 9, chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * (64 << 20), 9)))),
    "another kind of picture": ("photo.jpg", picture("GIF")),
}


def scan(client: PlantClient, file: tuple[str, bytes]) -> TestResponse:
    return client.submit("/scan", {"photo": (io.BytesIO(file[1]), file[0])})


def verify(client: PlantClient, file: tuple[str, bytes]) -> TestResponse:
    return client.submit("/verify", {"file": (io.BytesIO(file[1]), file[0])})


def attach(client: PlantClient, file: tuple[str, bytes]) -> TestResponse:
    """Enter a certificate of a standard with this file, complete but for it."""
    typed = {
        "number": "2026-9",
        "laboratory": "Laboratory",
        "issued": "2026-11-18",
        "valid_until": "2027-11-18",
        "uncertainty_kind": "constant",
        "u": "0.06",
        "unit": "µm",
        "k": "2",
        "certified": "50; 50.0001; 0.0001",
    }
    return client.submit("/equipment/S-003/certificates/new", {**typed, "file": (io.BytesIO(file[1]), file[0])})


Way = Callable[[PlantClient, tuple[str, bytes]], TestResponse]
WAYS: dict[str, tuple[Way, str]] = {"scan": (scan, "photo"), "verify": (verify, "file"), "attach": (attach, "file")}


@pytest.mark.parametrize("way", WAYS)
def test_a_file_that_is_none_is_refused_beside_its_box(plant: Besieged, way: str) -> None:
    send, box = WAYS[way]
    kept = {file.name for file in plant.settings.blobs.rglob("*")}
    for name, file in FILES.items():
        if file[1] or way == "attach":
            answer = send(plant.as_("Q"), file)
            assert answer.status_code == 422 or (way, name) == ("attach", "nothing"), (name, answer.status_code)
            assert f'id="{box}-error"' in answer.text or f'href="#{box}"' in answer.text, name
    assert {file.name for file in plant.settings.blobs.rglob("*")} == kept


def test_an_export_that_unfolds_to_far_more_than_its_bytes_is_not_read(tmp_path: Path) -> None:
    bomb = tmp_path / "export.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("CAL-2026-00001/content.json", b" " * (20 << 20))

    assert read_again.check(bomb).problems == ("CAL-2026-00001/content.json: unfolds to far more than its bytes",)


def test_what_was_hidden_in_a_picture_is_left_behind() -> None:
    more: dict[str, Any] = {"exif": _place(), "comment": SCRIPT, "icc_profile": SCRIPT, "xmp": SCRIPT}
    hidden = picture("JPEG", **more) + SCRIPT + packed_zeros(1)
    kept = look_at("photo.php.jpg", hidden)

    assert kept.media_type == JPEG
    assert SCRIPT not in kept.data
    assert b"Exif" not in kept.data
    assert b"PK\x03\x04" not in kept.data
    assert kept.name == "photo.php.jpg"


def _place() -> bytes:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 0.0)}
    return exif.tobytes()


def test_a_pdf_with_a_page_in_it_is_kept_and_handed_out_as_a_pdf_to_be_saved(plant: Besieged) -> None:
    both = PAPER + SCRIPT
    quinn = plant.as_("Q")
    assert attach(quinn, ("../../x.html; filename=y.html", both)).status_code == 303
    with plant.app.app_context():
        newest = db.session.scalars(select(CertificateFile.certificate_id).order_by(CertificateFile.id.desc())).first()
    got = quinn.get(f"/equipment/S-003/certificates/{newest}/file")

    assert got.data == both
    assert got.mimetype == PDF
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "/" not in got.headers["Content-Disposition"]
    assert ".html" not in got.headers["Content-Disposition"].replace("filename=y.pdf", "").replace("x.html", "")


def test_a_name_of_a_kept_file_that_nobody_signed_is_nothing(plant: Besieged) -> None:
    forged = '{"name": "x.pdf", "media_type": "text/html", "size": 1, "sha256": "../../techfloor.sqlite"}.x.y'
    answer = plant.as_("Q").submit("/calibration/gauges/G-020/certificate", {"kept": forged})

    assert answer.status_code == 422


def test_a_few_bytes_that_unfold_to_gigabytes_are_refused_before_they_do() -> None:
    with pytest.raises(Refusal):
        look_at("photo.png", png(24_000, 24_000))
    assert look_at("photo.png", picture("PNG")).media_type == PNG


def test_what_was_hidden_in_the_texts_of_a_png_is_left_behind() -> None:
    texts = PngInfo()
    texts.add_text("Comment", SCRIPT.decode())
    texts.add_itxt("XML:com.adobe.xmp", SCRIPT.decode(), zip=False)

    assert SCRIPT not in look_at("photo.png", picture("PNG", pnginfo=texts, icc_profile=SCRIPT)).data
