"""The acts of a study: set up, a value, its correction, an appraiser who leaves, a study given up."""

import random
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from techfloor.duties.gauge_studies import queries, rules
from techfloor.duties.gauge_studies.models import GaugeStudy, StudyAppraiser, StudyPart, StudyValue
from techfloor.duties.gauge_studies.permissions import APPRAISERS
from techfloor.duties.gauge_studies.queries import KIND, PREFIX, Appraiser, Study, Value
from techfloor.duties.gauge_studies.rules import BOUNDS, CORRECTIONS, Basis, Call, SetUp, Shuffle, Sort
from techfloor.equipment import ledger
from techfloor.equipment.queries import gauge_view
from techfloor.equipment.shapes import FunctionView, GaugeView
from techfloor.measures.tolerance import Tolerance, ToleranceError
from techfloor.places.queries import PlantFacts
from techfloor.records.lifecycle import State, move
from techfloor.records.models import Record
from techfloor.records.numbering import next_number
from techfloor.refusals import NotFound, Question, Refusal
from techfloor.said import as_text, say
from techfloor.store import db, search

_SHUFFLE = random.SystemRandom().shuffle


@dataclass(frozen=True)
class By:
    """Who acts, when, on which tablet, at which plant."""

    actor: int
    at: datetime
    plant: PlantFacts
    device: int | None = None


# --- setting up ---


def set_up(code: str, entry: SetUp, by: By, shuffle: Shuffle = _SHUFFLE) -> str:
    """Open a study of a gauge, draw the order of each appraiser, and return its number; raises Refusal."""
    gauge = gauge_view(code)
    function = _function(gauge, entry)
    rules.check(entry)
    _refuse_strangers(entry, by)
    if entry.sort is Sort.ATTRIBUTE and by.actor in entry.appraisers:
        raise Refusal("You know which parts are bad: let others judge them.", field="appraisers")
    lower, upper = _limits(entry, function)
    record = _open(gauge, by)
    db.session.add(
        GaugeStudy(
            record_id=record.id,
            gauge_id=gauge.id,
            sort=entry.sort.value,
            subject=entry.subject,
            function=function.name if function else "",
            unit=function.unit if function else "",
            step=(function.reads_to or function.resolution) if function else None,
            low=function.low if function else None,
            high=function.high if function else None,
            basis=entry.basis.value,
            lower=lower,
            upper=upper,
            repeats=entry.repeats,
        )
    )
    db.session.flush()
    _keep_parts(record.id, entry)
    for n, person_id in enumerate(entry.appraisers, start=1):
        turns = rules.draw(len(entry.parts), entry.repeats, shuffle)
        db.session.add(StudyAppraiser(record_id=record.id, n=n, person_id=person_id, turns=turns))
    db.session.flush()
    ledger.log(gauge.id, "gauge study", entry.subject, actor=by.actor, at=by.at, record_id=record.id)
    search.put(KIND, record.number, f"{gauge.code} {gauge.item.name}", f"{entry.subject} {gauge.item.serial}")
    return record.number


def _refuse_strangers(entry: SetUp, by: By) -> None:
    here = queries.may_measure(by.plant, by.at, APPRAISERS)
    if any(person_id not in here for person_id in entry.appraisers):
        raise Refusal("Somebody of these is not here any more. Choose again.", field="appraisers")


def _function(gauge: GaugeView, entry: SetUp) -> FunctionView | None:
    if entry.sort is Sort.ATTRIBUTE:
        return None
    found = next((each for each in gauge.functions if each.name == entry.function), None)
    if found is None:
        raise Refusal("Choose what of this gauge is studied.", field="function")
    return found


def _limits(entry: SetUp, function: FunctionView | None) -> tuple[Decimal | None, Decimal | None]:
    if entry.basis is Basis.PRODUCT:
        return entry.lower, entry.upper
    return card_limits(function) if entry.basis is Basis.CARD and function is not None else (None, None)


