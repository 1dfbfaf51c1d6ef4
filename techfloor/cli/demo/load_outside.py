"""Loads the calibrations by outside laboratories: sent out, back with a certificate, read, signed and reviewed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from techfloor.cli.demo import history
from techfloor.cli.demo.loading import Event, Loading, desk_proof
from techfloor.cli.demo.plant.paper import certificate_pdf
from techfloor.cli.demo.shapes import Gauge
from techfloor.duties.calibration.actions import outside
from techfloor.duties.calibration.actions import signing as signing_acts
from techfloor.duties.calibration.actions.outside import SendOutEntry
from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries.bench import bench_of
from techfloor.duties.calibration.queries.records import PERFORMED
from techfloor.duties.calibration.rules.outside import CertificateEntry, CheckAnswer, LabResult
from techfloor.places.queries import PlantFacts
from techfloor.records import attachments
from techfloor.records.attachments import KeptFile

_SENT = time(9, 20)
_CHECKED_BEFORE_SIGNING = timedelta(minutes=4)
_SECOND_LOOK = timedelta(minutes=25)


def sent_out(loading: Loading, plant: PlantFacts, gauge: Gauge) -> Iterator[Event]:
    """Give the sending of a gauge that is still at its laboratory."""
    sent, expected = gauge.sent, gauge.expected
    if sent is None or expected is None:
        return
    quality, at = loading.people["Q"], loading.at(sent, _SENT)

    def send(moment: datetime) -> None:
        outside.send_out(gauge.code, SendOutEntry(sent, expected), plant, actor=quality, at=moment)

    yield Event(at, "calibration:gauge:send-out", quality, send)


@dataclass
class Outside:
    """One certificate of the data on its way through the acts; its number is known once it is entered."""

    loading: Loading
    plant: PlantFacts
    made: history.OutsideCertificate
    number: str = ""

    def events(self) -> Iterator[Event]:
        """Give its acts, in their order; who reads the certificate signs it, another one of quality reviews it."""
        made = self.made
        checked = made.reviewed_at - _CHECKED_BEFORE_SIGNING
        yield self._event(made.sent_at, "calibration:gauge:send-out", made.sent_by, self._send)
        yield self._event(made.back_at, "calibration:certificate:enter", made.reviewed_by, self._enter)
        yield self._event(checked, "calibration:certificate:check", made.reviewed_by, self._check)
        yield self._event(made.reviewed_at, "calibration:record:sign", made.reviewed_by, self._sign)
        yield self._event(made.reviewed_at + _SECOND_LOOK, "calibration:record:review", self._other, self._review)

    def _event(self, at: datetime, action: str, key: str, do: Callable[[datetime], object]) -> Event:
        return Event(at, action, self.loading.people[key], do)

    @property
    def _other(self) -> str:
        return "quentin" if self.made.reviewed_by == "Q" else "Q"

    @property
    def _reader(self) -> int:
        return self.loading.people[self.made.reviewed_by]

    def _send(self, at: datetime) -> None:
        made = self.made
        entry = SendOutEntry(self._day(made.sent_at), self._day(made.back_at), made.laboratory)
        outside.send_out(made.gauge, entry, self.plant, actor=self.loading.people[made.sent_by], at=at)

    def _enter(self, at: datetime) -> None:
        made, results = self.made, self.made.results
        entry = CertificateEntry(
            laboratory=made.laboratory,
            certificate=made.number,
            performed=made.performed,
            sent=self._day(made.sent_at),
            back=self._day(made.back_at),
            as_found=made.as_found,
            as_left=made.as_left,
            rule=made.conformity_rule,
            method=made.method,
            environment=made.environment,
            cost=made.cost,
            results=tuple(_result(result) for result in results),
        )
        self.number = outside.enter(made.gauge, entry, self._file(), self.plant, actor=self._reader, at=at)

    def _file(self) -> KeptFile:
        """Keep the laboratory's paper, printed with the day that the plant has moved to."""
        made, plant = self.made, self.loading.plant
        found = attachments.look_at(Path(made.file).name, certificate_pdf(made, plant.gauge(made.gauge)))
        sha256 = self.loading.blobs.put(found.data)
        return KeptFile(found.name, found.media_type, len(found.data), sha256)

    def _check(self, _at: datetime) -> None:
        checks = bench_of(self.number).procedure.checks
        given = zip(checks, self.made.review_checks, strict=True)
        answers = [CheckAnswer(check, said.rpartition(": ")[2]) for check, said in given]
        outside.answer_checks(self.number, answers, actor=self._reader)

    def _sign(self, at: datetime) -> None:
        shown = signing_acts.preview(bench_of(self.number), self.plant)
        proof = desk_proof(self.loading, self.made.reviewed_by, at)
        outside.sign_performed(self.number, proof, self.plant, shown_sha256=shown.sha256)

    def _review(self, at: datetime) -> None:
        """Review it where the plant's profile asks for that."""
        record = queries.record_row(self.number)
        if record.state != PERFORMED or record.content_sha256 is None:
            return
        proof, shown = desk_proof(self.loading, self._other, at), record.content_sha256
        signing_acts.review(self.number, proof, self.plant, accepted=True, remark="", shown_sha256=shown)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.loading.plant.zone).date()


def _result(result: history.OutsideResult) -> LabResult:
    return LabResult(
        result.function,
        Decimal(result.reference),
        Decimal(result.indication),
        u=Decimal(result.u),
        k=Decimal(result.k),
    )
