"""Readings: one on a page, what cannot be measured, and what is corrected."""

from dataclasses import dataclass

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor import clock
from techfloor.duties.calibration.actions import work as actions
from techfloor.duties.calibration.actions.work import CORRECTIONS
from techfloor.duties.calibration.forms.work import (
    CannotForm,
    ReadingForm,
    reading_form,
)
from techfloor.duties.calibration.queries.bench import Bench, bench_of
from techfloor.duties.calibration.queries.bench_lines import GivenReading
from techfloor.duties.calibration.queries.records import attachments
from techfloor.duties.calibration.rules.limits import goes_below_zero
from techfloor.duties.calibration.rules.procedure import Mode, PlannedPoint
from techfloor.duties.calibration.rules.reading import ReadingEntry
from techfloor.duties.calibration.rules.results import AS_LEFT, Place
from techfloor.duties.calibration.views.live import limits_of
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.shown import grid, place_title, point_words, progress_steps, strip
from techfloor.duties.calibration.views.way import RUNS, allowed, away, elsewhere, next_url, place_url
from techfloor.refusals import NotFound
from techfloor.web.pages import Page, see
from techfloor.web.visitor import visitor


@dataclass(frozen=True)
class Spot:
    """One place of one calibration, as a page handles it."""

    bench: Bench
    point: PlannedPoint
    place: Place

    @property
    def path(self) -> str:
        """The page of this place."""
        return place_url(self.bench.number, self.place)


def _spot(number: str, run: str, point: int, repeat: int) -> Spot:
    bench = allowed(bench_of(number))
    if run not in RUNS:
        raise NotFound("This calibration has no such run.")
    planned = bench.point(point)
    if not 1 <= repeat <= planned.repeats:
        raise NotFound("This point has no such reading.")
    return Spot(bench, planned, Place(RUNS[run], point, repeat))


@pages.page("/<number>/<run>/<int:point>/<int:repeat>", permission="calibration:log")
def reading(number: str, run: str, point: int, repeat: int) -> Page:
    """Ask for one reading; a place that has one already leads on."""
    spot = _spot(number, run, point, repeat)
    if _is_given(spot):
        return see(next_url(spot.bench))
    if not_here := elsewhere(spot.bench):
        return not_here
    form = reading_form(spot.bench.procedure, spot.point)
    return _reading_page(spot, form)


def _is_given(spot: Spot) -> bool:
    wanted = (spot.place.run, spot.place.point, spot.place.repeat)
    return any((r.run, r.point, r.repeat) == wanted for r in spot.bench.readings())


@pages.act(
    "/<number>/<run>/<int:point>/<int:repeat>",
    permission="calibration:log",
    action="calibration:reading:log",
    title=_l("Reading logged"),
    endpoint="reading_post",
)
def reading_post(number: str, run: str, point: int, repeat: int) -> Page:
    """Keep one reading and go to the next place."""
    spot = _spot(number, run, point, repeat)
    form = reading_form(spot.bench.procedure, spot.point)

    def deed() -> actions.Logged:
        entry = form.entry(spot.place.run, point, repeat)
        return actions.log_reading(spot.bench, entry, actor=visitor().person_id, at=clock.now())

    if done := form.attempt(deed):
        return see(next_url(done.made.bench, str(done.made.reading_id)))
    return _reading_page(spot, form), 422


def _reading_page(spot: Spot, form: ReadingForm) -> str:
    bench = spot.bench
    after = request.args.get("after", type=int)
    live = limits_of(bench.procedure, spot.point, bench.standard) if spot.place.run == AS_LEFT else None
    return render_template(
        "calibration/reading.html",
        bench=bench,
        spot=spot,
        title=place_title(spot.place, bench.plan, spot.point),
        at=point_words(spot.point),
        form=form,
        errors=form.problems(),
        steps=progress_steps(bench, spot.place),
        before=strip(bench, after) if after else None,
        paper=attachments(bench.record.id) if bench.transcriber else [],
        grid=grid(bench, spot.place.run),
        live=live,
        live_note=_live_note(spot) if live else "",
        owner=visitor().person_id,
        away=away(bench),
        comparison=bench.procedure.mode is Mode.comparison,
        minus=goes_below_zero(spot.point),
    )


