"""The list of the gauges that are checked in use."""

from typing import Any

from flask import render_template
from flask_babel import gettext as _

from techfloor.duties.in_use_checks import queries
from techfloor.duties.in_use_checks.queries import CheckedGauge
from techfloor.duties.in_use_checks.rules import Outcome
from techfloor.duties.in_use_checks.views.pages import gauge_url, pages
from techfloor.duties.in_use_checks.views.shown import is_due_now
from techfloor.equipment.statuses import FALLS_DUE
from techfloor.said import word
from techfloor.web.show import day, moment
from techfloor.web.visitor import visitor


@pages.page("/", permission="checks:read")
def index() -> str:
    """List the checked gauges, what is due first."""
    rows = sorted((_row(line) for line in queries.checked_gauges()), key=lambda row: (row["place"], row["code"]))
    return render_template("in_use_checks/index.html", rows=rows, may_set_up=visitor().may("checks:set-up"))


def _row(line: CheckedGauge) -> dict[str, Any]:
    found, check = line.found, line.found.check
    place, look, words = _state(line)
    return {
        "place": place,
        "code": found.gauge_code,
        "name": found.gauge_name,
        "url": gauge_url(found.gauge_code),
        "check": f"{check.applied_words}, {check.limit_words}",
        "every": word(check.every, "every"),
        "due": day(line.due) if line.due else "–",
        "last": moment(line.last_at) if line.last_at else "–",
        "look": look,
        "words": words,
    }


def _state(line: CheckedGauge) -> tuple[int, str, str]:
    """Return where a gauge stands in the list, with look and words of its state."""
    if line.held:
        return 0, "hold", _("Held")
    if line.status not in FALLS_DUE:
        return 4, "waiting", _("Not in use")
    if line.last_outcome == Outcome.FAIL:
        return 1, "fail", _("Outside: try once more")
    return (2, "caution", _("Due")) if is_due_now(line.found) else (3, "pass", _("Good"))
