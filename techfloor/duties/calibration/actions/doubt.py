"""A certificate in doubt: everything that rested on it is looked back on, raised as one act."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from techfloor.duties.calibration.models import OF_CERTIFICATE
from techfloor.duties.calibration.queries.traceability import Use, Wanted, first_uses, used
from techfloor.equipment import ledger
from techfloor.equipment.corrections import differences, reaches, shortly
from techfloor.equipment.models import Equipment, StandardCertificate
from techfloor.equipment.queries import certificates_of, entries_of
from techfloor.equipment.rules import plant_day
from techfloor.equipment.shapes import CertificateView
from techfloor.places.models import Plant
from techfloor.records.models import Record, Task
from techfloor.refusals import Refusal
from techfloor.said import Said, as_text, read, say
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
    there = _open(standard, certificate)
    new = [use for use in uses if use.number not in there]
    if not new:
        raise Refusal("A look-back is open already for each record that rested on it.")
    asked = ("calibration.look-back-certificate", standard, certificate, why.strip())
    db.session.add_all(_task(use, asked, at) for use in new)
    said = as_text(say("calibration.certificate-in-doubt", certificate=certificate))
    ledger.log(wanted.equipment_id, said, why.strip(), actor=actor, at=at)
    return len(new)


def follow_withdrawal(standard_id: int, certificate_id: int, at: datetime) -> int:
    """Raise a look-back for each record that counts and rested on a certificate that was taken back.

    Return how many are new: a record that is being looked back on for that certificate already is not asked for twice.
    """
    why = db.session.get_one(StandardCertificate, certificate_id).ended_why
    return _raise_all(Cause("calibration.look-back-withdrawn", why), standard_id, certificate_id, at)


def follow_correction(standard_id: int, certificate_id: int, at: datetime) -> int:
    """Raise a look-back for each record that counts and rested on an entry with a slip, where it rests on other values.

    `certificate_id` is the corrected entry. Of a shorter validity that is what was used after its end. An entry before
    the last one is compared, too: what rests on it was told of what the correction before changed, not of this one.
    Return how many are new.
    """
    papers = {paper.certificate.id: paper for paper in certificates_of(standard_id)}
    now = papers[certificate_id]
    assert now.replaces is not None
    last = papers[now.replaces].certificate
    changed = differences(last, now.certificate)
    if not changed:
        return 0
    zone = db.session.scalars(select(Plant.zone)).one()
    why = say("equipment.corrected", words=now.reason, changed=shortly(changed))
    cause = Cause("calibration.look-back-corrected", why)

    def raised(before: CertificateView) -> int:
        def rests(use: Use) -> bool:
            on = plant_day(use.at, zone)
            return reaches(last, now.certificate, on) and reaches(before, now.certificate, on)

        return _raise(cause, standard_id, before, (before.id,), at, rests)

    return sum(raised(papers[id_].certificate) for id_ in entries_of(list(papers.values()), certificate_id))


def follow_hold(standard_id: int, why: str, at: datetime) -> int:
    """Raise a look-back for each record that counts and rested on a standard that is found to measure wrong.

    Those under its newest certificate that stands are meant: when it was issued, the laboratory found it well. Return
    how many are new.
    """
    standing = [paper.certificate for paper in certificates_of(standard_id) if paper.stands]
    if not standing:
        return 0
    return _raise_all(Cause("calibration.look-back-held", why.strip()), standard_id, standing[0].id, at)


@dataclass(frozen=True)
class Cause:
    """Why work is looked back on: the key of the words of its task, and the reason in them."""

    key: str
    why: str | Said


def _raise_all(cause: Cause, standard_id: int, certificate_id: int, at: datetime) -> int:
    """Raise a look-back for what rested on any entry of a certificate."""
    papers = certificates_of(standard_id)
    paper = next(paper for paper in papers if paper.certificate.id == certificate_id)
    return _raise(cause, standard_id, paper.certificate, entries_of(papers, certificate_id), at)


def _raise(
    cause: Cause,
    standard_id: int,
    paper: CertificateView,
    entries: tuple[int, ...],
    at: datetime,
    rests: Callable[[Use], bool] = lambda _use: True,
) -> int:
    alone(f"doubt:{standard_id}")
    code = db.session.get_one(Equipment, standard_id).code
    there = _open(code, paper.number)
    new = [use for use in _every(Wanted(standard_id, entries)) if use.number not in there and rests(use)]
    db.session.add_all(_task(use, (cause.key, code, paper.number, cause.why), at) for use in new)
    db.session.flush()
    return len(new)


def _every(wanted: Wanted) -> Iterator[Use]:
    """Yield all that rested on it, however much that is."""
    page = used(wanted, size=MOST)
    yield from page.lines
    while page.onward:
        page = used(replace(wanted, at=page.onward), size=MOST)
        yield from page.lines


def _open(standard: str, certificate: str) -> set[str]:
    """Return the numbers of the records that are being looked back on for a certificate of a standard."""
    rows = db.session.execute(
        select(Record.number, Task.words)
        .join(Record, Record.id == Task.record_id)
        .where(Task.kind == OF_CERTIFICATE, Task.done_at.is_(None))
    )
    wanted = standard, certificate
    return {number for number, words in rows if certificate_asked(words) == wanted}


def subject(task: Task) -> tuple[str, tuple[str, str] | None]:
    """Return what a look-back asks for: its kind, and the certificate. Versions of a record may ask the same."""
    return task.kind, certificate_asked(task.words)


def certificate_asked(words: str) -> tuple[str, str] | None:
    """Return (standard, certificate) that a task asks to look back for; None for one of another kind."""
    said = read(words) or {}
    return (str(said["standard"]), str(said["certificate"])) if {"standard", "certificate"} <= said.keys() else None


def _task(use: Use, asked: tuple[str, str, str, str | Said], at: datetime) -> Task:
    """Return a look-back for what is asked: (key of its words, standard, certificate, why)."""
    key, standard, certificate, why = asked
    gauge = f"{use.code} {use.name}".strip()
    words = say(key, number=use.number, gauge=gauge, certificate=certificate, standard=standard, why=why)
    return Task(
        kind=OF_CERTIFICATE,
        words=as_text(words),
        record_id=use.record_id,
        equipment_id=use.gauge_id,
        for_permission="calibration:look-back",
        raised_at=at,
    )
