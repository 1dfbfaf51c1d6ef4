"""Ways through a calibration that its pages share: where it stands, and the address of each place."""

from werkzeug.wrappers import Response

from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries.bench import Bench
from techfloor.duties.calibration.rules import results
from techfloor.duties.calibration.rules.results import AS_FOUND, AS_LEFT, Place
from techfloor.web.pages import NotAllowed, see
from techfloor.web.visitor import visitor

RUNS = {"as-found": AS_FOUND, "as-left": AS_LEFT}
PATHS = {run: path for path, run in RUNS.items()}


AMEND, OUTSIDE = "calibration:amend", "calibration:outside"


def may_work(source: str, *, amending: bool) -> bool:
    """Tell whether this visitor may work on what comes from a source, in house or outside, or amend it."""
    return _not_given(source, amending=amending) is None


def _not_given(source: str, *, amending: bool) -> str | None:
    wanted = (*((AMEND,) if amending else ()), *(() if source == "in house" else (OUTSIDE,)))
    return next((permission for permission in wanted if not visitor().may(permission)), None)


def allowed(bench: Bench) -> Bench:
    """Return a calibration to a visitor who may work on it, beyond what the page asks for; raises NotAllowed.

    What entered an outside certificate in error is worked on at the pages of the bench, and asks for more than these.
    """
    missing = _not_given(bench.body.source, amending=bench.amends is not None)
    if missing is not None:
        raise NotAllowed(missing)
    return bench


def place_url(number: str, place: Place) -> str:
    """Return the page of one reading."""
    return f"/calibration/{number}/{PATHS[place.run]}/{place.point}/{place.repeat}"


def of_another(bench: Bench, person_id: int) -> bool:
    """Tell whether somebody else has this calibration under way at the bench."""
    under_way = bench.record.state == queries.IN_PROGRESS and bench.in_house
    return under_way and bench.holder_id != person_id


def take_over_url(number: str) -> str:
    """Return the page that says whose calibration it is and asks whether to take it over."""
    return f"/calibration/{number}/take-over"


def away(bench: Bench) -> str:
    """Return where this visitor takes a calibration over that another has under way, '' where it is their own."""
    return take_over_url(bench.number) if of_another(bench, visitor().person_id) else ""


def elsewhere(bench: Bench) -> Response | None:
    """Return the way to where this visitor can go on; None at a bench that is theirs and may be written to."""
    if of_another(bench, visitor().person_id):
        return see(take_over_url(bench.number))
    if bench.record.state != queries.IN_PROGRESS or not bench.in_house or bench.entered_in_error:
        return see(next_url(bench))
    return None


def next_url(bench: Bench, after: str = "") -> str:
    """Return the page where a calibration stands; `after` names the reading that was just given."""
    if bench.record.content_sha256 is not None or bench.record.state != queries.IN_PROGRESS:
        return f"/calibration/{bench.number}"
    if bench.entered_in_error:
        return f"/calibration/{bench.number}/check"
    if not bench.in_house:
        return f"/calibration/outside/{bench.number}"
    course = results.course(bench.plan, bench.readings(), bench.run(AS_FOUND), bench.body.adjusted)
    tail = f"?after={after}" if after else ""
    if course.place is not None:
        return place_url(bench.number, course.place) + tail
    return f"/calibration/{bench.number}/{course.stage}{tail}"
