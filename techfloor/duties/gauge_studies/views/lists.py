"""The studies of the plant, and those of one gauge."""

from typing import Any

from flask import render_template

from techfloor.duties.gauge_studies import queries
from techfloor.duties.gauge_studies.queries import Line
from techfloor.duties.gauge_studies.views.pages import pages, study_url
from techfloor.equipment.queries import gauge_view
from techfloor.records.lifecycle import State
from techfloor.records.wording import standing
from techfloor.said import in_words, word
from techfloor.web.show import moment


@pages.page("/", permission="studies:read")
def index() -> str:
    """Show the newest studies."""
    return _page(None, [_shown(line) for line in queries.lines()])


@pages.page("/gauges/<code>", permission="studies:read")
def gauge(code: str) -> str:
    """Show the studies of a gauge."""
    view = gauge_view(code)
    return _page(view, [_shown(line) for line in queries.lines(view.id)])


def _page(view: Any, lines: list[dict[str, Any]]) -> str:
    return render_template("gauge_studies/index.html", gauge=view, lines=lines)


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
        "verdict": in_words(line.verdict) if signed and line.verdict else "",
        "look": line.look,
    }
