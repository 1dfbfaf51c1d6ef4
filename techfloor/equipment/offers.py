"""What the duties offer on a piece of equipment, beside what is due on it; their manifests give it."""

from collections.abc import Callable

from techfloor.web.duty import Offer
from techfloor.web.visitor import Visitor

offering: list[Callable[[str, str, Visitor], list[Offer]]] = []
"""What each duty offers on the piece of equipment of a code and a kind, in the order of the duties."""


def offers_on(code: str, kind: str, visitor: Visitor) -> list[Offer]:
    """Return what a person can do on a piece of equipment."""
    return [offer for offer_of in offering for offer in offer_of(code, kind, visitor)]
