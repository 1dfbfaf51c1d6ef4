"""What is unusual about a calibration: why a second person must look."""

from collections.abc import Sequence

from techfloor.duties.calibration.actions import holding
from techfloor.duties.calibration.queries.bench import Bench
from techfloor.duties.calibration.queries.earlier import revision_used_before
from techfloor.duties.calibration.queries.withdrawn import withdrawn_said
from techfloor.duties.calibration.rules import outside as outside_rules
from techfloor.duties.calibration.rules import results
from techfloor.duties.calibration.rules.off_nominal import off_nominal
from techfloor.duties.calibration.rules.outside import SAME
from techfloor.duties.calibration.rules.results import AS_FOUND, AS_LEFT, PointResult
from techfloor.duties.calibration.rules.scatter import scatters_more, two_digits
from techfloor.equipment.certificates import certificates_of
from techfloor.measures.quantity import plain
from techfloor.measures.units import show_unit
from techfloor.said import Said, key_of, say
from techfloor.store import alone


def exceptions(bench: Bench) -> list[Said]:
    """Return why a second person must look, as the rows stand now; empty for a clean calibration.

    An amendment is looked at always, its reason first.
    """
    if bench.amends is None:
        return _of_calibration(bench)
    key = "calibration.withdrawn" if bench.entered_in_error else "calibration.amended"
    amended = say(key, version=bench.amends.version, reason=bench.amends.reason)
    return [amended] if bench.entered_in_error else [amended, *_of_calibration(bench), *_carried(bench)]


def _withdrawn(bench: Bench) -> tuple[Said, ...]:
    """Say what was taken back of what it rests on: until it is signed, a withdrawal waits, or is seen."""
    for standard in sorted({each.id for each in bench.standards}):
        alone(certificates_of(standard))
    return withdrawn_said(bench.record.id)


_OF_ITS_DAY = frozenset({"calibration.came-held", "calibration.first-use", "calibration.transcribed"})


def _carried(bench: Bench) -> list[Said]:
    """Return what was so on the day of the calibration, and is not to be seen any more."""
    former = bench.former.body.exceptions if bench.former else []
    return [said for said in former if key_of(said) in _OF_ITS_DAY]


def _of_calibration(bench: Bench) -> list[Said]:
    first = bench.amends is None and not revision_used_before(bench.record.revision_id or 0, bench.number)
    if bench.body.outside is not None:
        return _of_certificate(bench, first)
    found, left = bench.run(AS_FOUND), bench.run(AS_LEFT) if bench.body.adjusted else None
    return (
        results.exceptions(
            found,
            left,
            {
                "calibration.ambient-corrected": any(a.corrects_id is not None for a in bench.ambient),
                "calibration.reworded": bool(bench.body.reworded),
                "calibration.room": any(not a.within for a in bench.ambient),
                "calibration.soak": bool(bench.procedure.soak_minutes) and not bench.body.soaked,
                "calibration.came-held": _came_held(bench),
                "calibration.slip": any(g.confirmed_slip for g in bench.counting),
                "calibration.transcribed": bool(bench.transcriber),
                "calibration.late": any(g.late for g in bench.given),
                "calibration.first-use": first,
            },
            corrections=sum(1 for g in bench.given if g.corrects_id is not None),
        )
        + ([] if bench.only_signer_measured else [say("calibration.measured-by", names=all_of(bench.measurers))])
        + _off_nominal(bench)
        + _scatter(bench, [*found.points, *(left.points if left else ())])
        + [*_withdrawn(bench)]
    )


def _scatter(bench: Bench, results: Sequence[PointResult]) -> list[Said]:
    """Say of repeats that scatter more than the budget counts on: U as it is printed is too small for them."""
    found = scatters_more(bench.procedure, results)
    if found is None:
        return []
    unit = show_unit(bench.procedure.budget_unit)
    seen, allowed = two_digits(found.seen), plain(found.allowed)
    return [say("calibration.scatter", point=found.point, seen=seen, allowed=allowed, unit=unit)]


def _off_nominal(bench: Bench) -> list[Said]:
    """Say of a standard that gives other values than were counted with; the first of them tells."""
    found = off_nominal(bench.procedure, bench.plan, bench.standard)[:1] if bench.standard else []
    return [say("calibration.off-nominal", **each.words(bench.standard.code)) for each in found if bench.standard]


def all_of(names: Sequence[str]) -> Said | str:
    """Return one or several names as one thing said: "Tara Kowalski and Otto Lindqvist"."""
    *others, last = names
    return say("calibration.and", others=", ".join(others), last=last) if others else last


def _of_certificate(bench: Bench, first: bool) -> list[Said]:
    assert bench.body.outside is not None
    entry = outside_rules.from_plain(bench.body.outside)
    judged = outside_rules.judge(bench.plan, entry.results)
    found = outside_rules.run_verdict(entry.as_found, judged, AS_FOUND)
    left = "" if entry.as_left == SAME else outside_rules.run_verdict(entry.as_left, judged, AS_LEFT)
    answers = outside_rules.answers_of(bench.body.outside, bench.procedure.checks)
    made = outside_rules.exceptions(
        found,
        left,
        answers,
        first_use=first,
        small=outside_rules.small_ratio(judged, bench.procedure.min_tur),
        otherwise=outside_rules.contradictions(entry, judged),
    )
    return [*made, say("calibration.came-held")] if _came_held(bench) else made


def _came_held(bench: Bench) -> bool:
    """Tell whether the gauge came held; an amendment carries that over from the version before."""
    return bench.amends is None and holding.was_held(bench)
