"""What is unusual about a calibration, as the pages that check, review and show it say it first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from techfloor.duties.calibration.actions import unusual as rules
from techfloor.duties.calibration.changes import corrected_first, rewordings
from techfloor.duties.calibration.models import OF_CERTIFICATE
from techfloor.duties.calibration.queries.bench import Bench
from techfloor.duties.calibration.queries.bench_lines import AmbientValue, GivenReading
from techfloor.duties.calibration.queries.withdrawn import WITHDRAWN, withdrawn_said
from techfloor.duties.calibration.rules.outside import NO, answers_of
from techfloor.duties.calibration.rules.printed import error_shown
from techfloor.duties.calibration.rules.results import DerivedResult, PointResult, ReadingFacts
from techfloor.duties.calibration.views.shown import judged_words, point_words, run_words, value_text, verdict_words
from techfloor.measures.quantity import plain, signed
from techfloor.measures.units import show_unit
from techfloor.records import tasks, versions
from techfloor.records.lifecycle import State
from techfloor.said import Said, begun, in_words, key_of, read, word
from techfloor.web.show import to_the_second


@dataclass(frozen=True)
class Detail:
    """Where it was, what it was before and after, and who, when and why."""

    words: str
    before: str = ""
    after: str = ""
    tail: str = ""


@dataclass(frozen=True)
class Unusual:
    """One thing that a second person must see."""

    kind: str
    words: str
    details: tuple[Detail, ...] = ()


def unusual(bench: Bench) -> list[Unusual]:
    """Return what is unusual, as it was when it was signed, before that as it stands now."""
    signed = bench.record.content_sha256 is not None
    exceptions = bench.body.exceptions if signed else rules.exceptions(bench)
    since = [said for said in _since(bench) if said not in exceptions]
    every = [said for said in (*since, *exceptions, *bench.body.deviations) if key_of(said) not in _OF_AMENDMENT]
    found = [_one(bench, said) for said in every]
    # What an amendment corrected stands with its reason, and not once more by itself.
    return [one for one, said in zip(found, every, strict=True) if _tells(one, said)]


def _since(bench: Bench) -> Iterator[Said]:
    """Yield what became of the certificates that it rested on, and which of them are in doubt."""
    if any(standard.ended_at is not None for standard in bench.standards):
        yield from withdrawn_said(bench.record.id)
    if bench.record.state == State.PERFORMED:
        asked = (read(words) for words in tasks.open_words(versions.ids(bench.record), [OF_CERTIFICATE]))
        yield from (said for said in asked if said is not None and key_of(said) in _DOUBTS)


_DOUBTS = frozenset({"calibration.look-back-certificate", "calibration.look-back-held"})


_OF_AMENDMENT = frozenset({"calibration.amended", "calibration.withdrawn"})
"""What stands on the page by itself, with each value before and after."""


def _tells(one: Unusual, said: Said) -> bool:
    return bool(one.details) or key_of(said) not in _CORRECTIONS


_CORRECTIONS = frozenset({"calibration.corrected", "calibration.ambient-corrected", "calibration.reworded"})

_TO_BE_LOOKED_AT = frozenset({State.IN_PROGRESS, State.PERFORMED})
"""Once it was looked at, what was unusual is told and warns of nothing."""


def _one(bench: Bench, said: Said) -> Unusual:
    key, words = key_of(said), in_words(said)
    calm = "caution" if bench.record.state in _TO_BE_LOOKED_AT else "info"
    kind = "fail" if key.startswith("calibration.failed") else "caution" if key == WITHDRAWN else calm
    details = _DETAILS[key](bench) if key in _DETAILS else []
    if key == "calibration.answered-no":
        details = _answer(bench, str(said["check"]))
    return Unusual(kind, begun(words), tuple(details))


def place_words(bench: Bench, given: GivenReading) -> str:
    """Return "As found, 150.00 outside", with the reading where a point has several."""
    point = bench.point(given.facts.point)
    words: str = _("%(run)s, %(point)s", run=run_words(given.facts.run), point=point_words(point))
    if point.repeats == 1:
        return words
    return str(_("%(words)s, reading %(n)s", words=words, n=given.facts.repeat))


def value_words(bench: Bench, given: GivenReading) -> str:
    """Return a reading with its unit; "not measured" where it could not be."""
    if given.facts.cannot_measure:
        return str(_("not measured"))
    return f"{value_text(bench, given)} {show_unit(bench.point(given.facts.point).unit)}".strip()


def replaced_by(bench: Bench, given: GivenReading) -> GivenReading:
    """Return the reading that a correction replaced."""
    return next(g for g in bench.given if g.id == given.corrects_id)


def _corrections(bench: Bench) -> list[Detail]:
    return [
        Detail(
            place_words(bench, g),
            value_words(bench, replaced_by(bench, g)),
            value_words(bench, g),
            f"{reason_words(g.correction)} · {_entered(bench, g)}",
        )
        for g in bench.given
        if corrected_first(bench, g)
    ]


def _ambient_corrections(bench: Bench) -> list[Detail]:
    return [
        Detail(
            begun(word(a.quantity, "quantity")),
            ambient_words(ambient_replaced_by(bench, a)),
            ambient_words(a),
            f"{reason_words(a.correction)} · {a.by}, {to_the_second(a.recorded_at)}",
        )
        for a in bench.ambient_given
        if corrected_first(bench, a)
    ]


def _rewordings(bench: Bench) -> list[Detail]:
    return [
        Detail(
            begun(in_words(each["what"])),
            in_words(each["from"]) or _("not stated"),
            in_words(each["to"]) or _("not stated"),
            f"{each['reason']} · {each['by']}, {to_the_second(datetime.fromisoformat(each['at']))}",
        )
        for each in rewordings(bench)
    ]


def ambient_words(given: AmbientValue) -> str:
    """Return a condition of the room with its unit."""
    return f"{plain(given.value)} {show_unit(given.unit)}"


def ambient_replaced_by(bench: Bench, given: AmbientValue) -> AmbientValue:
    """Return the condition of the room that a correction replaced."""
    return next(a for a in bench.ambient_given if a.id == given.corrects_id)


def reason_words(reason: str) -> str:
    """Return the one-tap reason of a correction in the reader's language."""
    return word(reason, "calibration")


