"""How wide a text is in the house's own type, for drawings that must fit before they are drawn."""

from dataclasses import dataclass
from functools import cache

from fontTools.ttLib import TTFont

from techfloor.reports.fonts import FONTS

ELLIPSIS = "…"


@dataclass(frozen=True)
class Face:
    """One cut of the house's type, as a drawing names it."""

    family: str
    weight: int
    file: str


SANS = Face("Techfloor Sans", 400, "plex-sans-400.woff2")
BOLD = Face("Techfloor Sans", 600, "plex-sans-600.woff2")
CODE = Face("Techfloor Mono", 500, "plex-mono-500.woff2")


@cache
def _advances(face: Face) -> tuple[dict[int, float], float]:
    """Return the advance of each character of a face in em, and that of one that it lacks."""
    with TTFont(FONTS / face.file, lazy=True) as font:
        em, widths = font["head"].unitsPerEm, font["hmtx"].metrics
        known = {point: widths[glyph][0] / em for point, glyph in font.getBestCmap().items()}
    return known, max(known.values())


def width(text: str, face: Face, size: float) -> float:
    """Return how wide a text stands at a size, in the unit of the size; never less than it is drawn."""
    known, widest = _advances(face)
    return sum(known.get(ord(sign), widest) for sign in text) * size


def fitting_size(text: str, face: Face, size: float, room: float) -> float:
    """Return the size, at most `size`, at which a text is no wider than `room`."""
    needed = width(text, face, size)
    return size if needed <= room else size * room / needed


def cut(text: str, face: Face, size: float, room: float) -> str:
    """Return a text that is no wider than `room`: what is cut off is shown by an ellipsis."""
    if width(text, face, size) <= room:
        return text
    known, widest = _advances(face)
    left, kept = room - width(ELLIPSIS, face, size), 0
    for sign in text:
        left -= known.get(ord(sign), widest) * size
        if left < 0:
            break
        kept += 1
    return text[:kept].rstrip() + ELLIPSIS


def lines(text: str, face: Face, size: float, room: float, most: int) -> list[str]:
    """Break a text between its words into at most `most` lines no wider than `room`; the last is cut where it must."""
    words, found = text.split(), [""]
    while words:
        longer = f"{found[-1]} {words[0]}".strip()
        if found[-1] and len(found) < most and width(longer, face, size) > room:
            found.append("")
            continue
        found[-1] = longer
        words.pop(0)
    return [cut(line, face, size, room) for line in found if line]
