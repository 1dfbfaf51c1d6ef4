"""What every list page does: tabs over it, a form that narrows it, and the ways to the pages before and after."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import request

from techfloor.store.paging import Page
from techfloor.web.visitor import visitor

LONGEST_SEARCH = 100
CURSOR = "at"
"""The name under which a page's cursor stands in the address of every list."""


def address(path: str, **values: str) -> str:
    """Return an address with the values that say something."""
    given = {name: value for name, value in values.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


@dataclass(frozen=True)
class Tab:
    """One of several lists that stand beside each other."""

    title: str
    url: str
    current: bool = False


def tabs(found: Iterable[tuple[str, str, str]], current: str) -> list[Tab]:
    """Return the tabs (title, address, permission) that the visitor may open; `current` is the address of this one."""
    return [Tab(title, url, url == current) for title, url, permission in found if visitor().may(permission)]


@dataclass(frozen=True)
class Filter:
    """What narrows a list: its name in the address, its label, (value, text) to choose from, '' first.

    One without choices is a day, as YYYY-MM-DD.
    """

    name: str
    label: str
    choices: Sequence[tuple[str, str]] = ()

    def sound(self, value: str) -> bool:
        """Tell whether a value is one of its choices, or a day."""
        if self.choices:
            return value in dict(self.choices)
        try:
            found = date.fromisoformat(value)
        except ValueError:
            return False
        # Whoever narrows a list counts a day on and into UTC: no calendar has days beyond its ends.
        return len(value) == len("2026-01-31") and date.min.year < found.year < date.max.year


@dataclass(frozen=True)
class Asked:
    """What a visitor asked a list for, as it stands in the address; `kept` belongs to it and narrows nothing."""

    path: str
    filters: tuple[Filter, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    words: str = ""
    at: str = ""
    kept: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        """Return what was chosen of a filter, '' for nothing."""
        return self.values[name]

    @property
    def narrowed(self) -> bool:
        """Tell whether less is asked for than the whole list."""
        return bool(self.words or any(self.values.values()))

    def url(self, at: str = "") -> str:
        """Return the address of this list, narrowed as it is, at a page of it."""
        return address(self.path, **self.kept, **self.values, q=self.words, **{CURSOR: at})

    @property
    def whole(self) -> str:
        """Return the address of the whole list."""
        return address(self.path, **self.kept)


def asked(path: str, *filters: Filter, **kept: str) -> Asked:
    """Read from the address what a list is asked for; a choice that is none counts as nothing chosen."""
    values = {each.name: request.args.get(each.name, "") for each in filters}
    sound = {each.name: values[each.name] for each in filters if each.sound(values[each.name])}
    return Asked(
        path,
        filters,
        {name: sound.get(name, "") for name in values},
        request.args.get("q", "").strip()[:LONGEST_SEARCH],
        request.args.get(CURSOR, ""),
        kept,
    )


@dataclass(frozen=True)
class Empty:
    """What an empty list says: what to do next, and where that is done."""

    icon: str
    words: str
    action: str = ""
    url: str = ""


@dataclass(frozen=True)
class Listing:
    """A page of a list as the part `_parts/list.html` shows it; `neighbours` words the ways to the pages around it."""

    asked: Asked
    rows: list[dict[str, Any]]
    back: str
    onward: str
    empty: Empty
    none_fits: str
    neighbours: tuple[str, str] | None = None
    note: str = ""

    @property
    def may_narrow(self) -> bool:
        """Tell whether there is anything to narrow."""
        return bool(self.rows or self.partial)

    @property
    def partial(self) -> bool:
        """Tell whether this is less than the whole list from its top."""
        return self.asked.narrowed or bool(self.asked.at)


def listing(
    wanted: Asked,
    page: Page[Any],
    rows: list[dict[str, Any]],
    *,
    empty: Empty,
    none_fits: str,
    neighbours: tuple[str, str] | None = None,
    note: str = "",
) -> Listing:
    """Put a page of a list together with the ways to its neighbours."""
    back = wanted.url(page.back) if page.back else ""
    onward = wanted.url(page.onward) if page.onward else ""
    return Listing(wanted, rows, back, onward, empty, none_fits, neighbours, note)