def _not_measured(bench: Bench) -> list[Detail]:
    return [
        Detail(place_words(bench, g), tail=f"{in_words(g.facts.cannot_measure)} · {_entered(bench, g)}")
        for g in bench.counting
        if g.facts.cannot_measure
    ]


def _slips(bench: Bench) -> list[Detail]:
    return [
        Detail(place_words(bench, g), "", value_words(bench, g), _entered(bench, g))
        for g in bench.counting
        if g.confirmed_slip
    ]


def _entered(bench: Bench, given: GivenReading) -> str:
    """Return who gave a value and when: what an amendment corrects was read on another day, maybe by another person."""
    return f"{bench.entered_by(given)}, {to_the_second(given.recorded_at)}"


def _late(bench: Bench) -> list[Detail]:
    late = [g for g in bench.given if g.late]
    if bench.transcriber and len(late) > 1:
        # All of a paper is late, and each value stands in the grid: once is enough.
        last = max(late, key=lambda g: g.recorded_at)
        return [Detail(_("%(n)s readings", n=len(late)), "", "", f"{last.by}, {late_words(last)}")]
    return [Detail(place_words(bench, g), "", value_words(bench, g), f"{g.by}, {late_words(g)}") for g in late]


def late_words(given: GivenReading) -> str:
    """Return when a late entry was read, and when it came in."""
    read, entered = to_the_second(given.performed_at), to_the_second(given.recorded_at)
    return str(_("read %(read)s, entered %(entered)s", read=read, entered=entered))


