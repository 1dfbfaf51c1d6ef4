"""What was changed in a calibration, value by value: by a correction before its signature, and by an amendment.

A change is plain data of the signed content: `what`, `from` and `to` in words or said, `reason`, `by`, and `at` in UTC.
`reason`, `by` and `at` are those of the one act that changed it; an amendment's own stand where there is none.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from techfloor.duties.calibration.queries.bench import Bench
from techfloor.duties.calibration.queries.bench_lines import AmbientValue, GivenReading
from techfloor.duties.calibration.rules import outside as outside_rules
from techfloor.duties.calibration.rules import reading as rules
from techfloor.duties.calibration.rules.procedure import Mode
from techfloor.measures.quantity import plain, signed
from techfloor.measures.units import show_unit
from techfloor.said import Said, kept, say
from techfloor.store.types import utc_text

Change = dict[str, Any]


def corrections(bench: Bench) -> list[Change]:
    """Return what was corrected before the first signature; what amendments correct stands among what they changed."""
    return [
        *(_ambient_correction(bench, a) for a in bench.ambient_given if corrected_first(bench, a)),
        *(_correction(bench, g) for g in bench.given if corrected_first(bench, g)),
        *rewordings(bench),
    ]


def corrected_first(bench: Bench, given: GivenReading | AmbientValue) -> bool:
    """Tell whether a value corrects another one, and was given before the first signature, in no amendment."""
    since = bench.amended_since
    return given.corrects_id is not None and (since is None or given.recorded_at < since)


def rewordings(bench: Bench) -> list[Change]:
    """Return which words were changed before the first signature."""
    since = bench.amended_since
    return [reworded(e) for e in bench.body.reworded if since is None or datetime.fromisoformat(str(e["at"])) < since]


def _since_amended(bench: Bench, reworded: Mapping[str, Any]) -> bool:
    """Tell whether a word was changed in the amendment under way."""
    return bench.amends is not None and datetime.fromisoformat(reworded["at"]) >= bench.amends.at


def of_amendment(bench: Bench, content: Mapping[str, Any]) -> list[Change]:
    """Return what an amendment changed: its own content beside that of the version before, as it was signed.

    What was changed and changed back is no change. Of what was entered in error nothing is changed.
    """
    if bench.former is None or bench.entered_in_error:
        return []
    before = bench.former.signed
    values = [
        *_of_standards(bench, before, content),
        *_of_room(bench, bench.former),
        *_of_readings(bench, bench.former),
        *_of_words(bench, bench.former),
    ]
    return [
        *_verdicts(before, content, values),
        *_of_gauge(bench, before, content),
        *values,
        *_of_paper(bench, bench.former),
    ]


def _change(what: Said, before: object, now: object, **why: object) -> Change:
    return {"what": what, "from": before, "to": now, "reason": "", "by": "", "at": None, **why}


def _changed(names: Iterable[tuple[Said, object, object]]) -> list[Change]:
    return [_change(what, before, now) for what, before, now in names if before != now]


# --- what it is and what it came to ---


def _verdicts(before: Mapping[str, Any], now: Mapping[str, Any], values: Iterable[Change]) -> list[Change]:
    """Return each verdict that is another: it follows from the values, and from the last of them that was changed."""
    was, is_now = ({run["run"]: run["verdict"] for run in each["runs"]} for each in (before, now))
    last = max((value for value in values if value["at"]), key=lambda value: value["at"], default=None)
    why = {"reason": say("calibration.follows"), "by": last["by"], "at": last["at"]} if last else {}
    made = _changed(
        (
            say("calibration.verdict-of", run=say(f"calibration.{run}")),
            _verdict(was.get(run)),
            _verdict(is_now.get(run)),
        )
        for run in ("as_found", "as_left")
    )
    return [{**each, **why} for each in made]


def _verdict(verdict: str | None) -> Said:
    return say(f"calibration.verdict.{verdict or ''}")


def of_card(bench: Bench) -> list[Change]:
    """Return what the card of a gauge says today otherwise than the signed content of its calibration."""
    return _otherwise(bench.signed["gauge"], bench.gauge.identity)


def _otherwise(was: Mapping[str, Any], card: Mapping[str, Any]) -> list[Change]:
    return _changed((say(f"calibration.gauge.{name}"), was.get(name, ""), value) for name, value in card.items())


def _of_gauge(bench: Bench, before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    """Return what was taken from the card of the gauge, where the amendment was begun."""
    is_now = {name: now["gauge"][name] for name in bench.gauge.identity} if bench.body.card else {}
    return [change | _where_begun(bench) for change in _otherwise(before["gauge"], is_now)]


def _where_begun(bench: Bench) -> Change:
    """Return why, by whom and when something was chosen where the amendment was begun."""
    amends = bench.amends
    return {} if amends is None else {"reason": amends.reason, "by": amends.by, "at": utc_text(amends.at)}


def _of_standards(bench: Bench, before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    was, is_now = ([standard["code"] for standard in each["standards"]] for each in (before, now))
    if was == is_now:
        return []
    gone, new = (", ".join(c for c in one if c not in other) for one, other in ((was, is_now), (is_now, was)))
    return [_change(say("calibration.standard"), gone, new, **_where_begun(bench))]


# --- readings and the room ---


def _of_readings(bench: Bench, former: Bench) -> list[Change]:
    """Return each reading that counts otherwise than before; what a laboratory read stands on its paper."""
    if bench.body.outside is not None:
        return []
    before = {_place(g): g for g in former.counting}
    made = []
    for given in bench.counting:
        was = before.get(_place(given))
        if was is None or _read(former, was) != _read(bench, given):
            made.append(_reading_changed(bench, given, "" if was is None else _read(former, was)))
    return made


def _place(given: GivenReading) -> tuple[str, int, int]:
    return given.facts.run, given.facts.point, given.facts.repeat


def _read(bench: Bench, given: GivenReading) -> str | Said:
    value = _with_unit(bench, given)
    return say("calibration.with-note", value=value, note=given.note) if given.note else value


def _reading_changed(bench: Bench, given: GivenReading, before: str | Said) -> Change:
    reason = say(f"calibration.{given.correction}") if given.correction else ""
    why = {"reason": reason, "by": given.by, "at": utc_text(given.recorded_at)}
    return _change(_name(bench, given), before, _read(bench, given), **why)


def _of_room(bench: Bench, former: Bench) -> list[Change]:
    before = {a.quantity: _amount(a) for a in former.ambient}
    return [
        _change(
            say("quantity", value=a.quantity),
            before.get(a.quantity, ""),
            _amount(a),
            reason=say(f"calibration.{a.correction}") if a.correction else "",
            by=a.by,
            at=utc_text(a.recorded_at),
        )
        for a in bench.ambient
        if before.get(a.quantity) != _amount(a)
    ]


def _correction(bench: Bench, given: GivenReading) -> Change:
    before = next(g for g in bench.given if g.id == given.corrects_id)
    return {
        "what": _name(bench, given),
        "from": _typed(bench, before),
        "to": _typed(bench, given),
        "reason": say(f"calibration.{given.correction}"),
        "by": bench.entered_by(given),
        "at": utc_text(given.recorded_at),
    }


def _ambient_correction(bench: Bench, given: AmbientValue) -> Change:
    before = next(a for a in bench.ambient_given if a.id == given.corrects_id)
    return {
        "what": say("quantity", value=given.quantity),
        "from": _amount(before),
        "to": _amount(given),
        "reason": say(f"calibration.{given.correction}"),
        "by": given.by,
        "at": utc_text(given.recorded_at),
    }


def _name(bench: Bench, given: GivenReading) -> Said:
    run, point = say(f"calibration.{given.facts.run}"), bench.point(given.facts.point)
    if point.repeats == 1:
        return say("calibration.result-at", run=run, point=point.label)
    return say("calibration.reading", run=run, point=point.label, repeat=given.facts.repeat)


def _amount(given: AmbientValue) -> Said:
    return say("calibration.amount", value=plain(given.value), unit=given.unit)


def _typed(bench: Bench, given: GivenReading) -> str | Said:
    facts = given.facts
    if facts.cannot_measure:
        return say("calibration.not-measured-why", reason=kept(facts.cannot_measure))
    if given.difference is not None:
        return say("calibration.difference", value=signed(given.difference))
    if facts.reference is not None and bench.procedure.mode is Mode.both:
        indication = "" if facts.indication is None else plain(facts.indication)
        return say("calibration.both", standard=plain(facts.reference), gauge=indication)
    typed = facts.reference if bench.procedure.mode is Mode.match else facts.indication
    if typed is None:
        return ""
    if bench.procedure.mode is Mode.attribute:
        return rules.GOES if typed else rules.DOES_NOT_GO
    return plain(typed)


def _with_unit(bench: Bench, given: GivenReading) -> str | Said:
    value, unit = _typed(bench, given), show_unit(bench.point(given.facts.point).unit)
    number = isinstance(value, str) and value and unit and bench.procedure.mode is not Mode.attribute
    return say("calibration.amount", value=value, unit=unit) if number else value


# --- words, and a laboratory's paper ---


WORDS = {"condition": "condition", "soaked": "settled", "adjusted": "adjusted", "adjustment": "adjustment"}
"""The columns that hold the words of a calibration, each with what it is called."""


def _of_words(bench: Bench, former: Bench) -> list[Change]:
    last = {str(each["what"]): each for each in bench.body.reworded if _since_amended(bench, each)}
    named = ((what, getattr(former.body, what), getattr(bench.body, what)) for what in WORDS)
    return [
        reworded({**_WITHOUT_REASON, **last.get(what, {}), "what": what, "from": was, "to": now})
        for what, was, now in named
        if worded(was) != worded(now)
    ]


_WITHOUT_REASON = {"reason": "", "by": "", "at": None}


def reworded(change: Mapping[str, Any]) -> Change:
    what = say(f"calibration.{WORDS[change['what']]}")
    return {**change, "what": what, "from": worded(change["from"]), "to": worded(change["to"])}


def worded(value: str | bool | None) -> str | Said:
    """Return a word as a record says it: typed or said; a mark as yes or no, also one that was never set."""
    return kept(value) if isinstance(value, str) else say("calibration.yes" if value else "calibration.no")


_PAPER = (
    "laboratory",
    "accreditation",
    "certificate",
    "sent",
    "performed",
    "back",
    "as_found",
    "as_left",
    "rule",
    "uncertainty",
    "method",
    "environment",
    "cost",
)


def _of_paper(bench: Bench, former: Bench) -> list[Change]:
    """Return what was entered otherwise from a laboratory's certificate."""
    was, is_now = former.body.outside, bench.body.outside
    if was is None or is_now is None:
        return []
    return _changed(
        [
            *((say(f"calibration.paper.{name}"), was.get(name) or "", is_now.get(name) or "") for name in _PAPER),
            *_pairs(_results(former), _results(bench)),
            (say("calibration.paper.files"), _files(was), _files(is_now)),
            *_pairs(_checks(was), _checks(is_now)),
        ]
    )


Named = list[tuple[Said, Said]]


def _pairs(before: Named, now: Named) -> list[tuple[Said, object, object]]:
    """Put what has the same name side by side; where a name comes several times, in their order."""
    left, made = list(before), []
    for what, value in now:
        was = next((pair for pair in left if pair[0] == what), None)
        if was is not None:
            left.remove(was)
        made.append((what, was[1] if was else "", value))
    return made + [(what, value, "") for what, value in left]


def _results(bench: Bench) -> Named:
    return [
        (
            say("calibration.result-at", run=say(f"calibration.{run['run']}"), point=point["label"]),
            say("calibration.result", **{name: point[name] for name in ("reference", "indication", "u", "k")}),
        )
        for run in outside_rules.runs(bench.plan, bench.body.outside or {})
        for point in run["points"]
    ]


def _files(paper: Mapping[str, Any]) -> str:
    return ", ".join(f"{file['name']} (SHA-256 {file['sha256'][:16]}…)" for file in paper.get("files", []))


def _checks(paper: Mapping[str, Any]) -> Named:
    return [
        (
            say("calibration.paper.check", check=each["check"]),
            say("calibration.with-note", value=each["answer"], note=each["note"]),
        )
        for each in paper.get("checks", [])
    ]
