"""What the duties offer on a piece of equipment, beside what is due on it; their manifests give it."""

from collections.abc import Callable, Iterable

from techfloor.equipment.wording import Sign
from techfloor.web.duty import Offer
from techfloor.web.visitor import Visitor

offering: list[Callable[[str, str, Visitor], list[Offer]]] = []
"""What each duty offers on the piece of equipment of a code and a kind, in the order of the duties."""


def cautioned(signs: list[Sign], offers: Iterable[Offer]) -> list[Sign]:
    """Let nothing shine green that a duty speaks against."""
    against = [Sign("caution", offer.caution) for offer in offers if offer.caution]
    return [*(sign for sign in signs if sign.look != "pass"), *against] if against else signs


def offers_on(code: str, kind: str, visitor: Visitor) -> list[Offer]:
    """Return what a person can do on a piece of equipment."""
    return [offer for offer_of in offering for offer in offer_of(code, kind, visitor)]
