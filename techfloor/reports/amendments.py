"""The box under the title of an amended paper: what it replaces, why, by whom, and what was changed.

ISO/IEC 17025:2017 asks in 7.8.8 that a changed report is identified, with what it replaces, the change and its reason.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from techfloor.records.signing import SignatureFacts
from techfloor.records.versions import MEANINGS
from techfloor.reports.sheets import AmendmentBox, ChangedValue
from techfloor.reports.words import PaperWords, moment, sentence, with_minus
from techfloor.said import in_words


def box(content: Mapping[str, Any], signatures: Sequence[SignatureFacts], words: PaperWords) -> AmendmentBox | None:
    """Return the box of an amendment; None for a first version."""
    amendment, former = content.get("amendment"), content.get("supersedes")
    if former and content.get("changes"):
        return _again(content, former, words)
    if not amendment or not former:
        return None
    _ = words.translate
    title = _("Amended: version %(version)s replaces version %(former)s of %(day)s")
    if in_error(content):
        title = _("Entered in error: version %(version)s withdraws version %(former)s of %(day)s")
    day = words.day(moment(former["performed_at"]), long=True)
    signers = {s.printed_name for s in signatures if s.meaning in MEANINGS.values()}
    reason = sentence(_("Reason: %(reason)s") % {"reason": amendment["reason"]})
    return AmendmentBox(
        title=title % {"version": content["version"], "former": former["version"], "day": day},
        text=" ".join(part for part in (reason, _signed(content, signatures, words)) if part),
        changed=tuple(_changed(each, signers, _("not stated")) for each in amendment.get("changes") or []),
    )


def _again(content: Mapping[str, Any], former: Mapping[str, Any], words: PaperWords) -> AmendmentBox:
    """Return the box of what was signed again because something of it was changed since, each with its reason."""
    _ = words.translate
    title = _("Signed again: version %(version)s replaces version %(former)s of %(day)s") % {
        "version": content["version"],
        "former": former["version"],
        "day": words.day(moment(former["performed_at"]), long=True),
    }
    changed = tuple(_changed(each, set(), _("not stated")) for each in content["changes"])
    return AmendmentBox(title, _("What was changed since:"), changed)


def in_error(content: Mapping[str, Any]) -> bool:
    """Tell whether a content only says that the version before was entered in error."""
    amendment: Mapping[str, Any] = content.get("amendment") or {}
    return amendment.get("kind") == "entered in error"


def _signed(content: Mapping[str, Any], signatures: Sequence[SignatureFacts], words: PaperWords) -> str:
    """Say who amended it and when, as the signature under it says."""
    _ = words.translate
    said = _("Declared by %(name)s, %(time)s.") if in_error(content) else _("Corrected by %(name)s, %(time)s.")
    found = [s for s in signatures if s.meaning in MEANINGS.values()]
    return " ".join(
        said % {"name": s.printed_name, "time": words.to_the_second(s.signed_at, ZoneInfo(s.zone))} for s in found
    )


def _changed(change: Mapping[str, Any], signers: set[str], nothing: str) -> ChangedValue:
    """Return one change; who made it stands there where that is none of those who signed."""
    what, by = in_words(change["what"]), change["by"]
    why = [in_words(change["reason"]), by if by not in signers else ""]
    return ChangedValue(
        what[:1].upper() + what[1:],
        with_minus(in_words(change["from"])).removesuffix(".") or nothing,
        with_minus(in_words(change["to"])).removesuffix(".") or nothing,
        ", ".join(part for part in why if part),
    )
