"""Intervals: what the results say of them, another one under a signature, and keeping one as it is."""

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import HiddenField, TextAreaField

from techfloor import clock
from techfloor.duties.calibration.actions import intervals as interval_changes
from techfloor.duties.calibration.actions.intervals import ChangeEntry
from techfloor.duties.calibration.permissions import INTERVALS
from techfloor.duties.calibration.queries import intervals as interval_history
from techfloor.duties.calibration.queries.gauges import GaugeFacts, gauge_by_code
from techfloor.duties.calibration.queries.intervals import OpenProposal
from techfloor.duties.calibration.report.interval import PAPER
from techfloor.duties.calibration.report.words import sentence
from techfloor.duties.calibration.rules.intervals import AsFound, Method, percent
from techfloor.duties.calibration.rules.old_records import is_old, url_of
from techfloor.duties.calibration.views.lists import own_tabs
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.risk_shown import behind_the_passes
from techfloor.duties.calibration.wording import METHODS
from techfloor.people.proof import Proof
from techfloor.places.here import plant
from techfloor.records import retention
from techfloor.records.signing import Content, signature_facts, signatures_of, stored_content
from techfloor.records.signing_page import SignForm, sign_with
from techfloor.records.wording import signature_box
from techfloor.refusals import Refusal
from techfloor.reports import paper
from techfloor.reports.paper_pages import Leaf, PaperOf, paper_pages
from techfloor.said import in_words
from techfloor.web.fields import WholeField
from techfloor.web.forms import EntryForm, refusal_text
from techfloor.web.lists import CURSOR, address, asked
from techfloor.web.pages import Page, afterwards, see
from techfloor.web.show import day, iso_day
from techfloor.web.visitor import by_whom, visitor

HOME = "/calibration/intervals"


class ChooseForm(EntryForm):
    """The interval to be decided on; it is signed on the next page."""

    months = WholeField(_l("Interval in months"))
    words = TextAreaField(_l("Why"), description=_l("Asked where it is not the interval that was proposed."))

    def entry(self) -> ChangeEntry:
        """Return what was typed; no number of months is none that can be planned with."""
        return ChangeEntry(self.months.data or 0, self.words.data or "")


class KeepForm(EntryForm):
    """Why the interval stays as it is."""

    words = TextAreaField(_l("Why it stays"))


class ChangeForm(SignForm):
    """The signing question, with what was chosen on the page before."""

    months = HiddenField()
    words = HiddenField()

    def entry(self) -> ChangeEntry:
        """Return what was chosen."""
        typed = self.months.data or ""
        whole = typed.isascii() and typed.isdigit() and len(typed) < 5
        return ChangeEntry(int(typed) if whole else 0, self.words.data or "")


class SeveralForm(SignForm):
    """The signature for several intervals as they are proposed."""


def months_words(months: int) -> str:
    """Return "12 months"."""
    return str(ngettext("%(num)d month", "%(num)d months", months))


@pages.page("/intervals", permission="calibration:read", endpoint="intervals")
def index() -> str:
    """List the intervals that the results ask for, and nobody has decided on yet."""
    form = SeveralForm()
    form.fit()
    return _list_page(form)


@pages.act(
    "/intervals",
    permission=INTERVALS,
    action="calibration:intervals:change",
    title=_l("Intervals changed"),
    endpoint="intervals_change",
)
def change_several() -> Page:
    """Give the ticked gauges the intervals that are proposed: one secret, a signature for each."""
    form = SeveralForm()
    form.fit()
    ticked = request.form.getlist("chosen")
    chosen = [(code, shown) for code, _sign, shown in (each.partition(":") for each in ticked) if code and shown]
    if not chosen or len(chosen) != len(ticked):
        form.refuse(Refusal("Choose at least one gauge."))
        return _list_page(form, ticked), 422

    def deed(proof: Proof) -> None:
        for record in interval_changes.change_each(chosen, proof, plant()):
            afterwards(partial(PAPER.issue_apart, record.number))

    if sign_with(form, deed, lambda: ""):
        flash(
            ngettext("%(num)d gauge has its new interval.", "%(num)d gauges have their new intervals.", len(chosen)),
            "success",
        )
        return see(HOME)
    return _list_page(form, ticked), 422


