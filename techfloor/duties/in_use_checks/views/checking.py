"""At the gauge: one value, what it means, its correction, and a day out of use."""

from flask import current_app, flash, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor import clock
from techfloor.duties.in_use_checks import actions, queries, rules
from techfloor.duties.in_use_checks.forms import CheckForm, CorrectForm, InErrorForm, NotUsedForm
from techfloor.duties.in_use_checks.queries import CheckRow, InForce
from techfloor.duties.in_use_checks.rules import Check, Every, Outcome
from techfloor.duties.in_use_checks.views.pages import gauge_url, pages
from techfloor.duties.in_use_checks.views.shown import by, is_due_now, may_correct, shown, step_of
from techfloor.equipment import ledger
from techfloor.equipment.queries import gauge_view
from techfloor.equipment.shapes import GaugeView
from techfloor.places.here import plant
from techfloor.refusals import Refusal
from techfloor.said import in_words
from techfloor.web.fields import text_of
from techfloor.web.forms import refusal_text
from techfloor.web.pages import NotAllowed, Page, see
from techfloor.web.visitor import visitor


@pages.page("/gauges/<code>/now", permission="checks:log")
def now(code: str) -> Page:
    """Ask for the value that the gauge shows; the last one is not shown."""
    return _now_page(queries.needed(code), CheckForm())


@pages.act(
    "/gauges/<code>/now",
    permission="checks:log",
    action="checks:check:log",
    title=_l("Gauge checked in use"),
    alone="equipment:{code}",
    endpoint="now_post",
)
def now_post(code: str) -> Page:
    """Keep the value and say what it means."""
    found, form = queries.needed(code), CheckForm()
    _expect(form, found.check, gauge_view(code))

    def deed() -> CheckRow:
        confirmed = bool(form.confirmed.data)
        return actions.log_check(found.gauge_code, form.given, by(), confirmed=confirmed)

    if done := form.attempt(deed):
        return see(f"/checks/rows/{done.made.id}")
    return _now_page(found, form), 422


def _expect(form: CheckForm, check: Check, gauge: GaugeView) -> None:
    function = step_of(check, actions.functions(gauge))
    form.expect(check, function.step if function else None)


def _now_page(found: InForce, form: CheckForm) -> str:
    gauge = gauge_view(found.gauge_code)
    again = queries.to_try_again(found.gauge_id, found.check.series) is not None
    due = is_due_now(found) and not again and found.check.every is not Every.BEFORE_USE
    return render_template(
        "in_use_checks/now.html",
        found=found,
        check=found.check,
        form=form,
        again=again,
        held=[in_words(hold.words) for hold in gauge.holds],
        objection=_objection(found),
        may_skip=due,
        skips=_("Not used today") if not rules.asks_why(found.check.every) else _("Skip this week’s check"),
        owner=visitor().person_id,
        signed=found.check.lower is None or found.check.lower <= 0,
    )


def _objection(found: InForce) -> str:
    """Say what speaks against the standard that is to be applied."""
    try:
        actions.certificate_for(found.check, by().today)
    except Refusal as no:
        return refusal_text(no)
    return ""


@pages.act(
    "/gauges/<code>/not-used",
    permission="checks:log",
    action="checks:check:not-used",
    title=_l("Gauge not used"),
    alone="equipment:{code}",
)
def not_used(code: str) -> Page:
    """Keep that the gauge is out of use; where a value was typed, or a check comes rarely, say so and ask first."""
    form = NotUsedForm(drafted=False)
    found = queries.needed(code)
    asks = rules.asks_why(found.check.every)
    if form.typed or (asks and not form.dropped.data):
        return _not_used_page(found, form), 422
    if form.attempt(lambda: actions.not_used(found.gauge_code, by(), str(form.why.data or ""))):
        now_url = f"/checks/gauges/{found.gauge_code}/now"
        current_app.extensions["techfloor"].drop_draft(visitor().person_id, now_url)
        flash(_("%(code)s is not used now. It is due again the next time.", code=found.gauge_code), "success")
        return see("/")
    if form.why.errors:
        return _not_used_page(found, form), 422
    again = CheckForm(formdata=None)
    again.form_errors = list(form.form_errors)
    return _now_page(found, again), 422


