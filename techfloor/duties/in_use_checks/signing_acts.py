"""The act under a name: a month of checks is reviewed."""

from techfloor.duties.in_use_checks import content, months
from techfloor.duties.in_use_checks.models import InUseMonth
from techfloor.duties.in_use_checks.months import KIND, PREFIX, Month
from techfloor.equipment.shapes import GaugeView
from techfloor.equipment.turns import alone_with
from techfloor.people.proof import Proof
from techfloor.places.queries import PlantFacts
from techfloor.records import documents
from techfloor.records.models import Record
from techfloor.records.numbering import next_number
from techfloor.records.reviewing import two_persons
from techfloor.refusals import Refusal

DOCUMENT = documents.declare(KIND, "reviewed")


def barred(gauge: GaugeView, month: Month, person_id: int, plant: PlantFacts) -> bool:
    """Tell whether somebody may not review a month: who checked in it, where the plant asks for a second person."""
    return two_persons(plant) and any(row.by_id == person_id for row in months.rows_of(gauge.id, month, plant))


def review(gauge: GaugeView, month: Month, proof: Proof, plant: PlantFacts, *, shown_sha256: str) -> Record:
    """Sign a month that is over as reviewed; once a value of it was corrected since, as its next version."""
    alone_with(gauge.code)
    seen = content.preview(gauge, month, plant, proof.at)
    documents.as_shown(seen, shown_sha256)
    if proof.at < months.ends_at(gauge, month, plant):
        raise Refusal("This month is not over yet. Review it once its last check is due no more.")
    if barred(gauge, month, proof.person_id, plant):
        raise Refusal("This needs a second person: you checked in this month yourself.", field="secret")
    former = months.record_of(gauge.id, month)
    if former is not None and not content.changed_since(former, seen):
        raise Refusal("%(number)s reviews this month already.", number=former.number)
    number = former.number if former else next_number(PREFIX, proof.at, plant.zone)
    signing = documents.Signing(
        kind=DOCUMENT,
        number=number,
        title=f"{gauge.code} {gauge.item.name} {month.text}",
        version=former.version + 1 if former else 1,
        supersedes_id=former.id if former else None,
        equipment_id=gauge.id,
        body=lambda record_id: InUseMonth(record_id=record_id, gauge_id=gauge.id, month=month.text),
        content=content.preview(gauge, month, plant, proof.at, number),
    )
    return documents.sign_document(signing, proof, shown_sha256=shown_sha256)
