"""What quality sets up: a study of numbers, or one of judgements."""

from typing import Any

from flask import flash, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor.duties.gauge_studies import actions, queries
from techfloor.duties.gauge_studies.forms import AttributeForm, VariableForm
from techfloor.duties.gauge_studies.permissions import APPRAISERS
from techfloor.duties.gauge_studies.rules import Basis
from techfloor.duties.gauge_studies.views.pages import by, pages, study_url
from techfloor.equipment.queries import gauge_view
from techfloor.equipment.shapes import GaugeView
from techfloor.web.pages import Page, see

MAY = "studies:set-up"
_PARTS = "\n".join(str(n) for n in range(1, 11))


@pages.page("/gauges/<code>/new", permission=MAY)
def set_up(code: str) -> str:
    """Ask what is studied."""
    view = gauge_view(code)
    first = view.functions[0].name if view.functions else ""
    basis = Basis.PRODUCT.value
    return _variable_page(view, VariableForm(function=first, basis=basis, repeats=3, labels=_PARTS))


@pages.act(
    "/gauges/<code>/new",
    permission=MAY,
    action="studies:study:set-up",
    title=_l("Gauge study set up"),
    alone="equipment:{code}",
    endpoint="set_up_post",
)
def set_up_post(code: str) -> Page:
    """Open the study."""
    view, form = gauge_view(code), VariableForm()
    form.offer(view.functions)
    if done := form.attempt(lambda: actions.set_up(view.code, form.entry(), by())):
        return _begun(done.made)
    return _variable_page(view, form), 422


def _begun(number: str) -> Page:
    flash(_("%(number)s is set up. Each appraiser finds it on their home page.", number=number), "success")
    return see(study_url(number))


def _variable_page(view: GaugeView, form: VariableForm) -> str:
    form.offer(view.functions)
    return _page("gauge_studies/set_up.html", view, form)


def _page(template: str, view: GaugeView, form: Any) -> str:
    who = by()
    form.offer_persons(queries.may_measure(who.plant, who.at, APPRAISERS))
    return render_template(template, gauge=view, form=form)


@pages.page("/gauges/<code>/new-attribute", permission=MAY)
def set_up_attribute(code: str) -> str:
    """Ask which parts are judged."""
    return _page("gauge_studies/set_up_attribute.html", gauge_view(code), AttributeForm(repeats=3))


@pages.act(
    "/gauges/<code>/new-attribute",
    permission=MAY,
    action="studies:study:set-up-attribute",
    title=_l("Attribute study set up"),
    alone="equipment:{code}",
    endpoint="set_up_attribute_post",
)
def set_up_attribute_post(code: str) -> Page:
    """Open the study of judgements."""
    view, form = gauge_view(code), AttributeForm()
    if done := form.attempt(lambda: actions.set_up(view.code, form.entry(), by())):
        return _begun(done.made)
    return _page("gauge_studies/set_up_attribute.html", view, form), 422
