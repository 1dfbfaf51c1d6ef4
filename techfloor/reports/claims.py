"""Which code an uploaded PDF carries: what an edited one claims to be. Pure; nothing of the file is believed."""

import re
from collections.abc import Iterator
from itertools import islice

from techfloor.reports.unpacking import Budget, unpacked

_CODE = re.compile(rb"/verify/([0-9A-Z]{12})\b")
_STREAM = re.compile(rb"stream\r?\n")
MOST_STREAMS = 500
MOST_BYTES = 8 * 1024 * 1024
MOST_READ = 4 * 1024 * 1024
"""Marks of streams may lie one behind the other before one tail, so that each would be read to the end of the file."""
MOST_CODES = 20
"""A certificate carries its own; a file with thousands would have each looked up."""


def codes_in(data: bytes) -> list[str]:
    """Return the codes that stand in the links of a PDF, in their order, each once; the first MOST_CODES of them.

    A link lies open in the file or in a packed stream; of all streams no more than MOST_READ are read
    and MOST_BYTES unpacked.
    """
    found: dict[str, None] = {}
    for code in (match[1] for text in _texts(data) for match in _CODE.finditer(text)):
        found[code.decode()] = None
        if len(found) == MOST_CODES:
            break
    return list(found)


def _texts(data: bytes) -> Iterator[bytes]:
    yield data
    budget = Budget(MOST_READ, MOST_BYTES)
    for start in islice(_STREAM.finditer(data), MOST_STREAMS):
        if budget.spent:
            return
        yield unpacked(memoryview(data)[start.end() :], budget, MOST_BYTES)
