"""Traceability: what stands behind a gauge or a standard, and what rested on it, as a list, a file and a picture."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from flask import Response, flash, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from techfloor import clock
from techfloor.duties.calibration.actions import doubt
from techfloor.duties.calibration.forms.work import DoubtForm
from techfloor.duties.calibration.queries import traceability
from techfloor.duties.calibration.queries.traceability import MOST_COUNTED, Use, Wanted, Which
from techfloor.duties.calibration.views.lists import version_words
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.shown import verdict_words
from techfloor.duties.calibration.views.traced import became_by_entry, behind, picture
from techfloor.duties.calibration.views.wording import verdict_sign
from techfloor.equipment.queries import by_code, certificate_by_id, certificates_of, entries_of, gauge_view
from techfloor.equipment.rules import UsePolicy, plant_day, usable
from techfloor.equipment.shapes import CertificateView, ItemView, PaperView
from techfloor.equipment.statuses import Kind
from techfloor.equipment.wording import told
from techfloor.places.here import plant, today
from techfloor.records.wording import state_words
from techfloor.reports import lists_long
from techfloor.reports.lists_out import (
    READ_AT_ONCE,
    RULE,
    Column,
    ListOut,
    Value,
    addresses,
    every_line,
    narrowed_words,
    served,
)
from techfloor.web.lists import Asked, Empty, Filter, Tab, address, asked, listing
from techfloor.web.pages import Page, see
from techfloor.web.show import day, moment
from techfloor.web.visitor import by_whom, visitor

READ, DOUBT = "calibration:read", "calibration:look-back"
HOME = "/calibration/traceability"


@pages.page("/traceability/<code>", permission=READ)
def trace(code: str) -> str:
    """Show what stands behind a gauge or a standard."""
    item = by_code(code)
    if item.kind == Kind.STANDARD:
        work, papers = None, traceability.behind_standard(item.code, today())
    else:
        work, papers = traceability.behind_gauge(item.id), ()
    on = today()
    return render_template(
        "calibration/trace.html",
        item=item,
        tabs=tabs_of(item, "up"),
        shown=behind(item, work, papers, on),
        ended=any(paper.ends_before(on) for paper in papers),
        waits=work is not None and work.waits,
        objections=_objections(item, on),
    )


def _objections(item: ItemView, on: date) -> list[str]:
    """Say what keeps a gauge from use today: what stands behind it covers nothing while it is held, or overdue.

    That it is overdue is said here whatever the plant makes of it elsewhere.
    """
    if item.kind != Kind.GAUGE:
        return []
    return [told(one) for one in usable(gauge_view(item.code).facts(), on, UsePolicy()) if one.blocks]


@pages.page("/traceability/<code>/used", permission=READ)
def used(code: str) -> str:
    """List what rested on a standard, the newest first."""
    item = by_code(code)
    wanted = _asked(item, "used")
    narrowed = _narrowed(item, wanted)
    page, became = traceability.used(narrowed), became_by_entry(item.id)
    return render_template(
        "calibration/trace_used.html",
        item=item,
        tabs=tabs_of(item, "down"),
        list=listing(
            wanted,
            page,
            [{**_row(line), "became": became.get(line.certificate_id, "")} for line in page.lines],
            empty=_nothing(item),
            none_fits=_("Nothing that fits rested on it. Choose less, or look at the whole list."),
        ),
        counted=_counted_words(traceability.count(narrowed)),
        out=addresses(wanted, wanted.path) if visitor().may("calibration:export") else [],
        doubt_url=_doubt_url(item, wanted),
    )


@pages.page("/traceability/<code>/picture", permission=READ)
def trace_picture(code: str) -> str:
    """Draw what rested on a standard: its certificates, and the gauges that were measured under them."""
    item = by_code(code)
    wanted = _asked(item, "picture")
    found = traceability.groups(_narrowed(item, wanted))
    return render_template(
        "calibration/trace_picture.html",
        item=item,
        tabs=tabs_of(item, "picture"),
        asked=wanted,
        shown=picture(item, found, lambda **more: _address(wanted, "used", **more)),
        nothing=_nothing(item),
    )


@pages.page(f"/traceability/<code>/used{RULE}", permission="calibration:export", endpoint="used_out")
def used_out(code: str, form: str) -> Response | str:
    """Send the whole list as a file."""
    return served(_listed(by_code(code)), form)


@pages.act(
    "/traceability/<code>/used/list.pdf",
    permission="calibration:export",
    action="reports:list:ask",
    endpoint="print_used",
)
def print_used(code: str) -> Page:
    """Have a long list printed in the background."""
    return lists_long.ask(_listed(by_code(code)))


def _listed(item: ItemView) -> ListOut:
    wanted = _asked(item, "used")
    whole = replace(_narrowed(item, wanted), at="")
    columns = (
        Column(_("Record"), 15, code=True),
        Column(_("Version"), 6),
        Column(_("State"), 12),
        Column(_("Counts"), 6),
        Column(_("Gauge"), 10, code=True),
        Column(_("Name"), 22),
        Column(_("Used"), 14),
        Column(_("Under certificate"), 14, code=True),
        Column(_("Certificate since"), 14),
        Column(_("As found"), 12),
        Column(_("As left"), 12),
        Column(_("Performed by"), 16),
    )
    lines = every_line(lambda at: traceability.used(replace(whole, at=at), size=READ_AT_ONCE))
    title = _("What rested on %(code)s", code=item.code)
    became = became_by_entry(item.id)
    cells = (_cells(line, became.get(line.certificate_id, "")) for line in lines)
    return ListOut(f"rested-on-{item.code}", title, columns, cells, wanted.url(), narrowed_words(wanted))


def _cells(use: Use, became: str) -> Sequence[Value]:
    found, left = (verdict_words(each) if each else "" for each in (use.as_found, use.as_left))
    return (
        use.number,
        use.version,
        state_words(use.state) if use.counts else _why_not(use),
        _("yes") if use.counts else _("no"),
        use.code,
        use.name,
        use.at,
        use.certificate,
        became,
        found,
        left,
        use.by,
    )


# --- what is asked for ---


def _asked(item: ItemView, page: str) -> Asked:
    became = became_by_entry(item.id)
    certificates = [(str(paper.id), _named(paper.number, became.get(paper.id, ""))) for paper in _entries(item)]
    narrowing = [
        Filter("which", _("Versions"), [("", _("That count")), ("under way", _("Under way")), ("all", _("All"))]),
        Filter("kind", _("Kind"), [("", _("Any")), *((kind, kind) for kind in traceability.kinds_of_gauges())]),
        Filter("since", _("From")),
        Filter("until", _("To")),
    ]
    if certificates:
        narrowing.insert(0, Filter("certificate", _("Certificate"), [("", _("Any")), *certificates]))
    return asked(f"{HOME}/{item.code}/{page}", *narrowing)


def _named(number: str, became: str) -> str:
    return f"{number} ({became})" if became else number


def _entries(item: ItemView) -> list[CertificateView]:
    return [paper.certificate for paper in _papers(item)]


def _papers(item: ItemView) -> list[PaperView]:
    return certificates_of(item.id) if item.kind == Kind.STANDARD else []


def _narrowed(item: ItemView, wanted: Asked) -> Wanted:
    zone = plant().zone
    since, until = (date.fromisoformat(wanted[name]) if wanted[name] else None for name in ("since", "until"))
    chosen = wanted.values.get("certificate", "")
    return Wanted(
        item.id,
        entries_of(_papers(item), int(chosen)) if chosen else (),
        which=wanted["which"],
        kind=wanted["kind"],
        words=wanted.words,
        since=clock.midnight(since, zone) if since else None,
        until=clock.midnight(until + timedelta(days=1), zone) if until else None,
        at=wanted.at,
    )


def _address(wanted: Asked, page: str, **more: str) -> str:
    path = f"{wanted.path.rpartition('/')[0]}/{page}"
    return address(path, **{**wanted.values, "q": wanted.words, **more})


# --- what is shown ---


def tabs_of(item: ItemView, current: str) -> list[Tab]:
    """Return the tabs of the pages about the traceability of a gauge or a standard."""
    base = f"{HOME}/{item.code}"
    found = [("up", _("Stands behind it"), base)]
    found += [("down", _("Rested on it"), f"{base}/used"), ("picture", _("Rested on it, drawn"), f"{base}/picture")]
    if item.kind == Kind.STANDARD:
        found.append(("values", _("Certified values"), f"{base}/values"))
    return [Tab(title, url, key == current) for key, title, url in found]


def _counted_words(count: int) -> str:
    if count > MOST_COUNTED:
        return str(_("More than %(most)s records.", most=MOST_COUNTED))
    return str(ngettext("%(num)d record.", "%(num)d records.", count))


def _nothing(item: ItemView) -> Empty:
    if item.kind == Kind.STANDARD:
        return Empty("calibration", _("No record rests on it yet. Each calibration that uses it stands here."))
    return Empty("calibration", _("No record rests on it. What is measured with it stands here."))


def _row(use: Use) -> dict[str, Any]:
    return {
        "number": use.number,
        "version": version_words(use.version),
        "url": f"/e/{use.number}",
        "code": use.code,
        "name": use.name,
        "gauge_url": f"{HOME}/{use.code}" if use.code else "",
        "at": moment(use.at),
        "by": use.by,
        "certificate": use.certificate,
        "verdict": verdict_sign(use) if use.source else None,
        "state": "" if use.counts else _("does not count: %(state)s", state=_why_not(use)),
    }


def _why_not(use: Use) -> str:
    return state_words(use.state) if use.state not in {"performed", "closed"} else str(_("replaced, or in error"))


# --- a certificate in doubt ---


def _doubt_url(item: ItemView, wanted: Asked) -> str:
    chosen = wanted.values.get("certificate", "")
    return f"{HOME}/{item.code}/certificates/{chosen}/doubt" if chosen and visitor().may(DOUBT) else ""


@pages.page("/traceability/<code>/certificates/<int:certificate_id>/doubt", permission=DOUBT)
def doubt_certificate(code: str, certificate_id: int) -> Page:
    """Ask what is wrong with a certificate, and say what a look-back would be raised for."""
    return _doubt_page(DoubtForm(formdata=None), by_code(code), certificate_id)


@pages.act(
    "/traceability/<code>/certificates/<int:certificate_id>/doubt",
    permission=DOUBT,
    action="calibration:look-back:raise",
    title=_l("Look-backs raised for a certificate in doubt"),
    endpoint="doubt_certificate_post",
)
def doubt_certificate_post(code: str, certificate_id: int) -> Page:
    """Raise a look-back for everything that rested on a certificate."""
    item, form = by_code(code), DoubtForm()
    paper = certificate_by_id(item.id, certificate_id).certificate

    def deed() -> int:
        wanted = _resting(item, certificate_id, form)
        return doubt.raise_look_backs(wanted, item.code, paper.number, form.why.data or "", **by_whom())

    if done := form.attempt(deed):
        words = ngettext("%(num)d look-back is raised.", "%(num)d look-backs are raised.", done.made)
        flash(words, "success")
        return see(address(f"{HOME}/{item.code}/used", certificate=str(certificate_id)))
    return _doubt_page(form, item, certificate_id), 422


def _resting(item: ItemView, certificate_id: int, form: DoubtForm) -> Wanted:
    zone, since, until = plant().zone, form.since.data, form.until.data
    return Wanted(
        item.id,
        entries_of(_papers(item), certificate_id),
        since=clock.midnight(since, zone) if since else None,
        until=clock.midnight(until + timedelta(days=1), zone) if until else None,
    )


def _doubt_page(form: DoubtForm, item: ItemView, certificate_id: int) -> str:
    paper = certificate_by_id(item.id, certificate_id)
    entries = entries_of(_papers(item), certificate_id)
    found = traceability.groups(Wanted(item.id, entries))
    under_way = traceability.count(Wanted(item.id, entries, which=Which.UNDER_WAY))
    return render_template(
        "calibration/doubt.html",
        item=item,
        paper=paper.certificate,
        stands=paper.stands,
        form=form,
        errors=form.problems(),
        gauges=[(each.code, each.name, each.records, day(plant_day(each.last, plant().zone))) for each in found[:200]],
        records=sum(each.records for each in found),
        under_way=under_way,
    )
