"""The conditions of the room of a calibration under way: a slip in one of them is changed with a reason."""

from flask import render_template
from flask_babel import lazy_gettext as _l

from techfloor import clock
from techfloor.duties.calibration.actions import work as actions
from techfloor.duties.calibration.forms.work import RoomForm
from techfloor.duties.calibration.queries.bench import Bench, bench_of
from techfloor.duties.calibration.queries.bench_lines import AmbientValue
from techfloor.duties.calibration.views.pages import pages
from techfloor.duties.calibration.views.way import allowed, away, elsewhere
from techfloor.refusals import NotFound
from techfloor.said import begun, word
from techfloor.web.pages import Page, see
from techfloor.web.visitor import visitor


@pages.page("/<number>/room", permission="calibration:log")
def room(number: str) -> Page:
    """Show the conditions of the room, each with the way to change it; the only one leads on at once."""
    bench = allowed(bench_of(number))
    if not_here := elsewhere(bench):
        return not_here
    if len(bench.ambient) == 1:
        return see(f"/calibration/{number}/room/{bench.ambient[0].id}")
    return render_template("calibration/room.html", bench=bench)


@pages.page("/<number>/room/<int:ambient_id>", permission="calibration:log")
def change_room(number: str, ambient_id: int) -> Page:
    """Ask for the right value and the reason."""
    bench = allowed(bench_of(number))
    if not_here := elsewhere(bench):
        return not_here
    return _page(bench, _given(bench, ambient_id), RoomForm())


@pages.act(
    "/<number>/room/<int:ambient_id>",
    permission="calibration:log",
    action="calibration:ambient:correct",
    reason="reason",
    title=_l("Condition of the room corrected"),
    endpoint="change_room_post",
)
def change_room_post(number: str, ambient_id: int) -> Page:
    """Replace a condition of the room; the one replaced stays in the record."""
    bench = allowed(bench_of(number))
    given, form = _given(bench, ambient_id), RoomForm()

    def deed() -> None:
        reason, actor, confirmed = form.reason.data or "", visitor().person_id, bool(form.confirmed.data)
        value, at = form.value.data, clock.now()
        actions.correct_ambient(number, ambient_id, value, reason, actor=actor, at=at, confirmed=confirmed)

    if form.attempt(deed):
        return see(f"/calibration/{number}/next")
    return _page(bench, given, form), 422


def _given(bench: Bench, ambient_id: int) -> AmbientValue:
    found = next((a for a in bench.ambient if a.id == ambient_id), None)
    if found is None:
        raise NotFound("This value is not here, or was corrected already.")
    return found


def _page(bench: Bench, given: AmbientValue, form: RoomForm) -> str:
    name = begun(word(given.quantity, "quantity"))
    return render_template(
        "calibration/change_room.html",
        bench=bench,
        given=given,
        name=name,
        form=form,
        errors=form.problems(),
        away=away(bench),
    )
