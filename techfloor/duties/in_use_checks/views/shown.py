"""How a row of a check looks wherever it is shown."""

from dataclasses import dataclass

from flask_babel import gettext as _

from techfloor import clock
from techfloor.duties.in_use_checks import queries, rules
from techfloor.duties.in_use_checks.actions import By
from techfloor.duties.in_use_checks.queries import CheckRow, InForce
from techfloor.duties.in_use_checks.rules import Check, Outcome
from techfloor.measures.quantity import plain
from techfloor.measures.units import show_unit
from techfloor.places.here import plant
from techfloor.said import in_words, word
from techfloor.web.show import moment
from techfloor.web.visitor import visitor

LOOKS = {Outcome.GOOD: "pass", Outcome.FAIL: "fail", Outcome.NOT_USED: "waiting", Outcome.IN_ERROR: "info"}


def by() -> By:
    """Return who acts, when and where."""
    return By(visitor().person_id, clock.now(), plant(), visitor().device_id)


_CHANGES = frozenset({Outcome.GOOD, Outcome.FAIL, Outcome.NOT_USED})
"""What may be changed: a value, or that it should not be there."""


@dataclass(frozen=True)
class Shown:
    """One row in words."""

    id: int
    at: str
    value: str
    limits: str
    look: str
    verdict: str
    by: str
    remark: str
    counts: bool
    correct_url: str


def shown(row: CheckRow, unit: str, *, may_correct: bool) -> Shown:
    """Put a row into words."""
    outcome = Outcome(row.outcome)
    caution = outcome is Outcome.GOOD and bool(row.caution)
    return Shown(
        id=row.id,
        at=moment(row.performed_at),
        value=f"{plain(row.value)} {show_unit(unit)}" if row.value is not None else "–",
        limits=rules.limit_words(row.lower, row.upper, unit),
        look="waiting" if not row.counts else "caution" if caution else LOOKS[outcome],
        verdict=str(_("Counts no more")) if not row.counts else word(outcome, "check-outcome"),
        by=" · ".join(part for part in (row.by, row.device) if part),
        remark=remark(row),
        counts=row.counts,
        correct_url=f"/checks/rows/{row.id}/correct" if may_correct and row.counts and outcome in _CHANGES else "",
    )


def remark(row: CheckRow) -> str:
    """Say what else there is to a row."""
    said = [str(_("Second try"))] if row.try_of_id is not None else []
    if row.correction:
        said.append(str(_("Corrected: %(why)s", why=word(row.correction, "check-correction").lower())))
    said.extend(in_words(each) for each in row.caution)
    return ". ".join(said)


def may_correct(row: CheckRow) -> bool:
    """Tell whether the visitor may correct a row: who gave it, or who reviews."""
    return visitor().may("checks:log") and (row.by_id == visitor().person_id or visitor().may("checks:review"))


def is_due_now(found: InForce) -> bool:
    """Tell whether a gauge is to be checked now, or once more."""
    return queries.is_due(found, clock.now(), plant())


def step_of(check: Check, steps: list[rules.Function]) -> rules.Function | None:
    """Return the function of a gauge that a check is about."""
    return next((each for each in steps if each.name == check.function), None)
