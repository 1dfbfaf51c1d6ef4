"""What a page that signs a calibration shows of it."""

import json
from typing import Any

from techfloor.duties.calibration.bench import Bench
from techfloor.duties.calibration.content import content_shown
from techfloor.places.here import plant
from techfloor.records.signing import stored_content


def shown_content(bench: Bench) -> dict[str, Any]:
    """Return what a page shows of a record: the stored content once it is signed, before that what would be signed."""
    if bench.record.content_sha256 is None:
        return content_shown(bench, plant())
    stored: dict[str, Any] = json.loads(stored_content(bench.record.id))
    return stored
