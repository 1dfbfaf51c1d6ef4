"""Who may review: the plant profile says whether the review needs a second person."""

from collections.abc import Iterable

from techfloor.places.queries import PlantFacts

REVIEWER = "signatures.reviewer"
SECOND_PERSON = "second person"


def two_persons(plant: PlantFacts) -> bool:
    """Tell whether who had a hand in a record may not review it."""
    return plant.profile.text(REVIEWER) == SECOND_PERSON


def barred(plant: PlantFacts, hands: Iterable[int]) -> frozenset[int]:
    """Return who may not review a record in which these persons had a hand."""
    return frozenset(hands) if two_persons(plant) else frozenset()
