"""The list of all records: narrowed by kind, state, area, days and words; what it shows can be taken away."""

from collections.abc import Sequence
from typing import Any

from flask import Response, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor.equipment.lists import code_like
from techfloor.equipment.narrowing import area_choices
from techfloor.house import queries
from techfloor.house.keepers import keepers, record_url
from techfloor.house.queries import RecordLine, RecordsWanted
from techfloor.house.running import running
from techfloor.house.shell import may_open
from techfloor.places.here import day_as_moments, today
from techfloor.records.lifecycle import State
from techfloor.records.wording import standing, state_words
from techfloor.reports import exporting
from techfloor.reports.written_out import MOST
from techfloor.store import search
from techfloor.web.access import SIGNED_IN, permission
from techfloor.web.duty import Performed
from techfloor.web.lists import Asked, Empty, Filter, address, asked, listing
from techfloor.web.pages import Page, Pages, see
from techfloor.web.show import day, moment
from techfloor.web.visitor import by_whom, visitor

pages = Pages("records", __name__, url_prefix="/records")

EXPORT = "house:export-records"
PERMISSIONS = (permission(EXPORT, "Take records away in bulk", "supervisor", "quality", "auditor", "administrator"),)
KIND = "records"
"""How an archive of records of any kind is called."""


@pages.page("", permission=SIGNED_IN)
def index() -> str:
    """List the records of all kinds that this person may open, newest first."""
    titles = _titles()
    wanted = _asked(titles)
    narrowed = _narrowed(wanted, titles)
    page = queries.record_page(narrowed, wanted.at)
    others = _performed_otherwise(page.lines)
    cut = narrowed.numbers is not None and len(narrowed.numbers) == search.MOST_FOUND
    return render_template(
        "house/records.html",
        list=listing(
            wanted,
            page,
            [_row(line, titles, others.get(line.id)) for line in page.lines],
            empty=_no_records(),
            none_fits=_("No record fits. Choose less, or look at the whole list."),
            note=_("Only the newest %(most)s that fit are shown. Type more of it.", most=search.MOST_FOUND)
            if cut
            else "",
        ),
        export_url=address("/records/export", **wanted.values, q=wanted.words) if visitor().may(EXPORT) else "",
    )


def _titles() -> dict[str, str]:
    """Return what each kind is called whose records this person may open."""
    who = visitor()
    return {
        kind: str(keeper.title)
        for keeper in keepers()
        for kind in keeper.record_kinds
        if may_open(record_url(f"{keeper.record_prefix}-0", kind) or "", who)
    }


def _asked(titles: dict[str, str]) -> Asked:
    return asked(
        "/records",
        Filter("kind", _("Kind"), [("", _("All")), *titles.items()]),
        Filter("state", _("State"), [("", _("Any")), *((state.value, state_words(state)) for state in State)]),
        Filter("area", _("Area"), area_choices()),
        Filter("since", _("From")),
        Filter("until", _("To")),
    )


def _narrowed(wanted: Asked, titles: dict[str, str]) -> RecordsWanted:
    kinds = (wanted["kind"],) if wanted["kind"] else tuple(titles)
    begins, _end = day_as_moments(wanted["since"])
    _begin, ends = day_as_moments(wanted["until"])
    return RecordsWanted(
        kinds,
        today(),
        state=wanted["state"],
        area=int(wanted["area"]) if wanted["area"] else None,
        since=begins,
        until=ends,
        **_found(wanted.words, kinds),
    )


def _found(words: str, kinds: tuple[str, ...]) -> dict[str, Any]:
    """Return what was typed as a condition: the beginning of a number, or words; a code as people say it, like g14."""
    typed = words.upper()
    if any(typed.startswith(f"{keeper.record_prefix}-") for keeper in keepers() if keeper.record_prefix):
        return {"beginning": typed}
    return {"numbers": queries.found_numbers(code_like(words) or words, kinds) if words else None}


def _no_records() -> Empty:
    words = _("No record yet. The first one begins with a gauge: scan its label.")
    return Empty("records", words, _("Scan a label"), "/scan")


def _performed_otherwise(lines: Sequence[RecordLine]) -> dict[int, Performed]:
    """Ask each duty that has records on the page which of them were not performed by who opened them."""
    found: dict[int, Performed] = {}
    for duty in running().duties:
        ids = [line.id for line in lines if line.kind in duty.record_kinds]
        found |= duty.performed(ids) if ids else {}
    return found


def _row(line: RecordLine, titles: dict[str, str], other: Performed | None) -> dict[str, Any]:
    look, words = _standing(line)
    return {
        "number": line.number,
        "version": line.version,
        "url": record_url(line.number, line.kind),
        "kind": titles[line.kind],
        "equipment": line.equipment,
        "performed": day(other.on) if other and other.on else moment(line.performed_at),
        "by": other.by if other else line.opened_by,
        "look": look,
        "state": words,
    }


def _standing(line: RecordLine) -> tuple[str, str]:
    """Return look and words of where a record stands: of a document whether it is in force."""
    if line.from_day is None:
        return standing(line.state, line.amendment)
    if line.from_day > today():
        return "info", _("In force from %(day)s", day=day(line.from_day))
    return "pass", _("In force")


@pages.act("/export", permission=EXPORT, action="reports:records:export", title=_l("Records taken away in bulk"))
def export() -> Page:
    """Keep who takes away what the list shows, on all its pages, and go on to the archive."""
    titles = _titles()
    wanted = _asked(titles)
    narrowed = _narrowed(wanted, titles)
    hidden = _sealed()
    ids = [each for each in queries.fitting_ids(narrowed, MOST) if each not in hidden]
    areas = dict(area_choices())  # an area by its name, for its id says nothing later
    words = {**wanted.values, "area": areas[wanted["area"]] if wanted["area"] else "", "q": wanted.words}
    taken = exporting.take(KIND, ids, words, found=narrowed.numbers, **by_whom())
    return see(f"/records/exports/{taken.id}.zip")


@pages.page("/exports/<int:export_id>.zip", permission=EXPORT)
def exported(export_id: int) -> Response:
    """Send the archive to who took it."""
    return exporting.served(KIND, export_id, visitor().person_id, visitor().name, besides=_sealed())


def _sealed() -> set[int]:
    """Return the records that nobody takes away yet: an archive holds every value that was ever given."""
    return {each for duty in running().duties for each in duty.sealed()}