def card_limits(function: FunctionView) -> tuple[Decimal, Decimal]:
    """Return the limits of error on a gauge's card; raises Refusal where they are not the same over the range."""
    sentence = "The card of this gauge has no one tolerance for its range. Enter the limits of the product."
    no = Refusal(sentence, field="basis")
    if not function.tolerance or function.low is None or function.high is None:
        raise no
    step = function.reads_to or function.resolution
    try:
        tolerance = Tolerance.parse(function.tolerance, function.unit)
        ends = {tolerance.limits(at, function.high, step) for at in (function.low, function.high)}
    except ToleranceError:
        raise no from None
    lower, upper = ends.pop()
    if ends or lower is None or upper is None or lower >= upper:
        raise no
    return lower, upper


def _open(gauge: GaugeView, by: By) -> Record:
    record = Record(
        kind=KIND,
        number=next_number(PREFIX, by.at, by.plant.zone),
        state=State.IN_PROGRESS.value,
        equipment_id=gauge.id,
        opened_by=by.actor,
        opened_at=by.at,
        performed_at=by.at,
        recorded_at=by.at,
    )
    db.session.add(record)
    db.session.flush()
    return record


def _keep_parts(record_id: int, entry: SetUp) -> None:
    for n, part in enumerate(entry.parts, start=1):
        db.session.add(StudyPart(record_id=record_id, n=n, label=part.label, reference=part.reference))
    db.session.flush()


# --- measuring ---


def give(study: Study, turn: int, given: Decimal | Call, by: By, *, confirmed: bool = False) -> int:
    """Keep what an appraiser read in a turn; raises Refusal, or Question for a value that is far off.

    The turn must be their next one: a page that shows another is older than what was typed on another tablet.
    """
    appraiser = appraiser_in(study, by.actor)
    if turn != study.next_turn(appraiser):
        raise Refusal("This value is in already. Go on with the next one.")
    return _keep(study, appraiser, turn, given, by, confirmed=confirmed).id


def appraiser_in(study: Study, person_id: int) -> Appraiser:
    """Return who measures, as an appraiser of an open study; raises Refusal."""
    _refuse_ended(study)
    if study.amends is not None:
        raise Refusal("%(number)s is being amended: nothing is measured in it.", number=study.number)
    found = study.appraiser_of(person_id)
    if found is None:
        raise Refusal("You do not measure in %(number)s. Ask quality.", number=study.number)
    return found


def _refuse_ended(study: Study) -> None:
    if not study.open:
        raise Refusal("%(number)s is ended: nothing more is measured in it.", number=study.number)


