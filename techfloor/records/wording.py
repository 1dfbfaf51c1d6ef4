"""Where a record stands, as people read it: the look and the words of each state, the same on every page."""

from flask_babel import lazy_gettext as _l

from techfloor.records.lifecycle import State

STATE_LOOKS = {
    State.IN_PROGRESS: "waiting",
    State.PERFORMED: "caution",
    State.CLOSED: "pass",
    State.REJECTED: "fail",
    State.DISCONTINUED: "info",
}

_WORDS = {
    State.IN_PROGRESS: _l("In progress"),
    State.PERFORMED: _l("Waiting for review"),
    State.CLOSED: _l("Closed"),
    State.REJECTED: _l("Rejected"),
    State.DISCONTINUED: _l("Discontinued"),
}


def state_look(state: str) -> str:
    """Return the look of a state, as the part `verdict` names it."""
    return STATE_LOOKS[State(state)]


def state_words(state: str) -> str:
    """Return a state in the reader's language."""
    return str(_WORDS[State(state)])
