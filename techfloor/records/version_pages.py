"""What the pages of a record say of its versions: which one stands, what replaced it, what was changed and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice

from techfloor.records import versions
from techfloor.records.lifecycle import SIGNED, State
from techfloor.records.models import Record
from techfloor.records.signing import signatures_of
from techfloor.records.versions import Amendment, Amends, Version
from techfloor.records.wording import state_look, state_words
from techfloor.web.forms import EntryForm
from techfloor.web.show import day, moment, plant_zone


@dataclass(frozen=True)
class Notice:
    """What the page of a version says first of all: its look, a title, and words."""

    kind: str
    title: str
    words: str


def version_notice(
    record: Record, amends: Amends | None, every: Sequence[Version], holder: str | None = None
) -> Notice | None:
    """Say that a version was replaced, is being amended, or did not take the place of the one before.

    `holder` has an amendment under way in hand; without one it is who began it.
    """
    found = versions.next_in(every, record.id)
    title = _("Version %(version)s.", version=record.version)
    if found is None:
        return _ended(record, amends, title) or _refused(record, every)
    if found.state == State.IN_PROGRESS:
        words = _(
            "An amendment is under way by %(name)s, because: %(reason)s", name=holder or found.by, reason=found.reason
        )
        return Notice("caution", "", words)
    return _replaced(found, title)


def _replaced(by: Version, title: str) -> Notice:
    what = {"version": by.version, "day": day(by.since.astimezone(plant_zone()).date()), "why": by.reason}
    if by.in_error:
        words = _("Entered in error, says version %(version)s of %(day)s, because: %(why)s", **what)
    else:
        words = _("Replaced by version %(version)s on %(day)s, because: %(why)s", **what)
    if by.waits:
        waits = _(
            "The review of version %(n)s is still waiting; if it refuses that, this one counts again.", n=by.version
        )
        words = f"{words.rstrip('.')}. {waits}"
    return Notice("fail" if by.in_error else "caution" if by.waits else "info", title, words)


def _ended(record: Record, amends: Amends | None, title: str) -> Notice | None:
    if amends is None or record.state == State.CLOSED:
        return None
    if record.state == State.PERFORMED:
        words = _(
            "It counts since it was signed. Its review is still waiting; if it is refused, version %(n)s counts again.",
            n=amends.version,
        )
        return Notice("caution", title, words)
    if record.state == State.REJECTED:
        return Notice("fail", title, _("This amendment was rejected. Version %(n)s stands.", n=amends.version))
    if record.state == State.IN_PROGRESS:
        return Notice("caution", title, _("Not signed yet. Version %(n)s stands.", n=amends.version))
    return Notice("info", title, _("This amendment was given up. Version %(n)s stands.", n=amends.version))


def _refused(record: Record, every: Sequence[Version]) -> Notice | None:
    """Say that the newest amendment of a version was rejected in its review, by whom and why."""
    newest = every[-1]
    if newest.supersedes_id != record.id or newest.state != State.REJECTED:
        return None
    no = next((s for s in signatures_of(newest.id) if s.meaning == "rejected"), None)
    if no is None:
        return None
    words = _(
        "Version %(n)s, an amendment, was rejected by %(name)s on %(day)s: %(why)s. This version stands as before.",
        n=newest.version,
        name=no.printed_name,
        day=day(no.signed_at.astimezone(plant_zone()).date()),
        why=no.remark.rstrip("."),
    )
    return Notice("info", "", words)


@dataclass(frozen=True)
class VersionLine:
    """One line of the versions of a record; `url` is empty for the one that is shown."""

    title: str
    url: str
    look: str
    state: str
    words: str


def version_lines(record: Record, every: Sequence[Version], url: Callable[[int], str]) -> list[VersionLine]:
    """Return the versions of a record, the newest first; none for a record that was never amended.

    `url` gives the page of a version by its number.
    """
    if len(every) < 2:
        return []
    return [_line(record, version, every, url) for version in reversed(every)]


def version_state(record_id: int, state: str, every: Sequence[Version]) -> tuple[str, str]:
    """Return (look, words) of where a version stands: whatever its state was, one that was replaced is just that."""
    if any(v.supersedes_id == record_id and v.state in SIGNED for v in every):
        return "info", _("Replaced")
    return state_look(state), state_words(state)


def _line(record: Record, version: Version, every: Sequence[Version], url: Callable[[int], str]) -> VersionLine:
    look, state = version_state(version.id, version.state, every)
    opened = _("begun %(moment)s by %(name)s", moment=moment(version.opened_at), name=version.by)
    return VersionLine(
        title=_("Version %(version)s", version=version.version),
        url="" if version.id == record.id else url(version.version),
        look=look,
        state=state,
        words=f"{version.reason} · {opened}" if version.reason else opened,
    )


@dataclass(frozen=True)
class ChangedLine:
    """One value that is otherwise than in the version before."""

    what: str
    before: str
    """Empty for what was not stated; so is `now`."""
    now: str
    who: str
    when: str
    why: str


@dataclass(frozen=True)
class Changed:
    """What an amendment says of the version before: a title with the reason, who signed it when, and each value."""

    title: str
    signed: str
    lines: tuple[ChangedLine, ...]
    nothing: str
    """What stands there instead of lines."""


class AmendForm(EntryForm):
    """What is wrong with a signed record, and what is to be done."""

    kind = RadioField(
        _l("What is to be done?"),
        choices=[
            SelectChoice(Amendment.CORRECTION.value, _l("Correct it")),
            SelectChoice(Amendment.ENTERED_IN_ERROR.value, _l("It was entered in error")),
        ],
        validate_choice=False,
    )
    reason = TextAreaField(_l("What is wrong with it?"))
