"""Files that belong to a record: what is let in, under which name it is kept, and how it is found again."""

import io
import re
import unicodedata
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PIL import Image, ImageOps
from sqlalchemy import select

from techfloor.people.models import Person
from techfloor.records.models import Attachment, Record
from techfloor.refusals import NotFound, Refusal
from techfloor.store import db
from techfloor.web.pictures import decoding

MEGABYTE = 1024 * 1024
LARGEST = 15 * MEGABYTE
MOST_PIXELS = 25_000_000
LONGEST_SIDE = 4000
LONGEST_NAME = 100

PDF, JPEG, PNG, XML = "application/pdf", "image/jpeg", "image/png", "application/xml"
USUAL = (PDF, JPEG, PNG)
_XML_BEGINS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<\x00", b"\xfe\xff\x00<")
_MAGIC = ((b"%PDF-", PDF), (b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG))
_ENDINGS = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png", XML: ".xml"}
_FORMATS = {JPEG: "JPEG", PNG: "PNG"}
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"|?*]+')


@dataclass(frozen=True)
class CleanFile:
    """A file that was looked at: what it is by its bytes, and a name that is only a name."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class KeptFile:
    """A file that lies among the blobs, under the hash of its bytes."""

    name: str
    media_type: str
    size: int
    sha256: str


def look_at(
    name: str, data: bytes, *, field: str = "file", largest: int = LARGEST, kinds: Sequence[str] = USUAL
) -> CleanFile:
    """Return a PDF or XML as it is, and an image written anew: whatever else was in its file is left behind.

    Raises Refusal at `field` for an empty or too large file, and for bytes that are none of `kinds`, whatever the name
    says. What begins like XML is XML by that alone: who reads it looks closer.
    """
    if not data:
        raise Refusal("The file is empty. Choose another.", field=field)
    if len(data) > largest:
        raise Refusal(
            "The file is larger than %(most)s MB. Choose a smaller one.", field=field, most=largest // MEGABYTE
        )
    media_type = _kind_of(data)
    if media_type is None or media_type not in kinds:
        raise _not_of(kinds, field)
    if media_type in _FORMATS:
        with decoding():
            data = _written_anew(data, media_type, field)
    return CleanFile(clean_name(name, media_type), media_type, data)


def _kind_of(data: bytes) -> str | None:
    if data.lstrip(b" \t\r\n").startswith(_XML_BEGINS):
        return XML
    return next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)


def _not_of(kinds: Sequence[str], field: str) -> Refusal:
    if XML in kinds:
        return Refusal("This is no XML and no PDF. Choose the digital certificate as one of these.", field=field)
    return Refusal("This is no PDF, JPEG or PNG. Choose the certificate as one of these.", field=field)


def clean_name(name: str, media_type: str, ending: str = "") -> str:
    """Return the last part of a path without signs that a file system or a header would stumble over.

    The ending follows what the file is, or is given; a name of which nothing remains becomes "attachment".
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    printable = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    stem = _UNFIT.sub("", printable).strip(" .").rpartition(".")
    base = (stem[0] or stem[2])[:LONGEST_NAME].strip(" .") or "attachment"
    return base + (ending or _ENDINGS[media_type])


def _written_anew(data: bytes, media_type: str, field: str) -> bytes:
    unreadable = Refusal("This picture cannot be read. Take it again, or choose a PDF.", field=field)
    try:
        with warnings.catch_warnings():
            # Far too many pixels for its bytes is a warning to Pillow; here it is a reason to stop.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=[_FORMATS[media_type]]) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise unreadable
                picture = ImageOps.exif_transpose(opened)
                picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                return _written(picture, media_type)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise unreadable from error


def _written(picture: Image.Image, media_type: str) -> bytes:
    """Write the points of a picture and nothing else: its comment, place and colour profile would go along."""
    alone = picture.convert("RGBA" if media_type == PNG and picture.has_transparency_data else "RGB")
    alone.info.clear()
    written = io.BytesIO()
    if media_type == JPEG:
        alone.save(written, "JPEG", quality=88)
    else:
        alone.save(written, "PNG", optimize=True)
    return written.getvalue()


def attach(record_id: int, file: KeptFile, *, actor: int, at: datetime) -> Attachment:
    """Hang a kept file on a record that is not signed yet; the same bytes hang there once."""
    same = db.session.scalar(
        select(Attachment).where(Attachment.record_id == record_id, Attachment.sha256 == file.sha256)
    )
    if same is not None:
        return same
    attachment = Attachment(
        record_id=record_id,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        added_by=actor,
        added_at=at,
    )
    db.session.add(attachment)
    db.session.flush()
    return attachment


@dataclass(frozen=True)
class AttachedFile:
    """A file of a record, with who added it."""

    id: int
    name: str
    media_type: str
    size: int
    sha256: str
    added_by: str
    added_at: datetime


def of_record(record_id: int) -> list[AttachedFile]:
    """Return the files of a record in the order they were added."""
    a = Attachment
    rows = db.session.execute(
        select(a.id, a.name, a.media_type, a.size, a.sha256, Person.name.label("by"), a.added_at)
        .join(Person, Person.id == a.added_by)
        .where(a.record_id == record_id)
        .order_by(a.id)
    )
    return [AttachedFile(*row) for row in rows]


def find(kind: str, number: str, attachment_id: int) -> KeptFile:
    """Return a file by its record and its id; raises NotFound, also for a file of another record."""
    row = db.session.execute(
        select(Attachment.name, Attachment.media_type, Attachment.size, Attachment.sha256)
        .join(Record, Record.id == Attachment.record_id)
        .where(Attachment.id == attachment_id, Record.kind == kind, Record.number == number)
    ).one_or_none()
    if row is None:
        raise NotFound("This file is not here.")
    return KeptFile(*row)
