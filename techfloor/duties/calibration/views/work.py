"""The work at the bench: start, point by point, adjust, check and sign."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from techfloor import clock
from techfloor.duties.calibration import actions, queries, results, rules
from techfloor.duties.calibration.actions import CORRECTIONS, Slip, StartEntry
from techfloor.duties.calibration.content import content_shown
from techfloor.duties.calibration.forms import (
    AdjustForm,
    CannotForm,
    DiscontinueForm,
    ReadingForm,
    SignForm,
    StartForm,
    reading_form,
    start_form,
)
from techfloor.duties.calibration.procedure import Mode, PlannedPoint, Procedure
from techfloor.duties.calibration.queries import Bench, GaugeFacts
from techfloor.duties.calibration.results import AS_FOUND, AS_LEFT, Place
from techfloor.duties.calibration.rules import ReadingEntry
from techfloor.duties.calibration.standards import Choice, choices
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.shown import grid, place_title, progress_steps, strip
from techfloor.duties.calibration.views.signing import accept_in_passing, plant, policy_of, proof_or_none, sign_form
from techfloor.measures.quantity import plain
from techfloor.people.proof import Proof
from techfloor.refusals import NotFound, Refusal
from techfloor.web.visitor import visitor

RUNS = {"as-found": AS_FOUND, "as-left": AS_LEFT}
PATHS = {run: path for path, run in RUNS.items()}
CARRY = timedelta(hours=4)

Page = Response | str | tuple[str, int]


def see(url: str) -> Response:
    """Go to another page after a deed."""
    return redirect(url, code=303)


def place_url(number: str, place: Place) -> str:
    """Return the page of one reading."""
    return f"/calibration/{number}/{PATHS[place.run]}/{place.point}/{place.repeat}"


# --- start ---


@pages.page("/start/<code>", permission="calibration:log")
def start(code: str) -> Page:
    """Ask for what is needed before the first reading."""
    gauge = queries.gauge_by_code(code)
    number = queries.open_on_gauge(gauge.id)
    if number is not None:
        return see(f"/calibration/{number}/next")
    _revision, procedure = queries.procedure_in_force(gauge)
    if procedure.mode is Mode.certificate:
        return see(f"/calibration/gauges/{code}")
    offered = choices(procedure.standards, actions.plant_today(plant(), clock.now()))
    form = _start_form(procedure, offered)
    if not form.restored:
        _carry_forward(form, offered)
    return _start_page(gauge, procedure, offered, form)


@pages.act(
    "/start/<code>",
    permission="calibration:log",
    action="calibration:record:start",
    title=_l("Started"),
    endpoint="start_post",
)
def start_post(code: str) -> Page:
    """Open the calibration."""
    gauge = queries.gauge_by_code(code)
    _revision, procedure = queries.procedure_in_force(gauge)
    offered = choices(procedure.standards, actions.plant_today(plant(), clock.now()))
    form = _start_form(procedure, offered)
    started: list[str] = []

    def deed() -> None:
        entry = StartEntry(
            gauge_code=code,
            standards=(form.standard.data,) if form.standard.data else (),
            ambient=form.ambient(),
            condition=form.condition.data or "",
            soaked=bool(form.soaked.data),
        )
        started.append(actions.start(entry, plant(), actor=visitor().person_id, at=clock.now()))

    if form.attempt(deed):
        return see(f"/calibration/{started[0]}/next")
    return _start_page(gauge, procedure, offered, form), 422


def _start_form(procedure: Procedure, offered: list[Choice]) -> StartForm:
    named = [(choice.code, f"{choice.code} {choice.name}") for choice in offered]
    form = start_form(procedure.environment, named)
    if not procedure.standards:
        del form.standard
    return form


def _carry_forward(form: StartForm, offered: list[Choice]) -> None:
    """Fill in the first standard that is ready, and the room as the same person measured it within four hours."""
    ready = next((choice.code for choice in offered if choice.ready), None)
    if "standard" in form and ready:
        form.standard.data = ready
    form.condition.data = _("used, complete, readable")
    form.soaked.data = False
    since = clock.now() - CARRY
    for quantity, value in queries.last_ambient(visitor().person_id, since).items():
        if quantity in form:
            form[quantity].process_data(value)


def _start_page(gauge: GaugeFacts, procedure: Procedure, offered: list[Choice], form: StartForm) -> str:
    objections = {choice.code: choice.objections[0].sentence for choice in offered if choice.objections}
    certificates = {
        choice.code: _("certificate %(number)s", number=choice.ready.certificate) for choice in offered if choice.ready
    }
    return render_template(
        "calibration/start.html",
        gauge=gauge,
        procedure=procedure,
        form=form,
        errors=form.problems(),
        hints=certificates | objections,
        owner=visitor().person_id,
        limits={limit.quantity: limit for limit in procedure.environment},
    )


# --- next ---


@pages.page("/<number>/next", permission="calibration:log")
def next_step(number: str) -> Response:
    """Go where the calibration stands."""
    return see(_next_url(queries.bench(number), request.args.get("after", "")))


def _next_url(bench: Bench, after: str = "") -> str:
    if bench.record.content_sha256 is not None or bench.record.state != queries.IN_PROGRESS:
        return f"/calibration/{bench.number}"
    if bench.body.source == "outside":
        return f"/calibration/outside/{bench.number}"
    course = results.course(bench.plan, bench.readings(), bench.run(AS_FOUND), bench.body.adjusted)
    tail = f"?after={after}" if after else ""
    if course.place is not None:
        return place_url(bench.number, course.place) + tail
    return f"/calibration/{bench.number}/{course.stage}{tail}"


# --- readings ---


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
    bench = queries.bench(number)
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
    if spot.bench.record.state != queries.IN_PROGRESS or _is_given(spot):
        return see(_next_url(spot.bench))
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
    logged: list[actions.Logged] = []

    def deed() -> None:
        entry = form.entry(spot.place.run, point, repeat)
        logged.append(actions.log_reading(spot.bench, entry, actor=visitor().person_id, at=clock.now()))

    asks = _attempt(form, deed)
    if logged:
        return see(_next_url(logged[0].bench, str(logged[0].reading_id)))
    return _reading_page(spot, form, asks=asks), 422


def _attempt(form: ReadingForm, deed: Any) -> bool:
    """Run a deed; returns whether it asks about a likely slip, which the page then shows as a question."""
    if not form.validate():
        return False
    try:
        deed()
    except Slip as slip:
        form.refuse(slip)
        return True
    except Refusal as no:
        form.refuse(no)
    return False


def _reading_page(spot: Spot, form: ReadingForm, *, asks: bool = False) -> str:
    bench = spot.bench
    after = request.args.get("after", type=int)
    live = _live(spot) if spot.place.run == AS_LEFT else None
    return render_template(
        "calibration/reading.html",
        bench=bench,
        spot=spot,
        title=place_title(spot.place, bench.plan, spot.point),
        form=form,
        errors=form.problems(),
        steps=progress_steps(bench, spot.place),
        before=strip(bench, after) if after else None,
        grid=grid(bench, spot.place.run),
        live=live,
        live_note=_live_note(spot) if live else "",
        asks=asks,
        owner=visitor().person_id,
        comparison=bench.procedure.mode is Mode.comparison,
    )


def _live(spot: Spot) -> dict[str, str] | None:
    """Return the limits that the verdict follows while as left is typed; the server's verdict is the record."""
    procedure, point = spot.bench.procedure, spot.point
    if point.role == "entry" or procedure.mode not in {Mode.apply, Mode.match}:
        return None
    low, high = rules.passing_readings(procedure, point, spot.bench.standard)
    lower, upper = rules.limits_at(point, point.value)
    found = rules.uncertainty_at(procedure, point, point.value, standard=spot.bench.standard)

    def error(limit: Decimal | None) -> str:
        return "" if limit is None else plain(rules.error_shown(procedure, limit, point.value).normalize() + 0)

    made = {
        "low": "" if low is None else plain(low),
        "high": "" if high is None else plain(high),
        "lower_error": error(lower),
        "upper_error": error(upper),
        "reference": point.nominal,
        "mode": procedure.mode.value,
        "unit": point.unit,
        "error_unit": procedure.error_unit or point.unit,
    }
    if found:
        made["u"] = rules.report_u(procedure, found[0], point.value)
        made["k"] = rules.report_k(found[1])
    return made


