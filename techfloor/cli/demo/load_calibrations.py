"""Loads the calibrations made in house: started, read point by point, adjusted, signed and reviewed as people did."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from techfloor.cli.demo import history
from techfloor.cli.demo.loading import Event, Loading, desk_proof, tablet_proof
from techfloor.duties.calibration.actions import signing as signing_acts
from techfloor.duties.calibration.actions import starting
from techfloor.duties.calibration.actions import work as actions
from techfloor.duties.calibration.actions.starting import StartEntry
from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries.bench import bench_of
from techfloor.duties.calibration.queries.records import PERFORMED
from techfloor.duties.calibration.rules.procedure import Mode
from techfloor.duties.calibration.rules.reading import GOES, ReadingEntry, typed_fields
from techfloor.duties.calibration.rules.results import AS_FOUND, AS_LEFT
from techfloor.places.queries import PlantFacts

POINT, ENTRY = "point", "entry"


@dataclass
class InHouse:
    """One calibration of the data on its way through the acts; its number and plan are known once it is started."""

    loading: Loading
    plant: PlantFacts
    made: history.Calibration
    number: str = ""
    places: dict[tuple[str, str], int] = field(default_factory=dict)

    def events(self) -> Iterator[Event]:
        """Give its acts, in their order."""
        made = self.made
        yield self._event("calibration:record:start", made.started_at, self._start)
        yield from self._readings(made.as_found, AS_FOUND)
        if made.as_left is not None and made.adjusted_at is not None:
            yield self._event("calibration:record:adjust", made.adjusted_at, self._adjust)
            yield from self._readings(made.as_left, AS_LEFT)
        yield self._event("calibration:record:sign", made.signed_at, self._sign)
        if made.reviewed_at is not None and made.reviewed_by is not None:
            reviewer = self.loading.people[made.reviewed_by]
            yield Event(made.reviewed_at, "calibration:record:review", reviewer, self._review)

    def _event(self, action: str, at: datetime, do: Callable[[datetime], object]) -> Event:
        """Give an act of the performer, on the tablet they hold."""
        made, loading = self.made, self.loading
        return Event(at, action, loading.people[made.performed_by], do, loading.devices[made.tablet])

    def _readings(self, run: history.Run, name: str) -> Iterator[Event]:
        for reading in run.readings:
            yield self._reading(name, (POINT, reading.point), reading.repeat, reading.at, self._typed(reading))
        for extra in run.extra:
            typed = {"indication": Decimal(extra.value)}
            yield self._reading(name, (ENTRY, extra.entry), extra.repeat, extra.at, typed)

    def _reading(self, run: str, place: tuple[str, str], repeat: int, at: datetime, typed: dict[str, Any]) -> Event:
        def log(moment: datetime) -> None:
            entry = ReadingEntry(run=run, point=self.places[place], repeat=repeat, **typed)
            actions.log_reading(self.number, entry, actor=self._performer, at=moment)

        return self._event("calibration:reading:log", at, log)

    def _typed(self, reading: history.Reading) -> dict[str, Any]:
        mode = Mode(self.loading.plant.procedure(self.made.procedure).mode)
        if mode is Mode.attribute:
            return {"goes": reading.indication == GOES}
        return {name: Decimal(getattr(reading, name)) for name in typed_fields(mode)}

    @property
    def _performer(self) -> int:
        return self.loading.people[self.made.performed_by]

    def _start(self, at: datetime) -> None:
        made = self.made
        entry = StartEntry(
            made.gauge,
            tuple(standard.code for standard in made.standards),
            {each.quantity: Decimal(each.value) for each in made.ambient},
            made.condition,
            soaked=made.soak_minutes >= self.loading.plant.procedure(made.procedure).soak_minutes,
        )
        self.number = starting.start(entry, self.plant, actor=self._performer, at=at)
        plan = bench_of(self.number).plan
        self.places.update({(point.role, point.label): point.n for point in plan})

    def _adjust(self, at: datetime) -> None:
        actions.decide_adjustment(self.number, True, self.made.adjustment, actor=self._performer, at=at)

    def _sign(self, at: datetime) -> None:
        shown = signing_acts.preview(bench_of(self.number), self.plant)
        proof = tablet_proof(self.loading, self.made.performed_by, self.made.tablet, at)
        signing_acts.sign_performed(self.number, proof, self.plant, shown_sha256=shown.sha256)

    def _review(self, at: datetime) -> None:
        """Review it where the plant's profile asks for that; what passed without exception was closed when signed."""
        record = queries.record_row(self.number)
        if record.state != PERFORMED or record.content_sha256 is None:
            return
        assert self.made.reviewed_by is not None
        proof, shown = desk_proof(self.loading, self.made.reviewed_by, at), record.content_sha256
        signing_acts.review(self.number, proof, self.plant, accepted=True, remark="", shown_sha256=shown)
