"""A list that is long for paper: written down as it stands when it is asked for, then printed part by part.

The rows are frozen with the job, so that all parts show the same moment, and nobody's rights are looked at later.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from itertools import islice

from flask import current_app
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _l

from techfloor.places.here import plant
from techfloor.reports import jobs
from techfloor.reports.job_runner import wake_afterwards
from techfloor.reports.lists_out import Column, ListOut, by_whom_and_when, long_for_paper, on_paper, shown
from techfloor.web.pages import Page, see
from techfloor.web.visitor import by_whom

KIND = "list"
PART = 500
"""So many lines are printed at once: it takes two or three seconds, and is done again after a restart."""
MOST = 20_000
"""About 700 pages: nobody reads more of them."""


def declare(permission: str) -> None:
    """Declare the printing of long lists, for who has `permission`."""
    jobs.declare(
        jobs.Kind(
            name=KIND,
            permission=permission,
            action="reports:list:print",
            make=_make,
            title=_l("List"),
            file_name="list",
            told=_told,
            own=True,
            whole=_l("one PDF"),
        )
    )


def ask(listed: ListOut) -> Page:
    """Have a list printed in the background, in the act under way; one that nobody would read is refused on a page."""
    rows = [[shown(value) for value in row] for row in islice(listed.rows, MOST + 1)]
    if len(rows) > MOST:
        return long_for_paper(listed, too_long=MOST), 422
    asked = {
        "title": listed.title,
        "narrowed": listed.narrowed,
        "lines": str(len(rows)),
        "columns": json.dumps([asdict(column) for column in listed.columns]),
        "by": by_whom_and_when(),
    }
    parts = _parts(rows)
    named = [(n, f"{part['first']}–{part['last']}") for n, part in enumerate(parts, start=1)]
    given = [{**part, "part": str(n), "parts": str(len(parts))} for n, part in enumerate(parts, start=1)]
    job = jobs.ask(jobs.kind_named(KIND), named, asked, given=given, **by_whom())
    wake_afterwards()
    return see(f"/jobs/{job.id}")


def _parts(rows: list[list[str]]) -> list[dict[str, str]]:
    return [
        {
            "first": str(at + 1),
            "last": str(min(at + PART, len(rows))),
            "rows": json.dumps(rows[at : at + PART], ensure_ascii=False),
        }
        for at in range(0, len(rows), PART)
    ]


def _told(asked: Mapping[str, str]) -> list[str]:
    lines = gettext("%(lines)s lines", lines=asked["lines"])
    return [part for part in (asked["title"], asked["narrowed"], lines) if part]


def _make(_by: int, _part: int, asked: Mapping[str, str]) -> jobs.Keep:
    with force_locale(plant().language):
        columns = tuple(Column(**column) for column in json.loads(asked["columns"]))
        listed = ListOut("", asked["title"], columns, json.loads(asked["rows"]), "", asked["narrowed"])
        count = gettext(
            "%(first)s to %(last)s of %(lines)s", **{name: asked[name] for name in ("first", "last", "lines")}
        )
        part = gettext("Part %(part)s of %(parts)s · ", part=asked["part"], parts=asked["parts"])
        piece = on_paper(listed, asked["by"], count, part)
    return lambda: str(current_app.extensions["techfloor"].blobs.put(piece))