def _live_note(spot: Spot) -> str:
    note = _("Tolerance %(tolerance)s", tolerance=spot.point.tolerance)
    return f"{note}. {spot.bench.procedure.rule_text.partition(':')[0]}"


@pages.page("/<number>/<run>/<int:point>/<int:repeat>/cannot", permission="calibration:log")
def cannot(number: str, run: str, point: int, repeat: int) -> Page:
    """Ask why a point cannot be measured."""
    spot = _spot(number, run, point, repeat)
    return elsewhere(spot.bench) or _cannot_page(spot, CannotForm())


@pages.act(
    "/<number>/<run>/<int:point>/<int:repeat>/cannot",
    permission="calibration:log",
    action="calibration:reading:cannot",
    title=_l("Point not measured"),
    endpoint="cannot_post",
)
def cannot_post(number: str, run: str, point: int, repeat: int) -> Page:
    """Keep that a point cannot be measured, and why."""
    spot = _spot(number, run, point, repeat)
    form = CannotForm()

    def deed() -> actions.Logged:
        entry = ReadingEntry(spot.place.run, point, repeat, cannot_measure=form.words())
        return actions.log_reading(spot.bench, entry, actor=visitor().person_id, at=clock.now())

    if done := form.attempt(deed):
        return see(next_url(done.made.bench, str(done.made.reading_id)))
    return _cannot_page(spot, form), 422


def _cannot_page(spot: Spot, form: CannotForm) -> str:
    return render_template(
        "calibration/cannot.html",
        spot=spot,
        at=point_words(spot.point),
        form=form,
        errors=form.problems(),
        away=away(spot.bench),
    )


# --- correct ---


@pages.page("/<number>/correct/<int:reading_id>", permission="calibration:log")
def correct(number: str, reading_id: int) -> Page:
    """Ask for the right value and the reason."""
    spot, _given = _given_spot(number, reading_id)
    if not_here := elsewhere(spot.bench):
        return not_here
    return _correct_page(spot, reading_id, reading_form(spot.bench.procedure, spot.point, correcting=True))


@pages.act(
    "/<number>/correct/<int:reading_id>",
    permission="calibration:log",
    action="calibration:reading:correct",
    reason="reason",
    title=_l("Reading corrected"),
    endpoint="correct_post",
)
def correct_post(number: str, reading_id: int) -> Page:
    """Replace a reading; the one replaced stays in the record."""
    spot, _given = _given_spot(number, reading_id)
    form = reading_form(spot.bench.procedure, spot.point, correcting=True)

    def deed() -> actions.Logged:
        entry = form.entry(spot.place.run, spot.place.point, spot.place.repeat)
        reason = form.reason.data or ""
        actor = visitor().person_id
        return actions.correct_reading(spot.bench, reading_id, entry, reason, actor=actor, at=clock.now())

    if done := form.attempt(deed):
        return see(next_url(done.made.bench, str(done.made.reading_id)))
    return _correct_page(spot, reading_id, form), 422


def _given_spot(number: str, reading_id: int) -> tuple[Spot, GivenReading]:
    bench = allowed(bench_of(number))
    given = next((g for g in bench.counting if g.id == reading_id), None)
    if given is None:
        raise NotFound("This reading is not here, or was corrected already.")
    facts = given.facts
    return Spot(bench, bench.point(facts.point), Place(facts.run, facts.point, facts.repeat)), given


def _correct_page(spot: Spot, reading_id: int, form: ReadingForm) -> str:
    return render_template(
        "calibration/correct.html",
        spot=spot,
        reading_id=reading_id,
        title=place_title(spot.place, spot.bench.plan, spot.point),
        before=strip(spot.bench, reading_id),
        form=form,
        errors=form.problems(),
        reasons=CORRECTIONS,
        away=away(spot.bench),
    )