def _list_page(form: SeveralForm, ticked: Sequence[str] = ()) -> str:
    wanted = asked(HOME)
    page = interval_history.open_proposals(wanted.at)
    may = visitor().may(INTERVALS)
    rows = [_proposed(each, may=may) for each in page.lines]
    every = request.args.get("all") == "1"
    return render_template(
        "calibration/intervals.html",
        tabs=own_tabs(HOME),
        rows=rows,
        may=may and any(row["key"] for row in rows),
        ticked={row["key"] for row in rows if row["key"]} if every else set(ticked),
        form=form,
        errors=form.problems(),
        back=wanted.url(page.back) if page.back else "",
        onward=wanted.url(page.onward) if page.onward else "",
        every=address(HOME, all="1", **{CURSOR: wanted.at}),
        method=METHODS[interval_history.method_of(plant()).value],
        no_method=interval_history.method_of(plant()) is Method.NONE,
    )


def _proposed(each: OpenProposal, *, may: bool) -> dict[str, str]:
    """Return the row of a proposal; its key is what a tick sends, "" where nothing is to be signed."""
    offer = interval_changes.offer_for(gauge_by_code(each.code), plant(), clock.now()) if may else None
    stale = _("Its results changed: nothing is proposed any more.") if may and offer is None else ""
    due, then = day(each.due) if each.due else "–", day(offer.due) if offer and offer.due else ""
    return {
        "code": each.code,
        "key": f"{each.code}:{offer.shown_sha256}" if offer else "",
        "url": f"/calibration/gauges/{each.code}/interval",
        "name": each.name,
        "words": stale or in_words(each.words),
        "due": f"{due} → {then}" if then and then != due else due,
    }


@pages.page("/gauges/<code>/interval", permission="calibration:read", endpoint="interval")
def interval(code: str) -> Page:
    """Show what the results of a gauge say of its interval."""
    gauge = gauge_by_code(code)
    if gauge.code != code:
        return redirect(f"/calibration/gauges/{gauge.code}/interval", code=301)
    return _page(gauge, _choosing(gauge), KeepForm())


def _choosing(gauge: GaugeFacts) -> ChooseForm:
    form = ChooseForm()
    found = interval_changes.advice_for(gauge, plant())
    if form.months.data is None:
        form.months.process_data(found.months if found else gauge.interval_months)
    return form


def _page(gauge: GaugeFacts, form: ChooseForm, keeping: KeepForm) -> str:
    found = interval_changes.advice_for(gauge, plant())
    known = interval_history.evidence(gauge, plant())
    rests_on = {each.number for each in found.rests_on} if found else set()
    return render_template(
        "calibration/interval.html",
        gauge=gauge,
        now=months_words(gauge.interval_months),
        proposed=months_words(found.months) if found and found.months != gauge.interval_months else "",
        reason=sentence(in_words(found.reason)) if found else "",
        method=METHODS[interval_history.method_of(plant()).value],
        rows=[_row(each, rests_on) for each in reversed(known.found)],
        risk=behind_the_passes(gauge),
        open=interval_history.proposal_of(gauge.id) is not None,
        may=visitor().may(INTERVALS),
        form=form,
        keeping=keeping,
    )


def _row(found: AsFound, rests_on: set[str]) -> dict[str, Any]:
    return {
        "number": found.number,
        "url": url_of(found.number),
        "old": is_old(found.number),
        "on": day(found.on),
        "after": months_words(round(found.months)) if found.months is not None else "–",
        "passed": found.passed,
        "use": f"{percent(found.use)} %" if found.use is not None else "–",
        "counts": found.number in rests_on,
    }


@pages.quiet("/gauges/<code>/interval/choose", permission=INTERVALS, endpoint="interval_choose")
def choose(code: str) -> Page:
    """Look at what was chosen, and go on to its signature; nothing is kept yet."""
    gauge, form = gauge_by_code(code), ChooseForm()
    if form.attempt(lambda: _content(gauge, form.entry())) is None:
        return _page(gauge, form, KeepForm()), 422
    return _sign_page(gauge, _asking(gauge, form.entry()))


def _content(gauge: GaugeFacts, entry: ChangeEntry) -> Content:
    return interval_changes.preview(gauge, entry, plant(), clock.now())


