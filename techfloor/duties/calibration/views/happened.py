"""What happened to a calibration, act by act, in the words of who reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from techfloor.duties.calibration.changes import WORDS, worded
from techfloor.duties.calibration.models import AGAIN, LOOK_BACK, LOOK_BACKS
from techfloor.duties.calibration.queries.bench import Bench, version_bench
from techfloor.duties.calibration.queries.bench_lines import AmbientValue, GivenReading
from techfloor.duties.calibration.rules.results import AS_FOUND
from techfloor.duties.calibration.views.shown import point_words
from techfloor.duties.calibration.views.unusual import (
    ambient_replaced_by,
    ambient_words,
    late_words,
    reason_words,
    replaced_by,
    value_words,
)
from techfloor.records import versions
from techfloor.records.history import Change, Event, timeline
from techfloor.records.versions import Amendment
from techfloor.records.wording import meaning_words
from techfloor.said import begun, in_words, say, word
from techfloor.web.show import act_words, to_the_second


@dataclass(frozen=True)
class Happening:
    """One line of "What happened"; `before` is a value that was replaced."""

    at: str
    who: str
    words: str
    kind: str = "info"
    detail: str = ""
    before: str = ""
    after: str = ""
    tail: str = ""


def happenings(bench: Bench) -> list[Happening]:
    """Return what happened to a calibration in all its versions, the newest first."""
    every = versions.ids(bench.record)
    benches = {each: bench if each == bench.record.id else version_bench(each) for each in every}
    return [_happening(benches, event) for event in timeline(every)]


def _happening(benches: Mapping[int, Bench], event: Event) -> Happening:
    who = event.who or _("The system")
    line = Happening(to_the_second(event.at), who, act_words(event), detail=event.reason)
    changes = {change.table: change for change in event.changes}
    bench = benches[max(_record_of(change) for change in event.changes)]
    header = changes.get("record")
    if header is not None and not header.old and header.new["supersedes_id"]:
        told = _of_amendment(line, header.new)
    else:
        told = _told(bench, line, changes)
    if len(benches) > 1 and not told.after:
        told = replace(told, words=_("%(words)s, version %(n)s", words=told.words, n=bench.record.version))
    after = (_hold_words(changes.get("equipment_hold")), _look_back_words(event.changes))
    return replace(told, detail=" ".join(part for part in (told.detail, *after) if part))


def _record_of(change: Change) -> int:
    return int(str((change.new or change.old)["id" if change.table == "record" else "record_id"]))


def _told(bench: Bench, line: Happening, changes: Mapping[str, Change]) -> Happening:
    """Say what the act was by what it changed; an act of another record that ended something here is named as that."""
    value = _of_value(bench, line, changes)
    if value is not None:
        return value
    if "signature" in changes:
        return _of_signature(line, changes["signature"].new)
    if "task" in changes and changes.keys() <= {"task", "equipment_hold"}:
        return _of_task(line, changes["task"].new)
    if changes.keys() == {"equipment_hold"}:
        return replace(line, words=_("Hold lifted") if changes["equipment_hold"].new["lifted_at"] else line.words)
    body = changes.get("calibration")
    return line if body is None or not body.old or "record" in changes else _of_words(line, body)


def _of_words(line: Happening, body: Change) -> Happening:
    """Say which words were changed, from what to what; an act that changed none of them stays as it is."""
    if body.old["adjusted"] != body.new["adjusted"]:
        words = _("Adjusted") if body.new["adjusted"] else _("Not adjusted")
        return replace(line, words=words, detail=str(body.new["adjustment"] or ""))
    turned = [(what, body.old[what], body.new[what]) for what in WORDS if body.old[what] != body.new[what]]
    if not turned:
        return line
    before, after = (", ".join(in_words(worded(each[n])) or _("not stated") for each in turned) for n in (1, 2))
    names = ", ".join(in_words(say(f"calibration.{WORDS[what]}")) for what, _old, _new in turned)
    return replace(line, words=begun(names), before=before, after=after, tail=line.detail, detail="")


def _of_amendment(line: Happening, header: Mapping[str, Any]) -> Happening:
    in_error = header["amendment"] == Amendment.ENTERED_IN_ERROR
    words = _("Said to be entered in error") if in_error else _("Amendment begun")
    return replace(line, words=words, kind="caution", detail=str(header["amendment_reason"]))


def _of_value(bench: Bench, line: Happening, changes: Mapping[str, Change]) -> Happening | None:
    reading, room = changes.get("calibration_reading"), changes.get("calibration_ambient")
    # A row that somebody took away past the trail is not shown as it was; `verify` names it.
    if reading is not None and bench.body.source == "in house":
        given = next((g for g in bench.given if g.id == int(str(reading.new["id"]))), None)
        return _of_reading(bench, line, given) if given else None
    if room is not None and room.new["corrects_id"]:
        entered = next((a for a in bench.ambient_given if a.id == int(str(room.new["id"]))), None)
        return _of_room(bench, line, entered) if entered else None
    return None


def _of_reading(bench: Bench, line: Happening, given: GivenReading) -> Happening:
    point, facts = bench.point(given.facts.point), given.facts
    words = _("Reading as found at %(point)s") if facts.run == AS_FOUND else _("Reading as left at %(point)s")
    words = words % {"point": point_words(point)}
    if point.repeats > 1:
        words = _("%(words)s, reading %(n)s", words=words, n=facts.repeat)
    before = value_words(bench, replaced_by(bench, given)) if given.corrects_id is not None else ""
    tail = ", ".join(part for part in (reason_words(given.correction), in_words(facts.cannot_measure)) if part)
    notes = [_("Late: %(words)s.", words=late_words(given))] if given.late else []
    notes += [_("An unlikely value, confirmed.")] if given.confirmed_slip else []
    calm = not (before or notes or facts.cannot_measure)
    return replace(
        line,
        words=words,
        before=before,
        after=value_words(bench, given),
        tail=tail,
        detail=" ".join((*notes, given.note)).strip(),
        kind="info" if calm else "caution",
    )


def _of_room(bench: Bench, line: Happening, given: AmbientValue) -> Happening:
    return replace(
        line,
        words=begun(word(given.quantity, "quantity")),
        before=ambient_words(ambient_replaced_by(bench, given)),
        after=ambient_words(given),
        tail=reason_words(given.correction),
        kind="caution",
        detail="",
    )


def _of_signature(line: Happening, signature: Mapping[str, Any]) -> Happening:
    meaning = str(signature["meaning"])
    signed = {
        "performed": _("Signed as performed"),
        "transcribed": _("Signed as transcribed"),
        "corrected": _("Signed as corrected"),
    }
    words = signed.get(meaning) or meaning_words(meaning)
    kind = {"reviewed": "pass", "rejected": "fail"}.get(meaning, "info")
    return replace(line, words=words, kind=kind, detail=str(signature["remark"] or ""))


def _of_task(line: Happening, task: Mapping[str, Any]) -> Happening:
    if task["kind"] == AGAIN and task["done_at"]:
        return replace(line, words=_("Calibrated again: %(number)s", number=task["outcome"]))
    if task["kind"] in LOOK_BACKS and task["done_at"]:
        return replace(line, detail=in_words(str(task["outcome"])))
    return line


def _look_back_words(changes: Sequence[Change]) -> str:
    """Say that the look-back of the version before ended, where a review did that: by hand it is an act of its own."""
    ended = [
        change.new
        for change in changes
        if change.table == "task" and change.new.get("kind") == LOOK_BACK and change.new["done_at"]
    ]
    if not ended or not any(change.table == "signature" for change in changes):
        return ""
    return str(_("The look-back ends: %(words)s.", words=in_words(str(ended[0]["outcome"]))))


def _hold_words(change: Change | None) -> str:
    if change is None:
        return ""
    if change.op == "insert":
        return str(_("The gauge is held."))
    return str(_("The hold is lifted: %(words)s.", words=in_words(str(change.new["lift_words"]))))
