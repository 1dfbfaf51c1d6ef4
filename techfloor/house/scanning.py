"""Codes from labels: what a scanner, a person or a photo gives, read down to the code that stands beside the QR."""

import io
import warnings
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

from techfloor.refusals import Refusal
from techfloor.web.pictures import decoding

MAX_PIXELS = 25_000_000
"""A picture of more is refused unread: it would fill the memory of the server."""

_SIDE = 2_400
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
MAX_CODE = 100


def code_of(text: str) -> str:
    """Return the code in what was scanned or typed: the end of a label's address `.../e/<code>`, else all."""
    tidy = "".join(character for character in text if character.isprintable()).strip()
    path = urlsplit(tidy).path if "://" in tidy or tidy.startswith("/e/") else ""
    _before, found, code = path.partition("/e/")
    return (unquote(code) if found else tidy).strip().strip("/")[:MAX_CODE]


def read_photo(file: BinaryIO) -> str:
    """Return the code on a photo of a label; raises Refusal, with what to do next, when there is none to read."""
    with decoding():
        picture = _grey(file)
    for side in (_SIDE, _SIDE // 3):
        smaller = picture.copy()
        smaller.thumbnail((side, side))
        for barcode in zxingcpp.read_barcodes(smaller):
            code = code_of(barcode.text)
            if code:
                return code
    raise Refusal(
        "No code was found on this photo. Hold the tablet closer and straight, or type the code.", field="photo"
    )


def _grey(file: BinaryIO) -> Image.Image:
    """Decode a picture under a cap and write it anew, so that only its pixels reach the reader of codes."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the cap below is the lower one
            image = Image.open(io.BytesIO(file.read()), formats=_FORMATS)
            _under_cap(image)
            image.draft("L", (_SIDE, _SIDE))
            return ImageOps.exif_transpose(image).convert("L")
    except Image.DecompressionBombError:
        raise Refusal("This picture is too large. Take it at a lower resolution.", field="photo")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise Refusal("This file is not a picture that can be read. Take a photo as JPEG or PNG.", field="photo")


def _under_cap(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise Image.DecompressionBombError
