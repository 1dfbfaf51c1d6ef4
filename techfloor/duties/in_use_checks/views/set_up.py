"""What quality sets up: the check of a gauge, and its end."""

from typing import Any

from flask import flash, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor.duties.in_use_checks import actions, queries
from techfloor.duties.in_use_checks.card import OnCard, read_card
from techfloor.duties.in_use_checks.forms import EndForm, SetUpForm
from techfloor.duties.in_use_checks.rules import Applied, Every
from techfloor.duties.in_use_checks.views.pages import gauge_url, pages
from techfloor.duties.in_use_checks.views.shown import by
from techfloor.equipment.ledger import name_of
from techfloor.equipment.queries import gauge_view
from techfloor.equipment.shapes import GaugeView
from techfloor.web.pages import Page, see


@pages.page("/gauges/<code>/set-up", permission="checks:set-up")
def set_up(code: str) -> str:
    """Ask how a gauge is checked; it begins as the check in force."""
    view = gauge_view(code)
    return _page(view, SetUpForm(**_stands(view)))


def _stands(view: GaugeView) -> dict[str, Any]:
    """Return what the form begins with: the newest version, else what the card says, else what fits most gauges."""
    newest = queries.newest(view.code)
    if newest is None:
        return _of_card(view)
    check = newest.check
    return {
        "seen": str(check.version),
        "function": check.function,
        "applied": check.applied.value,
        "code": check.code,
        "what": check.what,
        "nominal": check.nominal,
        "limits": check.limits,
        "lower": None if check.limits else check.lower,
        "upper": None if check.limits else check.upper,
        "every": check.every.value,
        "words": check.words,
    }


def _of_card(view: GaugeView) -> dict[str, Any]:
    first = view.functions[0].name if view.functions else ""
    found = read_card(view.in_use_check, actions.functions(view))
    return {
        "seen": "0",
        "function": found.function or first,
        "applied": Applied.PIECE.value,
        "every": (found.every or Every.DAY).value,
        "what": found.what,
        "nominal": found.nominal,
        "limits": found.limits,
    }


@pages.act(
    "/gauges/<code>/set-up",
    permission="checks:set-up",
    action="checks:definition:set-up",
    title=_l("Check in use set up"),
    alone="equipment:{code}",
    endpoint="set_up_post",
)
def set_up_post(code: str) -> Page:
    """Put the check in force."""
    view, form = gauge_view(code), SetUpForm()
    form.offer(actions.functions(view))
    form.near(actions.functions(view))
    if form.attempt(lambda: actions.set_up(view, form.entry(), form.seen_version, by())):
        flash(_in_force(view.code), "success")
        return see(gauge_url(view.code))
    return _page(view, form), 422


def _in_force(code: str) -> str:
    """Say that a check is in force, and what the code of a standard stands for."""
    check = queries.needed(code).check
    name = name_of(check.code) if check.applied is Applied.STANDARD else None
    if name is None:
        return str(_("%(code)s is checked in use from now on.", code=code))
    return str(
        _("%(code)s is checked in use from now on, with %(piece)s %(name)s.", code=code, piece=check.code, name=name)
    )


def _page(view: GaugeView, form: SetUpForm) -> str:
    form.offer(actions.functions(view))
    newest = queries.newest(view.code)
    return render_template(
        "in_use_checks/set_up.html",
        gauge=view,
        form=form,
        filled=newest is None and read_card(view.in_use_check, actions.functions(view)) != OnCard(),
        newest=newest.check if newest and not newest.check.ended else None,
        end=EndForm(formdata=None, drafted=False, seen=str(newest.check.version)) if newest else None,
    )


@pages.act(
    "/gauges/<code>/end",
    permission="checks:set-up",
    action="checks:definition:end",
    title=_l("Check in use ended"),
    alone="equipment:{code}",
)
def end(code: str) -> Page:
    """End the check of a gauge."""
    view, form = gauge_view(code), EndForm()
    seen = str(form.seen.data or "")
    version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else -1
    if form.attempt(lambda: actions.end(view, version, by())):
        flash(_("%(code)s is not checked in use any more.", code=view.code), "success")
        return see(gauge_url(view.code))
    again = SetUpForm(formdata=None, **_stands(view))
    again.form_errors = list(form.form_errors)
    return _page(view, again), 422
