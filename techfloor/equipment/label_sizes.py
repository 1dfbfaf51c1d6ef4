"""The labels that can be printed: single ones, tapes and sheets of self-adhesive labels. All lengths in millimetres."""

from dataclasses import dataclass
from enum import StrEnum

from techfloor.refusals import Refusal


class Form(StrEnum):
    """How labels come."""

    SINGLE = "single"
    TAPE = "tape"
    SHEET = "sheet"


@dataclass(frozen=True)
class Grid:
    """How labels stand on a sheet: its size, the first label's corner, and the steps from label to label."""

    sheet_width: float
    sheet_height: float
    columns: int
    rows: int
    left: float
    top: float
    step_across: float
    step_down: float

    @property
    def places(self) -> int:
        """How many labels a sheet has."""
        return self.columns * self.rows

    def corner(self, place: int) -> tuple[float, float]:
        """Return where the label at a place (0 is the first) has its left and top edge."""
        row, column = divmod(place, self.columns)
        return self.left + column * self.step_across, self.top + row * self.step_down


@dataclass(frozen=True)
class Size:
    """One size of label; a tape has no width, its labels are as long as their words."""

    key: str
    form: Form
    height: float
    width: float = 0.0
    grid: Grid | None = None
    like: str = ""
    """What such a sheet is commonly sold as."""

    @property
    def name(self) -> str:
        """The size in figures, as it stands on the packet."""
        if self.form is Form.TAPE:
            return f"{self.height:g} mm"
        return f"{self.width:g} × {self.height:g} mm"


def _sheet(key: str, size: tuple[float, float], grid: Grid, like: str = "") -> Size:
    return Size(key, Form.SHEET, size[1], size[0], grid, like)


# Widths and steps add up to the sheet: left + columns and gaps + right = 210 or 215.9 mm.
SIZES = (
    Size("50x25", Form.SINGLE, 25.0, 50.0),
    Size("tape-12", Form.TAPE, 12.0),
    Size("tape-9", Form.TAPE, 9.0),
    _sheet("a4-21", (63.5, 38.1), Grid(210, 297, 3, 7, 7.25, 15.15, 66.0, 38.1), "L7160"),
    _sheet("a4-24", (70.0, 37.0), Grid(210, 297, 3, 8, 0.0, 0.5, 70.0, 37.0), "3474"),
    _sheet("a4-40", (48.5, 25.4), Grid(210, 297, 4, 10, 8.0, 21.5, 48.5, 25.4), "3657"),
    _sheet("a4-48", (45.7, 21.2), Grid(210, 297, 4, 12, 9.85, 21.3, 48.2, 21.2), "L6009"),
    _sheet("letter-30", (66.675, 25.4), Grid(215.9, 279.4, 3, 10, 4.7625, 12.7, 69.85, 25.4), "5160"),
    _sheet("letter-10", (101.6, 50.8), Grid(215.9, 279.4, 2, 5, 3.96875, 12.7, 106.3625, 50.8), "5163"),
)
_BY_KEY = {size.key: size for size in SIZES}
USUAL = SIZES[0].key


def size_of(key: str) -> Size:
    """Return a size by its key; raises Refusal for one that is not offered."""
    found = _BY_KEY.get(key)
    if found is None:
        raise Refusal("There is no such size of label. Choose one from the list.", field="size")
    return found


def first_free(size: Size, typed: str) -> int:
    """Read at which place of a sheet the first free label is, 1 where nothing was typed; raises Refusal."""
    if size.grid is None or not typed.strip():
        return 1
    place = int(typed) if typed.strip().isascii() and typed.strip().isdigit() and len(typed) < 6 else 0
    if not 1 <= place <= size.grid.places:
        raise Refusal(
            "The first free label is a number from 1 to %(last)s, counted along the rows.",
            field="start",
            last=size.grid.places,
        )
    return place
