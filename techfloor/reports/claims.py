"""Which code an uploaded PDF carries: what an edited one claims to be. Pure; nothing of the file is believed."""

import re
import zlib
from collections.abc import Iterator

_CODE = re.compile(rb"/verify/([0-9A-Z]{12})\b")
_STREAM = re.compile(rb"stream\r?\n")
MOST_STREAMS = 500
MOST_BYTES = 8 * 1024 * 1024
MOST_CODES = 20
"""A certificate carries its own; a file with thousands would have each looked up."""


def codes_in(data: bytes) -> list[str]:
    """Return the codes that stand in the links of a PDF, in their order, each once; the first MOST_CODES of them.

    A link lies open in the file or in a packed stream; of the streams no more than MOST_BYTES are unpacked.
    """
    found: dict[str, None] = {}
    for code in (match[1] for text in _texts(data) for match in _CODE.finditer(text)):
        found[code.decode()] = None
        if len(found) == MOST_CODES:
            break
    return list(found)


def _texts(data: bytes) -> Iterator[bytes]:
    yield data
    left = MOST_BYTES
    for number, start in enumerate(_STREAM.finditer(data)):
        if number >= MOST_STREAMS or left <= 0:
            return
        try:
            text = zlib.decompressobj().decompress(memoryview(data)[start.end() :], left)
        except zlib.error:
            continue
        left -= len(text)
        yield text
