"""The acts of an outside calibration: send out, enter the certificate, answer its checks, sign.

The review, and what follows from it, is that of every calibration.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from techfloor.duties.calibration.actions import holding, outcome, procedures, starting, unusual
from techfloor.duties.calibration.actions import signing as signing_acts
from techfloor.duties.calibration.actions import work as actions
from techfloor.duties.calibration.models import Calibration, Reading
from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries.bench import Bench, bench_of
from techfloor.duties.calibration.queries.gauges import GaugeFacts, gauge_by_code
from techfloor.duties.calibration.rules import outside as rules
from techfloor.duties.calibration.rules import reading as reading_rules
from techfloor.duties.calibration.rules.drift import PointKey
from techfloor.duties.calibration.rules.outside import SAME, CertificateEntry, CheckAnswer, JudgedResult, SmallRatio
from techfloor.duties.calibration.rules.procedure import ItemFunction, Mode, Procedure, read_procedure
from techfloor.duties.calibration.rules.results import AS_FOUND, AS_LEFT
from techfloor.equipment.actions import change_status
from techfloor.equipment.rules import plant_day
from techfloor.equipment.statuses import Deed, Status
from techfloor.equipment.turns import alone_with
from techfloor.measures.decision import Rule
from techfloor.measures.quantity import signed
from techfloor.measures.units import show_unit
from techfloor.people.proof import Proof
from techfloor.places.queries import PlantFacts
from techfloor.records import attachments, signing
from techfloor.records.attachments import KeptFile
from techfloor.records.models import Definition, Record, Revision
from techfloor.refusals import NotFound, Refusal
from techfloor.said import Said
from techfloor.store import alone, db

OUTSIDE = "outside"
CLEARED = "calibration.certificate-corrected"


@dataclass(frozen=True)
class SendOutEntry:
    """When a gauge leaves for a laboratory, and when it is expected back."""

    sent_on: date
    expected_back: date
    words: str = ""


def send_out(code: str, entry: SendOutEntry, plant: PlantFacts, *, actor: int, at: datetime) -> None:
    """Send a gauge to a laboratory; raises Refusal while a calibration of it is in progress."""
    gauge = gauge_by_code(code)
    _refuse_while_open(gauge)
    if entry.sent_on > plant_day(at, plant.zone):
        raise Refusal("This day lies in the future. Send it out when it leaves.", field="sent_on")
    change_status(
        gauge.id,
        Deed.SEND_OUT,
        entry.words,
        actor=actor,
        at=at,
        sent_on=entry.sent_on,
        expected_back=entry.expected_back,
    )


def enter(code: str, entry: CertificateEntry, file: KeptFile, plant: PlantFacts, *, actor: int, at: datetime) -> str:
    """Enter a laboratory's certificate with its file and return the number of its record.

    A gauge that was sent out is received by it; one that failed as found is held at once. Raises Refusal for what a
    certificate cannot say, and for a gauge that is lost, retired, or being calibrated.
    """
    alone_with(code)
    gauge = gauge_by_code(code)
    _refuse_while_open(gauge)
    if gauge.status in {Status.LOST, Status.RETIRED}:
        raise Refusal("%(code)s is %(status)s. Change that on its page first.", code=code, status=gauge.status)
    rules.check_certificate(entry, plant_day(at, plant.zone))
    points = rules.planned(gauge.item.functions, entry.results)
    revision, _procedure = review_procedure(gauge)
    if gauge.status == Status.SENT_OUT:
        change_status(gauge.id, Deed.RECEIVE, entry.laboratory, actor=actor, at=at)
    record = starting.open_record(gauge, revision.id, plant, actor=actor, at=at)
    db.session.add(
        Calibration(
            record_id=record.id,
            gauge_id=gauge.id,
            source=OUTSIDE,
            plan=[point.to_plain() for point in points],
            outside={},
            performed_by=actor,
        )
    )
    db.session.flush()
    bench = bench_of(record.number)
    _write(bench, entry, [file], plant, actor=actor, at=at)
    return record.number


def change(
    number: str, entry: CertificateEntry, file: KeptFile | None, plant: PlantFacts, *, actor: int, at: datetime
) -> None:
    """Correct what was entered from a certificate that nobody has signed yet; who corrects it signs it."""
    bench = open_outside(number)
    rules.check_certificate(entry, plant_day(at, plant.zone))
    points = rules.planned(functions_of(bench), entry.results)
    bench.body.plan = [point.to_plain() for point in points]
    actions.hand_to(bench, actor)
    _write(bench, entry, [file] if file else [], plant, actor=actor, at=at)


def functions_of(bench: Bench) -> tuple[ItemFunction, ...]:
    """Return what the gauge measures; in an amendment with the tolerances by which version 1 was judged."""
    today = bench.gauge.item.functions
    return today if bench.former is None else rules.functions_then(bench.former.plan, today)


def _write(
    bench: Bench,
    entry: CertificateEntry,
    files: Iterable[KeptFile],
    plant: PlantFacts,
    *,
    actor: int,
    at: datetime,
) -> None:
    for file in files:
        attachments.attach(bench.record.id, file, actor=actor, at=at)
    kept = [
        {"name": f.name, "media_type": f.media_type, "size": f.size, "sha256": f.sha256}
        for f in attachments.of_record(bench.record.id)
    ]
    before = bench.body.outside or {}
    bench.body.outside = {**rules.to_plain(entry), "files": kept, "checks": before.get("checks", [])}
    bench.body.adjusted = entry.as_left != SAME
    bench.body.adjustment = entry.adjustment.strip() if bench.body.adjusted else ""
    # The certificate names a day; noon at the plant stands for it, so that it is that day in every list.
    noon = datetime.combine(entry.performed, time(12), ZoneInfo(plant.zone)).astimezone(UTC)
    bench.record.performed_at = min(noon, at)
    db.session.flush()
    outcome.make_findable(bench.number, bench.gauge, entry.laboratory, entry.certificate)
    verdicts = _verdicts(entry, _judged(bench_of(bench.number)))
    holding.settle_hold(bench, verdicts, CLEARED, actor=actor, at=at)


def _refuse_while_open(gauge: GaugeFacts) -> None:
    number = queries.open_on_gauge(gauge.id)
    if number is not None:
        raise Refusal("%(number)s is in progress on %(code)s. Go on with it.", number=number, code=gauge.code)


def review_procedure(gauge: GaugeFacts) -> tuple[Revision, Procedure]:
    """Return the procedure for reviewing certificates: the gauge's own, or the one that the plant has in force."""
    rows = db.session.execute(
        select(Revision, Definition)
        .join(Definition, Definition.id == Revision.definition_id)
        .where(Definition.kind == procedures.KIND, Revision.state == "effective")
        .order_by((Definition.id == gauge.procedure_id).desc(), Definition.code)
    )
    for row in rows:
        body: Any = row.Revision.body
        if isinstance(body, dict) and body.get("mode") == Mode.certificate:
            version = row.Revision.version
            return row.Revision, read_procedure(row.Definition.code, version, row.Definition.title, body)
    raise Refusal("No procedure for reviewing certificates is in force. Ask quality to approve one.")


