"""Amending a signed calibration: the reason and the kind, and what the pages of a record say of its versions."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from flask import render_template
from flask_babel import lazy_gettext as _l

from techfloor import clock
from techfloor.duties.calibration.actions import amending
from techfloor.duties.calibration.changes import Change, of_card
from techfloor.duties.calibration.forms.work import AmendForm, amend_form
from techfloor.duties.calibration.queries.bench import Bench, bench_of, standing_bench
from techfloor.duties.calibration.queries.records import CLOSED, IN_PROGRESS, PERFORMED, REJECTED
from techfloor.duties.calibration.queries.standards import Group, groups
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.unusual import Detail
from techfloor.duties.calibration.views.way import AMEND as MAY
from techfloor.duties.calibration.views.way import may_work
from techfloor.places.here import plant
from techfloor.records import versions
from techfloor.records.version_pages import Notice, VersionLine, version_lines, version_notice
from techfloor.records.versions import Version
from techfloor.said import begun, in_words
from techfloor.web.pages import NotAllowed, Page, see
from techfloor.web.visitor import visitor


def may_amend(bench: Bench, every: Sequence[Version]) -> bool:
    """Tell whether this visitor can amend what a page shows: signed, standing, and not being amended."""
    signed = bench.record.state in (PERFORMED, CLOSED, REJECTED) and not bench.entered_in_error
    return signed and may_work(bench.body.source, amending=True) and versions.next_in(every, bench.record.id) is None


def notice(bench: Bench, every: Sequence[Version]) -> Notice | None:
    """Say that a version was replaced, is being amended, or did not take the place of the one before."""
    following = versions.next_in(every, bench.record.id)
    holder = bench_of(bench.number).holder if following is not None and following.state == IN_PROGRESS else None
    return version_notice(bench.record, bench.amends, every, holder)


def lines(bench: Bench, every: Sequence[Version]) -> list[VersionLine]:
    """Return the versions of a calibration, the newest first."""
    return version_lines(bench.record, every, lambda n: f"/calibration/{bench.number}/versions/{n}")


@pages.page("/<number>/amend", permission=MAY)
def amend(number: str) -> Page:
    """Ask what is wrong with a signed calibration, and what is to be done."""
    bench = standing_bench(number)
    if not may_amend(bench, versions.all_of(bench.record)):
        return see(f"/calibration/{number}")
    form = amend_form(_offered(bench))
    named = {standard.code for standard in bench.standards}
    for group in _offered(bench):
        form[group.field].data = next((choice.code for choice in group.choices if choice.code in named), None)
    return _page(bench, form)


@pages.act(
    "/<number>/amend",
    permission=MAY,
    action="calibration:record:amend",
    reason="reason",
    title=_l("Amendment begun"),
    endpoint="amend_post",
)
def amend_post(number: str) -> Page:
    """Open the next version; it is worked on like every calibration."""
    bench = standing_bench(number)
    if not may_work(bench.body.source, amending=True):
        raise NotAllowed(MAY)
    form = amend_form(_offered(bench))
    actor, at = visitor().person_id, clock.now()
    if form.attempt(lambda: amending.amend(number, form.entry(), plant(), actor=actor, at=at)):
        return see(f"/calibration/{number}/next")
    return _page(bench, form), 422


def _offered(bench: Bench) -> list[Group]:
    """Return what it could have rested on that day; what it names may not be usable any more and stays all the same."""
    if not bench.standards:
        return []
    return groups(bench.procedure.standards, bench.record.performed_at.astimezone(ZoneInfo(plant().zone)).date())


def _of_card(change: Change) -> Detail:
    words, before, now = (in_words(change[name]) for name in ("what", "from", "to"))
    return Detail(begun(words), before or "–", now or "–")


def _page(bench: Bench, form: AmendForm) -> str:
    return render_template(
        "calibration/amend.html",
        bench=bench,
        next_version=versions.all_of(bench.record)[-1].version + 1,
        card=[_of_card(change) for change in of_card(bench)],
        form=form,
        errors=form.problems(),
        owner=visitor().person_id,
    )
