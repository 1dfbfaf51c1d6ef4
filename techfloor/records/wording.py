"""Where a record stands and who signed it, as people read it: the same words on every page and on paper."""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask_babel import format_datetime, gettext
from flask_babel import lazy_gettext as _l

from techfloor.records.lifecycle import State
from techfloor.records.signing import SignatureFacts
from techfloor.records.versions import Amendment
from techfloor.said import in_words, sentences

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


sentences |= {f"record.{state}": words for state, words in _WORDS.items()}


def state_look(state: str) -> str:
    """Return the look of a state, as the part `verdict` names it."""
    return STATE_LOOKS[State(state)]


def state_words(state: str) -> str:
    """Return a state in the reader's language."""
    return str(_WORDS[State(state)])


def standing(state: str, amendment: str | None) -> tuple[str, str]:
    """Return look and words of a record in a list: what says that it was entered in error has done nothing else."""
    if amendment == Amendment.ENTERED_IN_ERROR:
        return "info", gettext("Entered in error")
    return state_look(state), state_words(state)


def meaning_words(meaning: str, _: Callable[[str], str] = gettext) -> str:
    """Return what a signature means, in the language of the translator."""
    return {
        "performed": _("Performed"),
        "transcribed": _("Transcribed from paper"),
        "checked": _("Checked"),
        "reviewed": _("Reviewed"),
        "approved": _("Approved"),
        "released": _("Released"),
        "rejected": _("Rejected"),
        "overridden": _("Overridden"),
        "corrected": _("Corrected"),
        "declared in error": _("Declared entered in error"),
    }[meaning]


@dataclass(frozen=True)
class SignatureBox:
    """A signature as the part `signature` shows it; `signed_at` empty draws an open place."""

    meaning: str
    printed_name: str
    signed_at: str
    method: str


def signature_box(signature: SignatureFacts) -> SignatureBox:
    """Return a signature in words, its moment on the clock that the signer read."""
    local = signature.signed_at.astimezone(ZoneInfo(signature.zone))
    return SignatureBox(
        meaning_words(signature.meaning),
        signature.printed_name,
        f"{format_datetime(local, 'd MMM y HH:mm:ss', rebase=False)} ({local:%Z})",
        in_words(signature.method),
    )
