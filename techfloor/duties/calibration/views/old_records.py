"""A line from the old records: what it says, where it came from, and taking it back where it does not hold."""

from decimal import Decimal
from typing import Any

from flask import flash, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from techfloor.duties.calibration.actions import old_records as old_acts
from techfloor.duties.calibration.queries import old_records as old_lines
from techfloor.duties.calibration.queries.old_records import OldLine
from techfloor.duties.calibration.rules.old_records import OldEntry, OldReading, url_of
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.shown import verdict_words
from techfloor.equipment.deed_forms import OTHER, WhyForm
from techfloor.equipment.rules import plant_day
from techfloor.equipment.statuses import MEASURE
from techfloor.equipment.wording import Sign
from techfloor.measures.quantity import signed
from techfloor.measures.units import show_unit
from techfloor.places.here import plant
from techfloor.web.fields import options
from techfloor.web.pages import Page, see
from techfloor.web.show import day
from techfloor.web.visitor import by_whom, visitor

READ, IMPORTS = "calibration:read", "imports:run"


class WithdrawForm(WhyForm):
    """Why a line from the old records does not hold."""

    reason = RadioField(
        _l("Why does it not hold?"),
        choices=options(
            ("the sheet was wrong", _l("The sheet was wrong")),
            ("brought in for the wrong gauge", _l("Brought in for the wrong gauge")),
            ("brought in twice", _l("Brought in twice")),
            (OTHER, _l("Another reason")),
        ),
        validate_choice=False,
    )


def old_row(line: OldLine) -> dict[str, Any]:
    """Return a line as the page of its gauge shows it."""
    return {
        "number": line.entry.certificate or _("no certificate"),
        "url": url_of(line.number),
        "performed": day(line.entry.performed_on),
        "by": line.entry.performed_by,
        "found": worst_words(line.entry) or "–",
        "sign": sign_of(line.entry),
        "brought": _("brought in by %(name)s, %(day)s", name=line.by, day=day(plant_day(line.at, plant().zone))),
    }


def worst_words(entry: OldEntry) -> str:
    """Return the worst error as found: "+0.02 mm"; "" where none is told."""
    return "" if entry.worst_error is None else f"{signed(entry.worst_error)} {show_unit(entry.unit)}".strip()


def sign_of(entry: OldEntry) -> Sign:
    """Return what it says of the gauge: "Fail → pass", and that it was adjusted."""
    found, left = (verdict_words(each) for each in (entry.as_found, entry.as_left))
    words = f"{found} → {left.lower()}" if entry.as_found and entry.as_left else found if entry.as_found else left
    if not entry.went:
        return Sign("info", _("Adjusted") if entry.adjusted else _("No verdict"))
    look = "fail" if "fail" in {entry.as_found, entry.as_left} else "pass"
    return Sign(look, _("%(words)s, adjusted", words=words) if entry.adjusted else words)


@pages.page("/old/<int:line_id>", permission=READ, endpoint="old_line")
def show(line_id: int) -> str:
    """Show one line from the old records, and from which file it came."""
    line = old_lines.line_by_id(line_id)
    return render_template(
        "calibration/old.html",
        line=line,
        sign=sign_of(line.entry),
        facts=_facts(line.entry),
        origin=_origin(line),
        readings=[_reading(each) for each in line.entry.readings],
        run_url=f"/imports/{line.run_id}" if visitor().may(IMPORTS) else "",
        may_withdraw=visitor().may(MEASURE) and line.ended_at is None,
    )


def _facts(entry: OldEntry) -> list[tuple[str, str]]:
    found = [
        (_("Calibrated on"), day(entry.performed_on)),
        (_("Certificate"), entry.certificate),
        (_("Calibrated by"), entry.performed_by),
        (_("As found"), verdict_words(entry.as_found) if entry.as_found else ""),
        (_("As left"), verdict_words(entry.as_left) if entry.as_left else ""),
        (_("Adjusted"), "" if entry.adjusted is None else _("yes") if entry.adjusted else _("no")),
        (_("Worst error as found"), worst_words(entry)),
        (_("Next due"), day(entry.next_due) if entry.next_due else ""),
        (_("Counts for the due day"), _("yes") if entry.counts else _("no")),
        (_("Remark"), entry.remark),
    ]
    return [fact for fact in found if fact[1]]


def _origin(line: OldLine) -> list[tuple[str, str]]:
    return [
        (_("Brought in by"), line.by),
        (_("On"), day(plant_day(line.at, plant().zone))),
        (_("File"), line.file),
        (_("SHA-256 of the file"), line.sha256),
    ]


def _reading(reading: OldReading) -> dict[str, str]:
    unit = show_unit(reading.unit)
    return {
        "nominal": f"{reading.nominal} {unit}",
        "function": reading.function,
        "found": reading.found or "–",
        "error": _error(reading.error),
        "limits": _limits(reading),
        "left": reading.left or "–",
    }


def _error(error: str) -> str:
    return signed(Decimal(error)) if error else "–"


def _limits(reading: OldReading) -> str:
    ends = [signed(Decimal(each)) for each in (reading.lower, reading.upper) if each]
    return " … ".join(ends) or "–"


@pages.page("/old/<int:line_id>/withdraw", permission=MEASURE, endpoint="old_withdraw")
def withdraw(line_id: int) -> Page:
    """Ask why a line is taken back."""
    line = old_lines.line_by_id(line_id)
    if line.ended_at is not None:
        return see(url_of(line.number))
    return _withdraw_page(WithdrawForm(formdata=None), line)


@pages.act(
    "/old/<int:line_id>/withdraw",
    permission=MEASURE,
    action="calibration:old:withdraw",
    title=_l("Line from the old records withdrawn"),
    endpoint="old_withdraw_post",
)
def take_back(line_id: int) -> Page:
    """Take a line back."""
    line, form = old_lines.line_by_id(line_id), WithdrawForm()
    due_rule = plant().profile.text("calibration.due_day")
    if not form.attempt(lambda: old_acts.withdraw(line_id, form.words(), due_rule=due_rule, **by_whom())):
        return _withdraw_page(form, line), 422
    flash(_("The line is withdrawn. It stays to be read."), "success")
    return see(url_of(line.number))


def _withdraw_page(form: WithdrawForm, line: OldLine) -> str:
    return render_template("calibration/old_withdraw.html", form=form, line=line, url=url_of(line.number))
