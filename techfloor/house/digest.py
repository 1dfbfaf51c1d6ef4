"""The list of what is due by e-mail: what Home shows its reader, once a day or a week, each sent at most once."""

import logging
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from zoneinfo import ZoneInfo

from flask import current_app, g
from flask_babel import gettext as _
from flask_babel import ngettext

from techfloor import clock
from techfloor.house import due
from techfloor.house.house_tiles import tiles_for
from techfloor.house.mail import Away, NotSent, PerhapsSent, send
from techfloor.house.running import running
from techfloor.people import mailing
from techfloor.people.mailing import Reader, Sent
from techfloor.places.here import today
from techfloor.places.queries import PlantFacts
from techfloor.web.duty import Tile
from techfloor.web.visitor import Caller, Visitor

log = logging.getLogger(__name__)

LINES = 100
_NOT_MAILED = "/jobs/"
"""Where work in the background is shown: its owner sees it on Home."""


@dataclass(frozen=True)
class Line:
    """One thing to do: its words, with the code first, what is known of it, and where it is done."""

    title: str
    detail: str
    url: str


@dataclass(frozen=True)
class Group:
    """The lines of one urgency, under their heading."""

    title: str
    lines: tuple[Line, ...]


def send_waiting() -> int:
    """Send every list that somebody waits for, from the plant's hour on; returns how many were sent."""
    house, plant = running(), g.plant
    if not house.settings.mails or plant is None:
        return 0
    now = clock.now()
    if now.astimezone(ZoneInfo(plant.zone)).hour < house.settings.mail_hour:
        return 0
    sent, away = 0, ""
    for reader in mailing.waiting(today(), now):
        if not mailing.claim(reader.person_id, reader.day, now):
            continue
        try:
            sent += _sent(reader, plant, away)
        except Away as no:  # nobody else is made to wait for a server that does not answer
            away = str(no)
    return sent


def _sent(reader: Reader, plant: PlantFacts, away: str) -> bool:
    """Send the list of one reader; raises Away, as the others then need not be tried: `away` says why."""
    if away:
        mailing.end(reader.person_id, reader.day, Sent.FAILED, clock.now(), away)
        return False
    tiles = _tiles(reader)
    if not tiles:
        mailing.end(reader.person_id, reader.day, Sent.NOTHING, clock.now())
        return False
    try:
        send(running().settings, message(reader, tiles, plant))
    except NotSent as no:
        log.warning("The list of what is due could not be sent to person %s: %s", reader.person_id, no)
        mailing.end(reader.person_id, reader.day, Sent.FAILED, clock.now(), str(no))
        if isinstance(no, Away):
            raise
        return False
    except PerhapsSent as no:
        log.warning("Whether the list of what is due reached person %s is not known: %s", reader.person_id, no)
        return False
    mailing.end(reader.person_id, reader.day, Sent.SENT, clock.now())
    return True


def _tiles(reader: Reader) -> list[Tile]:
    """Return what Home would show the reader."""
    roles = running().permission_roles
    allowed = frozenset(key for key, having in roles.items() if having & reader.roles)
    place = reader.area_id, reader.area, reader.line
    who = Visitor(reader.person_id, 0, reader.name, reader.initials, reader.roles, allowed, *place)
    g.caller = Caller(who)
    return [tile for tile in due.in_order(tiles_for(who)) if not tile.url.startswith(_NOT_MAILED)]


def message(reader: Reader, tiles: list[Tile], plant: PlantFacts) -> EmailMessage:
    """Return the list as an e-mail: plain text, and the same as simple HTML without pictures."""
    settings = running().settings
    said: dict[str, object] = {
        "groups": groups(tiles[:LINES]),
        "more": max(len(tiles) - LINES, 0),
        "reader": reader.name,
        "plant": plant,
        "base": settings.public_url.rstrip("/"),
    }
    made = EmailMessage()
    made["Subject"] = _subject(tiles, plant)
    made["From"], made["To"] = settings.mail_from, reader.address
    made["Date"] = format_datetime(clock.now())
    made["Message-ID"] = make_msgid(domain=settings.mail_from.rpartition("@")[2].strip("> ") or None)
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(_written("house/digest.txt", said))
    made.add_alternative(_written("house/digest.html", said), subtype="html")
    return made


def _written(template: str, said: dict[str, object]) -> str:
    """Write a template without what pages have around them: nobody asked for this by a request."""
    return current_app.jinja_env.get_template(template).render(said)


def _subject(tiles: list[Tile], plant: PlantFacts) -> str:
    late = sum(tile.urgency == "overdue" for tile in tiles)
    words = ngettext("%(num)d thing due", "%(num)d things due", len(tiles))
    if late:
        words = _("%(words)s, %(late)s overdue", words=words, late=late)
    demo = " (DEMO)" if plant.demo else ""
    return " ".join(f"{plant.name}{demo}: {words}".split())


def _line(tile: Tile) -> Line:
    title = tile.title if not tile.code or tile.code in tile.title else f"{tile.code} {tile.title}"
    return Line(title, tile.detail, tile.url)


def groups(tiles: list[Tile]) -> list[Group]:
    """Return lines under their headings, the most urgent first."""
    titles = {"overdue": _("Overdue"), "today": _("Today"), "waiting": _("Waiting"), "soon": _("Soon")}
    found = [Group(title, tuple(_line(tile) for tile in tiles if tile.urgency == key)) for key, title in titles.items()]
    return [group for group in found if group.lines]