def _live_note(spot: Spot) -> str:
    note = _("Tolerance %(tolerance)s", tolerance=spot.point.tolerance)
    return f"{note}. {spot.bench.procedure.rule_text}"


@pages.page("/<number>/<run>/<int:point>/<int:repeat>/cannot", permission="calibration:log")
def cannot(number: str, run: str, point: int, repeat: int) -> Page:
    """Ask why a point cannot be measured."""
    return _cannot_page(_spot(number, run, point, repeat), CannotForm())


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
    logged: list[actions.Logged] = []

    def deed() -> None:
        why = (form.why.data or "").strip()
        if not why:
            raise Refusal("Enter why it cannot be measured.", field="why")
        entry = ReadingEntry(spot.place.run, point, repeat, cannot_measure=why)
        logged.append(actions.log_reading(spot.bench, entry, actor=visitor().person_id, at=clock.now()))

    if form.attempt(deed):
        return see(_next_url(logged[0].bench, str(logged[0].reading_id)))
    return _cannot_page(spot, form), 422


def _cannot_page(spot: Spot, form: CannotForm) -> str:
    return render_template("calibration/cannot.html", spot=spot, form=form, errors=form.problems())


# --- correct ---


@pages.page("/<number>/correct/<int:reading_id>", permission="calibration:log")
def correct(number: str, reading_id: int) -> Page:
    """Ask for the right value and the reason."""
    spot, _given = _given_spot(number, reading_id)
    return _correct_page(spot, reading_id, reading_form(spot.bench.procedure, spot.point, correcting=True))


