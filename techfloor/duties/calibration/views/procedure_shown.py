"""What a page shows of a procedure: its limits point by point for one gauge, and what differs between two versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from techfloor.duties.calibration.actions import approving, procedures
from techfloor.duties.calibration.actions.drafting import Draft
from techfloor.duties.calibration.actions.procedures import standards
from techfloor.duties.calibration.forms.procedure import LookForm
from techfloor.duties.calibration.queries.gauges import gauge_by_code
from techfloor.duties.calibration.report.words import approached, limit_pair, number, with_minus, with_sign
from techfloor.duties.calibration.rules import fitting, foresight, verdicts
from techfloor.duties.calibration.rules.certified import StandardFacts
from techfloor.duties.calibration.rules.foresight import Foreseen
from techfloor.duties.calibration.rules.printed import error_limit, report_k, report_u
from techfloor.duties.calibration.rules.procedure import Item, Mode, Procedure
from techfloor.duties.calibration.views.judged import acceptance_words
from techfloor.duties.calibration.views.risk_shown import Risks, risks_of
from techfloor.duties.calibration.views.whose_tolerance import whose_tolerance
from techfloor.measures.units import show_unit
from techfloor.places.here import today
from techfloor.refusals import NotFound, Refusal
from techfloor.reports.charts import tolerance_bar
from techfloor.said import word
from techfloor.web.forms import refusal_text

BY_ITSELF = ""


@dataclass(frozen=True)
class Look:
    """The limits of a procedure on a page: the question, the lines, why there are none, the picture of the tightest."""

    form: LookForm
    lines: Sequence[Mapping[str, Any]]
    refusal: str = ""
    cautions: Sequence[str] = ()
    picture: Mapping[str, Any] | None = None
    picture_words: str = ""
    unit: str = ""
    proposed: bool = False
    risks: Risks | None = None


def look(procedure: Procedure, definition_id: int | None, gauge: str = "") -> Look:
    """Return the limits for the gauge and the standard that the address names, else for the first that uses it."""
    form = _form(procedure, definition_id, gauge)
    if procedure.mode is Mode.certificate:
        return Look(form, [])
    standard = _standard(procedure, form)
    try:
        item = _item(procedure, form)
        seen = foresight.foresee(procedure, item, standard)
    except Refusal as no:
        return Look(form, [], refusal=refusal_text(no))
    tightest = min((each for each in seen if each.ratios.process), key=_process, default=None)
    bar = tightest or next((each for each in seen if each.upper is not None), None)
    return Look(
        form,
        [_line(procedure, each) for each in seen],
        cautions=[*_of_its_card(procedure, form, item), *_cautions(procedure, seen, standard)],
        picture=_picture(procedure, bar) if bar else None,
        picture_words=_picture_words(bar.point.label, form.gauge.data or "") if bar else "",
        unit=show_unit(procedure.error_unit or procedure.unit),
        proposed=any(each.proposed for each in seen),
        risks=risks_of(procedure, definition_id, item, seen),
    )


def _picture_words(point: str, gauge: str) -> str:
    if gauge:
        return str(_("The limits at %(point)s, for %(gauge)s", point=point, gauge=gauge))
    return str(_("The limits at %(point)s", point=point))


def _of_its_card(procedure: Procedure, form: LookForm, item: Item) -> list[str]:
    """Say that the tolerance of a gauge's own card counts where the procedure states another."""
    words = whose_tolerance(procedure, item, form.gauge.data) if form.gauge.data else ""
    return [words] if words else []


def _process(each: Foreseen) -> Decimal:
    return each.ratios.process or Decimal(0)


def _form(procedure: Procedure, definition_id: int | None, gauge: str) -> LookForm:
    form = LookForm(request.args)
    users = procedures.users(definition_id) if definition_id else []
    names = dict(procedures.gauges_in(procedure.unit))
    used = dict.fromkeys([*([gauge] if gauge else []), *(user.code for user in users)])
    form.gauge.choices = [
        SelectChoice(BY_ITSELF, _("none: as the procedure says")),
        *(SelectChoice(code, f"{code} {names.get(code, '')}".strip()) for code in {**used, **names}),
    ]
    if "gauge" not in request.args:
        form.gauge.data = next(iter(used), BY_ITSELF)
    form.standard.choices = [SelectChoice(code, f"{code} {name}") for code, name in _named(procedure)]
    form.point_set.choices = [SelectChoice(key, key) for key in _keys(procedure)]
    return form


def _named(procedure: Procedure) -> list[tuple[str, str]]:
    return [(code, name) for code, name in standards() if code in procedure.standards]


def _keys(procedure: Procedure) -> list[str]:
    return [str(row["key"]) for row in (procedure.body or {}).get("point_set", ())]


