"""Labels as drawings: an identity label stays for good, a status label says how the equipment stands today.

Each size says what a technician needs there, and as much of the rest as stands whole: half a maker or half a number
helps nobody. On an identity label that is code, name and serial number, then maker and plant; on a status label what
may be done and until when, then what that rests on. Only a name or a use is cut, where no letters are small enough.

One drawing serves screen and paper. Lengths are millimetres; black only, for printers of labels know no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import floor

from techfloor.equipment.label_sizes import Form, Size
from techfloor.reports.measured import BOLD, CODE, SANS, Face, cut, fitting_size, lines, width
from techfloor.reports.sheets import Qr

SMALLEST_MODULE = 0.33
"""The smallest module of a QR code that is printed: less is not read by the camera of an old tablet at arm's length."""
DOT = 0.125
"""One dot of a label printer of 203 dpi: where there is room, a module is a whole number of them."""
MARGIN = 1.5
TAPE_MARGIN = 1.0
"""What printers of tape leave free above and below; it belongs to the quiet zone of a QR code."""
PLAIN_WIDTH, PLAIN_HEIGHT = 50.0, 25.0
"""The label for which the sizes of the letters below are meant; others are drawn larger or smaller."""
LONGEST_TAPE = 110.0
LONGEST_STATE_TAPE = 260.0
"""For what a gauge may be used alone must stand there whole, so this tape may be longer."""
SMALLEST_WORDS = 1.75
NEARLY = 0.85
"""So much smaller may letters be before something less is said, or said on two lines."""


@dataclass(frozen=True)
class Identity:
    """What an identity label says: it is good for as long as the equipment lives."""

    url: str
    code: str
    name: str
    serial: str
    maker: str
    plant: str
    demo: bool = False


@dataclass(frozen=True)
class State:
    """What a status label says: `title` is one word or two, `day` when it falls due, `due` the
    word before that day, `foot` what it rests on.

    `look` is pass, hold, caution, info or waiting; `words` say for what it may be used, or why not.
    """

    code: str
    name: str
    look: str
    title: str
    due: str = ""
    day: str = ""
    words: str = ""
    foot: str = ""

    @property
    def day_alone(self) -> bool:
        """Tell whether the day it falls due is all there is to say."""
        return self.look == "pass" and bool(self.day)

    @property
    def day_beside(self) -> str:
        """The day it falls due where something else counts more."""
        return "" if self.day_alone or not self.day else f"{self.due} {self.day}"


@dataclass(frozen=True)
class Text:
    """A text: where its line begins, its size, its face, and whether it stands white on black."""

    x: float
    y: float
    size: float
    text: str
    face: Face
    white: bool = False


