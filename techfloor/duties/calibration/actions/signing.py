"""The acts that end a calibration with a name: sign as performed, review or reject, close the look-back."""

from collections.abc import Sequence
from datetime import date, datetime

from techfloor.duties.calibration.actions import holding, outcome, unusual
from techfloor.duties.calibration.actions import intervals as interval_changes
from techfloor.duties.calibration.actions.doubt import subject
from techfloor.duties.calibration.actions.work import unsigned_bench
from techfloor.duties.calibration.content import SCHEMA, PlantWords, content
from techfloor.duties.calibration.models import LOOK_BACK_ENDED, LOOK_BACKS, REVIEW
from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries.bench import Bench, standing_bench
from techfloor.duties.calibration.queries.records import PERFORMED
from techfloor.duties.calibration.queries.withdrawn import doubted
from techfloor.duties.calibration.rules import results
from techfloor.duties.calibration.rules.printed import error_shown
from techfloor.duties.calibration.rules.results import AS_FOUND, AS_LEFT, RunResult
from techfloor.equipment import ledger
from techfloor.equipment.rules import plant_day
from techfloor.measures.due import next_due
from techfloor.measures.quantity import signed
from techfloor.measures.units import show_unit
from techfloor.people.proof import Proof
from techfloor.places.queries import PlantFacts
from techfloor.records import reviewing, signing, tasks, versions
from techfloor.refusals import Refusal
from techfloor.said import as_text, say
from techfloor.store import alone, db


def preview(bench: Bench, plant: PlantFacts) -> signing.Content:
    """Return the content as it would be signed now: what the check page shows is what is hashed."""
    return signing.canonical(content(bench, PlantWords.of(plant)), SCHEMA)


def sign_performed(number: str, proof: Proof, plant: PlantFacts, *, shown_sha256: str) -> Bench:
    """Fix the content under the performer's signature, and let the gauge go where its verdict sends it."""
    duty = signing.Performing(
        open=lambda: _finished(number, plant),
        performer=_performer,
        preview=lambda bench: preview(bench, plant),
        keep=lambda bench: _keep_outcome(bench, plant),
        after=lambda bench: outcome.after_performed(bench, plant, proof),
    )
    alone(f"record:{number}")  # before the row is locked: a correction takes the two in this order too
    return signing.perform(queries.record_row(number).id, duty, proof, shown_sha256=shown_sha256)


def _finished(number: str, plant: PlantFacts) -> Bench:
    bench = unsigned_bench(number)
    if bench.entered_in_error:
        return bench
    if results.course(bench.plan, bench.readings(), bench.run(AS_FOUND), bench.body.adjusted).stage != "check":
        raise Refusal("This calibration is not finished. Go on with the next point.")
    refuse_unchanged(bench, plant)
    return bench


def refuse_unchanged(bench: Bench, plant: PlantFacts) -> None:
    """Raise Refusal for a correction under which the record would say what it says already."""
    if bench.amends is None or bench.entered_in_error:
        return
    if not content(bench, PlantWords.of(plant))["amendment"]["changes"]:
        raise Refusal(
            "Nothing is changed: it says what version %(version)s says. Change what is wrong, or do not finish it.",
            field="secret",
            version=bench.amends.version,
        )


def _performer(bench: Bench) -> signing.Performer:
    words = "%(name)s performed this and signs it." if bench.amends is None else "%(name)s amends this and signs it."
    if typed_for_another(bench):
        words = "%(name)s types this in from paper and signs it."
    return signer(bench, Refusal(words, name=bench.holder))


def signer(bench: Bench, no: Refusal) -> signing.Performer:
    """Return who signs what is under way, with the refusal for others: an amendment is no performance."""
    meaning = _meaning_of_work(bench) if bench.amends is None else versions.MEANINGS[bench.amends.kind]
    return signing.Performer(bench.holder_id, no, meaning)


def _meaning_of_work(bench: Bench) -> str:
    """Return what the first signature means: who types in what another performed on paper performs nothing."""
    return signing.TRANSCRIBED if typed_for_another(bench) else signing.PERFORMED


def typed_for_another(bench: Bench) -> bool:
    """Tell whether who signs this first typed in what somebody else performed on paper."""
    return bench.amends is None and bench.record.transcribed_by not in {None, bench.body.performed_by}


def _keep_outcome(bench: Bench, plant: PlantFacts) -> None:
    body = bench.body
    if bench.entered_in_error:
        body.exceptions = unusual.exceptions(bench)
        db.session.flush()
        return
    found = bench.run(AS_FOUND)
    left = bench.run(AS_LEFT) if body.adjusted else None
    body.adjusted = bool(body.adjusted)
    body.as_found, body.as_left = found.verdict, left.verdict if left else ""
    body.worst_found, body.worst_left = worst_words(bench, found), worst_words(bench, left)
    body.exceptions = unusual.exceptions(bench)
    moment = max((g.performed_at for g in bench.given), default=bench.record.performed_at)
    bench.record.performed_at = moment
    keep_next_due(bench, plant_day(moment, plant.zone), plant)
    db.session.flush()


