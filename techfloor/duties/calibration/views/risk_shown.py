"""What a page says of how often a procedure decides wrongly."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from techfloor.duties.calibration.actions.procedures import standard_of
from techfloor.duties.calibration.queries import risks as risk_history
from techfloor.duties.calibration.queries.gauges import GaugeFacts
from techfloor.duties.calibration.queries.records import in_force_under
from techfloor.duties.calibration.report.words import risk_words
from techfloor.duties.calibration.rules import risks
from techfloor.duties.calibration.rules.foresight import Foreseen, foresee
from techfloor.duties.calibration.rules.printed import report_risk
from techfloor.duties.calibration.rules.procedure import Item, Mode, Procedure, plan
from techfloor.duties.calibration.rules.risks import PointRisk
from techfloor.measures.quantity import signed
from techfloor.measures.risk import FEWEST
from techfloor.places.here import plant, today
from techfloor.refusals import Refusal


@dataclass(frozen=True)
class Line:
    """The risks at one point, in words; centre and scatter in % of the tolerance."""

    point: str
    n: int
    centre: str
    scatter: str
    pfa: str
    pfr: str


@dataclass(frozen=True)
class Risks:
    """The risks of a procedure on a page: its points, or why there are none, and what must be known to read them."""

    lines: Sequence[Line]
    why_none: str = ""
    notes: Sequence[str] = ()


def risks_of(procedure: Procedure, definition_id: int | None, item: Item, seen: Sequence[Foreseen]) -> Risks | None:
    """Return the risks for one gauge, None where nobody asks for them or the procedure has no errors to go by."""
    if definition_id is None or procedure.mode is Mode.attribute or not risk_history.asked(procedure, plant()):
        return None
    found = _found(procedure, definition_id, item, seen)
    why_none = _why_none(found)
    if why_none:
        return Risks([], why_none)
    return Risks([_line(each) for each in found], notes=_notes(found))


def _found(procedure: Procedure, definition_id: int, item: Item, seen: Sequence[Foreseen]) -> list[PointRisk]:
    found = risk_history.found_under(procedure, definition_id)
    return risks.point_risks(procedure, seen, plan(procedure, item), found)


def _why_none(found: Sequence[PointRisk]) -> str:
    """Say why no point has a risk, in one sentence; "" where one has."""
    if risks.worst(found) is not None:
        return ""
    missing = risks.lacking(found)
    if missing:
        return str(
            _(
                "The risks of the rule are worked out from %(fewest)s calibrations as found at a point: "
                "%(missing)s are still missing.",
                fewest=FEWEST,
                missing=missing,
            )
        )
    return str(_("The risks of the rule cannot be worked out: U is not known, or the errors as found are all equal."))


def _line(each: PointRisk) -> Line:
    process, risk = each.process, each.risk
    return Line(
        point=each.point.label + {"up": " ↑", "down": " ↓"}.get(each.point.direction, ""),
        n=each.n,
        centre=f"{_percent(process.mean)} %" if process else "",
        scatter=f"{abs(round(100 * process.sd))} %" if process else "",
        pfa=risk_words(report_risk(risk.pfa)) if risk else "",
        pfr=risk_words(report_risk(risk.pfr)) if risk else "",
    )


def _percent(share: float) -> str:
    return signed(Decimal(round(100 * share)))


def _notes(found: Sequence[PointRisk]) -> list[str]:
    said = [
        _(
            "PFA: so many % of all results are accepted though the gauge is out of tolerance there. PFR: so many % "
            "are rejected though it is within. The prior is how gauges were found under this procedure: mean error and "
            "scatter, as shares of the tolerance, less what U lets them scatter, and normally distributed (global "
            "risks, JCGM 106:2012, clause 9)."
        )
    ]
    if any(each.process is not None and not each.process.parted for each in found):
        said.append(
            _("Where the errors scatter no more than U lets expect, all of their scatter counts as that of the gauges.")
        )
    if any(each.lacking for each in found):
        said.append(_("A point with fewer than %(fewest)s results has no risk yet.", fewest=FEWEST))
    return [str(words) for words in said]


def behind_the_passes(gauge: GaugeFacts) -> str:
    """Say how many of the passes as found may be none, where that is asked for; "" where it is not, or not known."""
    found = in_force_under(gauge.procedure_id)
    if found is None or gauge.procedure_id is None or found[1].mode in {Mode.attribute, Mode.certificate}:
        return ""
    if not risk_history.asked(found[1], plant()):
        return ""
    try:
        seen = foresee(found[1], gauge.item, standard_of(found[1], today()))
    except Refusal:
        return ""
    each = _found(found[1], gauge.procedure_id, gauge.item, seen)
    worst = risks.worst(each)
    if worst is None or worst.risk is None:
        return _why_none(each)
    words = _(
        "Of what passes at %(point)s, %(share)s %% is out of tolerance all the same, by how %(count)s calibrations "
        "under %(procedure)s found their gauges (conditional PFA, JCGM 106:2012, clause 9).",
        point=worst.point.label,
        share=risk_words(report_risk(worst.risk.conditional_pfa)),
        count=worst.n,
        procedure=found[1].code,
    )
    return str(words)
