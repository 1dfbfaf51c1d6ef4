"""The lists of this duty as files: its gauges with their due days, its calibrations, and the history of one gauge."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from flask import Response
from flask_babel import gettext as _

from techfloor.duties.calibration.queries import lists
from techfloor.duties.calibration.queries import old_records as old_lines
from techfloor.duties.calibration.queries.lists import HistoryLine, Line
from techfloor.duties.calibration.views.lists import asked_for, asked_for_gauges, by_words, narrowed
from techfloor.duties.calibration.views.old_records import sign_of, worst_words
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.wording import verdict_sign
from techfloor.equipment.queries import gauge_view
from techfloor.equipment.rules import plant_day
from techfloor.equipment.statuses import Kind
from techfloor.equipment.views.register import register
from techfloor.places.here import plant
from techfloor.records.wording import state_words
from techfloor.reports import lists_long
from techfloor.reports.lists_out import READ_AT_ONCE, RULE, Column, ListOut, Value, every_line, narrowed_words, served
from techfloor.web.pages import Page
from techfloor.web.show import moment

LONGEST_HISTORY = 10_000


@pages.page(f"/gauges{RULE}", permission="calibration:read", endpoint="gauges_out")
def gauges_out(form: str) -> Response | str:
    """Send the gauges of the list with their due days."""
    return served(register(Kind.GAUGE, asked_for_gauges()), form)


@pages.act("/gauges/list.pdf", permission="calibration:read", action="reports:list:ask", endpoint="print_gauges")
def print_gauges() -> Page:
    """Have a long list of gauges printed in the background."""
    return lists_long.ask(register(Kind.GAUGE, asked_for_gauges()))


@pages.page(RULE, permission="calibration:read", endpoint="calibrations_out")
def calibrations_out(form: str) -> Response | str:
    """Send the calibrations of the list."""
    return served(_calibrations(), form)


@pages.act("/list.pdf", permission="calibration:read", action="reports:list:ask", endpoint="print_calibrations")
def print_calibrations() -> Page:
    """Have a long list of calibrations printed in the background."""
    return lists_long.ask(_calibrations())


def _calibrations() -> ListOut:
    wanted = asked_for()
    numbers = lists.found_numbers(wanted.words) if wanted.words else None
    whole = replace(narrowed(wanted, numbers), at="")
    lines = every_line(lambda at: lists.list_page(replace(whole, at=at), size=READ_AT_ONCE))
    columns = (
        Column(_("Record"), 15, code=True),
        Column(_("Version"), 6),
        Column(_("Gauge"), 10, code=True),
        Column(_("Name"), 24),
        Column(_("Performed"), 14),
        Column(_("Performed by"), 16),
        Column(_("Worst as found"), 14, code=True, measured=True),
        Column(_("Verdict"), 14),
        Column(_("State"), 14),
    )
    rows = map(_row, lines)
    return ListOut("calibrations", _("Calibrations"), columns, rows, wanted.url(), narrowed_words(wanted))


def _row(line: Line) -> Sequence[Value]:
    return (
        line.number,
        line.version,
        line.gauge_code,
        line.gauge_name,
        _performed(line),
        by_words(line),
        line.worst_found,
        verdict_sign(line).words,
        state_words(line.state),
    )


def _performed(line: Line | HistoryLine) -> Value:
    """Return when it was performed; an outside certificate names a day only."""
    return plant_day(line.performed_at, plant().zone) if line.source == "outside" else line.performed_at


@pages.page(f"/gauges/<code>{RULE}", permission="calibration:read", endpoint="history_out")
def history_out(code: str, form: str) -> Response | str:
    """Send the calibrations of one gauge, the newest first; then what stands of it from the old records."""
    return served(_calibrations_of(code), form)


@pages.act(
    "/gauges/<code>/list.pdf", permission="calibration:read", action="reports:list:ask", endpoint="print_history"
)
def print_history(code: str) -> Page:
    """Have the long history of a gauge printed in the background."""
    return lists_long.ask(_calibrations_of(code))


def _calibrations_of(code: str) -> ListOut:
    gauge = gauge_view(code)
    columns = (
        Column(_("Record"), 15, code=True),
        Column(_("Version"), 6),
        Column(_("Performed"), 14),
        Column(_("Performed by"), 16),
        Column(_("Verdict"), 14),
        Column(_("Worst as found"), 14, code=True, measured=True),
        Column(_("Worst as left"), 14, code=True, measured=True),
        Column(_("Adjusted"), 8),
        Column(_("State"), 14),
        Column(_("Reviewed"), 14),
        Column(_("Reviewed by"), 16),
        Column(_("Remark"), 20),
    )
    title = _("Calibrations of %(code)s %(name)s", code=gauge.code, name=gauge.item.name)
    rows = chain(_history(gauge.id), _old_history(gauge.id))
    return ListOut(f"{gauge.code}-calibrations", title, columns, rows, f"/calibration/gauges/{gauge.code}")


def _old_history(gauge_id: int) -> Iterator[Sequence[Value]]:
    """Give the lines from the old records, each with where it came from: nobody here reviewed them."""
    for line in old_lines.lines_of(gauge_id, limit=LONGEST_HISTORY):
        entry = line.entry
        origin = _(
            "brought in by %(name)s, %(day)s, from %(file)s, SHA-256 %(sha256)s",
            name=line.by,
            day=moment(line.at),
            file=line.file,
            sha256=line.sha256,
        )
        yield (
            entry.certificate,
            "",
            entry.performed_on,
            entry.performed_by,
            sign_of(entry).words,
            worst_words(entry),
            "",
            "" if entry.adjusted is None else _("yes") if entry.adjusted else _("no"),
            _("from the old records, not signed"),
            None,
            None,
            "; ".join(part for part in (entry.remark, origin) if part),
        )


def _history(gauge_id: int) -> Iterator[Sequence[Value]]:
    for line in lists.history(gauge_id, limit=LONGEST_HISTORY):
        adjusted = "" if line.adjusted is None else _("yes") if line.adjusted else _("no")
        yield (
            line.number,
            line.version,
            _performed(line),
            by_words(line),
            verdict_sign(line).words,
            line.worst_found,
            line.worst_left,
            adjusted,
            state_words(line.state),
            line.reviewed_at,
            line.reviewed_by,
            line.remark,
        )
