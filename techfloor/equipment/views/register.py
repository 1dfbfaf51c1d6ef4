"""The register of equipment as a file: what a list shows, on all its pages, with what stands on the cards."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from flask import Response
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor.equipment.lists import RegisterLine, register_page
from techfloor.equipment.narrowing import narrowed_to
from techfloor.equipment.statuses import Kind
from techfloor.equipment.views.common import READ, pages
from techfloor.equipment.views.seeing import asked_for
from techfloor.equipment.wording import KIND_WORDS, signs
from techfloor.measures.due import days_left
from techfloor.places.here import today
from techfloor.reports import lists_long
from techfloor.reports.lists_out import READ_AT_ONCE, RULE, Column, ListOut, Value, every_line, narrowed_words, served
from techfloor.web.lists import Asked
from techfloor.web.pages import Page


@pages.page(RULE, permission=READ, endpoint="list_out")
def list_out(form: str) -> Response | str:
    """Send the register of machines, gauges or standards."""
    return served(register(*asked_for("/equipment/")), form)


@pages.act("/list.pdf", permission=READ, action="reports:list:ask", title=_l("List asked for, to be printed"))
def print_list() -> Page:
    """Have a long register printed in the background."""
    return lists_long.ask(register(*asked_for("/equipment/")))


def register(kind: str, wanted: Asked) -> ListOut:
    """Return the register of one kind of equipment, narrowed as its list is."""
    due = _("Due") if kind == Kind.GAUGE else _("Certificate ends")
    columns: tuple[Column, ...] = (
        Column(_("Code"), 10, code=True),
        Column(_("Name"), 22),
        Column(_("Kind"), 12),
        Column(_("Maker"), 12),
        Column(_("Serial number"), 13, code=True),
        Column(_("Place"), 16),
        Column(_("Procedure"), 11, code=True),
        Column(_("Months"), 7),
        Column(_("Last done"), 13),
        Column(_("Record"), 16, code=True),
        Column(due, 13),
        Column(_("Days left"), 6),
        Column(_("Status"), 16),
    )
    rows = _rows(kind, replace(wanted, at=""))
    if kind == Kind.MACHINE:
        kept = (0, 1, 3, 4, 5, 12)
        columns, rows = tuple(columns[n] for n in kept), ([row[n] for n in kept] for row in rows)
    title = str(KIND_WORDS[Kind(kind)][1])
    return ListOut(f"{kind}s", title, columns, rows, wanted.url(), narrowed_words(wanted))


def _rows(kind: str, wanted: Asked) -> Iterator[Sequence[Value]]:
    now = today()
    whole = narrowed_to(kind, wanted, now)
    lines = every_line(lambda at: register_page(replace(whole, at=at), size=READ_AT_ONCE))
    return (_row(each, now) for each in lines)


def _row(each: RegisterLine, now: date) -> Sequence[Value]:
    line = each.line
    shown = signs(line.status, line.hold, line.due, now, dated=line.kind != Kind.MACHINE)
    return (
        line.code,
        line.name,
        line.sort,
        each.maker,
        each.serial,
        ", ".join(part for part in (line.area, line.station) if part),
        each.procedure,
        each.interval_months,
        each.last_done,
        each.last_record,
        line.due,
        days_left(line.due, now) if line.due else None,
        ", ".join(sign.words for sign in shown),
    )