@dataclass(frozen=True)
class Box:
    """A black box."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Shape:
    """A path, moved and scaled: `thick` is the width of its stroke in its own units, 0 for one that is filled."""

    d: str
    x: float
    y: float
    scale: float
    thick: float = 0.0
    white: bool = False


@dataclass(frozen=True)
class Drawing:
    """A label as it is drawn; `module` is the size of a module of its QR code, 0 where it has none."""

    width: float
    height: float
    says: str
    boxes: tuple[Box, ...] = ()
    shapes: tuple[Shape, ...] = ()
    texts: tuple[Text, ...] = ()
    module: float = 0.0


@dataclass
class _Pen:
    """What has been drawn so far, in units of the plain label; `scale` makes millimetres of them."""

    scale: float = 1.0
    boxes: list[Box] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)

    def text(self, x: float, y: float, size: float, text: str, face: Face, *, white: bool = False) -> None:
        s = self.scale
        if text:
            self.texts.append(Text(_mm(x * s), _mm(y * s), _mm(size * s), text, face, white))

    def small(self, x: float, y: float, ways: Sequence[str], room: float, size: float = 2.2) -> None:
        """Write the first of several ways to say something that stands whole in `room`; nothing where none does."""
        text, fitting = whole(ways, SANS, size, room)
        self.text(x, y, fitting, text, SANS)

    def block(self, x: float, y: float, text: str, room: float, high: float, size: float = 2.6) -> None:
        """Write a text into a field: in the largest letters in which all of it stands there, else cut."""
        found, one = [""], fitting_size(text, BOLD, size, room)
        size = one if one >= size * NEARLY else size
        while size >= SMALLEST_WORDS:
            found = lines(text, BOLD, size, room, max(int(high / (size * 1.14)), 1))
            if " ".join(found) == " ".join(text.split()):
                break
            size -= 0.1
        for line in found:
            y += size * 1.14
            self.text(x, y - size * 0.14, size, line, BOLD)

    def box(self, x: float, y: float, wide: float, high: float) -> None:
        s = self.scale
        self.boxes.append(Box(_mm(x * s), _mm(y * s), _mm(wide * s), _mm(high * s)))

    def symbol(self, look: str, x: float, y: float, side: float, *, white: bool = False) -> None:
        s = self.scale
        d, thick = SYMBOLS[look]
        self.shapes.append(Shape(d, _mm(x * s), _mm(y * s), side * s / 24, thick, white))

    def qr(self, code: Qr, x: float, y: float, module: float) -> None:
        self.shapes.append(Shape(code.path, _mm(x), _mm(y), module, 1.0))

    def done(self, wide: float, high: float, says: str, module: float = 0.0) -> Drawing:
        return Drawing(
            _mm(wide), _mm(high), says, tuple(self.boxes), tuple(self.shapes), tuple(self.texts), round(module, 4)
        )


def whole(ways: Sequence[str], face: Face, size: float, room: float) -> tuple[str, float]:
    """Return the first of several texts that stands whole in `room` in good letters, else in letters that can be read.

    With it comes their size; '' where none does.
    """
    for least in (size * NEARLY, min(size, SMALLEST_WORDS)):
        for text in ways:
            fitting = fitting_size(text, face, size, room)
            if text and fitting >= least:
                return text, fitting
    return "", size


def _together(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _mm(value: float) -> float:
    return round(value, 3)


SYMBOLS: dict[str, tuple[str, float]] = {
    "pass": ("M4 12.5 L9.5 18 L20 6.5", 3.4),
    "hold": ("M12 2.5 a9.5 9.5 0 1 0 .01 0 Z M5.5 5.5 L18.5 18.5", 2.8),
    "fail": ("M5 5 L19 19 M19 5 L5 19", 3.4),
    "caution": ("M12 3 L22 20.5 H2 Z M12 9 V14 M12 16.6 V18.4", 2.2),
    "info": ("M12 2.5 a9.5 9.5 0 1 0 .01 0 Z M12 10.5 V18 M12 6 V8", 2.4),
    "waiting": ("M12 2.5 a9.5 9.5 0 1 0 .01 0 Z M5.5 12 H18.5", 2.4),
}
"""The signs in a box of 24 by 24: (path, width of its stroke)."""


def module_that_fits(modules: int, room: float) -> float:
    """Return how large a module may be, in whole dots of 203 dpi where it can; 0 where none is left to be read."""
    module = room / modules
    dots = floor(module / DOT + 1e-9) * DOT
    best = dots if dots >= SMALLEST_MODULE else module
    return best if best >= SMALLEST_MODULE else 0.0


def _qr_within(url: str, room: float, *, quiet: bool) -> tuple[Qr, float] | None:
    """Return the QR code that fits into `room`, with its module: error correction M, or L where only that one fits."""
    for error in ("m", "l"):
        code = Qr.of(url, error)
        module = module_that_fits(code.size if quiet else code.size - 2 * Qr.QUIET, room)
        if module:
            return code, module
    return None


def _scale(size: Size) -> float:
    return min(size.width / PLAIN_WIDTH, size.height / PLAIN_HEIGHT)


def identity_label(said: Identity, size: Size) -> Drawing:
    """Draw the label that stays: QR code, code, name, maker and serial number."""
    return _identity_on_tape(said, size) if size.form is Form.TAPE else _identity_on_label(said, size)


def _identity_on_label(said: Identity, size: Size) -> Drawing:
    pen = _Pen(_scale(size))
    wide, high = size.width / pen.scale, size.height / pen.scale
    found = _qr_within(said.url, min(size.height - 2.4 * pen.scale, size.width * 0.46), quiet=True)
    left, module = MARGIN, 0.0
    if found:
        code, module = found
        side = code.size * module
        pen.qr(code, 0.6 * pen.scale, (size.height - side) / 2, module)
        left = side / pen.scale + 0.9
    room = wide - left - MARGIN
    size_of_code = fitting_size(said.code, CODE, 6.4, room)
    top = (high - 22) / 2  # in the middle of a label that is higher than its letters need
    pen.text(left, top + 6.6, size_of_code, said.code, CODE)
    pen.block(left, top + 7.7, said.name, room, 6.8, 2.9)
    pen.small(left, top + 17.9, (_together(said.serial, said.maker), said.serial), room)
    demo = "DEMO" if said.demo else ""
    pen.small(left, top + 20.9, (_together(said.plant, demo), demo), room)
    return pen.done(size.width, size.height, f"{said.code} {said.name}", module)


def _identity_on_tape(said: Identity, size: Size) -> Drawing:
    pen = _Pen()
    x, module, middle = 2.0, 0.0, size.height / 2
    found = _qr_within(said.url, size.height - 2 * TAPE_MARGIN, quiet=False)
    if found:
        code, module = found
        side = code.size * module
        pen.qr(code, x - Qr.QUIET * module, (size.height - side) / 2, module)
        x += side + 0.8
    large, small = size.height * 0.46, size.height * 0.29
    pen.text(x, middle + large * 0.36, large, said.code, CODE)
    x += width(said.code, CODE, large) + 2.5
    room = max(LONGEST_TAPE - x, 20)
    ways = (_together(said.name, said.serial, said.maker), _together(said.name, said.serial), said.name)
    more, small = whole(ways, BOLD, small, room)
    more = more or cut(said.name, BOLD, small, room)
    pen.text(x, middle + small * 0.36, small, more, BOLD)
    return pen.done(x + width(more, BOLD, small) + 2.0, size.height, f"{said.code} {said.name}", module)


def state_label(said: State, size: Size) -> Drawing:
    """Draw the label of today: when it falls due, or that it may not be used, or for what alone."""
    return _state_on_tape(said, size) if size.form is Form.TAPE else _state_on_label(said, size)


def _state_on_label(said: State, size: Size) -> Drawing:
    pen = _Pen(_scale(size))
    wide, high = size.width / pen.scale, size.height / pen.scale
    room = wide - 2 * MARGIN
    of_code = fitting_size(said.code, CODE, 4.4, room * 0.6)
    pen.text(MARGIN, 5.4, of_code, said.code, CODE)
    beside = MARGIN + width(said.code, CODE, of_code) + 1.6
    pen.small(beside, 5.2, (said.name,), wide - MARGIN - beside, 2.3)
    y, foot = _banner(pen, said, 6.7, room), high - MARGIN
    resting = _together(said.day_beside, said.foot)
    pen.small(MARGIN, foot, (resting, said.day_beside, said.foot), room)
    pen.block(MARGIN, y, said.words, room, foot - y - (2.6 if resting else 0.0))
    return pen.done(size.width, size.height, _told(said))


def _banner(pen: _Pen, said: State, y: float, room: float) -> float:
    """Draw what counts most: a day on white, all else white on black. Returns where it ends."""
    if said.day_alone:
        pen.symbol("pass", MARGIN, y + 0.6, 5.0)
        pen.text(MARGIN + 6.0, y + 2.6, 2.4, said.due, SANS)
        day = fitting_size(said.day, BOLD, 8.0, room - 6.0)
        pen.text(MARGIN + 6.0, y + 3.2 + day * 0.86, day, said.day, BOLD)
        return y + 11.2
    high = 7.0
    pen.box(MARGIN, y, room, high)
    pen.symbol(said.look, MARGIN + 1.0, y + 0.9, high - 1.8, white=True)
    title = fitting_size(said.title, BOLD, 5.2, room - high - 1.4)
    pen.text(MARGIN + high + 0.6, y + high / 2 + title * 0.36, title, said.title, BOLD, white=True)
    return y + high + 0.4


def _state_on_tape(said: State, size: Size) -> Drawing:
    pen = _Pen()
    middle, large, small = size.height / 2, size.height * 0.42, size.height * 0.27
    x, stands_out = 2.0, not said.day_alone
    pen.text(x, middle + large * 0.36, large, said.code, CODE)
    x += width(said.code, CODE, large) + 2.5
    title = said.title if stands_out else f"{said.due} {said.day}"
    side, long = large * 1.05, width(title, BOLD, large)
    if stands_out:
        pen.box(x - 1.0, TAPE_MARGIN, side + long + 3.0, size.height - 2 * TAPE_MARGIN)
    pen.symbol(said.look, x, middle - side / 2, side, white=stands_out)
    pen.text(x + side + 0.8, middle + large * 0.36, large, title, BOLD, white=stands_out)
    x += side + long + 4.0
    needed = _together(said.day_beside, said.words)
    room = max(LONGEST_STATE_TAPE - x, 30)
    more, small = whole((_together(needed, said.foot), needed), SANS, small, room)
    if needed and not more:
        small *= 0.75
        more = cut(needed, SANS, small, room)
    pen.text(x, middle + small * 0.36, small, more, SANS)
    return pen.done(x + width(more, SANS, small) + 2.0, size.height, _told(said))


def _told(said: State) -> str:
    day = f"{said.due} {said.day}" if said.day else ""
    return " ".join(part for part in (said.code, "" if said.day_alone else said.title, day, said.words) if part)