def outside_bench(number: str) -> Bench:
    """Return an outside calibration; raises NotFound, also for one in house."""
    bench = bench_of(number)
    if bench.body.source != OUTSIDE or bench.body.outside is None:
        raise NotFound("%(number)s is no outside calibration.", number=number)
    return bench


def open_outside(number: str) -> Bench:
    """Return an outside calibration that may still be written to; raises Refusal for a signed one."""
    return actions.unsigned_bench(outside_bench(number), "outside")


def entry_of(bench: Bench) -> CertificateEntry:
    """Return what was entered from the certificate."""
    assert bench.body.outside is not None
    return rules.from_plain(bench.body.outside)


def answers_of(bench: Bench) -> tuple[CheckAnswer, ...]:
    """Return the answer to each check of the procedure, as far as it was given."""
    assert bench.body.outside is not None
    return rules.answers_of(bench.body.outside, bench.procedure.checks)


def runs_of(bench: Bench) -> list[dict[str, Any]]:
    """Return as found and as left with their results, as the canonical content has them."""
    return rules.runs(bench.plan, bench.body.outside or {})


def small_of(bench: Bench) -> SmallRatio | None:
    """Return the result whose TUR is smallest, where it is below the least one."""
    return rules.small_ratio(_judged(bench), bench.procedure.min_tur)


