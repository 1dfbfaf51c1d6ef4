"""Holding equipment, lifting holds, and the deeds that change a status."""

from flask import flash, redirect, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from techfloor.equipment import actions, queries
from techfloor.equipment.deed_forms import HoldForm, LiftForm, StatusForm
from techfloor.equipment.ledger import by_record
from techfloor.equipment.rules import OUT_OF_TOLERANCE, gauge_page
from techfloor.equipment.shapes import HoldView, ItemView
from techfloor.equipment.statuses import Deed, Kind, Transition, next_status, transition
from techfloor.equipment.views.common import HOLD, LIFT, READ, page_of, pages
from techfloor.equipment.wording import DEED_WORDS, look_backs_raised
from techfloor.places.here import today
from techfloor.refusals import NotFound
from techfloor.web.pages import check_permission
from techfloor.web.visitor import by_whom

Page = str | tuple[str, int] | Response


@pages.page("/<code>/hold", permission=HOLD)
def hold(code: str) -> Page:
    """Ask why something may not be used."""
    return _hold_page(HoldForm(formdata=None), queries.by_code(code))


@pages.act(
    "/<code>/hold",
    permission=HOLD,
    action="equipment:hold:place",
    title=_l("Equipment held"),
    alone="equipment:{code}",
    endpoint="place_hold",
)
def place_hold(code: str) -> Page:
    """Place a hold."""
    item = queries.by_code(code)
    form = HoldForm()
    done = form.attempt(lambda: actions.hold_by_hand(item.id, form.reason.data, form.remark.data, **by_whom()))
    if done is None:
        return _hold_page(form, item), 422
    flash(_("%(code)s is held. Nobody uses it until the hold is lifted.", code=item.code), "success")
    if done.made:
        flash(look_backs_raised(done.made), "warning")
    return redirect(page_of(item), code=303)


def _hold_page(form: HoldForm, item: ItemView) -> str:
    choices = form.reason.choices
    if item.kind == Kind.MACHINE:
        choices = [each for each in choices if each.value != OUT_OF_TOLERANCE]
    return render_template("equipment/hold.html", form=form, item=item, choices=choices)


@pages.page("/holds/<int:hold_id>/lift", permission=LIFT)
def lift(hold_id: int) -> Page:
    """Ask what makes something safe to use again."""
    code, found, is_open = queries.hold_by_id(hold_id)
    if not is_open:
        return redirect(f"/equipment/{code}", code=303)
    return _lift_page(LiftForm(formdata=None), code, found)


@pages.act(
    "/holds/<int:hold_id>/lift",
    permission=LIFT,
    action="equipment:hold:lift",
    title=_l("Hold lifted"),
    endpoint="lift_hold",
)
def lift_hold(hold_id: int) -> Page:
    """Lift a hold."""
    code, found, _is_open = queries.hold_by_id(hold_id)
    form = LiftForm()
    if not form.attempt(lambda: actions.lift_hold(hold_id, form.remark.data, **by_whom())):
        return _lift_page(form, code, found), 422
    flash(_("The hold on %(code)s is lifted.", code=code), "success")
    return redirect(f"/equipment/{code}", code=303)


def _lift_page(form: LiftForm, code: str, found: HoldView) -> str:
    item = queries.by_code(code)
    calibrated = by_record(item.kind, found.reason, found.work)
    return render_template(
        "equipment/lift.html", form=form, item=item, hold=found, gauge_url=gauge_page(code) if calibrated else ""
    )


@pages.page("/<code>/status/<deed>", permission=READ)
def status(code: str, deed: str) -> Page:
    """Ask what goes with a change of status."""
    item, step = _step(code, deed)
    if item.status not in step.before:
        return redirect(page_of(item), code=303)
    form = StatusForm(formdata=None)
    if not form.restored:
        form.sent_on.process_data(today())
    return _status_page(form, item, step)


@pages.act(
    "/<code>/status/<deed>",
    permission=READ,
    action="equipment:status:change",
    title=_l("Status changed"),
    alone="equipment:{code}",
    endpoint="change_status",
)
def change_status(code: str, deed: str) -> Page:
    """Change the status."""
    item, step = _step(code, deed)
    form = StatusForm()
    _word(form, step)
    if not form.attempt(lambda: _do(form, item, step)):
        return _status_page(form, item, step), 422
    flash(str(DEED_WORDS[step.deed].done) % {"code": item.code}, "success")
    return redirect(page_of(item), code=303)


def _step(code: str, deed: str) -> tuple[ItemView, Transition]:
    """Find the equipment and the deed; raises NotFound, or NotAllowed when the visitor may not do it."""
    item = queries.by_code(code)
    step = transition(item.kind, deed)
    if step is None or step.permission is None:
        raise NotFound("There is no such step for %(code)s.", code=item.code)
    check_permission(step.permission)
    return item, step


def _word(form: StatusForm, step: Transition) -> None:
    form.ask(words=DEED_WORDS[step.deed].question, asked=step.asks_words)


def _do(form: StatusForm, item: ItemView, step: Transition) -> None:
    next_status(item.kind, item.status, step.deed, item.code)
    sending = step.deed is Deed.SEND_OUT
    actions.change_status(
        item.id,
        step.deed,
        form.remark.data or "",
        sent_on=(form.sent_on.data or today()) if sending else None,
        expected_back=form.expected_back.data if sending else None,
        **by_whom(),
    )


def _status_page(form: StatusForm, item: ItemView, step: Transition) -> str:
    _word(form, step)
    words = DEED_WORDS[step.deed]
    return render_template(
        "equipment/status.html",
        form=form,
        item=item,
        title=str(words.title) % {"code": item.code},
        words=words.button,
        step_url=f"{page_of(item)}/status/{step.deed}",
        hint=words.hint,
        sending=step.deed is Deed.SEND_OUT,
        danger=step.deed is Deed.RETIRE,
    )