def _room(bench: Bench) -> list[Detail]:
    return [
        Detail(
            begun(word(a.quantity, "quantity")),
            "",
            f"{plain(a.value)} {show_unit(a.unit)}",
            _("allowed %(l)s", l=a.limits),
        )
        for a in bench.ambient
        if not a.within
    ]


def _soak(bench: Bench) -> list[Detail]:
    return [Detail(_("less than %(minutes)s minutes", minutes=bench.procedure.soak_minutes))]


def _signer(bench: Bench) -> list[Detail]:
    words = _("Signed by %(name)s") if bench.amends is None else _("Performed by %(name)s")
    return [Detail(words % {"name": bench.performer})]


def _failed(run: str) -> Callable[[Bench], list[Detail]]:
    def details(bench: Bench) -> list[Detail]:
        if bench.body.outside is not None:
            return []
        found = bench.run(run)
        failed = [p for p in found.points if p.verdict in _FAILED]
        return [
            *(Detail(f"{_where(p)}: {failed_words(bench, p)}") for p in failed),
            *(Detail(_derived_words(d)) for d in found.derived if d.verdict in _FAILED),
        ]

    return details


def failed_points(bench: Bench, run: str) -> list[str]:
    """Return in words each point and derived result of a run that failed."""
    return [detail.words for detail in _failed(run)(bench)]


_FAILED = frozenset({"fail", "conditional fail"})


def _where(result: PointResult) -> str:
    """Return the point, and where it has several readings which of them decided, or how many failed."""
    deciding, words = result.deciding, point_words(result.point)
    failed = sum(reading.verdict in _FAILED for reading in result.readings)
    if failed > 1:
        every = len(result.readings)
        return str(_("%(words)s, %(n)s of %(all)s readings, the worst", words=words, n=failed, all=every))
    if isinstance(deciding, ReadingFacts) and result.point.repeats > 1:
        return str(_("%(words)s, reading %(n)s by itself", words=words, n=deciding.repeat))
    if result.point.repeats > 1:
        return str(_("%(words)s, mean of %(n)s readings", words=words, n=len(result.readings)))
    return words


def failed_words(bench: Bench, result: PointResult) -> str:
    """Return the verdict on what decided at a failed point: its error, and how far it lies from which limit."""
    deciding = result.deciding
    if deciding.error is None:
        return verdict_words(result.verdict)
    words = judged_words(bench.procedure, result.point, deciding)
    if deciding is result or result.error is None or len(result.readings) < 2:
        return words
    mean = error_shown(bench.procedure, result.error, result.reference)
    unit = show_unit(bench.procedure.error_unit or result.point.unit)
    return str(_("%(words)s; mean %(mean)s", words=words, mean=f"{signed(mean)} {unit}"))


def _derived_words(derived: DerivedResult) -> str:
    value = "–" if derived.value is None else f"{plain(derived.value)} {show_unit(derived.rule.unit)}"
    words: str = _("%(name)s: %(value)s, limit %(limit)s", name=derived.rule.name, value=value, limit=derived.limit)
    return begun(words)


def _answer(bench: Bench, check: str) -> list[Detail]:
    answers = answers_of(bench.body.outside or {}, bench.procedure.checks)
    return [Detail(a.note) for a in answers if a.check == check and a.answer == NO and a.note]


_DETAILS: dict[str, Callable[[Bench], list[Detail]]] = {
    "calibration.failed-as-found": _failed("as_found"),
    "calibration.failed-as-left": _failed("as_left"),
    "calibration.corrected": _corrections,
    "calibration.ambient-corrected": _ambient_corrections,
    "calibration.not-measured": _not_measured,
    "calibration.slip": _slips,
    "calibration.late": _late,
    "calibration.reworded": _rewordings,
    "calibration.room": _room,
    "calibration.soak": _soak,
    "calibration.measured-by": _signer,
}