def _keep(
    study: Study,
    appraiser: Appraiser,
    turn: int,
    given: Decimal | Call,
    by: By,
    *,
    confirmed: bool,
    corrects: tuple[int, str] | None = None,
) -> StudyValue:
    value = given if isinstance(given, Decimal) else None
    seen = study.seen(appraiser, corrects[0] if corrects else None)
    unlikely = value is not None and rules.is_unlikely(value, study.near, seen)
    if unlikely and not confirmed:
        raise Question(
            "You entered %(value)s. That is far from what is expected. Is it right?", field="value", value=value
        )
    kept = StudyValue(
        record_id=study.record.id,
        appraiser_id=appraiser.id,
        turn=turn,
        value=value,
        call=given.value if isinstance(given, Call) else "",
        confirmed=unlikely,
        corrects_id=corrects[0] if corrects else None,
        correction=corrects[1] if corrects else "",
        performed_at=by.at,
        device_id=by.device,
        by_id=by.actor,
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def may_correct(study: Study, row: Value, by: By) -> bool:
    """Tell whether a person may correct a value: their own last one, until all are in; from then on who evaluates.

    Who evaluates changes nothing of their own. In an amendment it is whoever amends.
    """
    if not study.open or not row.counts:
        return False
    if study.amends is not None:
        return any(each.id == row.appraiser_id for each in study.staying)
    mine = study.appraiser_of(by.actor)
    own = mine is not None and row.appraiser_id == mine.id
    if study.complete:
        counts = any(each.id == row.appraiser_id for each in study.staying)
        return counts and not own and queries.may_evaluate(study, by.actor, by.plant, by.at)
    if mine is None or not own:
        return False
    upcoming = study.next_turn(mine)
    return row.turn == (len(mine.turns) if upcoming is None else upcoming - 1)


def row_of(study: Study, value_id: int) -> Value:
    """Return a value that counts; raises NotFound."""
    found = next((row for row in study.rows if row.id == value_id and row.counts), None)
    if found is None:
        raise NotFound("This value is not here, or was corrected already.")
    return found


def correct(
    study: Study, value_id: int, given: Decimal | Call, reason: str, by: By, *, confirmed: bool = False
) -> None:
    """Replace a value that was written down wrong; the first one stays, with the reason."""
    row = row_of(study, value_id)
    if not may_correct(study, row, by):
        raise Refusal("You can change the last value you gave until all are in. From then on, who evaluates does.")
    if reason not in CORRECTIONS:
        raise Refusal("Choose why it is changed.", field="reason")
    if given == (row.call if row.value is None else row.value):
        raise Refusal("It is the same as before. Enter the right value.", field="value")
    appraiser = next(each for each in study.staying if each.id == row.appraiser_id)
    _keep(study, appraiser, row.turn, given, by, confirmed=confirmed, corrects=(row.id, reason))


# --- who leaves ---


def replace(study: Study, appraiser_id: int, person_id: int, by: By) -> None:
    """Let somebody else measure in the place of an appraiser who has not begun."""
    appraiser = _staying(study, appraiser_id)
    if study.done(appraiser):
        raise Refusal(
            "%(name)s has begun: what two people read cannot be told apart. End the study with fewer.",
            field="person",
            name=appraiser.name,
        )
    here = queries.may_measure(by.plant, by.at, APPRAISERS)
    if person_id not in here or any(each.person_id == person_id for each in study.appraisers):
        raise Refusal("Choose somebody who is here and does not measure in it already.", field="person")
    if study.sort is Sort.ATTRIBUTE and person_id == study.record.opened_by:
        raise Refusal("%(name)s knows which parts are bad. Choose somebody else.", field="person", name=here[person_id])
    db.session.get_one(StudyAppraiser, appraiser.id).person_id = person_id
    db.session.flush()


def leave_out(study: Study, appraiser_id: int, why: str, by: By) -> None:
    """Go on without an appraiser: what they read stays in the record and counts no more."""
    appraiser = _staying(study, appraiser_id)
    least = BOUNDS[study.sort].appraisers[0]
    if len(study.staying) <= least:
        raise Refusal("A study needs %(least)s appraisers. Replace this one, or end the study.", least=least)
    if not why.strip():
        raise Refusal("Enter why they do not go on.", field="why")
    row = db.session.get_one(StudyAppraiser, appraiser.id)
    row.left_at, row.left_why = by.at, why.strip()
    db.session.flush()


def _staying(study: Study, appraiser_id: int) -> Appraiser:
    _refuse_ended(study)
    found = next((each for each in study.staying if each.id == appraiser_id), None)
    if found is None:
        raise NotFound("This appraiser is not in the study any more.")
    return found


def give_up(study: Study, why: str, by: By) -> None:
    """End a study that will not be finished, or its amendment; the values stay."""
    _refuse_ended(study)
    if not why.strip():
        raise Refusal("Enter why it is not finished.", field="reason")
    study.body.ended_why = why.strip()
    db.session.flush()
    move(study.record, State.DISCONTINUED)
    study.record.closed_at = by.at
    words = as_text(say("studies.given-up", number=study.number, why=why.strip()))
    event = "gauge study given up" if study.amends is None else "gauge study amendment given up"
    ledger.log(study.body.gauge_id, event, words, actor=by.actor, at=by.at, record_id=study.record.id)
