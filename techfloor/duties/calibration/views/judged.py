"""By what a calibration was judged, in words: its rule, k, the guard band, and the limits that this leaves."""

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from flask_babel import gettext as _

from techfloor.duties.calibration.report.words import limit_pair
from techfloor.duties.calibration.rules.fitting import Limits
from techfloor.duties.calibration.rules.printed import error_limit, error_shown
from techfloor.duties.calibration.rules.procedure import PlannedPoint, Procedure
from techfloor.measures.quantity import decimals, plain
from techfloor.measures.units import show_unit


def judged_by(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (name, words) of rule, k and guard band, as the content of a calibration says them; of any schema.

    A laboratory judges by a rule of its own, which stands with its certificate.
    """
    points = [p for run in content["runs"] for p in run["points"] if not p["cannot_measure"]]
    if content.get("outside") or not points:
        return []
    rule, factors = content["procedure"]["rule_text"], _span(points, "k")
    if not any(p["u"] for p in points):
        rule = _("%(rule)s, uncertainty not considered", rule=rule)
    guard, units = _span(points, "guard"), {p["error_unit"] or p["unit"] for p in points if _is_number(p["guard"])}
    band = f"{guard} {show_unit(units.pop()) if len(units) == 1 else ''}".strip()
    return [
        (_("Decision rule"), rule),
        *([(_("Coverage factor"), f"k = {factors}")] if factors else []),
        *([(_("Guard band"), _("%(band)s off each limit", band=band))] if guard else []),
    ]


def _is_number(text: str | None) -> bool:
    return bool(text) and Decimal(str(text)) != 0


def _span(points: list[Any], key: str) -> str:
    """Return the smallest and the largest of a number of the points, "" where none has it."""
    found = sorted((p[key] for p in points if _is_number(p.get(key))), key=Decimal)
    if not found or Decimal(found[0]) == Decimal(found[-1]):
        return str(found[0]) if found else ""
    return str(_("%(low)s to %(high)s", low=found[0], high=found[-1]))


def acceptance_words(
    procedure: Procedure, point: PlannedPoint, limits: Limits, guard: Decimal, at: Decimal | None
) -> str:
    """Write the limits that a guard band leaves of a tolerance; "" where there is no guard band."""
    if not guard:
        return ""
    lower, upper = limits
    left = (None if lower is None else lower + guard, None if upper is None else upper - guard)
    if left[0] is not None and left[1] is not None and left[0] > left[1]:
        return str(_("nothing"))
    tolerance = error_limit(procedure, point, upper, at) if upper is not None else ""
    tolerance = tolerance or (error_limit(procedure, point, lower, at) if lower is not None else "")
    return limit_pair(*(_accepted(procedure, limit, at, 1 + decimals(Decimal(tolerance or 0))) for limit in left))


def _accepted(procedure: Procedure, limit: Decimal | None, at: Decimal | None, places: int) -> str:
    """Write an acceptance limit, rounded inwards to one place more than its tolerance limit has."""
    if limit is None:
        return ""
    shown = error_shown(procedure, limit, at)
    inwards = abs(shown).quantize(Decimal(1).scaleb(-places), rounding=ROUND_FLOOR)
    return plain(inwards if shown >= 0 else -inwards)
