"""Boxes in layers, each leading somewhere, and what joins them: what stands behind what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from textwrap import wrap

ROW, HEIGHT = 94.0, 82.0
WIDE_GAP, GAP = 64.0, 18.0
"""Between few layers there is room for many joints, between many there is none to give away."""
WIDEST, NARROWEST = 220.0, 134.0
SMALL, LARGE = 6.3, 7.3
"""Width of a letter of 12 units, a little generous, and of the heavier ones of a title."""


@dataclass(frozen=True)
class Box:
    """What one box says: its sort, its name, a line more; `label` is all of it, for who does not see it."""

    key: str
    sort: str
    title: str
    line: str
    url: str
    label: str
    look: str = ""


@dataclass(frozen=True)
class Placed:
    """A box where it stands, its words cut to its width."""

    x: float
    y: float
    width: float
    height: float
    sort: str
    title: str
    lines: tuple[str, ...]
    url: str
    label: str
    look: str


@dataclass(frozen=True)
class LayersChart:
    """Layers from left to right, ready to draw."""

    width: float
    height: float
    joints: str
    boxes: tuple[Placed, ...]


def layers_chart(
    layers: Sequence[Sequence[Box]], joints: Sequence[tuple[str, str]], *, width: float = 760
) -> LayersChart:
    """Lay out boxes from left to right, a box at the height of what leads to it; more layers make it wider."""
    layers = [layer for layer in layers if layer]
    gap = WIDE_GAP if len(layers) < 4 else GAP
    across = min(max((width - 2 - gap * (len(layers) - 1)) / max(len(layers), 1), NARROWEST), WIDEST)
    height = max((len(layer) for layer in layers), default=0) * ROW - (ROW - HEIGHT) + 8
    places: dict[str, Placed] = {}
    for n, layer in enumerate(layers):
        top = (height - (len(layer) * ROW - (ROW - HEIGHT))) / 2
        for row, box in enumerate(_in_order(layer, joints, places)):
            places[box.key] = _placed(box, 1 + n * (across + gap), round(top + row * ROW, 1), across)
    whole = max((place.x + place.width + 1 for place in places.values()), default=width)
    return LayersChart(round(whole, 1), round(height, 1), _paths(joints, places), tuple(places.values()))


def _in_order(layer: Sequence[Box], joints: Sequence[tuple[str, str]], places: Mapping[str, Placed]) -> list[Box]:
    """Order a layer by what leads to its boxes, so that few joints cross."""
    order = {box.key: n for n, box in enumerate(layer)}

    def height(box: Box) -> tuple[float, int]:
        before = [places[start].y for start, end in joints if end == box.key and start in places]
        return (fmean(before) if before else 0.0, order[box.key])

    return sorted(layer, key=height)


def _placed(box: Box, x: float, y: float, across: float) -> Placed:
    return Placed(
        round(x, 1),
        y,
        round(across, 1),
        HEIGHT,
        cut(box.sort, across - 20, SMALL),
        cut(box.title, across - 20, LARGE),
        in_two(box.line, across - 20, SMALL),
        box.url,
        box.label,
        box.look,
    )


def cut(words: str, room: float, letter: float) -> str:
    """Cut words to the letters that fit into a room, with … where some are missing."""
    most = max(int(room / letter), 2)
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def in_two(words: str, room: float, letter: float) -> tuple[str, ...]:
    """Break words into two lines at most that fit into a room."""
    first, *rest = wrap(words, max(int(room / letter), 2)) or [""]
    return (first, cut(" ".join(rest), room, letter)) if rest else (first,)


def _paths(joints: Sequence[tuple[str, str]], places: Mapping[str, Placed]) -> str:
    found = []
    for start, end in joints:
        a, b = places[start], places[end]
        x, y, to_x, to_y = a.x + a.width, a.y + a.height / 2, b.x, b.y + b.height / 2
        half = round((x + to_x) / 2, 1)
        found.append(f"M{x:g},{y:g} C{half:g},{y:g} {half:g},{to_y:g} {to_x:g},{to_y:g}")
    return " ".join(found)