@pages.act(
    "/<number>/correct/<int:reading_id>",
    permission="calibration:log",
    action="calibration:reading:correct",
    title=_l("Reading corrected"),
    endpoint="correct_post",
)
def correct_post(number: str, reading_id: int) -> Page:
    """Replace a reading; the one replaced stays in the record."""
    spot, _given = _given_spot(number, reading_id)
    form = reading_form(spot.bench.procedure, spot.point, correcting=True)
    logged: list[actions.Logged] = []

    def deed() -> None:
        entry = form.entry(spot.place.run, spot.place.point, spot.place.repeat)
        reason = form.reason.data or ""
        actor = visitor().person_id
        logged.append(actions.correct_reading(spot.bench, reading_id, entry, reason, actor=actor, at=clock.now()))

    asks = _attempt(form, deed)
    if logged:
        return see(_next_url(logged[0].bench, str(logged[0].reading_id)))
    return _correct_page(spot, reading_id, form, asks=asks), 422


def _given_spot(number: str, reading_id: int) -> tuple[Spot, queries.GivenReading]:
    bench = queries.bench(number)
    given = next((g for g in bench.counting if g.id == reading_id), None)
    if given is None:
        raise NotFound("This reading is not here, or was corrected already.")
    facts = given.facts
    return Spot(bench, bench.point(facts.point), Place(facts.run, facts.point, facts.repeat)), given


def _correct_page(spot: Spot, reading_id: int, form: ReadingForm, *, asks: bool = False) -> str:
    return render_template(
        "calibration/correct.html",
        spot=spot,
        reading_id=reading_id,
        title=place_title(spot.place, spot.bench.plan, spot.point),
        before=strip(spot.bench, reading_id),
        form=form,
        errors=form.problems(),
        asks=asks,
        reasons=CORRECTIONS,
    )


# --- adjust ---


@pages.page("/<number>/adjust", permission="calibration:log")
def adjust(number: str) -> Page:
    """Ask whether the gauge was adjusted."""
    bench = queries.bench(number)
    form = AdjustForm()
    if bench.body.adjusted is not None:
        form.adjusted.data = "yes" if bench.body.adjusted else "no"
        form.words.data = bench.body.adjustment
    return _adjust_page(bench, form)