def _standard(procedure: Procedure, form: LookForm) -> StandardFacts | None:
    chosen = form.standard.data or ""
    named = [chosen] if chosen in procedure.standards else list(procedure.standards)
    found = procedures.like_unit(procedure.unit, today())
    return next((each for each in found if each.code in named), None)


def _item(procedure: Procedure, form: LookForm) -> Item:
    code, wanted = form.gauge.data or "", form.point_set.data or ""
    keys = _keys(procedure)
    if code and not any(_typed(form).values()):
        item = gauge_by_code(code).item
        own = wanted or (item.point_set if item.point_set in keys else "") or (keys[0] if keys else "")
        return replace(item, point_set=own)
    item = foresight.by_itself(procedure, **_typed(form))
    return replace(item, point_set=wanted or item.point_set)


def _typed(form: LookForm) -> dict[str, str]:
    """Return what was typed of a gauge; what is no number is not taken."""
    named = {name: str(form[name].data or "").strip() for name in ("low", "high", "resolution")}
    tolerance = str(form.tolerance.data or "").strip()
    return {name: text if number(text) is not None else "" for name, text in named.items()} | {"tolerance": tolerance}


def _line(procedure: Procedure, each: Foreseen) -> dict[str, Any]:
    point, at = each.point, each.point.value
    return {
        "point": approached(point.label, point.direction),
        "note": ", ".join(part for part in (_value(each), " + ".join(point.stack)) if part),
        "expected": word(point.expected, "goes") if procedure.mode is Mode.attribute else "",
        "limits": limit_pair(*(_limit(procedure, each, limit) for limit in (each.lower, each.upper))),
        "u": with_minus(report_u(procedure, each.u, at)) if each.u is not None else "",
        "k": report_k(each.k) if each.k is not None else "",
        "guard": _guard(procedure, each),
        "accept": acceptance_words(procedure, point, (each.lower, each.upper), each.guard, at),
        "tur_reference": fitting.ratio_words(each.ratios.reference) if each.ratios.reference else "",
        "tur": fitting.ratio_words(each.ratios.process) if each.ratios.process else "",
        "low_ratio": each.low_ratio,
    }


def _guard(procedure: Procedure, each: Foreseen) -> str:
    """Write a guard band; one that is U itself reads as U does."""
    if not each.guard:
        return ""
    whole = each.u is not None and verdicts.is_whole(each.guard, each.u)
    return with_minus(report_u(procedure, each.u if whole and each.u else each.guard, each.point.value))


def _value(each: Foreseen) -> str:
    """Write the value of a point where its name does not begin with it."""
    point = each.point
    if not point.nominal or point.label.startswith(point.nominal):
        return ""
    return f"{with_minus(point.nominal)} {show_unit(point.unit)}".strip()


def _limit(procedure: Procedure, each: Foreseen, limit: Decimal | None) -> str:
    return "" if limit is None else error_limit(procedure, each.point, limit, each.point.value)


def _cautions(procedure: Procedure, seen: Sequence[Foreseen], standard: StandardFacts | None) -> list[str]:
    low = [each for each in seen if each.low_ratio]
    said = []
    if low:
        said.append(
            _(
                "The TUR is below %(least)s at %(points)s: U is large beside the tolerance.",
                least=procedure.min_tur,
                points=", ".join(each.point.label for each in low),
            )
        )
    if standard is None and procedure.budget:
        said.append(_("No standard of it may be used today, so U counts the rest of the budget alone: it is larger."))
    return said


def _picture(procedure: Procedure, each: Foreseen) -> dict[str, Any]:
    """Draw the zone of acceptance at a point, as `_parts/tolerance_picture.html` takes it."""
    bar = tolerance_bar(each.lower, each.upper, acceptance=each.acceptance, width=660)
    kinds = {"accept": "pass"}
    marks = [(each.lower, bar.limits[:1]), (each.upper, bar.limits[-1:])]
    labels = [
        {"x": mark.x, "label": with_sign(_limit(procedure, each, limit))}
        for limit, marked in marks
        if limit is not None
        for mark in marked
    ]
    zones = [{"x": zone.x, "width": zone.width, "kind": kinds.get(zone.kind, zone.kind)} for zone in bar.zones]
    return {"width": 660, "height": 92, "zones": zones, "limits": labels, "marker": None, "whisker": None}


def caution_words(draft: Draft, shown: Look) -> list[str]:
    """Return what to see before a draft is approved, but what stands beside its limits already."""
    said = (refusal_text(each) for each in approving.cautions(draft, today()))
    return [words for words in said if words not in shown.cautions]


def gauge_named(code: str) -> str:
    """Return the code of a gauge that an address carries along, "" where there is none."""
    try:
        return gauge_by_code(code).code if code else ""
    except NotFound:
        return ""
