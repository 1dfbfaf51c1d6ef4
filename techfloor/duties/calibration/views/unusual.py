"""What is unusual about a calibration, as the pages that check, review and show it say it first."""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from techfloor.duties.calibration import unusual as rules
from techfloor.duties.calibration.bench import AmbientValue, Bench, GivenReading
from techfloor.duties.calibration.content import standards_changed
from techfloor.duties.calibration.outside_rules import NO, SAME, answers_of, from_plain, judge, run_verdict
from techfloor.duties.calibration.results import AS_FOUND, AS_LEFT, DerivedResult, PointResult, ReadingFacts
from techfloor.duties.calibration.views.shown import judged_words, point_words, run_words, value_text, verdict_words
from techfloor.measures.quantity import plain
from techfloor.measures.units import show_unit
from techfloor.said import Said, in_words, key_of, word
from techfloor.web.show import moment


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
    found = [_one(bench, said) for said in (*exceptions, *bench.body.deviations)]
    # What an amendment corrected stands with its reason, and not once more by itself.
    return [one for one, said in zip(found, (*exceptions, *bench.body.deviations), strict=True) if _tells(one, said)]


def _tells(one: Unusual, said: Said) -> bool:
    return bool(one.details) or key_of(said) not in {"calibration.corrected", "calibration.ambient-corrected"}


def _one(bench: Bench, said: Said) -> Unusual:
    key, words = key_of(said), in_words(said)
    kind = "fail" if key.startswith("calibration.failed") else "caution"
    details = _DETAILS[key](bench) if key in _DETAILS else []
    if key == "calibration.answered-no":
        details = _answer(bench, str(said["check"]))
    return Unusual(kind, words[:1].upper() + words[1:], tuple(details))


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
            f"{reason_words(g.correction)} · {g.by}, {moment(g.recorded_at)}",
        )
        for g in bench.given
        if g.corrects_id is not None and not _by_amendment(bench, g)
    ]


def _by_amendment(bench: Bench, given: GivenReading | AmbientValue) -> bool:
    return bench.amends is not None and given.recorded_at >= bench.amends.at


def _amended(bench: Bench) -> list[Detail]:
    """Return each value that an amendment changed, what it was before and is now, with the reason."""
    former = bench.former
    assert former is not None
    details = [*_readings_amended(bench, former), *_room_amended(bench, former), *_paper_amended(bench, former)]
    standards = standards_changed(bench)
    if standards is not None:
        details.insert(0, Detail(_("Standard"), *standards))
    changed = [*_verdicts_amended(bench, former), *details]
    return changed or [Detail(_("Nothing is changed yet."))]


def _verdicts_amended(bench: Bench, former: Bench) -> list[Detail]:
    made = []
    for run in (AS_FOUND, AS_LEFT):
        before, now = _verdict(former, run), _verdict(bench, run)
        if before != now:
            words = [verdict_words(each) if each else "–" for each in (before, now)]
            made.append(Detail(run_words(run), *words))
    return made


def _verdict(bench: Bench, run: str) -> str:
    if bench.record.content_sha256 is not None:
        return bench.body.as_found if run == AS_FOUND else bench.body.as_left
    if bench.body.outside is not None:
        entry = from_plain(bench.body.outside)
        stated = entry.as_found if run == AS_FOUND else entry.as_left
        return "" if stated == SAME else run_verdict(stated, judge(bench.plan, entry.results), run)
    return bench.run(run).verdict if run == AS_FOUND or bench.body.adjusted else ""


def _readings_amended(bench: Bench, former: Bench) -> list[Detail]:
    if bench.body.outside is not None:
        return []
    before = {(g.facts.run, g.facts.point, g.facts.repeat): value_words(former, g) for g in former.counting}
    made = []
    for g in bench.counting:
        was, now = before.get((g.facts.run, g.facts.point, g.facts.repeat), ""), value_words(bench, g)
        if was != now:
            made.append(Detail(place_words(bench, g), was, now, _why(g)))
    return made


def _room_amended(bench: Bench, former: Bench) -> list[Detail]:
    before = {a.quantity: ambient_words(a) for a in former.ambient}
    return [
        Detail(word(a.quantity, "quantity").capitalize(), before.get(a.quantity, ""), ambient_words(a), _why(a))
        for a in bench.ambient
        if before.get(a.quantity) != ambient_words(a)
    ]


def _why(given: GivenReading | AmbientValue) -> str:
    by = f"{given.by}, {moment(given.recorded_at)}"
    return f"{reason_words(given.correction)} · {by}" if given.correction else by