def contradictions_of(bench: Bench) -> list[Said]:
    """Say where the laboratory states another verdict than its results come to."""
    return [rules.contradiction_said(*each) for each in rules.contradictions(entry_of(bench), _judged(bench))]


def _judged(bench: Bench) -> list[JudgedResult]:
    return rules.judge(bench.plan, entry_of(bench).results)


def _verdicts(entry: CertificateEntry, judged: Sequence[JudgedResult]) -> tuple[str, str]:
    found = rules.run_verdict(entry.as_found, judged, AS_FOUND)
    return found, "" if entry.as_left == SAME else rules.run_verdict(entry.as_left, judged, AS_LEFT)


def answer_checks(number: str, answers: Sequence[CheckAnswer], *, actor: int) -> None:
    """Keep the answers to the checks of the procedure; who answers them signs. Raises Refusal while one is open."""
    bench = open_outside(number)
    if [given.check for given in answers] != list(bench.procedure.checks):
        raise Refusal("The checks changed after this page was opened. Answer them again.")
    rules.check_answers(answers, small_of(bench))
    bench.body.outside = {**(bench.body.outside or {}), "checks": rules.answers_to_plain(answers)}
    actions.hand_to(bench, actor)
    db.session.flush()


def sign_performed(number: str, proof: Proof, plant: PlantFacts, *, shown_sha256: str) -> Bench:
    """Fix the content under the signature of who read the certificate, and let the gauge go where its verdict sends it.

    Raises Refusal while a check is open, for another signer, and when the content is not what the page showed.
    """
    duty = signing.Performing(
        open=lambda: _answered(number, plant),
        performer=_reader,
        preview=lambda bench: signing_acts.preview(bench, plant),
        keep=lambda bench: _keep_results(bench, plant),
        after=lambda bench: outcome.after_performed(bench, plant, proof),
    )
    alone(f"record:{number}")  # before the row is locked: a correction takes the two in this order too
    return signing.perform(queries.record_row(number).id, duty, proof, shown_sha256=shown_sha256)


def _answered(number: str, plant: PlantFacts) -> Bench:
    bench = open_outside(number)
    rules.check_answers(answers_of(bench), small_of(bench))
    signing_acts.refuse_unchanged(bench, plant)
    return bench


def _reader(bench: Bench) -> signing.Performer:
    return signing_acts.signer(bench, Refusal("%(name)s read this certificate and signs it.", name=bench.holder))


def _keep_results(bench: Bench, plant: PlantFacts) -> None:
    judged = _judged(bench)
    _keep_outcome(bench, judged, plant)
    _keep_readings(bench, judged, actor=bench.holder_id)


def _keep_outcome(bench: Bench, judged: Sequence[JudgedResult], plant: PlantFacts) -> None:
    body, entry = bench.body, entry_of(bench)
    body.as_found, body.as_left = _verdicts(entry, judged)
    body.worst_found, body.worst_left = _worst(judged, AS_FOUND), _worst(judged, AS_LEFT)
    body.exceptions = unusual.exceptions(bench)
    signing_acts.keep_next_due(bench, entry.performed, plant)
    db.session.flush()


def _worst(judged: Sequence[JudgedResult], run: str) -> str:
    found = rules.worst_result(judged, run)
    return "" if found is None else f"{signed(found.error)} {show_unit(found.point.unit)}"


def _keep_readings(bench: Bench, judged: Sequence[JudgedResult], *, actor: int) -> None:
    """Keep the typed results as readings, so that the gauge's history and its drift go on through them."""
    record: Record = bench.record
    for one in judged:
        db.session.add(
            Reading(
                record_id=record.id,
                run=one.result.run,
                point=one.point.n,
                place=PointKey.of(one.point).text,
                repeat=1,
                reference=one.result.reference,
                indication=one.result.indication,
                error=one.error,
                lower=one.lower,
                upper=one.upper,
                u=one.result.u,
                k=one.result.k,
                rule=reading_rules.rule_name(Rule.simple),
                verdict=one.verdict,
                performed_at=record.performed_at,
                recorded_at=record.recorded_at,
                by_id=actor,
            )
        )
    db.session.flush()
