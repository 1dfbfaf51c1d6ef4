"""What happened to a signed study, act by act: who gave which value, what was changed, who took whose place."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from techfloor.duties.gauge_studies import queries
from techfloor.duties.gauge_studies.queries import Study, Value, repeat_of
from techfloor.duties.gauge_studies.views.measuring import shown
from techfloor.people.models import Person
from techfloor.records import versions
from techfloor.records.history import Change, Event, timeline
from techfloor.records.versions import Amendment
from techfloor.records.wording import meaning_words
from techfloor.said import word
from techfloor.store import db
from techfloor.web.show import act_words, to_the_second

Line = dict[str, str]
_VALUE = "gauge_study_value"
_BODY = ("gauge_study", "gauge_study_part")


def happenings(study: Study) -> list[Line]:
    """Return what happened to all signed versions of a study, the newest first; of one under way nothing is told.

    Before the signature nobody who measures sees what others read, and an amendment under way is nothing yet.
    """
    signed = [each for each in versions.all_of(study.record) if each.signed_at is not None]
    every = {each.id: _version(study, each.version) for each in signed}
    names = {row.id: row.name for row in db.session.execute(select(Person.id, Person.name))} if every else {}
    return [line for event in timeline(every) for line in _lines(every, event, names)]


def _version(study: Study, n: int) -> Study:
    return study if study.record.version == n else queries.version(study.number, n)


def _lines(every: Mapping[int, Study], event: Event, names: Mapping[int, str]) -> Iterator[Line]:
    """Yield an act as a line, one that gave several values as a line for each of them."""
    given = [change for change in event.changes if change.table == _VALUE]
    if len(given) < 2 or any(change.table == "record" for change in event.changes):
        yield _line(every, event, names)
        return
    yield from (_line(every, replace(event, changes=(each,)), names) for each in reversed(given))


def _line(every: Mapping[int, Study], event: Event, names: Mapping[int, str]) -> Line:
    line = {"at": to_the_second(event.at), "who": event.who or _("The system"), "words": act_words(event)}
    line |= {"kind": "info", "detail": event.reason, "before": "", "after": "", "tail": ""}
    changes = {change.table: change for change in event.changes}
    of = max(_record_of(change) for change in event.changes)
    told = line | _told(every[of], changes, names)
    if len(every) > 1:
        told["words"] = _("%(words)s, version %(n)s", words=told["words"], n=every[of].record.version)
    return told


def _record_of(change: Change) -> int:
    return int(str((change.new or change.old)["id" if change.table == "record" else "record_id"]))


def _told(study: Study, changes: Mapping[str, Change], names: Mapping[int, str]) -> Line:
    """Say what an act was by what it changed; {} where its title says it."""
    header = changes.get("record")
    if header is not None and not header.old:
        return _begun(header.new)
    if "signature" in changes:
        signature = changes["signature"].new
        look = {"reviewed": "pass", "rejected": "fail"}.get(str(signature["meaning"]), "info")
        return {"words": meaning_words(signature["meaning"]), "kind": look, "detail": str(signature["remark"] or "")}
    if _VALUE in changes:
        return _value(study, int(str(changes[_VALUE].new["id"])))
    if "gauge_study_appraiser" in changes:
        return _appraiser(changes["gauge_study_appraiser"], names)
    return {"kind": "caution"} if any(changes[name].old for name in _BODY if name in changes) else {}


def _begun(header: Mapping[str, Any]) -> Line:
    if not header["supersedes_id"]:
        return {}
    in_error = header["amendment"] == Amendment.ENTERED_IN_ERROR
    words = _("Said to be entered in error") if in_error else _("Amendment begun")
    return {"words": words, "kind": "caution", "detail": str(header["amendment_reason"])}


def _value(study: Study, value_id: int) -> Line:
    """Say a value with the part it was read on, and the one that it replaced."""
    row = next((each for each in study.rows if each.id == value_id), None)
    if row is None:
        return {}  # a row that somebody took away past the trail; `verify` names it
    said = {"words": _place(study, row), "after": shown(row, study)}
    if row.confirmed:
        said |= {"kind": "caution", "detail": _("An unlikely value, confirmed.")}
    if row.corrects_id is None:
        return said
    before = next(each for each in study.rows if each.id == row.corrects_id)
    return said | {"before": shown(before, study), "tail": word(row.correction, "study-correction"), "kind": "caution"}


def _place(study: Study, row: Value) -> str:
    appraiser = next(each for each in study.appraisers if each.id == row.appraiser_id)
    part, repeat = study.part_at(appraiser, row.turn), repeat_of(appraiser, row.turn)
    words = {"name": appraiser.name, "part": part.label, "n": repeat}
    return str(_("%(name)s, part %(part)s, reading %(n)s", **words))


def _appraiser(change: Change, names: Mapping[int, str]) -> Line:
    was, now = (names.get(int(str(row["person_id"])), "") for row in (change.old or change.new, change.new))
    if was != now:
        return {"words": _("Measures in another's place"), "before": was, "after": now, "kind": "caution"}
    if change.new["left_at"]:
        return {"words": _("Left out: %(name)s", name=now), "kind": "caution", "detail": str(change.new["left_why"])}
    return {}
