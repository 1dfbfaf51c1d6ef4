"""What the reads of equipment give: plain frozen rows."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from techfloor.equipment.ledger import CALIBRATION
from techfloor.equipment.rules import CertificateFacts, GaugeFacts, HoldFact, StandardFacts


@dataclass(frozen=True)
class HoldView:
    """An open hold with who placed it."""

    id: int
    reason: str
    words: str
    placed_at: datetime
    placed_by: str
    record: str | None
    work: str = ""

    def fact(self) -> HoldFact:
        """Give what the rules need of it."""
        return HoldFact(self.reason, self.words)


@dataclass(frozen=True)
class DueView:
    """What is due, and the record of the last time it was done."""

    work: str
    due: date
    last_done: date | None
    record: str | None


@dataclass(frozen=True)
class FunctionView:
    """One thing a gauge measures."""

    id: int
    place: int
    name: str
    unit: str
    low: Decimal | None
    high: Decimal | None
    resolution: Decimal | None
    reads_to: Decimal | None
    tolerance: str


@dataclass(frozen=True)
class CertificateView:
    """A certificate of a standard, or a lot of a reference material."""

    id: int
    number: str
    laboratory: str
    issued: date
    valid_until: date
    opened: date | None
    uncertainty_text: str
    uncertainty: dict[str, str]
    certified: tuple[dict[str, str], ...]

    def facts(self) -> CertificateFacts:
        """Give what the rules need of it."""
        return CertificateFacts(self.number, self.issued, self.valid_until, self.opened)


@dataclass(frozen=True)
class PaperView:
    """An entry of a certificate with what became of it: what it replaces and why, when it ended and why, its paper.

    `replaces` and `replaced_by` are ids of other versions of the entry; one that ended and was not replaced was
    withdrawn.
    """

    certificate: CertificateView
    replaces: int | None
    reason: str
    replaced_by: int | None
    ended_at: datetime | None
    ended_by: str | None
    ended_why: str
    file: str | None

    @property
    def stands(self) -> bool:
        """Whether it was neither replaced nor withdrawn."""
        return self.ended_at is None


@dataclass(frozen=True)
class RestedView:
    """A record that rested on a certificate."""

    number: str
    code: str
    name: str
    performed_at: datetime


@dataclass(frozen=True)
class ItemView:
    """What every piece of equipment has; `status` is that of its kind, without its holds."""

    id: int
    code: str
    kind: str
    name: str
    maker: str
    serial: str
    area_id: int | None
    area: str
    station_id: int | None
    station: str
    part_of: str
    lifecycle: str
    availability: str
    acquired: date | None
    note: str
    status: str

    @property
    def place(self) -> str:
        """The area and station in words, '' without a fixed place."""
        return ", ".join(part for part in (self.area, self.station) if part)


@dataclass(frozen=True)
class GaugeView:
    """A gauge with everything a calibration must know of it before it starts."""

    item: ItemView
    kind: str
    procedure_id: int | None
    procedure_code: str
    procedure_title: str
    point_set: str
    interval_months: int
    limited_use: str
    in_use_check: str
    calibrated_by: str
    sent_on: date | None
    expected_back: date | None
    functions: tuple[FunctionView, ...]
    dues: tuple[DueView, ...]
    holds: tuple[HoldView, ...]

    @property
    def id(self) -> int:
        """The id of the equipment."""
        return self.item.id

    @property
    def code(self) -> str:
        """The code on its label."""
        return self.item.code

    @property
    def due(self) -> DueView | None:
        """When it is to be calibrated, None while it never was."""
        return next((due for due in self.dues if due.work == CALIBRATION), None)

    def facts(self) -> GaugeFacts:
        """Give what decides whether it may be used."""
        return GaugeFacts(
            code=self.code,
            status=self.item.status,
            holds=tuple(hold.fact() for hold in self.holds),
            due=self.due.due if self.due else None,
            limited_use=self.limited_use,
            sent_on=self.sent_on,
            expected_back=self.expected_back,
        )


@dataclass(frozen=True)
class StandardView:
    """A standard, with the certificate in force on the day that was asked for, None where there is none."""

    id: int
    code: str
    name: str
    serial: str
    quantity: str
    unit: str
    resolution: Decimal | None
    low: Decimal | None
    high: Decimal | None
    interval_months: int
    reference_material: bool
    opened_use_days: int | None
    status: str
    certificate: CertificateView | None
    holds: tuple[HoldView, ...]

    def facts(self) -> StandardFacts:
        """Give what decides, beside the certificate, whether it may be used."""
        return StandardFacts(self.code, self.status, self.reference_material, self.opened_use_days)


@dataclass(frozen=True)
class Line:
    """One line of the list of equipment; `hold` is the reason of an open hold."""

    code: str
    name: str
    kind: str
    sort: str
    area: str
    station: str
    status: str
    hold: str
    due: date | None
    expected_back: date | None
    limited_use: str


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to; `status` may also be held or overdue, which `today` decides.

    `at` is the cursor of a page.
    """

    kind: str
    today: date
    area_id: int | None = None
    status: str = ""
    words: str = ""
    at: str = ""


@dataclass(frozen=True)
class LogLine:
    """One line of the log."""

    id: int
    at: datetime
    by: str
    event: str
    words: str
    record: str | None
