"""What is due for a person: the tiles of all duties and the open tasks, the most urgent first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from techfloor.people.queries import LockedPerson
from techfloor.records.tasks import OpenTask
from techfloor.said import in_words
from techfloor.web.duty import URGENCIES, Tile
from techfloor.web.show import day, hour

_EDGES = {"overdue": "late", "today": "today", "waiting": "open", "soon": "open"}


@dataclass(frozen=True)
class DueLine:
    """One line of the page: its title cut around the code, which is set in the mono face."""

    before: str
    code: str
    after: str
    detail: str
    url: str
    action: str
    edge: str


def in_order(tiles: Iterable[Tile]) -> list[Tile]:
    """Return tiles by urgency, then by the order their duty gave them.

    The same place to go stands there once, but for what waits there: each task of a record is one to do.
    """
    ordered = sorted(tiles, key=lambda tile: (URGENCIES.index(tile.urgency), tile.order, tile.title))
    once: dict[tuple[str, str], Tile] = {}
    for tile in ordered:
        if (tile.url, "") not in once:
            once.setdefault((tile.url, tile.title if tile.urgency == "waiting" else ""), tile)
    return list(once.values())


def task_tiles(tasks: Iterable[OpenTask], record_url: Callable[[str], str | None]) -> list[Tile]:
    """Return the tasks that can be done somewhere, as tiles that wait."""
    tiles = []
    for task in tasks:
        url = record_url(task.record_number) if task.record_number else None
        if url is not None:
            tiles.append(
                Tile(
                    in_words(task.words),
                    _detail(task),
                    url,
                    _("Open"),
                    "waiting",
                    "",
                    _order(task),
                )
            )
    return tiles


def _detail(task: OpenTask) -> str:
    if task.due is not None:
        return str(_("%(record)s · due %(day)s", record=task.record_number, day=day(task.due)))
    return str(task.record_number)


def _order(task: OpenTask) -> str:
    return task.due.isoformat() if task.due else "9999"


def lock_tiles(locked: Iterable[LockedPerson]) -> list[Tile]:
    """Return who is locked out, as tiles for who may let them in again: it may be a guesser."""
    return [
        Tile(
            _("%(name)s is locked out", name=each.name),
            f"{_('Wrong PINs on %(tablet)s', tablet=each.tablet) if each.tablet else _('Wrong passwords')} · "
            + (_("until %(hour)s", hour=hour(each.until)) if each.until else _("until somebody resets it")),
            f"/people/{each.person_id}",
            _("Look"),
            "today",
            order=f"0 {each.name}",
        )
        for each in locked
    ]


def line(tile: Tile) -> DueLine:
    """Return a tile as the page shows it."""
    before, code, after = _around_code(tile.title, tile.code)
    return DueLine(before, code, after, tile.detail, tile.url, tile.action, _EDGES[tile.urgency])


def _around_code(title: str, code: str) -> tuple[str, str, str]:
    """Return the title cut around the code; a title that does not name it follows it."""
    if not code:
        return title, "", ""
    return title.partition(code) if code in title else ("", code, f" {title}")


def counts(tiles: list[Tile]) -> str:
    """Return the line beside the heading, like "6 open · 2 overdue"."""
    overdue = sum(tile.count for tile in tiles if tile.urgency == "overdue")
    words = [_("%(number)s open", number=sum(tile.count for tile in tiles))]
    if overdue:
        words.append(_("%(number)s overdue", number=overdue))
    return " · ".join(words)
