"""The life of a record: the states it goes through, the same for every duty, and the moves between them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from techfloor.refusals import Refusal


class State(StrEnum):
    """Where a record stands; the words are those that are kept."""

    IN_PROGRESS = "in progress"
    PERFORMED = "performed"
    CLOSED = "closed"
    REJECTED = "rejected"
    DISCONTINUED = "discontinued"


SIGNED = (State.PERFORMED, State.CLOSED)
"""The states of a record that says something: signed as performed, and not rejected."""
ENDED = (State.REJECTED, State.DISCONTINUED)
"""The states in which a record says nothing any more."""


MOVES: Mapping[State, frozenset[State]] = {
    State.IN_PROGRESS: frozenset({State.PERFORMED, State.CLOSED, State.DISCONTINUED}),
    State.PERFORMED: frozenset({State.CLOSED, State.REJECTED}),
    State.CLOSED: frozenset(),
    State.REJECTED: frozenset(),
    State.DISCONTINUED: frozenset(),
}
"""From performed a review leads on; a record that needs none is closed with the signature of its performer."""


class Living(Protocol):
    """What has a number and a state: the header of a record."""

    number: str
    state: str


def move(record: Living, to: State) -> None:
    """Bring a record into a state; raises Refusal where no move leads there from where it stands."""
    if to not in MOVES[State(record.state)]:
        raise Refusal(
            "%(number)s is %(state)s and cannot become %(wanted)s. Open it to see what happened.",
            number=record.number,
            state=record.state,
            wanted=to.value,
        )
    record.state = to.value
