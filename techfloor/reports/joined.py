"""Several PDF files as one, to be printed in one go; the joined file is no record, its parts are."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from tempfile import TemporaryFile
from typing import BinaryIO

import pikepdf

POINTS = 72 / 25.4
"""Points in a millimetre."""


def joined(parts: Iterable[bytes], title: str, *, to_size: bool = False) -> BinaryIO:
    """Return one PDF of the pages of all `parts`, in their order, at its beginning, ready to be read.

    One that must come out `to_size` asks whoever prints it not to fit it to the paper.
    """
    with pikepdf.new() as whole:
        for part in parts:
            with pikepdf.open(BytesIO(part)) as each:
                whole.pages.extend(each.pages)
        return _saved(whole, title, to_size=to_size)


def imposed(
    parts: Iterable[bytes], title: str, sheet: tuple[float, float], corners: Sequence[tuple[float, float]], first: int
) -> BinaryIO:
    """Return one PDF of sheets with the pages of all `parts` on them, each at its own size, as `joined` does.

    `sheet` is width and height, `corners` where the left and top edge of each place is, all in millimetres; the first
    page goes to the place `first`, counted from 1.
    """
    place = first - 1
    with pikepdf.new() as whole:
        for part in parts:
            with pikepdf.open(BytesIO(part)) as each:
                for page in each.pages:
                    if place == len(corners) or not whole.pages:
                        whole.add_blank_page(page_size=(sheet[0] * POINTS, sheet[1] * POINTS))
                        place %= len(corners)
                    _put(whole, page, sheet[1], corners[place])
                    place += 1
        return _saved(whole, title, to_size=True)


def _put(whole: pikepdf.Pdf, page: pikepdf.Page, height: float, corner: tuple[float, float]) -> None:
    """Draw a page of another file on the last sheet, its left and top edge at `corner`."""
    wide, high = float(page.mediabox[2]), float(page.mediabox[3])
    left, top = corner[0] * POINTS, (height - corner[1]) * POINTS
    whole.pages[-1].add_overlay(page, pikepdf.Rectangle(left, top - high, left + wide, top))


def _saved(whole: pikepdf.Pdf, title: str, *, to_size: bool) -> BinaryIO:
    made = TemporaryFile()  # noqa: SIM115 - who sends it closes it
    with whole.open_metadata() as facts:
        facts["dc:title"] = title
    if to_size:
        whole.Root.ViewerPreferences = pikepdf.Dictionary(PrintScaling=pikepdf.Name("/None"))
    whole.save(made, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    made.seek(0)
    return made
