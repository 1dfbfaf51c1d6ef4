"""What an amendment changed, beside what stood there before: who, when and why, as its pages show it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from techfloor.duties.calibration import changes
from techfloor.duties.calibration.queries.bench import Bench
from techfloor.duties.calibration.rules.results import AS_FOUND, AS_LEFT
from techfloor.duties.calibration.views.shown import run_words, verdict_words
from techfloor.duties.calibration.views.signing import shown_content
from techfloor.records.signing import signatures_of
from techfloor.records.version_pages import Changed, ChangedLine
from techfloor.records.versions import MEANINGS
from techfloor.said import begun, in_words
from techfloor.web.show import to_the_second


def changed(bench: Bench) -> Changed | None:
    """Return what an amendment changed, as it was signed, before that as it stands now; None for what is none."""
    if bench.amends is None:
        return None
    amends, at = bench.amends, _signed_at(bench)
    what = {"version": amends.version, "reason": amends.reason}
    if amends.in_error:
        title = _("Version %(version)s was entered in error: %(reason)s", **what)
        said = _("Declared by %(name)s, %(moment)s") if at else _("To be signed by %(name)s")
        return Changed(title, _by(said, bench, at), tuple(_withdrawn(bench, at)), "")
    title = _("Amendment of version %(version)s: %(reason)s", **what)
    said = _("Corrected by %(name)s, %(moment)s") if at else _("To be signed by %(name)s")
    lines = tuple(_line(bench, change, at) for change in _changes(bench))
    nothing = _("Nothing was changed.") if at else _("Nothing is changed yet.")
    return Changed(title, _by(said, bench, at), lines, nothing)


def unchanged(bench: Bench) -> bool:
    """Tell whether an amendment under way changes nothing so far, and cannot be signed."""
    return bench.amends is not None and not bench.entered_in_error and not _changes(bench)


def _by(said: str, bench: Bench, at: datetime | None) -> str:
    return said % {"name": bench.holder, "moment": to_the_second(at) if at else ""}


def _signed_at(bench: Bench) -> datetime | None:
    """Return when it was signed, None before that."""
    if bench.record.content_sha256 is None:
        return None
    return next((s.signed_at for s in signatures_of(bench.record.id) if s.meaning in MEANINGS.values()), None)


def _changes(bench: Bench) -> list[changes.Change]:
    """Return what the content says was changed; one of an older schema does not say it."""
    content = shown_content(bench)
    said: list[changes.Change] | None = content["amendment"].get("changes")
    return changes.of_amendment(bench, content) if said is None else said


def _line(bench: Bench, change: Mapping[str, Any], at: datetime | None) -> ChangedLine:
    assert bench.amends is not None
    when = datetime.fromisoformat(change["at"]) if change["at"] else at
    return ChangedLine(
        what=begun(in_words(change["what"])),
        before=in_words(change["from"]),
        now=in_words(change["to"]),
        who=change["by"] or bench.holder,
        when=to_the_second(when) if when else "–",
        why=begun(in_words(change["reason"])) or bench.amends.reason,
    )


def _withdrawn(bench: Bench, at: datetime | None) -> list[ChangedLine]:
    """Return what the version that was entered in error had said."""
    former, amends = bench.former, bench.amends
    assert former is not None
    assert amends is not None
    when = to_the_second(at) if at else "–"
    said = [
        (run_words(run), verdict_words(verdict))
        for run, verdict in ((AS_FOUND, former.body.as_found), (AS_LEFT, former.body.as_left))
        if verdict
    ]
    said.append((_("Performed"), f"{to_the_second(former.record.performed_at)}, {former.performer}"))
    return [ChangedLine(what, was, _("counts no more"), bench.holder, when, amends.reason) for what, was in said]
