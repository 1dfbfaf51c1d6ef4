"""What stands on a certificate for everybody who holds it: the page that verifies it shows no more than this."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from techfloor.duties.calibration.report.words import Words, moment, title_words
from techfloor.said import in_words
from techfloor.web.show import day


def on_paper(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (name, value) of what a signed content says of its gauge, its verdicts and its days."""
    words = Words("en", ZoneInfo(content["plant"]["zone"]), _)
    verdicts = [f"{words.verdict(run['verdict'] or 'incomplete')} {words.run(run['run'])}" for run in content["runs"]]
    facts = [
        (_("Document"), title_words(content["title"])),
        (_("Gauge"), f"{content['gauge']['code']} {content['gauge']['name']}"),
        (_("Serial"), content["gauge"]["serial"]),
        (_("Verdict"), "; ".join(text[:1].upper() + text[1:] for text in verdicts) or _withdrawn(content)),
        (_("Performed"), _performed_words(content)),
        (_("Amendment"), _amendment(content)),
        (_("Next calibration"), in_words(content["interval"] or "")),
    ]
    return [fact for fact in facts if fact[1]]


def _withdrawn(content: Mapping[str, Any]) -> str:
    return str(_("Entered in error: no result of it counts.")) if content.get("amendment") else ""


def _performed_words(content: Mapping[str, Any]) -> str:
    """Return the day, and who performed it; what a laboratory performed was only read by somebody of the plant."""
    performed, name = day(_performed(content)), content.get("performed_by")
    return performed if content.get("outside") or not name else f"{performed}, {name}"


def _amendment(content: Mapping[str, Any]) -> str:
    """Return what its version does with the one before, by whom and why; an error is told, its reason stays here."""
    amendment, former = content.get("amendment"), content.get("supersedes")
    if not amendment or not former:
        return ""
    words = _("Replaces version %(version)s; %(name)s: %(reason)s")
    if amendment["kind"] == "entered in error":
        words = _("Withdraws version %(version)s as entered in error; %(name)s")
    name = amendment.get("signed_by") or amendment["by"]
    return str(words % {"version": former["version"], "name": name, "reason": amendment["reason"]})


def _performed(content: Mapping[str, Any]) -> date:
    return moment(content["performed_at"]).astimezone(ZoneInfo(content["plant"]["zone"])).date()
