"""The shapes of the demo plant's history: calibrations in house and outside, and a look-back."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class StandardUsed:
    """A standard and its certificate that was in force."""

    code: str
    certificate: str


@dataclass(frozen=True)
class AmbientValue:
    """A condition of the room, in the unit the procedure's limit names."""

    quantity: str
    value: str
    unit: str


@dataclass(frozen=True)
class Reading:
    """One reading; `error` is in the procedure's error_unit, `difference` only in a comparison.

    Typed was, by mode: apply the indication, match the reference, both the two, comparison the difference.
    """

    point: str
    repeat: int
    reference: str
    indication: str
    difference: str
    error: str
    verdict: str
    at: datetime


@dataclass(frozen=True)
class ExtraReading:
    """A value typed for a derived result: at which extra entry, which repeat."""

    entry: str
    repeat: int
    value: str
    at: datetime


@dataclass(frozen=True)
class PointResult:
    """The verdict at a point, on its mean error or on every single one, as the procedure says."""

    point: str
    error: str
    verdict: str


@dataclass(frozen=True)
class DerivedResult:
    """A derived result and its verdict."""

    kind: str
    name: str
    value: str
    unit: str
    verdict: str


@dataclass(frozen=True)
class Run:
    """All readings as found, or all as left."""

    readings: tuple[Reading, ...]
    points: tuple[PointResult, ...]
    extra: tuple[ExtraReading, ...]
    derived: tuple[DerivedResult, ...]
    verdict: str


@dataclass(frozen=True)
class Calibration:
    """A calibration in house; `performed_by` and `reviewed_by` are keys of people, None: no review yet."""

    gauge: str
    procedure: str
    version: int
    started_at: datetime
    signed_at: datetime
    performed_by: str
    tablet: str
    reviewed_at: datetime | None
    reviewed_by: str | None
    condition: str
    soak_minutes: int
    ambient: tuple[AmbientValue, ...]
    standards: tuple[StandardUsed, ...]
    as_found: Run
    adjusted: bool
    adjustment: str
    adjusted_at: datetime | None
    as_left: Run | None


@dataclass(frozen=True)
class OutsideResult:
    """One result of an outside laboratory, with its U and k."""

    function: str
    nominal: str
    reference: str
    indication: str
    error: str
    unit: str
    u: str
    k: str
    verdict: str


@dataclass(frozen=True)
class OutsideCertificate:
    """A certificate of an outside laboratory, its way there and back, its file and its review."""

    gauge: str
    number: str
    laboratory: str
    serial: str
    sent_at: datetime
    sent_by: str
    performed: date
    back_at: datetime
    reviewed_at: datetime
    reviewed_by: str
    method: str
    environment: str
    as_found: str
    as_left: str
    conformity_rule: str
    cost: str
    file: str
    review_checks: tuple[str, ...]
    results: tuple[OutsideResult, ...]


@dataclass(frozen=True)
class LookBackLot:
    """A lot worked with the wrench while it was wrong, corrected and sorted."""

    lot: str
    product: str
    characteristic: str
    set_value: str
    limits: tuple[str, str]
    interpolated_error_percent: str
    corrected: str
    u: str
    sorted_as: str
    note: str


@dataclass(frozen=True)
class LookBack:
    """The work between the last good calibration of a gauge and the one that failed."""

    gauge: str
    start: date
    end: date
    lots: tuple[LookBackLot, ...]
