"""Amending a signed calibration: the reason and the kind, and what the pages of a record say of its versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import render_template
from flask_babel import gettext as _
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
from techfloor.records.lifecycle import SIGNED
from techfloor.records.signing import signatures_of
from techfloor.records.versions import Version
from techfloor.records.wording import state_look, state_words
from techfloor.said import in_words
from techfloor.web.pages import NotAllowed, Page, see
from techfloor.web.show import day, moment, plant_zone
from techfloor.web.visitor import visitor


def may_amend(bench: Bench, every: Sequence[Version]) -> bool:
    """Tell whether this visitor can amend what a page shows: signed, standing, and not being amended."""
    signed = bench.record.state in (PERFORMED, CLOSED, REJECTED) and not bench.entered_in_error
    return signed and may_work(bench.body.source, amending=True) and versions.next_in(every, bench.record.id) is None


@dataclass(frozen=True)
class Notice:
    """What the page of a version says first of all: its look, a title, and words."""

    kind: str
    title: str
    words: str


def version_notice(bench: Bench, every: Sequence[Version]) -> Notice | None:
    """Say that a version was replaced, is being amended, or did not take the place of the one before."""
    found = versions.next_in(every, bench.record.id)
    title = _("Version %(version)s.", version=bench.record.version)
    if found is None:
        return _ended(bench, title) or _refused(bench, every)
    if found.state == IN_PROGRESS:
        by = bench_of(bench.number).holder
        words = _("An amendment is under way by %(name)s, because: %(reason)s", name=by, reason=found.reason)
        return Notice("caution", "", words)
    return _replaced(found, title)


def _replaced(by: Version, title: str) -> Notice:
    what = {"version": by.version, "day": day(by.since.astimezone(plant_zone()).date()), "why": by.reason}
    if by.in_error:
        words = _("Entered in error, says version %(version)s of %(day)s, because: %(why)s", **what)
    else:
        words = _("Replaced by version %(version)s on %(day)s, because: %(why)s", **what)
    if by.waits:
        waits = _(
            "The review of version %(n)s is still waiting; if it refuses that, this one counts again.", n=by.version
        )
        words = f"{words.rstrip('.')}. {waits}"
    return Notice("fail" if by.in_error else "caution" if by.waits else "info", title, words)


def _ended(bench: Bench, title: str) -> Notice | None:
    if bench.amends is None or bench.record.state == CLOSED:
        return None
    if bench.record.state == PERFORMED:
        words = _(
            "It counts since it was signed. Its review is still waiting; if it is refused, version %(n)s counts again.",
            n=bench.amends.version,
        )
        return Notice("caution", title, words)
    if bench.record.state == REJECTED:
        return Notice("fail", title, _("This amendment was rejected. Version %(n)s stands.", n=bench.amends.version))
    if bench.record.state == IN_PROGRESS:
        return Notice("caution", title, _("Not signed yet. Version %(n)s stands.", n=bench.amends.version))
    return Notice("info", title, _("This amendment was given up. Version %(n)s stands.", n=bench.amends.version))


def _refused(bench: Bench, every: Sequence[Version]) -> Notice | None:
    """Say that the newest amendment of a version was rejected in its review, by whom and why."""
    newest = every[-1]
    if newest.supersedes_id != bench.record.id or newest.state != REJECTED:
        return None
    no = next((s for s in signatures_of(newest.id) if s.meaning == "rejected"), None)
    if no is None:
        return None
    words = _(
        "Version %(n)s, an amendment, was rejected by %(name)s on %(day)s: %(why)s. This version stands as before.",
        n=newest.version,
        name=no.printed_name,
        day=day(no.signed_at.astimezone(plant_zone()).date()),
        why=no.remark.rstrip("."),
    )
    return Notice("info", "", words)


@dataclass(frozen=True)
class VersionLine:
    """One line of the versions of a record; `url` is empty for the one that is shown."""

    title: str
    url: str
    look: str
    state: str
    words: str


def version_lines(bench: Bench, every: Sequence[Version]) -> list[VersionLine]:
    """Return the versions of a record, the newest first; none for a record that was never amended."""
    if len(every) < 2:
        return []
    return [_line(bench, version, every) for version in reversed(every)]


def version_state(record_id: int, state: str, every: Sequence[Version]) -> tuple[str, str]:
    """Return (look, words) of where a version stands: whatever its state was, one that was replaced is just that."""
    if any(v.supersedes_id == record_id and v.state in SIGNED for v in every):
        return "info", _("Replaced")
    return state_look(state), state_words(state)


def _line(bench: Bench, version: Version, every: Sequence[Version]) -> VersionLine:
    look, state = version_state(version.id, version.state, every)
    opened = _("begun %(moment)s by %(name)s", moment=moment(version.opened_at), name=version.by)
    return VersionLine(
        title=_("Version %(version)s", version=version.version),
        url="" if version.id == bench.record.id else f"/calibration/{bench.number}/versions/{version.version}",
        look=look,
        state=state,
        words=f"{version.reason} · {opened}" if version.reason else opened,
    )


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
    return Detail(words[:1].upper() + words[1:], before or "–", now or "–")


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
