"""The acts under a name: a complete study is signed, and reviewed where the profile asks for it."""

from techfloor.duties.gauge_studies import content, queries
from techfloor.duties.gauge_studies.models import REVIEW
from techfloor.duties.gauge_studies.queries import Study
from techfloor.equipment import ledger
from techfloor.people.proof import Proof
from techfloor.places.queries import PlantFacts
from techfloor.records import reviewing, signing, tasks
from techfloor.records.lifecycle import State, move
from techfloor.records.models import Task
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
        open=lambda: _complete(number),
        # Nobody performed it alone: who may set up a study may evaluate it.
        performer=lambda _study: signing.Performer(proof.person_id, Refusal("Quality or a supervisor signs this.")),
        preview=lambda study: content.preview(study, plant),
        keep=_keep,
        after=lambda study: _after(study, plant, proof),
    )
    return signing.perform(queries.study(number).record.id, duty, proof, shown_sha256=shown_sha256)


def _complete(number: str) -> Study:
    study = queries.study(number)
    if not study.open:
        raise Refusal("%(number)s is signed already, or given up.", number=number)
    if not study.complete:
        raise Refusal("Values are missing. Wait for them, or end the study with fewer appraisers.")
    return study


def _keep(study: Study) -> None:
    told = content.analysed(study).told
    study.body.look, study.body.verdict = told.look, content.said(told)
    study.record.performed_at = max(row.performed_at for row in study.rows)
    db.session.flush()


def _after(study: Study, plant: PlantFacts, proof: Proof) -> None:
    record, gauge_id = study.record, study.body.gauge_id
    review = needs_review(plant)
    move(record, State.PERFORMED if review else State.CLOSED)
    record.closed_at = None if review else proof.at
    words = as_text(study.body.verdict or {})
    ledger.log(gauge_id, "gauge study signed", words, actor=proof.person_id, at=proof.at, record_id=record.id)
    if review:
        asked = as_text(say("studies.review", number=study.number, gauge=study.code, name=study.gauge_name))
        task = Task(kind=REVIEW, words=asked, record_id=record.id, equipment_id=gauge_id, raised_at=proof.at)
        task.for_permission = "studies:review"
        tasks.raise_task(task)
    db.session.flush()


def review(number: str, proof: Proof, plant: PlantFacts, *, accepted: bool, remark: str, shown_sha256: str) -> None:
    """Sign a study as reviewed, or reject it with a remark."""
    alone(f"record:{number}".casefold())
    record = signing.locked(queries.study(number).record.id)
    reviewing.review(record, proof, plant, accepted=accepted, remark=remark, shown_sha256=shown_sha256)
    outcome = as_text(say(f"record.{record.state}"))
    tasks.finish([record.id], REVIEW, by=proof.person_id, at=proof.at, outcome=outcome)
