"""What the labels of equipment say today, and their PDF: drawn by the press, single, or put on sheets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import BinaryIO

from flask import current_app
from flask_babel import force_locale, format_date, gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from techfloor.equipment import queries
from techfloor.equipment.label_drawing import Drawing, Identity, State, identity_label, state_label
from techfloor.equipment.label_sizes import Form, Size, first_free, size_of
from techfloor.equipment.ledger import CALIBRATION
from techfloor.equipment.rules import plant_day
from techfloor.equipment.shapes import HoldView, ItemView
from techfloor.equipment.statuses import Kind
from techfloor.equipment.wording import Dated, standing
from techfloor.people.models import Person
from techfloor.places.here import plant, today
from techfloor.records.models import Record, Signature
from techfloor.refusals import Refusal
from techfloor.reports import jobs, pdf, sheets
from techfloor.reports.joined import imposed, joined
from techfloor.reports.pdf import PdfFailed
from techfloor.store import db
from techfloor.web.address import paper_base
from techfloor.web.plain_text import LINE
from techfloor.web.show import day

LABEL = "equipment:label"
"""The permission to have many labels made at once."""


class Sort(StrEnum):
    """What a label is for."""

    IDENTITY = "identity"
    STATUS = "status"


SORT_WORDS = {Sort.IDENTITY: _l("Identity: what it is, for good"), Sort.STATUS: _l("Status: when it is due, or held")}


@dataclass(frozen=True)
class Choice:
    """Which label is wanted, on what, and which place of the first sheet is free."""

    sort: Sort
    size: Size
    start: int = 1

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Choice":
        """Read what was chosen; raises Refusal."""
        sort = given.get("labels", "")
        if sort not in set(Sort):
            raise Refusal("Choose which label is wanted.", field="labels")
        size = size_of(given.get("size", ""))
        return cls(Sort(sort), size, first_free(size, given.get("start", "")))

    def given(self) -> dict[str, str]:
        """Return it as an address or a job keeps it."""
        return {"labels": self.sort.value, "size": self.size.key, "start": str(self.start)}


def drawn(item: ItemView, choice: Choice) -> Drawing:
    """Draw the label of a piece of equipment as it stands now."""
    if choice.sort is Sort.IDENTITY:
        return identity_label(_identity(item), choice.size)
    return state_label(_state(item), choice.size)


def _identity(item: ItemView) -> Identity:
    url = f"{paper_base()}/e/{item.code}"
    name, serial, maker = (text[:LINE] for text in (item.name, item.serial, item.maker))
    return Identity(url, item.code, name, serial, maker, plant().name, plant().demo)


def _state(item: ItemView) -> State:
    holds = queries.open_holds([item.id]).get(item.id, [])
    found = next((due for due in queries.dues_of(item.id) if due.work == CALIBRATION), None)
    limited = queries.gauge_view(item.code).limited_use if item.kind == Kind.GAUGE else ""
    hold = (holds[0].reason, holds[0].words) if holds else None
    paper = _certificate(item) if item.kind == Kind.STANDARD else None
    if item.kind == Kind.STANDARD and paper is None:
        found = None  # what its last certificate said holds no more
    counted = Dated(found.due, bool(found.last_done or found.record or paper)) if found else None
    stands = standing(item.kind, item.status, hold, counted, limited, today())
    dated = found is not None and stands.dated
    return State(
        item.code,
        item.name[:LINE],
        stands.look,
        stands.title.upper(),
        gettext("Due"),
        _due_words(found.due, item.kind) if found and dated else "",
        stands.words[:LINE],
        _since(holds[0]) if holds else (paper or _rests_on(found.record)) if found and dated else "",
    )


def _due_words(due: date, kind: str) -> str:
    """Say a due day as the plant counts it: a gauge that is good to the end of its month says the month."""
    by_month = plant().profile.text("calibration.due_day") == "end of month"
    if by_month and kind == Kind.GAUGE and due < date.max and (due + timedelta(days=1)).day == 1:
        return str(format_date(due, "MMM y"))
    return day(due)


def _since(hold: HoldView) -> str:
    return str(gettext("since %(day)s", day=day(plant_day(hold.placed_at, plant().zone))))


def _certificate(item: ItemView) -> str | None:
    """Name the certificate of a standard that stands."""
    (standard,) = queries.standards_for([item.code], today())
    return standard.certificate.number if standard.certificate else None


def _rests_on(number: str | None) -> str:
    """Name the calibration and who performed it."""
    if number is None:
        return ""
    by = db.session.scalar(
        select(Person.initials)
        .join(Signature, Signature.signer_id == Person.id)
        .join(Record, Record.id == Signature.record_id)
        .where(Record.number == number)
        .order_by(Signature.id)
        .limit(1)
    )
    return f"{number} · {by}" if by else number


def pdf_of(drawings: Sequence[Drawing], title: str) -> bytes:
    """Have labels drawn by the press, one on each page; raises PdfUnavailable or PdfFailed."""
    template = sheets.environment(gettext).get_template("equipment/labels_print.html")
    language = plant().language
    return pdf.render(template.render(drawings=drawings, title=title, language=language), title=title, lang=language)


def put_together(pieces: Iterable[bytes], title: str, choice: Choice) -> BinaryIO:
    """Make one file of labels, ready to print at their size: one after the other, or on sheets."""
    grid = choice.size.grid
    if grid is None:
        return joined(pieces, title, to_size=True)
    corners = [grid.corner(place) for place in range(grid.places)]
    return imposed(pieces, title, (grid.sheet_width, grid.sheet_height), corners, choice.start)


# --- many, in the background ---


def _make(_by: int, equipment_id: int, asked: Mapping[str, str]) -> jobs.Keep:
    choice = Choice.of(asked)
    with force_locale(plant().language):
        item = queries.by_id(equipment_id)
        drawing = drawn(item, choice)
        try:
            piece = pdf_of([drawing], drawing.says)
        except PdfFailed as no:
            raise Refusal("The PDF could not be made. Try again.") from no
    return lambda: str(current_app.extensions["techfloor"].blobs.put(piece))


def told(asked: Mapping[str, str]) -> list[str]:
    """Say which labels were asked for."""
    choice = Choice.of(asked)
    words = [str(SORT_WORDS[choice.sort]).partition(":")[0], size_words(choice.size)]
    if choice.start > 1:
        words.append(gettext("first free label %(place)s", place=choice.start))
    return words


def size_words(size: Size) -> str:
    """Say what labels of a size are."""
    if size.form is Form.SINGLE:
        return str(gettext("single labels, %(size)s", size=size.name))
    if size.form is Form.TAPE:
        return str(gettext("tape, %(size)s", size=size.name))
    grid = size.grid
    assert grid is not None
    sheet = "A4" if grid.sheet_width == 210 else "Letter"
    return str(
        gettext(
            "%(sheet)s sheet of %(count)s, %(size)s (like %(like)s)",
            sheet=sheet,
            count=grid.places,
            size=size.name,
            like=size.like,
        )
    )


LABELS = jobs.declare(
    jobs.Kind(
        name="labels",
        permission=LABEL,
        action="equipment:label:make",
        make=_make,
        title=_l("Labels"),
        file_name="labels",
        join=lambda pieces, title, asked: put_together(pieces, title, Choice.of(asked)),
        told=told,
    )
)