def _paper_amended(bench: Bench, former: Bench) -> list[Detail]:
    """Return what was entered otherwise from a laboratory's certificate."""
    before, now = former.body.outside or {}, bench.body.outside or {}
    made = [
        Detail(str(words), str(before.get(name) or "–"), str(now.get(name) or "–"))
        for name, words in _PAPER.items()
        if before.get(name) != now.get(name)
    ]
    others = {"results": _("Results"), "files": _("Files"), "checks": _("Checks")}
    return made + [
        Detail(_("%(what)s changed", what=words)) for name, words in others.items() if before.get(name) != now.get(name)
    ]


_PAPER = {
    "laboratory": _l("Laboratory"),
    "accreditation": _l("Accreditation"),
    "certificate": _l("Certificate"),
    "sent": _l("Sent"),
    "performed": _l("Calibrated"),
    "back": _l("Back"),
    "as_found": _l("States as found"),
    "as_left": _l("States as left"),
    "adjustment": _l("Adjustment"),
    "rule": _l("Conformity rule"),
    "uncertainty": _l("Uncertainty"),
    "method": _l("Method"),
    "environment": _l("Conditions"),
    "cost": _l("Cost"),
}


def _withdrawn(bench: Bench) -> list[Detail]:
    """Return what the version that was entered in error had said."""
    former = bench.former
    assert former is not None
    told = [
        Detail(f"{run_words(run)}: {verdict_words(verdict)}")
        for run, verdict in ((AS_FOUND, former.body.as_found), (AS_LEFT, former.body.as_left))
        if verdict
    ]
    performed = _("Performed %(when)s, %(name)s", when=moment(former.record.performed_at), name=former.performer)
    return [*told, Detail(performed)]


def _ambient_corrections(bench: Bench) -> list[Detail]:
    return [
        Detail(
            word(a.quantity, "quantity").capitalize(),
            ambient_words(ambient_replaced_by(bench, a)),
            ambient_words(a),
            f"{reason_words(a.correction)} · {a.by}, {moment(a.recorded_at)}",
        )
        for a in bench.ambient_given
        if a.corrects_id is not None and not _by_amendment(bench, a)
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
        Detail(place_words(bench, g), tail=f"{in_words(g.facts.cannot_measure)} · {g.by}, {moment(g.performed_at)}")
        for g in bench.counting
        if g.facts.cannot_measure
    ]


def _slips(bench: Bench) -> list[Detail]:
    return [
        Detail(place_words(bench, g), "", value_words(bench, g), f"{g.by}, {moment(g.performed_at)}")
        for g in bench.counting
        if g.confirmed_slip
    ]


def _late(bench: Bench) -> list[Detail]:
    return [
        Detail(place_words(bench, g), "", value_words(bench, g), f"{g.by}, {late_words(g)}")
        for g in bench.given
        if g.late
    ]


def late_words(given: GivenReading) -> str:
    """Return when a late entry was read, and when it came in."""
    read, entered = moment(given.performed_at), moment(given.recorded_at)
    return str(_("read %(read)s, entered %(entered)s", read=read, entered=entered))


def _room(bench: Bench) -> list[Detail]:
    return [
        Detail(
            word(a.quantity, "quantity").capitalize(),
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
    return [Detail(_("Signed by %(name)s", name=bench.performer))]


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


_FAILED = frozenset({"fail", "conditional fail"})


def _where(result: PointResult) -> str:
    """Return the point, and the reading where one of several decided."""
    deciding, words = result.deciding, point_words(result.point)
    if isinstance(deciding, ReadingFacts) and result.point.repeats > 1:
        return str(_("%(words)s, reading %(n)s", words=words, n=deciding.repeat))
    return words


def failed_words(bench: Bench, result: PointResult) -> str:
    """Return the verdict on what decided at a failed point: its error, and how far it lies from which limit."""
    deciding = result.deciding
    if deciding.error is None:
        return verdict_words(result.verdict)
    return judged_words(bench.procedure, result.point, deciding)


def _derived_words(derived: DerivedResult) -> str:
    value = "–" if derived.value is None else f"{plain(derived.value)} {show_unit(derived.rule.unit)}"
    words: str = _("%(name)s: %(value)s, limit %(limit)s", name=derived.rule.name, value=value, limit=derived.limit)
    return words[:1].upper() + words[1:]


def _answer(bench: Bench, check: str) -> list[Detail]:
    answers = answers_of(bench.body.outside or {}, bench.procedure.checks)
    return [Detail(a.note) for a in answers if a.check == check and a.answer == NO and a.note]


_DETAILS: dict[str, Callable[[Bench], list[Detail]]] = {
    "calibration.amended": _amended,
    "calibration.withdrawn": _withdrawn,
    "calibration.failed-as-found": _failed("as_found"),
    "calibration.failed-as-left": _failed("as_left"),
    "calibration.corrected": _corrections,
    "calibration.ambient-corrected": _ambient_corrections,
    "calibration.not-measured": _not_measured,
    "calibration.slip": _slips,
    "calibration.late": _late,
    "calibration.room": _room,
    "calibration.soak": _soak,
    "calibration.measured-by": _signer,
}
