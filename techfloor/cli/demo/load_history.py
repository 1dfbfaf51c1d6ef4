"""Loads what happened at the demo plant in three years, act by act, in the order in which it happened."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from techfloor.cli.demo.load_calibrations import InHouse
from techfloor.cli.demo.load_outside import Outside, sent_out
from techfloor.cli.demo.load_papers import paper_events
from techfloor.cli.demo.load_people import access_reviewed
from techfloor.cli.demo.load_work import work_events
from techfloor.cli.demo.loading import Event, Loading, play
from techfloor.cli.demo.shapes import Gauge
from techfloor.equipment import actions
from techfloor.equipment.statuses import Deed, Status
from techfloor.places.queries import PlantFacts, read_plant
from techfloor.store import db

_STORED = time(7, 30)


def load_papers(loading: Loading) -> None:
    """Enter the papers of the standards alone."""
    play(loading, [*paper_events(loading), access_reviewed(loading)])


def load_history(loading: Loading) -> None:
    """Do all that happened: papers that came, calibrations, checks, studies, gauges that were stored
    and sent out.
    """
    plant = read_plant(db.session())
    assert plant is not None
    play(loading, _events(loading, plant))


def _events(loading: Loading, plant: PlantFacts) -> Iterator[Event]:
    yield from paper_events(loading)
    yield access_reviewed(loading)
    for made in loading.plant.history:
        yield from InHouse(loading, plant, made).events()
    for certificate in loading.plant.outside:
        yield from Outside(loading, plant, certificate).events()
    for gauge in loading.plant.gauges:
        yield from sent_out(loading, plant, gauge)
        if gauge.status == Status.SPARE:
            yield _stored(loading, gauge)
    yield from work_events(loading, plant)


def _stored(loading: Loading, gauge: Gauge) -> Event:
    """Give the day on which a spare went into the crib: the one after its last calibration."""
    supervisor, gauge_id = loading.people["S"], loading.equipment[gauge.code]

    def store(at: datetime) -> None:
        actions.change_status(gauge_id, Deed.STORE, actor=supervisor, at=at)

    stored = loading.at(gauge.last_calibrated + timedelta(days=1), _STORED)
    return Event(stored, "equipment:status:change", supervisor, store)
