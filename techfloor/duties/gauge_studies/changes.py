"""What an amendment changed in a study, value by value, beside what was signed before.

A change is plain data of the signed content: `what`, `from` and `to` in words or said, `reason`, `by`, and `at` in UTC.
What was changed and changed back is no change.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from techfloor.duties.gauge_studies.figures import limit_words
from techfloor.duties.gauge_studies.queries import Study, Value
from techfloor.measures.units import show_unit
from techfloor.said import Said, say
from techfloor.store.types import utc_text

Change = dict[str, Any]


def of_amendment(study: Study, before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    """Return what a content says otherwise than the content before; nothing of what was entered in error."""
    if study.in_error:
        return []
    values = [*_of_values(study, before, now)]
    return [*_of_verdict(before, now), *_of_set_up(before, now), *_of_parts(before, now), *_of_people(study), *values]


def _change(what: Said, before: object, now: object, **why: object) -> Change:
    return {"what": what, "from": before, "to": now, "reason": "", "by": "", "at": None, **why}


def _of_verdict(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    was, is_now = before["verdict"]["words"], now["verdict"]["words"]
    if was != is_now:
        yield _change(say("studies.changed.verdict"), was, is_now, reason=say("studies.changed.follows"))


def _of_set_up(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    if before["subject"] != now["subject"]:
        yield _change(say("studies.changed.subject"), before["subject"], now["subject"])
    if before["tolerance"] != now["tolerance"]:
        yield _change(say("studies.changed.tolerance"), _tolerance(before), _tolerance(now))


def _tolerance(content: Mapping[str, Any]) -> str:
    found = content["tolerance"]
    if found is None:
        return ""
    return limit_words(found["basis"], Decimal(found["lower"]), Decimal(found["upper"]), content["gauge"]["unit"])


def _of_parts(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    was = {part["label"]: part["reference"] for part in before["parts"]}
    for part in now["parts"]:
        if was[part["label"]] != part["reference"]:
            what = say("studies.changed.part", part=part["label"])
            yield _change(what, _call(was[part["label"]]), _call(part["reference"]))


def _call(call: str) -> Said | str:
    return say(f"study-call.{call}") if call else ""


def _of_people(study: Study) -> Iterator[Change]:
    assert study.amends is not None
    for each in study.appraisers:
        if each.left_at is not None and each.left_at >= study.amends.at:
            what = say("studies.changed.left", name=each.name)
            yield _change(
                what,
                say("studies.changed.counted"),
                say("studies.changed.counts-no-more"),
                reason=each.left_why,
                at=utc_text(each.left_at),
            )


def _of_values(study: Study, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    was = {(row["appraiser"], row["turn"]): row["value"] for row in before["rows"] if row["counts"]}
    staying = {each.id for each in study.staying}
    for row, told in zip(study.rows, now["rows"], strict=True):
        former = was.get((told["appraiser"], told["turn"]))
        if row.appraiser_id in staying and row.counts and former is not None and former != told["value"]:
            yield _of_value(study, row, former, told)


def _of_value(study: Study, row: Value, former: str, told: Mapping[str, Any]) -> Change:
    what = say("studies.changed.value", name=told["appraiser"], part=told["part"], repeat=told["repeat"])
    why = {"reason": say(f"study-correction.{row.correction}"), "by": row.by, "at": utc_text(row.performed_at)}
    return _change(what, _shown(study, former), _shown(study, told["value"]), **why)


def _shown(study: Study, value: str) -> Said | str:
    return _call(value) if value in {"pass", "fail"} else f"{value} {show_unit(study.body.unit)}"
