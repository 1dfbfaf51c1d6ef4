"""What a page that signs a calibration shows of it, and the performer's signature itself."""

import json
from collections.abc import Callable
from typing import Any

from techfloor.duties.calibration.actions import signing as signing_acts
from techfloor.duties.calibration.content import content_shown
from techfloor.duties.calibration.queries.bench import Bench
from techfloor.people.proof import Proof
from techfloor.places.here import plant
from techfloor.records.signing import stored_content
from techfloor.records.signing_page import SignForm, asking, signed
from techfloor.web.pages import Page, see


def shown_content(bench: Bench) -> dict[str, Any]:
    """Return what a page shows of a record: the stored content once it is signed, before that what would be signed."""
    if bench.record.content_sha256 is None:
        return content_shown(bench, plant())
    stored: dict[str, Any] = json.loads(stored_content(bench.record.id))
    return stored


def ask_performer(bench: Bench) -> SignForm:
    """Ask for the signature under what would be signed now."""
    return asking(signing_acts.preview(bench, plant()).sha256)


def performer_signs(
    number: str,
    deed: Callable[[Proof, str], object],
    read: Callable[[str], Bench],
    page: Callable[[Bench, SignForm], str],
) -> Page:
    """Run `deed` with proof and shown hash, and go to the record; else show `page` again for what `read` finds."""
    form = signed(deed, lambda: signing_acts.preview(read(number), plant()).sha256)
    if form is None:
        return see(f"/calibration/{number}?signed=1")
    bench = read(number)
    if bench.record.content_sha256 is not None:
        return see(f"/calibration/{number}")
    return page(bench, form), 422