def _not_used_page(found: InForce, form: NotUsedForm) -> str:
    """Say what is skipped and what is dropped, and ask why."""
    form.word_reasons()
    zone, shifts = plant().zone, plant().in_area(found.area_key).shifts
    asks = rules.asks_why(found.check.every)
    typed, form.dropped.data = form.typed or text_of(form.value), "yes"
    return render_template(
        "in_use_checks/not_used.html",
        found=found,
        check=found.check,
        form=form,
        typed=typed,
        asks=asks,
        next_due=rules.next_day(found.check.every, clock.now(), zone, shifts),
    )


# --- what it means ---


@pages.page("/rows/<int:check_id>", permission="checks:read")
def outcome(check_id: int) -> str:
    """Say what a value means and what to do next."""
    row = queries.row(check_id)
    code = ledger.item_of(row.gauge_id).code
    check = queries.versions_of(code)[row.revision_id]
    held = bool(gauge_view(code).holds)
    outside = row.counts and row.outcome == Outcome.FAIL
    again = queries.to_try_again(row.gauge_id, row.series)
    return render_template(
        "in_use_checks/outcome.html",
        code=code,
        name=ledger.item_of(row.gauge_id).name,
        check=check,
        row=shown(row, check.unit, may_correct=may_correct(row)),
        outside=outside,
        in_error=row.outcome == Outcome.IN_ERROR,
        again=again is not None and again.id == row.id and visitor().may("checks:log"),
        held=held,
        cautions=[in_words(each) for each in row.caution] if row.counts and row.outcome == Outcome.GOOD else [],
    )


# --- correct ---


@pages.page("/rows/<int:check_id>/correct", permission="checks:log")
def correct(check_id: int) -> Page:
    """Ask for the right value and the reason."""
    row = _mine(check_id)
    return _correct_page(row, CorrectForm())


@pages.act(
    "/rows/<int:check_id>/correct",
    permission="checks:log",
    action="checks:check:correct",
    reason="reason",
    title=_l("Value of a check corrected"),
    endpoint="correct_post",
)
def correct_post(check_id: int) -> Page:
    """Replace the value; the one replaced stays."""
    row, form = _mine(check_id), CorrectForm()
    code = ledger.item_of(row.gauge_id).code
    _expect(form, queries.versions_of(code)[row.revision_id], gauge_view(code))

    def deed() -> CheckRow:
        may_any, confirmed = visitor().may("checks:review"), bool(form.confirmed.data)
        reason = str(form.reason.data or "")
        return actions.correct(check_id, form.given, reason, by(), may_any=may_any, confirmed=confirmed)

    if done := form.attempt(deed):
        return see(f"/checks/rows/{done.made.id}")
    return _correct_page(row, form), 422


@pages.page("/rows/<int:check_id>/in-error", permission="checks:log")
def in_error(check_id: int) -> Page:
    """Ask why a row should not be there."""
    return _in_error_page(_mine(check_id), InErrorForm())


@pages.act(
    "/rows/<int:check_id>/in-error",
    permission="checks:log",
    action="checks:check:in-error",
    reason="why",
    title=_l("Check entered in error"),
    endpoint="in_error_post",
)
def in_error_post(check_id: int) -> Page:
    """Say that a row should not be there; it stays and counts no more."""
    row, form = _mine(check_id), InErrorForm()
    by_, may_any = by(), visitor().may("checks:review")
    if done := form.attempt(lambda: actions.withdraw(check_id, str(form.why.data or ""), by_, may_any=may_any)):
        return see(f"/checks/rows/{done.made.id}")
    return _in_error_page(row, form), 422


def _in_error_page(row: CheckRow, form: InErrorForm) -> str:
    form.word_reasons()
    code = ledger.item_of(row.gauge_id).code
    check = queries.versions_of(code)[row.revision_id]
    return render_template(
        "in_use_checks/in_error.html",
        code=code,
        row=shown(row, check.unit, may_correct=False),
        form=form,
        back=gauge_url(code),
    )


def _mine(check_id: int) -> CheckRow:
    row = queries.row(check_id)
    if not may_correct(row):
        raise NotAllowed("checks:review")
    return row


def _correct_page(row: CheckRow, form: CorrectForm) -> str:
    form.word_reasons()
    code = ledger.item_of(row.gauge_id).code
    check = queries.versions_of(code)[row.revision_id]
    return render_template(
        "in_use_checks/correct.html",
        code=code,
        check=check,
        row=shown(row, check.unit, may_correct=False),
        form=form,
        back=gauge_url(code),
        signed=check.lower is None or check.lower <= 0,
    )
