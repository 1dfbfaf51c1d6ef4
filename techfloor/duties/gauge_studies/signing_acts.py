"""The acts under a name: a complete study is signed, and reviewed where the profile asks for it."""

from techfloor.duties.gauge_studies import content, queries
from techfloor.duties.gauge_studies.models import REVIEW
from techfloor.duties.gauge_studies.queries import Study
from techfloor.equipment import ledger
from techfloor.people.proof import Proof
from techfloor.places.queries import PlantFacts
from techfloor.records import reviewing, signing, tasks, versions
from techfloor.records.lifecycle import State, move
from techfloor.records.models import Task
from techfloor.records.versions import Amendment
from techfloor.refusals import Refusal
from techfloor.said import as_text, say
from techfloor.store import alone, db


def needs_review(plant: PlantFacts) -> bool:
    """Tell whether a second look is asked for: where every calibration is reviewed, every study is."""
    return plant.profile.text("signatures.calibration_review") == "every"


def sign_performed(number: str, proof: Proof, plant: PlantFacts, *, shown_sha256: str) -> Study:
    """Fix the content of a complete study under the signature of who evaluates it."""
    alone(f"record:{number}".casefold())
    duty = signing.Performing(
        open=lambda: _complete(number, plant),
        performer=lambda study: _performer(study, proof, plant),
        preview=lambda study: content.preview(study, plant),
        keep=_keep,
        after=lambda study: _after(study, plant, proof),
    )
    return signing.perform(queries.worked_on(number).record.id, duty, proof, shown_sha256=shown_sha256)


def _performer(study: Study, proof: Proof, plant: PlantFacts) -> signing.Performer:
    """Return who signs: nobody performed it alone, so whoever may look at all values evaluates or amends it."""
    if study.amends is not None:
        return signing.Performer(proof.person_id, _NO, versions.MEANINGS[study.amends.kind])
    if not queries.may_evaluate(study, proof.person_id, plant, proof.at):
        raise _NO
    return signing.Performer(proof.person_id, _NO)


_NO = Refusal("Quality or a supervisor signs this, who did not measure in it.", field="secret")


def _complete(number: str, plant: PlantFacts) -> Study:
    study = queries.worked_on(number)
    if not study.open:
        raise Refusal("%(number)s is signed already, or given up.", number=number)
    if not study.complete:
        raise Refusal("Values are missing. Wait for them, or end the study with fewer appraisers.")
    if study.amends is not None and not study.in_error and not content.changed(study, plant):
        raise Refusal(
            "Nothing is changed: it says what version %(version)s says. Change what is wrong, or do not finish it.",
            field="secret",
            version=study.amends.version,
        )
    return study


def _keep(study: Study) -> None:
    """Keep what came out; an amendment performs nothing, and nothing comes out of what was entered in error."""
    if study.in_error:
        return
    told = content.analysed(study).told
    study.body.look, study.body.verdict = told.look, content.said(told)
    if study.amends is None:
        study.record.performed_at = max(row.performed_at for row in study.rows)
    db.session.flush()


def _after(study: Study, plant: PlantFacts, proof: Proof) -> None:
    """Let it stand; an amendment is always reviewed, and ends what the version before had asked for."""
    record, amends = study.record, study.amends
    review = needs_review(plant) or amends is not None
    move(record, State.PERFORMED if review else State.CLOSED)
    record.closed_at = None if review else proof.at
    words = as_text(study.body.verdict or {}) if amends is None else amends.reason
    event = "gauge study signed" if amends is None else _EVENTS[amends.kind]
    ledger.log(study.body.gauge_id, event, words, actor=proof.person_id, at=proof.at, record_id=record.id)
    if amends is not None:
        replaced = as_text(say("studies.amended", version=record.version))
        tasks.finish(versions.ids(record), REVIEW, by=proof.person_id, at=proof.at, outcome=replaced)
    if review:
        _ask_for_review(study, record.id, proof)
    db.session.flush()


_EVENTS = {
    Amendment.CORRECTION: "gauge study amended",
    Amendment.ENTERED_IN_ERROR: "gauge study entered in error",
}


def _ask_for_review(study: Study, record_id: int, proof: Proof) -> None:
    asked = as_text(say("studies.review", number=study.number, gauge=study.code, name=study.gauge_name))
    task = Task(kind=REVIEW, words=asked, record_id=record_id, equipment_id=study.body.gauge_id, raised_at=proof.at)
    task.for_permission = "studies:review"
    tasks.raise_task(task)


def review(number: str, proof: Proof, plant: PlantFacts, *, accepted: bool, remark: str, shown_sha256: str) -> None:
    """Sign a study as reviewed, or reject it with a remark; where an amendment is rejected, the one before stands."""
    alone(f"record:{number}".casefold())
    study = queries.study(number)
    record = signing.locked(study.record.id)
    following = versions.next_of(record.id)
    if following is not None:
        raise Refusal(
            "An amendment of %(number)s is under way by %(name)s. Review that one once it is signed.",
            number=number,
            name=following.by,
        )
    reviewing.review(record, proof, plant, accepted=accepted, remark=remark, shown_sha256=shown_sha256)
    outcome = as_text(say(f"record.{record.state}"))
    tasks.finish([record.id], REVIEW, by=proof.person_id, at=proof.at, outcome=outcome)
    if not accepted and record.supersedes_id is not None:
        former = signing.locked(record.supersedes_id)
        if former.state == State.PERFORMED:
            _ask_for_review(study, former.id, proof)