def keep_next_due(bench: Bench, day: date, plant: PlantFacts) -> None:
    """Keep when a gauge that was calibrated on a day is due again, unless it fails, and the interval that says so.

    An amendment counts with the interval of version 1, and where the day is the same it stays due on the same one.
    """
    body, former = bench.body, bench.former
    if former is None:
        body.interval_months = bench.gauge.interval_months
    if not holding.returns(body):
        return
    same_day = former is not None and plant_day(former.record.performed_at, plant.zone) == day
    body.next_due = former.body.next_due if former is not None and same_day else None
    if body.next_due is None:
        assert body.interval_months is not None
        body.next_due = next_due(day, body.interval_months, plant.profile.text("calibration.due_day"))


def worst_words(bench: Bench, run: RunResult | None) -> str:
    """Return the deciding error that uses most of its tolerance, as lists show it."""
    point = run.worst_point if run else None
    if point is None or point.deciding.error is None:
        return ""
    shown = error_shown(bench.procedure, point.deciding.error, point.deciding.reference)
    return f"{signed(shown)} {show_unit(bench.procedure.error_unit or point.point.unit)}"


def review(number: str, proof: Proof, plant: PlantFacts, *, accepted: bool, remark: str, shown_sha256: str) -> Bench:
    """Sign as reviewed, or reject with a remark; an accepted pass as left returns a held gauge to use."""
    bench = standing_bench(number)  # alone before the row is locked, in the order of a signature: what stands is known
    record = signing.locked(bench.record.id)
    if record.state != PERFORMED:
        raise Refusal("%(number)s does not wait for a review.", number=number)
    _refuse_while_amended(bench)
    reviewing.review(record, proof, plant, accepted=accepted, remark=remark, shown_sha256=shown_sha256)
    tasks.finish([record.id], REVIEW, by=proof.person_id, at=proof.at, outcome=as_text(say(f"record.{record.state}")))
    if accepted:
        outcome.accept(bench, proof)
    elif bench.amends is not None:
        outcome.reject_amendment(bench, proof, plant, remark)
    else:
        outcome.reject(bench, proof, remark)
    db.session.flush()
    interval_changes.propose(bench, plant, proof.at)
    return bench


def _refuse_while_amended(bench: Bench) -> None:
    following = versions.next_of(bench.record.id)
    if following is not None:
        raise Refusal(
            "An amendment of %(number)s is under way by %(name)s. Review that one once it is signed.",
            number=bench.number,
            name=following.by,
        )


def review_clean(chosen: Sequence[tuple[str, str]], proof: Proof, plant: PlantFacts) -> None:
    """Sign several clean calibrations as reviewed with one secret; each gets a signature of its own.

    Raises Refusal for one with an exception: it is reviewed by itself.
    """
    for number, shown_sha256 in sorted(chosen):  # two reviewers wait for each other in one order only
        bench = standing_bench(number)
        if bench.body.exceptions or holding.open_holds(bench.gauge.id) or doubted(bench.record.id):
            raise Refusal("%(number)s has something unusual. Review it by itself.", number=number)
        review(number, proof, plant, accepted=True, remark="", shown_sha256=shown_sha256)


def close_look_back(
    number: str, affected: str, looked: str, *, done: str = "", task: int | None = None, actor: int, at: datetime
) -> None:
    """End a look-back of a calibration with what was looked at, whether work was affected, and what was done then.

    `task` is the one that is answered, None for what was asked first. What asks for something else stays open: an
    answer for one certificate says nothing of another.
    """
    alone(f"record:{number}")  # whoever closes it second is told so
    opened = tasks.open_of(versions.ids(queries.standing_row(number)), LOOK_BACKS)
    answered = next((each for each in opened if task in {None, each.id}), None)
    if answered is None:
        raise Refusal("No look-back is open for %(number)s.", number=number)
    if affected not in {"unaffected", "affected"}:
        raise Refusal("Choose what came out.", field="outcome")
    if not looked.strip():
        raise Refusal("Enter what you looked at.", field="looked")
    if affected == "affected" and not done.strip():
        raise Refusal("Enter what was done about the work that was affected.", field="done")
    outcome = say(f"calibration.{affected}", done=done.strip())
    words = as_text(say("calibration.looked-back", outcome=outcome, looked=looked.strip()))
    for each in opened:
        if subject(each) == subject(answered):
            each.done_at, each.done_by, each.outcome = at, actor, words
    if answered.equipment_id is not None:
        of, record_id = answered.equipment_id, answered.record_id
        ledger.log(of, LOOK_BACK_ENDED, words, actor=actor, at=at, record_id=record_id)
