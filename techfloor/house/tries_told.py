"""Wrong PINs and passwords, the locks they led to and who took them off, as the page of what happened tells them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select

from techfloor.people.locks import LIMIT, LOCKED_FOR, TRIES, Outcome
from techfloor.people.models import Device, SignInEvent
from techfloor.people.secrets import Kind
from techfloor.records.history import Change, Event, timeline_about
from techfloor.store import db
from techfloor.store.trail import ChangeRow
from techfloor.web.show import moment

TABLE = SignInEvent.__tablename__


@dataclass
class Run:
    """Wrong tries in one way, one after the other: on one tablet, or away from tablets."""

    kind: str
    place: str
    since: datetime
    until: datetime
    count: int = 1


def wrong_runs(person_id: int) -> list[Run]:
    """Return the wrong tries on a person's secrets, those between two right ones or a reset as one run.

    One statement by the index of a person's tries, and one for the names of devices.
    """
    tries = db.session.execute(
        select(SignInEvent.device_id, SignInEvent.kind, SignInEvent.outcome, SignInEvent.address, SignInEvent.at)
        .where(SignInEvent.person_id == person_id)
        .order_by(SignInEvent.id)
    ).all()
    tablets = {row.id: row.name for row in db.session.execute(select(Device.id, Device.name))}
    return list(_runs(tries, tablets))


def _runs(tries: Sequence[Any], tablets: Mapping[int, str]) -> Iterator[Run]:
    under_way: dict[tuple[int | None, str], Run] = {}
    for each in tries:
        way = (each.device_id, each.kind)
        if each.outcome == Outcome.CLEARED:
            under_way.clear()
        elif each.outcome == Outcome.RIGHT:
            under_way = {other: run for other, run in under_way.items() if other[0] != each.device_id}
        elif each.outcome == Outcome.WRONG and way in under_way:
            under_way[way].until, under_way[way].count = each.at, under_way[way].count + 1
        elif each.outcome == Outcome.WRONG:
            place = tablets.get(each.device_id, "") or each.address
            under_way[way] = Run(each.kind, place, each.at, each.at)
            yield under_way[way]


def run_line(run: Run) -> dict[str, str]:
    """Return a run of wrong tries as a line of the page."""
    words = (
        ngettext("%(num)d wrong PIN", "%(num)d wrong PINs", run.count)
        if run.kind == Kind.PIN
        else ngettext("%(num)d wrong password", "%(num)d wrong passwords", run.count)
    )
    said = [_("since %(moment)s", moment=moment(run.since))] if run.count > 1 else []
    if run.count >= LIMIT:
        said.append(_("locked until it was reset"))
    elif run.count >= TRIES:
        said.append(_("locked for %(minutes)s minutes", minutes=int(LOCKED_FOR.total_seconds()) // 60))
    who = run.place or _("Away from tablets")
    return {"at": moment(run.until), "who": who, "words": words, "kind": "caution", "detail": " · ".join(said)}


_OTHER_NAMES = {
    Outcome.OTHER_NAME: _l("Tried to sign under the user name %(name)s"),
    Outcome.NAMED: _l("%(name)s tried to sign under this user name"),
}


def other_names(person_id: int) -> list[tuple[datetime, dict[str, str]]]:
    """Return, each as (moment, line), when a person tried to sign under another's user name, or another under theirs.

    What was typed is told where it is somebody's user name.
    """
    tries = db.session.execute(
        select(SignInEvent.outcome, SignInEvent.typed, SignInEvent.address, SignInEvent.at)
        .where(SignInEvent.person_id == person_id, SignInEvent.outcome.in_(list(_OTHER_NAMES)))
        .order_by(SignInEvent.id)
    )
    return [(each.at, _name_line(each)) for each in tries]


def _name_line(each: Any) -> dict[str, str]:
    words = _("Tried to sign under a user name that nobody has")
    if not each.typed.startswith("?"):
        words = str(_OTHER_NAMES[each.outcome]) % {"name": each.typed}
    who, detail = each.address or _("Away from tablets"), _("refused")
    return {"at": moment(each.at), "who": who, "words": words, "kind": "caution", "detail": detail}


def resets(person_id: int | None = None) -> list[Event]:
    """Return the acts that took a lock off, newest first, of one person or of everybody; no right try is read."""
    cleared = ChangeRow.body.like(f'%"outcome"%"{Outcome.CLEARED}"%')
    return timeline_about((TABLE,), lambda change: _is_reset(change, person_id), narrowed=cleared)


def _is_reset(change: Change, person_id: int | None) -> bool:
    return change.new.get("outcome") == Outcome.CLEARED and person_id in {None, change.new.get("person_id")}


def reset_line(event: Event, people: Mapping[int, str]) -> dict[str, str]:
    """Return an act that took a lock off as a line: by whom, or by which account of the machine."""
    rows = [change.new for change in event.changes]
    said = [people.get(int(str(row["person_id"])), "") for row in rows]
    said += [_("By the command, as: %(account)s", account=row["address"]) for row in rows if row["address"]]
    return {
        "at": moment(event.at),
        "who": event.who or _("The system"),
        "words": _("Lock reset"),
        "kind": "info",
        "detail": " · ".join(part for part in said if part),
    }