@pages.act(
    "/<number>/adjust",
    permission="calibration:log",
    action="calibration:record:adjust",
    title=_l("Adjusting decided"),
    endpoint="adjust_post",
)
def adjust_post(number: str) -> Page:
    """Keep whether the gauge was adjusted."""
    bench = queries.bench(number)
    form = AdjustForm()

    def deed() -> None:
        if form.adjusted.data not in {"yes", "no"}:
            raise Refusal("Choose whether it was adjusted.", field="adjusted")
        actions.decide_adjustment(
            number,
            form.adjusted.data == "yes",
            form.words.data or "",
            actor=visitor().person_id,
            at=clock.now(),
        )

    if form.attempt(deed):
        return see(f"/calibration/{number}/next")
    return _adjust_page(bench, form), 422


def _adjust_page(bench: Bench, form: AdjustForm) -> str:
    after = request.args.get("after", type=int)
    return render_template(
        "calibration/adjust.html",
        bench=bench,
        found=bench.run(AS_FOUND),
        form=form,
        errors=form.problems(),
        before=strip(bench, after) if after else None,
        grid=grid(bench, AS_FOUND),
        owner=visitor().person_id,
    )


# --- check and sign ---


@pages.page("/<number>/check", permission="calibration:log")
def check(number: str) -> Page:
    """Show everything as it will stand in the record, and ask for the signature."""
    bench = queries.bench(number)
    url = _next_url(bench)
    if not url.endswith("/check"):
        return see(url)
    form = sign_form(SignForm())
    form.shown.data = actions.preview(bench, plant()).sha256
    return _check_page(bench, form)


@pages.act(
    "/<number>/sign",
    permission="calibration:log",
    action="calibration:record:sign",
    title=_l("Signed as performed"),
    endpoint="sign",
)
def sign(number: str) -> Page:
    """Sign as performed."""
    form = sign_form(SignForm())
    proof = proof_or_none(form)

    def deed(proven: Proof) -> None:
        accept_in_passing(form)
        actions.sign_performed(number, proven, plant(), shown_sha256=form.shown.data or "")

    if proof is not None and form.attempt(lambda: deed(proof)):
        return see(f"/calibration/{number}?signed=1")
    bench = queries.bench(number)
    if bench.record.content_sha256 is not None:
        return see(f"/calibration/{number}")
    # What is shown again is what stands there now: the next signature is for this.
    form.shown.data = actions.preview(bench, plant()).sha256
    return _check_page(bench, form), 422


def _check_page(bench: Bench, form: SignForm) -> str:
    after = request.args.get("after", type=int)
    found = bench.run(AS_FOUND)
    left = bench.run(AS_LEFT) if bench.body.adjusted else None
    return render_template(
        "calibration/check.html",
        bench=bench,
        shown=content_shown(bench, plant()),
        found=found,
        left=left,
        before=strip(bench, after) if after else None,
        grids=[g for g in (grid(bench, AS_FOUND), grid(bench, AS_LEFT) if left else None) if g],
        form=form,
        errors=form.problems(),
        policy=policy_of(form),
        may_sign=bench.body.performed_by == visitor().person_id,
    )


# --- discontinue ---


@pages.page("/<number>/discontinue", permission="calibration:log")
def discontinue(number: str) -> str:
    """Ask why a calibration is not finished."""
    form = DiscontinueForm()
    return render_template("calibration/discontinue.html", bench=queries.bench(number), form=form, errors=[])


@pages.act(
    "/<number>/discontinue",
    permission="calibration:log",
    action="calibration:record:discontinue",
    title=_l("Discontinued"),
    endpoint="discontinue_post",
)
def discontinue_post(number: str) -> Page:
    """End a calibration that will not be finished."""
    form = DiscontinueForm()
    actor = visitor().person_id
    if form.attempt(lambda: actions.discontinue(number, form.reason.data or "", actor=actor, at=clock.now())):
        return see(f"/calibration/{number}")
    bench = queries.bench(number)
    return render_template("calibration/discontinue.html", bench=bench, form=form, errors=form.problems()), 422
