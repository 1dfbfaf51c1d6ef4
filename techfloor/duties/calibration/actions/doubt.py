"""A certificate in doubt: everything that rested on it is looked back on, raised as one act."""

from datetime import datetime

from sqlalchemy import select

from techfloor.duties.calibration.models import OF_CERTIFICATE
from techfloor.duties.calibration.queries.traceability import Use, Wanted, first_uses
from techfloor.equipment import ledger
from techfloor.records.models import Record, Task
from techfloor.refusals import Refusal
from techfloor.said import as_text, read, say
from techfloor.store import alone, db

MOST = 1000
"""So many tasks at once: more are raised by days, one stretch after the other."""


def raise_look_backs(wanted: Wanted, standard: str, certificate: str, why: str, *, actor: int, at: datetime) -> int:
    """Raise a look-back for each record that counts and rested on a certificate; return how many are new.

    One that is open already stays as it is. Raises Refusal without a reason, where nothing rested on it, for more than
    `MOST`, and where all of them are open already.
    """
    if not why.strip():
        raise Refusal("Enter what is wrong with the certificate.", field="why")
    alone(f"doubt:{wanted.equipment_id}")
    uses = first_uses(wanted, MOST)
    if not uses:
        raise Refusal("Nothing that counts rested on it in this time.")
    if len(uses) > MOST:
        raise Refusal("More than %(most)s records rested on it. Choose days, and raise the rest after it.", most=MOST)
    there = _open(certificate)
    new = [use for use in uses if use.number not in there]
    if not new:
        raise Refusal("A look-back is open already for each record that rested on it.")
    db.session.add_all(_task(use, standard, certificate, why.strip(), at) for use in new)
    said = as_text(say("calibration.certificate-in-doubt", certificate=certificate))
    ledger.log(wanted.equipment_id, said, why.strip(), actor=actor, at=at)
    return len(new)


def _open(certificate: str) -> set[str]:
    """Return the numbers of the records that are being looked back on for a certificate."""
    rows = db.session.execute(
        select(Record.number, Task.words)
        .join(Record, Record.id == Task.record_id)
        .where(Task.kind == OF_CERTIFICATE, Task.done_at.is_(None))
    )
    return {number for number, words in rows if (read(words) or {}).get("certificate") == certificate}


def _task(use: Use, standard: str, certificate: str, why: str, at: datetime) -> Task:
    gauge = f"{use.code} {use.name}".strip()
    words = say(
        "calibration.look-back-certificate",
        number=use.number,
        gauge=gauge,
        certificate=certificate,
        standard=standard,
        why=why,
    )
    return Task(
        kind=OF_CERTIFICATE,
        words=as_text(words),
        record_id=use.record_id,
        equipment_id=use.gauge_id,
        for_permission="calibration:look-back",
        raised_at=at,
    )
