"""What can be brought in: what every plant is made of here, and what the duties add."""

from flask import current_app

from techfloor.imports.certificates import CERTIFICATES
from techfloor.imports.gauges import GAUGES
from techfloor.imports.persons import PEOPLE
from techfloor.imports.standards import STANDARDS
from techfloor.refusals import NotFound
from techfloor.web.importing import Importer
from techfloor.web.visitor import visitor

BUILT_IN = (GAUGES, STANDARDS, CERTIFICATES, PEOPLE)


def offered() -> list[Importer]:
    """Return what the visitor may bring in."""
    known: tuple[Importer, ...] = current_app.extensions["techfloor"].importers
    return [each for each in known if visitor().may(each.permission)]


def importer_of(key: str) -> Importer:
    """Return what is brought in under a key; raises NotFound, also for what the visitor may not."""
    found = next((each for each in offered() if each.key == key), None)
    if found is None:
        raise NotFound("This cannot be brought in. Choose from the list.")
    return found
