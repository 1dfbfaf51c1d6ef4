"""Interval changes: proposed when a calibration is signed, decided under a signature, never made by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from techfloor.duties.calibration.models import PROPOSAL
from techfloor.duties.calibration.permissions import INTERVALS
from techfloor.duties.calibration.queries.bench import Bench
from techfloor.duties.calibration.queries.gauges import GaugeFacts, gauge_by_code
from techfloor.duties.calibration.queries.intervals import CHANGED, evidence, method_of, proposal_of, target_of
from techfloor.duties.calibration.queries.records import INTERVAL, WORK
from techfloor.duties.calibration.rules import intervals as rules
from techfloor.duties.calibration.rules.intervals import Advice, AsFound, DueDay, Method, advice, percent
from techfloor.equipment import ledger
from techfloor.equipment.entries import check_interval
from techfloor.equipment.models import Gauge
from techfloor.equipment.rules import plant_day
from techfloor.equipment.turns import alone_with
from techfloor.measures.due import next_due
from techfloor.people.proof import Proof
from techfloor.places.queries import PlantFacts
from techfloor.records import documents
from techfloor.records.models import Record, Task
from techfloor.records.numbering import coming_number, next_number
from techfloor.records.signing import Content, canonical
from techfloor.refusals import NotFound, Refusal
from techfloor.said import as_text, say
from techfloor.store import db

PREFIX, SCHEMA = "INT", 2
"""`due_said` came with schema 2."""
DOCUMENT = documents.declare(INTERVAL, "approved")


def advice_for(gauge: GaugeFacts, plant: PlantFacts) -> Advice | None:
    """Return what the plant's method says of a gauge's interval; None where it has no method."""
    method = method_of(plant)
    return None if method is Method.NONE else advice(method, evidence(gauge, plant), target_of(plant))


def propose(bench: Bench, plant: PlantFacts, at: datetime) -> None:
    """Keep what the newest results say of the interval as a task for quality; what was open before is out of date."""
    if method_of(plant) is Method.NONE:
        return
    alone_with(bench.gauge.code)
    gauge = gauge_by_code(bench.gauge.code)
    found = advice_for(gauge, plant)
    before = proposal_of(gauge.id)
    words = _words(gauge, found) if found is not None and found.months != gauge.interval_months else ""
    if before is not None and before.words == words:
        return
    if before is not None:
        _done(before, None, at, as_text(say("calibration.interval-overtaken")))
    if words:
        task = Task(kind=PROPOSAL, words=words, equipment_id=gauge.id, raised_at=at, for_permission=INTERVALS)
        db.session.add(task)
        db.session.flush()


def _words(gauge: GaugeFacts, found: Advice) -> str:
    said = say("calibration.interval-proposal", months=gauge.interval_months, better=found.months, why=found.reason)
    return as_text(said)


def _done(task: Task, by: int | None, at: datetime, outcome: str) -> None:
    task.done_at, task.done_by, task.outcome = at, by, outcome
    db.session.flush()


@dataclass(frozen=True)
class ChangeEntry:
    """The interval that somebody decides on, in months, and why where it is not the one proposed."""

    months: int
    words: str = ""


def due_with(gauge: GaugeFacts, months: int, plant: PlantFacts, at: datetime) -> DueDay | None:
    """Return when a gauge would be due with what is decided at a moment.

    None where nothing was ever calibrated, or it is to be calibrated first.
    """
    due = ledger.due_of(gauge.id, WORK)
    if due is None or due.last_done is None or due.due <= due.last_done:
        return None
    counted = next_due(due.last_done, months, plant.profile.text("calibration.due_day"))
    return rules.due_with(counted, due.due, plant_day(at, plant.zone), shorter=months < gauge.interval_months)


def preview(gauge: GaugeFacts, entry: ChangeEntry, plant: PlantFacts, at: datetime, number: str = "") -> Content:
    """Return the content as it would be signed; raises Refusal for an interval that is none, or changes nothing."""
    return _content(gauge, entry, advice_for(gauge, plant), plant, at, number)


def _content(
    gauge: GaugeFacts, entry: ChangeEntry, found: Advice | None, plant: PlantFacts, at: datetime, number: str
) -> Content:
    _check(gauge, entry, found)
    due = due_with(gauge, entry.months, plant, at)
    data: dict[str, object] = {
        "kind": INTERVAL,
        "schema": SCHEMA,
        "number": number or coming_number(PREFIX, at, plant.zone),
        "version": 1,
        "plant": documents.plant_words(plant),
        "gauge": {"code": gauge.code, "name": gauge.name, "serial": gauge.serial},
        "from_months": gauge.interval_months,
        "to_months": entry.months,
        "method": method_of(plant).value,
        "proposed_months": found.months if found else None,
        "reason": found.reason if found else None,
        "words": entry.words.strip(),
        "due_before": gauge.due.isoformat() if gauge.due else None,
        "due_after": due.on.isoformat() if due else None,
        "due_said": say("calibration.interval-due-at-once", months=entry.months) if due and due.at_once else None,
        "rests_on": [_plain(each) for each in found.rests_on] if found else [],
    }
    return canonical(data, SCHEMA)


def _check(gauge: GaugeFacts, entry: ChangeEntry, found: Advice | None) -> None:
    try:
        check_interval(entry.months)
    except Refusal as no:
        raise Refusal(no.sentence, field="months") from no
    if entry.months == gauge.interval_months:
        raise Refusal("That is the interval it has. Choose another, or keep it.", field="months")
    if (found is None or found.months != entry.months) and not entry.words.strip():
        raise Refusal("Enter why: it is not what was proposed.", field="words")


def _plain(found: AsFound) -> dict[str, object]:
    return {
        "number": found.number,
        "on": found.on.isoformat(),
        "passed": found.passed,
        "use": None if found.use is None else percent(found.use),
    }


def change(code: str, entry: ChangeEntry, proof: Proof, plant: PlantFacts, *, shown_sha256: str) -> Record:
    """Give a gauge another interval under a signature, and move its due day.

    Raises Refusal when the page showed something else.
    """
    alone_with(code)
    gauge = gauge_by_code(code)
    documents.as_shown(preview(gauge, entry, plant, proof.at), shown_sha256)
    return _sign(gauge, entry, proof, plant)


def _sign(gauge: GaugeFacts, entry: ChangeEntry, proof: Proof, plant: PlantFacts) -> Record:
    number = next_number(PREFIX, proof.at, plant.zone)
    content = preview(gauge, entry, plant, proof.at, number)
    title = f"{gauge.code} {gauge.name}"
    signing = documents.Signing(kind=DOCUMENT, number=number, title=title, content=content)
    record = documents.sign_document(signing, proof, shown_sha256=content.sha256)
    _follow(gauge, entry.months, record, proof, plant)
    return record


@dataclass(frozen=True)
class Offer:
    """The interval that is proposed for a gauge, with what would be signed for it, still without its number."""

    months: int
    due: date | None
    shown_sha256: str


def offer_for(gauge: GaugeFacts, plant: PlantFacts, at: datetime) -> Offer | None:
    """Return what the newest results propose; None where they propose nothing, or somebody decided on it already."""
    found = advice_for(gauge, plant)
    if found is None or found.months == gauge.interval_months or proposal_of(gauge.id) is None:
        return None
    content = _content(gauge, ChangeEntry(found.months), found, plant, at, f"{PREFIX}-")
    due = due_with(gauge, found.months, plant, at)
    return Offer(found.months, due.on if due else None, content.sha256)


def change_each(chosen: Sequence[tuple[str, str]], proof: Proof, plant: PlantFacts) -> list[Record]:
    """Give several gauges the intervals that are proposed, with one secret; each gets a record of its own.

    `chosen` are codes, each with what the page showed of it. Raises Refusal for one that is no longer what was shown.
    """
    made: list[Record] = []
    for code, shown in sorted(chosen):  # two who decide wait for each other in one order only
        alone_with(code)
        gauge = gauge_by_code(code)
        offer = offer_for(gauge, plant, proof.at)
        if offer is None or offer.shown_sha256 != shown:
            raise Refusal("What is proposed for %(code)s changed after this page was opened. Look again.", code=code)
        made.append(_sign(gauge, ChangeEntry(offer.months), proof, plant))
    return made


def _follow(gauge: GaugeFacts, months: int, record: Record, proof: Proof, plant: PlantFacts) -> None:
    due = due_with(gauge, months, plant, proof.at)
    db.session.get_one(Gauge, gauge.id).interval_months = months
    said = say("calibration.interval-changed", months=gauge.interval_months, better=months)
    by, at = proof.person_id, proof.at
    ledger.log(gauge.id, CHANGED, as_text(said), actor=by, at=at, record_id=record.id)
    if due is not None and due.on != gauge.due:
        ledger.move_due(gauge.id, WORK, due.on, actor=by, at=at)
    _settle(gauge.id, by, at, as_text(said))


def keep(code: str, words: str, *, actor: int, at: datetime) -> None:
    """Keep the interval as it is, with words that say why; the proposal comes again with new results alone."""
    alone_with(code)
    gauge = gauge_by_code(code)
    if proposal_of(gauge.id) is None:
        raise Refusal("Nothing is proposed for %(code)s any more.", code=gauge.code)
    if not words.strip():
        raise Refusal("Enter why the interval stays as it is.", field="words")
    _settle(gauge.id, actor, at, as_text(say("calibration.interval-kept", words=words.strip())))


def _settle(gauge_id: int, by: int, at: datetime, outcome: str) -> None:
    task = proposal_of(gauge_id)
    if task is not None:
        _done(task, by, at, outcome)


def record_of(number: str) -> Record:
    """Return the record of an interval change; raises NotFound."""
    found = db.session.scalar(select(Record).where(Record.kind == INTERVAL, Record.number == number.upper()))
    if found is None:
        raise NotFound("There is no interval change %(number)s.", number=number)
    return found
