"""What the loaders of the demo plant share: the data, the ids that its things got, and acts at their moments."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time

from techfloor import clock, store
from techfloor.cli.demo import cast
from techfloor.cli.demo.reading import Plant
from techfloor.people.proof import Proof, by_password, by_pin
from techfloor.store.blobs import Blobs

FIRST_DAY = "2023-10-02"
"""The day on which the demo plant began to keep its records here."""


def silent(_done: int, _total: int) -> None:
    """Say nothing of how far it is."""


@dataclass(frozen=True)
class Loading:
    """A demo plant being loaded; the dictionaries give the ids that things got, by their key or code in the data."""

    plant: Plant
    began: datetime
    blobs: Blobs
    people: dict[str, int] = field(default_factory=dict)
    areas: dict[str, int] = field(default_factory=dict)
    stations: dict[str, int] = field(default_factory=dict)
    devices: dict[str, int] = field(default_factory=dict)
    procedures: dict[str, int] = field(default_factory=dict)
    equipment: dict[str, int] = field(default_factory=dict)
    tell: Callable[[int, int], None] = silent

    @property
    def zone(self) -> str:
        """The name of the plant's zone."""
        return self.plant.zone.key

    def at(self, day: date, hour: time) -> datetime:
        """Return a time of a day at the plant, or the moment loading began where that was before."""
        return max(datetime.combine(day, hour, self.plant.zone), self.began)


@contextmanager
def deed(at: datetime, action: str, *, actor: int | None, zone: str, device: int | None = None) -> Iterator[None]:
    """Run the block as one act at `at`, with the clock set to it."""
    with clock.set_to(at), store.act(action, actor=actor, device=device, zone=zone):
        yield


@dataclass(frozen=True)
class Event:
    """One act to come: when, its name in the trail, who does it on which device, and what is done at that moment."""

    at: datetime
    action: str
    actor: int
    do: Callable[[datetime], object]
    device: int | None = None


def play(loading: Loading, events: Iterable[Event]) -> None:
    """Do events in the order of their moments; of one moment, in the order they are given. Tells how far it is."""
    ordered = sorted(events, key=lambda each: each.at)
    for done, each in enumerate(ordered, start=1):
        with deed(each.at, each.action, actor=each.actor, zone=loading.zone, device=each.device):
            each.do(each.at)
        loading.tell(done, len(ordered))


def desk_proof(loading: Loading, key: str, at: datetime) -> Proof:
    """Return the proof of somebody's first signature at a desk."""
    return Proof(loading.people[key], cast.person(key).name, by_password(named=True), at, loading.zone)


def tablet_proof(loading: Loading, key: str, tablet: str, at: datetime) -> Proof:
    """Return the proof of somebody's signature on a shared tablet."""
    who, method = cast.person(key), by_pin(tablet)
    return Proof(loading.people[key], who.name, method, at, loading.zone, loading.devices[tablet])
