"""Loads the certificates of the standards and the lots of reference materials, on the days they came."""

from collections.abc import Iterator
from datetime import date, datetime, time

from sqlalchemy import select

from techfloor.cli.demo.load_equipment import certificate_entry
from techfloor.cli.demo.loading import Event, Loading
from techfloor.cli.demo.shapes import Standard, StandardCertificate
from techfloor.equipment import actions, models
from techfloor.store import db

# A paper that came is entered, and a bottle opened, before the early shift measures with it.
_ENTERED, _OPENED = time(6, 5), time(6, 10)


def paper_events(loading: Loading) -> Iterator[Event]:
    """Give the coming of each certificate of a standard, and the opening of each bottle of a lot."""
    for standard in loading.plant.standards:
        for certificate in standard.certificates:
            yield _certificate(loading, standard, certificate)
            for opened in certificate.opened[1:]:
                yield _bottle(loading, standard.code, certificate.number, opened)


def _certificate(loading: Loading, standard: Standard, certificate: StandardCertificate) -> Event:
    quality, standard_id = loading.people["Q"], loading.equipment[standard.code]
    entry = certificate_entry(standard, certificate)

    def add(at: datetime) -> None:
        actions.add_certificate(standard_id, entry, actor=quality, at=at)

    return Event(loading.at(certificate.issued, _ENTERED), "equipment:certificate:add", quality, add)


def _bottle(loading: Loading, code: str, number: str, opened: date) -> Event:
    quality, standard_id = loading.people["Q"], loading.equipment[code]
    lot = select(models.StandardCertificate.id).where(
        models.StandardCertificate.standard_id == standard_id, models.StandardCertificate.number == number
    )

    def open_it(at: datetime) -> None:
        actions.open_lot(db.session.scalars(lot).one(), opened, actor=quality, at=at)

    return Event(loading.at(opened, _OPENED), "equipment:lot:open", quality, open_it)
