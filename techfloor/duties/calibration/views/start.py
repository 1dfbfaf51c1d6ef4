"""Starting a calibration: the standard, the room and the condition, and the first place to go."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from flask import flash, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from techfloor import clock
from techfloor.duties.calibration.actions import starting
from techfloor.duties.calibration.actions import work as actions
from techfloor.duties.calibration.actions.starting import StartEntry
from techfloor.duties.calibration.forms.work import (
    StartForm,
    TakeOverForm,
    start_form,
)
from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries.bench import bench_of, opener
from techfloor.duties.calibration.queries.earlier import last_ambient, news_for
from techfloor.duties.calibration.queries.gauges import GaugeFacts, gauge_by_code, procedure_in_force
from techfloor.duties.calibration.queries.standards import Group, groups
from techfloor.duties.calibration.rules.off_nominal import off_nominal
from techfloor.duties.calibration.rules.procedure import Mode, Procedure, plan
from techfloor.duties.calibration.rules.results import AS_FOUND, AS_LEFT
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.shown import run_words
from techfloor.duties.calibration.views.way import allowed, next_url, of_another, take_over_url
from techfloor.duties.calibration.views.whose_tolerance import whose_tolerance
from techfloor.equipment.rules import held
from techfloor.equipment.statuses import Status
from techfloor.equipment.wording import told
from techfloor.measures.quantity import plain
from techfloor.measures.units import show_unit
from techfloor.places.here import plant, today
from techfloor.refusals import Question, Refusal
from techfloor.web.forms import refusal_text
from techfloor.web.pages import Page, see
from techfloor.web.show import hour
from techfloor.web.visitor import visitor

CARRY = timedelta(hours=4)


@pages.page("/start/<code>", permission="calibration:log")
def start(code: str) -> Page:
    """Ask for what is needed before the first reading."""
    gauge = gauge_by_code(code)
    if gauge.code != code:
        return see(f"/calibration/start/{gauge.code}")
    number = queries.open_on_gauge(gauge.id)
    if number is not None:
        return see(f"/calibration/{number}/next")
    if gauge.procedure_id is None and visitor().may("calibration:procedures"):
        flash(_("%(code)s has no procedure yet. Choose one, then calibrate it.", code=gauge.code), "info")
        return see(f"/calibration/gauges/{gauge.code}/procedure")
    revision, procedure = procedure_in_force(gauge)
    if (no := no_start(gauge, procedure)) is not None:
        flash(refusal_text(no), "info")
        return see(f"/calibration/gauges/{code}")
    offered = groups(procedure.standards, today())
    form = start_form(procedure.environment, offered)
    carried = {} if form.restored else _carry_forward(form, offered)
    return _start_page(gauge, procedure, news_for(revision, visitor().person_id), offered, form, carried)


@pages.act(
    "/start/<code>",
    permission="calibration:log",
    action="calibration:record:start",
    title=_l("Started"),
    endpoint="start_post",
)
def start_post(code: str) -> Page:
    """Open the calibration."""
    gauge = gauge_by_code(code)
    revision, procedure = procedure_in_force(gauge)
    offered = groups(procedure.standards, today())
    if (no := no_start(gauge, procedure)) is not None:
        raise no
    form = start_form(procedure.environment, offered)

    def deed() -> str:
        entry = StartEntry(
            gauge_code=code,
            standards=form.standards(),
            ambient=form.ambient(),
            condition=form.condition_words(),
            soaked=bool(form.soaked.data),
        )
        ask_once(procedure, form)
        return starting.start(entry, plant(), actor=visitor().person_id, at=clock.now())

    if done := form.attempt(deed):
        return see(f"/calibration/{done.made}/next")
    return _start_page(gauge, procedure, news_for(revision, visitor().person_id), offered, form), 422


def no_start(gauge: GaugeFacts, procedure: Procedure) -> Refusal | None:
    """Return why this gauge is not calibrated here now."""
    outside = procedure.mode is Mode.certificate
    if outside and gauge.status == Status.SENT_OUT:
        return Refusal("%(code)s is at a laboratory. When it is back, enter its certificate.", code=gauge.code)
    try:
        starting.refuse_away(gauge)
    except Refusal as no:
        return no
    if outside:
        return Refusal("%(code)s is calibrated by a laboratory. Send it out from its page.", code=gauge.code)
    return None


def ask_once(procedure: Procedure, form: StartForm) -> None:
    """Ask before a start that the record will call unusual, or of which it will not say what it could have said.

    A yes, given once for all of it, lets it in.
    """
    given = form.ambient()
    doubts = [
        _("%(value)s is outside %(limits)s.", value=f"{plain(value)} {show_unit(limit.unit)}", limits=limit.text)
        for limit in procedure.environment
        if (value := given.get(limit.quantity)) is not None and not limit.holds(value)
    ]
    if procedure.soak_minutes and not form.soaked.data:
        doubts.append(
            _("It has not stood beside the standard for %(minutes)s minutes.", minutes=procedure.soak_minutes)
        )
    if not form.condition_words():
        doubts.append(_("It is not said in what condition it is."))
    if doubts and not form.confirmed.data:
        said = " ".join(doubts)
        raise Question("%(doubts)s Start all the same? The record says so.", field="confirmed", doubts=said)


def _carry_forward(form: StartForm, offered: list[Group]) -> dict[str, str]:
    """Fill in a ready standard of each group, and the room as the same person typed it within four hours.

    The standards they used there are chosen again, the first that is ready elsewhere.

    Returns what to say beside each value that is carried forward.
    """
    room = last_ambient(visitor().person_id, clock.now() - CARRY)
    used = room.standards if room else frozenset()
    for group in offered:
        ready = [choice.code for choice in group.choices if choice.ready]
        form[group.field].data = next((code for code in ready if code in used), ready[0] if ready else None)
    form.soaked.data = False
    known = {name: value for name, value in room.values.items() if name in form} if room else {}
    for quantity, value in known.items():
        form[quantity].process_data(value)
    said = _("As you typed at %(hour)s. Look again.", hour=hour(room.at)) if room else ""
    return dict.fromkeys(known, said)


def _start_page(
    gauge: GaugeFacts,
    procedure: Procedure,
    news: list[tuple[int, str]],
    offered: list[Group],
    form: StartForm,
    carried: Mapping[str, str] = MappingProxyType({}),
) -> str:
    given = form.ambient()
    known = [choice for group in offered for choice in group.choices]
    objections = {choice.code: told(choice.objections[0]) for choice in known if choice.objections}
    certificates = {
        choice.code: _("certificate %(number)s", number=choice.ready.certificate) for choice in known if choice.ready
    }
    return render_template(
        "calibration/start.html",
        gauge=gauge,
        tolerance=whose_tolerance(procedure, gauge.item, gauge.code),
        off_nominal=_off_nominal(gauge, procedure, offered),
        holds=[told(held(gauge.code, hold)) for hold in gauge.held],
        procedure=procedure,
        news=news,
        form=form,
        errors=form.problems(),
        hints=certificates | objections,
        not_ready=[choice.code for choice in known if choice.ready is None],
        owner=visitor().person_id,
        pad=[form[name].id for name in form.ambient_names] if visitor().on_tablet else [],
        limits={limit.quantity: limit for limit in procedure.environment},
        carried=carried,
        outside={
            limit.quantity
            for limit in procedure.environment
            if limit.quantity in given and not limit.holds(given[limit.quantity])
        },
    )


def _off_nominal(gauge: GaugeFacts, procedure: Procedure, offered: list[Group]) -> list[str]:
    """Say of each standard that is offered which of its certified values nothing counts."""
    points = plan(procedure, gauge.item) if offered else ()
    facts = [choice.ready.facts for choice in (offered[0].choices if offered else ()) if choice.ready]
    return [_off_words(each.words(one.code)) for one in facts for each in off_nominal(procedure, points, one)[:1]]


def _off_words(words: Mapping[str, str]) -> str:
    return str(
        _(
            "The certificate of %(standard)s gives %(certified)s for %(nominal)s, and the nominal value is counted: "
            "a second person looks at the result.",
            **words,
        )
    )


@pages.page("/<number>/next", permission="calibration:log")
def next_step(number: str) -> Response:
    """Go where the calibration stands; of somebody else's, ask first."""
    bench = bench_of(number)
    if of_another(bench, visitor().person_id):
        return see(take_over_url(number))
    return see(next_url(bench, request.args.get("after", "")))


@pages.page("/<number>/pause", permission="calibration:log")
def pause(number: str) -> Response:
    """Say that nothing is lost, and go to what is due."""
    flash(_("%(number)s is saved. Go on any time.", number=bench_of(number).number), "success")
    return see("/")


@pages.page("/<number>/take-over", permission="calibration:log")
def take_over(number: str) -> Page:
    """Say whose calibration this is and how far it is; one tap takes it over."""
    bench = allowed(bench_of(number))
    if not of_another(bench, visitor().person_id):
        return see(next_url(bench))
    run = bench.run(AS_LEFT if bench.body.adjusted else AS_FOUND)
    return render_template(
        "calibration/take_over.html",
        bench=bench,
        begun_by=opener(bench),
        run=run_words(run.run),
        done=sum(point.complete for point in run.points),
        form=TakeOverForm(),
    )


@pages.act(
    "/<number>/take-over",
    permission="calibration:log",
    action="calibration:record:take-over",
    title=_l("Taken over"),
    endpoint="take_over_post",
)
def take_over_post(number: str) -> Page:
    """Go on with somebody else's calibration, as one's own."""
    allowed(bench_of(number))
    actions.take_over(number, actor=visitor().person_id, at=clock.now())
    return see(f"/calibration/{number}/next")
