"""Looking at equipment: the list, the page of each."""

from datetime import date
from typing import Any

from flask import redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from techfloor.equipment import queries
from techfloor.equipment.entries import range_words
from techfloor.equipment.labels import LABEL
from techfloor.equipment.ledger import CALIBRATION, IN_USE_CHECK, by_record
from techfloor.equipment.lists import DUE, HELD, OVERDUE
from techfloor.equipment.narrowing import area_choices, narrowed_to, no_equipment
from techfloor.equipment.offers import cautioned, offers_on
from techfloor.equipment.queries import by_code
from techfloor.equipment.rules import OUT_OF_TOLERANCE, Objection, gauge_page, standard_valid, trace_page, usable
from techfloor.equipment.shapes import (
    CertificateView,
    DueView,
    GaugeView,
    HoldView,
    ItemView,
    Line,
    LogLine,
    PaperView,
    StandardView,
)
from techfloor.equipment.statuses import LIFECYCLES, Deed, Kind, Status, offered
from techfloor.equipment.views.common import FEED, HOLD, LIFT, READ, may, needed_for, page_of, pages, policy
from techfloor.equipment.wording import (
    DEED_WORDS,
    KIND_WORDS,
    STATUS_SIGNS,
    Sign,
    days_words,
    event_look,
    event_words,
    signs,
    told,
)
from techfloor.measures.units import show_unit
from techfloor.places.here import today
from techfloor.reports.lists_out import addresses
from techfloor.said import begun, in_words, word
from techfloor.web.lists import Asked, Filter, Tab, address, asked, listing
from techfloor.web.show import day, moment, number
from techfloor.web.visitor import visitor

LOG_SIZE = 20


def asked_for(path: str) -> tuple[str, Asked]:
    """Read which kind of equipment a list is asked for, and what it is narrowed to."""
    kind = request.args.get("kind", "")
    kind = kind if kind in set(Kind) else Kind.GAUGE.value
    filters = Filter("area", _("Area"), area_choices()), Filter("status", _("Status"), status_choices(kind))
    return kind, asked(path, *filters, kind=kind)


@pages.page("/", permission=READ)
def index() -> str:
    """List the machines, the gauges or the standards."""
    kind, wanted = asked_for("/equipment/")
    page = queries.list_page(narrowed_to(kind, wanted, today()))
    may_add = may(needed_for(kind))
    return render_template(
        "equipment/index.html",
        kind=kind,
        tabs=[Tab(words[1], f"/equipment/?kind={each}", each == kind) for each, words in KIND_WORDS.items()],
        list=listing(
            wanted,
            page,
            _rows(page.lines),
            empty=no_equipment(kind, may_add=may_add),
            none_fits=_("Nothing fits. Choose less, or look at the whole list."),
            neighbours=(_("Codes before"), _("Codes after")),
        ),
        labels_url=address("/equipment/labels", kind=kind, **wanted.values, q=wanted.words) if may(LABEL) else "",
        out=addresses(wanted, "/equipment"),
        may_feed=may(FEED) and kind != Kind.MACHINE,
        may_add=may_add,
        titles=KIND_WORDS[Kind(kind)],
    )


_STATUSES: dict[str, tuple[Status, ...]] = {
    Kind.MACHINE: LIFECYCLES,
    Kind.GAUGE: tuple(status for status in STATUS_SIGNS if status not in {*LIFECYCLES[:3]}),  # type: ignore[misc]
    Kind.STANDARD: (Status.IN_USE, Status.SENT_OUT, Status.RETIRED),
}


def status_choices(kind: str) -> list[tuple[str, str]]:
    """Return what a list of a kind can be narrowed to by status."""
    found = [("", _("Any status")), (HELD, _("Held"))]
    if kind != Kind.MACHINE:
        found.extend([(OVERDUE, _("Overdue")), (DUE, _("Overdue or due in 30 days"))])
    return [*found, *((str(status), str(STATUS_SIGNS[status][1])) for status in _STATUSES[kind])]


def _rows(lines: list[Line]) -> list[dict[str, Any]]:
    now = today()
    return [
        {
            "code": line.code,
            "url": f"/equipment/{line.code}",
            "name": line.name,
            "sort": line.sort,
            "place": ", ".join(part for part in (line.area, line.station) if part),
            "due": f"{day(line.due)}, {days_words(line.due, now)}" if line.due else "–",
            "signs": signs(line.status, line.hold, line.due, now, dated=line.kind != Kind.MACHINE),
        }
        for line in lines
    ]