def _asking(gauge: GaugeFacts, entry: ChangeEntry) -> ChangeForm:
    form = ChangeForm(formdata=None)
    form.fit()
    form.months.data, form.words.data = str(entry.months), entry.words
    form.shown.data = _content(gauge, entry).sha256
    return form


def _sign_page(gauge: GaugeFacts, form: ChangeForm) -> str:
    content = json.loads(_content(gauge, form.entry()).text)
    return render_template(
        "calibration/interval_sign.html", gauge=gauge, content=content, facts=_facts(content), form=form
    )


def _facts(content: Any) -> list[tuple[str, str]]:
    due = [iso_day(content[name]) if content[name] else "" for name in ("due_before", "due_after")]
    found = [
        (_("Gauge"), f"{content['gauge']['code']} {content['gauge']['name']}"),
        (_("Interval"), f"{months_words(content['from_months'])} → {months_words(content['to_months'])}"),
        (_("Due"), " → ".join(each for each in due if each) if due[1] else due[0]),
        (_("Why then"), sentence(in_words(said)) if (said := content.get("due_said")) else ""),
        (_("Method"), str(METHODS[content["method"]])),
        (_("From the results"), sentence(in_words(content["reason"])) if content["reason"] else ""),
        (_("Proposed"), months_words(content["proposed_months"]) if content["proposed_months"] else ""),
        (_("In words"), content["words"]),
    ]
    return [fact for fact in found if fact[1]]


@pages.act(
    "/gauges/<code>/interval",
    permission=INTERVALS,
    action="calibration:interval:change",
    title=_l("Interval changed"),
    endpoint="interval_change",
)
def change(code: str) -> Page:
    """Give the gauge its new interval under a signature; its PDF is issued once that is saved."""
    form, made = ChangeForm(), []
    form.fit()

    def deed(proof: Proof) -> None:
        record = interval_changes.change(code, form.entry(), proof, plant(), shown_sha256=form.shown.data or "")
        made.append(record.number)
        afterwards(lambda: PAPER.issue_apart(record.number))

    if sign_with(form, deed, lambda: _shown(code, form.entry())):
        flash(_("%(code)s has its new interval.", code=code), "success")
        return see(f"{HOME}/{made[0]}")
    gauge = gauge_by_code(code)
    try:
        return _sign_page(gauge, form), 422
    except Refusal as no:  # what it was chosen from changed meanwhile
        flash(refusal_text(no), "warning")
        return see(f"/calibration/gauges/{gauge.code}/interval")


def _shown(code: str, entry: ChangeEntry) -> str:
    try:
        return _content(gauge_by_code(code), entry).sha256
    except Refusal:
        return ""


@pages.act(
    "/gauges/<code>/interval/keep",
    permission=INTERVALS,
    action="calibration:interval:keep",
    title=_l("Interval kept"),
    reason="words",
    endpoint="interval_keep",
)
def keep(code: str) -> Page:
    """Keep the interval as it is, until newer results say something."""
    form = KeepForm()
    if form.attempt(lambda: interval_changes.keep(code, form.words.data or "", **by_whom())):
        flash(_("The interval of %(code)s stays.", code=code), "success")
        return see(HOME)
    gauge = gauge_by_code(code)
    return _page(gauge, _choosing(gauge), form), 422


@pages.page("/intervals/<number>", permission="calibration:read", endpoint="interval_shown")
def shown(number: str) -> str:
    """Show an interval change as it was signed."""
    record = interval_changes.record_of(number)
    content = json.loads(stored_content(record.id))
    return render_template(
        "calibration/interval_change.html",
        record=record,
        content=content,
        facts=_facts(content),
        legal_holds=retention.on_record(record.id),
        signatures=[signature_box(signature_facts(each)) for each in signatures_of(record.id)],
        issued=paper.issued(record.id, None),
        may_issue=visitor().may(INTERVALS),
    )


def _leaf(number: str) -> Leaf:
    heading = _("Interval change %(number)s", number=number)
    crumbs = [(_("Calibration"), "/calibration/"), (_("Intervals"), HOME), (number, f"{HOME}/{number}")]
    return Leaf(interval_changes.record_of(number), heading, crumbs)


paper_pages(
    pages,
    "/intervals/<number>",
    PaperOf(PAPER, lambda number: (number, None), _leaf),
    see_it="calibration:read",
    issue_it=INTERVALS,
    name="interval_",
)
