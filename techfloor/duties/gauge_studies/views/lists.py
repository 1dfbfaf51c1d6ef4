"""The studies of the plant, and those of one gauge."""

from typing import Any

from flask import render_template, request

from techfloor.duties.gauge_studies import queries
from techfloor.duties.gauge_studies.forms import NewForm
from techfloor.duties.gauge_studies.queries import Line
from techfloor.duties.gauge_studies.views.pages import gauge_url, pages, study_url
from techfloor.equipment.queries import gauge_view
from techfloor.equipment.shapes import GaugeView
from techfloor.records.lifecycle import State
from techfloor.records.wording import standing
from techfloor.refusals import NotFound
from techfloor.said import in_words, word
from techfloor.web.fields import text_of
from techfloor.web.forms import refusal_text
from techfloor.web.lists import asked
from techfloor.web.pages import Page, see
from techfloor.web.show import moment


@pages.page("/", permission="studies:read")
def index() -> str:
    """List the studies, the newest first."""
    return _page(None)


@pages.page("/gauges/<code>", permission="studies:read")
def gauge(code: str) -> str:
    """Show the studies of a gauge."""
    view = gauge_view(code)
    return _page(view)


@pages.page("/new", permission="studies:set-up")
def new() -> Page:
    """Ask which gauge is studied, and go on to its studies."""
    form = NewForm(request.args)
    code = text_of(form.gauge)
    if not code:
        return render_template("gauge_studies/new.html", form=form, errors=[])
    try:
        return see(gauge_url(gauge_view(code.upper()).code))
    except NotFound as no:
        form.gauge.errors = [refusal_text(no)]
        errors = [(form.gauge.id, refusal_text(no))]
        return render_template("gauge_studies/new.html", form=form, errors=errors), 404


def _page(view: GaugeView | None) -> str:
    wanted = asked(f"/studies/gauges/{view.code}" if view else "/studies/")
    page = queries.lines(view.id if view else None, at=wanted.at)
    return render_template(
        "gauge_studies/index.html",
        gauge=view,
        lines=[_shown(line) for line in page.lines],
        back=wanted.url(page.back) if page.back else "",
        onward=wanted.url(page.onward) if page.onward else "",
    )


def _shown(line: Line) -> dict[str, Any]:
    look, words = standing(line.state, line.amendment)
    signed = line.verdict is not None and line.state in (State.PERFORMED, State.CLOSED)
    return {
        "number": line.number,
        "url": study_url(line.number),
        "gauge": f"{line.code} {line.gauge_name}",
        "sort": word(line.sort, "study-sort"),
        "subject": line.subject,
        "at": moment(line.opened_at),
        "state": (look, words),
        "verdict": _short(in_words(line.verdict)) if signed and line.verdict else "",
        "look": line.look,
    }


def _short(verdict: str) -> str:
    """Return what is said first of a verdict: whose it is and by which figure stands with the study."""
    return verdict.partition(":")[0].rstrip(".")