@pages.page("/<code>", permission=READ)
def show(code: str) -> str | Response:
    """Show one machine, gauge or standard."""
    item = by_code(code)
    if code != item.code:
        return redirect(page_of(item), code=301)
    holds = queries.open_holds([item.id]).get(item.id, [])
    dues = queries.dues_of(item.id)
    before = request.args.get("before", "")
    log = queries.log_of(item.id, before=int(before) if _is_id(before) else None, size=LOG_SIZE + 1)
    offers = offers_on(item.code, item.kind, visitor())
    return render_template(
        "equipment/show.html",
        item=item,
        kind_title=KIND_WORDS[Kind(item.kind)],
        signs=cautioned(_signs_of(item, holds, dues), offers),
        holds=[_hold_line(hold, item.kind) for hold in holds],
        may_lift=may(LIFT),
        may_hold=may(HOLD),
        may_change=may(needed_for(item.kind)),
        may_move=may("equipment:manage"),
        deeds=_deeds_for(item),
        offers=offers,
        due_facts=[(_work(due, item.kind), _due_words(due, item.kind)) for due in dues],
        events=_events(log[:LOG_SIZE]),
        trace_url=trace_page(item.code) if item.kind != Kind.MACHINE else "",
        older=f"{page_of(item)}?before={log[LOG_SIZE - 1].id}" if len(log) > LOG_SIZE else "",
        **_of_kind(item),
    )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def _signs_of(item: ItemView, holds: list[HoldView], dues: tuple[DueView, ...]) -> list[Sign]:
    due = next((due.due for due in dues if due.work == CALIBRATION), None)
    found = signs(item.status, holds[0].reason if holds else "", due, today(), dated=item.kind != Kind.MACHINE)
    if item.kind == Kind.MACHINE and item.availability not in {"", "running"}:
        found.append(Sign("caution", begun(item.availability)))
    return found


def _of_kind(item: ItemView) -> dict[str, Any]:
    """Return what the page shows of a gauge or a standard alone, empty for the others."""
    found: dict[str, Any] = {"gauge_url": "", "facts": _facts(item), "functions": [], "papers": [], "objections": []}
    found["reference_material"] = False
    if item.kind == Kind.GAUGE:
        gauge = queries.gauge_view(item.code)
        found |= {
            "gauge_url": gauge_page(item.code),
            "facts": [*_facts(item), *_gauge_facts(gauge)],
            "functions": _functions(gauge),
            "objections": [*_notices(usable(gauge.facts(), today(), policy())), *changed_since(gauge.id)],
        }
    elif item.kind == Kind.STANDARD:
        (standard,) = queries.standards_for([item.code], today())
        paper = standard.certificate.facts() if standard.certificate else None
        why = standard_valid(paper, standard.facts(), today(), [hold.fact() for hold in standard.holds])
        found |= {
            "facts": [*_facts(item), *_standard_facts(standard)],
            "papers": _papers(standard),
            "objections": _notices(why),
            "reference_material": standard.reference_material,
        }
    return found


def _notices(found: list[Objection]) -> list[dict[str, str]]:
    return [{"look": "fail" if why.blocks else "caution", "words": told(why)} for why in found]


def changed_since(gauge_id: int) -> list[dict[str, str]]:
    """Say what was changed since the last calibration of what it was judged by, from what to what, why and by whom."""
    return [
        {
            "look": "caution",
            "title": _("Changed since its last calibration:"),
            "words": f"{begun(in_words(line.words))} · {line.by}, {moment(line.at)}",
        }
        for line in queries.changed_since_calibrated(gauge_id)
    ]


def _facts(item: ItemView) -> list[tuple[str, str]]:
    pairs = [
        (_("Place"), item.place or _("No fixed place")),
        (_("Built into"), item.part_of),
        (_("Maker"), item.maker),
        (_("Serial number"), item.serial),
        (_("In the plant since"), day(item.acquired) if item.acquired else ""),
        (_("Note"), item.note),
    ]
    return [(name, value) for name, value in pairs if value]


def _gauge_facts(gauge: GaugeView) -> list[tuple[str, str]]:
    procedure = f"{gauge.procedure_code} {gauge.procedure_title}".strip()
    pairs = [
        (_("Kind"), gauge.kind),
        (_("Procedure"), procedure or _("None yet")),
        (_("Calibrated by"), _("an outside laboratory") if gauge.calibrated_by != "in house" else _("us")),
        (_("Interval"), _months(gauge.interval_months)),
        (_("Limited use"), gauge.limited_use),
        (_("Check between"), gauge.in_use_check),
        (_("Sent on"), day(gauge.sent_on) if gauge.sent_on else ""),
        (_("Expected back"), day(gauge.expected_back) if gauge.expected_back else ""),
    ]
    return [(name, value) for name, value in pairs if value]


