"""The manifest of a duty: what the house must know of it to give it a place."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from techfloor.said import Said
from techfloor.web.access import Permission
from techfloor.web.importing import Importer
from techfloor.web.pages import Pages
from techfloor.web.visitor import Visitor


@dataclass(frozen=True)
class Tile:
    """One line of the home page: something to do, and where it is done."""

    title: str
    detail: str
    url: str
    action: str
    urgency: str  # overdue | today | soon | waiting
    code: str = ""
    order: str = ""
    count: int = 1
    """How many things to do it stands for; 0 where another line counts it."""


@dataclass(frozen=True)
class Lead:
    """Where a duty leads from a scanned code, and how urgent that is: as of a tile, or "" where nothing is due."""

    url: str
    urgency: str = ""


URGENCIES = ("overdue", "today", "waiting", "soon")
"""The urgencies of tiles and leads, the first one first."""


@dataclass(frozen=True)
class Offer:
    """Something else that a duty does on a piece of equipment: a link on the pages that show it."""

    words: str
    url: str
    caution: str = ""
    """What speaks against using it now, where the duty knows something that its status does not say."""


@dataclass(frozen=True)
class FirstStep:
    """What a new plant must put in force once, where it is done, and the kind of definition that shows it was."""

    words: Any
    url: str
    definition: str


@dataclass(frozen=True)
class DocumentKind:
    """A kind of document that a duty signs beside its records: a procedure, the change of an interval."""

    kind: str
    title: Any
    page: Callable[[str], str]
    """Where one of them is read, by its number."""
    on_paper: Callable[[Mapping[str, Any]], list[tuple[str, str]]]
    """What a signed content says to everybody who holds the paper: (name, value)."""
    prefix: str = ""
    """With what their numbers begin; '' where each is numbered by a code of its own."""


@dataclass(frozen=True)
class Performed:
    """Who performed a record, in words, and on which day where its time is not known."""

    by: str
    on: date | None = None


@dataclass(frozen=True)
class Duty:
    """One documented duty: its pages, its permissions, what it puts on the home page and finds for a code."""

    key: str
    title: str
    icon: str
    pages: Pages
    home: str
    permissions: tuple[Permission, ...]
    tiles: Callable[[Visitor], list[Tile]]
    for_code: Callable[[str, Visitor], Lead | None]
    record_kinds: tuple[str, ...] = ()
    on_paper: Callable[[Mapping[str, Any]], list[tuple[str, str]]] = lambda _content: []
    """What a signed content says to everybody who holds the paper: (name, value)."""
    since_signed: Callable[[int], Iterable[Said]] = lambda _record_id: ()
    """What became since of what a record of its kinds rests on, by its key: everybody who holds its paper is told."""
    tiled_tasks: tuple[str, ...] = ()
    """The kinds of task for which `tiles` shows what waits: they are not shown once more as tasks."""
    work_page: tuple[str, Callable[[str], str]] | None = None
    """The kind of work on equipment that it does, and the page of a piece of equipment for it, by its code."""
    offers: Callable[[str, str, Visitor], list[Offer]] | None = None
    """What else it does on the piece of equipment of a code and a kind, for who asks."""
    trace_page: Callable[[str], str] | None = None
    """The page of what stands behind a piece of equipment and of what rested on it, by its code."""
    certificate_withdrawn: Callable[[int, int, datetime], int] | None = None
    """What follows from a certificate that was taken back: (standard, certificate, at) to how many tasks."""
    certificate_corrected: Callable[[int, int, datetime], int] | None = None
    """What follows from a certificate that was corrected: (standard, its new entry, at) to how many tasks."""
    standard_wrong: Callable[[int, str, datetime], int] | None = None
    """What follows from a standard that is held as measuring wrong: (standard, why, at) to how many tasks."""
    first_step: FirstStep | None = None
    """What a new plant lacks for its first record."""
    importers: tuple[Importer, ...] = ()
    """What it brings in from a sheet, beside what the plant is made of."""
    documents: tuple[DocumentKind, ...] = ()
    """What it signs that is no work on a piece of equipment."""
    in_menu: bool = True
    """Whether it has a place in the menu; one that few plants need is reached from a piece of equipment."""
    record_prefix: str = ""
    """With what the numbers of its records begin, such as CAL; '' where it keeps none."""
    performed: Callable[[Collection[int]], Mapping[int, Performed]] = lambda _record_ids: {}
    """Of these records those that were not performed by who opened them, or not at a known time, by their keys."""
    sealed: Callable[[], Collection[int]] = lambda: ()
    """The keys of the records under way whose values nobody takes away yet."""

    def record_url(self, number: str) -> str | None:
        """Return the page of one of its records, None for the number of another duty's, or the code of a document."""
        rest = number.removeprefix(f"{self.record_prefix}-")
        mine = bool(self.record_prefix) and rest != number and rest[:1].isdigit()
        return f"{self.home}{number}" if mine else None