def _months(count: int) -> str:
    return str(ngettext("%(num)d month", "%(num)d months", count))


def _standard_facts(standard: StandardView) -> list[tuple[str, str]]:
    days = standard.opened_use_days
    pairs = [
        (_("Embodies"), standard.quantity),
        (_("Range"), range_words(standard.low, standard.high, standard.unit)),
        (_("Unit"), show_unit(standard.unit)),
        (_("Smallest step"), number(standard.resolution) if standard.resolution else ""),
        (_("Interval"), _months(standard.interval_months)),
        (_("Good once opened"), _("%(days)s days", days=days) if days else ""),
    ]
    return [(name, value) for name, value in pairs if value]


def _functions(gauge: GaugeView) -> list[dict[str, str]]:
    return [
        {
            "name": each.name,
            "range": range_words(each.low, each.high, each.unit) or "–",
            "step": number(each.resolution),
            "tolerance": each.tolerance or _("by derived results"),
        }
        for each in gauge.functions
    ]


def _papers(standard: StandardView) -> list[dict[str, Any]]:
    now, in_force = today(), standard.certificate.id if standard.certificate else None
    return [_paper(entry, entry.certificate, standard, now, in_force) for entry in queries.certificates_of(standard.id)]


def _paper(
    entry: PaperView, paper: CertificateView, standard: StandardView, now: date, in_force: int | None
) -> dict[str, Any]:
    ended = paper.valid_until < now
    url = f"/equipment/{standard.code}/certificates/{paper.id}"
    return {
        "id": paper.id,
        "url": url,
        "number": paper.number,
        "laboratory": paper.laboratory,
        "issued": day(paper.issued),
        "valid": day(paper.valid_until),
        "opened": day(paper.opened) if paper.opened else "–",
        "uncertainty": in_words(paper.uncertainty_text) or "–",
        "values": [(row["nominal"], row["value"], row.get("u", "")) for row in paper.certified if entry.stands],
        "sign": _paper_sign(paper.id == in_force, ended=ended) if entry.stands else _ended_sign(entry),
        "may_open": standard.reference_material and entry.stands and not ended,
        "file": f"{url}/file" if entry.file else "",
    }


def _ended_sign(entry: PaperView) -> Sign:
    return Sign("waiting", _("Replaced") if entry.replaced_by else _("Withdrawn"))


def _paper_sign(in_force: bool, *, ended: bool) -> Sign:
    if in_force:
        return Sign("fail", _("Ended")) if ended else Sign("pass", _("In force"))
    return Sign("waiting", _("Earlier") if ended else _("Not in force"))


def _hold_line(hold: HoldView, kind: str) -> dict[str, Any]:
    return {
        "id": hold.id,
        "reason": hold.reason,
        "words": hold.words,
        "when": moment(hold.placed_at),
        "who": hold.placed_by,
        "record": hold.record,
        "by_record": by_record(kind, hold.reason, hold.work),
        "by_check": hold.work == IN_USE_CHECK,
        "by_certificate": kind == Kind.STANDARD and hold.reason == OUT_OF_TOLERANCE,
    }


def _deeds_for(item: ItemView) -> list[dict[str, Any]]:
    return [
        {
            "url": f"{page_of(item)}/status/{step.deed}",
            "button": DEED_WORDS[step.deed].button,
            "danger": step.deed is Deed.RETIRE,
        }
        for step in offered(item.kind, item.status)
        if step.permission and may(step.permission)
    ]


def _work(due: DueView, kind: str) -> str:
    if due.work != CALIBRATION:
        return begun(word(due.work, "equipment.work"))
    return str(_("Calibration") if kind == Kind.GAUGE else _("Certificate ends"))


def _due_words(due: DueView, kind: str) -> str:
    words = f"{day(due.due)}, {days_words(due.due, today())}"
    if due.last_done is None:
        return words
    last = _("last done %(day)s") if kind != Kind.STANDARD else _("issued %(day)s")
    last = last % {"day": day(due.last_done)}
    return f"{words}; {last}" + (f" ({due.record})" if due.record else "")


def _events(log: list[LogLine]) -> list[dict[str, Any]]:
    return [
        {
            "at": moment(line.at),
            "who": line.by,
            "words": event_words(line.event),
            "detail": " · ".join(part for part in (in_words(line.words), line.record or "") if part),
            "kind": event_look(line.event),
        }
        for line in log
    ]
